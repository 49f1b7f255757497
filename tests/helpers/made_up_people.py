"""Made-up people to measure on."""

from pathlib import Path

import cv2
import numpy as np

from trainer.data.pack_writer import write_packs
from trainer.data.sample import Sample

SET = "made-up"


def person(seed: int, height: int = 96, width: int = 64) -> Sample:
    """A figure before a gradient: face, coat, two legs and a bag, with its colours and keypoints."""
    rng = np.random.default_rng(seed)
    labels = np.zeros((height, width), np.uint8)
    labels[10:24, 26:38] = 11
    labels[24:56, 20:44] = 4
    labels[56:90, 22:31] = 13
    labels[56:90, 33:42] = 12
    labels[40:60, 44:56] = 16
    colours = rng.integers(0, 256, (18, 3))
    image = colours[labels] + rng.integers(-8, 9, (height, width, 3))
    image[labels == 0] += np.linspace(0, 60, width, dtype=np.int64)[None, :, None].repeat(height, 0)[
        labels == 0
    ]
    keypoints = np.zeros((16, 3), np.float32)
    keypoints[8], keypoints[9], keypoints[0] = (32, 26, 1), (32, 8, 1), (26, 88, 1)
    return Sample(f"{SET}/{seed:03d}", np.clip(image, 0, 255).astype(np.uint8), labels, keypoints)


def write_case(folder: Path, name: str, seed: int) -> None:
    sample = person(seed)
    mask = np.zeros((96, 64), np.uint8)
    mask[40:70, 20:50] = 255
    cv2.imwrite(str(folder / f"{name}.png"), sample.image[..., ::-1])
    cv2.imwrite(str(folder / f"{name}_mask.png"), mask)
    cv2.imwrite(str(folder / f"{name}_labels.png"), sample.labels)


def write_people(folder: Path) -> Path:
    """Packs of seven people with full labels and one without, all in the split for measuring."""
    partial = person(99)
    partial.labels[0:10] = 18
    write_packs([(sample, {}) for sample in (*map(person, range(7)), partial)], folder, SET, "val")
    return folder
