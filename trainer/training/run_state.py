"""Resumable state of a run: one file with everything that a run needs to go on with the same numbers."""

from __future__ import annotations

import copy
import dataclasses
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from portrait_studio.errors import DataSetError, OptionError
from trainer.recipes.config import Recipe
from trainer.recipes.files import recipe_from_dict

STATE_FILE = "state.pt"


class Ema:
    """Exponential moving average of a network's weights and buffers: the weights that are released."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.network = copy.deepcopy(network).requires_grad_(False)
        self._decay = decay

    def update(self, network: nn.Module, step: int) -> None:
        """Move towards the network; early steps count more, so that the random start is soon forgotten."""
        decay = min(self._decay, (1 + step) / (10 + step))
        with torch.no_grad():
            mine, theirs = self.network.state_dict(), network.state_dict()
            for name, value in mine.items():
                if value.is_floating_point():
                    value.lerp_(theirs[name].to(value), 1 - decay)
                else:
                    value.copy_(theirs[name])


@dataclass(frozen=True)
class RunState:
    """Content of a state file.

    Attributes:
        recipe: what the run does.
        step: steps done.
        modules: state dicts by phase.
        optimisers: state dicts by phase.
        ema: state dict of the averaged network.
        record: what the weights' card tells: sets, device, seconds, figures of the last steps, parents.
    """

    recipe: Recipe
    step: int
    modules: dict[str, dict[str, Any]]
    optimisers: dict[str, dict[str, Any]]
    ema: dict[str, Any]
    record: dict[str, Any]


def save_state(state: RunState, folder: Path) -> None:
    """Write atomically: a run that is killed while writing keeps its last state, even without power.

    Raises:
        OSError: the folder cannot be written; the last state is as it was.
    """
    content = {f.name: getattr(state, f.name) for f in dataclasses.fields(state)}
    content["recipe"] = dataclasses.asdict(state.recipe)
    partial = folder / (STATE_FILE + ".part")
    torch.save(content, partial)
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    partial.replace(folder / STATE_FILE)


def load_state(folder: Path) -> RunState:
    """Read the state of a run; only plain values are read, nothing is executed.

    Raises:
        DataSetError: there is no state, or it is damaged.
        OptionError: its recipe is of another version of the program.
    """
    path = folder / STATE_FILE
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise DataSetError(
            f"There is no run in {folder}: {STATE_FILE} is missing. 'train' without --resume starts one."
        ) from None
    except Exception as error:
        raise DataSetError(
            f"The run state {path} is damaged ({type(error).__name__}); start the run anew."
        ) from None
    try:
        content["recipe"] = recipe_from_dict(content["recipe"])
        return RunState(**content)
    except (KeyError, TypeError):
        raise OptionError(
            f"The run state {path} is of another version of the program; start the run anew."
        ) from None
