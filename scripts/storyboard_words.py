"""Writes docs/storyboard-words.md: every word the storyboard knows, by kind and value.

python scripts/storyboard_words.py
"""

import sys
from pathlib import Path

from mutoscope.storyboard import vocabulary

OUT = Path(__file__).parent.parent / "docs/storyboard-words.md"
TITLES = {
    "place": "Places", "time": "Times of day", "weather": "Weather and what is in the air",
    "action": "Actions", "direction": "Directions", "speed": "Speeds", "camera": "Camera",
    "colour": "Colours", "size": "Sizes", "count": "Counts", "mood": "Moods", "cut": "Cuts",
    "lettering": "Type",
    "negation": "Negation", "subject": "Subjects",
}  # fmt: skip


def page() -> str:
    """The page, from the vocabulary itself."""
    words = vocabulary()
    lines = [
        "# Words the storyboard knows", "",
        "Made by `python scripts/storyboard_words.py` from the vocabulary; do not edit. The name",
        "in front is what a shot list calls it. English endings (-s, -ing, -ed) are understood",
        "too, and keywords of the drawings serve for words that are not listed.", "",
    ]  # fmt: skip
    for kind, title in TITLES.items():
        lines += [f"## {title}", ""]
        for value, known in sorted(words[kind].items()):
            lines.append(f"- `{value}`: {', '.join(known)}")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    OUT.write_text(page(), "utf-8")
    sys.exit(0)
