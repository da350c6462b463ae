import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.support.studio import Visitor, visitor, words_of
from tests.support.web import Service

from mutoscope.core.state import JobState


@pytest.fixture
def member(service: Service) -> Visitor:
    return visitor(service).come_in()


def available(member: Visitor) -> int:
    rooms = member.service.rooms
    with rooms.database.snapshot() as tx:
        return rooms.ledger.balance(tx, member.service.owner().organization_id).available


def claim(member: Visitor) -> None:
    with member.service.rooms.database.transaction() as tx:
        assert member.service.rooms.jobs.claim(tx, owner="test", lanes=["storyboard"])


def test_a_result_is_played_downloaded_and_known_in_every_parameter(member: Visitor) -> None:
    generation_id = member.make("a red car", negative_prompt="rain", knob_sound="off")
    member.work()
    generation = member.find(generation_id)
    result = generation.results[0]
    page = member.get(f"/generations/{generation_id}")
    said = words_of(page)
    assert (
        f'<video controls loop playsinline preload="metadata" src="/media/{result.id}"' in page.text
    )
    assert "AI生成 · AI-generated" in said
    assert f'href="/media/{result.id}" download' in page.text
    for shown in ("a red car", "rain", "Seed 7", "854 × 480", "24 at 24 per second", "16:9", "1 s"):
        assert shown in said
    assert "Sound Off" in said
    assert f"Task {generation_id}" in said
    assert member.get(f"/media/{result.id}").headers["content-type"] == "video/mp4"


def test_each_of_several_results_has_its_own_page_and_seed(member: Visitor) -> None:
    generation_id = member.make(count="2", kind="picture")
    member.work()
    second = member.find(generation_id).results[1]
    page = member.get(f"/generations/{generation_id}?result=1")
    assert f'<img src="/media/{second.id}"' in page.text
    assert "Seed 8" in words_of(page)
    assert member.get(f"/generations/{generation_id}?result=99").status_code == 200


def test_a_running_one_shows_where_it_is_and_refreshes_itself_without_scripts(
    member: Visitor,
) -> None:
    first, second = member.make("a red car"), member.make("a blue car")
    waiting = member.get(f"/generations/{second}")
    assert "Waiting in the queue" in words_of(waiting)
    assert "1 before it" in words_of(waiting)
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in waiting.text
    claim(member)
    assert "Starting" in words_of(member.get(f"/generations/{first}"))
    assert "AI生成" in words_of(member.get(f"/generations/{first}"))


def test_a_stream_tells_every_card_where_it_is_and_ends_with_them(member: Visitor) -> None:
    done = member.make("done")
    member.work()
    canceled = member.make("canceled")
    member.post(f"/generations/{canceled}/cancel")
    reply = member.get(f"/progress?of={done}&of={canceled}&of=nonsense&of=12345")
    assert reply.headers["content-type"].startswith("text/event-stream")
    ended = re.findall(r"event: ended\r?\ndata: (.*)", reply.text)
    assert {json.loads(data)["id"] for data in ended} == {str(done), str(canceled), "12345"}


def test_canceling_costs_nothing_and_says_so(member: Visitor) -> None:
    before = available(member)
    generation_id = member.make()
    reply = member.post(f"/generations/{generation_id}/cancel", headers={"HX-Request": "true"})
    assert "Canceled" in words_of(reply)
    assert '<span id="balance" hx-swap-oob="true">10,000</span>' in reply.text
    assert available(member) == before
    said = words_of(member.get(f"/generations/{generation_id}"))
    assert "Nothing was charged." in said
    assert "Try again" in said


def test_a_failure_is_told_in_plain_words_and_can_be_tried_again(member: Visitor) -> None:
    before = available(member)
    generation_id = member.make("an impossible car")
    member.work()
    for path in (f"/generations/{generation_id}", "/library"):
        said = words_of(member.get(path))
        assert "The model could not make this." in said
        assert "Nothing was charged." in said
    assert "the prompt asks for the impossible" in words_of(
        member.get(f"/generations/{generation_id}")
    )
    assert available(member) == before
    reply = member.post(f"/generations/{generation_id}/again", {"seed": "same"})
    again = member.asked_for(reply)
    assert again.state is JobState.QUEUED
    assert again.request == member.find(generation_id).request


def test_varying_changes_the_seed_and_nothing_else(member: Visitor) -> None:
    generation_id = member.make("a red car", ratio="21:9", fps="30", knob_sound="on")
    reply = member.post(f"/generations/{generation_id}/again")
    varied = member.asked_for(reply).request
    original = member.find(generation_id).request
    assert varied.seed != original.seed
    assert (varied.shape, varied.params) == (original.shape, original.params)


def test_varying_without_credits_says_why(member: Visitor) -> None:
    generation_id = member.make()
    member.service.spend_everything()
    reply = member.post(f"/generations/{generation_id}/again")
    assert reply.status_code == 402
    assert "There are not enough credits" in words_of(reply)


def test_deleting_puts_it_out_of_sight_but_not_while_it_runs(member: Visitor) -> None:
    generation_id = member.make()
    assert member.post(f"/generations/{generation_id}/delete").status_code == 409
    member.work()
    back = member.post(f"/generations/{generation_id}/delete").headers["location"]
    assert back == f"/library?undo={generation_id}"
    assert member.get(f"/generations/{generation_id}").status_code == 404
    assert str(generation_id) not in member.get("/library").text


def test_the_library_finds_by_words_state_and_model(member: Visitor) -> None:
    member.make("A Red Car in the desert")
    member.work()
    member.make("红色的气球 100%")

    def shelf(query: str) -> str:
        return words_of(member.get(f"/library?{query}"))

    assert "Red Car" in shelf("words=desert+red")
    assert "气球" not in shelf("words=desert+red")
    assert "气球" in shelf("words=气球")
    assert "气球" in shelf("words=100%25")
    assert "Nothing here matches." in shelf("words=1_0")
    assert "Red Car" in shelf("state=succeeded")
    assert "Red Car" not in shelf("state=queued")
    assert "Red Car" in shelf("model=storyboard")
    assert "Nothing here matches." in shelf("model=other")
    assert "Red Car" in shelf("state=nonsense&before=nonsense")


def test_the_library_goes_on_page_by_page(member: Visitor) -> None:
    made = [str(member.make(f"take {number}", seed=str(number))) for number in range(30)]
    first = member.get("/library?words=take")
    more = re.search(r'<a class="button" href="(/library\?[^"]+)"', first.text)
    assert more is not None
    address = more[1].replace("&amp;", "&")
    rest = member.get(address, **{"HX-Request": "true"})
    assert "<html" not in rest.text
    shown = [re.findall(r'id="card-(\d+)"', page.text) for page in (first, rest)]
    assert shown[0] + shown[1] == made[::-1]
    assert "Earlier ones" not in words_of(rest)


def test_the_statement_says_what_moved(member: Visitor) -> None:
    charged, failed = member.make(), member.make("an impossible car")
    member.work()
    member.work()
    said = words_of(member.get("/credits"))
    assert "To spend 9,999" in said
    assert "Charged for a generation" in said
    assert "− 1" in said
    assert "Returned in full" in said
    assert "Welcome credits" in said
    assert "+ 10,000" in said
    page = member.get("/credits").text
    assert f"/generations/{charged}" in page
    assert f"/generations/{failed}" in page


def test_what_is_not_there_is_said_on_a_page_of_ours(member: Visitor) -> None:
    for path in (
        "/generations/123",
        "/generations/nonsense",
        "/media/nothing",
        "/static/x/none.js",
    ):
        reply = member.get(path)
        assert reply.status_code == 404
        assert "There is no such thing here" in words_of(reply)
    assert member.get("/generations/1?result=-1").status_code == 400
    assert member.web.get("/sign-out").status_code == 405


def test_static_files_are_kept_for_good_under_their_hash(member: Visitor) -> None:
    address = re.search(r'href="(/static/[0-9a-f]+/tokens\.css)"', member.get("/").text)
    assert address is not None
    reply = member.get(address[1])
    assert reply.headers["content-type"].startswith("text/css")
    assert "immutable" in reply.headers["cache-control"]
    assert "set-cookie" not in visitor(member.service).get(address[1]).headers


def test_a_stream_ends_with_the_session(member: Visitor) -> None:
    waiting = member.make("waiting")
    with ThreadPoolExecutor(1) as pool:
        stream = pool.submit(member.get, f"/progress?of={waiting}")
        time.sleep(0.5)
        assert not stream.done()
        session = member.web.cookies["mutoscope_session"]
        with member.service.rooms.database.transaction() as tx:
            member.service.rooms.people.end_session(tx, session)
        told = stream.result(timeout=20).text
    assert "event: progress" in told
    assert "event: ended" not in told
