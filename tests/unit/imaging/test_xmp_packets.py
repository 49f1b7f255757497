"""What a picture was made with stands in its XMP packet, where other programs look for it."""

from __future__ import annotations

import re
import time
from xml.dom import minidom

import pytest

from portrait_studio.imaging.xmp import PARTLY_GENERATED, with_ingredients, with_source_type

GIVEN = (("other <1>.jpg", "scene"), ('a "b".png', "face"))
PLAIN = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="uuid:1" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/png"/>'
    b"</rdf:RDF></x:xmpmeta>"
)


def ingredients(packet: bytes) -> list[tuple[str, str]]:
    body = re.search(rb"<x:xmpmeta.*</x:xmpmeta>", packet, re.DOTALL)
    assert body is not None
    (bag,) = minidom.parseString(body.group()).getElementsByTagName("xmpMM:Ingredients")
    items = bag.getElementsByTagName("rdf:li")
    return [(item.getAttribute("stRef:filePath"), item.getAttribute("stRef:fromPart")) for item in items]


@pytest.mark.parametrize(
    "packet", [b"", PLAIN, PLAIN.decode().encode("utf-16-le")], ids=["none", "one", "16"]
)
def test_they_are_named(packet: bytes) -> None:
    assert ingredients(with_ingredients(packet, GIVEN)) == list(GIVEN)


def test_what_is_there_stays() -> None:
    first = with_ingredients(PLAIN, GIVEN[:1])
    assert first.startswith(PLAIN.removesuffix(b"</rdf:RDF></x:xmpmeta>"))
    assert b'rdf:about="uuid:1" xmlns:xmpMM' in first
    assert sorted(ingredients(with_ingredients(first, GIVEN[1:]))) == sorted(GIVEN)


def test_what_cannot_be_taken_apart_is_left() -> None:
    assert with_ingredients(b"no packet", GIVEN) == b"no packet"


def source_types(packet: bytes) -> list[str]:
    body = re.search(rb"<x:xmpmeta.*</x:xmpmeta>", packet, re.DOTALL)
    assert body is not None
    found = minidom.parseString(body.group()).getElementsByTagName("Iptc4xmpExt:DigitalSourceType")
    space = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    assert all(each.namespaceURI == space for each in found)
    return ["".join(node.data for node in each.childNodes) for each in found]  # type: ignore[union-attr]


@pytest.mark.parametrize("packet", [b"", PLAIN, b"no packet"], ids=["none", "one", "broken"])
def test_the_source_type_is_said(packet: bytes) -> None:
    marked = with_source_type(packet, PARTLY_GENERATED)
    assert source_types(marked) == [PARTLY_GENERATED]
    assert packet != PLAIN or b'dc:format="image/png"' in marked


SPACE = b' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
CAPTURED = b"http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"


@pytest.mark.parametrize("is_attribute", [True, False])
def test_what_a_camera_said_is_replaced(is_attribute: bool) -> None:
    if is_attribute:
        said = PLAIN.replace(
            b' dc:format="image/png"', SPACE + b' Iptc4xmpExt:DigitalSourceType="' + CAPTURED + b'"'
        )
    else:
        element = b"<Iptc4xmpExt:DigitalSourceType>" + CAPTURED + b"</Iptc4xmpExt:DigitalSourceType>"
        said = PLAIN.replace(b"/></rdf:RDF>", SPACE + b">" + element + b"</rdf:Description></rdf:RDF>")
    minidom.parseString(said)
    marked = with_source_type(said, PARTLY_GENERATED)
    assert source_types(marked) == [PARTLY_GENERATED]
    assert CAPTURED not in marked


def test_a_packet_with_much_padding_takes_no_time() -> None:
    padded = PLAIN + b" " * 50_000
    begun = time.perf_counter()
    marked = with_source_type(padded, PARTLY_GENERATED)
    assert time.perf_counter() - begun < 0.5
    assert marked.endswith(b" " * 50_000)
