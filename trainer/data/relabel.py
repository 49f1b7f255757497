"""Self-training: label maps for photos that have none, or only sets of labels, from a released parser."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio import __version__
from portrait_studio.engine.devices import Compute, threads_of_cpu
from portrait_studio.engine.parse import parse
from portrait_studio.engine.resample import read_window
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.engine.work_crop import CropPolicy, Window, structure_windows
from portrait_studio.errors import OptionError
from portrait_studio.hardware import ANY_HARDWARE, Hardware
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.networks.conventions import IGNORE_LABEL, LABEL_COUNT, LABELS, THINGS
from portrait_studio.networks.parsing import Parser
from portrait_studio.networks.released import load_network
from portrait_studio.worker_pool.sharing import ALONE, Label, Sharing
from portrait_studio.worker_pool.workers import OpenedAnew
from trainer.data.decided_labels import DecidedLabels
from trainer.data.label_sets import label_sets
from trainer.data.limbs import sided_by_pose
from trainer.data.pack_format import INDEX_NAME
from trainer.data.pack_writer import write_packs
from trainer.data.packs import PackedSet
from trainer.data.sample import Extras, Sample
from trainer.data.split import SPLITS

_LIFT = 2.0
"""How much more the parser's word counts for a small thing that is known to be there."""


Labels = NDArray[np.uint8]
Photo = tuple[Sample, Extras]


class Relabelling(OpenedAnew):
    """Decides the labels of a photo that are not known."""

    def __init__(self, models: Path, compute: Compute, certainty: float, threads: int) -> None:
        """Open the network.

        Args:
            models: models folder with the parsing network.
            compute: device and precision.
            certainty: pixels of which the network is less certain keep their code, in [0, 1]; see `decide`.
            threads: of the CPU; 0 = those that there are.

        Raises:
            OptionError: the certainty is no probability.
            WeightsError: no usable parsing network.
        """
        if not 0 <= certainty <= 1:
            raise OptionError(f"The certainty must lie between 0 and 1, and {certainty} does not.")
        network = load_network("parsing", models)
        module = network.module.to(compute.device).to(memory_format=torch.channels_last)
        assert isinstance(module, Parser)
        self.terms = f"{__version__} {network.sha256} {certainty}"
        """By what is decided, but for what hardware and its threads do to last digits."""
        self._network, self._compute = module, compute
        self._certainty, self._threads = certainty, threads

    def __call__(self, photo: Photo) -> Labels:
        """(H, W) uint8 labels of a photo: known ones stay, the network decides the others."""
        sample, extras = photo
        labels = sample.labels
        if int(labels.max()) < LABEL_COUNT:
            return labels
        with threads_of_cpu(self._threads):
            probabilities = told(predict(sample.image, self._network, self._compute), extras.get("shown"))
            sided = sided_by_pose(decide(labels, probabilities, self._certainty), sample.keypoints)
        return np.where(labels < LABEL_COUNT, labels, sided)


def relabel(
    packs: Path,
    destination: Path,
    sets: list[str],
    work: Relabelling,
    sharing: Sharing = ALONE,
    hardware: Hardware = ANY_HARDWARE,
) -> dict[str, int]:
    """Write sets anew with exact labels; each set is there as a whole or as it was.

    Where tags say what a photo shows, nothing else is decided for; left and right are the pose's. What has
    been decided by the same terms before something ended that is not decided again; says so on stderr.

    Args:
        packs: folder of packed sets.
        destination: folder for the new packs; the sets keep their names.
        sets: which sets.
        work: decides.
        sharing: where that is done; the packs are the same.
        hardware: what each process there computes on.

    Returns:
        Number of photos by set.

    Raises:
        DataSetError: packs are missing or damaged, or the destination cannot be written.
        DeviceError: a photo lost all its processes.
    """
    counts = {}
    for name in sets:
        splits = [PackedSet(packs, split, [name]) for split in SPLITS]
        source = hashlib.sha256((packs / name / INDEX_NAME).read_bytes()).hexdigest()
        known = DecidedLabels(destination / f".{name}.decided", f"{work.terms} {source}")
        decide_all = partial(sharing.in_turn, work, hardware=hardware)
        relabelled = _relabelled(splits, known, decide_all)
        counts[name] = sum(write_packs(relabelled, destination, name).values())
        known.remove()
    return counts


def _relabelled(
    splits: Sequence[PackedSet],
    known: DecidedLabels,
    decide_all: Callable[..., Iterator[tuple[Photo, Labels]]],
) -> Iterator[Photo]:
    photos = chain.from_iterable(map(_photos, splits))
    with known:
        if known.count:
            sys.stderr.write(f"{known.count} photos were decided before.\n")
        label = Label("photos", sum(map(len, splits)) - known.count)
        # In this order, since zip takes from the first what the second may lack.
        for labels, photo in zip(known.read(), photos, strict=False):
            yield _with(photo, labels)
        for photo, labels in decide_all(photos, label=label):
            known.add(labels)
            yield _with(photo, labels)


def _with(photo: Photo, labels: Labels) -> Photo:
    sample, extras = photo
    return Sample(sample.key, sample.image, labels, sample.keypoints), extras


def _photos(photos: PackedSet) -> Iterator[Photo]:
    for index in range(len(photos)):
        extras = {key: value for key, value in photos.extras(index).items() if key != "keypoints"}
        yield photos[index], extras


def predict(image: NDArray[np.uint8], network: Parser, compute: Compute) -> NDArray[np.float32]:
    """Parse a photo without a hole, as the program does: at several sizes and mirrored.

    Args:
        image: (h, w, 3) uint8 RGB, any size.
        network: parsing network in eval mode, on the device of `compute`.
        compute: device and precision.

    Returns:
        (18, h, w) float32 probabilities.
    """
    height, width = image.shape[:2]
    whole = Bounds(0, 0, width, height)
    no_hole = np.zeros((height, width), np.uint8)
    views = [read_window(image, no_hole, window) for window in structure_windows(whole, CropPolicy())]
    parsed = parse(NetworkRunner(network, compute), views)
    probabilities = parsed.seen_through(Window.scaled(whole, 1.0)).probabilities
    return np.ascontiguousarray(probabilities.transpose(2, 0, 1))


def told(probabilities: NDArray[np.float32], shown: Sequence[str] | None) -> NDArray[np.float32]:
    """Probabilities once it is known which labels a photo shows.

    Those that it does not show become impossible. Small things that it does show are what a parser overlooks:
    they count `_LIFT` times (Papandreou et al. 2015, "Weakly- and semi-supervised learning of a DCNN").

    Args:
        probabilities: (18, h, w).
        shown: names of the labels that the photo may show; None = nothing is known.

    Returns:
        (18, h, w) float32, summing to 1 over the labels.
    """
    if shown is None:
        return probabilities
    factors = [float(label in shown) * (_LIFT if label in THINGS else 1.0) for label in LABELS]
    weighed = probabilities * np.array(factors, np.float32)[:, None, None]
    return np.asarray(weighed / np.maximum(weighed.sum(0), 1e-6), np.float32)


def decide(
    labels: NDArray[np.uint8], probabilities: NDArray[np.float32], certainty: float = 0.0
) -> NDArray[np.uint8]:
    """Most probable label among those that the code allows.

    Args:
        labels: (h, w) codes; 255 allows every label.
        probabilities: (18, h, w).
        certainty: least share of the winner in the probability of all allowed labels; without it the code
            stays.

    Returns:
        (h, w) uint8 labels 0-17, and codes where the certainty is not reached.
    """
    allowed = np.ones((IGNORE_LABEL + 1, LABEL_COUNT), np.bool_)
    sets = label_sets().numpy()
    allowed[: len(sets)] = sets > 0
    permitted = np.where(allowed[labels].transpose(2, 0, 1), probabilities, -1)
    chosen = permitted.argmax(0)
    doubtful = permitted.max(0) < certainty * permitted.clip(0).sum(0)
    return np.asarray(np.where(doubtful, labels, chosen), np.uint8)
