"""Released networks that a run uses without training them: it keeps its own copy to resume with."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from torch import nn

from portrait_studio.errors import OptionError, WeightsError
from portrait_studio.locations import MANIFEST
from portrait_studio.networks.manifest import ReleasedFile, read_manifest, write_manifest
from portrait_studio.networks.released import load_network

FROZEN_FOLDER = "frozen"
"""Folder of the copies, inside that of the run; laid out like a models folder."""


@dataclass
class Frozen:
    """Where the frozen networks of a run come from, and which of them it uses.

    Attributes:
        models: folder of released weights; None = there are none.
        used: SHA-256 of what was loaded, by task.
    """

    models: Path | None = None
    used: dict[str, str] = field(default_factory=dict)

    def load(self, task: str) -> nn.Module | None:
        """The network of a task, or None where the folder has none.

        Raises:
            WeightsError: it is damaged.
        """
        if self.models is None or task not in read_manifest(self.models):
            return None
        loaded = load_network(task, self.models)
        self.used[task] = loaded.sha256
        return loaded.module

    def keep(self, run: Path) -> None:
        """Copy what was loaded into the run's folder, unless it is there already.

        Raises:
            WeightsError: the models folder has changed since.
            OSError: the run's folder takes no files.
        """
        target = run / FROZEN_FOLDER
        if self.models is None or not self.used or target == self.models:
            return
        target.mkdir(parents=True, exist_ok=True)
        entries: dict[str, ReleasedFile] = {}
        for task, digest in self.used.items():
            entry = read_manifest(self.models)[task]
            if entry.sha256 != digest:
                raise WeightsError(
                    f"The {task} weights in {self.models} have just changed; start the run again."
                )
            shutil.copyfile(self.models / entry.file, target / f"{task}.safetensors")
            entries[task] = replace(entry, file=f"{task}.safetensors")
        write_manifest(target, entries)


def frozen_of_run(run: Path, record: dict[str, Any], init: Path | None) -> Frozen:
    """What a run that goes on must use: the copies that it keeps.

    Args:
        run: folder of the run.
        record: of its state; "frozen" holds the SHA-256 of each network that it began with.
        init: models folder that the user names, if any.

    Raises:
        WeightsError: a copy is missing or was replaced, or `init` holds other networks.
        OptionError: the run is of a version that kept no copies, and no `init` says what it used.
    """
    known = record.get("frozen")
    if known is None:
        if init is None:
            raise OptionError(
                "This run does not say which parsing and completion networks it began with; name them again "
                "with --init."
            )
        return Frozen(init)
    folder = run / FROZEN_FOLDER
    for task, digest in known.items():
        if not (folder / MANIFEST).is_file() or _sha256_of(task, folder) != digest:
            raise WeightsError(
                f"The {task} network that this run began with is not in {folder} any more; put it "
                "back, or start anew."
            )
        if init is not None and _sha256_of(task, init) != digest:
            raise WeightsError(
                f"This run began with another {task} network than that in {init}; leave --init "
                "out, it keeps its own."
            )
    return Frozen(folder) if known else Frozen()


def _sha256_of(task: str, models: Path) -> str | None:
    entry = read_manifest(models).get(task)
    return None if entry is None else entry.sha256
