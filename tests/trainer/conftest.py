from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True)
def threads() -> Iterator[None]:
    """The tiny recipes set torch's threads; put them back."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)
