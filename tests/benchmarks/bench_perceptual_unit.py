"""How eq. 3 of Wu et al. weighs in our unit.

`python -m tests.benchmarks.bench_perceptual_unit --vgg FILE --data DEST`

Eq. 3 sums squared differences of VGG's features; ours divides those of each layer by the mean square of the
target's. Printed is how many times as much a mean of squares weighs with a given VGG file,
between photos and the same photos whose hole holds their mean colour, as an untrained G leaves it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import torch

from trainer.data.augment import whole_squash
from trainer.data.holes import body_rectangle, person_of
from trainer.data.packs import PackedSet
from trainer.losses.perceptual import load_perceptual

_SIDE = 256


def main() -> int:
    """Print the factor and the mean squares of the layers."""
    parser = argparse.ArgumentParser(description="the unit of the perceptual loss")
    parser.add_argument("--vgg", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of packs")
    parser.add_argument("--set", default="clothing-co-parsing")
    parser.add_argument("--photos", type=int, default=16)
    options = parser.parse_args()
    distance, photos = load_perceptual(options.vgg), PackedSet(options.data, "val", [options.set])
    absolute, relative, squares = 0.0, 0.0, []
    for index in range(min(options.photos, len(photos))):
        rng = np.random.default_rng(index)
        sample = whole_squash(photos[index], _SIDE)
        hole = body_rectangle(person_of(sample.labels), rng) > 0
        filled = np.where(hole[..., None], sample.image.reshape(-1, 3).mean(0), sample.image)
        truth, output = (
            torch.from_numpy(picture / 127.5 - 1).float().permute(2, 0, 1)[None]
            for picture in (sample.image, filled)
        )
        with torch.no_grad():
            wanted, made = distance.features(truth), distance.features(output)
            absolute += sum(float((a - b).square().mean()) for a, b in zip(made, wanted, strict=True))
            relative += float(distance(output, truth))
        squares.append([float(layer.square().mean()) for layer in wanted])
    means = ", ".join(f"{value:.3g}" for value in np.mean(squares, axis=0))
    sys.stdout.write(f"factor {absolute / relative:.3g}; mean squares of the layers: {means}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
