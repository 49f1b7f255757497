"""What the engine is asked and what it answers: plain values, no torch, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import MaskError, OptionError
from portrait_studio.hardware import ANY_HARDWARE, Hardware
from portrait_studio.imaging.canvas_extension import photo_in
from portrait_studio.imaging.geometry import Bounds, Margins
from portrait_studio.imaging.masks import check_mask, extent_of
from portrait_studio.imaging.source_marks import FORBIDDEN, SourceMarks
from portrait_studio.messages import Message

Pixels = NDArray[np.uint8] | NDArray[np.uint16]
"""(H, W, 3) RGB, uint8 or uint16."""

FACES_FOUND: Final = 4
"""How many faces are searched for at once, each from a start of its own; see `Method.SEARCH`."""

Joints = Mapping[int, tuple[float, float]]
"""Position (x, y) in image pixels of keypoints, by their number."""

Answer = TypeVar("Answer")
Answer_co = TypeVar("Answer_co", covariant=True)


@dataclass(frozen=True, eq=False, kw_only=True)
class Request(Generic[Answer_co]):
    """One thing that the engine can be asked for, and of which type its answer is; see `Engine.run`.

    Attributes:
        hardware: what to compute on; as preferred where it leaves that open.
    """

    hardware: Hardware = ANY_HARDWARE


class Method(Enum):
    """How the hole is filled."""

    DEFAULT = "default"
    NETWORK = "network"
    PATCHES = "patches"
    GENERAL = "general"
    SEARCH = "search"

    @property
    def is_painted(self) -> bool:
        """Whether a network's own picture fills the hole, without patches."""
        return self in (Method.NETWORK, Method.GENERAL, Method.SEARCH)


class PatchSide(Enum):
    """Where patches are copied from, seen from the hole."""

    ANYWHERE = "anywhere"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True)
class CompletionOptions:
    """How to fill.

    Attributes:
        method: network says what and the photo's patches say how it looks (default), only one of the two,
            a network that knows nothing of people paints (general), or the network paints, and a hidden face
            is searched for among those that a generator can make (search).
        seed: start of every random number of the job; the same seed gives the same pixels on the same device
            kind with as many threads. 0 follows the likeliest structure, any other one draws from what the
            parser doubts. Of faces by search it is the number of the one that is wanted, best first; see
            `latent.searched_face.search_face`.
        keep_stages: whether the result carries the picture of every stage.
        grow_px: width of the blend band outside the painted mask, in pixels; nothing beyond it changes.
        hole_by_hole: fill as versions did that gave each hole a window of its own and specks no short way.
        borrow: whether the default method takes over what the request's references show.
        copy_mates: whether the default method copies a hidden shoe from the other one where that is in sight.
        robust: count only small differences, between network and patches and at the seam, as light and shade
            to be evened out, and soften outlines. Versions before evened out all, which made haze, and left
            outlines their stairs.
        careful_sources: copy nothing from other people, and each part from its like only: no jumper from
            hands. Versions before copied whatever looked alike.
        finish_faces: sharpen what the face completion network paints, and lay an eye in sight, mirrored, over
            a hidden one. Versions before did not.
        patches_from: where patches are copied from.
        looks_inside: whether the parser may see what of a hole is beside the thing that stands out in it.
            That takes the pixels under the mask for what the photo shows, and would be cheating where they
            are the truth that is to be recovered. Versions before hid all that was marked.
        spares_others: hide other people from the completion network, which else drew their colours into what
            it paints beside them, and copy nothing from what stands out on a garment, such as an emblem.
            Versions before did neither.
        continue_patterns: let railings, shutters and the like of the ground go on behind a hole as one copy
            of themselves, and a garment of which nothing shows take the pattern of another one. Versions
            before did neither.
        keep_grain: in extensions, give patches back the fine contrast that their average lacks. Versions
            before did not.
        continue_lines: in extensions, let patches of the ground follow the colours and lines that run into
            the edge of the photo (kerbs, joints, paint, shadows) instead of the network. Versions before did
            not.
        complete_heads: ask the head completion network where hair and crown end that a hole or the edge cuts
            off above the eyes. Versions before asked the parser alone.
    """

    method: Method = Method.DEFAULT
    seed: int = 0
    keep_stages: bool = False
    grow_px: int = 2
    hole_by_hole: bool = False
    copy_mates: bool = True
    borrow: bool = True
    robust: bool = True
    careful_sources: bool = True
    finish_faces: bool = True
    patches_from: PatchSide = PatchSide.ANYWHERE
    looks_inside: bool = False
    spares_others: bool = True
    continue_patterns: bool = True
    keep_grain: bool = True
    invent_feet: bool = True
    continue_lines: bool = True
    complete_heads: bool = True


@dataclass(frozen=True, eq=False)
class Structure:
    """What was recovered of the person, over the part of the photo that `bounds` names.

    Attributes:
        bounds: the part of the photo, in photo pixels.
        labels: (h, w) uint8 parsing map at the resolution that the network saw, hole included.
        heatmaps: (16, h / 4, w / 4) float16 in [0, 1], one peak per keypoint.
    """

    bounds: Bounds
    labels: NDArray[np.uint8]
    heatmaps: NDArray[np.float16]


@dataclass(frozen=True, eq=False)
class Reference:
    """Another photo of the same person or place, which may lend what a hole hides.

    Attributes:
        name: of its file, for the user to read.
        image: (H, W, 3) RGB, uint8 or uint16; never written to.
        sha256: of its pixels, by which records know it; the engine needs none.
    """

    name: str
    image: Pixels
    sha256: str = ""


class Part(Enum):
    """What a reference may lend; the value is what records call it.

    Attributes:
        label: what the user reads.
    """

    SCENE = ("scene", Message("what both show"))
    SHOES = ("shoes", Message("shoes"))
    FACE = ("face", Message("face"))
    TEXTURE = ("texture", Message("texture"))

    label: Message

    def __new__(cls, value: str, label: Message) -> Part:
        """See the table above."""
        part = object.__new__(cls)
        part._value_, part.label = value, label
        return part


@dataclass(frozen=True)
class Borrowed:
    """What one reference gave to one hole.

    Attributes:
        reference: its number among those of the request.
        part: what it gave.
    """

    reference: int
    part: Part


@dataclass(frozen=True, eq=False)
class FilledRegion:
    """The crop that changed for one hole.

    Attributes:
        bounds: where the crop lies in the photo.
        pixels: (h, w, 3), same dtype as the photo; bit-identical to it where `changed` is zero.
        changed: (h, w) uint8, nonzero where the fill or its blend band may differ from the photo.
        structure: what the fill was guided by.
        stages: pictures by their names in `Stage.pictures`, (h, w, 3) uint8; empty unless asked for.
        borrowed: what it shows of references.
        copies_mate: whether a shoe was copied from the other one.
        invents_feet: whether it shows shoes that the feet network knows.
    """

    bounds: Bounds
    pixels: Pixels
    changed: NDArray[np.uint8]
    structure: Structure
    stages: dict[str, NDArray[np.uint8]] = field(default_factory=dict)
    borrowed: tuple[Borrowed, ...] = ()
    copies_mate: bool = False
    invents_feet: bool = False


@dataclass(frozen=True, eq=False)
class CompletionResult:
    """Answer to a `CompletionRequest`.

    Attributes:
        regions: one per connected hole (holes that lie close together share one), not overlapping in
            `changed`.
        structure: parsing map and heatmaps over the whole photo, hole included.
        seconds: wall-clock seconds by stage name.
        weights: SHA-256 of each weights file that was used, by network name.
        device: what it ran on, for the user to read, e.g. "CPU (bfloat16)".
        notices: sentences for the user, e.g. that memory ran out and a smaller work crop was used.
        hardware: what it ran on, to ask for it again.
    """

    regions: tuple[FilledRegion, ...]
    structure: Structure
    seconds: dict[str, float]
    weights: dict[str, str]
    device: str
    notices: tuple[str, ...] = ()
    hardware: Hardware = ANY_HARDWARE


@dataclass(frozen=True, eq=False)
class CompletionRequest(Request[CompletionResult]):
    """Fill every hole of a photo.

    Attributes:
        image: (H, W, 3) RGB, uint8 or uint16; never written to.
        mask: (H, W) uint8, nonzero = to be filled.
        options: how to fill.
        wanted_labels: (H, W) uint8 labels that overrule the predicted parsing map, 255 = predict here; None =
            predict all.
        extension: how many rows and columns of the image at each side no camera has seen, all of them masked;
            none negative. Pixels of the photo beside them stay as they are, bit for bit.
        joints: those that the user put somewhere; the others are predicted.
        references: other photos that the default method may borrow from.
        sources: (H, W) uint8, from where may be copied, as `imaging.source_marks` says; None = from anywhere.
    """

    image: Pixels
    mask: NDArray[np.uint8]
    options: CompletionOptions = field(default_factory=CompletionOptions)
    wanted_labels: NDArray[np.uint8] | None = None
    extension: Margins = field(default_factory=Margins)
    joints: Joints = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    sources: SourceMarks | None = None

    @property
    def photo(self) -> Bounds:
        """The part of the image that a camera has seen."""
        return photo_in(extent_of(self.image), self.extension)

    def check(self) -> None:
        """Refuse what cannot be filled.

        Raises:
            MaskError: the mask is of another size, empty, over the whole photo, or not over all of an
                extension.
            OptionError: an option is out of range.
        """
        check_mask(self.mask, extent_of(self.image))
        photo, whole = self.photo, Bounds.of(extent_of(self.image))
        if photo.is_empty or photo.intersected(whole) != photo:
            raise MaskError("Nothing of the photo would be left; extend the canvas less.")
        masked = cv2.countNonZero(self.mask) - cv2.countNonZero(self.mask[photo.slices])
        if masked != whole.extent.area - photo.extent.area:
            raise MaskError("The new part of the canvas is not masked; mask all of it.")
        if self.wanted_labels is not None and self.wanted_labels.shape != self.mask.shape:
            raise MaskError("The parsing map is not of the photo's size; make it from this photo.")
        self._check_sources()
        if not 0 <= self.options.seed < 2**63:
            raise OptionError("The seed must be a whole number from 0 to 9223372036854775807.")
        if self.options.grow_px < 0:
            raise OptionError("The blend band cannot be narrower than 0 pixels; choose 0 or more.")

    def _check_sources(self) -> None:
        if self.sources is None:
            return
        if self.sources.shape != self.mask.shape:
            raise MaskError("The marks of what may be copied are not of the photo's size; make them anew.")
        if not ((self.mask == 0) & (self.sources != FORBIDDEN)).any():
            raise MaskError(
                "Nothing may be copied: all around the mask is marked as not to be copied from."
                " Erase some of these marks."
            )


@dataclass(frozen=True, eq=False)
class ParseRequest(Request[Structure]):
    """Predict parsing map and pose over the whole photo, hole included.

    Attributes:
        image: (H, W, 3) RGB, uint8 or uint16.
        mask: (H, W) uint8, nonzero = hole; None = nothing is hidden.
        joints: those that the user put somewhere; the others are predicted.
        looks_inside: see `CompletionOptions`.
    """

    image: Pixels
    mask: NDArray[np.uint8] | None = None
    joints: Joints = field(default_factory=dict)
    looks_inside: bool = False


@dataclass(frozen=True, eq=False)
class SketchRequest(Request[Structure]):
    """Guess what an extension would show, as fast as it can be had: one look at one size.

    Attributes:
        image: (H, W, 3) RGB, uint8 or uint16, the extended picture, best scaled down already.
        extension: how much of it at each side no camera has seen; none negative.
    """

    image: Pixels
    extension: Margins


@dataclass(frozen=True)
class Readiness:
    """What was found when the engine was made ready.

    Attributes:
        device: what jobs run on, for the user.
        finds_things: whether the network is there that finds the exact thing in a loose mask.
        finds_people: whether the network is there that finds people and things in the whole photo.
        finds_damage: whether the network is there that finds damage.
    """

    device: str
    finds_things: bool = True
    finds_people: bool = True
    finds_damage: bool = True


@dataclass(frozen=True, eq=False)
class WarmUpRequest(Request[Readiness]):
    """Read the networks ahead of the first job; one that finds things may be missing."""
