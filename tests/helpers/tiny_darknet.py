"""A tiny detection network as Darknet would write it: configuration, and a file of random weights."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from portrait_studio.networks.detection import DetectionConfig

TINY = DetectionConfig((4, 4, 6, 6, 8, 8, 12), 6, 4, 3, (40, 60, 80, 70, 90, 160), (12, 20, 30, 30, 40, 60))


def layer_shapes(config: DetectionConfig) -> list[tuple[int, int, int, bool]]:
    """Inputs, outputs, kernel and whether it is normalised, of each convolution in Darknet's order."""
    widths = config.widths
    coarse, fine = (len(a) // 2 * (5 + config.classes) for a in (config.coarse_anchors, config.fine_anchors))
    return [
        *((inputs, outputs, 3, True) for inputs, outputs in zip((3, *widths), widths, strict=False)),
        (widths[6], config.neck, 1, True),
        (config.neck, 2 * config.neck, 3, True),
        (2 * config.neck, coarse, 1, False),
        (config.neck, config.lateral, 1, True),
        (config.lateral + widths[4], widths[4], 3, True),
        (widths[4], fine, 1, False),
    ]


def write_darknet(
    path: Path, config: DetectionConfig = TINY, minor: int = 2, *, sees_nothing: bool = False
) -> Path:
    """A weights file of random values; the same ones each time."""
    random = np.random.RandomState(7)
    parts = [struct.pack("<3i", 0, minor, 0), struct.pack("<q" if minor >= 2 else "<i", 1234)]
    for inputs, outputs, kernel, normalised in layer_shapes(config):
        values = [random.standard_normal(outputs) * 0.3]
        if sees_nothing and not normalised:
            values[0] -= 10
        if normalised:
            values += [random.uniform(0.8, 1.6, outputs), random.standard_normal(outputs) * 0.1]
            values += [random.uniform(0.3, 1.5, outputs)]
        values.append(random.standard_normal(outputs * inputs * kernel**2) / np.sqrt(inputs * kernel**2))
        parts += [each.astype("<f4").tobytes() for each in values]
    path.write_bytes(b"".join(parts))
    return path


def darknet_cfg(config: DetectionConfig, width: int, height: int) -> str:
    """What Darknet's configuration file says of such a network, as other readers of it need it."""
    shapes = layer_shapes(config)
    sections = [f"[net]\nwidth={width}\nheight={height}\nchannels=3"]
    for number in range(7):
        sections.append(_convolution(shapes[number]))
        if number < 6:
            sections.append(f"[maxpool]\nsize=2\nstride={2 if number < 5 else 1}")
    sections += [_convolution(shape) for shape in shapes[7:10]]
    sections += [_yolo(config, config.coarse_anchors), "[route]\nlayers=-4", _convolution(shapes[10])]
    sections += ["[upsample]\nstride=2", "[route]\nlayers=-1,8"]
    sections += [_convolution(shape) for shape in shapes[11:]]
    return "\n\n".join([*sections, _yolo(config, config.fine_anchors)]) + "\n"


def _convolution(shape: tuple[int, int, int, bool]) -> str:
    _, outputs, kernel, normalised = shape
    kind = "batch_normalize=1\nactivation=leaky" if normalised else "activation=linear"
    return f"[convolutional]\nfilters={outputs}\nsize={kernel}\nstride=1\npad=1\n{kind}"


def _yolo(config: DetectionConfig, anchors: tuple[int, ...]) -> str:
    count = len(anchors) // 2
    mask = ",".join(map(str, range(count)))
    pairs = ",".join(map(str, anchors))
    # Without a threshold every box is told with its score.
    return f"[yolo]\nmask={mask}\nanchors={pairs}\nclasses={config.classes}\nnum={count}\nthresh=0"
