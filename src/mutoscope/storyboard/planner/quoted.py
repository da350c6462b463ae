"""What stands in quotes in a prompt: words to set in type, and words to be spoken."""

import re

PAIRS = (r"“([^”]{1,%d})”", r'"([^"]{1,%d})"', r"「([^」]{1,%d})」", r"『([^』]{1,%d})』")
SPOKEN_MAX = 300


def _quotes(longest: int, *more: str) -> str:
    return "|".join(pair % longest for pair in (*PAIRS, *more))


QUOTED = re.compile(_quotes(200, r"《([^》]{1,%d})》"))
NARRATION = re.compile(
    r"(?:旁白|画外音|解说词?|配音|朗读|\b(?:narrat(?:ion|or|ed)|voice[ -]?over))"
    r"(?:\s*(?:says?|reads?|saying|说道?|念道?|读))?"
    rf"(?:\s*[:：,，是为]?\s*(?:{_quotes(1000)})|\s*[:：]\s*([^“\"「『;；\n]+?(?:[。！？!?]|\.(?!\S)|(?=[“\"「『;；\n])|$)))",
    re.IGNORECASE,
)


def narration(text: str) -> tuple[str, str | None]:
    """A scene without its narration, and the narration: 旁白：“…”, voice-over "…"."""
    said = []
    for match in NARRATION.finditer(text):
        words = next(group for group in match.groups() if group)
        said.append(" ".join(words.split()))
    words = " ".join(each for each in said if any(letter.isalnum() for letter in each))
    return NARRATION.sub(" ", text), words[:SPOKEN_MAX] or None
