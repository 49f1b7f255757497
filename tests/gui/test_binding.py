from __future__ import annotations

import sys

import PySide6
from PySide6.QtCore import QObject

CALLS = 500


def test_calling_qt_keeps_none_alive() -> None:
    # PySide6 6.12.0 takes a reference from None at each such call; before Python 3.12, where None can die,
    # the program then ends with "deallocating None" after some ten thousand calls.
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        thing.setObjectName("x")
    lost = before - sys.getrefcount(None)
    version = PySide6.__version__
    assert lost < CALLS // 2, f"PySide6 {version} is broken on this Python; pip install 'PySide6<6.12'"
