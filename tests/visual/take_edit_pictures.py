"""Takes the README's pictures of five edits, each before, as it was marked, and after.

Run as `python -m tests.visual.take_edit_pictures [NAME ...]` in the repository root; it needs the weights.
What is taken away was drawn into the photos (tests/helpers/drawn_things.py); nothing is retouched.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.find_requests import TightenRequest
from portrait_studio.engine.interface import Engine
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, Reference
from portrait_studio.engine.thing_masks import mask_around
from portrait_studio.imaging.geometry import Bounds, Margins
from portrait_studio.imaging.masks import Mask
from portrait_studio.imaging.reading import read_photo
from portrait_studio.locations import models_dir, resources_dir
from tests.helpers.drawn_things import bag, drawn, phone, railings, sunglasses

Image = NDArray[np.uint8]

TARGET: Final = resources_dir() / "screenshots"
_TINT: Final = (255, 0, 110)
_GAP_PX: Final = 8
_HEIGHT_PX: Final = 300
_CUT_ROWS: Final = 170
_CROWN_ROWS: Final = 60


def photo_of(name: str) -> Image:
    """One of the photos in resources/demo, (h, w, 3) uint8."""
    return np.asarray(read_photo(resources_dir() / "demo" / name).pixels, np.uint8).copy()


def filled(engine: Engine, request: CompletionRequest) -> Image:
    """The photo of a request with its holes filled."""
    picture = np.asarray(request.image, np.uint8).copy()
    for region in engine.run(request).regions:
        np.copyto(picture[region.bounds.slices], region.pixels, where=region.changed[..., None] != 0)
    return picture


def painted(image: Image, mask: Mask) -> Image:
    """The photo as the window shows it with a mask."""
    picture = image.copy()
    picture[mask > 0] = (picture[mask > 0] // 3 + np.array(_TINT) * 2 // 3).astype(np.uint8)
    return picture


def removed(engine: Engine, image: Image, box: Bounds, shown: Bounds) -> list[Image]:
    """A rectangle is dragged around something, tightened to it, and filled: two movements and two keys."""
    loose = np.zeros(image.shape[:2], np.uint8)
    loose[box.slices] = 255
    mask = mask_around(engine, TightenRequest(image, loose))
    after = filled(engine, CompletionRequest(image, mask, CompletionOptions(looks_inside=True)))
    return [picture[shown.slices] for picture in (image, painted(image, mask), after)]


def without_phone(engine: Engine) -> list[Image]:
    """Half of a face comes back."""
    image = drawn(photo_of("photo.png"), phone)
    return removed(engine, image, Bounds(216, 74, 284, 182), Bounds(110, 0, 410, 250))


def without_glasses(engine: Engine) -> list[Image]:
    """Eyes come back."""
    image = drawn(photo_of("photo.png"), sunglasses)
    return removed(engine, image, Bounds(162, 82, 287, 123), Bounds(110, 0, 410, 250))


def without_bag(engine: Engine) -> list[Image]:
    """Railings go on."""
    image = drawn(drawn(photo_of("camera.png"), railings), bag)
    return removed(engine, image, Bounds(424, 320, 480, 420), Bounds(212, 190, 512, 440))


def with_reference(engine: Engine) -> list[Image]:
    """What the frame cut off comes back from the same photo mirrored, smaller and in another light."""
    whole = photo_of("photo.png")
    small = cv2.resize(whole[:, ::-1], None, fx=0.85, fy=0.85, interpolation=cv2.INTER_AREA)
    lit = (small.astype(np.float64) / 255) ** 1.15 * (1.12, 1.05, 0.93)
    other = np.asarray(np.clip(np.rint(lit * 255), 0, 255), np.uint8)
    mask = np.zeros(whole.shape[:2], np.uint8)
    mask[-_CUT_ROWS:] = 255
    cut = np.where(mask[..., None] > 0, np.uint8(0), whole)
    references = (Reference("other.jpg", other),)
    extended = CompletionRequest(cut, mask, extension=Margins(bottom=_CUT_ROWS), references=references)
    return [whole[:-_CUT_ROWS], other, filled(engine, extended)]


def with_crown(engine: Engine) -> list[Image]:
    """A head that the frame cut off comes back."""
    whole = photo_of("photo.png")
    mask = np.zeros(whole.shape[:2], np.uint8)
    mask[:_CROWN_ROWS] = 255
    cut = np.where(mask[..., None] > 0, np.uint8(0), whole)
    after = filled(engine, CompletionRequest(cut, mask, extension=Margins(top=_CROWN_ROWS)))
    shown = Bounds(60, 0, 360, 250).slices
    return [whole[shown][_CROWN_ROWS:], after[shown], whole[shown]]


PICTURES: Final[dict[str, Callable[[Engine], list[Image]]]] = {
    "phone": without_phone,
    "glasses": without_glasses,
    "reference": with_reference,
    "railings": without_bag,
    "crown": with_crown,
}


def side_by_side(pictures: list[Image]) -> Image:
    """Pictures of one height beside each other, the lower ones with white below."""
    tallest = max(picture.shape[0] for picture in pictures)
    scale = _HEIGHT_PX / tallest
    row = []
    for picture in pictures:
        size = round(picture.shape[1] * scale), round(picture.shape[0] * scale)
        kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        shown = np.full((_HEIGHT_PX, size[0] + _GAP_PX, 3), 255, np.uint8)
        shown[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=kind)[:_HEIGHT_PX]
        row.append(shown)
    return np.concatenate(row, 1)[:, :-_GAP_PX]


def main() -> int:
    """Write the pictures that are named, or all."""
    engine = Pipeline(models_dir())
    for name in sys.argv[1:] or PICTURES:
        picture = side_by_side(PICTURES[name](engine))
        cv2.imwrite(str(TARGET / f"edit-{name}.jpg"), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    return 0


if __name__ == "__main__":
    sys.exit(main())
