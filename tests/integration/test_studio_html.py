"""Every page of the studio is HTML without a mistake, in little time."""

import time

import html5lib
import pytest
from tests.support.long_library import fill
from tests.support.studio import Visitor, visitor
from tests.support.web import Service

SECONDS_MAX = 0.1
BYTES_MAX = 150_000


@pytest.fixture
def member(service: Service) -> Visitor:
    """The administrator, signed in."""
    return visitor(service).come_in()


def test_pages_are_html_without_a_mistake(member: Visitor) -> None:
    done = member.make("<script>alert('\"&')</script> a red car")
    member.work()
    failed = member.make("an impossible car")
    member.work()
    waiting = member.make()
    member.post(f"/generations/{done}/links", {"purpose": "review", "days": "7"})
    pages = ["/", "/library", "/library?bin=1", "/library?words=none", "/credits", "/developers"]
    pages += [f"/generations/{each}" for each in (done, failed, waiting)]
    pages += [f"/?from={done}", f"/compare?of={done}&of={done}", "/password", "/generations/1"]
    pages += ["/developers/callbacks", "/developers/support", "/team", "/storyboards"]
    for path in pages:
        # A strict parser raises at the first mistake; what it understood is a page with a heading.
        page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        assert page.parse(member.get(path).text).findall(".//h1"), path


def test_pages_answer_in_a_tenth_of_a_second(member: Visitor) -> None:
    finished = member.make("a red car in the desert")
    member.work()
    with member.service.rooms.database.transaction() as tx:
        fill(tx, finished, 10_000)
    for number in range(10):
        member.make(f"a red car, take {number}")
    for path in ("/", "/library", "/library?words=car", "/library?words=nowhere"):
        member.get(path)
        times = []
        for _ in range(5):
            # The processor time of this process: what else the machine does is no matter of ours.
            began = time.process_time()
            page = member.get(path)
            times.append(time.process_time() - began)
            assert len(page.content) < BYTES_MAX
        assert min(times) < SECONDS_MAX, path
