"""From what was read to a shot: defaults filled in, unknown words given their nearest."""

from typing import TYPE_CHECKING

from mutoscope.storyboard.art import library
from mutoscope.storyboard.art.nature import Nature
from mutoscope.storyboard.art.type import settable
from mutoscope.storyboard.planner.defaults import action_for, doing, place_for, time_for
from mutoscope.storyboard.planner.lexicon import Kind, is_han, lexicon
from mutoscope.storyboard.planner.reader import Draft, Figure
from mutoscope.storyboard.scene import (
    SUBJECTS_MAX,
    WITHOUT_MAX,
    Action,
    Bond,
    Mood,
    Place,
    Shot,
    Size,
    Speed,
    Subject,
    TimeOfDay,
)

if TYPE_CHECKING:
    from mutoscope.storyboard.planner.plan import Plan

CARD_LETTERS_MAX = 16
CARDS_MAX = 2
# Where what floats is, from the top, when words stand at the bottom.
FLOATS_AT = 0.34
# What people call a picture that they gave.
FOR_A_PICTURE = (
    "product", "picture", "photo", "image", "logo", "item",
    "产品", "商品", "图片", "照片", "图中", "主体",
)  # fmt: skip


def shot_from(
    draft: Draft, account: "Plan", *, seconds: float, before: Shot | None, pictures: range,
    refused: set[tuple[Kind, str]], variety: int,
) -> Shot:  # fmt: skip
    """The shot a draft describes; what it leaves open comes from the shot before or by default."""
    refused = refused | draft.barred.senses
    _resolve(draft, account, refused, may_stand_in=not pictures)
    figures = draft.figures[:SUBJECTS_MAX]
    for figure in draft.figures[SUBJECTS_MAX:]:
        account.over.append(figure.word)
    shown = list(pictures)[: SUBJECTS_MAX - 1]
    # "The coffee turns", with a photograph of it: the words name the picture, not one more cup.
    # Where they name more than there are pictures, nobody knows which: then all are drawn.
    names_them = len(figures) <= len(shown) and not _speaks_of_pictures(draft)
    taken = figures if names_them else []
    drawn = figures[len(taken) :]
    place = _place(draft, drawn, before, bool(pictures), refused)
    subjects = [
        _pictured(number, draft, taken[at] if at < len(taken) else None, figures)
        for at, number in enumerate(shown)
    ]
    standing = [*taken, *[None] * (len(shown) - len(taken)), *drawn]
    subjects += [_subject(figure, figures, place, standing) for figure in drawn]
    texts = tuple(draft.texts)
    told = {"where": _where(subjects), "size": draft.type_size, "colour": draft.type_colour}
    texts = tuple(text.model_copy(update=told) for text in texts)
    if texts and told["where"] == "bottom":
        subjects = [_above_the_words(subject) for subject in subjects]
    return Shot(
        seconds=seconds, place=place, time=draft.time or (before.time if before and not draft.place
        else time_for(draft.weather)), weather=tuple(draft.weather), mood=draft.mood or Mood.PLAIN,
        backdrop=draft.backdrop if place is Place.STUDIO else None,
        subjects=tuple(subjects[:SUBJECTS_MAX]), texts=texts, camera=tuple(draft.camera),
        narration=draft.narration,
        transition=draft.transition, closing=draft.closing, variety=variety,
        without=tuple(sorted(set(draft.without)))[:WITHOUT_MAX],
    )  # fmt: skip


def _above_the_words(subject: Subject) -> Subject:
    """What only floats does it high enough to keep clear of words at the bottom."""
    if subject.action is not Action.FLOAT or subject.bond is not None:
        return subject
    return subject.model_copy(update={"y": FLOATS_AT})


def _time(draft: Draft, before: Shot | None, refused: set[tuple[Kind, str]]) -> TimeOfDay:
    time = draft.time
    if time is None and before is not None and not draft.place:
        time = before.time
    time = time or time_for(draft.weather)
    if (Kind.TIME, time.value) not in refused:
        return time
    others = (TimeOfDay.DAY, TimeOfDay.SUNSET, TimeOfDay.NIGHT, TimeOfDay.DAWN)
    return next((other for other in others if (Kind.TIME, other.value) not in refused), time)


def _where(subjects: list[Subject]) -> str:
    """Where words disturb nobody: under those who fly, over those who stand."""
    if not subjects:
        return "middle"
    airy = {Action.FLY, Action.FLOAT, Action.RISE, Action.FALL, Action.JUMP, Action.ORBIT}
    return "bottom" if any(subject.action in airy for subject in subjects) else "top"


def _resolve(
    draft: Draft, account: "Plan", refused: set[tuple[Kind, str]], *, may_stand_in: bool
) -> None:
    """Give unknown words the nearest drawing, or a card when nothing else is in the scene."""
    for word in dict.fromkeys(draft.unknown):
        if any(figure.word == word for figure in draft.figures):
            art = next(f.art for f in draft.figures if f.word == word)
            account.nearest.append((word, _called(art or "", word)))
            continue
        near = lexicon().nearest(word) if word in draft.nouns else None
        if near is not None and len(draft.figures) < SUBJECTS_MAX and _is_noun(word):
            if (Kind.SUBJECT, near) in refused:
                account.excluded.append(word)
                continue
            draft.figures.append(Figure(near, word, action=draft.loose_action))
            account.nearest.append((word, _called(near, word)))
        elif word in draft.named and draft.figures and may_stand_in and settable(word)[0]:
            if sum(figure.card is not None for figure in draft.figures) < CARDS_MAX:
                _stand_in(draft, account, word)
        else:
            account.unused.append(word)
    if draft.figures or not may_stand_in:
        return
    if draft.texts or (draft.place and not draft.unknown):
        return
    nouns = draft.nouns or draft.unknown
    words = [word for word in nouns if settable(word)[0] and _is_noun(word)]
    if words:
        word = max(words[:6], key=len)
        account.unused = [each for each in account.unused if each != word]
        _stand_in(draft, account, word)


def _stand_in(draft: Draft, account: "Plan", word: str) -> None:
    """Put a card with the word into the scene."""
    words = settable(word[:CARD_LETTERS_MAX])[0]
    draft.figures.append(Figure(None, word, card=words, action=draft.loose_action))
    account.cards.append(word)


def _called(name: str, word: str) -> str:
    drawing = library()[name]
    return drawing.zh if any(is_han(letter) for letter in word) else drawing.en


def _is_noun(word: str) -> bool:
    """Not a bare number, not a single letter; one Chinese character is a word."""
    return (len(word) > 1 or is_han(word)) and not word.isdigit()


def _place(
    draft: Draft, figures: list[Figure], before: Shot | None, pictured: bool,
    refused: set[tuple[Kind, str]],
) -> Place:  # fmt: skip
    place = draft.place
    if place is None and draft.backdrop is not None:
        place = Place.STUDIO
    if place is None and before is not None:
        place = before.place
    hosts = [figure.target for figure in figures if figure.bond is Bond.ON]
    # Where a sofa is at home, not where a cat is, is where the cat sits on it.
    figures = sorted(figures, key=lambda figure: figure not in hosts)
    names = [figure.art for figure in figures if figure.art]
    if place is None and pictured and not names:
        place = Place.STUDIO
    if place is None and not names and (draft.texts or figures):
        place = Place.STUDIO
    if place is None:
        place = place_for(names)
        if place is Place.STUDIO and draft.weather:
            place = Place.MEADOW
    if (Kind.PLACE, place.value) in refused:
        others = (Place.MEADOW, Place.STUDIO, Place.DESERT)
        if place is not Place.SNOWFIELD:
            others = (Place.STUDIO, Place.MEADOW, Place.DESERT)
        place = next((other for other in others if (Kind.PLACE, other.value) not in refused), place)
    return place


def _speaks_of_pictures(draft: Draft) -> bool:
    """The words say "the product" or "this picture", so that things named beside it are others."""
    said = " ".join([*draft.nouns, *draft.unknown, *draft.named]).lower()
    return any(word in said for word in FOR_A_PICTURE)


def _pictured(number: int, draft: Draft, named: Figure | None, figures: list[Figure]) -> Subject:
    """A picture somebody gave, doing what the words say of the thing it shows."""
    action = draft.loose_action or Action.PRESENT
    if named is None:
        if figures and figures[0].action is not None and number == 0:
            action = figures[0].action
        return Subject(picture=number, action=action, size=Size.LARGE)
    return Subject(
        picture=number, action=named.action or action, size=named.size or Size.LARGE,
        direction=named.direction, speed=named.speed or Speed.NORMAL,
    )  # fmt: skip


def _subject(
    figure: Figure, figures: list[Figure], place: Place, standing: list[Figure | None]
) -> Subject:
    """`standing`: which figure each subject of the shot is, in their order."""
    target = None
    if figure.target is not None and figure.target in standing:
        target = standing.index(figure.target)
        if target >= SUBJECTS_MAX or figure.target is figure:
            target = None
    if figure.art is None:
        return Subject(
            card=figure.card, action=figure.action or Action.PRESENT, count=figure.count,
            size=figure.size or Size.NORMAL, direction=figure.direction,
        )  # fmt: skip
    action = figure.action or action_for(figure.art, place)
    if action in {Action.CHASE} and target is None:
        action = Action.RUN
    if figure.bond is not None and target is not None:
        action = figure.action or Action.STAND
    ridden = any(other.target is figure and other.bond is Bond.ON for other in figures)
    if ridden and figure.action is None and library()[figure.art].nature is Nature.BEAST:
        action = Action.WALK
    chased = any(other.target is figure and other.action is Action.CHASE for other in figures)
    if chased and figure.action is None:
        action = Action.RUN
    return Subject(
        art=doing(figure.art, action), count=figure.count, colour=figure.colour,
        size=figure.size or Size.NORMAL, action=action, direction=figure.direction,
        speed=figure.speed or Speed.NORMAL, target=target,
        bond=figure.bond if target is not None else None,
    )  # fmt: skip
