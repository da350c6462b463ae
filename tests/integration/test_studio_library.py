"""The library: searched, judged, gathered, thrown away and taken back, taken home."""

import io
import re
import zipfile

import pytest
from tests.support.studio import Visitor, visitor, words_of
from tests.support.web import Service

from mutoscope.core.ids import GenerationId


@pytest.fixture
def member(service: Service) -> Visitor:
    """The administrator, signed in."""
    return visitor(service).come_in()


def made(member: Visitor, prompt: str, **fields: str) -> GenerationId:
    """A finished film."""
    generation_id = member.make(prompt, **fields)
    member.work()
    return generation_id


def pressed(member: Visitor, verb: str, *ids: GenerationId, **fields: str) -> str:
    """Tick cards, press a button of the bar; where it leads."""
    form = {"csrf": member.csrf(), "of": [str(each) for each in ids]} | fields
    reply = member.web.post(f"/library/{verb}", data=form)
    assert reply.status_code == 303, reply.text
    return str(reply.headers["location"])


def test_what_is_thrown_away_is_gone_at_once_and_comes_back_whole(member: Visitor) -> None:
    car, fox = made(member, "a red car"), made(member, "a small fox")
    film = member.find(car).results[0]
    back = pressed(member, "trash", car, fox, back="/library?words=a")
    page = member.get(back)
    assert "2 were moved to the bin." in words_of(page)
    assert "Nothing here matches." in words_of(page)
    assert member.get(f"/generations/{car}").status_code == 404
    assert "red car" in words_of(member.get("/library?bin=1"))
    pressed(member, "restore", car)
    assert "red car" in words_of(member.get("/library"))
    assert "small fox" not in words_of(member.get("/library"))
    assert member.get(f"/media/{film.id}").status_code == 200


def test_what_is_being_made_is_not_thrown_away(member: Visitor) -> None:
    done, waiting = made(member, "a red car"), member.make("a small fox")
    form = {"csrf": member.csrf(), "of": [str(done), str(waiting)]}
    assert member.web.post("/library/trash", data=form).status_code == 409
    assert "red car" in words_of(member.get("/library"))


def test_stars_kind_day_and_person_narrow_the_shelf(member: Visitor) -> None:
    car, fox = made(member, "a red car"), made(member, "a small fox", kind="picture")
    assert member.post(f"/generations/{car}/rate", {"stars": "4"}).status_code == 303

    def shelf(query: str) -> str:
        return words_of(member.get(f"/library?{query}"))

    assert "red car" in shelf("stars=4")
    assert "Nothing here matches." in shelf("stars=5")
    assert "small fox" in shelf("kind=picture")
    assert "red car" not in shelf("kind=picture")
    assert "Nothing here matches." in shelf("until=2001-01-01")
    assert "red car" in shelf("since=2001-01-01")
    assert "red car" in shelf("since=yesterday")
    assert "Nothing here matches." in shelf("person=nobody")
    assert member.post(f"/generations/{car}/rate", {"stars": ""}).status_code == 303
    assert "Nothing here matches." in shelf("stars=1")
    assert member.post(f"/generations/{fox}/rate", {"stars": "6"}).status_code == 400


def test_a_collection_holds_what_was_put_in_until_it_is_given_up(member: Visitor) -> None:
    car, fox = made(member, "a red car"), made(member, "a small fox")
    shelf = pressed(member, "collect", car, fox, name="  Spring   campaign ")
    said = words_of(member.get(shelf))
    assert "Spring campaign 2" in said
    collection = shelf.rpartition("=")[2]
    pressed(member, "collect", car, collection=collection)
    pressed(member, "uncollect", fox, shelf=collection)
    assert "small fox" not in words_of(member.get(shelf))
    reply = member.post(f"/library/collections/{collection}/delete")
    assert reply.status_code == 303
    assert "red car" in words_of(member.get("/library"))
    form = {"csrf": member.csrf(), "of": [str(car)], "collection": "no-such"}
    assert member.web.post("/library/collect", data=form).status_code == 404


def test_a_zip_holds_every_result_of_what_was_picked(member: Visitor) -> None:
    car, fox = made(member, "a red car", count="2"), made(member, "a small fox", kind="picture")
    form = {"csrf": member.csrf(), "of": [str(car), str(fox)]}
    reply = member.web.post("/library/zip", data=form)
    archive = zipfile.ZipFile(io.BytesIO(reply.content))
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == sorted([f"{car}-1.mp4", f"{car}-2.mp4", f"{fox}-1.png"])
    film = member.find(car).results[1]
    assert archive.read(f"{car}-2.mp4") == member.get(f"/media/{film.id}").content


def test_a_result_says_what_it_was_made_from_and_what_became_of_it(member: Visitor) -> None:
    car = made(member, "a red car")
    remix = member.get(f"/?from={car}").text
    assert f'name="made_from" value="{car}"' in remix
    blue = member.make("a blue car", made_from=str(car))
    assert member.find(blue).made_from == car
    varied = member.asked_for(member.post(f"/generations/{car}/again"))
    assert varied.made_from == car
    said = member.get(f"/generations/{car}").text
    assert "Became" in said
    assert re.search(rf'href="/generations/{blue}"', said)
    assert re.search(rf'href="/generations/{car}"', member.get(f"/generations/{blue}").text)
    assert member.find(member.make("a cat", made_from="1")).made_from is None


def test_two_results_play_side_by_side(member: Visitor) -> None:
    car, fox = made(member, "a red car"), made(member, "a small fox")
    page = member.get(f"/compare?of={car}&of={fox}")
    assert page.text.count("<video") == 2
    assert "Pick two" in words_of(member.get(f"/compare?of={car}"))


def test_an_extension_goes_on_from_the_film_itself(member: Visitor) -> None:
    car = made(member, "a red car")
    longer = member.asked_for(member.post(f"/generations/{car}/extend", {"prompt": "it stops"}))
    assert longer.request.task == "video_extend"
    assert longer.made_from == car
    assert longer.request.prompt == "it stops"
