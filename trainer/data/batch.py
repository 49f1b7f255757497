"""What one step sees, and the bytes in which it travels from the processes that load it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import torch
from torch import Tensor

_Fields = TypeVar("_Fields", bound="_Tensors")


@dataclass(frozen=True, eq=False)
class _Tensors:
    """The fields of a batch, which say what they hold where they are numbers or bytes."""

    image: Tensor
    mask: Tensor
    labels: Tensor
    keypoints: Tensor
    keys: tuple[str, ...]
    prompt: Tensor | None = None
    parts: Tensor | None = None
    landmarks: Tensor | None = None


@dataclass(frozen=True, eq=False)
class Batch(_Tensors):
    """What one step sees.

    Attributes:
        image: (N, 3, S, S) float32 in [-1, 1], without hole.
        mask: (N, 1, S, S) float32, 1 = hole.
        labels: (N, S, S) int64 label codes, 255 = unknown.
        keypoints: (N, 16, 3) float32: x, y in pixels, confidence.
        keys: which photos.
        prompt: (N, 4, S, S) float32 of zeros and ones: what a user says of the thing that `labels` show (1 =
            the thing, 0 = not). Only for segmentation, where `mask` is the loose one.
        parts: (N, S/2, S/2) int64 index into `FACE_PARTS`, 255 = unknown, of aligned faces; (N, S, S) of
            faces that are not aligned; None of all else.
        landmarks: (N, 17, 2) float32 x, y in pixels of `face_completion.LANDMARKS`, of aligned faces;
            (N, 5, 2) of `collaborative.FIVE_POINTS`, of faces that are not aligned; None of all else.
    """

    @property
    def masked(self) -> Tensor:
        """Image with hole pixels 0, the middle of the range."""
        return self.image * (1 - self.mask)

    def to(self, device: torch.device) -> Batch:
        """The same on another device."""
        return _each(self, lambda tensor: tensor.to(device))


@dataclass(frozen=True, eq=False)
class RawBatch(_Tensors):
    """A batch as bytes, a fifth of its size as numbers: these are made where the network runs.

    Attributes:
        image: (N, S, S, 3) uint8 RGB.
        mask: (N, S, S) uint8, 1 = hole.
        labels: (N, S, S) uint8 label codes, 255 = unknown.
        keypoints: (N, 16, 3) float32: x, y in pixels, confidence.
        keys: which photos.
        prompt: (N, 4, S, S) uint8, only for segmentation.
        parts: see `Batch`; uint8.
        landmarks: see `Batch`.
    """

    def pin_memory(self) -> RawBatch:
        """The same in memory from which a GPU copies while the CPU goes on (torch's loader calls this)."""
        return _each(self, Tensor.pin_memory)

    def on(self, device: torch.device) -> Batch:
        """The batch on a device, the image channels last."""
        here = _each(self, lambda tensor: tensor.to(device, non_blocking=True))
        return Batch(
            here.image.permute(0, 3, 1, 2).float() / 127.5 - 1,
            here.mask.float()[:, None],
            here.labels.long(),
            here.keypoints,
            here.keys,
            None if here.prompt is None else here.prompt.float(),
            None if here.parts is None else here.parts.long(),
            here.landmarks,
        )


def _each(batch: _Fields, change: Callable[[Tensor], Tensor]) -> _Fields:
    """A batch with all its tensors changed."""
    tensors = ((name, value) for name, value in vars(batch).items() if isinstance(value, Tensor))
    changed: dict[str, Any] = {name: change(value) for name, value in tensors}
    return replace(batch, **changed)
