"""New figures for a network that is released already, without its run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from portrait_studio.errors import ExportError
from portrait_studio.networks.released import load_network
from trainer.evaluation.report import read_json
from trainer.release.export import MEASURED_AS, at_cost_of, check_reports
from trainer.release.files import Exported, ReleaseFiles
from trainer.release.halving import is_halved
from trainer.release.model_card import with_reports


def write_figures(name: str, models: Path, metrics: Sequence[Path]) -> Exported:
    """Put reports into the file and the card of a released network, in the place of those that they hold.

    Its values stay as they are, but not its checksum; reports that name an earlier one are taken, too.

    Args:
        name: of the network in the manifest.
        models: folder of released weights.
        metrics: reports of `evaluate --json`, measured with these very weights.

    Raises:
        WeightsError: there is no such network, or it is damaged.
        DataSetError: a report cannot be read.
        OptionError: a report was measured with other weights.
        ExportError: the card is missing, or the folder cannot be written.
    """
    released = load_network(name, models)
    earlier = sorted({released.sha256, *map(str, released.metadata.get(MEASURED_AS, []))})
    reports = [read_json(path) for path in metrics]
    check_reports(reports, metrics, name, earlier)
    record = {
        **released.metadata,
        "metrics": [asdict(report) for report in reports],
        MEASURED_AS: earlier,
    }
    files = ReleaseFiles(models, name)
    try:
        text = with_reports(files.card.read_text("utf-8"), at_cost_of(models, reports))
    except OSError as error:
        raise ExportError(
            f"The figures of {name} cannot be written to {models}: {error.strerror}."
        ) from error
    return files.write(
        released.architecture,
        released.module,
        record,
        lambda digest: text.replace(released.sha256, digest),
        half=is_halved(released.metadata),
        folds=released.folds,
    )
