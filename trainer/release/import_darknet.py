"""Release the detection network that Darknet's authors trained."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Final

from portrait_studio.networks.detection import DetectionConfig, DetectionNetwork
from portrait_studio.networks.folding import normalised_convolutions
from portrait_studio.networks.released import count_macs, count_parameters
from trainer.release.darknet import load_darknet
from trainer.release.export import MEASURED_AS, commit, same_weights_in
from trainer.release.files import Exported, ReleaseFiles
from trainer.release.halving import HalvingTest, try_half_precision
from trainer.release.model_card import AFTER, MEASURED, SET_TERMS, precision, table
from trainer.tasks.detection import DETECTION, DETECTION_FAMILY

_ARCHITECTURE: Final = "yolov3-tiny"
_SET: Final = "coco"

_LICENCE: Final = """YOLO LICENSE
Version 2, July 29 2016

THIS SOFTWARE LICENSE IS PROVIDED "ALL CAPS" SO THAT YOU KNOW IT IS SUPER
SERIOUS AND YOU DON'T MESS AROUND WITH COPYRIGHT LAW BECAUSE YOU WILL GET IN
TROUBLE HERE ARE SOME OTHER BUZZWORDS COMMONLY IN THESE THINGS WARRANTIES
LIABILITY CONTRACT TORT LIABLE CLAIMS RESTRICTION MERCHANTABILITY. NOW HERE'S
THE REAL LICENSE:

0. Darknet is public domain.
1. Do whatever you want with it.
2. Stop emailing me about it!"""

_NOT_MEASURED: Final = (
    "Not yet: run `portrait-trainer evaluate --protocol people --json OUT`, then "
    "`portrait-trainer card detection MODELS --metrics OUT`."
)

_LIMITS: Final = (
    "Expect misses of people who are mostly hidden, cut off by the photo's edge, seen from above, or smaller "
    "than 40 pixels; a box is about a person, not around all of them. Of the classes, small things that are "
    "held in a hand are missed most."
)


def import_darknet(source: Path, models: Path, config: DetectionConfig | None = None) -> Exported:
    """Write Darknet's weights as `models`/detection.safetensors, with manifest entry and card.

    Args:
        source: the file that Darknet wrote for yolov3-tiny.
        models: folder of released weights; made when missing.
        config: shape of the network; None = that of yolov3-tiny.

    Raises:
        WeightsError: the source is no such file, or the manifest of the folder is damaged.
        ExportError: the folder cannot be written.
    """
    files = ReleaseFiles(models, DETECTION)
    files.check([source])
    module = DetectionNetwork(config or DetectionConfig()).eval()
    load_darknet(module, source)
    halving = try_half_precision(module, DETECTION)
    folds = normalised_convolutions(module, *DETECTION_FAMILY.inputs())
    origin = hashlib.sha256(source.read_bytes()).hexdigest()
    record = {
        "start": f"{source.name} of Darknet, SHA-256 {origin}",
        "sets": [_SET],
        "commit": commit(),
        "metrics": [],
        "half_precision": asdict(halving),
        MEASURED_AS: same_weights_in(models, DETECTION, module),
    }
    return files.write(
        _ARCHITECTURE,
        module,
        record,
        lambda digest: _card(module, origin, digest, halving, len(folds)),
        half=halving.half,
        folds=folds,
    )


def _card(module: DetectionNetwork, origin: str, digest: str, halving: HalvingTest, folds: int) -> str:
    inputs = DETECTION_FAMILY.inputs()
    height, width = inputs[0].shape[2:]
    facts = [
        ("architecture", f"`{_ARCHITECTURE}`"),
        ("parameters", f"{count_parameters(module) / 1e6:.2f} million"),
        ("cost", f"{count_macs(module, *inputs) / 1e9:.2f} GMAC at {width} x {height}"),
        ("weights", f"{precision(halving)}; SHA-256 `{digest}`"),
        ("batch normalisations", f"{folds}, folded when loaded"),
        ("imported by", f"commit `{commit()}`"),
    ]
    training = [
        (
            "who",
            "Joseph Redmon and Ali Farhadi, with Darknet (arXiv:1804.02767); not trained further by us",
        ),
        ("source", f"`yolov3-tiny.weights`, SHA-256 `{origin}`"),
        (
            "anchors",
            "`mask = 1,2,3` at the fine scale: what the weights were trained with; the configuration that "
            "Darknet has today says 0,1,2, which makes small boxes half as large as their things",
        ),
    ]
    sections = [
        "# Detection network: yolov3-tiny",
        DETECTION_FAMILY.purpose,
        table(("", ""), facts),
        "## Training",
        table(("", ""), training),
        "## Data and terms",
        table(("set", "what", "terms"), [(_SET, *SET_TERMS[_SET])]),
        "The weights belong to Darknet, whose licence reads:",
        "\n".join(f"    {line}".rstrip() for line in _LICENCE.splitlines()),
        MEASURED,
        _NOT_MEASURED,
        AFTER,
        _LIMITS,
    ]
    return "\n\n".join(sections) + "\n"
