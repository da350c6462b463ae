"""The AIGC label in sound files: written and read without a library, bounded, nothing believed.

MP3: an ID3v2.4 tag with one TXXX frame named AIGC in front of the frames. WAV: a chunk named AIGC
behind the samples. The digest of the payload is that of the MP3 frames, or of the `data` chunk.
"""

import hashlib
import struct

from mutoscope.media.boxes import MalformedFile
from mutoscope.media.provenance import LABEL_BYTES_MAX

NAME = b"AIGC"
CHUNKS_MAX = 1000
FRAMES_MAX = 1000
_ID3 = b"ID3\x04\x00\x00"
_UTF8 = b"\x03"


def labelled_mp3(frames: bytes, label: str) -> bytes:
    """MP3 frames with the label in front."""
    text = _UTF8 + NAME + b"\0" + label.encode()
    frame = b"TXXX" + _syncsafe(len(text)) + b"\0\0" + text
    return _ID3 + _syncsafe(len(frame)) + frame + frames


def labelled_wave(samples: bytes, *, rate: int, channels: int, label: str) -> bytes:
    """16-bit samples as a WAV file with the label behind them."""
    block = 2 * channels
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * block, block, 16)
    chunks = _chunk(b"fmt ", form) + _chunk(b"data", samples) + _chunk(NAME, label.encode())
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def is_sound(head: bytes) -> bool:
    """Whether a file that begins so is one of the two kinds that may carry a label here."""
    return head[:3] == b"ID3" or (head[:4] == b"RIFF" and head[8:12] == b"WAVE")


def sound_labels(data: bytes) -> tuple[list[str], bytes]:
    """Every label in a sound file, and the digest of its payload. MalformedFile when it is none."""
    texts, payload = _read_id3(data) if data[:3] == b"ID3" else _read_riff(data)
    return [text.decode("utf-8", "replace") for text in texts], hashlib.sha256(payload).digest()


def _read_id3(data: bytes) -> tuple[list[bytes], bytes]:
    if len(data) < 10 or data[3] != 4:
        raise MalformedFile("an ID3 tag of another version")
    end = 10 + _from_syncsafe(data[6:10])
    if end > len(data):
        raise MalformedFile("an ID3 tag longer than its file")
    texts, at = [], 10
    for _ in range(FRAMES_MAX):
        if at + 10 > end or data[at] == 0:
            break
        size = _from_syncsafe(data[at + 4 : at + 8])
        body = data[at + 10 : at + 10 + size]
        if at + 10 + size > end:
            raise MalformedFile("an ID3 frame longer than its tag")
        if data[at : at + 4] == b"TXXX" and body[1 : 2 + len(NAME)] == NAME + b"\0":
            texts.append(_bounded(body[2 + len(NAME) :].rstrip(b"\0")))
        at += 10 + size
    return texts, data[end:]


def _read_riff(data: bytes) -> tuple[list[bytes], bytes]:
    texts, payload, at = [], b"", 12
    for _ in range(CHUNKS_MAX):
        if at + 8 > len(data):
            break
        [size] = struct.unpack_from("<I", data, at + 4)
        body = data[at + 8 : at + 8 + size]
        if len(body) < size:
            raise MalformedFile("a chunk longer than its file")
        if data[at : at + 4] == NAME:
            texts.append(_bounded(body))
        elif data[at : at + 4] == b"data":
            payload += body
        at += 8 + size + size % 2
    return texts, payload


def _bounded(text: bytes) -> bytes:
    if len(text) > LABEL_BYTES_MAX:
        raise MalformedFile("a label longer than any")
    return text


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _syncsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def _from_syncsafe(data: bytes) -> int:
    if len(data) != 4 or any(byte > 0x7F for byte in data):
        raise MalformedFile("a size that is none")
    return data[0] << 21 | data[1] << 14 | data[2] << 7 | data[3]
