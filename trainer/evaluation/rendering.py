"""A report as tables for people."""

from __future__ import annotations

from collections.abc import Iterator

from portrait_studio.engine.find_damage import RELEASED_THRESHOLD
from trainer.evaluation.covered_faces import FaceRow
from trainer.evaluation.methods import G_P, G_P_F, GENERAL, SEARCH, G
from trainer.evaluation.parsers import ParserFigures
from trainer.evaluation.passers_by import UNTOUCHED
from trainer.evaluation.report import Report
from trainer.evaluation.tables import Table, cell
from trainer.metrics.damage import TOLERANCE_PX
from trainer.metrics.segmentation import RIM_PX
from trainer.protocols.people import LEAST_PX

FIGURES: dict[str, tuple[str, str]] = {
    "lpips": ("LPIPS", "{:.4f}"),
    "dists": ("DISTS", "{:.4f}"),
    "l1_in_hole": ("L1 in hole", "{:.2f}"),
    "psnr": ("PSNR", "{:.2f}"),
    "psnr_in_hole": ("PSNR in hole", "{:.2f}"),
    "ssim": ("SSIM", "{:.4f}"),
    "vgg": ("VGG", "{:.4f}"),
    "seconds": ("seconds", "{:.2f}"),
}
"""Heading and format of each figure of `Score`."""

PERCEIVED = ("lpips", "dists")
"""Figures that say what people see; decisions go by them where they were measured."""

_NOT_PERCEIVED = (
    "LPIPS and DISTS: not measured. They need --vgg and the packages lpips and dists-pytorch; without them "
    "these figures reward what is blurred."
)

PAPER_NAMES = {
    GENERAL: "general = Iizuka et al.",
    G: "G",
    G_P: "G+P",
    G_P_F: "network = G+P+F",
    SEARCH: "search = Qiang et al.",
}
"""What the papers call our methods."""

_PARSER_FIGURES: dict[str, str] = {
    "mean_iou": "mean IoU",
    "mean_iou_in_hole": "IoU in hole",
    "accuracy": "pixel accuracy",
    "accuracy_in_hole": "accuracy in hole",
    "figure_iou": "figure IoU",
    "figure_iou_in_hole": "figure in hole",
    "pckh": "PCKh",
    "pckh_in_hole": "PCKh in hole",
    "pckh_outside": "PCKh outside",
    "both_shoes": "both shoes",
}


_MASK_FIGURES: dict[str, str] = {
    "iou": "IoU with the thing",
    "inside": "of the thing inside",
    "inside_grown": "inside when grown",
    "area": "area",
    "skin": "of face and arms inside",
}


def as_text(report: Report) -> str:
    """All tables in plain text."""
    return "\n\n".join([report.headline, *(table.text() for table in tables_of(report))]) + "\n"


def as_markdown(report: Report) -> str:
    """All tables in Markdown."""
    return "\n\n".join([report.headline, *(table.markdown() for table in tables_of(report))]) + "\n"


def tables_of(report: Report) -> list[Table]:
    """Those tables that say more than their headings."""
    candidates = (
        _methods(report),
        *_kinds(report),
        _comparisons(report),
        _kind_comparisons(report),
        *_costs(report),
        *_parsers(report),
        *_guiding_map(report),
        _things(report),
        _people(report),
        *_passers_by(report),
        _damage(report),
        _candidates(report),
        *_faces(report),
        _targets(report),
    )
    return [table for table in candidates if len(table.rows) > 1 or (table.notes and not table.rows)]


def method_name(title: str) -> str:
    """Title of a method as the tables show it."""
    name, space, rest = title.partition(" ")
    return PAPER_NAMES.get(name, name) + space + rest


def _methods(report: Report) -> Table:
    shown = [name for name in FIGURES if any(getattr(s, name) is not None for s in report.scores.values())]
    seen, others = ([name for name in shown if (name in PERCEIVED) is asked] for asked in (True, False))
    distances = report.distribution
    fid = ["FID"] if distances else []
    rows = [["method", *(FIGURES[name][0] for name in seen), *fid, *(FIGURES[name][0] for name in others)]]
    for title, score in report.scores.items():
        far = [cell(distances.values.get(title), "{:.2f}")] if distances else []
        first, rest = (
            [cell(getattr(score, name), FIGURES[name][1]) for name in names] for names in (seen, others)
        )
        rows.append([method_name(title), *first, *far, *rest])
    notes = [distances.note] if distances else []
    notes += [] if seen or not report.scores else [_NOT_PERCEIVED]
    notes += [f"{method_name(title)}: not measured. {reason}" for title, reason in report.missing.items()]
    return Table("", rows if report.scores else [], notes)


def _kinds(report: Report) -> Iterator[Table]:
    """The figures by kind of hole, what people perceive first, where there are several kinds."""
    if len(report.by_kind) < 2:
        return
    titles = list(next(iter(report.by_kind.values())))
    for figure in ("lpips", "dists", "l1_in_hole", "psnr", "ssim", "seconds"):
        heading, form = FIGURES[figure]
        values = {
            kind: [getattr(means[title], figure) for title in titles]
            for kind, means in report.by_kind.items()
        }
        if all(value is None for row in values.values() for value in row):
            continue
        rows = [["hole", *map(method_name, titles)]]
        rows += [[kind, *(cell(value, form) for value in row)] for kind, row in values.items()]
        yield Table(f"{heading} by kind of hole", rows)


def _comparisons(report: Report) -> Table:
    rows = [["is it better?", "figure", "gain", "95 % interval", "better in", "answer"]]
    for one in report.comparisons:
        form = "{:+.4f}" if one.figure in ("lpips", "dists", "ssim", "vgg") else "{:+.2f}"
        interval = f"{form.format(one.low)} to {form.format(one.high)}"
        wins = f"{one.wins} of {one.changed} that differ"
        who = f"{method_name(one.other)} than {method_name(one.base)}"
        rows.append([who, FIGURES[one.figure][0], form.format(one.gain), interval, wins, one.verdict])
    return Table("Step by step, the same cases", rows, ["Gains are positive where the first is better."])


def _kind_comparisons(report: Report) -> Table:
    """Where the default is better than which method, and where another one."""
    rows = [["hole", "the default than", "figure", "gain", "95 % interval", "cases", "answer"]]
    for kind, comparisons in report.kind_comparisons.items():
        for one in comparisons:
            figures = [f"{one.gain:+.4f}", f"{one.low:+.4f} to {one.high:+.4f}", str(one.cases), one.verdict]
            rows.append([kind, method_name(one.base), FIGURES[one.figure][0], *figures])
    note = "Gains are positive where the default is better."
    return Table("By kind of hole, the same cases", rows, [note])


def _costs(report: Report) -> Iterator[Table]:
    """What each method's networks weigh and compute, where methods are measured beside each other."""
    if len(report.costs) < 2:
        return
    rows = [["method", "MB", "GMAC", "seconds", "networks"]]
    for title, cost in report.costs.items():
        seconds = FIGURES["seconds"][1].format(report.scores[title].seconds)
        size = [f"{cost.megabytes:.1f}", f"{cost.gmacs:.2f}", seconds]
        rows.append([method_name(title), *size, ", ".join(cost.networks) or "none"])
    note = (
        "MB and GMAC: of the networks that any of its fills used, one pass each over 256 x 256 pixels or "
        "their own window; patches and the seam are not counted. Seconds: wall-clock time of a fill."
    )
    yield Table("What each method costs", rows, [note])


def _parsers(report: Report) -> Iterator[Table]:
    if not report.parsers:
        return
    figures = list(report.parsers.values())
    shown = [name for name in _PARSER_FIGURES if any(getattr(one, name) is not None for one in figures)]
    rows = [["parser", *(_PARSER_FIGURES[name] for name in shown)]]
    for name, one in report.parsers.items():
        rows.append([name, *(cell(getattr(one, figure), "{:.3f}") for figure in shown)])
    yield Table("Parsers, one look at the whole photo", rows, _parser_notes(figures[0], shown))
    labelled = {name: one for name, one in report.parsers.items() if one.per_label}
    if labelled:
        yield Table("IoU by label: whole photo / in hole", _label_rows(labelled))


def _parser_notes(one: ParserFigures, shown: list[str]) -> list[str]:
    if "both_shoes" not in shown:
        return []
    return [
        f"Both shoes: share of the {one.shoe_cases} photos whose hole hides both in which both are predicted."
    ]


def _label_rows(parsers: dict[str, ParserFigures]) -> list[list[str]]:
    labels = list(dict.fromkeys(label for one in parsers.values() for label in one.per_label))
    rows = [["label", *parsers]]
    for label in labels:
        pairs = (one.per_label.get(label, [None, None]) for one in parsers.values())
        rows.append([label, *(" / ".join(cell(value, "{:.3f}") for value in pair) for pair in pairs)])
    return rows


def _guiding_map(report: Report) -> Iterator[Table]:
    if not report.parsing:
        return
    whole, hole = report.parsing["mean_iou"], report.parsing["mean_iou_in_hole"]
    line = f"The map that guided the fills: mean IoU {whole:.3f} on the whole image, {hole:.3f} in the hole"
    yield Table("", [], [line if report.pckh is None else f"{line}; PCKh {report.pckh:.3f}"])


def _things(report: Report) -> Table:
    rows = [["group", "masks", "cases", *_MASK_FIGURES.values()]]
    for one in report.things:
        figures = [f"{getattr(one.figures, name):.3f}" for name in _MASK_FIGURES]
        rows.append([one.group, one.method, str(one.cases), *figures])
    note = f"Grown: by {RIM_PX} pixels, as a mask is before the fill. Area: relative to the loose mask."
    return Table("Things in loose masks", rows, [note])


def _candidates(report: Report) -> Table:
    rows = [["candidate", "holes", "LPIPS", "of the first", "DISTS", "of the first", "better in", "best in"]]
    for one in report.candidates:
        figures = [one.lpips, one.lpips_of_first, one.dists, one.dists_of_first]
        counts = [str(one.better), str(one.nearest)]
        rows.append([one.kind, str(one.cases), *(f"{value:.4f}" for value in figures), *counts])
    return Table("Kinds of candidates, on the holes where they show something else", rows)


def _people(report: Report) -> Table:
    rows = [["photos of", "photos", "people", "found", "hidden", "of these found", "boxes", "false", "main"]]
    rows[0].append("CPU seconds")
    for one in report.people:
        row = [one.group, str(one.photos), str(one.people), f"{one.found:.3f}", str(one.hidden)]
        row += [cell(one.hidden_found, "{:.3f}"), str(one.boxes), f"{one.false:.3f}", f"{one.main:.3f}"]
        rows.append([*row, f"{one.seconds:.2f}"])
    note = (
        f"People of {LEAST_PX} pixels and more, counted by eye; hidden: less than half shows. False: boxes "
        "that are nobody's, or the second one of somebody. Main: the main person is told by the boxes alone."
    )
    return Table("People found", rows, [note])


def _passers_by(report: Report) -> Iterator[Table]:
    one = report.passers_by
    if one is None:
        return
    heading = ["photos with passers-by", "somebody marked", "main person mapped", "of her in the mask"]
    row = [str(one.photos), str(one.marked), str(one.mapped)]
    row += [cell(value, "{:.4f}") for value in (one.covered, one.most_covered)]
    row.append(cell(one.untouched, "{:.3f}"))
    note = "What remains of them is not counted: look at the sheets of before and after."
    yield Table(
        "All but the main person taken away",
        [[*heading, "at most", f"share of photos up to {UNTOUCHED:g}"], row],
        [note],
    )


def _damage(report: Report) -> Table:
    rows = [["damage", "photos", "threshold", "recall", "precision", "of sound pixels flagged"]]
    for one in report.damage:
        figures = [cell(value, "{:.3f}") for value in (one.recall, one.precision)]
        rows.append([one.group, str(one.cases), f"{one.threshold:.3f}", *figures, f"{one.flagged:.4f}"])
    note = (
        f"All damage is drawn. Means over photos; within {TOLERANCE_PX} pixels counts as the place. The "
        f"program's threshold: {RELEASED_THRESHOLD:g}. Masks of sound photos are counted with their rim."
    )
    return Table("Damage found", rows, [note])


def _faces(report: Report) -> Iterator[Table]:
    """Tables 2 and 3 of Liao et al.: parts and landmarks where a rectangle is hidden."""
    telling = [one for one in report.faces if one.dice]
    if telling:
        heads = ["part", *(one.network for one in telling)]
        rows = [heads, *_dice_rows(telling)]
        note = "Dice coefficients in %: over the whole windows / in the holes. Pixels of all faces together."
        yield Table("Parts of faces", rows, [note])
    telling = [one for one in report.faces if one.points]
    if telling:
        rows = [["landmark", *(one.network for one in telling)]]
        rows += [[name, *(f"{one.points[name]:.2f}" for one in telling)] for name in telling[0].points]
        means = [sum(one.points.values()) / len(one.points) for one in telling]
        rows.append(["mean", *(f"{mean:.2f}" for mean in means)])
        rows.append(["mean of those hidden", *(cell(one.hidden_points, "{:.2f}") for one in telling)])
        note = f"Distance from the true place in pixels of a window of 128; {telling[0].cases} cases."
        yield Table("Landmarks of faces", rows, [note])


def _dice_rows(telling: list[FaceRow]) -> Iterator[list[str]]:
    """Parts that occur, and their mean, whole window and holes."""
    names = list(dict.fromkeys(name for one in telling for name in one.dice))
    for name in names:
        pairs = ((one.dice.get(name), one.dice_in_hole.get(name)) for one in telling)
        yield [name, *(" / ".join(_percent(value) for value in pair) for pair in pairs)]
    means = ((_mean(one.dice), _mean(one.dice_in_hole)) for one in telling)
    yield ["mean", *(" / ".join(_percent(value) for value in pair) for pair in means)]


def _mean(figures: dict[str, float]) -> float | None:
    return sum(figures.values()) / len(figures) if figures else None


def _percent(value: float | None) -> str:
    return cell(None if value is None else 100 * value, "{:.1f}")


def _targets(report: Report) -> Table:
    rows = [["target", "floor", "aim", "reached", "verdict"]]
    rows += [[one.what, one.floor, one.aim, one.reached, one.verdict] for one in report.targets]
    return Table("Numbers to reach", rows)
