"""Pictures of what the engine saw and did: the parsing map in colours, the pose, every stage of a fill."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.progress import Stage
from portrait_studio.engine.request import CompletionResult, Pixels, Structure
from portrait_studio.imaging.atomic import Opening, Transaction, replacing
from portrait_studio.imaging.formats import ImageFormat
from portrait_studio.imaging.label_colours import label_overlay, write_indexed_png
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.writing import ExportOptions, write_photo
from portrait_studio.networks.conventions import LABEL_COLOURS
from portrait_studio.output_files import FilesIn

_OVERLAY_OPACITY = 0.55
_HEATMAP_COLUMNS = 4
_NAMES: Final = re.compile(
    rf"photo-(?:{'|'.join(Stage.PARSE.pictures)})\.png"
    rf"|hole-\d+-(?:step-\d+-)?(?:{'|'.join(name for stage in Stage for name in stage.pictures)})\.png"
)


def write_parsing_map(labels: NDArray[np.uint8], path: Path, opening: Opening = replacing) -> None:
    """Write a parsing map as indexed PNG with the labels' colours as palette.

    Args:
        labels: (H, W) uint8, 0..17.
        path: file to create or replace.
        opening: how the file takes its place.

    Raises:
        ExportError: the file cannot be written.
    """
    write_indexed_png(labels, LABEL_COLOURS, path, opening)


def write_overlay(image: Pixels, labels: NDArray[np.uint8], path: Path, opening: Opening = replacing) -> None:
    """Write the photo with the colours of its labels laid over it; the background stays as it is.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16.
        labels: (H, W) uint8, 0..17.
        path: file to create or replace.
        opening: how the file takes its place.

    Raises:
        ExportError: the file cannot be written.
    """
    write_picture(label_overlay(image, labels, LABEL_COLOURS, _OVERLAY_OPACITY), path, opening)


def write_picture(picture: NDArray[np.uint8], path: Path, opening: Opening = replacing) -> None:
    """Write a picture as PNG.

    Args:
        picture: (H, W, 3) uint8 RGB.
        path: file to create or replace.
        opening: how the file takes its place.

    Raises:
        ExportError: the file cannot be written.
    """
    write_photo(Photo(np.ascontiguousarray(picture)), path, ExportOptions(format=ImageFormat.PNG), opening)


def stages_in(folder: Path) -> FilesIn:
    """What `write_stages` may write there."""
    return FilesIn(folder, _NAMES)


def write_stages(result: CompletionResult, folder: Path, files: Transaction) -> list[Path]:
    """Write the pictures of all stages of a result that was asked to keep them.

    Args:
        result: of the engine.
        folder: made if it does not exist.
        files: with which they take their places.

    Returns:
        The files written: parsing maps as indexed PNG, heatmaps as a table of 16 grey pictures in the order
        of the keypoints, and one PNG per stage and hole.

    Raises:
        ExportError: the folder cannot be made or a file cannot be written.
    """
    files.make_folder(folder)
    pictures = _structure(result.structure, "photo")
    for number, region in enumerate(result.regions, start=1):
        pictures |= _structure(region.structure, f"hole-{number}")
        pictures |= {f"hole-{number}-{stage}.png": picture for stage, picture in region.stages.items()}
    for name, picture in pictures.items():
        # Only names that were looked at before the work.
        assert _NAMES.fullmatch(name), name
        if picture.ndim == 2:
            write_parsing_map(picture, folder / name, files.replacing)
        else:
            write_picture(picture, folder / name, files.replacing)
    return [folder / name for name in pictures]


def _structure(structure: Structure, name: str) -> dict[str, NDArray[np.uint8]]:
    """The parsing map, (h, w), and the table of heatmaps, (h, w, 3), by the names of their files."""
    tiles = np.rint(structure.heatmaps.astype(np.float32) * 255).astype(np.uint8)
    tiles = np.pad(tiles, ((0, 0), (1, 1), (1, 1)), constant_values=64)
    rows = [np.hstack(list(tiles[i : i + _HEATMAP_COLUMNS])) for i in range(0, len(tiles), _HEATMAP_COLUMNS)]
    table = np.repeat(np.vstack(rows)[..., None], 3, axis=2)
    return {f"{name}-parsing.png": structure.labels, f"{name}-heatmaps.png": table}
