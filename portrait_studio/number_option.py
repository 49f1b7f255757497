"""Options of command lines that take a whole number."""

from __future__ import annotations

from collections.abc import Callable

from portrait_studio.errors import OptionError


def whole_number(option: str, least: int, most: int) -> Callable[[str], int]:
    """What reads the number of an option.

    Args:
        option: its name, for the sentence about a mistake.
        least: the smallest number.
        most: the largest number.

    Raises, when called:
        OptionError: the text is no whole number, or one out of this range.
    """

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise OptionError(f"{option} takes a whole number from {least} to {most}, not {text[:40]!r}.")
        return number

    return read
