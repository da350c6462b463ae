"""Which sounds words name: those that the storyboard can make by synthesis, and no others."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

SoundName = Literal[
    "wind", "rain", "thunder", "sea", "brook", "city", "crowd", "birds", "crickets", "deep",
    "bubbles", "drone", "room", "bangs",
]  # fmt: skip
SOUNDS_MAX = 6

# English words are looked for whole and in the plural, Chinese ones wherever they stand.
WORDS: Mapping[SoundName, tuple[str, ...]] = MappingProxyType(
    {
        "thunder": ("thunder", "thunderstorm", "storm", "雷", "暴风雨"),
        "rain": ("rain", "rainfall", "raindrop", "drizzle", "thunderstorm", "downpour", "雨"),
        "wind": ("wind", "breeze", "gale", "blizzard", "风"),
        "sea": ("sea", "ocean", "wave", "surf", "beach", "shore", "海", "浪", "沙滩"),
        "brook": ("brook", "stream", "river", "creek", "waterfall", "溪", "河", "流水", "瀑布"),
        "city": ("city", "traffic", "street", "road", "城市", "街", "车流", "马路"),
        "crowd": (
            "crowd",
            "audience",
            "cheer",
            "market",
            "stadium",
            "人群",
            "观众",
            "欢呼",
            "集市",
        ),
        "birds": ("bird", "birdsong", "chirp", "chirping", "twitter", "forest", "鸟", "森林"),
        "crickets": ("cricket", "insect", "cicada", "蟋蟀", "虫鸣", "虫", "蝉"),
        "bubbles": ("bubble", "underwater", "泡", "水下"),
        "deep": ("deep sea", "underwater", "rumble", "深海", "水下", "轰鸣"),
        "drone": ("drone", "space", "hum", "spaceship", "太空", "宇宙", "嗡"),
        "bangs": ("firework", "firecracker", "bang", "explosion", "烟花", "烟火", "鞭炮", "爆炸"),
        "room": ("room tone", "room", "indoors", "silence", "房间", "室内", "安静"),
    }
)
EXAMPLES = "rain, thunder, wind, sea, brook, city, crowd, birds, crickets, bubbles, fireworks"


def heard_in(words: str) -> list[SoundName]:
    """The sounds that words name, six at most, in the order of the table; perhaps none."""
    text = words.casefold()
    return [name for name, known in WORDS.items() if any(_is_in(each, text) for each in known)][
        :SOUNDS_MAX
    ]


def _is_in(word: str, text: str) -> bool:
    if not word.isascii():
        return word in text
    return re.search(rf"\b{re.escape(word)}(?:e?s)?\b", text) is not None
