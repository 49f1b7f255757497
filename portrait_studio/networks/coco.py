"""The 80 classes of COCO (Lin et al. 2014) in the order of Darknet's coco.names; without torch."""

from __future__ import annotations

from typing import Final

from portrait_studio.messages import Message

CLASSES: Final[tuple[str, ...]] = (
    *("person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat"),
    *("traffic light", "fire hydrant", "stop sign", "parking meter", "bench"),
    *("bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe"),
    *("backpack", "umbrella", "handbag", "tie", "suitcase"),
    *("frisbee", "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove"),
    *("skateboard", "surfboard", "tennis racket"),
    *("bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl"),
    *("banana", "apple", "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake"),
    *("chair", "couch", "potted plant", "bed", "dining table", "toilet"),
    *("tv", "laptop", "mouse", "remote", "keyboard", "cell phone"),
    *("microwave", "oven", "toaster", "sink", "refrigerator"),
    *("book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush"),
)
"""Names as the data set calls them; the number of a class is its place."""

PERSON: Final = "person"

THING_NAMES: Final = {
    "bicycle": Message("bicycle"),
    "car": Message("car"),
    "motorcycle": Message("motorcycle"),
    "bus": Message("bus"),
    "train": Message("train"),
    "truck": Message("truck"),
    "boat": Message("boat"),
    "traffic light": Message("traffic light"),
    "fire hydrant": Message("fire hydrant"),
    "stop sign": Message("traffic sign"),
    "parking meter": Message("parking meter"),
    "bench": Message("bench"),
    "bird": Message("bird"),
    "cat": Message("cat"),
    "dog": Message("dog"),
    "horse": Message("horse"),
    "sheep": Message("sheep"),
    "cow": Message("cow"),
    "backpack": Message("backpack"),
    "umbrella": Message("umbrella"),
    "handbag": Message("handbag"),
    "tie": Message("tie"),
    "suitcase": Message("suitcase"),
    "frisbee": Message("frisbee"),
    "skis": Message("skis"),
    "snowboard": Message("snowboard"),
    "sports ball": Message("ball"),
    "kite": Message("kite"),
    "baseball bat": Message("baseball bat"),
    "baseball glove": Message("baseball glove"),
    "skateboard": Message("skateboard"),
    "surfboard": Message("surfboard"),
    "tennis racket": Message("tennis racket"),
    "bottle": Message("bottle"),
    "wine glass": Message("glass"),
    "cup": Message("cup"),
    "bowl": Message("bowl"),
    "chair": Message("chair"),
    "couch": Message("sofa"),
    "potted plant": Message("potted plant"),
    "dining table": Message("table"),
    "tv": Message("screen"),
    "laptop": Message("laptop"),
    "cell phone": Message("phone"),
    "book": Message("book"),
    "clock": Message("clock"),
    "vase": Message("vase"),
    "teddy bear": Message("teddy bear"),
}
"""What the user reads for classes that are worth pointing out: what people hold, lean on, or stand before."""
