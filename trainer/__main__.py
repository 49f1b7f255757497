"""`portrait-trainer`: prepare, train, average, evaluate, export."""

from __future__ import annotations

import argparse
import sys

from portrait_studio.errors import PortraitStudioError
from trainer.average_command import add_average_command
from trainer.card_command import add_card_command
from trainer.data.prepare_command import add_prepare_command
from trainer.data.relabel_command import add_relabel_command
from trainer.evaluate import add_evaluate_command
from trainer.export import add_export_command
from trainer.train_command import add_train_command


def main(arguments: list[str] | None = None) -> int:
    """Run one command; user errors are one sentence on stderr and exit code 2."""
    parser = argparse.ArgumentParser(
        "portrait-trainer", description="From public data sets to released weights."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add_prepare_command(commands)
    add_relabel_command(commands)
    add_train_command(commands)
    add_average_command(commands)
    add_evaluate_command(commands)
    add_export_command(commands)
    add_card_command(commands)
    options = parser.parse_args(arguments)
    try:
        code: int = options.handler(options)
    except PortraitStudioError as error:
        sys.stderr.write(f"portrait-trainer: {error}\n")
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main())
