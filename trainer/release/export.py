"""From the state of a run to a released weights file with its card."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.errors import OptionError, WeightsError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.folding import normalised_convolutions
from portrait_studio.networks.manifest import network_name
from portrait_studio.networks.released import LoadedNetwork, load_network
from trainer.evaluation.cost import cost_of
from trainer.evaluation.report import Report, read_json
from trainer.evaluation.targets import at_cost
from trainer.release.files import Exported, ReleaseFiles
from trainer.release.halving import try_half_precision
from trainer.release.model_card import CardFacts, model_card
from trainer.tasks.table import FAMILIES
from trainer.training.run_state import STATE_FILE, RunState, load_state

MEASURED_AS = "measured_as"
"""Key of the record: SHA-256 of earlier files with the same weights, which reports may name."""


def export_run(run: Path, models: Path, metrics: Sequence[Path] = ()) -> Exported:
    """Write the averaged weights of a run as `models`/TASK.safetensors, with manifest entry and card.

    Networks that were trained to extend the canvas one way lie beside those for holes: TASK-down, TASK-up.

    Args:
        run: folder of the run state.
        models: folder of released weights; made when missing.
        metrics: reports of `evaluate --json`, measured with these very weights.

    Raises:
        DataSetError: there is no run, or a report cannot be read.
        OptionError: a report was measured with other weights.
        ExportError: the folder cannot be written.
    """
    state = load_state(run)
    task = state.recipe.task
    name = network_name(task, state.recipe.holes.band_side)
    files = ReleaseFiles(models, name)
    files.check([*metrics, run / STATE_FILE])
    module = build_network(state.recipe.architecture, state.recipe.network)
    _take_weights(module, state, run)
    module.eval()
    halving = try_half_precision(module, task)
    folds = normalised_convolutions(module, *FAMILIES[task].inputs())
    reports = [read_json(path) for path in metrics]
    earlier = same_weights_in(models, name, module)
    check_reports(reports, metrics, name, earlier)
    record = {
        **state.record,
        "steps": state.step,
        "commit": commit(),
        "metrics": [asdict(report) for report in reports],
        "half_precision": asdict(halving),
        MEASURED_AS: earlier,
    }

    def card(digest: str) -> str:
        facts = CardFacts(
            task=task,
            module=module,
            recipe=state.recipe,
            step=state.step,
            record=state.record,
            commit=str(record["commit"]),
            sha256=digest,
            halving=halving,
            folds=len(folds),
            reports=at_cost_of(models, reports),
        )
        return model_card(facts)

    architecture = state.recipe.architecture
    return files.write(architecture, module, record, card, half=halving.half, folds=folds)


def at_cost_of(models: Path, reports: Sequence[Report]) -> list[Report]:
    """The reports with what the release costs as it is now: networks may have joined since they were made."""
    cost = cost_of(models, ReleasedNetworks(models)) if reports else None
    if cost is None:
        return list(reports)
    return [replace(report, targets=at_cost(report.targets, cost), cost=cost) for report in reports]


def commit() -> str:
    """The version of the source that is running: the Git commit, with a plus when files differ from it."""
    source = Path(__file__).resolve().parents[2]
    try:
        head = _git(source, "rev-parse", "--short=12", "HEAD")
        changed = _git(source, "status", "--porcelain", "--untracked-files=no", "--", ".")
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return f"{head}+" if changed else head


def _take_weights(module: nn.Module, state: RunState, run: Path) -> None:
    try:
        module.load_state_dict(state.ema)
    except RuntimeError as error:
        raise OptionError(f"The weights in {run} do not fit their recipe; start the run anew.") from error


def same_weights_in(models: Path, task: str, module: nn.Module) -> list[str]:
    """SHA-256 of the released file, and those it went by before, if it holds the weights of this network."""
    try:
        released = load_network(task, models)
    except WeightsError:
        return []
    if not _equal(released, module):
        return []
    known: list[Any] = released.metadata.get(MEASURED_AS, [])
    return sorted({released.sha256, *map(str, known)})


def _equal(released: LoadedNetwork, module: nn.Module) -> bool:
    old, new = released.module.state_dict(), module.state_dict()
    return old.keys() == new.keys() and all(
        torch.equal(old[name].half(), value.half())
        if value.is_floating_point()
        else torch.equal(old[name], value)
        for name, value in new.items()
    )


def check_reports(
    reports: Sequence[Report], paths: Sequence[Path], name: str, earlier: Sequence[str]
) -> None:
    """Refuse reports that were measured with other weights than those that went by these checksums.

    Raises:
        OptionError: one was.
    """
    for report, path in zip(reports, paths, strict=True):
        if report.weights.get(name) not in earlier:
            raise OptionError(
                f"{path} was not measured with these {name} weights; export without --metrics, run evaluate "
                "--json, then export again with --metrics."
            )


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ("git", *arguments), cwd=folder, capture_output=True, text=True, check=True, timeout=20
    )
    return done.stdout.strip()
