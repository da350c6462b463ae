"""The address a server listens on."""

import socket

import pytest

from mutoscope.cli.listening import is_loopback, listen, url_of
from mutoscope.core.errors import Conflict, InvalidRequest


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_only_this_machine_reaches_a_loopback_address(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "8.8.8.8"])
def test_others_reach_every_other_address(host: str) -> None:
    assert not is_loopback(host)


def test_a_free_port_is_found_and_answers() -> None:
    with (
        listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()[:2], timeout=5) as caller,
    ):
        assert caller.getpeername() == listener.getsockname()


def test_a_port_in_use_is_refused_with_another_one() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(Conflict, match=f"port {port} on 127.0.0.1 is in use") as refused:
            listen("127.0.0.1", port)
        assert refused.value.fix is not None
        assert f"--port {port + 1}" in refused.value.fix


@pytest.mark.parametrize("host", ["203.0.113.9", "no such host", "300.1.1.1"])
def test_an_address_that_is_not_ours_is_refused(host: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        listen(host, 0)
    assert refused.value.field == "--host"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
    ],
)
def test_the_url_can_be_opened_on_this_machine(host: str, url: str) -> None:
    assert url_of(host, 80) == url
