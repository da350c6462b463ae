import json
from pathlib import Path

from tests.support.program import run


def test_a_shot_list_is_planned_edited_and_rendered(tmp_path: Path) -> None:
    planned = run("storyboard", "plan", "a red car drives left in the desert", "--seconds", "1")
    assert planned.code == 0, planned.err
    assert "car" in planned.err
    shots = json.loads(planned.out)
    assert shots["shots"][0]["place"] == "desert"

    shots["shots"][0]["place"] = "snowfield"
    edited = tmp_path / "shots.json"
    edited.write_text(json.dumps(shots), encoding="utf-8")
    film = tmp_path / "film.mp4"
    options = ["-o", str(film), "--size", "480p", "--seed", "3", "--json"]
    done = run("storyboard", "render", str(edited), *options, data=tmp_path / "data")
    assert done.code == 0, done.err
    assert done.document["shape"]["frames"] == 24
    assert film.read_bytes()[4:8] == b"ftyp"


def test_a_broken_shot_list_is_refused_by_the_field(tmp_path: Path) -> None:
    broken = tmp_path / "shots.json"
    film = tmp_path / "film.mp4"
    for text, named in (
        ("{", "not JSON"),
        ('{"shots": []}', "shots"),
        ('{"shots": [{"seconds": 1e99}]}', "shots[0].seconds"),
        ('{"shots": [{"place": "atlantis"}]}', "shots[0].place"),
    ):
        broken.write_text(text, encoding="utf-8")
        done = run("storyboard", "render", str(broken), "-o", str(film), data=tmp_path / "data")
        assert done.code == 1
        assert named in done.err
    missing = run("storyboard", "render", str(tmp_path / "no.json"), "-o", str(film))
    assert missing.code == 1
    assert not film.exists()
