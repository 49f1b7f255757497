"""What candidates that were made in each way are called."""

from __future__ import annotations

from typing import Final

from portrait_studio.engine.request import Method
from portrait_studio.messages import Message

METHOD_NAMES: Final = {
    Method.DEFAULT: Message("best"),
    Method.NETWORK: Message("network"),
    Method.PATCHES: Message("patches"),
    Method.GENERAL: Message("general network"),
}
