"""TIFF files of every layout, against decoders other than the one that the program reads with."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.reading import count_pictures, decode_photo, read_photo

Picture = Callable[..., NDArray[np.uint8]]


def tiff(*pictures: tuple[NDArray[Any], dict[str, Any]], **options: Any) -> bytes:
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer, **options) as writer:
        for samples, how in pictures:
            writer.write(samples, metadata=None, **how)
    return buffer.getvalue()


def read(data: bytes) -> Photo:
    return decode_photo(data, Path("a.tif"))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "layout",
    [
        {"rowsperstrip": 7},
        {"tile": (16, 32), "compression": "zlib", "predictor": True},
        {"rowsperstrip": 100, "compression": "lzw", "predictor": True},
    ],
)
@pytest.mark.parametrize("planar", [False, True])
def test_every_layout_gives_the_same_pixels(
    order: str, big: bool, bits: int, channels: int, layout: dict[str, Any], planar: bool, picture: Picture
) -> None:
    samples = picture(45, 37, channels, bits=bits)
    how = {
        **layout,
        "photometric": "minisblack" if channels < 3 else "rgb",
        "extrasamples": ["unassalpha"] * (channels in (2, 4)),
    }
    stored = samples[:, :, 0] if channels == 1 else samples
    if channels > 1:
        how["planarconfig"] = "separate" if planar else "contig"
        stored = np.moveaxis(samples, 2, 0) if planar else samples
    photo = read(tiff((stored, how), byteorder=order, bigtiff=big))
    assert photo.bits == bits
    assert photo.is_grey == (channels < 3)
    assert np.array_equal(photo.pixels[:, :, 0], samples[:, :, 0])
    assert channels < 3 or np.array_equal(photo.pixels, samples[:, :, :3])
    assert (photo.alpha is not None) == (channels in (2, 4))
    assert photo.alpha is None or np.array_equal(photo.alpha, samples[:, :, -1])


@pytest.mark.parametrize("bits", [8, 16])
def test_pillow_and_opencv_agree(bits: int, picture: Picture, tmp_path: Path) -> None:
    samples = picture(20, 30, 3, bits=bits)
    data = tiff((np.moveaxis(samples, 2, 0), {"photometric": "rgb", "planarconfig": "separate"}))
    written = cv2.imencode(".tif", samples[:, :, ::-1])[1].tobytes()
    assert np.array_equal(read(data).pixels, read(written).pixels)
    if bits == 8:
        assert np.array_equal(read(data).pixels, np.asarray(Image.open(io.BytesIO(data))))


@pytest.mark.parametrize("codec", ["zstd", "lzma", "webp", "jpeg2000", "packbits", "png", "lerc", "deflate"])
def test_lossless_compressions(codec: str, picture: Picture) -> None:
    samples = picture(33, 41)
    lossless = {"compressionargs": {"level": -1, "lossless": True}} if codec == "webp" else {}
    how = {"photometric": "rgb", "compression": codec, **lossless}
    assert np.array_equal(read(tiff((samples, how))).pixels, samples)


def test_a_compression_that_nobody_knows_is_named() -> None:
    data = bytearray(tiff((np.zeros((4, 4, 3), np.uint8), {"photometric": "rgb"})))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        page = file.pages[0]
        assert isinstance(page, tifffile.TiffPage)
        at = page.tags[259].valueoffset
    data[at : at + 2] = struct.pack("<H", 54321)
    with pytest.raises(ImageFileError, match="number 54321"):
        read(bytes(data))


def test_floating_point_from_0_to_1_is_opened_with_a_notice(picture: Picture) -> None:
    values = picture(9, 7, 3, bits=16).astype(np.float32) / 65535
    for dtype in (np.float32, np.float64, np.float16):
        photo = read(tiff((values.astype(dtype), {"photometric": "rgb"})))
        expected = np.rint(values.astype(dtype).astype(np.float64) * 65535)
        assert np.array_equal(photo.pixels, expected)
        assert "floating-point" in photo.notices[0]


@pytest.mark.parametrize("value", [1.5, -0.1, np.nan, np.inf])
def test_floating_point_beyond_white_is_a_sentence(value: float) -> None:
    values = np.full((5, 5), 0.5, np.float32)
    values[2, 2] = value
    with pytest.raises(ImageFileError, match="floating-point numbers from"):
        read(tiff((values, {"photometric": "minisblack"})))


def test_signed_numbers() -> None:
    values = np.array([[0, 32767, 16384]], np.int16)
    photo = read(tiff((values, {"photometric": "minisblack"})))
    assert photo.pixels[0, :, 0].tolist() == [0, 65535, 32769]
    assert "sign" in photo.notices[0]
    with pytest.raises(ImageFileError, match="negative numbers"):
        read(tiff((values - 1, {"photometric": "minisblack"})))


def test_wide_whole_numbers() -> None:
    full = np.array([[0, 2**32 - 1, 2**31]], np.uint32)
    photo = read(tiff((full, {"photometric": "minisblack"})))
    assert photo.pixels[0, :, 0].tolist() == [0, 65535, 32768]
    assert "32 bits" in photo.notices[0]
    small = np.array([[0, 65535, 1234]], np.uint32)
    assert read(tiff((small, {"photometric": "minisblack"}))).pixels[0, :, 0].tolist() == [0, 65535, 1234]


@pytest.mark.parametrize("bits", [1, 2, 4, 10, 12, 14])
def test_few_and_odd_bits_fill_the_range(bits: int) -> None:
    most = (1 << bits) - 1
    values = np.arange(64, dtype=np.uint16).reshape(4, 16) % (most + 1)
    values[0, 0] = most
    dtype = np.uint8 if bits < 8 else np.uint16
    how = {"photometric": "minisblack", "bitspersample": bits}
    stored = values.astype(np.bool_) if bits == 1 else values.astype(dtype)
    photo = read(tiff((stored, {"photometric": "minisblack"} if bits == 1 else how)))
    full = 255 if bits < 8 else 65535
    assert photo.pixels.dtype == dtype
    assert np.array_equal(photo.pixels[:, :, 0], np.rint(values * (full / most)))
    assert bool(photo.notices) == (bits > 8)


def test_white_may_be_zero(picture: Picture) -> None:
    for bits in (8, 16):
        samples = picture(9, 11, 0, bits=bits)
        photo = read(tiff((samples, {"photometric": "miniswhite"})))
        assert np.array_equal(photo.pixels[:, :, 1], np.invert(samples))


def test_palettes(picture: Picture) -> None:
    indices = picture(9, 11, 0)
    table = np.random.default_rng(0).integers(0, 256, (3, 256)).astype(np.uint16)
    for colours in (table * 257, table):
        photo = read(tiff((indices, {"photometric": "palette", "colormap": colours})))
        assert np.array_equal(photo.pixels, table.T[indices])


@pytest.mark.parametrize("bits", [8, 16])
def test_an_extra_channel_that_is_no_opacity_is_left_out_and_said(bits: int, picture: Picture) -> None:
    samples = picture(9, 11, 4, bits=bits)
    photo = read(tiff((samples, {"photometric": "rgb", "extrasamples": ["unspecified"]})))
    assert photo.alpha is None
    assert np.array_equal(photo.pixels, samples[:, :, :3])
    assert "channel" in photo.notices[0]
    five = picture(9, 11, 5, bits=bits)
    both = read(tiff((five, {"photometric": "rgb", "extrasamples": ["unspecified", "unassalpha"]})))
    assert both.alpha is not None
    assert np.array_equal(both.alpha, five[:, :, 4])
    assert len(both.notices) == 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_colours_multiplied_by_their_opacity_are_divided(dtype: type[np.uint8] | type[np.uint16]) -> None:
    full = int(np.iinfo(dtype).max)
    samples = np.array([[[full // 4, 0, full // 2, full // 2], [5, 5, 5, full]]], dtype)
    photo = read(tiff((samples, {"photometric": "rgb", "extrasamples": ["assocalpha"]})))
    assert abs(int(photo.pixels[0, 0, 0]) - full / 2) <= 2
    assert photo.pixels[0, 1].tolist() == [5, 5, 5]
    assert "opacity" in photo.notices[0]


def test_the_main_picture_is_taken_and_not_its_preview(picture: Picture) -> None:
    small, large = picture(20, 30), picture(200, 300)
    rgb = {"photometric": "rgb"}
    marked = (small, {**rgb, "subfiletype": 1})
    for data in (
        tiff((small, {**rgb, "subfiletype": 1, "subifds": 1}), (large, rgb)),
        tiff(marked, (large, rgb)),
        tiff((small, rgb), (large, rgb)),
        tiff((small, {**rgb, "subifds": 1}), (large, rgb)),
        tiff(
            (small, {**rgb, "subfiletype": 1, "subifds": 2}), (small, {**rgb, "subfiletype": 1}), (large, rgb)
        ),
        tiff((large, rgb), marked),
    ):
        photo = read(data)
        assert np.array_equal(photo.pixels, large)
        assert photo.notices == ()


def test_more_pictures_are_said(picture: Picture) -> None:
    first, second = picture(40, 30), picture(40, 31)
    photo = read(tiff((first, {"photometric": "rgb"}), (second, {"photometric": "rgb"})))
    assert np.array_equal(photo.pixels, first)
    assert photo.notices == (
        "This is page 1 of the 2 in the file; the others are left out of what is saved.",
    )
    assert photo.page == 1
    assert read(tiff((first, {"photometric": "rgb"}))).page is None


def described(page: int) -> dict[str, Any]:
    """How a page is written that says who it is, and lies on its side if it is the second."""
    orientation = [(274, "H", 1, 6, True)] if page == 2 else []
    return {"photometric": "rgb", "description": f"page {page}", "extratags": orientation}


@pytest.mark.parametrize("big", [False, True])
def test_another_page_is_read_as_if_it_were_alone(big: bool, picture: Picture, tmp_path: Path) -> None:
    pages = [picture(40, 32), picture(44, 31), picture(20, 50)]
    written = [(samples, described(number)) for number, samples in enumerate(pages, 1)]
    preview = (np.ascontiguousarray(pages[0][::4, ::4]), {"photometric": "rgb"})
    path = tmp_path / "pages.tif"
    path.write_bytes(tiff(preview, *written, bigtiff=big))
    assert count_pictures(path) == 3
    for number, alone in enumerate(written, 1):
        photo, expected = read_photo(path, page=number), read(tiff(alone, bigtiff=big))
        assert np.array_equal(photo.pixels, expected.pixels)
        assert photo.metadata.exif.count(b"page") == 1
        assert f"page {number}".encode() in photo.metadata.exif
        assert photo.page == number
        assert f"page {number} of the 3" in photo.notices[0]


def test_the_pages_of_a_jpeg_in_inks_are_told_apart_too(tmp_path: Path) -> None:
    """Those are read by Pillow, which counts pages for itself."""
    inks = [Image.new("CMYK", (24, 16), colour) for colour in ((200, 0, 0, 0), (0, 200, 0, 0))]
    path = tmp_path / "inks.tif"
    inks[0].save(path, save_all=True, append_images=inks[1:], compression="jpeg")
    first, second = (read_photo(path, page=page).pixels for page in (1, 2))
    assert not np.array_equal(first, second)
    assert first[0, 0, 0] < second[0, 0, 0]


def test_a_page_that_is_not_there_is_a_sentence(picture: Picture, tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(*[(picture(9, 8), {"photometric": "rgb"})] * 2))
    for page in (0, 3, 1000):
        with pytest.raises(ImageFileError, match=f"has no page {page}; choose one from 1 to 2"):
            read_photo(path, page=page)
    other = tmp_path / "a.png"
    Image.fromarray(picture(9, 8)).save(other)
    assert count_pictures(other) == 1
    assert read_photo(other, page=1).page is None
    with pytest.raises(ImageFileError, match="opened as one picture: there is no page 2"):
        read_photo(other, page=2)


def test_pages_of_what_cannot_be_read_are_not_counted(tmp_path: Path) -> None:
    damaged = tmp_path / "a.tif"
    for data in (b"", b"II*", b"II*\x00\xff\xff\xff\x7f", b"II*\x00" + bytes(100)):
        damaged.write_bytes(data)
        assert count_pictures(damaged) == 1
    assert count_pictures(tmp_path) == 1
    assert count_pictures(tmp_path / "none.tif") == 1


def test_raw_photos_are_named_as_such(picture: Picture) -> None:
    preview = picture(20, 30)
    version = [(50706, "B", 4, (1, 4, 0, 0), True)]
    for data in (
        tiff((preview, {"photometric": "rgb", "subfiletype": 1, "extratags": version})),
        b"II*\x00\x10\x00\x00\x00CR\x02\x00" + bytes(200),
        b"IIRO\x08\x00\x00\x00" + bytes(200),
        b"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01" + bytes(200),
        b"FUJIFILMCCD-RAW 0201" + bytes(200),
    ):
        with pytest.raises(ImageFileError, match="is a raw photo"):
            read(data)


def test_a_damaged_second_directory_does_not_hide_the_first_picture(picture: Picture) -> None:
    samples = picture(20, 30)
    data = bytearray(tiff((samples, {"photometric": "rgb"})))
    first = struct.unpack_from("<L", data, 4)[0]
    count = struct.unpack_from("<H", data, first)[0]
    struct.pack_into("<L", data, first + 2 + 12 * count, len(data) + 1000)
    assert np.array_equal(read(bytes(data)).pixels, samples)


def test_strips_outside_the_file_are_damage_and_not_black(picture: Picture) -> None:
    for how in ({"rowsperstrip": 4}, {"rowsperstrip": 4, "compression": "zlib"}, {"tile": (16, 16)}):
        data = tiff((picture(40, 30), {"photometric": "rgb", **how}))
        for cut in (1, 100):
            with tifffile.TiffFile(io.BytesIO(data)) as file:
                page = file.pages[0]
                assert isinstance(page, tifffile.TiffPage)
                at = page.tags[324 if page.is_tiled else 273].valueoffset
            moved = bytearray(data)
            struct.pack_into("<L", moved, at, len(data) - cut)
            with pytest.raises(ImageFileError, match="damaged or cut off"):
                read(bytes(moved))


def test_inks_go_through_the_profile_of_the_file(grey_ink_profile: bytes) -> None:
    inks = np.full((8, 8, 4), (0, 255, 255, 0), np.uint8)
    how = {"photometric": "separated", "iccprofile": grey_ink_profile}
    photo = read(tiff((inks, how)))
    assert np.ptp(photo.pixels.astype(int)) <= 3
    assert "CMYK" in photo.notices[0]
    with pytest.raises(ImageFileError, match="not 8-bit CMYK"):
        read(tiff((inks.astype(np.uint16), {"photometric": "separated"})))


def test_chroma_at_half_size_without_jpeg(tmp_path: Path) -> None:
    image = Image.new("YCbCr", (8, 8), (150, 100, 120))
    image.save(tmp_path / "a.tif", compression="tiff_lzw")
    expected = np.asarray(image.convert("RGB")).astype(int)
    assert np.abs(read((tmp_path / "a.tif").read_bytes()).pixels - expected).max() <= 2


def test_layers_and_lab_are_said(picture: Picture) -> None:
    layers = (37724, "B", 30, b"Adobe Photoshop Document Data\x00", True)
    photo = read(tiff((picture(8, 8), {"photometric": "rgb", "extratags": [layers]})))
    assert "layers" in photo.notices[0]
    with pytest.raises(ImageFileError, match="stores its pixels as LAB"):
        read(tiff((picture(8, 8), {"photometric": "cielab"})))


@pytest.mark.parametrize("bits", [8, 16])
def test_turned_and_in_the_second_directory(bits: int, picture: Picture) -> None:
    large = picture(100, 150, 3, bits=bits)
    turned = (274, "H", 1, 6, True)
    data = tiff(
        (picture(10, 15), {"photometric": "rgb", "subfiletype": 1, "subifds": 1, "extratags": [turned]}),
        (large, {"photometric": "rgb"}),
    )
    assert np.array_equal(read(data).pixels, np.rot90(large, 3))


@pytest.mark.parametrize(
    "how", [{}, {"compression": "zlib"}, {"compression": "lzw"}, {"compression": "packbits"}]
)
def test_strips_that_are_too_short_are_damage_and_not_black(how: dict[str, Any], picture: Picture) -> None:
    data = bytearray(tiff((picture(40, 30), {"photometric": "rgb", "rowsperstrip": 4, **how})))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        page = file.pages[0]
        assert isinstance(page, tifffile.TiffPage)
        counts = page.tags[279]
    struct.pack_into("<H" if counts.dtype == 3 else "<L", data, counts.valueoffset, counts.value[0] // 2)
    with pytest.raises(ImageFileError, match="damaged or cut off"):
        read(bytes(data))
