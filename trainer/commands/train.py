"""`portrait-trainer train`: start or resume a run."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TypeVar

from portrait_studio.engine.devices import Compute, threads_of_cpu
from portrait_studio.errors import OptionError
from trainer.commands.shared_options import add_device_options, hardware_of
from trainer.data.loading import default_workers
from trainer.distributed.processes import joined, processes
from trainer.recipes.config import DataConfig, OptimiserConfig, Recipe, RunConfig
from trainer.recipes.files import load_recipe, recipe_names
from trainer.tasks.frozen import Frozen, frozen_of_run
from trainer.tasks.kind import Pretrained
from trainer.tasks.table import kind_of
from trainer.training.compiling import compiled
from trainer.training.loop import train
from trainer.training.precision import choose_training_compute
from trainer.training.run import Run
from trainer.training.run_state import STATE_FILE, load_state
from trainer.training.setup import start_run

_Section = TypeVar("_Section", DataConfig, OptimiserConfig, RunConfig)


def add_train_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser("train", help="train one network after a recipe")
    parser.add_argument("recipe", help=f"name ({', '.join(recipe_names())}) or a TOML file")
    parser.add_argument("--data", type=Path, required=True, help="folder of packed sets")
    parser.add_argument("--run", type=Path, required=True, help="folder of the run state, logs and sheets")
    parser.add_argument("--resume", action="store_true", help="go on where the run stopped")
    parser.add_argument(
        "--init", type=Path, help="models folder to start from (also the frozen networks of later stages)"
    )
    parser.add_argument(
        "--resnet",
        type=Path,
        help="torchvision's ImageNet weights for a ResNet-101 encoder (.pth, safetensors)",
    )
    parser.add_argument("--vgg", type=Path, help="VGG features (safetensors) for the perceptual loss")
    parser.add_argument(
        "--steps", type=int, help="steps in all, instead of the recipe's; the schedule follows"
    )
    parser.add_argument(
        "--size", type=int, help="side of the training window, instead of the recipe's: small ones first"
    )
    parser.add_argument("--sets", nargs="+", metavar="SET", help="packed sets, instead of the recipe's")
    parser.add_argument("--batch", type=int, help="samples per step, of all processes together")
    parser.add_argument(
        "--accumulate", type=int, help="parts in which each process takes its share, to save memory"
    )
    parser.add_argument("--rate", type=float, help="learning rate, instead of the recipe's")
    parser.add_argument("--stop-after", type=int, help="stop after so many steps of this call; resume later")
    add_device_options(parser)
    parser.add_argument("--threads", type=int, help="threads of torch and OpenCV, instead of the recipe's")
    parser.add_argument(
        "--workers",
        type=int,
        help="processes that load photos; by default none beside a CPU, 1 to 12 beside a GPU",
    )
    parser.add_argument("--compile", action="store_true", help="compile the networks (torch.compile)")
    parser.set_defaults(handler=run_train)


def run_train(options: argparse.Namespace) -> int:
    """Train as the options say; returns the exit code.

    Raises:
        OptionError: --resume and an existing run contradict each other.
    """
    recipe = load_recipe(options.recipe)
    exists = (options.run / STATE_FILE).exists()
    if exists and not options.resume:
        raise OptionError(
            f"{options.run} already holds a run: add --resume to go on, or name another folder."
        )
    compute = choose_training_compute(hardware_of(options))
    with joined(compute.device.type):
        run = _run_of(recipe, options, compute)
        if processes().leads:
            start, end, device = run.step, run.recipe.run.steps, run.record["device"]
            sys.stderr.write(f"{run.recipe.name}: step {start} of {end} on {device}\n")
        compiling = compiled(run.task.modules().values()) if options.compile else nullcontext()
        with threads_of_cpu(run.recipe.run.threads), compiling:
            workers = default_workers(compute.device) if options.workers is None else options.workers
            train(run, options.stop_after, max(0, workers))
    return 0


def _run_of(recipe: Recipe, options: argparse.Namespace, compute: Compute) -> Run:
    frozen: Frozen | None = None
    if options.resume:
        state = load_state(options.run)
        recipe = state.recipe
        if kind_of(recipe).uses_released:
            frozen = frozen_of_run(options.run, state.record, options.init)
    recipe = _with_changes(recipe, options)
    init = None if options.resume else options.init
    pretrained = Pretrained(init, options.vgg, frozen, options.resnet)
    run = start_run(recipe, options.data, options.run, compute, pretrained)
    if options.resume:
        run.resume()
    return run


def _with_changes(recipe: Recipe, options: argparse.Namespace) -> Recipe:
    sets = None if options.sets is None else dict.fromkeys(options.sets, 1 / len(options.sets))
    epochs = None if options.steps is None else 0.0
    return dataclasses.replace(
        recipe,
        run=_changed(recipe.run, steps=options.steps, epochs=epochs, threads=options.threads),
        data=_changed(
            recipe.data, sets=sets, size=options.size, batch=options.batch, accumulate=options.accumulate
        ),
        optimiser=_changed(recipe.optimiser, rate=options.rate),
    )


def _changed(section: _Section, **values: Any) -> _Section:
    given = {name: value for name, value in values.items() if value is not None}
    return dataclasses.replace(section, **given)
