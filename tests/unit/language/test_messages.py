from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portrait_studio.errors import ExportError, PortraitStudioError
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message, joined


@given(st.text(), st.integers(), st.text())
def test_a_message_is_its_template_with_the_values_in_it(name: str, number: int, tail: str) -> None:
    message = Message(
        "{name} has {number:+} of {about}", name=name, number=number, about=Message("{x}", x=tail)
    )
    assert message == f"{name} has {number:+} of {tail}"
    assert message.template == "{name} has {number:+} of {about}"


@given(st.text())
def test_without_values_braces_are_braces(text: str) -> None:
    assert Message(text) == text
    assert str(PortraitStudioError(text)) == text


def test_an_error_carries_its_sentence_and_what_it_was_made_of() -> None:
    error = ExportError("There is no folder {folder}.", folder="{odd}")
    assert str(error) == "There is no folder {odd}."
    assert error.message.template == "There is no folder {folder}."
    assert error.message.values == {"folder": "{odd}"}
    again = ExportError(error.message)
    assert again.message is error.message


def test_errors_and_messages_can_be_sent_to_other_processes() -> None:
    error = pickle.loads(pickle.dumps(ExportError("There is no folder {folder}.", folder="{odd}")))
    assert str(error) == "There is no folder {odd}."
    assert error.message.values == {"folder": "{odd}"}
    assert copy.deepcopy(error.message).template == error.message.template


@pytest.mark.parametrize("count", [1, 2, 3])
def test_joined_sentences_stand_one_behind_the_other(count: int) -> None:
    sentences = [Message("The {n}.", n=n) for n in range(count)]
    assert joined(sentences) == " ".join(sentences)
    assert tr(joined(sentences)) == " ".join(sentences)
