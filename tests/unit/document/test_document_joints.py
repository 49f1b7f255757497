"""Joints that the user put somewhere, in the document."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from portrait_studio.document.document import Document
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.photo import Photo

moves = st.lists(st.tuples(st.integers(0, 15), st.integers(-5, 90), st.integers(-5, 80)), max_size=12)


def document() -> Document:
    return Document(Photo(np.zeros((70, 80, 3), np.uint8)))


@given(moves)
def test_each_joint_is_where_it_was_put_last_and_moves_are_undone(moved: list[tuple[int, int, int]]) -> None:
    edited, states, deltas = document(), [], []
    for joint, x, y in moved:
        before = edited.joints
        delta = edited.put_joint(joint, x, y)
        if delta is not None:
            states.append(before)
            deltas.append(delta)
        left, top = edited.joints[joint]
        near = 4 if len(edited.joints) > 1 else 1
        assert abs(left - min(79.5, max(0.5, x))) <= near
        assert abs(top - min(69.5, max(0.5, y))) <= near
    assert set(edited.joints) == {joint for joint, _, _ in moved}
    for delta, state in zip(reversed(deltas), reversed(states), strict=True):
        delta.undo(edited)
        assert edited.joints == state


def test_joints_keep_their_place_on_the_photo_when_the_canvas_grows() -> None:
    edited = document()
    edited.put_joint(3, 10, 20)
    edited.change_canvas(Bounds(-30, -5, 80, 70))
    assert edited.joints == {3: (40.5, 25.5)}


def test_all_can_be_reset() -> None:
    edited = document()
    edited.put_joint(3, 10, 20)
    assert edited.put_joint(3, 10, 20) is None
    edit = edited.edit_joints()
    edit.clear()
    delta = edit.finish()
    assert delta is not None
    assert edited.joints == {}
    delta.undo(edited)
    assert edited.joints == {3: (10.5, 20.5)}
