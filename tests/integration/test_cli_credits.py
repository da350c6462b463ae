"""What the house does about money on the command line."""

from pathlib import Path

from tests.support.program import run


def test_a_code_is_made_redeemed_and_accounted_for(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run("keys", "create", data=data)
    made = run("codes", "make", "1", "20", "--days", "30", data=data)
    code = made.out.strip()
    assert run("credits", "redeem", code, data=data).out.strip() == "brought 20"
    again = run("credits", "redeem", code, data=data)
    assert (again.code, "redeemed before" in again.err) == (1, True)
    shown = run("credits", "show", "--json", data=data).document
    assert [(lot["kind"], lot["free"]) for lot in shown["lots"]] == [
        ("redeem", "20"),
        ("welcome", "10000"),
    ]
    rows = run("credits", "statement", data=data).out.splitlines()
    assert [row.split(",")[2] for row in rows[1:]] == ["opening", "welcome", "redeem", "closing"]
    assert run("credits", "audit", data=data).code == 0


def test_a_plan_is_put_given_and_its_price_set(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run("keys", "create", data=data)
    words = ("--title-en", "Pro", "--title-zh", "专业版", "--price-minor", "9900")
    put = run("plans", "put", "pro", *words, "--credits", "500", data=data)
    assert put.code == 0, put.err
    given = run("plans", "give", "pro", data=data)
    assert given.out.endswith("has pro\n")
    lots = run("credits", "show", "--json", data=data).document["lots"]
    assert lots[0]["kind"] == "plan"
    wrong = run("plans", "give", "gold", data=data)
    assert "fix: one of pro" in wrong.err
    run("prices", "set", "storyboard", "720p", "second", "2.5", data=data)
    (price,) = run("prices", "list", "--json", data=data).document
    assert (price["version"], price["amount"], price["task"]) == (1, "2.5", None)
    words = ("storyboard", "720p", "second", "4", "--task", "image_to_video")
    said = run("prices", "set", *words, data=data).out
    assert said == "version 2: image_to_video by storyboard 720p costs 4 a second\n"
    assert run("prices", "list", "--json", data=data).document[0]["task"] == "image_to_video"
