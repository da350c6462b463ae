"""What is told of a plan: every word of the prompt and of the negative prompt is in some note."""

from typing import TYPE_CHECKING

from mutoscope.core.rendering import Note
from mutoscope.storyboard.scene import SUBJECTS_MAX

if TYPE_CHECKING:
    from mutoscope.storyboard.planner.plan import Plan

WORDS_NOTED_MAX = 40


def notes_of(plan: "Plan") -> tuple[Note, ...]:
    """The account of the words, for the caller."""
    told = [
        _listed("words_used", "画面用到的词：", "Words that shaped the picture: ", plan.used),
        _listed("words_unused", "没能画出的词：", "Words that could not be drawn: ", plan.unused),
        _listed(
            "subjects_over", f"一个镜头最多 {SUBJECTS_MAX} 个主体，以下没有画：",
            f"A shot holds {SUBJECTS_MAX} subjects at most; left out: ", plan.over,
        ),
        *_nearest(plan.nearest),
        *(_on_card(word) for word in plan.cards),
        _empty(plan),
        _letters(plan),
        _listed("words_excluded", "按要求没有画：", "Left out as asked: ", plan.excluded),
        _listed(
            "words_contrary", "提示词里既要又不要，按“要”画了：",
            "Asked for and forbidden in one prompt, so drawn: ", plan.contrary,
        ),
        _listed(
            "negative_unhonoured", "负面提示词里这些没能照办：",
            "Of the negative prompt this could not be honoured: ", plan.beyond,
        ),
    ]  # fmt: skip
    return tuple(note for note in told if note is not None)


def _listed(code: str, zh: str, en: str, found: list[str]) -> Note | None:
    words = tuple(dict.fromkeys(found))
    if not words:
        return None
    shown, more = words[:WORDS_NOTED_MAX], len(words) - WORDS_NOTED_MAX
    return Note(
        code,
        zh + "、".join(shown) + (f"，还有 {more} 个" if more > 0 else ""),
        en + ", ".join(shown) + (f" and {more} more" if more > 0 else ""),
        words,
    )


def _nearest(nearest: list[tuple[str, str]]) -> list[Note]:
    return [
        Note(
            "word_nearest", f"没有“{word}”的图，画成了最接近的“{name}”",
            f"There is no drawing of {word!r}; the nearest is {name!r}", (word, name),
        )
        for word, name in dict.fromkeys(nearest)
    ]  # fmt: skip


def _on_card(word: str) -> Note:
    return Note(
        "word_on_card", f"没有“{word}”的图，用一张写着它的卡片代替",
        f"There is no drawing of {word!r}; a card with the word stands in for it", (word,),
    )  # fmt: skip


def _empty(plan: "Plan") -> Note | None:
    """An empty scene never comes back without a word about it."""
    shots = plan.shots.shots
    empty = [n for n, shot in enumerate(shots, 1) if not (shot.subjects or shot.texts)]
    if not empty:
        return None
    which = "、".join(str(number) for number in empty)
    zh = "画面里没有主体，只有地点：" if len(shots) == 1 else f"镜头 {which} 里没有主体，只有地点："
    en = "The scene is" if len(shots) == 1 else f"Of the shots, {', '.join(map(str, empty))} is"
    if plan.unused:
        zh += "提到的东西没有图"
        why = "what the prompt names can't be drawn"
    elif plan.emptied:
        zh += "提到的东西都被排除了"
        why = "what the prompt names is excluded"
    else:
        zh += "提示词没有说有谁或有什么"
        why = "the prompt names nobody and nothing to be in it"
    return Note("scene_empty", zh, f"{en} empty but for its place: {why}")


def _letters(plan: "Plan") -> Note | None:
    if not plan.unset:
        return None
    words = tuple(dict.fromkeys(plan.unset))
    return Note(
        "letters_unset", "字体里没有这些字，已略去：" + "、".join(words),
        "The typeface lacks these letters, they are left out: " + ", ".join(words), words,
    )  # fmt: skip
