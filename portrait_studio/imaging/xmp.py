"""Changes an XMP packet where it would tell what an edit has made untrue, or where the photo was taken.

A packet of which nothing has to go stays as it was, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final
from xml.dom import minidom
from xml.sax.saxutils import escape, quoteattr

_MOST_BYTES: Final = 8 << 20
"""A larger packet is not taken apart, since that takes fifty times its size."""

_CODED: Final = re.compile(r"[A-Za-z0-9+/=]+")
_CODED_LINE: Final = re.compile(rb"[A-Za-z0-9+/=]{40}")
_LEAST_CODED: Final = 512
_LEAST_LINE: Final = 40
"""So long a value in so long words without any mark of speech is a picture in Base64."""
_PICTURE_BEGINS: Final = re.compile(rb"/9j/|iVBORw0KGgo|UklGR|SUkqA|TU0AK|Thumbnails")
"""JPEG, PNG, WebP and TIFF in Base64."""
_THUMBNAILS: Final = ("Thumbnails",)

_PLACE_SPACES: Final = ("http://ns.adobe.com/photoshop/1.0/", "http://iptc.org/std/Iptc4xmp")
_PLACE_NAMES: Final = frozenset(("City", "State", "Country", "Location", "CountryCode", "ProvinceState"))
_PLACE_PARTS: Final = ("gps", "latitude", "longitude", "altitude", "geotag")
_PLACE_STRUCTURES: Final = frozenset(
    ("LocationCreated", "LocationShown", "Sublocation", "WorldRegion", "CountryName", "coverage")
)
_MAY_TELL_PLACE: Final = re.compile(
    "|".join((*_PLACE_NAMES, *_PLACE_STRUCTURES, *_PLACE_PARTS)).encode("ascii"), re.IGNORECASE
)

_REFERENCE: Final = 'xmlns:stRef="http://ns.adobe.com/xap/1.0/sType/ResourceRef#"'
_SOURCE_TYPE: Final = "Iptc4xmpExt:DigitalSourceType"
_SOURCE_TYPE_SPACE: Final = b'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
_SOURCE_TYPES: Final = re.compile(
    # From where white space begins alone: else the padding of a packet takes the square of its length.
    rb"(?<!\s)\s+Iptc4xmpExt:DigitalSourceType\s*=\s*(\"[^\"]*\"|'[^']*')"
    rb"|<Iptc4xmpExt:DigitalSourceType\b[^>]*?(/>|>.*?</Iptc4xmpExt:DigitalSourceType\s*>)",
    re.DOTALL,
)
PARTLY_GENERATED: Final = (
    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
)
"""IPTC's word for a photograph some of whose pixels a trained network has made."""

_EMPTY: Final = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
).encode()
"""A packet that says nothing."""

_Named = minidom.Element | minidom.Attr


def upright(packet: bytes) -> bytes:
    """The packet with orientation 1 and without any picture that it holds.

    Returns:
        Empty where it holds pictures, or may, and cannot be taken apart.
    """
    packet = in_utf_8(packet)
    packet = re.sub(rb"(tiff:Orientation=[\"'])[2-8]([\"'])", rb"\g<1>1\2", packet)
    packet = re.sub(rb"(<tiff:Orientation>)[2-8](</tiff:Orientation>)", rb"\g<1>1\2", packet)
    if b"Thumbnails" not in packet and _CODED_LINE.search(packet) is None:
        return packet
    pruned = _without(packet, _is_picture)
    return packet if not pruned and _PICTURE_BEGINS.search(packet) is None else pruned


def without_place(packet: bytes) -> bytes:
    """The packet without what tells the place; empty where it may tell it and cannot be taken apart."""
    readable = in_utf_8(packet)
    return packet if _MAY_TELL_PLACE.search(readable) is None else _without(readable, _names_place)


def with_ingredients(packet: bytes, ingredients: Sequence[tuple[str, str]]) -> bytes:
    """The packet with other pictures of which this one shows something (`xmpMM:Ingredients` of XMP, part 2).

    Args:
        packet: empty where there is none.
        ingredients: name of the file of each, and what of it.

    Returns:
        The same packet where it cannot be taken apart.
    """
    readable = in_utf_8(packet) or _EMPTY
    items = "".join(
        f"<rdf:li {_REFERENCE} stRef:filePath={quoteattr(name)} stRef:fromPart={quoteattr(part)}/>"
        for name, part in ingredients
    ).encode()
    present = re.search(rb"<xmpMM:Ingredients[^>]*>\s*<rdf:Bag[^>]*>", readable)
    if present is not None:
        return readable[: present.end()] + items + readable[present.end() :]
    bag = b"<xmpMM:Ingredients><rdf:Bag>" + items + b"</rdf:Bag></xmpMM:Ingredients>"
    added = _with_property(readable, b'xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"', bag)
    return added or packet


def with_source_type(packet: bytes, kind: str) -> bytes:
    """The packet with where the picture is from (`DigitalSourceType` of the IPTC Photo Metadata Standard).

    Args:
        packet: empty where there is none; what it said of this before is replaced.
        kind: one of IPTC's words, such as `PARTLY_GENERATED`.

    Returns:
        The packet, or a new one that says only this where the given one cannot be taken apart.
    """
    readable = _SOURCE_TYPES.sub(b"", in_utf_8(packet)) or _EMPTY
    element = f"<{_SOURCE_TYPE}>{escape(kind)}</{_SOURCE_TYPE}>".encode()
    return _with_property(readable, _SOURCE_TYPE_SPACE, element) or _with_property(
        _EMPTY, _SOURCE_TYPE_SPACE, element
    )


def _with_property(readable: bytes, space: bytes, element: bytes) -> bytes:
    """A packet in UTF-8 with one more property; empty where it cannot be taken apart."""
    end = readable.rfind(b"</rdf:RDF>")
    if end < 0:
        return b""
    about = re.search(rb"rdf:about=([\"'])(.*?)\1", readable)
    name = b'""' if about is None else about.group(1) + about.group(2) + about.group(1)
    description = (
        b"<rdf:Description rdf:about=" + name + b" " + space + b">" + element + b"</rdf:Description>"
    )
    return readable[:end] + description + readable[end:]


def in_utf_8(packet: bytes) -> bytes:
    """The packet in UTF-8; XMP allows UTF-16 and UTF-32, too."""
    if b"\0" not in packet[:64]:
        return packet
    marks = {
        b"\xff\xfe\0\0": "utf-32",
        b"\0\0\xfe\xff": "utf-32",
        b"\xff\xfe": "utf-16",
        b"\xfe\xff": "utf-16",
    }
    guesses = [name for mark, name in marks.items() if packet.startswith(mark)]
    guesses += [f"{name}-{end}" for name in ("utf-32", "utf-16") for end in ("le", "be")]
    for name in guesses:
        try:
            text = packet.decode(name)
        except UnicodeDecodeError:
            continue
        if "<" in text[:8]:
            return text.encode("utf-8")
    return packet


def _without(packet: bytes, is_unwanted: Callable[[_Named, str], bool]) -> bytes:
    """Take elements and attributes out of a packet; the wrapper around its XML stays."""
    body = re.search(rb"<(\w+:(?:xmpmeta|xapmeta|RDF))[\s>].*</\1\s*>", packet, re.DOTALL)
    if body is None or len(packet) > _MOST_BYTES or b"<!" in packet:
        return b""
    try:
        document = minidom.parseString(body.group())
    except Exception:
        # expat's errors are no subclass of one that minidom names.
        return b""
    root = document.documentElement
    if root is None or not _prune(root, is_unwanted):
        return packet
    return packet[: body.start()] + root.toxml("utf-8") + packet[body.end() :]


def _prune(element: minidom.Element, is_unwanted: Callable[[_Named, str], bool]) -> bool:
    """Whether anything was taken out."""
    is_changed = False
    for attribute in list(element.attributes.values()):
        if is_unwanted(attribute, attribute.value):
            element.removeAttributeNode(attribute)
            is_changed = True
    for child in list(element.childNodes):
        if not isinstance(child, minidom.Element):
            continue
        texts = "".join(node.data for node in child.childNodes if isinstance(node, minidom.Text))
        if is_unwanted(child, texts):
            element.removeChild(child)
            is_changed = True
        else:
            is_changed = _prune(child, is_unwanted) or is_changed
    return is_changed


def _is_picture(node: _Named, value: str) -> bool:
    words = value.split()
    length = sum(len(word) for word in words)
    is_coded = length >= max(_LEAST_CODED, _LEAST_LINE * len(words)) and all(map(_CODED.fullmatch, words))
    return is_coded or (node.localName or "") in _THUMBNAILS


def _names_place(node: _Named, value: str) -> bool:
    name = node.localName or ""
    if name in _PLACE_STRUCTURES or any(part in name.lower() for part in _PLACE_PARTS):
        return True
    return name in _PLACE_NAMES and (node.namespaceURI or "").startswith(_PLACE_SPACES)
