"""A released network in its models folder: the weights file, the model card beside it, the manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from portrait_studio.errors import ExportError
from portrait_studio.imaging.atomic import replacing
from portrait_studio.locations import MANIFEST
from portrait_studio.networks.released import save_network
from portrait_studio.output_files import check_output_files


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        weights: the safetensors file.
        card: the model card beside it.
        sha256: of the weights file.
    """

    weights: Path
    card: Path
    sha256: str


@dataclass(frozen=True)
class ReleaseFiles:
    """Where one network goes.

    Attributes:
        models: folder of released weights.
        name: of the network; see `manifest.network_name`.
    """

    models: Path
    name: str

    @property
    def weights(self) -> Path:
        """The safetensors file."""
        return self.models / f"{self.name}.safetensors"

    @property
    def card(self) -> Path:
        """The model card."""
        return self.models / f"{self.name}.md"

    def check(self, sources: Iterable[Path]) -> None:
        """Refuse what could not be written, before the work.

        Args:
            sources: files that are read.

        Raises:
            ExportError: the folder cannot be written, or a source would be overwritten.
        """
        check_output_files([self.weights, self.card, self.models / MANIFEST], sources, made=[self.models])

    def write(
        self,
        architecture: str,
        module: nn.Module,
        record: dict[str, Any],
        card: Callable[[str], str] | None,
        *,
        half: bool,
        folds: Mapping[str, str],
    ) -> Exported:
        """Write the weights, their entry in the manifest, and the card.

        Args:
            architecture: name in the registry.
            module: the trained network.
            record: training record and metrics; plain JSON values.
            card: makes the card, Markdown, of the file's SHA-256 once that is written; None = there is none.
            half: whether values are stored in half precision.
            folds: see `LoadedNetwork.folds`.

        Raises:
            ExportError: the folder cannot be written.
        """
        try:
            self.models.mkdir(parents=True, exist_ok=True)
            digest = save_network(
                self.weights, architecture, module, record, half=half, folds=folds, name=self.name
            )
        except OSError as error:
            raise ExportError(f"The weights cannot be written to {self.models}: {error.strerror}.") from error
        if card is not None:
            with replacing(self.card) as file:
                file.write(card(digest).encode())
        return Exported(self.weights, self.card, digest)
