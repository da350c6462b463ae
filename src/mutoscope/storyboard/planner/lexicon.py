"""The words the planner knows, and how it finds them in a prompt."""

import difflib
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from mutoscope.storyboard.art import library

HERE = files("mutoscope.storyboard.planner") / "words"
PHRASE_WORDS_MAX = 5
HAN_RUN_MAX = 8


class Kind(StrEnum):
    """What sort of word it is."""

    SUBJECT = "subject"
    PLACE = "place"
    TIME = "time"
    WEATHER = "weather"
    MOOD = "mood"
    COLOUR = "colour"
    SIZE = "size"
    SPEED = "speed"
    DIRECTION = "direction"
    ACTION = "action"
    CAMERA = "camera"
    COUNT = "count"
    NEGATION = "negation"
    JOIN = "join"
    CUT = "cut"
    BACKDROP = "backdrop"
    NOUN = "noun"
    LETTERING = "lettering"
    STOP = "stop"
    BREAK = "break"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Sense:
    """What a word can mean."""

    kind: Kind
    value: str


@dataclass(frozen=True)
class Token:
    """A word of a prompt and what it means there."""

    kind: Kind
    value: str
    text: str


def is_han(letter: str) -> bool:
    """A Chinese character."""
    return "\u3400" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff"


class Lexicon:
    """Every known word, in both languages, with its senses; the first sense is the usual one."""

    def __init__(self) -> None:
        self.senses: dict[str, list[Sense]] = {}
        self.heads: dict[str, str] = {}
        self.keywords: dict[str, str] = {}
        self.emoji: dict[str, list[Sense]] = {}
        # Words for what there is no drawing of; their sense is the nearest there is.
        self.approximate: set[str] = set()
        self._read_library_emoji()
        self._read_files()
        self._read_library()
        self._read_nearest()
        self._english = [word for word in self.senses if word.isascii() and " " not in word]

    def _read_files(self) -> None:
        scenery = tomllib.loads((HERE / "scenery.toml").read_text("utf-8"))
        subjects = tomllib.loads((HERE / "subjects.toml").read_text("utf-8"))
        heads = subjects.pop("heads")
        self.heads = {word: name for name, words in heads.items() for word in words.split()}
        for group in subjects.values():
            for name, words in group.items():
                self._learn(Kind.SUBJECT, name, words)
        for emoji, told in scenery.pop("emoji").items():
            pairs = (each.split(":") for each in told.split())
            self.emoji[emoji] = [Sense(Kind(kind), value) for kind, value in pairs]
        for kind, values in scenery.items():
            for value, words in values.items():
                self._learn(Kind(kind), value, words)

    def _learn(self, kind: Kind, value: str, words: str) -> None:
        for word in words.split():
            spelled = word.replace("_", " ").lower()
            senses = self.senses.setdefault(spelled, [])
            if all(sense.kind is not kind for sense in senses):
                senses.append(Sense(kind, value))

    def _read_library_emoji(self) -> None:
        for drawing in library().drawings.values():
            self.emoji[drawing.emoji.replace("\ufe0f", "")] = [Sense(Kind.SUBJECT, drawing.name)]

    def _read_nearest(self) -> None:
        groups = tomllib.loads((HERE / "nearest.toml").read_text("utf-8"))
        for group in groups.values():
            for name, words in group.items():
                known = set(self.senses)
                self._learn(Kind.SUBJECT, name, " ".join(w for w in words.split()
                            if w.replace("_", " ").lower() not in known))  # fmt: skip
                self.approximate |= set(self.senses) - known

    def is_approximate(self, word: str) -> bool:
        """There is no drawing of it, only one that is near."""
        word = word.lower()
        if word in self.senses:
            return word in self.approximate
        return any(
            stem in self.approximate
            for stem in (_stems(word) if word.isascii() else [])
            if stem in self.senses
        )

    def _read_library(self) -> None:
        """Names of all drawings; keywords serve only when nothing better is known."""
        for drawing in library().drawings.values():
            for label in (drawing.en.lower(), drawing.zh.lower(), drawing.name.replace("-", " ")):
                if label not in self.senses:
                    self.senses[label] = [Sense(Kind.SUBJECT, drawing.name)]
        for drawing in sorted(library().drawings.values(), key=lambda each: len(each.tags_en)):
            for tag in (*drawing.tags_en, *drawing.tags_zh):
                self.keywords.setdefault(tag.lower(), drawing.name)

    def find(self, word: str) -> list[Sense]:
        """The senses of a word or phrase, English endings undone if need be."""
        if word in self.senses:
            return self.senses[word]
        if word.isascii() and len(word) > 3:
            for stem in _stems(word):
                if stem in self.senses:
                    return self.senses[stem]
        return []

    def nearest(self, word: str) -> str | None:
        """The drawing nearest to a word nobody knows; None when nothing is near."""
        word = word.lower()
        if word in self.keywords:
            return self.keywords[word]
        if word.isascii():
            for stem in _stems(word):
                if stem in self.keywords:
                    return self.keywords[stem]
            return self._misspelled(word)
        for size in range(min(4, len(word) - 1), 1, -1):
            senses = self.senses.get(word[-size:], [])
            for sense in senses:
                if sense.kind is Kind.SUBJECT:
                    return sense.value
        if len(word) >= 2 and word[-1] in self.heads:
            return self.heads[word[-1]]
        return None

    def _misspelled(self, word: str) -> str | None:
        if len(word) < 5:
            return None
        for close in difflib.get_close_matches(word, self._english, n=3, cutoff=0.84):
            for sense in self.senses[close]:
                if sense.kind is Kind.SUBJECT:
                    return sense.value
        return None


def _stems(word: str) -> list[str]:
    stems = []
    for ending, instead in (("ies", "y"), ("es", ""), ("s", ""), ("ing", ""), ("ing", "e"),
                            ("ed", ""), ("ed", "e"), ("ly", ""), ("'s", "")):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stems.append(word[: -len(ending)] + instead)
    return stems


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon, read once a process."""
    return Lexicon()


BREAKS = frozenset("，。；！？,.;!?\n：:、|…—()（）[]【】")
WORD = re.compile(r"[a-zA-Z\u00c0-\u024f0-9][a-zA-Z\u00c0-\u024f0-9'’-]*")
NUMBER = re.compile(r"\d{1,6}")
FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")


def tokens(prompt: str) -> list[Token]:
    """Cut a prompt into words, the longest known first."""
    text = unicodedata.normalize("NFKC", prompt).replace("\ufe0f", "")
    found: list[Token] = []
    at = 0
    while at < len(text):
        letter = text[at]
        if letter in BREAKS:
            kind = Kind.JOIN if letter == "、" else Kind.BREAK
            found.append(Token(kind, letter, letter))
            at += 1
        elif is_han(letter):
            at = _han(text, at, found)
        elif WORD.match(text, at):
            at = _words(text, at, found)
        else:
            at = _emoji(text, at, found)
    return found


def _emoji(text: str, at: int, found: list[Token]) -> int:
    """An emoji, a flag, or letters of a script that nobody here reads."""
    known = lexicon().emoji
    for size in (7, 5, 4, 3, 2, 1):
        piece = text[at : at + size]
        if len(piece) == size and piece in known:
            found.extend(Token(sense.kind, sense.value, piece) for sense in known[piece])
            return at + size
    letter = text[at]
    if FLAG.match(text, at):
        found.append(Token(Kind.UNKNOWN, "", text[at : at + 2]))
        return at + 2
    if letter.isalpha():
        end = at
        while end < len(text) and text[end].isalpha() and not _is_read(text[end]):
            end += 1
        found.append(Token(Kind.UNKNOWN, "", text[at : max(end, at + 1)]))
        return max(end, at + 1)
    if unicodedata.category(letter) == "So":
        found.append(Token(Kind.UNKNOWN, "", letter))
    return at + 1


def _is_read(letter: str) -> bool:
    return is_han(letter) or WORD.match(letter) is not None


def _han(text: str, at: int, found: list[Token]) -> int:
    known = lexicon()
    for size in range(min(HAN_RUN_MAX, len(text) - at), 0, -1):
        piece = text[at : at + size].lower()
        senses = known.senses.get(piece)
        if senses:
            sense = senses[0]
            found.append(Token(sense.kind, sense.value, piece))
            return at + size
    if found and found[-1].kind is Kind.UNKNOWN and is_han(found[-1].text[-1]):
        last = found.pop()
        found.append(Token(Kind.UNKNOWN, "", last.text + text[at]))
    else:
        found.append(Token(Kind.UNKNOWN, "", text[at]))
    return at + 1


def _words(text: str, at: int, found: list[Token]) -> int:
    """The longest known English phrase from here on."""
    ends: list[int] = []
    words: list[str] = []
    place = at
    while len(words) < PHRASE_WORDS_MAX and (match := WORD.match(text, place)):
        words.append(match.group().lower().replace("’", "'"))
        ends.append(match.end())
        place = match.end()
        while place < len(text) and text[place] == " ":
            place += 1
    for size in range(len(words), 0, -1):
        phrase = " ".join(words[:size])
        senses = lexicon().find(phrase)
        if senses:
            found.append(Token(senses[0].kind, senses[0].value, text[at : ends[size - 1]]))
            return ends[size - 1]
    if NUMBER.fullmatch(words[0]):
        found.append(Token(Kind.COUNT, words[0], words[0]))
    else:
        found.append(Token(Kind.UNKNOWN, "", text[at : ends[0]]))
    return ends[0]
