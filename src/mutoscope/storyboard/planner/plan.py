"""From a prompt to a shot list, with an account of every word."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from mutoscope.core.errors import NothingToDraw
from mutoscope.core.rendering import Note
from mutoscope.storyboard.art.type import scripts_of, settable, unsettable
from mutoscope.storyboard.planner.cuts import DISSOLVES, FADES, OUT, scenes
from mutoscope.storyboard.planner.lexicon import Kind, Token, is_han, lexicon, tokens
from mutoscope.storyboard.planner.notes import notes_of
from mutoscope.storyboard.planner.quoted import QUOTED, narration
from mutoscope.storyboard.planner.reader import Draft, Reader
from mutoscope.storyboard.planner.refusals import Refusals, refusals
from mutoscope.storyboard.planner.shots import shot_from
from mutoscope.storyboard.scene import Place, Shot, ShotList, Text, Transition

PICTURE_MARK = re.compile(r"<<<\s*(?:image|element|video|voice)_(\d+)\s*>>>", re.IGNORECASE)
TEXTS_MAX = 3
BEGINNINGS = {DISSOLVES: Transition.DISSOLVE, FADES: Transition.FADE, "": Transition.CUT}
VESSELS = frozenset({
    "bottle", "bottles", "cup", "cups", "mug", "glass", "jar", "box", "bag", "package", "carton",
    "瓶子", "杯子", "盒子", "箱子",
})  # fmt: skip


@dataclass
class Plan:
    """A shot list and what became of the words it was made from."""

    shots: ShotList
    used: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    nearest: list[tuple[str, str]] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    # Words with letters that the typeface lacks, only those letters.
    unset: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    contrary: list[str] = field(default_factory=list)
    # Subjects that a shot had no room for; words of the negative prompt that mean nothing here.
    over: list[str] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)
    emptied: bool = False

    def notes(self) -> tuple[Note, ...]:
        """The account of the words, for the caller."""
        return notes_of(self)


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
    refused = refusals(negative)
    result = Plan(ShotList.model_construct(shots=()))
    drafts = [
        _read(text, refused, result, is_later=number > 0) for number, (text, _) in enumerate(parts)
    ]
    if not pictures and not any(draft.has_anything for draft in drafts):
        raise _nothing_in(" ".join(text for text, _ in parts), result)
    for earlier, later in pairwise(drafts):
        later.follow(earlier)
    told = [length for _, length in parts if length is not None]
    even = max(0.2, (seconds - sum(told)) / max(1, len(parts) - len(told)))
    shots: list[Shot] = []
    for number, (draft, (_, length)) in enumerate(zip(drafts, parts, strict=True)):
        before = shots[-1] if shots else None
        shots.append(
            shot_from(draft, result, seconds=min(15.0, length or even), before=before,
                      pictures=range(pictures) if number == 0 else range(0), refused=refused.senses,
                      variety=variety)
        )  # fmt: skip
    result.shots = ShotList(shots=tuple(shots))
    _settle(result, refused)
    return result


def _settle(result: Plan, refused: Refusals) -> None:
    """Every word in one list only; what a negative prompt names is kept out wherever it is."""
    taken = {word for word, _ in result.nearest} | set(result.cards)
    lost = {*result.over, *result.unused} - taken
    still = {figure for figure in result.used if result.used.count(figure) > 1}
    result.used = [word for word in dict.fromkeys(result.used) if word not in lost - still]
    result.over = [word for word in dict.fromkeys(result.over) if word not in result.used]
    shown = {*taken, *result.used, *result.over}
    result.unused = [word for word in dict.fromkeys(result.unused) if word not in shown]
    result.emptied = bool(result.excluded)
    result.excluded = list(dict.fromkeys([*result.excluded, *refused.words]))
    result.beyond = list(refused.beyond)
    if refused.wants_no_type and any(shot.texts for shot in result.shots.shots):
        result.beyond.append("text")


def _nothing_in(prompt: str, result: Plan) -> NothingToDraw:
    """Why there is nothing to draw: all is refused, or in letters that nobody here can set."""
    fix = (
        "name a thing, a place or a time in Chinese or English, such as "
        "'a red car drives through the desert' or 'put a slogan in quotes'"
    )
    if result.excluded:
        return NothingToDraw(
            "the negative prompt rules out all that the prompt names: "
            + ", ".join(dict.fromkeys(result.excluded)),
            field="negative_prompt", fix="take it out of one of the two",
        )  # fmt: skip
    scripts = scripts_of(unsettable(prompt))
    if scripts:
        return NothingToDraw(
            f"the prompt is written in {' and '.join(scripts)} letters: they are not understood,"
            " and the typeface can't set them",
            field="prompt", fix=fix,
        )  # fmt: skip
    return NothingToDraw("the prompt holds nothing that can be drawn", field="prompt", fix=fix)


def _read(text: str, refused: Refusals, result: Plan, *, is_later: bool) -> Draft:
    mark, text = text[: text[:1] in BEGINNINGS], text[text[:1] in BEGINNINGS :]
    text, said = narration(PICTURE_MARK.sub(" ", text))
    texts: list[Text] = []
    for match in QUOTED.finditer(text):
        words = next(group for group in match.groups() if group)
        kept, lost = settable(words)
        if lost:
            result.unset.append(unsettable(words))
        if kept and any(letter.isalnum() for letter in kept) and len(texts) < TEXTS_MAX:
            texts.append(Text(words=kept[:120]))
            result.used.append(f"“{kept[:40]}”")
    if said:
        result.used.append(f"“{said[:40]}”")
    reader = Reader(refused)
    found = _joined(tokens(QUOTED.sub(" ", text)))
    draft = reader.read(_moved_to_the_moon(found) if is_later else found)
    draft.texts, draft.narration = texts, said
    draft.transition = BEGINNINGS.get(mark, Transition.CUT)
    draft.closing = OUT in text
    result.used += draft.used
    result.unused += draft.unused
    result.excluded += draft.excluded
    result.contrary += draft.contrary
    return draft


def _moved_to_the_moon(found: list[Token]) -> list[Token]:
    """ "Cut to the moon, with an astronaut": the moon is where that is, not who is in it."""
    first = next((n for n, token in enumerate(found) if token.kind is not Kind.STOP), None)
    if first is None or (found[first].kind, found[first].value) != (Kind.SUBJECT, "full-moon"):
        return found
    others = [token for token in found[first + 1 :] if token.kind is Kind.SUBJECT]
    if not others or any(token.kind is Kind.PLACE for token in found):
        return found
    place = Token(Kind.PLACE, Place.MOON.value, found[first].text)
    return [*found[:first], place, *found[first + 1 :]]


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
        elif (
            last is not None and last.kind is token.kind is Kind.SUBJECT
            and token.text.lower() in VESSELS
        ):  # fmt: skip
            # A perfume bottle is perfume, not perfume and one more bottle.
            result[-1] = Token(Kind.SUBJECT, last.value, last.text)
        else:
            result.append(token)
    return result
