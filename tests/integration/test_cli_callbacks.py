"""Callbacks of the program as people run it: delivered past a kill, listed, shown and replayed."""

import json
from pathlib import Path

from standardwebhooks import Webhook
from tests.support.elsewhere import Elsewhere, elsewhere, reply
from tests.support.program import eventually, house, run, serving

BODY = {"prompt": "a red balloon over the sea", "seconds": 1, "size": "480p"}


def states_heard(place: Elsewhere) -> list[str]:
    return [json.loads(each.partition(b"\r\n\r\n")[2])["state"] for each in place.requests]


def tries(data: Path) -> int:
    """How many tries of any callback are written down."""
    with house(data) as rooms, rooms.database.snapshot() as tx:
        return len(tx.exec_driver_sql("SELECT id FROM delivery_try").all())


def test_callbacks_outlive_a_kill_and_can_be_replayed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with elsewhere(reply(status="500 Not Yet"), reply()) as place:
        url = f"http://127.0.0.1:{place.port}/hook"
        env = {"MUTOSCOPE_ALLOWED_HOSTS": f"127.0.0.1:{place.port}+private"}
        secret = run("callbacks", "secret", "--json", data=data, env=env).document["secret"]
        with serving(data, env=env) as service:
            with service.client as client:
                asked = client.post("/generations", json=BODY | {"callback_url": url})
            assert asked.status_code == 202, asked.text
            eventually(lambda: tries(data), "the first try")
            for child in service.children():
                child.kill()
            eventually(lambda: "succeeded" in states_heard(place), "the last news")
            heard = states_heard(place)
            listed = run("callbacks", "list", "--json", data=data).document
            again = listed[0]["id"]
            assert run("callbacks", "replay", str(again), data=data).code == 0
            eventually(lambda: len(place.requests) > len(heard), "the replay")
    assert list(dict.fromkeys(heard)) == ["queued", "running", "succeeded"]
    assert heard.count("queued") >= 2
    assert states_heard(place)[-1] == "succeeded"
    assert {each["generation_id"] for each in listed} == {asked.json()["id"]}
    shown = run("callbacks", "show", str(listed[-1]["id"]), "--json", data=data).document
    assert [each["answer"] for each in shown["history"]][:1] == [500]
    head, _, body = place.requests[-1].partition(b"\r\n\r\n")
    pairs = (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    Webhook(secret).verify(body, dict(pairs))


def test_what_was_never_sent_is_not_replayed(tmp_path: Path) -> None:
    assert run("keys", "create", data=tmp_path / "data").code == 0
    refused = run("callbacks", "replay", "999", data=tmp_path / "data")
    assert (refused.code, refused.out) == (1, "")
    assert "no delivery 999" in refused.err
