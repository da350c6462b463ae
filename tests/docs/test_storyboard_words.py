"""The page of words is the vocabulary, no more and no less."""

from pathlib import Path

from scripts.storyboard_words import page

PAGE = Path(__file__).parents[2] / "docs/storyboard-words.md"


def test_the_page_of_words_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python scripts/storyboard_words.py"
