"""The methods that are measured side by side, each as a callable from a case to a filled photo."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.interface import Engine
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.request import (
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    Method,
    Reference,
    Structure,
)
from portrait_studio.errors import OptionError
from portrait_studio.hardware import ANY_HARDWARE, Hardware
from portrait_studio.networks.face_completion import FACE_COMPLETION
from portrait_studio.networks.glcic import GENERAL_COMPLETION
from portrait_studio.networks.manifest import network_names
from portrait_studio.networks.released import LoadedNetwork
from trainer.evaluation import baselines
from trainer.evaluation.networks import SwappedStore
from trainer.metrics.pose import peaks
from trainer.protocols.case import Case

BASELINES: dict[str, Callable[[NDArray[np.uint8], NDArray[np.uint8]], NDArray[np.uint8]]] = {
    "mean": baselines.mean_fill,
    "telea": baselines.telea,
    "patchmatch": baselines.patchmatch,
    "edge": baselines.edge_replication,
}
G, G_P, G_P_F = "g", "g+p", Method.NETWORK.value
"""The paper's three: completion alone, guided by the parsing map, with the face refined."""

GENERAL = Method.GENERAL.value
"""Completion that knows nothing of people (Iizuka et al. 2017)."""

SEARCH = Method.SEARCH.value
"""The network, with a face that is searched for (Qiang et al. 2019)."""

DEFAULT = Method.DEFAULT.value
PATCHES = Method.PATCHES.value
NO_REDRAWING = "default-without-redrawing"
"""The default without the network that redraws faces."""

NO_FINISHING = "default-without-finishing"
"""The default with redrawn faces as the network paints them, whose eyes are not copied either."""

NO_MATES = "default-without-mates"
"""The default without copies of the shoe in sight."""

NO_REFERENCES = "default-without-references"
"""The default without other photos to borrow from."""

WITHOUT: dict[str, str] = {
    NO_FINISHING: "finish_faces",
    NO_MATES: "copy_mates",
    "default-without-patterns": "continue_patterns",
    "default-without-grain": "keep_grain",
    "default-without-feet": "invent_feet",
    "default-without-lines": "continue_lines",
    "default-without-heads": "complete_heads",
}
"""The default without one of its parts, and the option of the engine that turns it off."""

_PARTIAL = (NO_REDRAWING, *WITHOUT, NO_REFERENCES)
OURS: dict[str, Method] = {
    GENERAL: Method.GENERAL,
    G: Method.NETWORK,
    G_P: Method.NETWORK,
    PATCHES: Method.PATCHES,
    G_P_F: Method.NETWORK,
    SEARCH: Method.SEARCH,
    **dict.fromkeys(_PARTIAL, Method.DEFAULT),
    DEFAULT: Method.DEFAULT,
}
METHOD_NAMES: tuple[str, ...] = (*BASELINES, *OURS)
SIDE_BY_SIDE: tuple[str, ...] = tuple(name for name in METHOD_NAMES if name not in _PARTIAL)
"""The methods that somebody might choose; the others are the default without one of its parts."""

_WITHOUT_MAP = (GENERAL, G)
"""Those of ours that no map guides."""
NEEDS_NETWORK_WITHOUT_PARSING = (
    "It needs a completion network that was trained without the parsing map; give it with --without-parsing."
)


@dataclass(frozen=True, eq=False)
class Bench:
    """What the methods are made of.

    Attributes:
        networks: the networks that are measured.
        make_engine: the engine over given networks.
        hardware: what our methods run on.
        without_parsing: completion network that knows no parsing map, for the method "g"; None = not at hand.
        keep_stages: whether fills carry the pictures on the way.
        general: network for the method "general"; None = the released one.
    """

    networks: NetworkStore
    make_engine: Callable[[NetworkStore], Engine]
    hardware: Hardware = ANY_HARDWARE
    without_parsing: LoadedNetwork | None = None
    keep_stages: bool = False
    general: LoadedNetwork | None = None

    def engine(self, method: str) -> Engine:
        """The engine that stands for one of our methods."""
        if method == G:
            swapped = dict.fromkeys(network_names("completion"), self.without_parsing)
            return self.make_engine(SwappedStore(self.networks, {**swapped, "face": None}))
        if method == G_P:
            return self.make_engine(SwappedStore(self.networks, {"face": None}))
        if method == GENERAL and self.general is not None:
            return self.make_engine(SwappedStore(self.networks, {GENERAL_COMPLETION: self.general}))
        if method == NO_REDRAWING:
            return self.make_engine(SwappedStore(self.networks, {FACE_COMPLETION: None}))
        return self.make_engine(self.networks)


@dataclass(frozen=True, eq=False)
class Fill:
    """What a method made of a case.

    Attributes:
        pixels: (H, W, 3) uint8 RGB, the whole photo.
        seconds: wall-clock time.
        labels: (H, W) uint8 predicted parsing map; None for methods without one.
        keypoints: (16, 2) float32 x, y in pixels; None for methods without.
        device: what it ran on; empty for the baselines.
        weights: SHA-256 of each weights file by network name.
        stages: pictures on the way, uint8 RGB, if they were asked for: "completion" (H, W, 3), and "face"
            (64, 64, 3) where a face was refined.
    """

    pixels: NDArray[np.uint8]
    seconds: float
    labels: NDArray[np.uint8] | None = None
    keypoints: NDArray[np.float32] | None = None
    device: str = ""
    weights: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)


@dataclass(frozen=True)
class MeasuredMethod:
    """A method in the table.

    Attributes:
        name: one of `METHOD_NAMES`.
        uses_truth: whether it is given the true parsing map (upper bound) instead of predicting one.
        fill: fills a case; raises WeightsError or OptionError when the method cannot run here.
        parser: what parser the map is of, for tables; empty = the released one.
    """

    name: str
    uses_truth: bool
    fill: Callable[[Case], Fill]
    parser: str = ""

    @property
    def title(self) -> str:
        """Name for tables, e.g. "patches (true map)"."""
        of = "true map" if self.uses_truth else self.parser
        return f"{self.name} ({of})" if of else self.name


def make_methods(names: Sequence[str], bench: Bench, *, true_maps: bool) -> list[MeasuredMethod]:
    """Methods by name in the order of `METHOD_NAMES`; those guided by a map follow once more with true maps.

    Raises:
        OptionError: a name is unknown.
    """
    unknown = [name for name in names if name not in METHOD_NAMES]
    if unknown:
        raise OptionError(f"There is no method {unknown[0]!r}; choose among: {', '.join(METHOD_NAMES)}.")
    methods = [_baseline(name) for name in BASELINES if name in names]
    engines = {name: bench.engine(name) for name in OURS if name in names}
    for uses_truth in (False, True)[: 1 + true_maps]:
        methods += [
            _engine_method(name, engine, bench, uses_truth)
            for name, engine in engines.items()
            if not (uses_truth and name in _WITHOUT_MAP)
        ]
    return methods


def fill_by_parser(bench: Bench, name: str, network: LoadedNetwork) -> MeasuredMethod:
    """The paper's G+P guided by another parser (figure 5 of Wu et al.).

    Args:
        bench: what all other networks are of.
        name: of the parser, for tables.
        network: the parser.
    """
    store = SwappedStore(bench.networks, {"parsing": network, "face": None})
    method = _engine_method(G_P, bench.make_engine(store), bench, False)

    def fill(case: Case) -> Fill:
        made = method.fill(case)
        # The report names the weights of the released parser by its task.
        own = {f"parsing ({name})" if task == "parsing" else task: sha for task, sha in made.weights.items()}
        return replace(made, weights=own)

    return replace(method, fill=fill, parser=name)


def _baseline(name: str) -> MeasuredMethod:
    def fill(case: Case) -> Fill:
        start = time.perf_counter()
        pixels = BASELINES[name](case.image, case.mask)
        return Fill(pixels, time.perf_counter() - start)

    return MeasuredMethod(name, False, fill)


def _engine_method(name: str, engine: Engine, bench: Bench, uses_truth: bool) -> MeasuredMethod:
    off: dict[str, Any] = {WITHOUT[name]: False} if name in WITHOUT else {}
    options = CompletionOptions(method=OURS[name], keep_stages=bench.keep_stages, **off)

    def fill(case: Case) -> Fill:
        if name == G and bench.without_parsing is None:
            raise OptionError(NEEDS_NETWORK_WITHOUT_PARSING)
        truth = case.labels if uses_truth else None
        request = CompletionRequest(
            case.image,
            case.mask,
            options,
            truth,
            case.extension,
            references=_references(case) if name == DEFAULT else (),
            hardware=bench.hardware,
        )
        start = time.perf_counter()
        result = engine.run(request)
        seconds = time.perf_counter() - start
        return Fill(
            applied(case.image, result),
            seconds,
            labels_over_photo(result, case.mask),
            keypoints_of(result.structure),
            result.device,
            {_weights_name(name, task): sha256 for task, sha256 in result.weights.items()},
            stages_of(case.image, result),
        )

    return MeasuredMethod(name, uses_truth, fill)


def _references(case: Case) -> tuple[Reference, ...]:
    return tuple(Reference(f"reference {place}", image) for place, image in enumerate(case.references, 1))


def _weights_name(method: str, task: str) -> str:
    """Name of a network in the report: the one without parsing must not pass for the released one."""
    return "completion without parsing" if method == G and task == "completion" else task


def applied(image: NDArray[np.uint8], result: CompletionResult) -> NDArray[np.uint8]:
    """The photo (H, W, 3) uint8 with all filled regions put in."""
    pixels = image.copy()
    for region in result.regions:
        changed = region.changed > 0
        pixels[region.bounds.slices][changed] = region.pixels[changed]
    return pixels


def stages_of(image: NDArray[np.uint8], result: CompletionResult) -> dict[str, NDArray[np.uint8]]:
    """The pictures on the way over all regions; empty when the engine kept none.

    Args:
        image: (H, W, 3) uint8 RGB, the photo.
        result: answer of the engine.

    Returns:
        "completion": what the network painted, (H, W, 3) uint8, the photo elsewhere; "face": (64, 64, 3).
    """
    stages: dict[str, NDArray[np.uint8]] = {}
    for region in result.regions:
        painted, bounds = region.stages.get("completion"), region.structure.bounds
        if painted is not None:
            picture = stages.setdefault("completion", image.copy())
            picture[bounds.slices] = cv2.resize(
                painted, (bounds.width, bounds.height), interpolation=cv2.INTER_LINEAR
            )
        if "face-after" in region.stages:
            stages["face"] = region.stages["face-after"]
    return stages


def labels_over_photo(result: CompletionResult, mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The parsing map at the photo's size, in the holes as it guided the fill.

    Args:
        result: answer of the engine.
        mask: (H, W) uint8, nonzero = hole.

    Returns:
        (H, W) uint8 labels.
    """
    labels: NDArray[np.uint8] = np.zeros(mask.shape, np.uint8)
    labels[result.structure.bounds.slices] = at_photo_size(result.structure)
    for region in result.regions:
        hole = mask[region.structure.bounds.slices] > 0
        labels[region.structure.bounds.slices][hole] = at_photo_size(region.structure)[hole]
    return labels


def keypoints_of(structure: Structure) -> NDArray[np.float32]:
    """The peaks of the heatmaps as (16, 2) float32 x, y in pixels of the photo."""
    bounds = structure.bounds
    size, origin = np.array([bounds.width, bounds.height]), np.array([bounds.left, bounds.top])
    return np.asarray(peaks(structure.heatmaps) * size + origin, np.float32)


def at_photo_size(structure: Structure) -> NDArray[np.uint8]:
    """The parsing map (H, W) uint8 at the size of the part of the photo that it covers."""
    size = structure.bounds.width, structure.bounds.height
    labels: NDArray[np.uint8] = cv2.resize(structure.labels, size, interpolation=cv2.INTER_NEAREST_EXACT)
    return labels
