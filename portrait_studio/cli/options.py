"""The parser of the command line: one command a function, mistakes as the program's own errors."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from portrait_studio.errors import OptionError


def unknown_sentence(argument: str, parser: argparse.ArgumentParser) -> str:
    """What to say about an argument that a command does not know."""
    name = argument.partition("=")[0]
    known = [option for action in parser._actions for option in action.option_strings]
    close = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {close[0]}?" if close else f"see {parser.prog} --help."
    return f"There is no option {name}; {hint}" if name.startswith("-") else f"What is {argument} for? {hint}"


class Parser(argparse.ArgumentParser):
    """Reports mistakes as the program's own errors."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the usage and exiting."""
        raise OptionError(f"{message[:1].upper()}{message[1:].rstrip('.')}; see {self.prog} --help.")


def add_command(
    commands: Any, name: str, run_command: Callable[[argparse.Namespace], int], summary: str
) -> argparse.ArgumentParser:
    """Add a command. Args: all commands, its name, what does it, what it does in a few words."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=f"{summary.capitalize()}.", allow_abbrev=False
    )
    parser.set_defaults(run=run_command, command_parser=parser)
    return parser


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add the file to write and its quality."""
    parser.add_argument("-o", "--output", metavar="OUT", type=Path, required=True, help="file to write")
    add_quality(parser)


def add_quality(parser: argparse.ArgumentParser) -> None:
    """Add the quality of lossy formats."""
    parser.add_argument("--quality", metavar="N", type=int, help="1-100 for JPEG and WebP (the source's own)")


def add_method(parser: argparse.ArgumentParser) -> None:
    """Add what fills, and the start of its random numbers."""
    parser.add_argument(
        "--method",
        choices=("default", "network", "patches"),
        default="default",
        help="what fills: the network and the photo's own patches (default), or only one of them",
    )
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="another number, another fill (0)")
    add_device(parser)


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add the device."""
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto", help="(auto)")
