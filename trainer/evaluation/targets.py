"""The project's floors and aims, and how far a report reaches them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from portrait_studio.engine.find_damage import FLAGGED_SHARE, RELEASED_THRESHOLD
from portrait_studio.engine.things import USUAL_THRESHOLD
from trainer.evaluation.compare import (
    BETTER,
    LOOSE_FILL,
    LOOSE_SEEN_FILL,
    RIVALS,
    TIGHTENED_CARELESS_FILL,
    TIGHTENED_FILL,
    UNDECIDED,
    PairedComparison,
)
from trainer.evaluation.cost import Cost
from trainer.evaluation.damage import DamageRow
from trainer.evaluation.methods import DEFAULT, G_P, G_P_F, NO_MATES, NO_REDRAWING, NO_REFERENCES, PATCHES, G
from trainer.evaluation.parsers import ParserFigures
from trainer.evaluation.passers_by import UNTOUCHED, PassersByFigures
from trainer.evaluation.people import PeopleRow
from trainer.evaluation.scoring import Score
from trainer.evaluation.tables import cell
from trainer.evaluation.things import HOLE_OF_PROGRAM, ThingRow
from trainer.protocols.damage import SOUND_PHOTO
from trainer.protocols.things import PASTED, REAL

RATIO_PROTOCOLS = ("paper", "natural")
"""Protocols on which methods are held against Telea and PatchMatch."""

EXTENSION_PROTOCOLS = ("extend-down", "extend-up")
"""Protocols on which methods are held against the best classical fill."""

CLASSICAL = ("telea", "patchmatch", "edge")
"""The fills without a network that extensions must beat."""

_CLAIMS = (
    *(
        ((*RATIO_PROTOCOLS, *EXTENSION_PROTOCOLS), f"default better than {rival}", rival, DEFAULT)
        for rival in RIVALS
    ),
    (("paper", *EXTENSION_PROTOCOLS), "G+P better than G", G, G_P),
    (("face",), "G+P+F better than G+P on face holes", G_P, G_P_F),
    (("hidden-face",), "faces redrawn better than not", NO_REDRAWING, DEFAULT),
    (("things",), "structure as seen better than guessed", LOOSE_FILL, LOOSE_SEEN_FILL),
    (("things",), "fills of tightened holes better", LOOSE_FILL, TIGHTENED_FILL),
    (("things",), "careful sources better", TIGHTENED_CARELESS_FILL, TIGHTENED_FILL),
)
"""Protocols, what is claimed on them, and which method is to be worse and which better."""

_DECIDING = ("lpips", "dists", "l1_in_hole")

_RECALLS: Final = {"scratches": 0.7, "fold": 0.7, "stain": 0.5}

AIM, FLOOR, MISSED = "aim", "floor", "missed"

_MEGABYTES = "weights of all networks (MB)"
_GMACS = "networks together at 256 x 256 (GMAC)"


@dataclass(frozen=True)
class QualityTarget:
    """One line of the table.

    Attributes:
        what: the figure.
        floor: least that is asked, as text.
        aim: what is wished for, as text.
        reached: what was measured, as text.
        verdict: "aim" or "floor" when that was reached, else "missed", or "cannot be said".
    """

    what: str
    floor: str
    aim: str
    reached: str
    verdict: str


def targets_of(
    protocol: str,
    scores: Mapping[str, Score],
    comparisons: Sequence[PairedComparison],
    parser: ParserFigures | None,
    cost: Cost | None,
    by_kind: Mapping[str, Mapping[str, Score]] | None = None,
) -> list[QualityTarget]:
    """All targets that the protocol can judge: those on what people see first.

    Args:
        protocol: name of the protocol.
        scores: mean figures by title of the method.
        comparisons: paired comparisons of the methods.
        parser: figures of the released parser.
        cost: of the released networks.
        by_kind: mean figures by kind of hole, then by title of the method; None = not known.
    """
    targets = [*_perceived(protocol, scores, by_kind or {}), *_claims(protocol, comparisons)]
    if protocol in RATIO_PROTOCOLS:
        targets += _ratios(scores)
    if protocol == "paper":
        targets += _structure(parser)
    if protocol in EXTENSION_PROTOCOLS:
        targets += _beyond_classical(scores)
        if parser is not None and parser.both_shoes is not None:
            targets.append(
                _more("both shoes predicted where both are hidden", parser.both_shoes, 0.7, None, "{:.2f}")
            )
    return targets if cost is None else at_cost(targets, cost)


def thing_targets(rows: Sequence[ThingRow]) -> list[QualityTarget]:
    """The targets that the protocol `things` can judge.

    Args:
        rows: figures by group and method.
    """
    found = {(row.group, row.method): row.figures for row in rows}
    usual, loose = f"network over {USUAL_THRESHOLD:g}", "loose mask"
    targets = []
    if (REAL, usual) in found:
        real, before = found[REAL, usual], found[REAL, loose]
        targets += [
            _more("IoU with real things", real.iou, 0.85, 0.9, "{:.3f}"),
            _more("share of real things inside, grown by 3 px", real.inside_grown, 0.99, None, "{:.3f}"),
            _less(
                "face and arms inside, against the loose mask",
                real.skin / max(before.skin, 1e-9),
                0.25,
                0.1,
                "{:.2f}x",
            ),
        ]
    if (REAL, HOLE_OF_PROGRAM) in found:
        inside = found[REAL, HOLE_OF_PROGRAM].inside
        targets.append(_more("share of real things in the hole that is filled", inside, 0.98, None, "{:.3f}"))
    if (PASTED, usual) in found:
        pasted = found[PASTED, usual]
        targets.append(_more("IoU with pasted things", pasted.iou, 0.92, None, "{:.3f}"))
    return targets


def people_targets(
    rows: Sequence[PeopleRow], passers_by: PassersByFigures | None = None
) -> list[QualityTarget]:
    """The targets that the protocol `people` can judge.

    Args:
        rows: figures by group, of which the first, all photos, counts.
        passers_by: what came of taking the others away; None = they were not.
    """
    targets = [
        _more("people found", rows[0].found, 0.95, None, "{:.3f}"),
        _less("boxes that are nobody's", rows[0].false, 0.03, 0.03, "{:.3f}"),
    ]
    if passers_by is not None and passers_by.untouched is not None:
        what = f"photos whose mask covers at most {100 * UNTOUCHED:g} % of the main person"
        targets.append(_more(what, passers_by.untouched, 1.0, None, "{:.3f}"))
    return targets


def damage_targets(rows: Sequence[DamageRow]) -> list[QualityTarget]:
    """The targets that the protocol `damage` can judge, at the threshold of the program."""
    mine = {row.group: row for row in rows if row.threshold == RELEASED_THRESHOLD}
    targets = []
    for kind, floor in _RECALLS.items():
        if kind in mine and mine[kind].recall is not None:
            targets.append(_more(f"recall of {kind}", mine[kind].recall or 0.0, floor, None, "{:.3f}"))
    if SOUND_PHOTO in mine:
        what = "of a sound photo's pixels flagged"
        targets.append(_less(what, mine[SOUND_PHOTO].flagged, FLAGGED_SHARE, None, "{:.4f}"))
    return targets


def at_cost(targets: Sequence[QualityTarget], cost: Cost) -> list[QualityTarget]:
    """The same with the lines on what the networks cost; none where nothing else is judged."""
    others = [target for target in targets if target.what not in (_MEGABYTES, _GMACS)]
    lines = [
        _less(_MEGABYTES, cost.megabytes, 90.0, 60.0, "{:.1f}"),
        _less(_GMACS, cost.gmacs, 12.0, 8.0, "{:.2f}"),
    ]
    return others + lines if others else []


def _perceived(
    protocol: str, scores: Mapping[str, Score], by_kind: Mapping[str, Mapping[str, Score]]
) -> Iterator[QualityTarget]:
    """The floors on LPIPS and DISTS; none where these were not measured."""
    mine = scores.get(TIGHTENED_FILL if protocol == "things" else DEFAULT)
    if protocol == "hidden-shoe":
        yield from _hidden_shoe(scores.get(NO_MATES), mine)
    if protocol == "reference":
        yield from _reference(scores.get(NO_REFERENCES), mine)
    if mine is None or mine.lpips is None or mine.dists is None:
        return
    if protocol == "natural":
        yield _less("LPIPS of default", mine.lpips, 0.135, None, "{:.4f}")
        yield _less("DISTS of default", mine.dists, 0.110, None, "{:.4f}")
        yield from _above_patches(by_kind)
    if protocol == "hidden-face":
        yield _less("LPIPS of hidden faces", mine.lpips, 0.062, 0.050, "{:.4f}")
        yield _less("DISTS of hidden faces", mine.dists, 0.047, 0.038, "{:.4f}")
    if protocol == "things":
        yield _less("LPIPS of fills of tightened holes", mine.lpips, 0.085, None, "{:.4f}")
        yield _less("L1 of fills of tightened holes", mine.l1_in_hole, 13.5, None, "{:.2f}")


def _hidden_shoe(before: Score | None, after: Score | None) -> Iterator[QualityTarget]:
    if before is not None and after is not None and before.dists and after.dists:
        yield _less("DISTS with mates, against without", after.dists / before.dists, 0.92, 0.9, "{:.2f}x")


def _reference(before: Score | None, after: Score | None) -> Iterator[QualityTarget]:
    if before is not None and after is not None and before.lpips and after.lpips:
        yield _less(
            "LPIPS with a reference, against without", after.lpips / before.lpips, 0.65, 0.5, "{:.2f}x"
        )


def _above_patches(by_kind: Mapping[str, Mapping[str, Score]]) -> Iterator[QualityTarget]:
    """By how much the default is worse than patches alone on the kind of hole that suits it least."""
    excess = []
    for means in by_kind.values():
        mine, patches = (None if title not in means else means[title].lpips for title in (DEFAULT, PATCHES))
        if mine is not None and patches is not None:
            excess.append(mine - patches)
    if excess:
        yield _less("LPIPS above that of patches, worst kind of hole", max(excess), 0.0, None, "{:+.4f}")


def _claims(protocol: str, comparisons: Sequence[PairedComparison]) -> Iterator[QualityTarget]:
    """Whether one method is better than another: by LPIPS and DISTS, or by L1 where these are missing."""
    for protocols, what, base, other in _CLAIMS:
        mine = [one for one in comparisons if (one.base, one.other) == (base, other)]
        seen = [one for one in mine if one.figure in ("lpips", "dists")]
        if protocol in protocols:
            yield from (_verdict(what, one) for one in seen or mine if one.figure in _DECIDING)


def _ratios(scores: Mapping[str, Score]) -> Iterator[QualityTarget]:
    for title in (G_P_F, "default"):
        mine = scores.get(title)
        if mine is not None and "patchmatch" in scores:
            gain = mine.psnr - scores["patchmatch"].psnr
            yield _more(f"PSNR above PatchMatch, {title} (dB)", gain, 3.0, 6.0, "{:+.2f}")
        if mine is not None and "telea" in scores:
            ratio = mine.l1_in_hole / scores["telea"].l1_in_hole
            yield _less(f"L1 in the hole against Telea, {title}", ratio, 0.75, 0.5, "{:.2f}x")


def _beyond_classical(scores: Mapping[str, Score]) -> Iterator[QualityTarget]:
    """Gain over the best of the classical fills; judged only where all of them ran."""
    if not all(title in scores for title in CLASSICAL):
        return
    best = max(scores[title].psnr for title in CLASSICAL)
    for title, shown in ((G_P, "G+P"), ("default", "default")):
        if title in scores:
            what = f"PSNR above the best classical fill, {shown} (dB)"
            yield _more(what, scores[title].psnr - best, 1.5, None, "{:+.2f}")


def _structure(parser: ParserFigures | None) -> Iterator[QualityTarget]:
    if parser is None:
        return
    for what, value, floor, aim in (
        ("mean IoU, whole image", parser.mean_iou, 0.5, 0.59),
        ("mean IoU, in the hole", parser.mean_iou_in_hole, 0.33, 0.4),
        ("joints within half a head, in the hole", parser.pckh_in_hole, 0.6, 0.8),
    ):
        if value is not None:
            yield _more(what, value, floor, aim, "{:.3f}")


def _verdict(what: str, comparison: PairedComparison) -> QualityTarget:
    """A claim that one method is better; "missed" when the contrary is shown."""
    verdict = {BETTER: AIM, UNDECIDED: UNDECIDED}.get(comparison.verdict, MISSED)
    reached = f"{comparison.gain:+.3g} ({comparison.low:+.3g} to {comparison.high:+.3g})"
    return QualityTarget(f"{what}: gain in {comparison.figure}", "yes", "yes", reached, verdict)


def _more(what: str, value: float, floor: float, aim: float | None, form: str) -> QualityTarget:
    """A figure of which more is better; perhaps without an aim."""
    verdict = AIM if aim is not None and value >= aim else FLOOR if value >= floor else MISSED
    return QualityTarget(what, form.format(floor), cell(aim, form), form.format(value), verdict)


def _less(what: str, value: float, floor: float, aim: float | None, form: str) -> QualityTarget:
    """A figure of which less is better; perhaps without an aim."""
    verdict = AIM if aim is not None and value <= aim else FLOOR if value <= floor else MISSED
    return QualityTarget(what, form.format(floor), cell(aim, form), form.format(value), verdict)
