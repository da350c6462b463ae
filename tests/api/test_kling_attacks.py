"""Bodies that are meant to do harm: each is refused by name, and nothing is left behind."""

import base64
import struct
import zlib
from pathlib import Path

import pytest
from tests.support.kling_house import KlingHouse
from tests.support.pictures import base64_png
from tests.support.web import open_service

TEXT = "/v1/videos/text2video"
IMAGE = "/v1/videos/image2video"
MEGABYTE = 2**20


TOO_MANY_PARTS = "body: the JSON has more than 100000 parts"


def post(
    kling: KlingHouse, content: bytes, path: str = TEXT, content_type: str = "application/json"
) -> tuple[int, int, str]:
    """Status, code and message of a raw body."""
    headers = kling.service.headers | {"Content-Type": content_type}
    reply = kling.service.client.post(path, content=content, headers=headers)
    return reply.status_code, reply.json()["code"], reply.json()["message"]


def stored_files(kling: KlingHouse) -> list[Path]:
    folder = kling.service.settings.data / "blobs"
    return [path for path in folder.rglob("*") if path.is_file()]


def png_claiming(width: int, height: int) -> str:
    """A PNG of one bit a pixel that says it is this large, and is."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    row = b"\0" * (1 + (width + 7) // 8)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + parts).decode()


@pytest.mark.parametrize("opening", [b"[", b'{"prompt":', b'{"a":['], ids=["list", "prompt", "any"])
def test_twenty_megabytes_of_brackets(shared_kling: KlingHouse, opening: bytes) -> None:
    content = opening * (20 * MEGABYTE // len(opening))
    assert post(shared_kling, content) == (400, 1201, TOO_MANY_PARTS)


@pytest.mark.parametrize("opening", [b"[", b'{"prompt":', b'{"a":['], ids=["list", "prompt", "any"])
def test_brackets_all_the_way_down(shared_kling: KlingHouse, opening: bytes) -> None:
    content = opening * 40_000
    assert post(shared_kling, content) == (400, 1201, "body: the JSON is nested too deeply")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
@pytest.mark.parametrize("part", [b"[],", b"1,", b'{"a":1},', b'"k":1,'], ids=repr)
def test_many_small_parts_are_never_parsed(
    shared_kling: KlingHouse, part: bytes, content_type: str
) -> None:
    content = b'{"prompt": "a cat", "x": [' + part * 100_000 + b"1]}"
    assert post(shared_kling, content, content_type=content_type) == (400, 1201, TOO_MANY_PARTS)


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_parts_can_not_hide_in_another_encoding(shared_kling: KlingHouse, name: str) -> None:
    # One byte of this letter is a quote in UTF-8.
    text = '{"prompt": "a cat", "x": ["\u2200", ' + "[]," * 100_000 + "1]}"
    assert post(shared_kling, text.encode(name)) == (400, 1201, TOO_MANY_PARTS)


@pytest.mark.parametrize(
    "marks", [b"a,b[c{", rb"\"],[{", rb"\\\",", rb"\n,", "，,".encode()], ids=repr
)
def test_what_stands_within_a_text_is_no_part(shared_kling: KlingHouse, marks: bytes) -> None:
    content = b'{"prompt": "", "x": "' + marks * 200_000 + b'"}'
    assert post(shared_kling, content)[2].startswith("prompt: the prompt is empty")


@pytest.mark.parametrize("end", [rb"\\", rb"\"\\", b""], ids=repr)
def test_parts_behind_a_text_are_counted(shared_kling: KlingHouse, end: bytes) -> None:
    content = b'{"prompt": "' + end + b'", "x": [' + b"1," * 100_001 + b"1]}"
    assert post(shared_kling, content) == (400, 1201, TOO_MANY_PARTS)


def test_millions_of_quotes_are_never_parsed(shared_kling: KlingHouse) -> None:
    assert post(shared_kling, b'"' * 20 * MEGABYTE) == (400, 1201, TOO_MANY_PARTS)


def test_as_many_parts_as_we_read(shared_kling: KlingHouse) -> None:
    content = b'{"prompt": "", "x": [' + b"1," * 99_000 + b"1]}"
    assert post(shared_kling, content)[2].startswith("prompt: the prompt is empty")


def test_a_body_larger_than_we_read(tmp_path: Path) -> None:
    with open_service(tmp_path / "data", body_bytes_max=1000) as service:
        status, code, message = post(KlingHouse(service), b'{"prompt": "' + b"x" * 1000 + b'"}')
    assert (status, code) == (400, 1201)
    assert message == "body: the body is larger than 1000 bytes"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"7",
        b'"text"',
        b"[]",
        b"\xff\xfe",
        b'{"prompt": "\xc3\x28"}',
        b"prompt=x",
    ],
    ids=repr,
)
def test_bodies_that_are_no_object(shared_kling: KlingHouse, content: bytes) -> None:
    status, code, message = post(shared_kling, content)
    assert (status, code) == (400, 1201)
    assert message.startswith("body")


@pytest.mark.parametrize(
    "value",
    [
        *("NaN", "Infinity", "-Infinity", "1e400", "-1", "0", "1e308", "[5]", '{"s": 5}', "true"),
        *('"5s"', '"NaN"', '"1e3"', '"٥"', '"' + "5" * 5000 + '"'),
    ],
)
def test_durations_that_are_none(shared_kling: KlingHouse, value: str) -> None:
    content = f'{{"prompt": "a cat", "duration": {value}}}'.encode()
    status, code, message = post(shared_kling, content)
    assert (status, code) == (400, 1201)
    assert message.startswith("duration")


def test_a_number_of_ten_thousand_digits(shared_kling: KlingHouse) -> None:
    content = b'{"prompt": "a cat", "duration": ' + b"5" * 10_000 + b"}"
    assert post(shared_kling, content)[:2] == (400, 1201)


@pytest.mark.parametrize("axis", ["NaN", "-Infinity", "1e99", '"far"', "[]", "{}"])
def test_camera_moves_that_are_none(shared_kling: KlingHouse, axis: str) -> None:
    control = f'{{"type": "simple", "config": {{"zoom": {axis}}}}}'
    content = f'{{"prompt": "a cat", "camera_control": {control}}}'.encode()
    status, code, message = post(shared_kling, content)
    assert (status, code) == (400, 1201)
    assert message.startswith("camera_control.config")


@pytest.mark.parametrize("field", ["prompt", "external_task_id", "model_name", "aspect_ratio"])
@pytest.mark.parametrize("text", ["\\ud800", "\\u0000"], ids=["lone surrogate", "NUL"])
def test_text_that_is_none(shared_kling: KlingHouse, field: str, text: str) -> None:
    fields = {"prompt": "a cat", field: f"x{text}"}
    content = "{" + ", ".join(f'"{name}": "{value}"' for name, value in fields.items()) + "}"
    status, code, message = post(shared_kling, content.encode())
    assert (status, code) in {(400, 1201), (404, 1203)}
    assert message.startswith(field)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "%2e%2e", "%00", "1" * 900, "٧", "-1", "' OR 1"]
)
def test_task_ids_that_are_none(shared_kling: KlingHouse, name: str) -> None:
    reply = shared_kling.ask("GET", f"{TEXT}/{name}")
    assert (reply.status_code, reply.json()["code"]) in {(400, 1201), (404, 1203)}


def test_a_megabyte_of_base64_that_is_no_picture(shared_kling: KlingHouse) -> None:
    status, code, message = shared_kling.refusal(IMAGE, {"image": "A" * MEGABYTE})
    assert (status, code) == (400, 1201)
    assert message.startswith("image: this is no picture")


def test_more_base64_than_a_picture_may_have(shared_kling: KlingHouse) -> None:
    status, code, message = shared_kling.refusal(IMAGE, {"image": "A" * 15 * MEGABYTE})
    assert (status, code) == (400, 1201)
    assert message.startswith("image: the picture has more than 10 MiB")


def test_a_picture_of_nine_hundred_million_pixels(shared_kling: KlingHouse) -> None:
    status, code, message = shared_kling.refusal(IMAGE, {"image": png_claiming(30_000, 30_000)})
    assert (status, code) == (400, 1201)
    assert message.startswith("image: the picture is 30000x30000")


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/x.png", "HTTPS://example.com/x.png", "file:///etc/passwd", "//host/x.png"],
)
def test_no_address_is_ever_fetched(shared_kling: KlingHouse, address: str) -> None:
    status, code, message = shared_kling.refusal(IMAGE, {"image": address})
    assert (status, code) == (400, 1201)
    assert message.startswith("image")


def test_a_refused_request_keeps_no_pictures(kling: KlingHouse) -> None:
    first, second = base64_png(640, 360), base64_png(640, 360, "blue")
    kling.refusal(IMAGE, {"image": first, "image_tail": "aGVsbG8gd29ybGQ="})
    kling.refusal(IMAGE, {"image": first, "model_name": "storyboard", "duration": "600"})
    kling.service.spend_everything()
    assert kling.refusal(IMAGE, {"image": first, "image_tail": second})[:2] == (429, 1102)
    assert stored_files(kling) == []


def test_a_data_url_and_line_breaks_are_forgiven(kling: KlingHouse) -> None:
    plain = base64_png(640, 360)
    wrapped = "\n".join(plain[start : start + 76] for start in range(0, len(plain), 76))
    for image in (f"data:image/png;base64,{plain}", wrapped):
        assert kling.ask("POST", IMAGE, {"image": image}).status_code == 200


def test_a_signed_link_can_not_be_guessed(kling: KlingHouse) -> None:
    task = kling.client().call("POST", TEXT, {"prompt": "a cat"})
    kling.work()
    done = kling.client().call("GET", f"{TEXT}/{task['task_id']}")
    [video] = done["task_result"]["videos"]
    before, _, after = video["url"].partition("/files/")
    token, _, name = after.partition("/")
    head, body, signature = token.split(".")
    swapped = signature[:-2] + ("AA" if signature[-2:] != "AA" else "BB")
    for forged in (f"{head}.{body}.{swapped}", f"{head}.{body}.", video["id"], token[::-1]):
        assert kling.ask("GET", f"{before}/files/{forged}/{name}").status_code == 404
    assert kling.ask("GET", video["url"], headers={}).status_code == 200


def test_an_unexpected_error_is_5000_and_tells_nothing(kling: KlingHouse) -> None:
    with kling.service.rooms.database.transaction() as tx:
        tx.exec_driver_sql("ALTER TABLE generation RENAME TO elsewhere")
    reply = kling.ask("GET", TEXT)
    assert (reply.status_code, reply.json()["code"]) == (500, 5000)
    assert "generation" not in reply.json()["message"]
