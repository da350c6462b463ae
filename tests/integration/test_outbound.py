import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.support.elsewhere import Elsewhere, certificate, elsewhere, redirect, reply

from mutoscope.core.errors import UrlFailed, UrlRefused
from mutoscope.outbound import AllowedHosts, Outbound, Purpose
from mutoscope.outbound.client import Limits
from mutoscope.outbound.orders import Deadline, TooSlow

IMAGE = Purpose("image", "send the picture in base64")
HOOK = Purpose("callback_url", "poll the task")
PICTURE = ("image/png",)


def at_home(host: str, port: int) -> list[str]:
    """Every name leads to this machine."""
    return ["127.0.0.1"]


def way_out(place: Elsewhere, more: str = "", seconds: float = 5.0) -> Outbound:
    allowed = AllowedHosts.parse(f"{place.allowed},{more}")
    return Outbound(allowed, resolve=at_home, limits=Limits(seconds, seconds))


def fetch(outbound: Outbound, url: str, bytes_max: int = 1000) -> bytes:
    return outbound.fetch(url, IMAGE, bytes_max=bytes_max, media_types=PICTURE)


def test_a_picture_is_fetched_from_an_allowed_host() -> None:
    with elsewhere(reply(b"picture")) as place:
        assert fetch(way_out(place), place.url("/a.png?size=1")) == b"picture"
    head = place.requests[0]
    assert head.startswith(b"GET /a.png?size=1 HTTP/1.1\r\n")
    assert f"Host: elsewhere.test:{place.port}".encode() in head


def test_the_environments_proxies_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with elsewhere(reply(b"picture")) as place:
        assert fetch(way_out(place), place.url()) == b"picture"


def test_a_redirect_to_an_allowed_place_is_followed() -> None:
    with elsewhere(redirect("/b.png"), reply(b"picture")) as place:
        assert fetch(way_out(place), place.url("/a.png")) == b"picture"
    assert place.requests[1].startswith(b"GET /b.png ")


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "https://other.example/",
        "file:///etc/passwd",
        "http://u:p@public.example/",
        "http://[broken",
    ],
)
def test_each_redirect_is_judged_again(location: str) -> None:
    with (
        elsewhere(redirect(location)) as place,
        pytest.raises(UrlRefused) as refusal,
    ):
        fetch(way_out(place, "public.example"), place.url())
    assert refusal.value.field == "image"
    assert len(place.requests) == 1


def test_redirects_come_to_an_end() -> None:
    with elsewhere(redirect("/again")) as place, pytest.raises(UrlFailed, match="more than 3"):
        fetch(way_out(place), place.url())
    assert len(place.requests) == 4


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.0.0.1"], ["::1"], ["8.8.8.8", "127.0.0.1"], ["64:ff9b::7f00:1"]],
)
def test_a_public_name_with_an_inner_address_is_refused(addresses: list[str]) -> None:
    outbound = Outbound(AllowedHosts.parse("*"), resolve=lambda host, port: addresses)
    with pytest.raises(UrlRefused, match="leads to"):
        fetch(outbound, "http://innocent.example/a.png")


def test_a_name_is_resolved_once_and_the_judged_address_is_dialled() -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with elsewhere(reply(b"picture")) as place:
        outbound = Outbound(AllowedHosts.parse(place.allowed), resolve=rebinding)
        assert fetch(outbound, place.url()) == b"picture"
    assert asked == ["elsewhere.test"]


def test_a_rebound_name_is_refused_at_the_redirect_to_itself() -> None:
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    with elsewhere(redirect("/again"), reply(b"secret")) as place:
        outbound = Outbound(
            AllowedHosts.parse(place.allowed), resolve=lambda host, port: next(answers)
        )
        with pytest.raises(UrlRefused, match="link-local"):
            fetch(outbound, place.url())
    assert len(place.requests) == 1


def drip(head: bytes) -> "Iterator[bytes]":
    yield head
    while True:
        yield b"x"


def slowly(head: bytes) -> "object":
    """Send a byte now and then, for ever."""

    def handle(connection: socket.socket) -> None:
        for piece in drip(head):
            connection.sendall(piece)
            time.sleep(0.02)

    return handle


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n"]
)
def test_a_host_that_drips_is_given_up_at_the_deadline(head: bytes) -> None:
    with elsewhere(slowly(head)) as place, pytest.raises(UrlFailed) as failure:  # type: ignore[arg-type]
        fetch(way_out(place, seconds=0.2), place.url(), bytes_max=10**9)
    assert failure.value.field == "image"


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def test_an_endless_body_is_cut_off() -> None:
    with elsewhere(endless) as place, pytest.raises(UrlRefused, match="more than 100000 bytes"):
        fetch(way_out(place), place.url(), bytes_max=100_000)


def test_a_body_that_announces_too_much_is_not_read() -> None:
    announced = reply(head="", body=b"x" * 2000)
    with elsewhere(announced) as place, pytest.raises(UrlRefused, match="more than 1000 bytes"):
        fetch(way_out(place), place.url())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(b"<html>", media_type="text/html; charset=utf-8"), "text/html, not a picture"),
        (reply(b"x", head="Content-Encoding: gzip\r\n"), "compressed"),
        (reply(b"x", status="404 Not Found"), "HTTP status 404"),
        (reply(status="302 Found"), "HTTP status 302"),
        (lambda connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n"), "HTTP properly"),
        (lambda connection: None, "HTTP properly"),
    ],
)
def test_an_answer_that_is_no_picture_is_named(answer: object, words: str) -> None:
    with (
        elsewhere(answer) as place,  # type: ignore[arg-type]
        pytest.raises((UrlRefused, UrlFailed), match=words),
    ):
        fetch(way_out(place), place.url())


def test_a_host_nobody_answers_at_is_named() -> None:
    with elsewhere(reply()) as place:
        pass
    with pytest.raises(UrlFailed, match="can't be reached"):
        fetch(way_out(place), place.url())


def test_a_name_nobody_knows_is_named() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    outbound = Outbound(AllowedHosts.parse("*"), resolve=unknown)
    with pytest.raises(UrlFailed, match="no address"):
        fetch(outbound, "http://nowhere.example/")


def serving_as(folder: Path, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(folder, name))
    return context


@pytest.mark.parametrize(("named", "is_trusted"), [("elsewhere.test", True), ("other.test", False)])
def test_the_certificate_must_be_that_of_the_name(
    named: str, is_trusted: bool, tmp_path: Path
) -> None:
    tls = serving_as(tmp_path, named)
    trust = ssl.create_default_context(cafile=str(tmp_path / f"{named}.pem"))
    with elsewhere(reply(b"picture"), tls=tls) as place:
        outbound = Outbound(AllowedHosts.parse(place.allowed), resolve=at_home, tls=trust)
        url = place.url().replace("http:", "https:")
        if is_trusted:
            assert fetch(outbound, url) == b"picture"
        else:
            with pytest.raises(UrlFailed, match="can't be reached"):
                fetch(outbound, url)


def test_a_certificate_signed_by_nobody_is_refused(tmp_path: Path) -> None:
    tls = serving_as(tmp_path, "elsewhere.test")
    with (
        elsewhere(reply(), tls=tls) as place,
        pytest.raises(UrlFailed, match="can't be reached"),
    ):
        fetch(way_out(place), place.url().replace("http:", "https:"))


def test_a_body_is_posted_and_redirects_are_not_followed() -> None:
    with elsewhere(redirect("/elsewhere")) as place:
        headers = {"Content-Type": "application/json"}
        assert way_out(place).post(place.url("/hook"), HOOK, b'{"a":1}', headers) == 302
    [request] = place.requests
    assert request.startswith(b"POST /hook HTTP/1.1\r\n")
    assert request.endswith(b'{"a":1}')


def test_a_deadline_that_has_passed_leaves_no_time() -> None:
    with pytest.raises(TooSlow):
        Deadline(0).left()
