"""Find the aligned window of a face: looks through several windows, each aligned anew by what it showed.

Where a face is can be told from the label "face" and the pose only roughly, and from a face that is partly
hidden all the more so. The face completion network finds landmarks also in the hole: from a few rough windows
it soon comes to the right one, and says how sure it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.engine.face_label import LabelledFace
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, read_window
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import extent_of
from portrait_studio.imaging.similarity import (
    Transform,
    composed,
    fit_similarity,
    inverted,
    scale_of,
    transformed,
    warped,
)
from portrait_studio.networks.face_completion import ANCHORS, FACE_COMPLETION_SIDE, FaceCompletionOutput

WINDOW: Final = Extent(FACE_COMPLETION_SIDE, FACE_COMPLETION_SIDE)
"""Size of the aligned window in its own pixels."""

_SIDE: Final = FACE_COMPLETION_SIDE

_RIGHT_EYE, _LEFT_EYE, _MOUTH = (0, 1), (2, 3), (4, 5, 6, 7)
"""Places of the points in `face_completion.LANDMARKS` whose means are the anchors."""

_FACE_SHARE: Final = 0.82
"""Long side of a face in an aligned window, by the window's side."""
_FACE_MIDDLE: Final = (0.5, 0.52)

_SCALES: Final = (0.8, 1.0, 1.25)
"""By how much the first windows are larger or smaller than the label says."""
_LOOKS: Final = 3
_REACH: Final = 2.4
"""Side of what is read of the photo, in long sides of the face's label."""

MOST_ERROR_PX: Final = 1.7
"""Mean error of eyes and mouth that the network expects, in window pixels, beyond which it does not know."""
OLD_MOST_ERROR_PX: Final = 5.0
"""The same of fills from before `CompletionOptions.finish_faces`, which let monsters pass."""
_MOST_MISFIT: Final = 0.1
"""How far eyes and mouth may lie from their places in an aligned window, root mean square, in its sides."""
_MOST_SHIFT: Final = 0.6
"""How far the window's middle may lie from the label's, in long sides of the face."""
_MOST_RESCALING: Final = 2.0


@dataclass(frozen=True, eq=False)
class SeenFace:
    """What may be looked at of a photo around a face, at about the resolution of the window.

    Attributes:
        colours: (h, w, 3) float32 in [0, 1]; meaningless under the hole.
        hole: (h, w) bool.
        matrix: from photo pixels to its own.
    """

    colours: Floats
    hole: NDArray[np.bool_]
    matrix: Transform


@dataclass(frozen=True, eq=False)
class AlignedFace:
    """An aligned window and what the network said of it.

    Attributes:
        matrix: from photo pixels to those of the window.
        picture: (128, 128, 3) float32 in [0, 1], the whole window as the network paints it.
        parts: (11, 64, 64) float32 probabilities of `face_completion.FACE_PARTS`.
        landmarks: (17, 2) x, y in pixels of the window.
        expected_error_px: of eyes and mouth in the window, as the network expects it.
    """

    matrix: Transform
    picture: Floats
    parts: Floats
    landmarks: NDArray[np.float64]
    expected_error_px: float


def read_face(image: Pixels, mask: NDArray[np.uint8], face: LabelledFace) -> SeenFace:
    """The surroundings of a face in a photo.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16.
        mask: (H, W) uint8, nonzero = hole.
        face: where it is.
    """
    half = face.side * _REACH / 2
    wanted = Bounds(*(round(v) for v in (face.x - half, face.y - half, face.x + half, face.y + half)))
    bounds = wanted.intersected(Bounds.of(extent_of(image)))
    # A little finer than the window, since alignment may enlarge.
    window = Window.scaled(bounds, min(1.0, max(_SCALES) * _SIDE * _FACE_SHARE / face.side))
    view = read_window(image, mask, window)
    return SeenFace(view.colours, view.hole, window.from_photo)


def align_face(
    network: NetworkRunner,
    seen: SeenFace,
    face: LabelledFace,
    turn: float,
    most_error_px: float = MOST_ERROR_PX,
) -> AlignedFace | None:
    """The aligned window of a face; None where the network does not know, or finds something implausible.

    Args:
        network: runs that of `networks.face_completion`, or alike.
        seen: what may be looked at.
        face: where the parser sees the face.
        turn: degrees by which the pose says that the head is turned clockwise; 0 = upright or not known.
        most_error_px: how far off eyes and mouth may be in the window by what the network expects.
    """
    guesses = _guesses(face, turn)
    for look in range(_LOOKS):
        output = _look(network.part(look, _LOOKS + 1), seen, guesses)
        guesses = [
            composed(fit_similarity(_anchors(points), _wanted()), matrix) if _is_usable(points) else matrix
            for points, matrix in zip(_numbers(output.landmarks), guesses, strict=True)
        ]
    output = _look(network.part(_LOOKS, _LOOKS + 1), seen, guesses)
    found = [_answer(output, index, matrix) for index, matrix in enumerate(guesses)]
    plausible = [one for one in found if _is_plausible(one, face, most_error_px)]
    return min(plausible, key=lambda one: one.expected_error_px, default=None)


def hidden(seen: SeenFace, matrix: Transform) -> NDArray[np.bool_]:
    """(128, 128) bool: the hole in the window that `matrix` leads to from photo pixels."""
    holes = warped(seen.hole.astype(np.float32), composed(matrix, inverted(seen.matrix)), WINDOW)
    return np.asarray(holes > 0.02, np.bool_)


def _guesses(face: LabelledFace, turn: float) -> list[Transform]:
    """Windows in several sizes, upright and turned as the pose says."""
    turns = (0.0, turn) if abs(turn) > 8 else (0.0,)
    guesses = []
    for degrees in turns:
        for factor in _SCALES:
            scale = factor * _FACE_SHARE * _SIDE / face.side
            angle = -np.radians(degrees)
            linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            middle = np.array(_FACE_MIDDLE) * _SIDE
            guesses.append(np.column_stack([linear, middle - linear @ np.array([face.x, face.y])]))
    return guesses


def _look(network: NetworkRunner, seen: SeenFace, windows: list[Transform]) -> FaceCompletionOutput:
    """One pass over all windows."""
    back = inverted(seen.matrix)
    pictures = np.stack([warped(seen.colours, composed(matrix, back), WINDOW) for matrix in windows])
    holes = np.stack([hidden(seen, matrix) for matrix in windows])
    masked = np.where(holes[..., None], np.float32(0.0), pictures * np.float32(2.0) - np.float32(1.0))
    image = torch.from_numpy(np.ascontiguousarray(masked.transpose(0, 3, 1, 2)))
    mask = torch.from_numpy(holes[:, None].astype(np.float32))
    output: FaceCompletionOutput = network(image, mask)
    return output


def _answer(output: FaceCompletionOutput, index: int, matrix: Transform) -> AlignedFace:
    picture = _numbers(output.picture[index]).transpose(1, 2, 0) * 0.5 + 0.5
    parts = _numbers(torch.softmax(output.parts[index].float(), 0))
    errors = _numbers(output.scales[index])[list(_RIGHT_EYE + _LEFT_EYE + _MOUTH)]
    return AlignedFace(
        matrix,
        np.ascontiguousarray(np.clip(picture, 0.0, 1.0), np.float32),
        parts.astype(np.float32),
        _numbers(output.landmarks[index]),
        float(errors.mean()),
    )


def _numbers(values: torch.Tensor) -> NDArray[np.float64]:
    return np.asarray(values.detach().float().cpu().numpy(), np.float64)


def _anchors(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centres of right eye, left eye and mouth (3, 2) of landmarks (17, 2)."""
    return np.stack([points[list(places)].mean(0) for places in (_RIGHT_EYE, _LEFT_EYE, _MOUTH)])


def _wanted() -> NDArray[np.float64]:
    return np.array(ANCHORS) * _SIDE


def _is_usable(points: NDArray[np.float64]) -> bool:
    """Whether landmarks can align a window at all: finite, and neither in one point nor far outside."""
    anchors = _anchors(points)
    return bool(np.isfinite(points).all() and np.ptp(anchors, axis=0).max() > 0.1 * _SIDE)


def _is_plausible(found: AlignedFace, face: LabelledFace, most_error_px: float) -> bool:
    if not (np.isfinite(found.picture).all() and _is_usable(found.landmarks)):
        return False
    misfit = np.sqrt(((_anchors(found.landmarks) - _wanted()) ** 2).sum(1).mean()) / _SIDE
    middle = transformed(inverted(found.matrix), np.array([_FACE_MIDDLE]) * _SIDE)[0]
    shift = float(np.hypot(*(middle - (face.x, face.y)))) / face.side
    rescaling = scale_of(found.matrix) / (_FACE_SHARE * _SIDE / face.side)
    return (
        found.expected_error_px <= most_error_px
        and misfit <= _MOST_MISFIT
        and shift <= _MOST_SHIFT
        and 1 / _MOST_RESCALING <= rescaling <= _MOST_RESCALING
    )
