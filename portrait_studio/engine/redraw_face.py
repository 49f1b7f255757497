"""Redraw what a hole hides of a face: the face completion network paints it in an aligned window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.align_face import WINDOW, AlignedFace, SeenFace, hidden
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.resample import Floats, WindowPixels
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.label_colours import label_overlay
from portrait_studio.imaging.similarity import composed, inverted, transformed, translation, warped
from portrait_studio.networks.conventions import KEYPOINTS
from portrait_studio.networks.face_completion import FACE_COMPLETION_SIDE, FACE_PART_COLOURS, FACE_PARTS

LEAST_FACE_PX: Final = 28
"""Long side of a face, in photo pixels, below which nothing is redrawn."""
OLD_LEAST_FACE_PX: Final = 64
"""The same of fills from before `CompletionOptions.finish_faces`."""

_SIDE: Final = FACE_COMPLETION_SIDE
_BESIDE: Final = (FACE_PARTS.index("background"), FACE_PARTS.index("hair"))
"""Parts that stay the fill's: the network paints them softer than patches do."""

_TOP, _NECK = KEYPOINTS.index("head-top"), KEYPOINTS.index("upper-neck")
_SURE: Final = 0.3
_PARTS_OPACITY: Final = 0.6
_BORDER_PX: Final = 8
"""Of the window, over which what is redrawn fades out."""

_SHARPER: Final = 1.6
"""How much of what a blur takes from the painted window is added to it, and the blur in window pixels."""
_SOFT_PX: Final = 1.4


@dataclass(frozen=True, eq=False)
class RedrawnFace:
    """What was redrawn.

    Attributes:
        fill: (H, W, 3) float32 in [0, 1], the fill with the face in it.
        before: (128, 128, 3) float32 in [0, 1], the aligned window as the fill had it.
        after: (128, 128, 3) float32 in [0, 1], the same redrawn.
        parts: (64, 64) uint8, index into `face_completion.FACE_PARTS`.
    """

    fill: Floats
    before: Floats
    after: Floats
    parts: NDArray[np.uint8]

    @property
    def parts_over_face(self) -> Floats:
        """(128, 128, 3) float32 in [0, 1]: the parts in their colours over the redrawn window, as a stage."""
        eight_bits = np.rint(np.clip(self.after, 0.0, 1.0) * 255.0).astype(np.uint8)
        shown = label_overlay(eight_bits, self.parts, FACE_PART_COLOURS, _PARTS_OPACITY)
        return np.asarray(shown / np.float32(255.0), np.float32)


def turn_of_head(parsed: ParsedWindow) -> float:
    """Degrees by which the pose says that the head is turned clockwise; 0 where it does not know."""
    peaks = []
    for joint in (_TOP, _NECK):
        heatmap = parsed.heatmaps[..., joint]
        if heatmap.max() < _SURE:
            return 0.0
        y, x = np.unravel_index(int(heatmap.argmax()), heatmap.shape)
        peaks.append(np.array([float(x), float(y)]))
    across, down = peaks[1] - peaks[0]
    return float(np.degrees(np.arctan2(-across, down))) if np.hypot(across, down) >= 2 else 0.0


def redraw_face(
    fill: WindowPixels, seen: SeenFace, face: AlignedFace, *, sharpened: bool = True
) -> RedrawnFace:
    """Put a redrawn face into a fill.

    Only what the window can show is taken from the network: finer detail, such as grain, stays the fill's.

    Args:
        fill: the fill inside the hole, the photo elsewhere, at full resolution.
        seen: the surroundings of the face without the fill.
        face: the aligned window and what the network painted.
        sharpened: make up for the softness of what it paints.
    """
    bounds, hole = fill.window.bounds, fill.hole
    before = _window_of(fill.colours, bounds, seen, face)
    holes = hidden(seen, face.matrix)
    share = _share_of_face(face.parts) * holes
    picture = _sharpened(face.picture) if sharpened else face.picture
    change = (picture - before) * share[..., None]
    after = before + change
    part = _reached(face).intersected(bounds)
    redrawn = fill.colours.copy()
    if not part.is_empty:
        inner = part.shifted(-bounds.left, -bounds.top).slices
        more = _brought_back(change, face, part)
        redrawn[inner] = np.where(
            hole[inner][..., None], np.clip(redrawn[inner] + more, 0.0, 1.0), redrawn[inner]
        )
    return RedrawnFace(redrawn, before, after, face.parts.argmax(0).astype(np.uint8))


def _sharpened(picture: Floats) -> Floats:
    """Unsharp masking of a window (128, 128, 3)."""
    soft = cv2.GaussianBlur(picture, (0, 0), _SOFT_PX)
    return np.asarray(np.clip(picture + _SHARPER * (picture - soft), 0.0, 1.0), np.float32)


def _window_of(fill: Floats, bounds: Bounds, seen: SeenFace, face: AlignedFace) -> Floats:
    """The aligned window of the photo with the fill in its hole."""
    height, width = seen.hole.shape
    lies_at = translation(bounds.left, bounds.top)
    filled = warped(fill, composed(seen.matrix, lies_at), Extent(width, height))
    picture = np.where(seen.hole[..., None], filled, seen.colours)
    return warped(picture, composed(face.matrix, inverted(seen.matrix)), WINDOW)


def _share_of_face(parts: Floats) -> Floats:
    """(128, 128) weights in [0, 1]: the likelihood of a part of the face, less towards the border."""
    face = 1.0 - parts[list(_BESIDE)].sum(0)
    likely = cv2.resize(face, (_SIDE, _SIDE), interpolation=cv2.INTER_LINEAR)
    distance = np.minimum(np.arange(_SIDE), np.arange(_SIDE)[::-1]) + 0.5
    ramp = np.clip(distance / _BORDER_PX, 0.0, 1.0).astype(np.float32)
    return np.asarray(likely * np.minimum(ramp[:, None], ramp), np.float32)


def _reached(face: AlignedFace) -> Bounds:
    """The smallest rectangle around the window, in photo pixels."""
    corners = transformed(inverted(face.matrix), _SIDE * np.array([[0, 0], [1, 0], [0, 1], [1, 1]]))
    (left, top), (right, bottom) = np.floor(corners.min(0)), np.ceil(corners.max(0))
    return Bounds(int(left), int(top), int(right), int(bottom))


def share_of_face(face: AlignedFace, part: Bounds) -> Floats:
    """(h, w) in [0, 1]: how far a part of the photo is the face that the window shows."""
    share = np.repeat(_share_of_face(face.parts)[..., None], 3, axis=2)
    return np.ascontiguousarray(_brought_back(share, face, part)[..., 0])


def _brought_back(change: Floats, face: AlignedFace, part: Bounds) -> Floats:
    """A change (128, 128, 3) of the window over a part of the photo: (h, w, 3), 0 outside the window."""
    back = composed(translation(-part.left, -part.top), inverted(face.matrix))
    return warped(change, back, part.extent, cv2.BORDER_CONSTANT)
