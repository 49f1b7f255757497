"""Command `about`: what is installed, for the report of a mistake."""

from __future__ import annotations

import argparse
from typing import Any

from portrait_studio.cli.options import add_command, add_device
from portrait_studio.terminal import say


def add_about(commands: Any) -> None:
    """Add the command `about`."""
    add_device(add_command(commands, "about", _about, "say what is installed, for the report of a mistake"))


def _about(options: argparse.Namespace) -> int:
    from portrait_studio.engine.devices import PrecisionMemory, choose_compute
    from portrait_studio.hardware import Hardware
    from portrait_studio.installation import installed_packages, installed_weights, report

    compute = choose_compute(Hardware(options.device), PrecisionMemory())
    threads = compute.hardware.threads
    device = f"{compute.description}, {threads} threads" if threads else compute.description
    for line in report(device, installed_packages(), installed_weights()).splitlines():
        say(line)
    return 0
