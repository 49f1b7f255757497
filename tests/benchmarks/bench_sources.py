"""How much of a fill's background is copied from other people.

Run as a script from a checkout, with the shipped weights or those in ``PORTRAIT_STUDIO_MODELS``:

    python -m tests.benchmarks.bench_sources FOLDER [--photos N] [--set NAME] [--sheets FOLDER]

FOLDER holds the sets' own folders (``clothing-co-parsing/photos/...``), as for
``portrait-trainer evaluate --protocol people``. In each photo the box around a passer-by is the hole, as a
user would draw it; who is where is told by the boxes that were drawn by eye, and by the segmentation network
in each of them. Of all patches that were matched to background the share is told whose pixels cover another
person, without and with careful sources, and what the fill takes.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest import mock

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.detection import roomy
from portrait_studio.engine.find_requests import FindInBoxesRequest
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, WarmUpRequest
from portrait_studio.engine.resample import resize_mask
from portrait_studio.engine.texture.level_synthesis import LevelSynthesis
from portrait_studio.engine.work_crop import CropPolicy, Window, find_holes, plan_hole, texture_window
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of
from portrait_studio.locations import models_dir
from trainer.evaluation.methods import applied
from trainer.evaluation.pages import captioned_row, pages_of, write_pages
from trainer.protocols.people import PeopleCase, people_cases

_BACKGROUND: Final = 0
_PATCH_PX: Final = 7
_LEAST_PX: Final = 60
"""Height of a passer-by who is taken away."""

Mask = NDArray[np.uint8]


@dataclass(frozen=True)
class Copied:
    """What one fill copied.

    Attributes:
        patches: of the background.
        from_others: how many of them cover another person.
        seconds: of the processor.
    """

    patches: int
    from_others: int
    seconds: float

    @property
    def share(self) -> float:
        """Share from others."""
        return self.from_others / max(1, self.patches)


@contextmanager
def recorded(kept: list[Any]) -> Iterator[None]:
    """While open, the last element of `kept` is the finest level of the last synthesis, with its matches."""
    run = LevelSynthesis.run

    def recording(step: Any, *arguments: Any) -> Any:
        matches, colours = run(step, *arguments)
        kept.append((step, matches))
        return matches, colours

    with mock.patch.object(LevelSynthesis, "run", recording):
        yield


def people_mask(engine: Pipeline, image: NDArray[np.uint8], boxes: Sequence[Bounds]) -> Mask:
    """(H, W) uint8, 255 where somebody stands in one of the boxes."""
    mask = np.zeros(image.shape[:2], np.uint8)
    found = engine.run(FindInBoxesRequest(image, tuple(roomy(box) for box in boxes)))
    for thing in found:
        if thing.stands_out:
            np.maximum(mask, thing.mask(extent_of(image), 0.5), out=mask)
    return mask


def copied_of(kept: list[Any], others: Mask, seconds: float) -> Copied:
    """Count the patches of the finest level.

    Args:
        kept: see `recorded`.
        others: (H, W) uint8 over the window of the level, nonzero = another person.
        seconds: that the fill took.
    """
    step, matches = kept[-1]
    places = step.sources.in_photo(matches.centres)[0].numpy()
    reach = cv2.dilate(others, np.ones((_PATCH_PX, _PATCH_PX), np.uint8)).reshape(-1) != 0
    # Patches that lie half outside the hole match themselves there.
    inside = step.level.hole.flatten()[step.targets.centres].numpy()
    background = (step.targets.labels == _BACKGROUND).numpy() & inside
    return Copied(int(background.sum()), int((reach[places] & background).sum()), seconds)


def measured(
    image: NDArray[np.uint8], mask: Mask, others: Mask, *, careful: bool
) -> tuple[Copied, NDArray[np.uint8]]:
    """Fill once, by an engine that knows nothing yet; what was copied, and the photo after it."""
    kept: list[Any] = []
    engine = Pipeline(models_dir())
    engine.run(WarmUpRequest())
    start = time.process_time()
    options = CompletionOptions(careful_sources=careful)
    with recorded(kept):
        result = engine.run(CompletionRequest(image, mask, options, hardware=Hardware("cpu")))
    seconds = time.process_time() - start
    policy, photo = CropPolicy(), extent_of(image)
    hole = find_holes(mask, policy, options.grow_px)[0]
    window: Window = texture_window(hole, plan_hole(hole, photo, policy).appearance.bounds, photo, policy)
    seen = resize_mask(others[window.bounds.slices], window.size).view(np.uint8)
    return copied_of(kept, seen, seconds), applied(image, result)


def hole_of(case: PeopleCase) -> Bounds | None:
    """The box of the largest passer-by who hardly reaches into the main person's; None = there is none."""
    apart = [
        one
        for one in case.people[1:]
        if one.height >= _LEAST_PX and one.intersected(case.people[0]).extent.area < 0.2 * one.extent.area
    ]
    return max(apart, key=lambda one: one.extent.area, default=None)


def main() -> int:
    """Measure and say; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="holds the sets' own folders")
    parser.add_argument("--photos", type=int, default=12, help="how many (default: 12)")
    parser.add_argument("--set", default="clothing-co-parsing", help="of which set")
    parser.add_argument("--sheets", type=Path, help="folder for pictures of both fills")
    options = parser.parse_args()
    rows: list[tuple[Copied, Copied]] = []
    cells = []
    engine = Pipeline(models_dir())
    for case in people_cases(options.folder, (options.set,), None):
        box = hole_of(case)
        if box is None or len(case.people) + len(case.hidden) < 3 or len(rows) == options.photos:
            continue
        image = np.asarray(case.image, np.uint8)
        mask = np.zeros(image.shape[:2], np.uint8)
        mask[box.slices] = 255
        others = people_mask(engine, image, [*(one for one in case.people[1:]), *case.hidden])
        others[mask != 0] = 0
        before, old = measured(image, mask, others, careful=False)
        after, new = measured(image, mask, others, careful=True)
        rows.append((before, after))
        cells += [("photo", image), ("before", old), ("after", new)]
        sys.stdout.write(
            f"{case.name:<32} {100 * before.share:6.1f} % {100 * after.share:6.1f} % from others"
            f" {before.seconds:6.1f} s {after.seconds:6.1f} s\n"
        )
        sys.stdout.flush()
    if not rows:
        sys.stderr.write("There is no photo with two passers-by among them.\n")
        return 2
    for name, column in (("anywhere", 0), ("careful", 1)):
        shares = [100 * row[column].share for row in rows]
        mean, most = np.mean(shares), np.max(shares)
        sys.stdout.write(f"{name:<10} mean {mean:5.1f} %, at most {most:5.1f} %\n")
    if options.sheets is not None:
        starts = range(0, len(cells), 3)
        pages = pages_of([captioned_row(cells[start : start + 3]) for start in starts], 1700)
        write_pages(pages, options.sheets, "sources")
    return 0


if __name__ == "__main__":
    sys.exit(main())
