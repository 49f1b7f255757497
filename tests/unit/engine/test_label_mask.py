import pytest

from portrait_studio.engine.label_mask import usual_reach
from portrait_studio.imaging.geometry import Extent


@pytest.mark.parametrize(("extent", "reach_px"), [(Extent(550, 825), 16), (Extent(64, 64), 2)])
def test_masks_of_whole_labels_reach_a_share_of_the_photo(extent: Extent, reach_px: int) -> None:
    assert usual_reach(extent) == reach_px
