import json
from pathlib import Path

import pytest
from tests.support.pictures import png
from tests.support.studio import SMALL, Fields, Visitor, visitor, words_of
from tests.support.web import Service

from mutoscope.core.request import ReferenceRole, Task

HTMX = {"HX-Request": "true"}


@pytest.fixture
def member(service: Service) -> Visitor:
    return visitor(service).come_in()


def held(member: Visitor) -> int:
    rooms = member.service.rooms
    with rooms.database.snapshot() as tx:
        return rooms.ledger.balance(tx, member.service.owner().organization_id).held


def add_model(service: Service, name: str, pipeline: str) -> None:
    """A checkpoint as far as the catalogue looks at it."""
    folder = Path(service.settings.data) / "models" / name
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text(json.dumps({"_class_name": pipeline}))


def test_a_sentence_becomes_a_generation_with_every_choice_kept(member: Visitor) -> None:
    camera = '{"config":{"zoom":-5},"type":"simple"}'
    choices = {"negative_prompt": "rain", "ratio": "9:16", "fps": "30", "count": "2"}
    generation_id = member.make("a red balloon", **choices, knob_camera_control=camera)
    request = member.find(generation_id).request
    assert (request.prompt, request.negative_prompt) == ("a red balloon", "rain")
    assert request.task is Task.TEXT_TO_VIDEO
    assert (request.shape.width, request.shape.height) == (480, 854)
    assert (request.shape.frames, request.shape.fps) == (30, 30)
    assert (request.seed, request.count) == (7, 2)
    assert request.params["camera_control"] == {"type": "simple", "config": {"zoom": -5}}
    assert member.find(generation_id).owner.person_id is not None


def test_what_is_left_empty_is_up_to_the_model(member: Visitor) -> None:
    one, two = (member.make(seed="", size="", seconds="", count="") for _ in range(2))
    first, second = member.find(one).request, member.find(two).request
    assert first.shape.seconds == 5
    assert first.seed != second.seed


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("prompt", "  \n ", "Say what should be seen"),
        ("prompt", "x" * 2501, "2501 characters are too many; at most 2500 fit."),
        ("negative_prompt", "字" * 2501, "2501 characters are too many"),
        ("seconds", "99", "A number from 1 to 15 is needed."),
        ("seconds", "nan", "A number from 1 to 15 is needed."),
        ("seconds", "soon", "A number from 1 to 15 is needed."),
        ("count", "0", "A whole number from 1 to 9 is needed."),
        ("count", "10", "A whole number from 1 to 9 is needed."),
        ("seed", "-1", "A whole number from 0 to 4294967295 is needed."),
        ("seed", "４", "A whole number from 0"),
        ("seed", "9" * 400, "A whole number from 0"),
        ("size", "8k", "This model offers 720p, 480p, 1080p."),
        ("ratio", "2:7", "This model offers 16:9"),
        ("fps", "25", "can't make 25 frames per second"),
        ("knob_camera_control", "{", "This can't be read."),
        ("knob_camera_control", '{"type":"up"}', "params.camera_control"),
        ("prompt", "a\x00b", "NUL"),
    ],
)
def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(
    member: Visitor, field: str, typed: str, said: str
) -> None:
    reply = member.ask(**{"negative_prompt": "no rain", field: typed})
    assert reply.status_code == 422
    assert said in words_of(reply)
    assert reply.text.count('role="alert">') == 1
    values = Fields(reply.text).values
    if field in ("prompt", "negative_prompt", "seconds", "count", "seed"):
        assert values[field] == typed
    if field != "prompt":
        assert values["prompt"] == "a red car in the desert"
    assert held(member) == 0


def test_scripts_get_the_complaints_alone(member: Visitor) -> None:
    form = SMALL | {"prompt": "", "seed": "x"}
    reply = member.post("/generations", form, headers=HTMX)
    assert reply.status_code == 422
    assert reply.headers["hx-reswap"] == "none"
    assert "<form" not in reply.text
    assert 'id="complaint-prompt" role="alert" hx-swap-oob="true">' in reply.text
    assert 'id="complaint-seconds" role="alert" hx-swap-oob="true" hidden>' in reply.text


def test_scripts_get_the_card_a_fresh_key_and_the_new_balance(member: Visitor) -> None:
    reply = member.post("/generations", SMALL | {"prompt": "a red car"}, headers=HTMX)
    assert reply.status_code == 200
    assert "data-live=" in reply.text
    assert '<span id="balance" hx-swap-oob="true">9,999</span>' in reply.text
    assert 'name="key"' in reply.text


def test_an_empty_wallet_is_said_plainly_and_the_words_stay(member: Visitor) -> None:
    member.service.spend_everything()
    before = held(member)
    reply = member.ask("a car I can't afford")
    assert reply.status_code == 402
    assert "There are not enough credits" in words_of(reply)
    assert "more than there are" in words_of(reply)
    assert Fields(reply.text).values["prompt"] == "a car I can't afford"
    assert held(member) == before


def test_a_form_sent_twice_asks_once_and_changed_asks_again(member: Visitor) -> None:
    first = member.make("a red car", key="k1")
    assert member.make("a red car", key="k1") == first
    assert member.make("a blue car", key="k1") != first
    assert member.make("a red car", key="k2") != first


def test_the_price_and_what_is_left_follow_the_controls(member: Visitor) -> None:
    reply = member.get("/quote?size=1080p&seconds=10&count=3", **HTMX)
    assert "120 credits" in words_of(reply)
    assert "9,880 left after it" in words_of(reply)
    picture = member.get("/quote?kind=picture&size=480p&count=1", **HTMX)
    assert "0.5 credits" in words_of(picture)
    wrong = member.get("/quote?seconds=99", **HTMX)
    assert "A number from 1 to 15 is needed." in words_of(wrong)
    assert "credits" not in words_of(wrong)


def test_a_model_shows_only_the_controls_it_has(member: Visitor, service: Service) -> None:
    add_model(service, "wan-words", "WanPipeline")
    add_model(service, "wan-pictures", "WanImageToVideoPipeline")
    words = Fields(member.get("/?model=wan-words").text).names
    pictures = Fields(member.get("/?model=wan-pictures").text).names
    drawn = Fields(member.get("/?model=storyboard").text).names
    assert {"knob_steps", "knob_guidance"} <= words & pictures
    assert not {"knob_camera_control", "knob_sound", "fps"} & (words | pictures)
    assert "picture" not in words
    assert "picture" in pictures & drawn
    assert {"knob_camera_control", "knob_sound", "fps"} <= drawn
    assert "knob_steps" not in drawn


def test_another_model_keeps_what_it_can_follow(member: Visitor, service: Service) -> None:
    add_model(service, "wan-words", "WanPipeline")
    asked = "/controls?model=wan-words&size=1080p&ratio=21:9&seconds=15&count=9&seed=5"
    reply = member.get(asked, **HTMX)
    values = Fields(reply.text).values
    assert values["seconds"] == "5"
    assert values["count"] == "1"
    assert values["seed"] == "5"
    assert 'role="alert">' not in reply.text.replace(" hidden", "#")
    quoted = member.get("/quote?model=wan-words&size=1080p&ratio=21:9&seconds=5&count=1", **HTMX)
    assert "credits" in words_of(quoted)


def test_a_model_that_is_gone_leaves_the_form_usable(member: Visitor) -> None:
    page = member.get("/?model=gone&prompt=a+car")
    assert page.status_code == 200
    assert Fields(page.text).values["model"] == "storyboard"


def test_a_picture_starts_the_film(member: Visitor) -> None:
    files = {"picture": ('Ünïcode "name".png', png(400, 300), "image/png")}
    reply = member.post("/generations", SMALL | {"prompt": "it moves"}, files=files)
    generation = member.asked_for(reply)
    assert generation.request.task is Task.IMAGE_TO_VIDEO
    (reference,) = generation.request.references
    assert reference.role is ReferenceRole.FIRST_FRAME
    assert generation.request.shape.width * 3 == pytest.approx(
        generation.request.shape.height * 4, abs=6
    )


@pytest.mark.parametrize("content", [b"<svg/>", b"\x89PNG\r\n", png(20, 20)])
def test_what_is_no_picture_is_refused_beside_its_field(member: Visitor, content: bytes) -> None:
    files = {"picture": ("x.png", content, "image/png")}
    reply = member.post("/generations", SMALL | {"prompt": "it moves"}, files=files)
    assert reply.status_code == 422
    assert "This picture can't be used." in words_of(reply)
    assert Fields(reply.text).values["prompt"] == "it moves"
    assert held(member) == 0


def test_a_body_larger_than_we_read_is_refused(member: Visitor) -> None:
    too_much = b"x" * (member.service.settings.body_bytes_max + 1)
    reply = member.post("/generations", SMALL, files={"picture": ("x.png", too_much, "image/png")})
    assert reply.status_code == 413
    assert held(member) == 0


def test_remix_fills_the_form_with_everything_but_the_seed(member: Visitor) -> None:
    files = {"picture": ("x.png", png(400, 300), "image/png")}
    camera = '{"type":"down_back"}'
    form = SMALL | {"prompt": "it moves", "fps": "30", "count": "3", "knob_camera_control": camera}
    source = member.asked_for(member.post("/generations", form, files=files))
    page = member.get(f"/?from={source.id}")
    values = Fields(page.text).values
    assert values["prompt"] == "it moves"
    assert (values["seconds"], values["fps"], values["count"], values["size"]) == (
        "1",
        "30",
        "3",
        "480p",
    )
    assert values["seed"] == ""
    assert "Down and back" in words_of(page)
    again = member.ask("it moves again", kept_picture=values["kept_picture"])
    copy = member.asked_for(again)
    assert copy.request.references == source.request.references


def test_those_who_may_only_look_make_nothing(member: Visitor, service: Service) -> None:
    owner = service.owner()
    with service.rooms.database.transaction() as tx:
        person_id = service.rooms.people.add(
            tx, owner.organization_id, name="Vi", email="vi@example.com", role="viewer"
        )
        session = service.rooms.people.new_session(tx, person_id)
    generation_id = member.make()
    viewer = visitor(service)
    viewer.web.cookies.set("mutoscope_session", session)
    assert viewer.get(f"/generations/{generation_id}").status_code == 200
    assert viewer.ask("a car").status_code == 403
    for verb in ("cancel", "delete", "again"):
        assert viewer.post(f"/generations/{generation_id}/{verb}").status_code == 403


def test_an_end_frame_is_asked_for_kept_and_shown(member: Visitor) -> None:
    files = {"last_picture": ("end.png", png(640, 480), "image/png")}
    reply = member.post("/generations", SMALL | {"prompt": "a red car"}, files=files)
    made = member.asked_for(reply)
    assert [reference.role for reference in made.request.references] == ["last_frame"]
    remix = member.get(f"/?from={made.id}").text
    assert f'name="kept_last_picture" value="{made.assets[0].id}"' in remix
    again = member.make(kept_last_picture=made.assets[0].id)
    assert member.find(again).request.references == made.request.references
    assert "End frame" in words_of(member.get(f"/generations/{again}"))


def test_how_long_it_takes_is_told_by_how_long_the_like_took(member: Visitor) -> None:
    assert "takes about" not in words_of(member.get("/quote?model=storyboard&seconds=5"))
    member.make()
    member.work()
    assert "takes about" in words_of(member.get("/quote?model=storyboard&seconds=5"))
    assert "takes about" not in words_of(member.get("/quote?model=storyboard&kind=picture"))
