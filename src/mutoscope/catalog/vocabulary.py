"""A small model's world: which words it knows, and what it makes of a prompt with others in it.

Comes with a model, as `vocabulary` in its `mutoscope.json`. Words are looked up, never guessed at
by meaning: as they stand, as a listed neighbour ("tiger" for a cat), or as a misspelling.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from mutoscope.core.errors import NothingToDraw
from mutoscope.core.rendering import Note

# In the order in which a prompt for the model names them.
KINDS = ("objects", "times", "weathers", "places", "motions", "cameras")
ALIKE = 0.8  # of difflib, for words of four letters or more
LETTERS_MIN = 4
SHOWN_MAX = 12
STILL = "still"  # the id of the motion, and of the camera move, that is none

HAN = r"\u3400-\u9fff"
# Chinese characters that carry no picture, English words likewise.
EMPTY_ZH = set(
    "一二两几只个辆头朵枚艘架列条位名匹棵的了着过在里上下中前后内外旁边处时向往从到和与是有很就正被把给让请我你他她它们这那"
)
EMPTY_EN = frozenset({
    "a", "an", "the", "in", "on", "at", "of", "and", "with", "to", "is", "are", "was", "be", "by",
    "for", "from", "into", "over", "under", "near", "it", "its", "this", "that", "some", "one",
    "two", "very", "please", "make", "video", "clip", "picture", "film", "scene", "me", "show",
    "draw", "generate", "while", "there",
})  # fmt: skip


class Term(BaseModel):
    """One thing the model knows: the words it was taught, the usual one first.

    `also` says the same in other words, `near` something else, for which it comes nearest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    zh: tuple[str, ...]
    en: tuple[str, ...]
    also: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


class Vocabulary(BaseModel):
    """All that the model knows, by kind and id."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))
    objects: dict[str, Term] = Field(min_length=1)
    places: dict[str, Term] = {}
    times: dict[str, Term] = {}
    weathers: dict[str, Term] = {}
    motions: dict[str, Term] = {}
    cameras: dict[str, Term] = {}
    # Its clips show one movement: the thing's or, when that rests, the camera's.
    one_movement: bool = False

    @cached_property
    def _entries(self) -> dict[str, "Entry"]:
        """Every word, lower case, with what it means; a term's own word wins over a neighbour."""
        entries: dict[str, Entry] = {}
        for kind in KINDS:
            for term in getattr(self, kind).values():
                for word in (*term.zh, *term.en, *term.also):
                    entries[word.lower()] = Entry(kind, term, is_near=False)
        for kind in KINDS:
            for term in getattr(self, kind).values():
                for word in term.near:
                    entries.setdefault(word.lower(), Entry(kind, term, is_near=True))
        return entries

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """Every word, the longest first; English ones whole, in the singular or plural."""
        longest = sorted(self._entries, key=len, reverse=True)
        parts = (
            re.escape(word) if re.search(f"[{HAN}]", word) else rf"\b{re.escape(word)}(?:e?s)?\b"
            for word in longest
        )
        return re.compile("|".join(f"({part})" for part in parts), re.IGNORECASE)

    @cached_property
    def _words(self) -> list[str]:
        return sorted(self._entries, key=len, reverse=True)

    def read(self, prompt: str) -> "Reading":
        """What the model makes of a prompt."""
        found: dict[str, Term] = {}
        near: list[str] = []
        surplus: list[str] = []
        camera_words: list[str] = []
        # What is said in the model's own words goes first: "walks to the left" is to the left,
        # though "walks" alone comes nearest to something else.
        for word, entry in sorted(self._found(prompt), key=lambda each: each[1].is_near):
            if entry.kind in found and found[entry.kind] != entry.term:
                surplus.append(word)
                continue
            if entry.kind == "cameras":
                camera_words.append(word)
            found[entry.kind] = entry.term
            if entry.is_near:
                near.append(word)
        lost = []
        for word in self._leftover(prompt):
            guess = self._alike(word)
            if guess is None or (guess.kind in found and found[guess.kind] != guess.term):
                lost.append(word)
            else:
                found[guess.kind] = guess.term
                near.append(word)
                if guess.kind == "cameras":
                    camera_words.append(word)
        crowded = self.one_movement and self._moves(found, "motions")
        if crowded and self._moves(found, "cameras"):
            del found["cameras"]
            near = [word for word in near if word not in camera_words]
        else:
            camera_words = []
        is_chinese = bool(re.search(f"[{HAN}]", prompt))
        said = [found[kind] for kind in KINDS if kind in found]
        text = ("，" if is_chinese else ", ").join(t.zh[0] if is_chinese else t.en[0] for t in said)
        return Reading(
            text=text,
            has_object="objects" in found,
            notes=_notes(unknown=lost, near=near, surplus=surplus, second=camera_words),
        )

    def _moves(self, found: dict[str, Term], kind: str) -> bool:
        return found.get(kind) not in (None, getattr(self, kind).get(STILL))

    def kinds(self) -> dict[str, list[Term]]:
        """All terms by kind, without those kinds of which none is known."""
        return {kind: list(terms.values()) for kind in KINDS if (terms := getattr(self, kind))}

    def refuse_unless_known(self, prompt: str, *, model: str) -> None:
        """NothingToDraw, with examples, for a prompt that names no thing the model can draw."""
        if self.read(prompt).has_object:
            return
        names = [f"{term.zh[0]} ({term.en[0]})" for term in self.objects.values()]
        more = f" and {len(names) - SHOWN_MAX} more" if len(names) > SHOWN_MAX else ""
        raise NothingToDraw(
            f"{model} knows nothing of what the prompt names",
            field="prompt",
            fix=f"name one of {', '.join(names[:SHOWN_MAX])}{more}; for example: {self.example()}",
        )

    def example(self) -> str:
        """A prompt that the model understands whole."""
        first = [next(iter(getattr(self, kind).values()), None) for kind in KINDS]
        return ", ".join(term.en[0] for term in first if term is not None)

    def _found(self, prompt: str) -> Iterator[tuple[str, "Entry"]]:
        for match in self._pattern.finditer(prompt):
            assert match.lastindex is not None
            yield match.group(), self._entries[self._words[match.lastindex - 1]]

    def _leftover(self, prompt: str) -> list[str]:
        """Words with a meaning of their own that are none of ours."""
        rest = self._pattern.sub(" ", prompt)
        chinese = [
            "".join(c for c in run if c not in EMPTY_ZH) for run in re.findall(f"[{HAN}]+", rest)
        ]
        english = [w for w in re.findall(r"[^\W\d_]+", re.sub(f"[{HAN}]+", " ", rest))
                   if w.lower() not in EMPTY_EN and len(w) > 1]  # fmt: skip
        return [word for word in dict.fromkeys([*chinese, *english]) if word]

    def _alike(self, word: str) -> "Entry | None":
        if len(word) < LETTERS_MIN or not word.isascii():
            return None
        close = get_close_matches(word.lower(), self._entries, n=1, cutoff=ALIKE)
        return self._entries[close[0]] if close else None


@dataclass(frozen=True)
class Entry:
    """What a word means."""

    kind: str
    term: Term
    is_near: bool


@dataclass(frozen=True)
class Reading:
    """A prompt in the model's own words, and what to tell its author."""

    text: str
    has_object: bool
    notes: tuple[Note, ...]


SAID = {
    "words_unused": ("这些词对该模型没有意义，未被使用", "These words mean nothing to this model"),
    "words_nearest": ("这些词按最接近的已知事物处理", "Taken for the nearest known thing"),
    "words_second_movement": (
        "该模型一次只表现一种运动：主体在动，镜头词未被使用",
        "One movement at a time: the subject's was kept, the camera's left out",
    ),
    "words_surplus": ("该模型每样只画一个，这些词未被使用", "One of each kind is drawn; left out"),
}


def _notes(
    *, unknown: list[str], near: list[str], surplus: list[str], second: list[str]
) -> tuple[Note, ...]:
    told = {
        "words_unused": unknown,
        "words_nearest": near,
        "words_surplus": surplus,
        "words_second_movement": second,
    }
    return tuple(
        Note(
            code,
            f"{SAID[code][0]}：{'、'.join(words)}。",
            f"{SAID[code][1]}: {', '.join(words)}.",
            words=tuple(words),
        )
        for code, words in told.items()
        if words
    )
