import errno
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from portrait_studio.errors import ExportError, OptionError
from portrait_studio.imaging import exif
from portrait_studio.imaging.atomic import replacing
from portrait_studio.imaging.formats import ImageFormat, format_of
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.photo import Metadata, Photo
from portrait_studio.imaging.reading import read_photo
from portrait_studio.imaging.writing import ExportOptions, write_photo

Save = Callable[..., Path]
Picture = Callable[..., NDArray[np.uint8]]


def _described(exif_block: bytes) -> tuple[object, ...]:
    block = Image.Exif()
    block.load(exif_block)
    taken, position = block.get_ifd(34665), block.get_ifd(34853)
    upright = block.get(274, 1)
    return block[271], upright, taken[0x9003], taken[0x829A], taken[0x927C], position[1], position[2]


def _photo(samples: NDArray[np.uint8], metadata: Metadata) -> Photo:
    """A photo of (H, W, C) samples: C = 1 grey, 2 grey + opacity, 3 RGB, 4 RGBA."""
    channels = samples.shape[2]
    pixels = np.repeat(samples[:, :, :1], 3, axis=2) if channels < 3 else samples[:, :, :3]
    alpha = samples[:, :, -1] if channels in (2, 4) else None
    return Photo(np.ascontiguousarray(pixels), alpha, channels < 3, metadata)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("bits", [8, 16])
def test_lossless_formats_keep_every_bit(
    suffix: str, channels: int, bits: int, tmp_path: Path, picture: Picture, full_metadata: Metadata
) -> None:
    photo = _photo(picture(41, 29, channels, bits=bits), replace(full_metadata, icc=b""))
    path = tmp_path / f"out{suffix}"
    written = write_photo(photo, path)
    again = read_photo(path)
    assert written.is_lossless
    assert written.notices == ()
    assert again.pixels.dtype == photo.pixels.dtype
    assert np.array_equal(again.pixels, photo.pixels)
    assert (again.alpha is None) == (photo.alpha is None)
    assert again.alpha is None or photo.alpha is None or np.array_equal(again.alpha, photo.alpha)
    assert again.is_grey == (channels == 1 or (channels == 2 and (suffix, bits) != (".tif", 16)))
    with Image.open(path) as image:
        assert image.size == (29, 41)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg", ".webp", ".avif"])
@pytest.mark.parametrize("bits", [8, 16])
def test_metadata_survives_in_every_format(
    suffix: str, bits: int, tmp_path: Path, picture: Picture, full_metadata: Metadata
) -> None:
    path = tmp_path / f"out{suffix}"
    write_photo(Photo(picture(20, 30, bits=bits), metadata=full_metadata), path)
    found = read_photo(path).metadata
    assert found.icc == full_metadata.icc
    assert found.xmp == full_metadata.xmp
    assert _described(found.exif) == _described(full_metadata.exif)
    assert suffix in (".webp", ".avif") or found.dpi == pytest.approx((300, 300), rel=1e-5)


def test_metadata_can_be_left_out_but_not_the_colours(
    tmp_path: Path, picture: Picture, full_metadata: Metadata
) -> None:
    photo = Photo(picture(8, 8), metadata=full_metadata)
    for suffix in (".png", ".tif", ".jpg", ".webp", ".avif"):
        path = tmp_path / f"out{suffix}"
        write_photo(photo, path, ExportOptions(keep_metadata=False))
        found = read_photo(path).metadata
        assert found.icc == full_metadata.icc
        assert found.xmp == b""
        assert b"Maker" not in path.read_bytes()


@pytest.mark.parametrize("quality", [30, 75, 91, 98])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_is_compressed_like_its_source(
    quality: int, subsampling: int, progressive: bool, save: Save, picture: Picture, tmp_path: Path
) -> None:
    source = save(picture(40, 40), "a.jpg", quality=quality, subsampling=subsampling, progressive=progressive)
    write_photo(read_photo(source), tmp_path / "b.jpg")
    before, after = read_photo(source).metadata.jpeg, read_photo(tmp_path / "b.jpg").metadata.jpeg
    assert before == after
    assert before is not None
    assert abs(before.quality - quality) <= 1


def test_grey_jpeg_stays_grey_with_its_tables(save: Save, picture: Picture, tmp_path: Path) -> None:
    source = save(picture(40, 40, 0), "a.jpg", quality=60)
    write_photo(read_photo(source), tmp_path / "b.jpg")
    with Image.open(source) as before, Image.open(tmp_path / "b.jpg") as after:
        assert after.mode == "L"
        assert before.quantization == after.quantization  # type: ignore[attr-defined]


def test_a_chosen_quality_wins(save: Save, picture: Picture, tmp_path: Path) -> None:
    photo = read_photo(save(picture(64, 64), "a.jpg", quality=90))
    for suffix in (".jpg", ".webp", ".avif"):
        sizes = []
        for quality in (20, 60, 95):
            write_photo(photo, tmp_path / f"b{suffix}", ExportOptions(quality=quality))
            sizes.append((tmp_path / f"b{suffix}").stat().st_size)
        assert sizes == sorted(sizes)
        assert sizes[0] < sizes[2] / 2


def test_webp_of_quality_100_is_lossless(tmp_path: Path, picture: Picture) -> None:
    photo = _photo(picture(30, 20, 4), Metadata())
    written = write_photo(photo, tmp_path / "a.webp", ExportOptions(quality=100))
    again = read_photo(tmp_path / "a.webp")
    assert written.is_lossless
    assert np.array_equal(again.pixels, photo.pixels)
    assert again.alpha is not None
    assert photo.alpha is not None
    assert np.array_equal(again.alpha, photo.alpha)


def test_sixteen_bits_are_rounded_for_formats_of_eight(tmp_path: Path) -> None:
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    path = tmp_path / "a.webp"
    written = write_photo(Photo(np.dstack([ramp] * 3)), path, ExportOptions(quality=100))
    expected = np.floor(ramp / 257 + 0.5)
    assert np.array_equal(read_photo(path).pixels[:, :, 1], expected)
    assert not written.is_lossless
    assert written.notices == ("WebP holds 8 bits per channel; the photo's 16 were rounded.",)


def test_jpeg_lays_transparency_on_white(tmp_path: Path) -> None:
    alpha = np.zeros((16, 16), np.uint8)
    alpha[:, 8:] = 255
    written = write_photo(Photo(np.full((16, 16, 3), 40, np.uint8), alpha), tmp_path / "a.jpg")
    pixels = read_photo(tmp_path / "a.jpg").pixels
    assert pixels[8, 2].min() >= 253
    assert abs(int(pixels[8, 13, 0]) - 40) <= 2
    assert written.notices == ("JPEG holds no transparency; the photo was laid on white.",)


def test_a_coloured_fill_in_a_grey_photo_becomes_its_luma(tmp_path: Path) -> None:
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    pixels = np.dstack([ramp] * 3)
    pixels[0, 0] = (65535, 0, 0)
    write_photo(Photo(pixels, is_grey=True), tmp_path / "a.png")
    again = read_photo(tmp_path / "a.png").pixels[:, :, 0]
    assert abs(int(again[0, 0]) - round(0.299 * 65535)) <= 5
    assert np.array_equal(again.reshape(-1)[1:], ramp.reshape(-1)[1:])


def test_too_much_metadata_for_jpeg_is_said(tmp_path: Path, picture: Picture) -> None:
    photo = Photo(picture(8, 8), metadata=Metadata(xmp=b"x" * 70_000))
    assert "too long for JPEG" in write_photo(photo, tmp_path / "a.jpg").notices[0]
    write_photo(photo, tmp_path / "a.png")
    assert read_photo(tmp_path / "a.png").metadata.xmp == photo.metadata.xmp


def test_a_profile_that_cannot_be_held_is_left_out_with_a_notice(
    tmp_path: Path, picture: Picture, srgb: bytes
) -> None:
    photo = _photo(picture(8, 8, 1), Metadata(icc=srgb))
    assert "profile does not fit" in write_photo(photo, tmp_path / "a.png").notices[0]
    assert write_photo(photo, tmp_path / "a.webp").notices == ()


def test_the_embedded_thumbnail_is_gone(tmp_path: Path, save: Save, picture: Picture) -> None:
    block = Image.Exif()
    block[271] = "Maker"
    first = block.tobytes().removeprefix(exif.PREFIX)
    order: Literal["little", "big"] = "little" if first[:2] == b"II" else "big"
    count = int.from_bytes(first[8:10], order)
    pointer = 10 + 12 * count
    thumbnail = b"SECRET-THUMBNAIL"
    at = len(first)

    def pack(value: int, size: int) -> bytes:
        return value.to_bytes(size, order)

    directory = pack(2, 2)
    directory += pack(0x0201, 2) + pack(4, 2) + pack(1, 4) + pack(at + 30, 4)
    directory += pack(0x0202, 2) + pack(4, 2) + pack(1, 4) + pack(len(thumbnail), 4) + pack(0, 4)
    whole = first[:pointer] + pack(at, 4) + first[pointer + 4 :] + directory + thumbnail
    path = save(picture(8, 8), "a.jpg", exif=exif.PREFIX + whole)
    assert thumbnail in path.read_bytes()
    found = read_photo(path).metadata.exif
    assert len(found) == len(whole)
    assert thumbnail not in found
    assert b"Maker" in found


@settings(max_examples=150)
@given(place=st.integers(0, 400), value=st.integers(0, 255), cut=st.integers(0, 400))
def test_any_damage_to_exif_is_survived(place: int, value: int, cut: int, exif_block: bytes) -> None:
    damaged = bytearray(exif_block)
    damaged[place % len(damaged)] = value
    kept = exif.upright(bytes(damaged[: max(cut, 1)]), Extent(8, 8))
    assert 1 <= exif.orientation(bytes(damaged)) <= 8
    assert exif.orientation(kept) == 1


@settings(max_examples=25)
@given(place=st.integers(0, 400), value=st.integers(0, 255))
def test_damaged_exif_does_not_prevent_an_export(
    place: int, value: int, exif_block: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    damaged = bytearray(exif_block)
    damaged[place % len(damaged)] = value
    pixels = np.full((3, 4, 3), 7, np.uint8)
    for suffix in (".tif", ".png", ".jpg"):
        path = tmp_path_factory.getbasetemp() / f"damaged{suffix}"
        write_photo(Photo(pixels, metadata=Metadata(exif=bytes(damaged))), path)
        assert np.array_equal(read_photo(path).pixels, pixels)


def test_options_and_formats_are_checked(tmp_path: Path, picture: Picture) -> None:
    photo = Photo(picture(4, 4))
    with pytest.raises(OptionError, match="between 1 and 100"):
        ExportOptions(quality=0)
    with pytest.raises(ExportError, match=r"no known ending"):
        write_photo(photo, tmp_path / "a.xyz")
    assert format_of(Path("A.JPEG")) is ImageFormat.JPEG
    write_photo(photo, tmp_path / "a.xyz", ExportOptions(format=ImageFormat.PNG))
    assert read_photo(tmp_path / "a.xyz").metadata.source_format == "PNG"


def test_formats_say_when_a_photo_is_too_large(tmp_path: Path) -> None:
    photo = Photo(np.zeros((1, 70_000, 3), np.uint8))
    for suffix in (".jpg", ".webp", ".avif"):
        with pytest.raises(ExportError, match="70000; choose PNG or TIFF"):
            write_photo(photo, tmp_path / f"a{suffix}")
    write_photo(photo, tmp_path / "a.png")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_bad_targets_are_sentences(tmp_path: Path, picture: Picture) -> None:
    photo = Photo(picture(4, 4))
    (tmp_path / "folder.png").mkdir()
    protected = tmp_path / "protected.png"
    protected.write_bytes(b"keep me")
    protected.chmod(0o444)
    for path, expected in [
        (tmp_path / "none" / "a.png", "There is no folder"),
        (tmp_path / "folder.png", "is a folder"),
        (protected, "is write-protected"),
        (tmp_path / ("x" * 300 + ".png"), "could not be written"),
    ]:
        with pytest.raises(ExportError, match=expected):
            write_photo(photo, path)
    assert protected.read_bytes() == b"keep me"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.png", "protected.png"]


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg", ".webp", ".avif"])
@pytest.mark.parametrize("exists", [False, True])
def test_a_full_disk_leaves_everything_as_it_was(
    suffix: str, exists: bool, tmp_path: Path, picture: Picture
) -> None:
    resource = pytest.importorskip("resource")
    path = tmp_path / f"a{suffix}"
    if exists:
        path.write_bytes(b"the old file")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The system itself stops the write after 2,000 bytes.
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        with pytest.raises(ExportError, match="not enough space"):
            write_photo(Photo(picture(64, 64)), path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [found.name for found in tmp_path.iterdir()] == ([path.name] if exists else [])
    assert not exists or path.read_bytes() == b"the old file"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, "not enough space"),
        (errno.EROFS, "Nothing may be written in the folder"),
        (errno.EACCES, "Nothing may be written in the folder"),
        (errno.EIO, "could not be written"),
    ],
)
def test_failing_to_flush_is_a_sentence(
    number: int, expected: str, tmp_path: Path, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    path = tmp_path / "a.png"
    path.write_bytes(b"the old file")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ExportError, match=expected):
        write_photo(Photo(picture(8, 8)), path)
    assert path.read_bytes() == b"the old file"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_write_leaves_nothing(tmp_path: Path) -> None:
    with suppress(KeyboardInterrupt), replacing(tmp_path / "a.png") as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_replacing_keeps_permissions_and_follows_links(tmp_path: Path, picture: Picture) -> None:
    target, link = tmp_path / "target.png", tmp_path / "link.png"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    write_photo(Photo(picture(4, 4)), link)
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert read_photo(target).extent.area == 16
