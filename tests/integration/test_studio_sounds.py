"""Sounds in the studio: listed, played, downloaded, and never taken for pictures."""

from tests.support.studio import visitor, words_of
from tests.support.web import Service

from mutoscope.core.request import Task, Wish
from mutoscope.generations import Submission, submit


def test_a_sound_is_played_and_listed(service: Service) -> None:
    member = visitor(service).come_in()
    wish = Wish(
        task=Task.TEXT_TO_AUDIO, prompt="rain", seconds=3, params={"sounds": ["rain"]}, seed=1
    )
    made = submit(service.rooms, Submission(wish=wish), service.owner())
    waiting = member.get(f"/generations/{made.id}")
    assert waiting.status_code == 200
    assert service.work() == 1
    [sound] = member.find(made.id).results
    page = member.get(f"/generations/{made.id}")
    assert f'<audio controls preload="metadata" src="/media/{sound.id}"' in page.text
    assert "<img" not in page.text.partition("<aside")[0].partition('class="screen"')[2]
    assert "AI生成" in words_of(page)
    assert "2 × 2" not in words_of(page)
    assert "/?from=" not in page.text
    file = member.get(f"/media/{sound.id}")
    assert file.headers["content-type"] == "audio/mpeg"
    assert file.content[:3] == b"ID3"
    card = member.get("/library").text.partition("<article")[2]
    assert "<span>Sound</span>" in card
    assert "<span>Canceled</span>" not in card
    for kind in ("picture", "video"):
        assert str(made.id) not in member.get(f"/library?kind={kind}").text
    packed = member.post("/library/zip", {"of": str(made.id)})
    assert b"-1.mp3" in packed.content
