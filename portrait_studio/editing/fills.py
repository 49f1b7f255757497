"""What is asked of the engine to fill a document, and the step that its answer becomes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.document import Document
from portrait_studio.document.history import Step
from portrait_studio.document.masked_image import MaskedImage
from portrait_studio.editing.candidates import Candidates
from portrait_studio.editing.fill_records import record_of
from portrait_studio.engine.extension_plan import extension_of
from portrait_studio.engine.intent import Intent, wanted_with
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, Joints, Reference, Structure
from portrait_studio.imaging.source_marks import SourceMarks
from portrait_studio.messages import Message


@dataclass(frozen=True, eq=False)
class FillWishes:
    """What the user wants of a fill.

    Attributes:
        options: how it is made.
        intent: what it is meant to do.
        wanted_labels: (H, W) uint8 labels that were painted or recorded, 255 = predict; None = predict all.
        joints: position (x, y) in pixels of each joint that was put somewhere, by its number.
        references: other photos that it may borrow from.
        sources: (H, W) uint8, from where it may copy, as `source_marks` says; None = from anywhere.
    """

    options: CompletionOptions = field(default_factory=CompletionOptions)
    intent: Intent = Intent.AUTOMATIC
    wanted_labels: NDArray[np.uint8] | None = None
    joints: Joints = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    sources: SourceMarks | None = None


def fill_request(masked: MaskedImage, wishes: FillWishes, seen: Structure | None) -> CompletionRequest:
    """What to ask the engine.

    Args:
        masked: photo and mask to fill.
        wishes: what the user wants.
        seen: parsing map of the photo before the fill; None = not known, and nothing is guessed from it.
    """
    wanted = wanted_with(wishes.intent, masked.mask, wishes.wanted_labels, seen, masked.blank)
    extension = extension_of(masked.blank)
    return CompletionRequest(
        masked.image,
        masked.mask,
        wishes.options,
        wanted,
        extension,
        wishes.joints,
        wishes.references,
        wishes.sources,
    )


def is_guessed(wishes: FillWishes, masked: MaskedImage) -> bool:
    """Whether a request depends on what the photo shows: bodies always go on where the canvas is new."""
    is_masked = masked.mask != 0 if masked.blank is None else (masked.mask != 0) & (masked.blank == 0)
    return wishes.intent in (Intent.AUTOMATIC, Intent.SURFACE) and bool(is_masked.any())


def fill_step(document: Document, candidates: Candidates, over: MaskedImage | None = None) -> Step:
    """Put what is shown of the candidates into a document.

    Args:
        document: what they fill.
        candidates: fills of its holes.
        over: what they are laid over where they take the place of another fill; None = what is there now.

    Returns:
        The step, with how to make it again.
    """
    delta = document.apply_fills(candidates.regions, over)
    return Step(Message("Fill"), delta, record_of(candidates, is_anew=over is not None))
