"""How large a picture with more around it is, and where the picture stands."""

import pytest

from mutoscope.core.expansion import PIXELS_MAX, SIDE_MAX, Expansion


def test_a_picture_keeps_its_pixels() -> None:
    place = Expansion(up=0.25, left=0.5, right=0.5).place(641, 360)
    assert (place.inner_width, place.inner_height) == (641, 360)
    assert (place.left, place.top) == (320, 90)
    assert (place.width, place.height) == (320 + 641 + 320, 90 + 360)


def test_three_times_a_full_hd_picture_fits_as_it_is() -> None:
    place = Expansion(left=2).place(1920, 1080)
    assert (place.inner_width, place.width) == (1920, 5760)


@pytest.mark.parametrize(("width", "height"), [(8000, 5000), (5000, 8000), (8000, 3200)])
@pytest.mark.parametrize("room", [Expansion(up=2), Expansion(right=2), Expansion(up=0.5, left=1)])
def test_what_would_be_too_large_is_made_smaller(width: int, height: int, room: Expansion) -> None:
    place = room.place(width, height)
    assert max(place.width, place.height) <= SIDE_MAX
    assert place.width * place.height <= PIXELS_MAX * 1.01
    assert place.inner_width / place.inner_height == pytest.approx(width / height, rel=0.01)


def test_three_times_is_allowed_and_more_is_not() -> None:
    assert not Expansion(up=0.2, down=0.3, left=0.4, right=0.6).is_too_large
    assert Expansion(up=0.2, down=0.3, left=0.4, right=0.61).is_too_large
