"""Where one shot of a prompt ends and the next begins."""

import re

from mutoscope.storyboard.planner.lexicon import Kind, tokens
from mutoscope.storyboard.planner.quoted import NARRATION, QUOTED
from mutoscope.storyboard.scene import SHOTS_MAX

MARKED = re.compile(
    r"(?:^|(?<=[\s，。；;,.！!\n]))(?:镜头|分镜|场景|第)\s*[一二三四五六1-6]\s*(?:幕|镜|个镜头)?\s*[:：、,，]"
    r"|\b(?:shot|scene)\s*[1-6]\s*[:.,-]",
    re.IGNORECASE,
)
# How a shot begins, before its words; OUT stands after the words of one that fades to black.
DISSOLVES, FADES, OUT = "\x00", "\x01", "\x02"
JOINTS = {"dissolve": DISSOLVES, "fade": FADES}
BLANK = " ，。；;,.\n\t"


def scenes(prompt: str) -> list[str]:
    """The shots a prompt tells: 镜头一：…, Shot 2: …, cut to …, and then … somewhere else.

    One that dissolves or fades in begins with DISSOLVES or FADES, one that fades out ends with OUT.
    """
    unquoted = _masked(prompt)
    pieces, at = [], 0
    for mark in MARKED.finditer(unquoted):
        pieces.append(prompt[at : mark.start()])
        at = mark.end()
    pieces = [piece for piece in (*pieces, prompt[at:]) if piece.strip(BLANK)]
    if len(pieces) > 1:
        return pieces[:SHOTS_MAX]
    return _cut(prompt, unquoted)[:SHOTS_MAX]


def _masked(prompt: str) -> str:
    """The prompt with what is quoted or spoken blanked out, every other letter in its place."""
    for pattern in (NARRATION, QUOTED):
        prompt = pattern.sub(lambda match: "." * len(match.group()), prompt)
    return prompt


def _cut(prompt: str, unquoted: str) -> list[str]:
    """The prompt parted where it says so; "then" parts it only where a new place follows."""
    result, begin, joint = [], 0, ""
    marks = [token for token in tokens(unquoted) if token.kind is Kind.CUT]
    spans = _spans(unquoted, [mark.text for mark in marks])
    for number, (mark, (start, end)) in enumerate(zip(marks, spans, strict=False)):
        until = spans[number + 1][0] if number + 1 < len(spans) else len(unquoted)
        soft = mark.value == "then"
        if soft and not _moves_on(unquoted[begin:start], unquoted[end:until]):
            continue
        out = OUT if mark.value in {"fade", "black"} else ""
        if prompt[begin:start].strip(BLANK):
            result.append(joint + prompt[begin:start] + out)
        begin, joint = end, JOINTS.get(mark.value, "")
    if prompt[begin:].strip(BLANK) or not result:
        result.append(joint + prompt[begin:])
    return result


def _spans(text: str, marks: list[str]) -> list[tuple[int, int]]:
    """Where each mark stands; one that was spelled otherwise before it was read ends the list."""
    spans, at = [], 0
    for mark in marks:
        word = rf"(?<![a-zA-Z]){re.escape(mark)}(?![a-zA-Z])" if mark[0].isascii() else mark
        found = re.compile(word).search(text, at)
        if found is None:
            break
        spans.append(found.span())
        at = found.end()
    return spans


def _moves_on(before: str, after: str) -> bool:
    """What follows names a place that what came before does not."""
    there = {token.value for token in tokens(after) if token.kind is Kind.PLACE}
    here = {token.value for token in tokens(before) if token.kind is Kind.PLACE}
    return bool(there - here)
