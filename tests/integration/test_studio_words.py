"""Every word of the studio stands in both languages."""

import re
from pathlib import Path

import pytest
from scripts.studio_words import STUDIO, catalogue_path, compiled, gathered, read, untranslated

from mutoscope.studio.words import Words, amount, choose_language, words_for

CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
PLACE = re.compile(r"%\(\w+\)[a-z]|%[a-z%]")
# The label that the law prescribes, in its own language wherever it stands.
LABEL = "AI生成"


def test_every_word_is_translated_and_none_is_left_over() -> None:
    kept = read("zh")
    assert untranslated(kept) == []
    assert {m.id for m in kept if m.id} == {m.id for m in gathered() if m.id}


def test_a_translation_keeps_the_places_for_values() -> None:
    for message in read("zh"):
        if not message.id:
            continue
        ours, theirs = (
            text if isinstance(text, str) else (text or [""])[0]
            for text in (message.id, message.string)
        )
        assert sorted(PLACE.findall(ours)) == sorted(PLACE.findall(theirs)), message.id


def test_the_compiled_catalogue_is_the_written_one() -> None:
    path = catalogue_path("zh")
    assert path.with_suffix(".mo").read_bytes() == compiled(read("zh"))


@pytest.mark.parametrize("path", sorted(STUDIO.rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_chinese_beside_the_catalogue(path: Path) -> None:
    assert not CHINESE.search(path.read_text(encoding="utf-8").replace(LABEL, ""))


@pytest.mark.parametrize("path", sorted(STUDIO.rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_english_beside_the_catalogue(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for markup in (r"\{#.*?#\}", r"\{%.*?%\}", r"\{\{.*?\}\}", r"<[^>]*>", r"&\w+;"):
        text = re.sub(markup, " ", text, flags=re.DOTALL)
    names = {"Mutoscope", "AI", "kB", "OpenAPI"}
    assert set(re.findall(r"[A-Za-z]{2,}", text)) <= names


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        (None, "", "en"),
        (None, "zh-CN,zh;q=0.9", "zh"),
        (None, "fr;q=0.9, zh-Hant;q=0.5, en;q=0.4", "zh"),
        (None, "en-GB,zh;q=0.9", "en"),
        (None, "zh;q=0, en", "en"),
        (None, "*;q=x,,;;zh", "en"),
        ("zh", "en", "zh"),
        ("../../etc", "zh", "zh"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_browsers(
    chosen: str | None, accepted: str, language: str
) -> None:
    assert choose_language(chosen, accepted) == language


@pytest.mark.parametrize(
    ("language", "seconds", "said"),
    [
        ("en", 0, "just now"),
        ("en", 60, "1 minute ago"),
        ("en", 7300, "2 hours ago"),
        ("zh", 7300, "2 小时前"),
        ("zh", 86_400 * 3, "3 天前"),
    ],
)
def test_times_are_told_roughly(language: str, seconds: int, said: str) -> None:
    words: Words = words_for(language)
    assert words.ago(0, seconds * 1000) == said  # type: ignore[arg-type]


def test_amounts_are_told_in_credits_with_their_thousands_apart() -> None:
    assert [amount(a) for a in (0, 500, 1_234_567_500)] == ["0", "0.5", "1,234,567.5"]  # type: ignore[arg-type]
