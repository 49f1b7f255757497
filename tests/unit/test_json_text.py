from __future__ import annotations

import time

import pytest

from portrait_studio.json_text import as_float, as_int, as_text, parse_json, parse_object


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"1e999",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 5000,
        b"9" * 21,
        b"\xff",
        b"[" + b"[]," * 1_500_000 + b"0]",
        b"[" + b"0," * 8_000_001 + b"0]",
    ],
)
def test_what_is_no_json_or_too_much_is_a_value_error_at_once(text: bytes) -> None:
    began = time.perf_counter()
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever words
        parse_json(text)
    assert time.perf_counter() - began < 5


def test_what_is_sound_is_read() -> None:
    assert parse_json(b'\xef\xbb\xbf{"a": [1, -2.5, null, true, "\\udcff"]}') == {
        "a": [1, -2.5, None, True, "\udcff"]
    }
    assert parse_json(str(2**64 - 1).encode()) == 2**64 - 1
    assert parse_json(b"[Infinity]", is_strict=False) == [float("inf")]
    assert parse_json(b"[" + b"9" * 9000 + b"]", is_strict=False) == [float("inf")]
    with pytest.raises(ValueError, match="in the place of an object"):
        parse_object(b"[]")


def test_values_are_judged_by_type_and_range() -> None:
    assert as_int(3, 0, 3) == 3
    assert as_float(3, 0, 3) == 3.0
    assert as_text("a\udcff", 2) == "a\udcff"
    for value in (True, 4, -1, 2.0, "2", None, [2]):
        with pytest.raises(ValueError, match="whole number"):
            as_int(value, 0, 3)
    for value in (True, 4, float("nan"), "2", None):
        with pytest.raises(ValueError, match="no number"):
            as_float(value, 0, 3)
    for value in ("abc", "a\0", "\ud800", 3, None):
        with pytest.raises(ValueError):  # noqa: PT011 - of whatever words
            as_text(value, 2)
