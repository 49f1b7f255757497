"""Model cards: what a released network is, what it was made from, on which terms, and what was measured.

No figure in a card is typed: all come from the run state, the network and the reports of `evaluate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

from portrait_studio.errors import ExportError
from portrait_studio.networks.released import count_macs, count_parameters
from trainer.evaluation.rendering import as_markdown
from trainer.evaluation.report import Report
from trainer.recipes.config import Recipe
from trainer.release.halving import HalvingTest
from trainer.tasks.table import FAMILIES

RESEARCH = "research only"

SET_TERMS: dict[str, tuple[str, str]] = {
    "clothing-co-parsing": ("Clothing Co-Parsing (Yang et al. 2014)", "Apache-2.0"),
    "fashionista": ("Fashionista (Yamaguchi et al. 2012), photos of bloggers", RESEARCH),
    "fashion550k": ("Fashion550k (Inoue et al. 2017)", RESEARCH),
    "lip": ("Look into Person (Gong et al. 2017), photos of COCO", RESEARCH),
    "viton": ("VITON (Han et al. 2018)", f"no clear licence: {RESEARCH}"),
    "portraits": ("official portraits", "public domain (US government), a few campaign photos"),
    "celebahq": ("CelebA-HQ (Karras et al. 2018), a subset", RESEARCH),
    "utkface": ("UTKFace (Zhang et al. 2017)", RESEARCH),
    "horses": ("Weizmann horses (Borenstein 2004)", RESEARCH),
    "backgrounds": ("buildings, interiors, landscapes", RESEARCH),
    "coco": (
        "COCO (Lin et al. 2014): everyday photos of Flickr",
        "annotations CC BY 4.0; each photo has the licence that its author gave it on Flickr",
    ),
}
"""What each training set is, and its terms."""

UNKNOWN_TERMS = "terms not recorded"

MEASURED, AFTER = "## Measured", "## Limits"
"""Sections between which reports stand."""
_START = "started from"
_START_ROW = f"| {_START} | "
_LIMITS = (
    "Expect worse on several people, unusual poses, rare garments, and people whom the photos seldom show. "
    "What is painted is invented, not recovered: it is no evidence of what was there."
)


@dataclass(frozen=True, eq=False)
class CardFacts:
    """All that a card tells.

    Attributes:
        task: one of `tasks.table.FAMILIES`.
        module: the network in float32, whose size and cost are counted.
        recipe: what trained it.
        step: optimiser steps done.
        record: training record of the run.
        commit: version of the program that exported it.
        sha256: of the weights file.
        halving: what half precision changes.
        folds: batch normalisations that the engine folds away.
        reports: what was measured with it.
    """

    task: str
    module: nn.Module
    recipe: Recipe
    step: int
    record: dict[str, Any]
    commit: str
    sha256: str
    halving: HalvingTest
    folds: int
    reports: Sequence[Report]


def model_card(facts: CardFacts) -> str:
    """The card as Markdown."""
    sections = [
        f"# {facts.task.replace('-', ' ').capitalize()} network: {facts.recipe.name}",
        FAMILIES[facts.task].purpose,
        table(("", ""), _facts(facts)),
        "## Training",
        table(("", ""), _training(facts)),
        "## Data and terms",
        table(("set", "what", "terms"), _sets(facts.recipe)),
        _terms(facts),
        MEASURED,
        _measured(facts.reports),
        AFTER,
        _LIMITS,
    ]
    return "\n\n".join(sections) + "\n"


def with_reports(card: str, reports: Sequence[Report]) -> str:
    """A card with other reports in the place of those that it holds.

    Raises:
        ExportError: it is no card.
    """
    before, heading, rest = card.partition(f"{MEASURED}\n\n")
    _, after, limits = rest.rpartition(f"\n\n{AFTER}\n")
    if not (heading and after):
        raise ExportError("The model card lacks its sections; export the network from its run.")
    return f"{before}{heading}{_measured(reports)}{after}{limits}"


def card_of_mean(card: str, start: str) -> str:
    """The card of a network for its mean with an earlier one: another start, and nothing measured.

    Args:
        card: of the later network.
        start: what the mean is made of.

    Raises:
        ExportError: it is no card.
    """
    lines = with_reports(card, []).split("\n")
    return "\n".join(f"{_START_ROW}{start} |" if line.startswith(_START_ROW) else line for line in lines)


def restricting_sets(sets: Sequence[str]) -> list[str]:
    """Those of the sets that do not allow every use."""
    return [name for name in sets if RESEARCH in SET_TERMS.get(name, ("", RESEARCH))[1]]


def _facts(facts: CardFacts) -> list[tuple[str, str]]:
    inputs = FAMILIES[facts.task].inputs()
    macs = count_macs(facts.module, *inputs)
    height, width = inputs[0].shape[2:]
    what = f"at {width} x {height}" if width > 1 else "for one picture"
    return [
        ("architecture", f"`{facts.recipe.architecture}`"),
        ("parameters", f"{count_parameters(facts.module) / 1e6:.2f} million"),
        ("cost", f"{macs / 1e9:.2f} GMAC {what}"),
        ("weights", f"{precision(facts.halving)}, averaged over the run; SHA-256 `{facts.sha256}`"),
        *([("batch normalisations", f"{facts.folds}, folded when loaded")] if facts.folds else []),
        ("exported by", f"commit `{facts.commit}`"),
    ]


def precision(halving: HalvingTest) -> str:
    """How the values are stored, and what half precision changes on the trial pictures."""
    changes = ", ".join(f"{name} by {value:.2g}" for name, value in halving.changes.items())
    kind = "half" if halving.half else "single"
    return f"{kind} precision (half changes at most: {changes})"


def _training(facts: CardFacts) -> list[tuple[str, str]]:
    recipe, record = facts.recipe, facts.record
    rows = [
        ("recipe", f"`{recipe.name}`"),
        (_START, str(record.get("start", "not recorded"))),
        ("steps", f"{facts.step} of {recipe.run.steps}, {recipe.data.batch} samples each"),
        ("window", f"{recipe.data.size} pixels (last stretch)"),
        (
            "optimiser",
            f"{recipe.optimiser.name}, rate {recipe.optimiser.rate:g}, {recipe.optimiser.schedule}",
        ),
        ("device", str(record.get("device", "not recorded"))),
    ]
    if "seconds" in record:
        rows.append(("time", f"{record['seconds'] / 3600:.2f} hours"))
    last = record.get("last", {})
    if last:
        rows.append(
            ("last figures", ", ".join(f"{name} {value:.4g}" for name, value in sorted(last.items())))
        )
    return rows


def _sets(recipe: Recipe) -> list[tuple[str, str, str]]:
    total = sum(recipe.data.sets.values()) or 1.0
    rows = []
    for name, share in recipe.data.sets.items():
        what, terms = SET_TERMS.get(name, ("", UNKNOWN_TERMS))
        rows.append((f"{name} ({100 * share / total:.0f} % of the samples)", what, terms))
    return rows


def _terms(facts: CardFacts) -> str:
    restricting = restricting_sets(list(facts.recipe.data.sets))
    sentences = ["The weights are given away under Apache-2.0 as far as they are ours to give."]
    if restricting:
        sentences.append(
            f"Sets that allow research only took part ({', '.join(restricting)}): use them accordingly."
        )
    if "ImageNet" in str(facts.record.get("start", "")):
        sentences.append("The encoder started from ImageNet weights (EfficientNet-Lite2, Apache-2.0).")
    if facts.recipe.loss.perceptual:
        sentences.append("A loss compared features of VGG-16 (Simonyan and Zisserman 2014, CC BY 4.0).")
    return " ".join(sentences)


def _measured(reports: Sequence[Report]) -> str:
    if not reports:
        return "Not yet: run `portrait-trainer evaluate --json OUT`, then export again with `--metrics OUT`."
    parts = []
    for report in reports:
        weights = ", ".join(f"{task} `{sha[:12]}`" for task, sha in sorted(report.weights.items()))
        parts.append(f"{as_markdown(report).strip()}\n\nMeasured with the files {weights}.")
    return "\n\n".join(parts)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(row) + " |" for row in (head, *rows)]
    lines.insert(1, "|---" * len(head) + "|")
    return "\n".join(lines)
