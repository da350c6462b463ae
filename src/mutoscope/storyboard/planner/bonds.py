"""Which words between two subjects bind them: who sits on what, who holds what."""

from mutoscope.storyboard.art import library
from mutoscope.storyboard.art.nature import Nature
from mutoscope.storyboard.planner.lexicon import Kind, Token
from mutoscope.storyboard.scene import Bond

RIDES = frozenset({
    "ride", "rides", "riding", "drive", "drives", "driving", "pilot", "pilots", "piloting",
    "骑", "骑着", "驾驶", "开", "开着", "乘", "乘着", "坐着",
})  # fmt: skip
HOLDS = frozenset({
    "eat", "eats", "eating", "eating a", "drink", "drinks", "drinking", "hold", "holds",
    "holding", "carry", "carries", "carrying", "吃", "喝", "拿", "拿着", "抱", "抱着",
})  # fmt: skip
FLIES = frozenset({
    "fly", "flies", "flying", "with", "放", "牵", "牵着", "飞",
}) | HOLDS  # fmt: skip
ON = frozenset({
    "on", "onto", "atop",
})  # fmt: skip
UPON = frozenset({
    "在", "坐", "坐着", "趴", "躺", "站", "站着",
})  # fmt: skip
TOPS = frozenset({
    "上", "上面",
})  # fmt: skip
# Words that keep two subjects apart whatever else is said between them.
APART = frozenset({
    "to", "past", "towards", "toward", "from", "by", "at", "away", "over", "under", "through",
    "across", "around", "near", "beside", "between", "behind", "along", "against", "向", "往",
    "朝", "到", "从", "旁边", "附近", "对",
})  # fmt: skip
STRINGED = frozenset({"kite", "balloon"})
CARRIERS = frozenset({
    Nature.BEAST, Nature.BIRD, Nature.FISH, Nature.WHEELS, Nature.BOAT, Nature.AIRCRAFT,
    Nature.ROCKET, Nature.DRIFTER,
})  # fmt: skip
# What is so high up or so near the ground that nothing is on it.
BARE = frozenset({Nature.HEAVENLY, Nature.HEAD})


def bond_between(
    first: str | None, said: list[Token], second: str | None, following: str
) -> tuple[Bond, bool] | None:
    """How two subjects belong together, and whether it is the second that clings to the first.

    `said` stands between them, `following` is the word after the second.
    """
    if first is None or second is None:
        return None
    words = {token.text.lower() for token in said}
    if words & APART:
        return None
    if second == "fishing-pole":
        return Bond.HELD, True
    if second in STRINGED and words & FLIES:
        return Bond.TIED, True
    if any(token.kind is Kind.JOIN for token in said):
        return None
    if words & HOLDS:
        return Bond.HELD, True
    if words & RIDES and carries(second):
        return Bond.ON, False
    if library()[second].nature not in BARE and (
        words & ON or (words & UPON and following in TOPS)
    ):
        return Bond.ON, False
    return None


def carries(art: str | None) -> bool:
    """It takes a rider along."""
    return art is not None and library()[art].nature in CARRIERS
