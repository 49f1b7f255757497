"""What a file says beside its pixels is kept, or its loss is said; what is untrue after an edit goes."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from portrait_studio.imaging import exif, iptc, xmp
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.photo import Metadata, Photo
from portrait_studio.imaging.png import write_png
from portrait_studio.imaging.reading import decode_photo, read_photo
from portrait_studio.imaging.tiff import write_tiff
from portrait_studio.imaging.writing import ExportOptions, write_photo

Picture = Callable[..., NDArray[np.uint8]]
Save = Callable[..., Path]

_XP_TITLE, _ARTIST = 0x9C9B, 315


def read(data: bytes) -> Photo:
    return decode_photo(data, Path("a.bin"))


def png(chunks: bytes = b"", size: int = 8) -> bytes:
    buffer = io.BytesIO()
    write_png(buffer, np.full((size, size, 3), 90, np.uint8), Metadata())
    data = buffer.getvalue()
    return data[:33] + chunks + data[33:]


def chunk(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))


def tags_of(block: bytes) -> dict[int, Any]:
    """Read by Pillow."""
    found = Image.Exif()
    found.load(block)
    return dict(found) | dict(found.get_ifd(0x8769)) | dict(found.get_ifd(0x8825))


def raw_profile(name: str, data: bytes) -> bytes:
    """As ImageMagick writes it."""
    return f"\n{name}\n{len(data):8}\n{data.hex()}\n".encode()


def turned(block: bytes, orientation: int) -> bytes:
    found = Image.Exif()
    found.load(block)
    found[274] = orientation
    return found.tobytes().removeprefix(exif.PREFIX)


@pytest.mark.parametrize("kind", ["exif", "APP1"])
@pytest.mark.parametrize("is_packed", [False, True])
def test_exif_in_a_text_chunk_of_a_png_turns_and_describes(
    kind: str, is_packed: bool, exif_block: bytes
) -> None:
    prefixed = exif.PREFIX + turned(exif_block, 6)
    text = raw_profile(kind, prefixed)
    payload = (
        f"Raw profile type {kind}".encode() + b"\0" + (b"\0" + zlib.compress(text) if is_packed else text)
    )
    name = b"zTXt" if is_packed else b"tEXt"
    pixels = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    buffer = io.BytesIO()
    write_png(buffer, pixels, Metadata())
    data = buffer.getvalue()
    photo = read(data[:33] + chunk(name, payload) + data[33:])
    assert np.array_equal(photo.pixels, np.rot90(pixels, 3))
    assert tags_of(photo.metadata.exif)[271] == "Maker"
    assert photo.metadata.png_chunks == ()


@pytest.mark.parametrize("prefixes", [0, 1, 2, 3])
def test_exif_in_its_own_chunk_with_prefixes(prefixes: int, exif_block: bytes) -> None:
    photo = read(png(chunk(b"eXIf", exif.PREFIX * prefixes + turned(exif_block, 8))))
    assert tags_of(photo.metadata.exif)[271] == "Maker"
    assert exif.orientation(photo.metadata.exif) == 1


def test_iptc_and_xmp_in_text_chunks_of_a_png() -> None:
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
    sets = b"\x1c\x02\x69\x00\x05Hello"
    photo = read(
        png(
            chunk(b"tEXt", b"Raw profile type iptc\0" + raw_profile("iptc", iptc.as_resource(sets)))
            + chunk(b"tEXt", b"Raw profile type xmp\0" + raw_profile("xmp", packet))
        )
    )
    assert (photo.metadata.iptc, photo.metadata.xmp) == (sets, packet)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("directory", ["first", "exif"])
def test_exif_with_a_pointer_beyond_its_end_keeps_the_rest(
    order: str, directory: str, tmp_path: Path
) -> None:
    def entry(tag: int, kind: int, count: int, value: int) -> bytes:
        return struct.pack(f"{order}HHLL", tag, kind, count, value)

    broken = entry(305, 2, 40, 1_000_000)
    first = [entry(271, 2, 6, 8 + 2 + 12 * 4 + 4), entry(34665, 4, 1, 80)]
    first += [broken, entry(34853, 4, 1, 5_000_000)] if directory == "first" else []
    inner = [struct.pack(f"{order}HHLHH", 0x8827, 3, 1, 400, 0)]
    inner += [entry(0x9003, 2, 20, 900_000)] if directory == "exif" else []
    block = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HL", 42, 8)
    block += struct.pack(f"{order}H", len(first)) + b"".join(first) + bytes(4)
    block = block.ljust(62, b"\0") + b"Maker\0"
    block = block.ljust(80, b"\0") + struct.pack(f"{order}H", len(inner)) + b"".join(inner) + bytes(4)
    photo = read(png(chunk(b"eXIf", block)))
    told = "2 damaged entries" if directory == "first" else "One damaged entry"
    assert len(photo.notices) == 1
    assert photo.notices[0].startswith(f"{told} of the photo's EXIF data w")
    for suffix in (".jpg", ".png", ".tif", ".webp", ".avif"):
        path = tmp_path / f"a{suffix}"
        assert write_photo(photo, path).notices == ()
        found = tags_of(read_photo(path).metadata.exif)
        assert (found[271], found[0x8827]) == ("Maker", 400)
        assert 305 not in found


def test_exif_that_is_none_is_said() -> None:
    photo = read(png(chunk(b"eXIf", b"this is no EXIF block at all")))
    assert photo.notices == ("The photo's EXIF data is damaged and was left out.",)
    assert photo.metadata.exif == b""


@pytest.mark.parametrize("name", ["Jörg".encode(), "Jörg".encode("latin-1"), "约尔格".encode()])
def test_names_keep_their_bytes_from_tiff_to_jpeg_and_back(name: bytes, tmp_path: Path) -> None:
    title = "Größe".encode("utf-16-le") + b"\0\0"
    extra = [
        (_ARTIST, 2, len(name) + 1, name + b"\0", True),
        (_XP_TITLE, 1, len(title), title, True),
        (65000, 7, 5, b"own\xffx", True),
    ]
    for big in (False, True):
        buffer = io.BytesIO()
        pixels = np.full((8, 8, 3), 9, np.uint8)
        tifffile.imwrite(buffer, pixels, photometric="rgb", bigtiff=big, metadata=None, extratags=extra)
        photo = read(buffer.getvalue())
        for number, suffix in enumerate((".jpg", ".tif", ".png", ".webp", ".tif")):
            path = tmp_path / f"{number}{suffix}"
            write_photo(photo, path)
            assert name + b"\0" in path.read_bytes()
            assert title in path.read_bytes()
            photo = read_photo(path)
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        assert isinstance(page, tifffile.TiffPage)
        found = page.tags[_ARTIST]
        assert found.valuebytecount == len(name) + 1


def test_what_points_into_an_exif_block_still_does_in_a_tiff(exif_block: bytes, tmp_path: Path) -> None:
    write_photo(Photo(np.zeros((4, 4, 3), np.uint8), metadata=Metadata(exif=exif_block)), tmp_path / "a.tif")
    data = (tmp_path / "a.tif").read_bytes()
    note = exif_block.index(b"maker note")
    assert data[note : note + 10] == b"maker note"
    with Image.open(tmp_path / "a.tif") as image:
        assert image.getexif().get_ifd(0x8769)[0x927C] == b"maker note"


def test_a_pointer_of_a_tiff_to_a_third_directory_is_no_damage(exif_block: bytes, tmp_path: Path) -> None:
    block = Image.Exif()
    block.load(exif_block)
    block[34665] = {0x9003: "2020:01:02 03:04:05", 0xA005: 9_000_000}
    metadata = Metadata(exif=block.tobytes().removeprefix(exif.PREFIX))
    with (tmp_path / "a.tif").open("wb") as file:
        write_tiff(file, np.zeros((4, 4, 3), np.uint8), metadata)
    photo = read_photo(tmp_path / "a.tif")
    assert photo.notices == ()
    assert tags_of(photo.metadata.exif)[0x9003] == "2020:01:02 03:04:05"


@pytest.fixture
def described(tmp_path: Path, picture: Picture) -> Photo:
    """A JPEG photo with IPTC, a path and a thumbnail of Photoshop's, and a comment."""
    sets = b"\x1c\x02\x5a\x00\x05Paris" + b"\x1c\x02\x50\x00\x05J\xc3\xb6rg"
    resources = iptc.as_resource(sets)
    resources += b"8BIM" + struct.pack(">HHL", 2000, 0, 4) + b"path"
    resources += b"8BIM" + struct.pack(">HHL", 1036, 0, 9) + b"thumbnail" + b"\0"
    content = iptc.PHOTOSHOP_PREFIX + resources
    segment = b"\xff\xed" + struct.pack(">H", len(content) + 2) + content
    buffer = io.BytesIO()
    Image.fromarray(picture(16, 16)).save(
        buffer, "JPEG", comment="Grüße".encode(), extra=segment, dpi=(240, 240)
    )
    return read(buffer.getvalue())


def test_iptc_comment_and_paths_survive(described: Photo, tmp_path: Path) -> None:
    for suffix in (".jpg", ".png", ".tif"):
        path = tmp_path / f"a{suffix}"
        written = write_photo(described, path)
        found = read_photo(path).metadata
        assert found.iptc == described.metadata.iptc != b""
        assert found.photoshop == described.metadata.photoshop != b""
        assert b"thumbnail" not in path.read_bytes()
        if suffix == ".jpg":
            assert found.comment == "Grüße".encode()
            with Image.open(path) as image:
                assert image.info["comment"] == "Grüße".encode()
                assert 0x0404 in image.info["photoshop"]
        elif suffix == ".png":
            with Image.open(path) as image:
                assert image.info["Comment"] == "Grüße"
        else:
            assert "comment" in written.notices[0]
            with tifffile.TiffFile(path) as file:
                page = file.pages[0]
                assert isinstance(page, tifffile.TiffPage)
                assert 33723 in page.tags
    assert len(write_photo(described, tmp_path / "a.webp").notices) == 2


def test_tiff_gives_its_iptc(described: Photo, tmp_path: Path) -> None:
    sets = described.metadata.iptc
    for tag, data in ((33723, sets), (34377, iptc.as_resource(sets))):
        buffer = io.BytesIO()
        pixels = np.zeros((4, 4, 3), np.uint8)
        tifffile.imwrite(buffer, pixels, photometric="rgb", extratags=[(tag, 7, len(data), data, True)])
        assert read(buffer.getvalue()).metadata.iptc == sets


def test_texts_time_and_colours_of_a_png_are_kept_or_said(tmp_path: Path) -> None:
    kept = (
        (b"gAMA", struct.pack(">I", 100_000)),
        (b"tEXt", b"Title\0A day"),
        (b"iTXt", b"Author\0\0\0\0\0J\xc3\xb6rg"),
        (b"tIME", struct.pack(">H5B", 2020, 1, 2, 3, 4, 5)),
    )
    photo = read(png(b"".join(chunk(*one) for one in kept)))
    assert photo.metadata.png_chunks == kept
    assert write_photo(photo, tmp_path / "a.png").notices == ()
    assert read_photo(tmp_path / "a.png").metadata.png_chunks == kept
    with Image.open(tmp_path / "a.png") as image:
        assert (image.info["Title"], image.info["gamma"]) == ("A day", 1.0)
    for suffix in (".jpg", ".tif", ".webp", ".avif"):
        texts, colours = write_photo(photo, tmp_path / f"a{suffix}").notices
        assert "Title, Author, tIME" in texts
        assert "gAMA" in colours
    assert read(png(chunk(b"mkBS", b"layers"))).notices == (
        "Data that only its own program understands was left out: mkBS.",
    )


def test_colours_that_are_srgb_anyway_need_no_words(tmp_path: Path) -> None:
    same = chunk(b"sRGB", b"\0") + chunk(b"gAMA", struct.pack(">I", 45455))
    assert write_photo(read(png(same)), tmp_path / "a.jpg").notices == ()


def test_unknown_blocks_and_what_follows_a_jpeg_are_said(picture: Picture) -> None:
    buffer = io.BytesIO()
    segment = b"\xff\xeb\x00\x08JP\0\0\0\0"
    Image.fromarray(picture(16, 16)).save(buffer, "JPEG", extra=segment)
    data = buffer.getvalue()
    assert read(data).notices == ("Data that only its own program understands was left out: APP11.",)
    more = (
        b"\xff\xe1" + struct.pack(">H", 2 + 35 + 9) + b"http://ns.adobe.com/xmp/extension/\0" + b"GImage:Da"
    )
    assert "Extended XMP" in read(data[:2] + more + data[2:]).notices[0]
    assert "follows the picture" in read(data + b"\0\0\0\x18ftypmp42" + b"video" * 400).notices[-1]
    assert read(data.replace(segment, b"") + bytes(5000)).notices == ()


@pytest.mark.parametrize("kind", ["WEBP", "PNG", "GIF", "AVIF", "MPO"])
def test_animations_say_that_one_picture_is_edited(kind: str) -> None:
    first, second = (Image.new("RGB", (16, 16), colour) for colour in ("red", "blue"))
    buffer = io.BytesIO()
    first.save(buffer, kind, save_all=True, append_images=[second])
    notices = read(buffer.getvalue()).notices
    assert len(notices) == 1
    assert "first" in notices[0] or "follows" in notices[0]


def test_webp_keeps_its_resolution(tmp_path: Path, picture: Picture, exif_block: bytes) -> None:
    for block in (b"", exif_block):
        photo = Photo(picture(8, 8), metadata=Metadata(exif=block, dpi=(240.0, 120.0)))
        write_photo(photo, tmp_path / "a.webp")
        again = read_photo(tmp_path / "a.webp")
        assert again.metadata.dpi == (240, 120)
        assert not block or tags_of(again.metadata.exif)[0x9003] == "2020:01:02 03:04:05"
        write_photo(again, tmp_path / "b.jpg")
        with Image.open(tmp_path / "b.jpg") as image:
            assert image.info["dpi"] == (240, 120)


# -- pictures inside of metadata -----------------------------------------------------------------------------


@pytest.fixture
def small_jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (24, 32, 3), dtype=np.uint8)).save(
        buffer, "JPEG"
    )
    return buffer.getvalue()


def test_pictures_in_the_maker_note_go_and_the_rest_of_it_stays(
    small_jpeg: bytes, tmp_path: Path, picture: Picture, save: Save
) -> None:
    note = b"MAKER\0settings" + small_jpeg + b"more settings"
    block = Image.Exif()
    block[271] = "Maker"
    block[34665] = {0x927C: note, 0x9003: "2020:01:02 03:04:05"}
    for cut in (note, note[: len(note) // 2]):
        block[34665] = {0x927C: cut, 0x9003: "2020:01:02 03:04:05"}
        photo = read_photo(save(picture(8, 8), "a.jpg", exif=block.tobytes()))
        found = tags_of(photo.metadata.exif)[0x927C]
        assert len(found) == len(cut)
        assert b"\xff\xd8\xff" not in found
        assert found.startswith(b"MAKER\0settings")
        assert not found[14 : 14 + len(small_jpeg)].strip(b"\0")
        assert cut is not note or found.endswith(b"more settings")


def test_thumbnails_of_strips_go_too(tmp_path: Path) -> None:
    first = struct.pack("<HHHLL", 1, 271, 2, 4, 0x6B614D) + struct.pack("<L", 26)
    second = struct.pack("<H", 2) + struct.pack("<HHLL", 273, 4, 1, 56) + struct.pack("<HHLL", 279, 4, 1, 12)
    block = b"II*\0\x08\0\0\0" + first + second + bytes(4)
    assert len(block) == 56
    kept = exif.upright(block + b"RGBRGBRGBRGB", Extent(4, 4))
    assert b"RGB" not in kept
    assert tags_of(kept)[271] == "Mak"


_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:xmpGImg="http://ns.adobe.com/xap/1.0/g/img/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:own="http://example.org/own/"
 photoshop:City="Paris" photoshop:Headline="A headline" exif:GPSLatitude="48,51N"
 xmp:Rating="5" own:Preview="{picture}">
<photoshop:Country>France</photoshop:Country><Iptc4xmpCore:Location>Montmartre</Iptc4xmpCore:Location>
<exif:GPSLongitude>2,20E</exif:GPSLongitude><dc:creator><rdf:Seq><rdf:li>Jörg</rdf:li></rdf:Seq></dc:creator>
<Iptc4xmpExt:LocationShown><rdf:Bag>
<rdf:li rdf:parseType="Resource"><Iptc4xmpExt:City>Lyon</Iptc4xmpExt:City></rdf:li>
</rdf:Bag></Iptc4xmpExt:LocationShown>
<xmp:Thumbnails><rdf:Alt><rdf:li rdf:parseType="Resource"><xmpGImg:format>JPEG</xmpGImg:format>
<xmpGImg:image>{picture}</xmpGImg:image></rdf:li></rdf:Alt></xmp:Thumbnails>
<own:Depth>{picture}</own:Depth>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-be"])
def test_pictures_in_xmp_go_and_the_rest_of_it_stays(codec: str, small_jpeg: bytes) -> None:
    coded = base64.encodebytes(small_jpeg).decode().replace("\n", "&#xA;")
    kept = xmp.upright(_PACKET.format(picture=coded).encode(codec)).decode("utf-8")
    assert coded[:20] not in kept
    assert "Thumbnails" not in kept
    for word in (
        "Paris",
        "A headline",
        'xmp:Rating="5"',
        "Jörg",
        "Lyon",
        "W5M0MpCehiHzreSzNTczkc9d",
        'end="w"',
    ):
        assert word in kept
    assert xmp.upright(kept.encode()) == kept.encode()


def test_damaged_xmp_with_pictures_is_left_out_and_said(small_jpeg: bytes) -> None:
    packet = b"<x:xmpmeta><broken>" + base64.b64encode(small_jpeg)
    photo = read(png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet)))
    assert photo.metadata.xmp == b""
    assert photo.notices == ("The photo's XMP data is damaged and was left out.",)


# -- where it was taken --------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
def test_no_place_is_told_and_the_rest_is(
    suffix: str, described: Photo, exif_block: bytes, tmp_path: Path
) -> None:
    packet = _PACKET.format(picture="none").encode()
    texts = ((b"tEXt", b"Location\0Paris"), (b"tEXt", b"Title\0A day"))
    metadata = replace(described.metadata, exif=exif_block, xmp=packet, png_chunks=texts)
    path = tmp_path / f"a{suffix}"
    written = write_photo(replace(described, metadata=metadata), path, ExportOptions(keep_place=False))
    data = path.read_bytes()
    for word in (b"Paris", b"France", b"Montmartre", b"Lyon", b"48,51N", b"2,20E", b"maker note"):
        assert word not in data
    found = read_photo(path).metadata
    for word in ("A headline", "Jörg", 'xmp:Rating="5"'):
        assert word in found.xmp.decode("utf-8")
    assert b"J\xc3\xb6rg" in found.iptc
    assert b"Paris" not in found.iptc
    assert tags_of(found.exif)[0x9003] == "2020:01:02 03:04:05"
    assert 2 not in tags_of(found.exif)
    assert "notes" in written.notices[0]
    kept = tmp_path / f"b{suffix}"
    write_photo(replace(described, metadata=metadata), kept)
    assert b"Paris" in read_photo(kept).metadata.iptc
    assert b"Montmartre" in read_photo(kept).metadata.xmp


def test_xmp_that_cannot_be_taken_apart_goes_with_the_place_and_that_is_said(tmp_path: Path) -> None:
    photo = Photo(np.zeros((4, 4, 3), np.uint8), metadata=Metadata(xmp=b"<x>exif:GPSLatitude</x>"))
    written = write_photo(photo, tmp_path / "a.png", ExportOptions(keep_place=False))
    assert "XMP" in written.notices[0]


def test_all_can_be_left_out(described: Photo, exif_block: bytes, tmp_path: Path) -> None:
    chunks = ((b"tEXt", b"Title\0A day"), (b"gAMA", struct.pack(">I", 100_000)))
    metadata = replace(described.metadata, exif=exif_block, png_chunks=chunks)
    for suffix in (".jpg", ".png", ".tif", ".webp", ".avif"):
        path = tmp_path / f"a{suffix}"
        write_photo(replace(described, metadata=metadata), path, ExportOptions(keep_metadata=False))
        found = read_photo(path).metadata
        assert (found.iptc, found.photoshop, found.comment, found.xmp) == (b"", b"", b"", b"")
        assert b"Paris" not in path.read_bytes()
        assert b"A day" not in path.read_bytes()
        assert found.dpi == pytest.approx((240, 240), rel=1e-4)
    assert read_photo(tmp_path / "a.png").metadata.png_chunks == chunks[1:]
