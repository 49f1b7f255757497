from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from portrait_studio.networks.conventions import FACE, LABEL_COUNT
from tests.helpers.tiny_packs import SET, write_figures
from trainer.data.batches import BatchSource
from trainer.recipes.files import load_recipe
from trainer.tasks.face import face_windows


def test_the_window_lies_around_the_centre_of_the_face_label() -> None:
    parsing, mask = torch.zeros(2, LABEL_COUNT, 256, 256), torch.zeros(2, 1, 256, 256)
    parsing[:, 0] = 0.4
    parsing[0, FACE, 90:110, 140:180] = 0.6
    mask[:, :, 200:232, 10:42] = 1
    # In the second one nobody has a face: the window lies around the hole, within the picture.
    assert face_windows(parsing, mask) == [(128, 68), (0, 184)]


def test_holes_of_the_recipe_lie_over_the_face(tmp_path: Path) -> None:
    recipe = load_recipe("paper-face")
    data = replace(recipe.data, sets={SET: 1.0}, size=96, batch=8, face_hole=(10, 12))
    batch = BatchSource(write_figures(tmp_path, 3), replace(recipe, data=data)).batch(0)
    for labels, mask in zip(batch.labels.numpy(), batch.mask[:, 0].numpy() > 0, strict=True):
        rows, columns = np.nonzero(mask)
        assert 10 <= np.ptp(rows) + 1 <= 12
        assert 10 <= np.ptp(columns) + 1 <= 12
        assert (labels[mask] == FACE).any()
