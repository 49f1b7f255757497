"""Collaborative face completion: picture, parts and landmarks, a discriminator each (Liao et al. 2018)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from portrait_studio.errors import OptionError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.collaborative import (
    COLLABORATIVE_SIDE,
    LANDMARKS,
    PARTS,
    PICTURE,
    TASK_CHANNELS,
    Collaborative,
    CollaborativeOutput,
)
from trainer.data.batch import Batch
from trainer.data.loose_faces import LooseFaceSampler
from trainer.losses.adversarial import hole_l1
from trainer.losses.collaborative import (
    ADVERSARIAL_WEIGHTS,
    RECONSTRUCTION_WEIGHTS,
    maps_loss,
    part_maps,
    point_maps,
)
from trainer.recipes.config import Recipe
from trainer.tasks.adversary import AdversarialTask, Adversary, ImagePair
from trainer.tasks.base import StepLoss, stack_rows, to_pictures, weighted_sum
from trainer.tasks.face_pictures import colour_parts, draw_points
from trainer.tasks.family import Family, blank_picture, masked_windows, picture_changes
from trainer.tasks.kind import Ingredients, TaskKind

CONDITIONAL: Final = "conditional-discriminator"
"""Architecture of the discriminators, which see the damaged picture beside what they judge."""

_NAMES: Final = {PICTURE: "picture", PARTS: "parts", LANDMARKS: "landmarks"}
"""Of the tasks, for phases and the log."""


class CollaborativeTask(AdversarialTask[CollaborativeOutput]):
    """The sum over tasks of adversarial and reconstruction losses (eq. 1 to 3), weighted by their number.

    Unless the recipe says `whole_output`, inpainting is all that its losses look at (3.3): its discriminator
    sees the composite (eq. 5), its reconstruction counts in the hole alone (eq. 6).
    """

    def __init__(self, recipe: Recipe, network: Collaborative, adversaries: dict[str, Adversary]) -> None:
        """Put it together.

        Args:
            recipe: factors on the paper's weights: `pixel`, `parts`, `landmarks` and `adversarial`.
            network: the generator, which says what the tasks are.
            adversaries: by the name of the task, or none.
        """
        super().__init__(recipe, network, adversaries)
        self._tasks = network.config.tasks
        self._weights = RECONSTRUCTION_WEIGHTS[len(self._tasks) - 1]

    def predict(self, batch: Batch, step: int) -> CollaborativeOutput:
        """All outputs at once."""
        out: CollaborativeOutput = self.network(batch.masked, batch.mask)
        return out

    def loss(self, phase: str, batch: Batch, prediction: CollaborativeOutput, step: int) -> StepLoss:
        """A discriminator's own, or the generator's sum."""
        if phase in self.adversaries:
            letter = next(letter for letter, name in _NAMES.items() if name == phase)
            return self.adversaries[phase].own_loss(self._pair(letter, batch, prediction), step)
        factors = {PICTURE: self._config.pixel, PARTS: self._config.parts, LANDMARKS: self._config.landmarks}
        parts: dict[str, Tensor] = {}
        for letter in self._tasks:
            value = self._reconstruction(letter, batch, prediction.made[letter])
            parts[f"rec_{_NAMES[letter]}"] = factors[letter] * self._weights[letter] * value
            if _NAMES[letter] in self.adversaries:
                pair = self._pair(letter, batch, prediction)
                parts |= self.adversaries[_NAMES[letter]].network_losses(pair, step)
        return weighted_sum(parts)

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Damaged picture, composite, truth, predicted maps, true parts with landmarks."""
        assert batch.parts is not None
        assert batch.landmarks is not None
        with torch.no_grad():
            out = self.predict(batch, 0)
        columns = [to_pictures(out.seen)]
        if PICTURE in out.made:
            columns.append(to_pictures(batch.masked + batch.mask * out.made[PICTURE].float()))
        columns.append(to_pictures(batch.image))
        if PARTS in out.made:
            columns.append(colour_parts(out.made[PARTS].argmax(1)))
        if LANDMARKS in out.made:
            columns.append(to_pictures(out.made[LANDMARKS].amax(1, keepdim=True).expand(-1, 3, -1, -1)))
        return stack_rows([*columns, draw_points(colour_parts(batch.parts), batch.landmarks)])

    def _reconstruction(self, letter: str, batch: Batch, made: Tensor) -> Tensor:
        """L1 of the picture, L2 of maps, not weighted yet (3.2)."""
        if letter == PICTURE:
            where = torch.ones_like(batch.mask) if self._config.whole_output else batch.mask
            return hole_l1(made, batch.image, where)
        target, known = _maps(letter, batch)
        return maps_loss(made, target, known)

    def _pair(self, letter: str, batch: Batch, out: CollaborativeOutput) -> ImagePair:
        """What the discriminator of a task sees, beside the damaged picture."""
        made = out.made[letter].float()
        if letter == PICTURE:
            output = made if self._config.whole_output else batch.masked + batch.mask * made
            return ImagePair(batch.image, output, out.seen, batch.mask)
        target, known = _maps(letter, batch)
        if known is not None:
            # What is unknown of the truth must not give the output away.
            target, made = target * known, made * known
        return ImagePair(target, made, out.seen, batch.mask)


def _maps(letter: str, batch: Batch) -> tuple[Tensor, Tensor | None]:
    """True maps of a task, and where they are known."""
    if letter == PARTS:
        assert batch.parts is not None
        return part_maps(batch.parts)
    assert batch.landmarks is not None
    return point_maps(batch.landmarks, batch.image.shape[-1]), None


def _make(given: Ingredients) -> CollaborativeTask:
    recipe, network = given.recipe, given.network_as(Collaborative)
    if recipe.data.size % 2**network.config.layers:
        raise OptionError(
            f"The generator halves a window {network.config.layers} times, which {recipe.data.size} pixels "
            "do not allow; change `layers` in [network] or `size` in [data]."
        )
    if recipe.adversarial.architecture != CONDITIONAL:
        raise OptionError(
            f"The discriminators of the recipe {recipe.name!r} must see the damaged picture; set the "
            f'architecture "{CONDITIONAL}" in its section `adversarial`.'
        )
    tasks = network.config.tasks
    judges = {}
    if recipe.loss.adversarial:
        for letter in tasks:
            settings = {**recipe.discriminator, "judged": TASK_CHANNELS[letter]}
            share = ADVERSARIAL_WEIGHTS[len(tasks) - 1][letter]
            judge = build_network(CONDITIONAL, settings)
            judges[_NAMES[letter]] = Adversary(_NAMES[letter], judge, recipe, share)
    return CollaborativeTask(recipe, network, judges)


def _changes(full: Any, halved: Any, hole: Tensor) -> dict[str, float]:
    """Maps count as pictures do: all outputs have the same range."""
    apart = [picture_changes(full.made[name], halved.made[name], hole) for name in full.made]
    return {"grey levels": max(change["grey levels"] for change in apart)}


_FAMILY = Family(
    "Completes a face, its part map and five landmarks at once, in a window that need not be aligned "
    "(Liao et al. 2018). It stands in measurements; the program redraws faces with the face completion "
    "network.",
    lambda: blank_picture(COLLABORATIVE_SIDE),
    lambda views, hole: masked_windows(views, hole, COLLABORATIVE_SIDE),
    _changes,
)

COLLABORATIVE_KIND = TaskKind(_make, _FAMILY, LooseFaceSampler)
