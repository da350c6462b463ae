"""From a prompt to a shot list, with an account of every word."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from mutoscope.core.errors import NothingToDraw
from mutoscope.core.rendering import Note
from mutoscope.storyboard.art.type import settable
from mutoscope.storyboard.planner.cuts import DISSOLVES, scenes
from mutoscope.storyboard.planner.lexicon import Kind, Token, is_han, lexicon, tokens
from mutoscope.storyboard.planner.quoted import QUOTED, narration
from mutoscope.storyboard.planner.reader import Draft, Reader
from mutoscope.storyboard.planner.shots import shot_from
from mutoscope.storyboard.scene import Shot, ShotList, Text, Transition

PICTURE_MARK = re.compile(r"<<<\s*(?:image|element|video|voice)_(\d+)\s*>>>", re.IGNORECASE)
GRAMMAR = frozenset({
    Kind.STOP, Kind.UNKNOWN, Kind.BREAK, Kind.JOIN, Kind.NEGATION, Kind.COUNT, Kind.CUT, Kind.NOUN,
    Kind.LETTERING, Kind.BACKDROP,
})  # fmt: skip
TEXTS_MAX = 3
WORDS_NOTED_MAX = 40


@dataclass
class Plan:
    """A shot list and what became of the words it was made from."""

    shots: ShotList
    used: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    nearest: list[tuple[str, str]] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    unset: str = ""
    excluded: list[str] = field(default_factory=list)

    def notes(self) -> tuple[Note, ...]:
        """The account of the words, for the caller."""
        result = []
        if self.used:
            words = tuple(self.used[:WORDS_NOTED_MAX])
            result.append(Note(
                "words_used", "画面用到的词：" + "、".join(words),
                "Words that shaped the picture: " + ", ".join(words), words,
            ))  # fmt: skip
        if self.unused:
            words = tuple(self.unused[:WORDS_NOTED_MAX])
            result.append(Note(
                "words_unused", "没能画出的词：" + "、".join(words),
                "Words that could not be drawn: " + ", ".join(words), words,
            ))  # fmt: skip
        for word, name in self.nearest[:8]:
            result.append(Note(
                "word_nearest", f"没有“{word}”的图，画成了最接近的“{name}”",
                f"There is no drawing of {word!r}; the nearest is {name!r}", (word, name),
            ))  # fmt: skip
        for word in self.cards:
            result.append(Note(
                "word_on_card", f"没有“{word}”的图，用一张写着它的卡片代替",
                f"There is no drawing of {word!r}; a card with the word stands in for it", (word,),
            ))  # fmt: skip
        if self.unset:
            result.append(Note(
                "letters_unset", f"字体里没有这些字，已略去：{self.unset}",
                f"The typeface lacks these letters, they are left out: {self.unset}", (self.unset,),
            ))  # fmt: skip
        if self.excluded:
            words = tuple(dict.fromkeys(self.excluded))
            result.append(Note(
                "words_excluded", "按要求没有画：" + "、".join(words),
                "Left out as asked: " + ", ".join(words), words,
            ))  # fmt: skip
        return tuple(result)


def plan(
    prompt: str, *, seconds: float = 5.0, negative: str = "", pictures: int = 0, variety: int = 0
) -> Plan:
    """Plan a film of `seconds` for a prompt; `pictures` is how many subject pictures came along.

    Raises NothingToDraw when the prompt holds no word at all that could be drawn or set.
    """
    return plan_scenes([(scene, None) for scene in scenes(prompt)], seconds=seconds,
                       negative=negative, pictures=pictures, variety=variety)  # fmt: skip


def plan_scenes(
    parts: list[tuple[str, float | None]], *, seconds: float, negative: str = "",
    pictures: int = 0, variety: int = 0,
) -> Plan:  # fmt: skip
    """Plan a film of several scenes, each with its length or None for an even share."""
    refused = _refused(negative)
    result = Plan(ShotList.model_construct(shots=()))
    drafts = [_read(text, refused, result) for text, _ in parts]
    if not pictures and not any(draft.has_anything for draft in drafts):
        raise NothingToDraw(
            "the prompt holds nothing that can be drawn", field="prompt",
            fix="name a thing, a place or a time in Chinese or English, such as "
            "'a red car drives through the desert' or 'put a slogan in quotes'",
        )  # fmt: skip
    for earlier, later in pairwise(drafts):
        later.follow(earlier)
    told = [length for _, length in parts if length is not None]
    even = max(0.2, (seconds - sum(told)) / max(1, len(parts) - len(told)))
    shots: list[Shot] = []
    for number, (draft, (_, length)) in enumerate(zip(drafts, parts, strict=True)):
        before = shots[-1] if shots else None
        shots.append(
            shot_from(draft, result, seconds=min(15.0, length or even), before=before,
                      pictures=range(pictures) if number == 0 else range(0), refused=refused,
                      variety=variety)
        )  # fmt: skip
    result.shots = ShotList(shots=tuple(shots))
    result.used = list(dict.fromkeys(result.used))
    taken = {word for word, _ in result.nearest} | set(result.cards)
    result.unused = [word for word in dict.fromkeys(result.unused) if word not in taken]
    return result


def _refused(negative: str) -> set[tuple[Kind, str]]:
    """What the negative prompt names; its commas and numbers name nothing."""
    return {(t.kind, t.value) for t in tokens(negative) if t.kind not in GRAMMAR}


def _read(text: str, refused: set[tuple[Kind, str]], result: Plan) -> Draft:
    dissolves = text.startswith(DISSOLVES)
    text, said = narration(PICTURE_MARK.sub(" ", text.removeprefix(DISSOLVES)))
    texts: list[Text] = []
    for match in QUOTED.finditer(text):
        words = next(group for group in match.groups() if group)
        kept, lost = settable(words)
        result.unset += "".join(letter for letter in lost if letter not in result.unset)
        if kept and any(letter.isalnum() for letter in kept) and len(texts) < TEXTS_MAX:
            texts.append(Text(words=kept[:120]))
            result.used.append(f"“{kept[:40]}”")
    if said:
        result.used.append(f"“{said[:40]}”")
    reader = Reader(refused)
    draft = reader.read(_joined(tokens(QUOTED.sub(" ", text))))
    draft.texts, draft.narration = texts, said
    draft.transition = Transition.DISSOLVE if dissolves else Transition.CUT
    result.used += draft.used
    result.unused += draft.unused
    result.excluded += draft.excluded
    return draft


def _joined(found: list[Token]) -> list[Token]:
    """Unknown Chinese words with single letters that only look like words taken back in."""
    result: list[Token] = []
    for token in found:
        last = result[-1] if result else None
        if (
            last is not None
            and last.kind is Kind.UNKNOWN
            and token.kind is Kind.SUBJECT
            and len(token.text) == 1
            and is_han(token.text)
            and is_han(last.text[-1])
            and token.text in lexicon().heads
        ):
            # 越野 + 车, 牧羊 + 犬: one word, drawn as what its last letter names.
            result[-1] = Token(Kind.SUBJECT, token.value, last.text + token.text)
        else:
            result.append(token)
    return result
