"""The commands that look after keys, credits, jobs, models and people, as programs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.support.program import environment, house, run

from mutoscope.core.credits import Millicredits
from mutoscope.core.ids import OrganizationId
from mutoscope.db.schema import account, transfer
from mutoscope.generations import Rooms
from mutoscope.settings import Settings
from mutoscope.wiring import administrator


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that these tests share."""
    return tmp_path_factory.mktemp("commands") / "data"


def organization(rooms: Rooms) -> OrganizationId:
    """Whose wallet it is."""
    return administrator(rooms).organization_id


def test_help_and_wrong_options_load_neither_the_database_nor_the_models() -> None:
    program = (
        "import sys; sys.argv = ['mutoscope', *{arguments}]\n"
        "from mutoscope.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: print(end.code, *sorted(sys.modules))"
    )
    heavy = {"sqlalchemy", "numpy", "uvicorn", "fastapi", "torch", "av", "mutoscope.wiring"}
    for arguments, code in ((["--help"], "0"), (["generate", "--nonsense"], "2")):
        done = subprocess.run(
            [sys.executable, "-c", program.format(arguments=arguments)],
            capture_output=True,
            text=True,
            check=True,
        )
        ended, *modules = done.stdout.splitlines()[-1].split()
        assert ended == code
        assert not heavy & set(modules)


def test_a_key_is_restricted_to_networks_and_freed_again(data: Path) -> None:
    made = run("keys", "create", "--json", data=data).document
    wrong = run("keys", "restrict", made["id"], "--from", "10.0.0.0/99", data=data)
    assert (wrong.code, "10.0.0.0/99" in wrong.err) == (1, True)
    told = run("keys", "restrict", made["id"], "--from", "10.0.0.0/8", "--from", "::1", data=data)
    assert told.out.strip() == f"{made['id']}: from 10.0.0.0/8,::1/128"
    with house(data) as rooms, rooms.database.snapshot() as tx:
        assert not rooms.keys.by_api_key(tx, made["api_key"]).networks.hold("192.168.1.1")
    assert "from anywhere" in run("keys", "restrict", made["id"], data=data).out


def test_a_created_key_is_printed_once_and_works(data: Path) -> None:
    made = run("keys", "create", "--name", "for a test", "--json", data=data)
    assert made.code == 0
    assert set(made.document) == {"id", "access_key", "secret_key", "api_key"}
    with house(data) as rooms, rooms.database.snapshot() as tx:
        assert rooms.keys.by_api_key(tx, made.document["api_key"]).name == "for a test"
    listed = run("keys", "list", data=data)
    assert made.document["access_key"] in listed.out
    assert made.document["secret_key"] not in listed.out


def test_a_revoked_key_is_no_longer_listed(data: Path) -> None:
    made = run("keys", "create", "--json", data=data).document
    assert run("keys", "revoke", made["id"], data=data).code == 0
    assert made["id"] not in [
        key["id"] for key in run("keys", "list", "--json", data=data).document
    ]
    again = run("keys", "revoke", made["id"], data=data)
    assert (again.code, again.err) == (1, f"error: no key {made['id']}\n")


def test_granted_credits_can_be_spent_and_the_books_add_up(data: Path) -> None:
    before = float(run("credits", "show", "--json", data=data).document["available"])
    granted = run("credits", "grant", "12.345", "--json", data=data)
    assert granted.document["granted"] == "12.345"
    assert float(granted.document["available"]) == pytest.approx(before + 12.345)
    audit = run("credits", "audit", "--json", data=data)
    assert (audit.code, audit.document) == (0, {"ok": True, "problems": []})


def test_the_audit_finds_a_wallet_that_was_tampered_with(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with house(data) as rooms, rooms.database.transaction() as tx:
        tx.execute(update(account).values(credits_posted=account.c.credits_posted + 1000))
    audit = run("credits", "audit", data=data)
    assert audit.code == 1
    assert "lines say" in audit.out


def test_the_audit_finds_a_line_that_was_tampered_with(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with house(data) as rooms, rooms.database.transaction() as tx:
        tx.exec_driver_sql("DROP TRIGGER ledger_keeps_update")
        tx.execute(update(transfer).values(amount=transfer.c.amount + 1000))
    audit = run("credits", "audit", data=data)
    assert audit.code == 1
    assert "wallet:" in audit.out


def test_the_audit_finds_an_orphaned_hold(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with house(data) as rooms, rooms.database.transaction() as tx:
        rooms.ledger.reserve(tx, "12345", organization(rooms), Millicredits(10_000))
    audit = run("credits", "audit", data=data)
    assert audit.code == 1
    assert "12345: orphaned hold of 10 credits" in audit.out


def test_models_are_described_for_people_and_for_scripts(data: Path) -> None:
    assert "720p" in run("models", "show", "storyboard", data=data).out
    listed = run("models", "list", "--json", data=data).document["models"]
    assert listed[0] == run("models", "show", "storyboard", "--json", data=data).document
    assert listed[0]["price"]["per_second"]["720p"] == "2"
    assert "分镜动态预览" in run("models", "list", data=data).out


def test_every_setting_is_printed_with_its_default_and_its_help(data: Path) -> None:
    rows = run("settings", "--json", data=data, env={"MUTOSCOPE_PORT": "9000"}).document
    assert [row["name"] for row in rows] == list(Settings.model_fields)
    assert all(row["help"] for row in rows)
    port = next(row for row in rows if row["name"] == "port")
    assert (port["value"], port["default"], port["variable"]) == (9000, 8642, "MUTOSCOPE_PORT")


def test_a_password_is_read_from_standard_input(data: Path) -> None:
    short = run("people", "password", "admin@localhost", data=data, text="short\n")
    assert (short.code, short.out) == (1, "")
    assert "10 to 200 characters" in short.err
    assert (
        run(
            "people", "password", "admin@localhost", data=data, text="长密码也可以用的呀真的\n"
        ).code
        == 0
    )
    with house(data) as rooms, rooms.database.snapshot() as tx:
        rooms.people.check_password(tx, "admin@localhost", "长密码也可以用的呀真的")


def test_a_link_signs_in_once(data: Path) -> None:
    printed = run("people", "link", data=data).out.strip()
    assert printed.startswith("http://127.0.0.1:8642/sign-in?token=")
    with house(data) as rooms, rooms.database.transaction() as tx:
        token = printed.partition("token=")[2]
        assert rooms.people.use_link(tx, token).email == "admin@localhost"


REFUSALS = [
    (("credits", "grant", "lots"), "error: AMOUNT: not a number of credits: 'lots'"),
    (("credits", "grant", "--", "-5"), "error: AMOUNT: credits must be positive"),
    (("jobs", "show", "12"), "error: there is no such generation"),
    (("jobs", "show", "one"), "error: there is no job 'one'"),
    (("people", "password", "nobody@here"), "error: nobody here has the address nobody@here"),
]


@pytest.mark.parametrize(("arguments", "complaint"), REFUSALS)
def test_what_can_be_expected_to_go_wrong_is_one_line(
    data: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    # Before the arguments: "--" ends the options.
    refused = run(arguments[0], arguments[1], "--data", str(data), *arguments[2:])
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith(complaint)
    assert "Traceback" not in refused.err


def test_a_wrong_option_is_a_usage_error(data: Path) -> None:
    assert run("jobs", "list", "--state", "lost", data=data).code == 2
    assert run("credits", "burn", data=data).code == 2


def test_a_wrong_setting_is_named(data: Path) -> None:
    refused = run("credits", "show", data=data, env={"MUTOSCOPE_PORT": "http"})
    assert refused.code == 1
    assert "MUTOSCOPE_PORT is 'http'" in refused.err
    refused = run("serve", "--port", "70000", data=data)
    assert refused.code == 1
    assert "--port is 70000" in refused.err


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_text("not a folder")
    refused = run("credits", "show", data=path)
    assert refused.code == 1
    assert str(path) in refused.err
    assert "Traceback" not in refused.err


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "mutoscope.db").write_bytes(b"not a database, but long enough to be one" * 100)
    refused = run("credits", "show", data=tmp_path)
    assert refused.code == 1
    assert "the database can't be used: file is not a database" in refused.err
    assert "Traceback" not in refused.err


def test_the_web_process_loads_no_codec_no_pixels_and_no_torch() -> None:
    heavy = ["torch", "numpy", "av", "cv2", "PIL", "mutoscope.storyboard", "mutoscope.engine"]
    look = f"print(json.dumps([name for name in {heavy} if name in sys.modules]))"
    code = f"import mutoscope.app, sys, json; {look}"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment()
    )
    assert json.loads(done.stdout) == []
