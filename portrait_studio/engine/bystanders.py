"""Other people near a hole: where they are, so that nothing is copied from them.

The parser looks for one person and takes others for background. So the detection network looks at the photo,
and the segmentation network at the people whose boxes lie where patches come from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.detect import detect_people, people_size
from portrait_studio.engine.detection import Detection, main_person, roomy
from portrait_studio.engine.fill_run import FillRun
from portrait_studio.engine.label_mask import body_in
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import shrink_or_enlarge
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.engine.segment import find_in_boxes
from portrait_studio.engine.source_windows import source_window
from portrait_studio.engine.things import USUAL_THRESHOLD, ThingFound, usual_rim
from portrait_studio.engine.work_crop import Window
from portrait_studio.errors import WeightsError
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of
from portrait_studio.messages import Message
from portrait_studio.networks.conventions import BACKGROUND

_DETECTION: Final = "detection"
_SEGMENTATION: Final = "segmentation"

_LEAST_SIDE_PX: Final = 160
"""Longer side of a photo below which other people in it would be too small to be found."""

_LEASTBACKGROUND: Final = 0.01
"""Share of a hole that the background has at least where others are looked for."""

_LEAST_SHARE: Final = 0.01
"""Share of a window from which on a person's outline is looked for; of a smaller one the box will do."""

_MOST_OUTLINES: Final = 6
"""Outlines that are looked for, of the largest people: in a crowd the boxes of the others will do."""

_AROUND: Final = 0.5
"""Share of a hole's surroundings from which on a person who covers it is what the hole lies on."""

_RING_SHARE: Final = 0.02
"""Width of these surroundings relative to the hole's longer side."""


@dataclass(frozen=True)
class Bystander:
    """Somebody who is not whom the photo is of.

    Attributes:
        box: where the detector sees her, in photo pixels.
        figure: her outline; None = the box must do.
    """

    box: Bounds
    figure: ThingFound | None

    def seen_through(self, window: Window, rim_px: int) -> NDArray[np.uint8]:
        """(h, w) uint8 of a window's size, nonzero where she is, with a rim of so many photo pixels."""
        size, part = (window.size.width, window.size.height), window.bounds
        if self.figure is None:
            whole = np.zeros((part.height, part.width), np.uint8)
            whole[self.box.intersected(part).shifted(-part.left, -part.top).slices] = 1
            return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)
        around = self.figure.bounds
        whole = np.zeros((part.height, part.width), np.uint8)
        common = around.intersected(part)
        if not common.is_empty:
            inner = common.shifted(-around.left, -around.top).slices
            sure = self.figure.probability[inner] >= 255 * USUAL_THRESHOLD
            whole[common.shifted(-part.left, -part.top).slices] = sure
        rim = 2 * max(1, round(rim_px * window.scale)) + 1
        shown = np.where(
            cv2.resize(255 * whole, size, interpolation=cv2.INTER_AREA) > 0, np.uint8(1), np.uint8(0)
        )
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (rim, rim))
        return np.asarray(cv2.dilate(shown, kernel), np.uint8)


@dataclass(frozen=True, eq=False)
class Bystanders:
    """The other people near the holes of a fill.

    Attributes:
        people: all who may be where patches come from.
        rim_px: how far around them nothing is copied, in photo pixels.
        main: box of whom the photo is of; None = not known.
    """

    people: tuple[Bystander, ...] = ()
    rim_px: int = 0
    main: Bounds | None = None

    def excluded(
        self, window: Window, hole: NDArray[np.bool_], labels: NDArray[np.uint8]
    ) -> NDArray[np.bool_]:
        """What of a window nothing may be copied from; see `_is_under`.

        Args:
            window: in which patches are looked for.
            hole: (h, w) bool over it.
            labels: (h, w) uint8 over it, the parsing map: what it gives the main person stays.

        Returns:
            (h, w) bool.
        """
        theirs = np.zeros(hole.shape, np.bool_)
        for person in self.people:
            covered = person.seen_through(window, self.rim_px) != 0
            if not _is_under(hole, covered):
                theirs |= covered
        mains = labels != BACKGROUND
        if self.main is not None:
            mains &= Bystander(roomy(self.main), None).seen_through(window, 0) != 0
        return np.asarray(theirs & ~mains & ~hole)


def find_bystanders(run: FillRun, holes: Sequence[Bounds], whole: ParsedWindow) -> Bystanders:
    """The other people in the windows from which patches come for some holes.

    Args:
        run: the fill.
        holes: rectangles around the holes, in photo pixels.
        whole: what the parser says about the whole photo.

    Returns:
        Nobody where no background is to be filled, or no network finds people; a notice says so if one is
        damaged.
    """
    request, networks = run.request, run.parts.networks
    if not request.options.careful_sources or request.options.method.is_painted:
        return Bystanders()
    photo = extent_of(request.image)
    if max(photo.width, photo.height) < _LEAST_SIDE_PX or not _hide_background(run, holes, whole):
        return Bystanders()
    if not all(networks.has(name) for name in (_DETECTION, _SEGMENTATION)):
        return Bystanders()
    try:
        return _found(run, holes, body_in(whole.labels))
    except WeightsError as error:
        run.notices.append(Message("Other people were not looked for. {reason}", reason=error.message))
        return Bystanders()


def _hide_background(run: FillRun, holes: Sequence[Bounds], whole: ParsedWindow) -> bool:
    """Whether any hole is to show some background."""
    for hole in holes:
        small = Window.scaled(hole, min(1.0, whole.window.scale))
        labels = whole.seen_through(small).labels
        if np.count_nonzero(labels == BACKGROUND) > _LEASTBACKGROUND * labels.size:
            return True
    return False


def _found(run: FillRun, holes: Sequence[Bounds], figure: NDArray[np.bool_]) -> Bystanders:
    image = run.request.image
    photo = extent_of(image)
    windows = [source_window(run, hole, Bounds.of(photo)).bounds for hole in holes]
    small = cast(Pixels, shrink_or_enlarge(image, people_size(photo)))
    digest = hashlib.sha256(repr((small.shape, photo, run.compute)).encode() + small.tobytes()).digest()
    people = _people(run, small, digest)
    # Whom the parser does not see at all has no part that it could tell from the background.
    main = main_person(people, photo, figure) if figure.any() else None
    near = sorted(
        (
            (share, one.bounds)
            for one in people
            if one is not main and (share := _share(roomy(one.bounds), windows)) > 0
        ),
        key=lambda pair: -pair[0],
    )
    found = []
    for number, (share, box) in enumerate(near):
        is_large = number < _MOST_OUTLINES and share >= _LEAST_SHARE
        outline = _outline(run, box, digest) if is_large else None
        found.append(Bystander(box, outline))
    return Bystanders(tuple(found), usual_rim(photo), None if main is None else main.bounds)


def _people(run: FillRun, small: Pixels, digest: bytes) -> tuple[Detection, ...]:
    """All people of the photo, who are looked for once as long as it stays the same."""
    known = run.parts.people.recall(digest)
    network = run.parts.networks.load(_DETECTION)
    run.note_weights(network)
    if known is None:
        runner = NetworkRunner(network.module, run.compute, lambda _: run.progress.check())
        known = detect_people(runner, small, extent_of(run.request.image))
        run.parts.people.keep(digest, known)
    return known


def _outline(run: FillRun, box: Bounds, digest: bytes) -> ThingFound | None:
    """Who stands in a box; None where nobody stands out."""
    key = hashlib.sha256(digest + repr(box).encode()).digest()
    known = run.parts.figures.recall(key)
    network = run.parts.networks.load(_SEGMENTATION)
    run.note_weights(network)
    if known is None:
        runner = NetworkRunner(network.module, run.compute, lambda _: run.progress.check())
        known = find_in_boxes(runner, run.request.image, [roomy(box)])[0]
        run.parts.figures.keep(key, known)
    return known if known.stands_out else None


def _share(box: Bounds, windows: Sequence[Bounds]) -> float:
    """The largest share of a window that a box takes."""
    return max(box.intersected(window).extent.area / window.extent.area for window in windows)


def _is_under(hole: NDArray[np.bool_], person: NDArray[np.bool_]) -> bool:
    """Whether a hole lies on a person: then what is missing is hers."""
    rows, columns = np.flatnonzero(hole.any(1)), np.flatnonzero(hole.any(0))
    if not rows.size:
        return False
    long = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    width = max(2, round(_RING_SHARE * long))
    top, left = max(0, rows[0] - width), max(0, columns[0] - width)
    part = slice(top, rows[-1] + width + 1), slice(left, columns[-1] + width + 1)
    inside = hole[part].astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * width + 1, 2 * width + 1))
    ring = (cv2.dilate(inside, kernel) != 0) & (inside == 0)
    count = np.count_nonzero(ring)
    return bool(count > 0 and np.count_nonzero(ring & person[part]) >= _AROUND * count)
