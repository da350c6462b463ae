import pytest

from mutoscope.catalog import heard_in


@pytest.mark.parametrize(
    ("words", "sounds"),
    [
        ("Heavy rain, with THUNDER and waves", ["thunder", "rain", "sea"]),
        ("风雨交加的海边", ["rain", "wind", "sea"]),
        ("birds in the forest", ["birds"]),
        ("a train window", []),
        ("a piano waltz", []),
        ("", []),
    ],
)
def test_words_name_sounds(words: str, sounds: list[str]) -> None:
    assert heard_in(words) == sounds
