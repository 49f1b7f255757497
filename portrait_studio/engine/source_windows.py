"""Where in the photo the patches for a hole come from."""

from __future__ import annotations

from portrait_studio.engine.fill_run import FillRun
from portrait_studio.engine.steered_sources import preferred_bounds
from portrait_studio.engine.work_crop import Window, plan_hole, texture_window
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of


def source_window(run: FillRun, hole: Bounds, seen: Bounds) -> Window:
    """The part of the photo from which patches are copied into a hole, and at which size.

    Args:
        run: the fill.
        hole: rectangle around the hole, in photo pixels.
        seen: the part of the photo whose structure is known well.

    Returns:
        A window that reaches beyond `seen` only for what the user prefers.
    """
    photo = extent_of(run.request.image)
    # Of a window that holes share only what the hole would have alone: nearer patches fit better.
    alone = plan_hole(hole, photo, run.policy).appearance.bounds
    window = texture_window(hole, alone.intersected(seen), photo, run.policy)
    preferred = preferred_bounds(run.request.sources)
    if preferred.is_empty:
        return window
    wider = window.bounds.united(preferred)
    return Window.scaled(wider, min(1.0, run.policy.texture_most / max(wider.width, wider.height)))
