"""The mean of two trainings of one network, to go on from."""

from __future__ import annotations

from pathlib import Path

import torch

from portrait_studio.errors import ExportError, OptionError
from portrait_studio.networks.released import load_network
from trainer.release.export import MEASURED_AS
from trainer.release.files import ReleaseFiles
from trainer.release.halving import is_halved
from trainer.release.model_card import card_of_mean


def average(name: str, earlier: Path, later: Path, destination: Path, share: float) -> str:
    """Write the weighted mean of a network's weights in two models folders.

    A network that learnt something new from released weights lost a little of what it did before; on the
    straight line between both lies one that has most of either (Wortsman et al. 2022, "Robust fine-tuning of
    zero-shot models"). It takes the later one's card, if there is one, without what was measured: `card` puts
    figures there, unless one goes on training from it (`train --init`).

    Args:
        name: of the network in the manifests.
        earlier: models folder with the weights that the later ones started from.
        later: models folder.
        destination: models folder to write to; what it holds of other networks stays.
        share: of the later weights, in [0, 1].

    Returns:
        SHA-256 of the file.

    Raises:
        OptionError: the share is none, the networks differ in shape, or one would be overwritten.
        WeightsError: one is missing or damaged.
        ExportError: the later one's card is none, or the destination cannot be written.
    """
    if not 0 <= share <= 1:
        raise OptionError(f"The share must lie between 0 and 1, and {share} does not.")
    if destination.exists() and any(destination.samefile(one) for one in (earlier, later) if one.exists()):
        raise OptionError(f"The {name} network in {destination} would be lost; name another folder.")
    first, second = load_network(name, earlier), load_network(name, later)
    if first.architecture != second.architecture or first.config != second.config:
        raise OptionError(f"The {name} networks of {earlier} and {later} have different shapes.")
    mean = second.module
    others = first.module.state_dict()
    with torch.no_grad():
        for key, value in mean.state_dict().items():
            if value.is_floating_point():
                value.mul_(share).add_(others[key], alpha=1 - share)
    start = f"mean of {first.sha256[:12]} and {second.sha256[:12]}, {share:g} of the latter"
    # What was measured, and the checksums that reports may name, are the later network's.
    kept = {key: value for key, value in second.metadata.items() if key not in ("metrics", MEASURED_AS)}
    record = {**kept, "start": f"{start} (started from: {kept.get('start')})"}
    card = ReleaseFiles(later, name).card
    try:
        text = card_of_mean(card.read_text("utf-8"), record["start"]) if card.exists() else None
    except OSError as error:
        raise ExportError(f"The weights cannot be written to {destination}: {error.strerror}.") from error
    written = ReleaseFiles(destination, name).write(
        second.architecture,
        mean,
        record,
        None if text is None else lambda digest: text.replace(second.sha256, digest),
        half=is_halved(record),
        folds=second.folds,
    )
    return written.sha256
