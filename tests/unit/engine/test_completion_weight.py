import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.completion_weight import completion_weight
from portrait_studio.networks.conventions import FACE, LABEL_COUNT


def probabilities(*likeliest: tuple[int, float]) -> NDArray[np.float32]:
    """One pixel for each (label, probability); the rest is spread over the other labels."""
    table = np.empty((1, len(likeliest), LABEL_COUNT), np.float32)
    for index, (label, value) in enumerate(likeliest):
        table[0, index] = (1 - value) / (LABEL_COUNT - 1)
        table[0, index, label] = value
    return table


def test_a_sure_garment_is_left_to_the_patches_and_a_sure_face_to_the_network() -> None:
    trust = completion_weight(probabilities((4, 1.0), (FACE, 1.0)))
    assert trust[0].tolist() == pytest.approx([0.35, 0.85])


def test_doubt_shifts_the_fill_to_the_network_up_to_a_limit() -> None:
    bag = LABEL_COUNT - 2
    trust = completion_weight(probabilities((bag, 0.95), (bag, 0.7), (bag, 0.6), (bag, 0.4)))[0]
    assert trust.tolist() == pytest.approx([0.35, 0.65 * 0.3 / 0.4, 0.65, 0.65], abs=1e-5)


def test_which_garment_it_is_matters_little() -> None:
    table = np.zeros((1, 1, LABEL_COUNT), np.float32)
    table[..., [4, 7]] = 0.5
    assert completion_weight(table)[0, 0] == pytest.approx(0.35)
