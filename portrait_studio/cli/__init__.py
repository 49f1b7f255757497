"""The command line: what does something without a window, and without a command, the window.

Heavy modules are imported where they are used, so that `--help` and mistyped options answer at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Sequence

from portrait_studio import __version__
from portrait_studio.cli.about import add_about
from portrait_studio.cli.batch import add_batch
from portrait_studio.cli.compare_weights import add_compare_weights
from portrait_studio.cli.console import EXIT_CANCELLED, PROGRAM, write_notices
from portrait_studio.cli.edit import OpenWindow, add_edit
from portrait_studio.cli.extend import add_extend
from portrait_studio.cli.fill import add_demo, add_remove
from portrait_studio.cli.install_desktop import add_install_desktop
from portrait_studio.cli.mask import add_mask
from portrait_studio.cli.options import CommandParser, unknown_sentence
from portrait_studio.cli.parse import add_parse
from portrait_studio.cli.photo_to_open import photo_to_open
from portrait_studio.cli.replay import add_replay
from portrait_studio.cli.report import add_report
from portrait_studio.errors import Cancelled, OptionError, PortraitStudioError
from portrait_studio.stopping import stopping_cleanly
from portrait_studio.terminal import libraries_silenced

EXIT_ERROR = 2


def run(arguments: Sequence[str], open_window: OpenWindow) -> int:
    """Do what the command line says.

    Args:
        arguments: without the program's name.
        open_window: called when no command is given.

    Returns:
        The exit code: 0, 2 after an error (one sentence on stderr), 130 after Ctrl+C, 128 + the number of
        another signal that ended it.
    """
    try:
        return _dispatch(list(arguments), open_window)
    except PortraitStudioError as error:
        write_notices(str(error))
    except MemoryError:
        write_notices("There is not enough memory for this; close other programs, or scale the photo down.")
    except OSError as error:
        write_notices(
            f"{error.filename or 'A file'} cannot be used ({error.strerror or error}); try another one."
        )
    except (KeyboardInterrupt, Cancelled) as stop:
        write_notices("cancelled; nothing was written.")
        return getattr(stop, "exit_code", EXIT_CANCELLED)
    return EXIT_ERROR


def _dispatch(arguments: list[str], open_window: OpenWindow) -> int:
    parser, known = _build_parser(open_window)
    if not arguments or (arguments[0] not in known and not arguments[0].startswith("-")):
        return open_window(photo_to_open(arguments, known))
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        raise OptionError(unknown_sentence(unknown[0], options.command_parser))
    command: Callable[[argparse.Namespace], int] = options.run
    with stopping_cleanly(), libraries_silenced():
        return command(options)


def _build_parser(open_window: OpenWindow) -> tuple[CommandParser, Collection[str]]:
    """The parser, and the names of its commands."""
    parser = CommandParser(
        prog=PROGRAM,
        description="Remove things from photographs of people and recover the body behind them, offline.",
        epilog=f"Without a command the window opens: {PROGRAM} [PHOTO].",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = parser.add_subparsers(
        title="commands", metavar="COMMAND", required=True, parser_class=CommandParser
    )
    for add in (
        *(add_remove, add_extend, add_mask, add_parse, add_replay, add_batch, add_demo),
        *(add_report, add_compare_weights, add_about, add_install_desktop),
    ):
        add(commands)
    add_edit(commands, open_window)
    return parser, commands.choices
