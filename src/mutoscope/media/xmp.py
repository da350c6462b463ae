"""The AIGC label in pictures: an XMP packet, and our own bounded reader of what holds it."""

import struct
import zlib
from collections.abc import Iterator

from mutoscope.media.boxes import MalformedFile
from mutoscope.media.provenance import LABEL_BYTES_MAX

PNG_KEYWORD = "XML:com.adobe.xmp"
PACKET_BYTES_MAX = LABEL_BYTES_MAX
CHUNKS_MAX = 100_000

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_OPENING, _CLOSING = "<TC260:AIGC>", "</TC260:AIGC>"
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
<Iptc4xmpExt:DigitalSourceType>\
http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia\
</Iptc4xmpExt:DigitalSourceType>
<TC260:AIGC>{value}</TC260:AIGC>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def label_packet(aigc: str) -> str:
    """An XMP packet that holds this label and says that a trained model made the picture."""
    return _PACKET.format(
        value=aigc.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    )


def aigc_values(picture: bytes) -> list[str]:
    """Every AIGC value in the XMP of a PNG, JPEG or WebP."""
    return [value for packet in xmp_packets(picture) for value in _values(packet)]


def xmp_packets(picture: bytes) -> Iterator[str]:
    """Every XMP packet of a PNG, JPEG or WebP; none in anything else."""
    if picture.startswith(_PNG):
        return _png_packets(picture)
    if picture.startswith(_JPEG):
        return _jpeg_packets(picture)
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return _webp_packets(picture)
    return iter(())


def _values(packet: str) -> Iterator[str]:
    """Plain search, no XML parser: no entities to explode, and one pass however it is built."""
    end = 0
    while (start := packet.find(_OPENING, end)) >= 0:
        start += len(_OPENING)
        end = packet.find(_CLOSING, start)
        if end < 0:
            return
        escaped = packet[start:end]
        for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
            escaped = escaped.replace(entity, character)
        yield escaped


def _png_packets(picture: bytes) -> Iterator[str]:
    position = len(_PNG)
    for _ in range(CHUNKS_MAX):
        if position + 8 > len(picture):
            return
        length, kind = struct.unpack_from(">I4s", picture, position)
        body = _slice(picture, position + 8, length)
        if kind == b"iTXt" and body.startswith(PNG_KEYWORD.encode() + b"\0"):
            yield _text(_itxt(body))
        position += 12 + length
    raise MalformedFile(f"more than {CHUNKS_MAX} chunks")


def _itxt(body: bytes) -> bytes:
    """The text of an iTXt chunk: keyword, compressed?, method, language, translation, text."""
    flags = body.index(b"\0") + 1
    parts = body[flags + 2 :].split(b"\0", 2)
    if len(parts) < 3:
        raise MalformedFile("a text chunk is cut short")
    if body[flags] == 0:
        return parts[2]
    try:
        return zlib.decompressobj().decompress(parts[2], PACKET_BYTES_MAX + 1)
    except zlib.error as error:
        raise MalformedFile("a text chunk can't be unpacked") from error


def _jpeg_packets(picture: bytes) -> Iterator[str]:
    position = 2
    for _ in range(CHUNKS_MAX):
        if position + 4 > len(picture) or picture[position] != 0xFF:
            return
        marker, length = struct.unpack_from(">xBH", picture, position)
        if marker in {0xDA, 0xD9}:  # the picture itself begins, or it is over
            return
        if length < 2:
            raise MalformedFile("a segment is cut short")
        body = _slice(picture, position + 4, length - 2)
        if marker == 0xE1 and body.startswith(_JPEG_XMP):
            yield _text(body[len(_JPEG_XMP) :])
        position += 2 + length
    raise MalformedFile(f"more than {CHUNKS_MAX} segments")


def _webp_packets(picture: bytes) -> Iterator[str]:
    position = 12
    for _ in range(CHUNKS_MAX):
        if position + 8 > len(picture):
            return
        kind, length = struct.unpack_from("<4sI", picture, position)
        body = _slice(picture, position + 8, length)
        if kind == b"XMP ":
            yield _text(body)
        position += 8 + length + length % 2
    raise MalformedFile(f"more than {CHUNKS_MAX} chunks")


def _slice(picture: bytes, start: int, length: int) -> bytes:
    if start + length > len(picture):
        raise MalformedFile("a chunk is longer than the picture")
    return picture[start : start + length]


def _text(packet: bytes) -> str:
    if len(packet) > PACKET_BYTES_MAX:
        raise MalformedFile("an XMP packet is too long")
    return packet.decode("utf-8", "replace")
