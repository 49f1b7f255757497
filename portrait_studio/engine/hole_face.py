"""The face in one hole: redrawn where the networks can tell how it looks at the camera, else refined."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from portrait_studio.engine.align_face import (
    MOST_ERROR_PX,
    OLD_MOST_ERROR_PX,
    AlignedFace,
    SeenFace,
    align_face,
    read_face,
)
from portrait_studio.engine.face_label import LabelledFace, lost_face
from portrait_studio.engine.hole_run import HoleRun
from portrait_studio.engine.latent.searched_face import search_face
from portrait_studio.engine.mates.eye_copy import eye_copy, lay_eye
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.progress import Stage
from portrait_studio.engine.redraw_face import LEAST_FACE_PX, OLD_LEAST_FACE_PX, redraw_face, turn_of_head
from portrait_studio.engine.refine_face import face_window, refine_face
from portrait_studio.engine.request import CompletionOptions, Method
from portrait_studio.engine.resample import Floats, WindowPixels, resize_mask, to_float
from portrait_studio.engine.work_crop import Window
from portrait_studio.errors import WeightsError
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of
from portrait_studio.messages import Message
from portrait_studio.networks.dcgan import FACE_GENERATOR
from portrait_studio.networks.face_completion import FACE_COMPLETION
from portrait_studio.networks.released import LoadedNetwork

_REDRAWING: Final = (Method.DEFAULT, Method.SEARCH)
"""Methods that redraw a hidden face."""


def with_face(hole: HoleRun, parsed: ParsedWindow, fill: WindowPixels) -> Floats:
    """The fill of a hole with a better face, if the hole touches one.

    Args:
        hole: which one, and of which fill.
        parsed: structure of its appearance window.
        fill: the fill inside the hole, the photo elsewhere, at full resolution.

    Returns:
        (h, w, 3) float32 in [0, 1] over the fill's window.
    """
    redrawn = _redrawn(hole, parsed, fill)
    if redrawn is not None:
        return redrawn
    if hole.request.options.method is Method.SEARCH:
        hole.run.notices.append(Message("No face is behind the hole that could be searched for."))
    return _refined(hole, parsed, fill)


def _redrawn(run: HoleRun, parsed: ParsedWindow, fill: WindowPixels) -> Floats | None:
    """The fill with its face redrawn; None where there is none, or too much doubt."""
    request, networks = run.request, run.run.parts.networks
    if request.options.method not in _REDRAWING or request.extension.extends:
        return None
    finish = _finishes(request.options)
    own = run.own_and_other_holes(parsed.window.bounds)[0]
    face = lost_face(parsed, resize_mask(own, parsed.window.size))
    least = LEAST_FACE_PX if finish else OLD_LEAST_FACE_PX
    if face is None or face.side < least or not networks.has(FACE_COMPLETION):
        return None
    try:
        found = _aligned(run, parsed, face)
    except WeightsError as error:
        run.run.notices.append(Message("The face was not redrawn. {reason}", reason=error.message))
        return None
    if found is None:
        return None
    seen, aligned = found
    redrawn = redraw_face(fill, seen, aligned, sharpened=finish)
    run.keep("face-before", redrawn.before)
    run.keep("face-parts", redrawn.parts_over_face)
    run.keep("face-after", redrawn.after)
    copy = eye_copy(request.image, request.mask, aligned) if finish else None
    if copy is None:
        return redrawn.fill
    return lay_eye(replace(fill, colours=redrawn.fill), request.image, aligned, copy)


def _finishes(options: CompletionOptions) -> bool:
    """Whether small faces are redrawn, too, and sharpened, and eyes copied from the other one."""
    return options.finish_faces and options.method is Method.DEFAULT


def _aligned(run: HoleRun, parsed: ParsedWindow, face: LabelledFace) -> tuple[SeenFace, AlignedFace] | None:
    """What the face completion network sees of a face and makes of it; None = too much doubt.

    Raises:
        WeightsError: a network that this needs cannot be loaded.
    """
    request = run.request
    network = _load(run, FACE_COMPLETION)
    seen = read_face(request.image, request.mask, face)
    runner = run.run.runner(network, Stage.REFINE_FACE)
    most_error_px = MOST_ERROR_PX if _finishes(request.options) else OLD_MOST_ERROR_PX
    aligned = align_face(runner, seen, face, turn_of_head(parsed), most_error_px)
    if aligned is None:
        return None
    run.run.note_weights(network)
    if request.options.method is Method.SEARCH:
        aligned = _searched(run, seen, aligned)
    return seen, aligned


def _load(run: HoleRun, name: str) -> LoadedNetwork:
    """A network of this stage, which begins with it.

    Raises:
        WeightsError: it cannot be loaded.
    """
    run.run.progress.report(Stage.REFINE_FACE, 0.0)
    return run.run.parts.networks.load(name)


def _searched(run: HoleRun, seen: SeenFace, aligned: AlignedFace) -> AlignedFace:
    """The face with a picture that was found by search.

    Raises:
        WeightsError: there is no generator.
    """
    network = run.run.parts.networks.load(FACE_GENERATOR)
    runner = run.run.runner(network, Stage.REFINE_FACE)
    found = search_face(runner, network.sha256, seen, aligned, run.run.face, run.run.parts.searched)
    run.run.note_weights(network)
    return found


def _refined(run: HoleRun, parsed: ParsedWindow, fill: WindowPixels) -> Floats:
    """The fill with what the face network adds to its face, if there is one."""
    if run.request.options.method is Method.GENERAL:
        return fill.colours
    own = run.own_and_other_holes(parsed.window.bounds)[0]
    window = face_window(parsed, resize_mask(own, parsed.window.size))
    del own
    if window is None:
        return fill.colours
    try:
        network = _load(run, "face")
    except WeightsError as error:
        run.run.notices.append(Message("The face was not refined. {reason}", reason=error.message))
        return fill.colours
    run.run.note_weights(network)
    larger = _reaching_over(run, fill, window)
    refined = refine_face(run.run.runner(network, Stage.REFINE_FACE), larger, parsed, window)
    run.keep("face-before", refined.before)
    run.keep("face-after", refined.after)
    region, around = fill.window.bounds, larger.window.bounds
    return refined.fill[region.shifted(-around.left, -around.top).slices]


def _reaching_over(run: HoleRun, fill: WindowPixels, window: Bounds) -> WindowPixels:
    """The fill with as much of the photo around it as a window shows."""
    image, region = run.request.image, fill.window.bounds
    around = region.united(window.intersected(Bounds.of(extent_of(image))))
    inner = region.shifted(-around.left, -around.top).slices
    picture = to_float(image[around.slices])
    picture[inner] = fill.colours
    hole = np.zeros(picture.shape[:2], np.bool_)
    hole[inner] = fill.hole
    return WindowPixels(Window.scaled(around, 1.0), picture, hole)
