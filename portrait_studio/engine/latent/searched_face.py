"""Puts a face that was found by search in the place of the one that the face completion network redrew."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, cast

import cv2
import numpy as np
import torch

from portrait_studio.engine.align_face import WINDOW, AlignedFace, SeenFace
from portrait_studio.engine.answer_memory import AnswerMemory
from portrait_studio.engine.latent.search import FoundFace, SearchOptions, search_faces
from portrait_studio.engine.request import FACES_FOUND
from portrait_studio.engine.resample import Floats
from portrait_studio.engine.run_network import NetworkRunner, to_array, to_tensor
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.similarity import Transform, composed, fit_similarity, inverted, warped
from portrait_studio.networks.dcgan import ANCHORS, FACE_GENERATOR_SIDE, Dcgan
from portrait_studio.networks.face_completion import ANCHORS as LOOSE_ANCHORS

_SIDE: Final = FACE_GENERATOR_SIDE
_HIDDEN: Final = 0.02
"""Share of a window pixel that is hidden from which on it counts as such."""

FaceMemory = AnswerMemory[Sequence[FoundFace]]
"""What searches found lately: their faces are asked for one by one, and a record asks once more."""

SEARCHES_KEPT: Final = 4
"""Searches that are remembered: of a few holes, or of one again and again."""


def search_face(
    network: NetworkRunner, sha256: str, seen: SeenFace, face: AlignedFace, number: int, memory: FaceMemory
) -> AlignedFace:
    """An aligned face with the picture of a found one.

    Args:
        network: runs the face generator of `networks.dcgan`, or alike.
        sha256: of its weights.
        seen: what may be looked at of the photo.
        face: where the face is.
        number: which one is wanted: 0 is the best one of the first search, and each finds `FACES_FOUND`.
        memory: of what was found lately.
    """
    matrix = composed(tighter(), face.matrix)
    there = composed(matrix, inverted(seen.matrix))
    hidden = warped(seen.hole.astype(np.float32), there, Extent(_SIDE, _SIDE)) > _HIDDEN
    colours = warped(seen.colours, there, Extent(_SIDE, _SIDE))
    photo = np.where(hidden[..., None], np.float32(0.0), np.clip(colours, 0.0, 1.0))
    group, rank = divmod(number, FACES_FOUND)
    known = (~hidden).astype(np.float32)
    key = _key(network, sha256, photo, known, group)
    found = memory.recall(key)
    if found is None:
        found = _searched(network, photo, known, group)
        memory.keep(key, found)
    network.report(1.0)
    picture = to_array(found[rank].picture[None])
    return replace(face, picture=warped(picture, inverted(tighter()), WINDOW, cv2.BORDER_REPLICATE))


def tighter() -> Transform:
    """From pixels of the window of the face completion network to those of the generator's."""
    return fit_similarity(np.array(LOOSE_ANCHORS) * WINDOW.width, np.array(ANCHORS) * _SIDE)


def _searched(network: NetworkRunner, photo: Floats, known: Floats, group: int) -> Sequence[FoundFace]:
    device = network.compute.device
    module = cast(Dcgan, network.module.to(device))
    generator = torch.Generator().manual_seed(group)
    picture, mask = (to_tensor(values)[0].to(device) for values in (photo, known))
    return search_faces(module, picture, mask, generator, SearchOptions(), network.report)


def _key(network: NetworkRunner, sha256: str, photo: Floats, known: Floats, group: int) -> bytes:
    digest = hashlib.sha256(repr((sha256, network.compute, torch.get_num_threads(), group)).encode())
    digest.update(np.ascontiguousarray(photo).tobytes())
    digest.update(np.ascontiguousarray(known).tobytes())
    return digest.digest()
