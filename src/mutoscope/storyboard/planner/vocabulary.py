"""The words the storyboard knows, for the documentation."""

from mutoscope.storyboard.planner.lexicon import Kind, lexicon


def vocabulary() -> dict[str, dict[str, list[str]]]:
    """Kind of word, then value, then the words for it in both languages."""
    result: dict[str, dict[str, list[str]]] = {}
    for word, senses in lexicon().senses.items():
        for sense in senses:
            if sense.kind is not Kind.STOP:
                result.setdefault(sense.kind.value, {}).setdefault(sense.value, []).append(word)
    return result
