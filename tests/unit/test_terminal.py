"""What reaches the terminal."""

from __future__ import annotations

import os

import pytest

from portrait_studio.terminal import complain, libraries_silenced, printable, say


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Jörg 照片\u3000\u202f👩‍🦰.jpg", "Jörg 照片\u3000\u202f👩‍🦰.jpg"),
        ("a\nb\r\t", r"a\nb\r\t"),
        ("\x1b[31mred\x07\x7f\x9b", r"\x1b[31mred\x07\x7f\x9b"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("gpj.\u202egnp", r"gpj.\u202egnp"),
        (os.fsdecode(b"caf\xe9"), r"caf\xe9"),
        ("\ud800", r"\ud800"),
    ],
)
def test_names_are_shown_on_one_line_and_steer_nothing(
    name: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printable(name) == shown
    say(f"Wrote {name}")
    complain("program", f"There is no {name}.")
    told = capsys.readouterr()
    assert told.out == f"Wrote {shown}\n"
    assert told.err == f"program: There is no {shown}.\n"


def test_what_libraries_write_past_python_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    with libraries_silenced():
        os.write(2, b"libpng warning: iCCP\n")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"
