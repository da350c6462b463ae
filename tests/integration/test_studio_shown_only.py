"""What the studio can not ask for but shows: sounds, and pictures with more around them."""

from tests.support.pictures import png
from tests.support.studio import visitor, words_of
from tests.support.web import Service

from mutoscope.core.request import ReferenceRole, Task, Wish
from mutoscope.generations import Submission, Upload, submit


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


def test_an_expanded_picture_is_taken_again_but_not_remixed_without_its_picture(
    service: Service,
) -> None:
    member = visitor(service).come_in()
    params = {"expand": {"left": 0.5}}
    wish = Wish(task=Task.IMAGE_TO_IMAGE, prompt="", params=params, seed=1)
    uploads = [Upload(ReferenceRole.INSET, png(400, 300), "image")]
    made = submit(service.rooms, Submission(wish=wish, uploads=uploads), service.owner())
    assert service.work() == 1
    page = member.get(f"/generations/{made.id}")
    assert "600 × 300" in words_of(page)
    assert f'href="/?from={made.id}"' not in page.text
    again = member.asked_for(member.post(f"/generations/{made.id}/again"))
    assert again.request.params == member.find(made.id).request.params
    assert (again.request.shape.width, again.request.shape.height) == (600, 300)
    assert again.request.references == member.find(made.id).request.references
