"""Reports of evaluations without what differs from one time to the next."""

from __future__ import annotations

from typing import Any


def timeless(value: Any) -> Any:
    """The same JSON value without figures of time."""
    if isinstance(value, dict):
        return {key: timeless(one) for key, one in value.items() if key != "seconds"}
    if isinstance(value, list):
        told = (one for one in value if not (isinstance(one, dict) and one.get("figure") == "seconds"))
        return [timeless(one) for one in told]
    return value
