"""Self-training: label maps for photos that have none, or only sets of labels, from a released parser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from portrait_studio.networks.conventions import IGNORE_LABEL, LABEL_COUNT
from portrait_studio.networks.parsing import ParsingNetwork
from portrait_studio.networks.released import load_network
from trainer.data.pack_writer import write_packs
from trainer.data.packs import PackedSet
from trainer.data.sample import Extras, Sample
from trainer.data.split import SPLITS
from trainer.losses.parsing import label_sets
from trainer.precision import Compute

_STRIDE = 32


def relabel(
    packs: Path, destination: Path, sets: list[str], models: Path, compute: Compute
) -> dict[str, int]:
    """Write sets anew with exact labels everywhere: known ones stay, the network decides the others.

    Args:
        packs: folder of packed sets.
        destination: folder for the new packs; the sets keep their names.
        sets: which sets.
        models: models folder with the parsing network.
        compute: device and precision.

    Returns:
        Number of photos by set.

    Raises:
        DataSetError: packs are missing or damaged, or the destination cannot be written.
        WeightsError: no usable parsing network.
    """
    module = load_network("parsing", models).module.to(compute.device).to(memory_format=torch.channels_last)
    assert isinstance(module, ParsingNetwork)
    counts = {}
    for name in sets:
        counts[name] = sum(write_packs(_relabelled(packs, name, module, compute), destination, name).values())
    return counts


def _relabelled(
    packs: Path, name: str, network: ParsingNetwork, compute: Compute
) -> Iterator[tuple[Sample, Extras]]:
    for split in SPLITS:
        photos = PackedSet(packs, split, [name])
        for index in range(len(photos)):
            sample = photos[index]
            labels = decide(sample.labels, predict(sample.image, network, compute))
            extras = {key: value for key, value in photos.extras(index).items() if key != "keypoints"}
            yield Sample(sample.key, sample.image, labels, sample.keypoints), extras


def predict(image: NDArray[np.uint8], network: ParsingNetwork, compute: Compute) -> NDArray[np.float32]:
    """Parse a photo without a hole.

    Args:
        image: (h, w, 3) uint8 RGB, any size.
        network: parsing network in eval mode, on the device of `compute`.
        compute: device and precision.

    Returns:
        (18, h, w) float32 probabilities.
    """
    height, width = image.shape[:2]
    padded = cv2.copyMakeBorder(image, 0, -height % _STRIDE, 0, -width % _STRIDE, cv2.BORDER_REFLECT_101)
    x = torch.from_numpy(padded).permute(2, 0, 1)[None].float().to(compute.device) / 127.5 - 1
    with torch.no_grad(), compute.autocast():
        out = network(x, torch.zeros_like(x[:, :1]))
    probabilities = functional.softmax(out.refined[0].float(), 0)[:, :height, :width]
    return np.asarray(probabilities.cpu().numpy())


def decide(labels: NDArray[np.uint8], probabilities: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Most probable label among those that the code allows.

    Args:
        labels: (h, w) codes; 255 allows every label.
        probabilities: (18, h, w).

    Returns:
        (h, w) uint8 labels 0-17.
    """
    allowed = np.ones((IGNORE_LABEL + 1, LABEL_COUNT), np.bool_)
    sets = label_sets().numpy()
    allowed[: len(sets)] = sets > 0
    chosen = np.where(allowed[labels].transpose(2, 0, 1), probabilities, -1).argmax(0)
    return np.asarray(chosen, np.uint8)
