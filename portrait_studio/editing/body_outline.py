"""Outlines of bodies on a canvas that the user drags, by a quick parsing map of a small picture of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.interface import Engine
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import Pixels, SketchRequest, Structure
from portrait_studio.imaging.canvas_extension import canvas_of
from portrait_studio.imaging.geometry import Bounds, Extent, Margins
from portrait_studio.networks.conventions import LABEL_COUNT

_LONG_SIDE_PX: Final = 256
"""Of the picture that outlines are predicted in."""

Point = tuple[float, float]


@dataclass(frozen=True, eq=False)
class BodyOutline:
    """Predicted outlines of bodies on a canvas.

    Attributes:
        margins: of the canvas.
        polygons: closed outlines, each a list of (x, y) in pixels of the present canvas.
    """

    margins: Margins
    polygons: tuple[tuple[Point, ...], ...]


class OutlinePredictor:
    """Predicts in the engine's thread; one photo is scaled down once for all its canvases."""

    def __init__(self, engine: Engine) -> None:
        """Predict nothing yet.

        Args:
            engine: predicts parsing maps.
        """
        self._engine = engine
        self._scaled: tuple[Pixels, Pixels, float] | None = None

    def predict(self, image: Pixels, margins: Margins, progress: Progress) -> BodyOutline:
        """The outlines of the bodies on a canvas.

        Args:
            image: (H, W, 3) of the present canvas.
            margins: how far the new canvas reaches beyond it; negative where it is cropped.
            progress: may cancel.
        """
        small, scale = self._scaled_down(image)
        scaled = margins.scaled(scale)
        request = SketchRequest(_on_canvas(small, scaled), scaled.added)
        structure = self._engine.run(request, progress)
        return BodyOutline(margins, _body_polygons(structure, scaled, scale))

    def _scaled_down(self, image: Pixels) -> tuple[Pixels, float]:
        """The photo, (h, w, 3) in the same dtype, and its pixels per pixel of the photo."""
        if self._scaled is None or self._scaled[0] is not image:
            scale = min(1.0, _LONG_SIDE_PX / max(image.shape[:2]))
            size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
            small: Pixels = cv2.resize(np.ascontiguousarray(image), size, interpolation=cv2.INTER_AREA)
            self._scaled = (image, small, scale)
        return self._scaled[1], self._scaled[2]


def _on_canvas(picture: Pixels, margins: Margins) -> Pixels:
    """A picture, (h, w, 3), on its canvas, what is new grey; negative margins crop."""
    canvas = canvas_of(Extent(picture.shape[1], picture.shape[0]), margins)
    larger = np.full((canvas.height, canvas.width, 3), np.iinfo(picture.dtype).max // 2, picture.dtype)
    seen = canvas.intersected(Bounds(0, 0, picture.shape[1], picture.shape[0]))
    larger[seen.shifted(-canvas.left, -canvas.top).slices] = picture[seen.slices]
    return larger


def _body_polygons(structure: Structure, margins: Margins, scale: float) -> tuple[tuple[Point, ...], ...]:
    """Closed outlines of the bodies of a small canvas, in pixels of the present one.

    Args:
        structure: of the small canvas.
        margins: of the small canvas, in its pixels.
        scale: its pixels per pixel of the present canvas.
    """
    body = ((structure.labels > 0) & (structure.labels < LABEL_COUNT)).astype(np.uint8)
    # Enlarged first, so that the outline is no staircase.
    body = cv2.GaussianBlur(cv2.resize(body * 255, None, fx=4, fy=4), (0, 0), 4)
    found, _ = cv2.findContours((body > 127).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    across = structure.bounds.width / body.shape[1]
    down = structure.bounds.height / body.shape[0]
    polygons: list[NDArray[np.float64]] = []
    for contour in found:
        points = contour[:, 0, :].astype(np.float64) + 0.5
        polygons.append((points * (across, down) - (margins.left, margins.top)) / scale)
    return tuple(tuple((float(x), float(y)) for x, y in polygon) for polygon in polygons if len(polygon) > 2)
