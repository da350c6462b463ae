"""Subjects and the motion brush in the create form, as they work without a script."""

import io
from typing import Any

import pytest
from PIL import Image, ImageDraw
from tests.support.pictures import png
from tests.support.studio import Fields, Reply, Visitor, visitor, words_of
from tests.support.web import Service

from mutoscope.core.request import ReferenceRole
from mutoscope.studio.pictures import read_paths, write_paths

PATHS = "100,100 300,200\n400,100 400,300"


@pytest.fixture
def member(service: Service) -> Visitor:
    """The administrator, signed in."""
    return visitor(service).come_in()


def mask(left: int) -> bytes:
    """White where a box of the picture moves."""
    picture = Image.new("L", (640, 480))
    ImageDraw.Draw(picture).rectangle((left, 200, left + 100, 300), fill=255)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def ask(member: Visitor, *files: tuple[str, bytes], **fields: str) -> Reply:
    """Send the form with pictures in these fields."""
    form = {"size": "480p", "seconds": "1", "seed": "7", "prompt": "it moves"} | fields
    sent: list[Any] = [(name, (f"{name}.png", data, "image/png")) for name, data in files]
    return member.post("/generations", form, files=sent)


FRAME = ("picture", png(640, 480))
AREAS = (("dynamic_mask", mask(50)), ("dynamic_mask", mask(350)))


def test_areas_move_along_their_paths_while_another_stays(member: Visitor) -> None:
    still = ("static_mask", mask(500))
    made = member.asked_for(ask(member, FRAME, *AREAS, still, trajectories=PATHS))
    roles = [reference.role for reference in made.request.references]
    assert sorted(roles) == sorted(
        [
            ReferenceRole.FIRST_FRAME,
            ReferenceRole.STATIC_MASK,
            ReferenceRole.DYNAMIC_MASK,
            ReferenceRole.DYNAMIC_MASK,
        ]
    )
    assert made.request.params["trajectories"] == read_paths(PATHS)
    page = words_of(member.get(f"/generations/{made.id}"))
    assert "What moves" in page
    assert "What stays still" in page


def test_a_remix_keeps_the_brush_and_its_paths(member: Visitor) -> None:
    made = member.asked_for(ask(member, FRAME, *AREAS, trajectories=PATHS))
    page = member.get(f"/?from={made.id}").text
    values = Fields(page).values
    assert values["trajectories"].replace("\r", "").strip() == PATHS
    assert page.count('name="kept_dynamic_mask"') == 2
    ids = [str(file.id) for file in made.assets if file.kind == "reference"]
    kept = {"kept_picture": values["kept_picture"], "trajectories": PATHS, "prompt": "again"}
    form: dict[str, Any] = kept | {"size": "480p", "seconds": "1"}
    form["kept_dynamic_mask"] = [each for each in ids if each != values["kept_picture"]]
    again = member.asked_for(member.post("/generations", form))
    assert again.request.params["trajectories"] == made.request.params["trajectories"]
    assert len(again.request.references) == 3


@pytest.mark.parametrize(
    ("files", "fields", "beside", "words"),
    [
        ((FRAME, *AREAS), {"trajectories": "1,1 9,9"}, "dynamic_mask", "there are 2 and 1"),
        ((FRAME, *AREAS), {"trajectories": "here there\n1,1 2,2"}, "dynamic_mask", "Path 1"),
        ((FRAME, *AREAS), {"trajectories": "1,1 2,2\n1,1"}, "dynamic_mask", "Path 2"),
        (AREAS, {"trajectories": PATHS}, "dynamic_mask", "needs a first frame"),
        (
            (FRAME, ("last_picture", png(640, 480)), *AREAS),
            {"trajectories": PATHS},
            "dynamic_mask",
            "without an end frame",
        ),
        (
            (FRAME, *AREAS),
            {"trajectories": PATHS, "knob_camera_control": '{"type":"down_back"}'},
            "dynamic_mask",
            "without a camera move",
        ),
        ((FRAME, *AREAS), {"trajectories": PATHS, "kind": "picture"}, "dynamic_mask", "for videos"),
        ((FRAME, ("subject", png(400, 400))), {}, "subject", "without a first"),
        ((("subject", png(400, 400)),) * 5, {}, "subject", "At most 4"),
        ((("subject", png(400, 400)),), {"prompt": ""}, "prompt", "Say what should be seen"),
        ((("subject", png(40, 40)),), {}, "subject", "at least 300 pixels"),
    ],
)
def test_what_does_not_go_together_is_said_beside_its_field(
    member: Visitor,
    files: tuple[tuple[str, bytes], ...],
    fields: dict[str, str],
    beside: str,
    words: str,
) -> None:
    reply = ask(member, *files, **fields)
    assert 400 <= reply.status_code < 500
    said = reply.text.partition(f'id="complaint-{beside}" role="alert">')[2].partition("</p>")[0]
    assert words in said


def test_subjects_act_in_the_scene_that_is_written(member: Visitor) -> None:
    subjects = (("subject", png(400, 400)), ("subject", png(400, 300, "blue")))
    made = member.asked_for(ask(member, *subjects))
    assert [each.role for each in made.request.references] == [ReferenceRole.SUBJECT] * 2
    page = member.get(f"/?from={made.id}").text
    assert page.count('name="kept_subject"') == 2


def test_a_model_without_masks_and_subjects_shows_neither(member: Visitor) -> None:
    folder = member.service.settings.data / "models/my-wan"
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text('{"_class_name": "WanPipeline"}')
    assert {"subject", "dynamic_mask"} <= Fields(member.get("/").text).names
    assert not {"subject", "dynamic_mask"} & Fields(member.get("/?model=my-wan").text).names


def test_paths_are_written_as_they_are_read() -> None:
    assert write_paths(read_paths(PATHS)) == PATHS
    assert write_paths(None) == ""
    for wrong in ("1,2", "1,2 3", "1,2 -3,4", "1,2 3.5,4", "1,2 999999,4", "1,1 " * 78):
        with pytest.raises(ValueError, match="1"):
            read_paths(wrong)
