"""Which kinds of training there are, by the name that recipes give as their `task`."""

from __future__ import annotations

from typing import Final

from portrait_studio.errors import OptionError
from portrait_studio.networks.attentive import REPAIR
from portrait_studio.networks.collaborative import COLLABORATIVE
from portrait_studio.networks.damage import DAMAGE
from portrait_studio.networks.dcgan import FACE_GENERATOR
from portrait_studio.networks.face_completion import FACE_COMPLETION
from portrait_studio.networks.feet import FEET
from portrait_studio.networks.glcic import GENERAL_COMPLETION
from portrait_studio.networks.head_completion import HEAD_COMPLETION
from portrait_studio.networks.registry import ARCHITECTURES
from trainer.recipes.config import Recipe
from trainer.tasks.collaborative import COLLABORATIVE_KIND
from trainer.tasks.completion import COMPLETION_KIND, GENERAL_KIND
from trainer.tasks.damage import DAMAGE_KIND
from trainer.tasks.detection import DETECTION, DETECTION_FAMILY
from trainer.tasks.face import FACE_KIND
from trainer.tasks.face_completion import FACE_COMPLETION_KIND
from trainer.tasks.face_generator import FACE_GENERATOR_KIND
from trainer.tasks.family import Family
from trainer.tasks.feet import FEET_KIND
from trainer.tasks.head_completion import HEAD_COMPLETION_KIND
from trainer.tasks.kind import TaskKind
from trainer.tasks.parsing import PARSING_KIND
from trainer.tasks.repair import REPAIR_KIND
from trainer.tasks.segmentation import SEGMENTATION_KIND

TASKS: Final[dict[str, TaskKind]] = {
    "parsing": PARSING_KIND,
    "completion": COMPLETION_KIND,
    "face": FACE_KIND,
    FACE_COMPLETION: FACE_COMPLETION_KIND,
    GENERAL_COMPLETION: GENERAL_KIND,
    FACE_GENERATOR: FACE_GENERATOR_KIND,
    "segmentation": SEGMENTATION_KIND,
    DAMAGE: DAMAGE_KIND,
    REPAIR: REPAIR_KIND,
    COLLABORATIVE: COLLABORATIVE_KIND,
    FEET: FEET_KIND,
    HEAD_COMPLETION: HEAD_COMPLETION_KIND,
}

FAMILIES: Final[dict[str, Family]] = {
    **{task: kind.family for task, kind in TASKS.items()},
    DETECTION: DETECTION_FAMILY,
}
"""What the networks of each task are, those included that are not trained here."""


def kind_of(recipe: Recipe) -> TaskKind:
    """The kind of training that a recipe asks for.

    Raises:
        OptionError: there is no such task, or the recipe's architecture is none for it.
    """
    if recipe.task not in TASKS:
        raise OptionError(f"There is no task {recipe.task!r}; choose one of: {', '.join(TASKS)}.")
    fitting = [name for name, entry in ARCHITECTURES.items() if entry.task == recipe.task]
    if recipe.architecture not in fitting:
        raise OptionError(
            f"The architecture {recipe.architecture!r} is none for the task {recipe.task}; choose one of: "
            f"{', '.join(fitting)}."
        )
    return TASKS[recipe.task]
