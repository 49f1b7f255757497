"""`portrait-trainer`: prepare, train, average, evaluate, export."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from portrait_studio import __version__
from portrait_studio.errors import PortraitStudioError
from portrait_studio.terminal import attended, complain
from trainer.commands.blind import add_blind_commands
from trainer.commands.evaluate import add_evaluate_command
from trainer.commands.prepare import add_prepare_command
from trainer.commands.relabel import add_relabel_command
from trainer.commands.release import add_release_commands
from trainer.commands.report import add_report_command
from trainer.commands.train import add_train_command

PROGRAM: Final = "portrait-trainer"
EXIT_CANCELLED: Final = 130


def main(arguments: list[str] | None = None) -> int:
    """Run one command; user errors are one sentence on stderr and exit code 2.

    Args:
        arguments: without the program's name; None = those of the process, whose streams may be closed.
    """
    if arguments is not None:
        return _run(arguments)
    return attended(PROGRAM, lambda: _run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(PROGRAM, description="From public data sets to released weights.")
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_prepare_command(commands)
    add_relabel_command(commands)
    add_train_command(commands)
    add_evaluate_command(commands)
    add_blind_commands(commands)
    add_release_commands(commands)
    add_report_command(commands)
    try:
        options = parser.parse_args(arguments)
        code: int = options.handler(options)
    except PortraitStudioError as error:
        complain(PROGRAM, str(error))
        return 2
    except KeyboardInterrupt as stop:
        complain(PROGRAM, "cancelled.")
        return getattr(stop, "exit_code", EXIT_CANCELLED)
    return code


if __name__ == "__main__":
    sys.exit(main())
