"""A link ends, and whoever may ask for a file that is still kept gets one that has not."""

import jwt
import pytest

from mutoscope.api.links import Links
from mutoscope.core.clock import ManualClock
from mutoscope.core.ids import AssetId, BlobKey, GenerationId
from mutoscope.generations import Asset, AssetKind

DAY = 86_400


class Shelf:
    """One file that was made now."""

    def __init__(self, days: int) -> None:
        self.clock = ManualClock()
        self.links = Links(b"k" * 32, days, "", self.clock)
        self.file = Asset(
            id=AssetId("file"),
            generation_id=GenerationId(7),
            position=0,
            kind=AssetKind.VIDEO,
            blob=BlobKey("blob"),
            media_type="video/mp4",
            size_bytes=1,
            width=2,
            height=2,
            frames=24,
            fps=24,
            created_at=self.clock.now(),
        )

    def link(self) -> str:
        return self.links.to(self.file, "http://here")

    def days_left(self) -> float:
        """How long a link that is asked for now works."""
        token = self.link().split("/")[-2]
        ends = jwt.decode(token, options={"verify_signature": False})["exp"]
        return float(ends - self.clock.now() / 1000) / DAY


@pytest.mark.parametrize("days", [1, 2, 30])
def test_a_link_works_as_long_as_it_is_said_to(days: int) -> None:
    assert Shelf(days).days_left() == days


def test_a_link_ends_a_fixed_time_after_its_file_was_made() -> None:
    shelf = Shelf(30)
    assert shelf.days_left() == 30
    first = shelf.link()
    shelf.clock.advance(seconds=28 * DAY)
    assert shelf.link() == first
    assert shelf.days_left() == 2


@pytest.mark.parametrize("days", [1, 2, 30])
def test_a_file_that_is_kept_for_longer_has_a_link_that_works(days: int) -> None:
    shelf = Shelf(days)
    for _ in range(200):
        assert 0 < shelf.days_left() <= days + 1
        shelf.clock.advance(seconds=DAY / 2)
    assert shelf.link() == shelf.link()


def test_a_link_is_renewed_a_day_before_it_ends() -> None:
    shelf = Shelf(30)
    first = shelf.link()
    shelf.clock.advance(seconds=29 * DAY - 1)
    assert shelf.link() == first
    shelf.clock.advance(seconds=1)
    assert shelf.link() != first
    assert shelf.days_left() == 31
