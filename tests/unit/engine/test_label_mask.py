import pytest

from portrait_studio.engine.label_mask import usual_reach
from portrait_studio.imaging.geometry import Extent
from portrait_studio.session.tools import Tools


@pytest.mark.parametrize(("extent", "reach_px"), [(Extent(550, 825), 16), (Extent(64, 64), 2)])
def test_picking_reaches_as_far_as_masks_of_whole_labels(extent: Extent, reach_px: int) -> None:
    tools = Tools()
    tools.suit(extent)
    assert tools.reach_px == usual_reach(extent) == reach_px
