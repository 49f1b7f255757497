"""Pictures of the stages of a fill, as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from portrait_studio.engine.progress import Stage
from portrait_studio.engine.request import CompletionResult, FilledRegion, Structure
from portrait_studio.imaging.atomic import Transaction
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.stage_files import write_stages


def test_every_picture_of_every_stage_and_step_has_a_file(tmp_path: Path) -> None:
    bounds, picture = Bounds(0, 0, 8, 8), np.zeros((8, 8, 3), np.uint8)
    structure = Structure(bounds, np.zeros((8, 8), np.uint8), np.zeros((16, 2, 2), np.float16))
    names = [name for stage in Stage if stage is not Stage.PARSE for name in stage.pictures]
    # An extension that takes several steps keeps the pictures of those before the last, too.
    pictures = {name: picture for each in names for name in (each, f"step-1-{each}")}
    region = FilledRegion(bounds, picture, np.ones((8, 8), np.uint8), structure, pictures)
    with Transaction() as files:
        written = write_stages(CompletionResult((region,), structure, {}, {}, "CPU"), tmp_path / "out", files)
    wanted = {*pictures, *Stage.PARSE.pictures}
    assert {path.name for path in written} == {
        *(f"hole-1-{name}.png" for name in wanted),
        *(f"photo-{name}.png" for name in Stage.PARSE.pictures),
    }
    assert all(path.exists() for path in written)
