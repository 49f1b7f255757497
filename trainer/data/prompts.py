"""Windows around things with what a user says of them: a loose mask, clicks, or both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.errors import DataSetError
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.similarity import Transform, warped
from portrait_studio.networks.conventions import IGNORE_LABEL, KEYPOINT_COUNT
from portrait_studio.networks.segmentation import CLICK_RADIUS
from trainer.data.augment import jitter_colours
from trainer.data.batch import RawBatch
from trainer.data.loose_masks import loose_mask
from trainer.data.sample import Sample
from trainer.data.samplers import Draw, Sampler
from trainer.data.things import Thing, drawn_thing, own_thing, pasted_thing
from trainer.data.warping import warped_labels
from trainer.recipes.samples import PromptConfig

_MOST_THINGS = 200

_THING_SIDE = 150
"""Longer side, in pixels, at which loose masks are drawn around things that are larger."""

_MOST_ENLARGED = 2.5
_WITHIN = 0.8
_SHAKE = 8 / 192


@dataclass(frozen=True, eq=False)
class PromptedWindow:
    """What one sample of the segmentation network sees, and the answer.

    Attributes:
        image: (S, S, 3) uint8 RGB, grey beyond the photo.
        prompt: (4, S, S) uint8: loose mask, clicks inside, clicks outside, photo.
        truth: (S, S) uint8: 1 the thing, 0 not, 255 not known.
        name: what the thing is.
        kind: which kind of loose mask, or "clicks".
    """

    image: NDArray[np.uint8]
    prompt: NDArray[np.uint8]
    truth: NDArray[np.uint8]
    name: str
    kind: str


class PromptSampler(Sampler):
    """Windows around things, with what a user says of them."""

    def batch(self, draws: Sequence[Draw]) -> RawBatch:
        """A window for each draw; the masks are the loose ones.

        Raises:
            DataSetError: hardly any photo has a labelled part.
        """
        windows = [self._window(draw) for draw in draws]
        prompts = torch.from_numpy(np.stack([window.prompt for window in windows]))
        return RawBatch(
            torch.from_numpy(np.stack([window.image for window in windows])),
            prompts[:, 0].contiguous(),
            torch.from_numpy(np.stack([window.truth for window in windows])),
            torch.zeros(len(windows), KEYPOINT_COUNT, 3),
            tuple(f"{window.name}/{window.kind}" for window in windows),
            prompts,
        )

    def _window(self, draw: Draw) -> PromptedWindow:
        size, config = self.recipe.data.size, self.recipe.prompts
        for _ in range(_MOST_THINGS):
            first, second = (self.photos[draw.photo()] for _ in range(2))
            thing = draw_thing(first, second, draw.rng, config)
            window = None if thing is None else prompted_window(thing, size, draw.rng, config)
            if window is not None:
                return window
        raise DataSetError("The sets have hardly any labelled part to cut out; add a set with label maps.")


def draw_thing(first: Sample, second: Sample, rng: np.random.Generator, config: PromptConfig) -> Thing | None:
    """A thing of a random origin from a photo, for some origins with the help of a second one."""
    shares = np.array([config.own, config.pasted, config.drawn])
    origin = int(rng.choice(3, p=shares / shares.sum()))
    if origin == 0:
        return own_thing(first, rng)
    if origin == 1:
        return pasted_thing(first, second, rng)
    return drawn_thing(first, second, rng)


def prompted_window(
    thing: Thing, size: int, rng: np.random.Generator, config: PromptConfig
) -> PromptedWindow | None:
    """A window around a thing, perhaps mirrored, in slightly other light; None where the thing is too small.

    Args:
        thing: the picture with the thing.
        size: side of the window in pixels.
        rng: source of all chance.
        config: how the user says what is meant.
    """
    draw = rng.random()
    clicks_only = draw < config.clicks
    local = _near(thing, 4.0 if clicks_only else 1.2)
    if local is None:
        return None
    region = local.truth == 1
    loose, kind = loose_mask(region, rng)
    if clicks_only:
        loose, kind = np.zeros_like(region), "clicks"
        middle, side = _box_of(region), float(np.exp(rng.uniform(np.log(1.3), np.log(5.0))))
    else:
        middle, side = _box_of(loose), float(rng.uniform(1.2, 1.9))
    (x, y), longer = middle
    window = max(min(side * longer, 1.2 * max(region.shape)), size / _MOST_ENLARGED)
    shift = rng.normal(0, _SHAKE, 2) * window * (2.0 if clicks_only else 1.0)
    matrix = _to_window((x + float(shift[0]), y + float(shift[1])), window, size, rng.random() < 0.5)
    extent = Extent(size, size)
    truth = warped_labels(local.truth, matrix, extent)
    if np.count_nonzero(truth == 1) < 12:
        return None
    photo = warped_labels(np.ones_like(local.truth), matrix, extent, 0)
    mask = warped_labels(loose.astype(np.uint8), matrix, extent, 0)
    count = int(rng.integers(1, 4)) if clicks_only or draw < config.clicks + config.corrected else 0
    inside, outside = _clicks(truth, mask, count, rng, clicks_only)
    image = jitter_colours(warped(local.image, matrix, extent), rng, 0.75)
    image = np.where(photo[..., None] > 0, image, np.uint8(128))
    prompt = np.stack([mask, inside, outside, photo])
    return PromptedWindow(image, prompt, _decided(truth, mask), thing.name, kind)


def _near(thing: Thing, room: float) -> Thing | None:
    """The surroundings of a thing, shrunk so that the thing is small enough to draw around quickly."""
    region = thing.truth == 1
    if not region.any():
        return None
    ys, xs = np.nonzero(region)
    longer = max(np.ptp(ys), np.ptp(xs)) + 1
    margin = round(room * longer) + 8
    rows = slice(max(0, ys.min() - margin), ys.max() + 1 + margin)
    columns = slice(max(0, xs.min() - margin), xs.max() + 1 + margin)
    image, truth = thing.image[rows, columns], thing.truth[rows, columns]
    scale = _THING_SIDE / longer
    if scale < 1:
        size = max(1, round(truth.shape[1] * scale)), max(1, round(truth.shape[0] * scale))
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        truth = cv2.resize(truth, size, interpolation=cv2.INTER_NEAREST)
    return Thing(image, truth, thing.name) if (truth == 1).any() else None


def _box_of(region: NDArray[np.bool_]) -> tuple[tuple[float, float], float]:
    ys, xs = np.nonzero(region)
    middle = (float(xs.min() + xs.max() + 1) / 2, float(ys.min() + ys.max() + 1) / 2)
    return middle, float(max(np.ptp(xs), np.ptp(ys)) + 1)


def _to_window(middle: tuple[float, float], window: float, size: int, mirrored: bool) -> Transform:
    """From pixels of the picture to those of the window, which shows its part about `middle`."""
    scale = size / window
    across = -scale if mirrored else scale
    x, y = middle
    return np.array([[across, 0.0, size / 2 - across * x], [0.0, scale, size / 2 - scale * y]])


def _clicks(
    truth: NDArray[np.uint8], mask: NDArray[np.uint8], count: int, rng: np.random.Generator, needed: bool
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Discs of `count` clicks inside the thing, and of as many or fewer beside it, where a user puts them.

    Clicks inside keep off the edge, as people do; those outside lie in the loose mask or near the thing.
    """
    inside, outside = np.zeros_like(truth), np.zeros_like(truth)
    if count == 0:
        return inside, outside
    depth = cv2.distanceTransform((truth == 1).astype(np.uint8), cv2.DIST_L2, 3)
    deep = depth > rng.uniform(0.1, 0.6) * depth.max()
    near = cv2.distanceTransform((truth != 1).astype(np.uint8), cv2.DIST_L2, 3)
    around = (truth == 0) & (near > 4) & ((mask > 0) if mask.any() else (near < 0.25 * len(truth)))
    wanted = (count, int(rng.integers(0, count + 1)) if needed else count)
    if not needed and rng.random() < 0.5:
        wanted = (0, count)
    for region, number, drawn in ((deep, wanted[0], inside), (around, wanted[1], outside)):
        places = np.argwhere(region)
        for _ in range(number if len(places) else 0):
            y, x = places[int(rng.integers(len(places)))]
            cv2.circle(drawn, (int(x), int(y)), CLICK_RADIUS, 1, -1)
    return inside, outside


def _decided(truth: NDArray[np.uint8], mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Parts of the same label that the loose mask takes nearly whole belong to the thing: both shoes."""
    open_parts = (truth == IGNORE_LABEL).astype(np.uint8)
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(open_parts, connectivity=8)
    decided = truth.copy()
    for index in range(1, count):
        part = numbered == index
        if stats[index, cv2.CC_STAT_AREA] >= 12 and np.count_nonzero(mask[part]) >= _WITHIN * part.sum():
            decided[part] = 1
    return decided
