"""Reports as one HTML file each, with their pictures in them, so that they can be sent and kept."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape
from string import Template
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.conversion import scaled_down
from portrait_studio.imaging.photo import Photo
from portrait_studio.terminal import printable

_QUALITY: Final = 80
_PAGE: Final = Template(
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
:root { color-scheme: light dark; --line: #8884; --quiet: #8889; --accent: #4f63e0; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1200px; padding: 0 1.2rem; }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
p { margin: .3rem 0; } .quiet { opacity: .7; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line);
  padding: .45rem .7rem .45rem 0; text-align: left; vertical-align: top; }
th { font-weight: 600; } td.name { overflow-wrap: anywhere; }
img, svg { max-width: 100%; height: auto; border-radius: 4px; }
td img { display: block; max-width: 260px; }
.matrix td, .matrix th { border: 1px solid var(--line);
  font-size: 12px; padding: .25rem .35rem; text-align: right; }
.matrix th.head { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; }
.wide { overflow-x: auto; }
.tiles { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(420px, 1fr)); }
figure { margin: 0 0 1rem; } figcaption { opacity: .7; }
</style>
</head>
<body>
$body
</body>
</html>
"""
)


def page(title: str, parts: Iterable[str]) -> str:
    """A whole page.

    Args:
        title: shown at the top, any text.
        parts: HTML of what follows.
    """
    body = "\n".join((f"<h1>{text(title)}</h1>", *parts))
    return _PAGE.substitute(title=text(title), body=body)


def text(said: object) -> str:
    """Anything as text in HTML; characters that steer or are no text are shown as the terminal shows them."""
    return escape(printable(str(said)))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table.

    Args:
        headings: any texts.
        rows: HTML of the cells, the first of which is a name.
    """
    head = "".join(f"<th>{text(heading)}</th>" for heading in headings)
    body = "".join(
        "<tr>" + "".join(f"<td{_class(n)}>{cell}</td>" for n, cell in enumerate(row)) + "</tr>\n"
        for row in rows
    )
    return f"<table>\n<tr>{head}</tr>\n{body}</table>"


def _class(column: int) -> str:
    return "" if column else ' class="name"'


def picture(pixels: NDArray[np.uint8], side_px: int, description: str) -> str:
    """A picture, no larger than wanted.

    Args:
        pixels: (H, W, 3) RGB or (H, W) grey.
        side_px: of its longer side at most.
        description: for those who do not see it.
    """
    small = scaled_down(Photo(pixels), side_px).pixels
    bgr = small if small.ndim == 2 else np.ascontiguousarray(small[:, :, ::-1])
    _, coded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    data = base64.b64encode(coded.tobytes()).decode("ascii")
    return (
        f'<img loading="lazy" width="{small.shape[1]}" height="{small.shape[0]}" alt="{text(description)}"'
        f' src="data:image/jpeg;base64,{data}">'
    )
