"""How a fill was made: enough to make it again, free of pixels, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from portrait_studio.document.packed_plane import PACKED_PLANE, PackedPlane
from portrait_studio.hardware import DEVICES, MOST_THREADS, PRECISIONS
from portrait_studio.imaging.canvas_extension import MOST_PIXELS
from portrait_studio.json_dataclass import (
    Codec,
    by_name,
    flag,
    listed,
    nested,
    read_dataclass,
    text,
    whole,
)
from portrait_studio.json_text import as_float, as_int, as_list
from portrait_studio.networks.conventions import KEYPOINT_COUNT

_MOST_LETTERS: Final = 200
_MOST_WEIGHTS: Final = 100
_MOST_HOLES: Final = 100_000
_MOST_GROW_PX: Final = 100
_MOST_NAME_LETTERS: Final = 1000
_MOST_REFERENCES: Final = 1000

_WANTED_LABELS: Final = PACKED_PLANE.called("structure")
_WORD: Final = text(_MOST_LETTERS)
_NAME: Final = text(_MOST_NAME_LETTERS)
_SEED: Final = whole(0, 2**63 - 1)
_DEVICE: Final = text(_MOST_LETTERS, DEVICES)
_SIDE: Final = text(_MOST_LETTERS, ("anywhere", "left", "right"))
_PRECISION: Final = text(_MOST_LETTERS, (*PRECISIONS, "float16"))


@dataclass(frozen=True)
class ReferenceRecord:
    """Another photo that a fill could borrow from.

    Attributes:
        name: of its file, for the user to read.
        sha256: of its pixels; see `checksum.pixels_sha256`.
    """

    name: Annotated[str, _NAME]
    sha256: Annotated[str, _WORD]


@dataclass(frozen=True)
class LoanRecord:
    """What a hole shows of another photo.

    Attributes:
        hole: its number.
        reference: name of the other photo's file.
        part: what it gave, as the engine's `Part` calls it.
    """

    hole: Annotated[int, whole(0, _MOST_HOLES)]
    reference: Annotated[str, _NAME]
    part: Annotated[str, _WORD]


_REFERENCES: Final = listed(nested(ReferenceRecord), _MOST_REFERENCES)
_LOANS: Final = listed(nested(LoanRecord), _MOST_HOLES)


@dataclass(frozen=True)
class VariantRecord:
    """How what is shown in one hole was made.

    Attributes:
        method: value of the engine's method.
        seed: start of its random numbers.
        wanted_labels: the `label_plane` that overruled the predicted parsing map; None = all predicted.
        references: other photos that it could borrow from.
        patches_from: where patches were copied from.
        copy_mates: whether hidden shoes were copied from those in sight, where the whole fill lets them.
        sources: marks that said from where it could copy; None = from anywhere, as before version 6.
    """

    method: Annotated[str, _WORD]
    seed: Annotated[int, _SEED]
    wanted_labels: Annotated[PackedPlane | None, _WANTED_LABELS] = None
    references: Annotated[tuple[ReferenceRecord, ...], _REFERENCES] = ()
    patches_from: Annotated[str, _SIDE] = "anywhere"
    copy_mates: Annotated[bool, flag()] = True
    sources: Annotated[PackedPlane | None, PACKED_PLANE] = None


def _read_variant(entry: Any) -> VariantRecord:
    """One of a hole; version 1 wrote method and seed as a pair."""
    if isinstance(entry, list):
        entry = dict(zip(("method", "seed"), entry, strict=True))
    return read_dataclass(VariantRecord, entry)


def _read_joint(entry: Any) -> tuple[int, float, float]:
    joint, x, y = as_list(entry, 3)
    return (
        as_int(joint, 0, KEYPOINT_COUNT - 1),
        as_float(x, -MOST_PIXELS, MOST_PIXELS),
        as_float(y, -MOST_PIXELS, MOST_PIXELS),
    )


_VARIANTS: Final = listed(Codec(_read_variant, nested(VariantRecord).write), _MOST_HOLES)
_JOINTS: Final = listed(Codec(_read_joint), KEYPOINT_COUNT)


@dataclass(frozen=True)
class FillRecord:
    """How a fill was made: enough to make it again.

    Attributes:
        method: value of the engine's method.
        seed: start of its random numbers.
        device: what it ran on: "cpu", "cuda" or "mps"; "auto" in files of version 1, which did not say.
        grow_px: width of the blend band in pixels.
        ran_on: the same for the user to read, e.g. "CPU (bfloat16)".
        weights: SHA-256 of each weights file, by network name.
        program: version of the program.
        holes: how what is shown in each hole was made, where that differs.
        wanted_labels: see `VariantRecord`; of all holes, unless they differ.
        is_anew: whether it was made of the photo as it was before the fill before it.
        precision: "float32" or "bfloat16"; "auto" in files of version 1.
        threads: of the CPU that it ran on; 0 = not known, as in files before version 3, or another device.
        joints: number and position (x, y) in pixels of each joint that the user put somewhere.
        hole_by_hole: whether it was made as before version 4, each hole in a window of its own.
        copy_mates: whether hidden shoes were copied from those in sight, as from version 5 on.
        robust: whether only small differences counted as light and shade; not so before version 5.
        references: see `VariantRecord`; none before version 6.
        loans: what is shown of them.
        careful_sources: whether nothing was copied from other people, and each part from its like; not so
            before version 6.
        finish_faces: whether redrawn faces were sharpened, and eyes copied, as from version 6 on.
        patches_from: where patches were copied from; from anywhere before version 6.
        looks_inside: whether the parser saw what of a hole was beside the thing in it, as from version 7 on.
        spares_others: whether the completion network did not see other people, and no garment was filled from
            its emblem; not so before version 7.
        continue_patterns: whether railings and the like went on as one copy, as from version 7 on.
        keep_grain: whether fine contrast was given back to patches, as from version 7 on.
        continue_lines: whether lines of the ground went on in extensions, as from version 7 on.
        invent_feet: whether hidden feet got the shoes of a pair that the feet network knows, as
            from version 7 on.
        complete_heads: whether a network said where heads end that a hole or the edge cut off, as
            from version 7 on.
        sources: see `VariantRecord`; of all holes, unless they differ.
    """

    method: Annotated[str, _WORD]
    seed: Annotated[int, _SEED]
    device: Annotated[str, _DEVICE]
    grow_px: Annotated[int, whole(0, _MOST_GROW_PX)]
    ran_on: Annotated[str, _WORD]
    weights: Annotated[dict[str, str], by_name(_WORD, _MOST_WEIGHTS, _MOST_LETTERS)]
    program: Annotated[str, _WORD]
    holes: Annotated[tuple[VariantRecord, ...], _VARIANTS] = ()
    wanted_labels: Annotated[PackedPlane | None, _WANTED_LABELS] = None
    is_anew: Annotated[bool, flag()] = False
    precision: Annotated[str, _PRECISION] = "auto"
    threads: Annotated[int, whole(0, MOST_THREADS)] = 0
    joints: Annotated[tuple[tuple[int, float, float], ...], _JOINTS] = ()
    hole_by_hole: Annotated[bool, flag()] = False
    copy_mates: Annotated[bool, flag()] = True
    robust: Annotated[bool, flag()] = True
    references: Annotated[tuple[ReferenceRecord, ...], _REFERENCES] = ()
    loans: Annotated[tuple[LoanRecord, ...], _LOANS] = ()
    careful_sources: Annotated[bool, flag()] = True
    finish_faces: Annotated[bool, flag()] = True
    patches_from: Annotated[str, _SIDE] = "anywhere"
    looks_inside: Annotated[bool, flag()] = True
    spares_others: Annotated[bool, flag()] = True
    continue_patterns: Annotated[bool, flag()] = True
    keep_grain: Annotated[bool, flag()] = True
    invent_feet: Annotated[bool, flag()] = True
    continue_lines: Annotated[bool, flag()] = True
    complete_heads: Annotated[bool, flag()] = True
    sources: Annotated[PackedPlane | None, PACKED_PLANE] = None

    @property
    def variant(self) -> VariantRecord:
        """How what is shown in all holes was made, unless they differ."""
        return VariantRecord(
            self.method,
            self.seed,
            self.wanted_labels,
            self.references,
            self.patches_from,
            sources=self.sources,
        )

    @property
    def variants(self) -> tuple[VariantRecord, ...]:
        """How what is shown in each hole was made; one for all unless they differ."""
        return self.holes or (self.variant,)

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> FillRecord:
        """From what `write_dataclass` and JSON made of one, by this version or one before it.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        # Records that do not say are older, and are repeated as they were made.
        since = (
            "copy_mates",
            "robust",
            "careful_sources",
            "finish_faces",
            "looks_inside",
            "spares_others",
            "continue_patterns",
            "keep_grain",
            "invent_feet",
            "continue_lines",
            "complete_heads",
        )
        old = {"hole_by_hole": True, **dict.fromkeys(since, False)}
        record = read_dataclass(cls, {**old, **entry}, is_closed=True)
        if record.holes and isinstance(entry["holes"][0], list):
            # In version 1 the labels were those of all holes.
            holes = tuple(replace(variant, wanted_labels=record.wanted_labels) for variant in record.holes)
            return replace(record, holes=holes)
        return record


FILL_RECORD: Final = Codec(FillRecord.from_json, nested(FillRecord).write)
"""How one stands in JSON."""
