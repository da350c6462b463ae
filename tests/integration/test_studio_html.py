"""Every page of the studio is HTML without a mistake, in little time."""

import time

import html5lib
import pytest
from tests.support.studio import Visitor, visitor
from tests.support.web import Service

SECONDS_MAX = 0.1


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
        # A strict parser raises at the first mistake.
        html5lib.HTMLParser(strict=True).parse(member.get(path).text)


def test_pages_answer_in_a_tenth_of_a_second(member: Visitor) -> None:
    for number in range(40):
        member.make(f"a red car, take {number}")
    for path in ("/", "/library"):
        member.get(path)
        times = []
        for _ in range(5):
            began = time.perf_counter()
            member.get(path)
            times.append(time.perf_counter() - began)
        assert min(times) < SECONDS_MAX, path
