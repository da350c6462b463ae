"""What people would type for a scene, in Chinese, English, or both at once.

What is usual goes unsaid: no camera words mean a fixed camera, no time means day, no weather a
clear sky. So every caption has one meaning, and short prompts work.
"""

import numpy as np

from training.scenes import Scene
from training.world import CAMERAS, MOTIONS, OBJECTS, PLACES, PLAIN, TIMES, WEATHERS, Term

LANGUAGES = ("zh", "en", "mixed")
STYLE_ZH = ("3D动画", "卡通风格", "高清", "可爱", "电影感")
# Words with nothing to draw, so that such words are met, and passed over, in training.
FILLER_ZH = (
    "请生成",
    "帮我画",
    "一段视频",
    "非常",
    "美丽的",
    "慢慢地",
    "有趣的画面",
    "麒麟",
    "阳光",
)
FILLER_EN = (
    "please make a video of",
    "very",
    "beautiful",
    "slowly",
    "wonderful",
    "quirky",
    "zebra",
)
STYLE_EN = ("3D animation", "cartoon style", "high quality", "cute", "cinematic")


def _pick(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    """Half of the time the usual word, else any of them."""
    return words[0] if rng.random() < 0.5 else words[int(rng.integers(len(words)))]


def _said(rng: np.random.Generator, index: int, *, default_share: float) -> bool:
    """What is not usual is always said; the usual now and then."""
    return index != 0 or bool(rng.random() < default_share)


def _chinese_scene(rng: np.random.Generator, scene: Scene, word: str) -> str:
    """Subject, place, time, weather and motion as a Chinese clause."""
    thing = OBJECTS[scene.thing]
    counted = f"一{thing.measure}{word}" if rng.random() < 0.7 else word
    time = _chinese_time(rng, scene)
    place = _chinese_place(rng, scene)
    motion = ""
    if _said(rng, scene.motion, default_share=0.5):
        motion = _pick(rng, MOTIONS[scene.motion].zh)
    if rng.random() < 0.25:  # a list of key words
        parts = [part for part in (time, place, motion) if part]
        rng.shuffle(parts)
        return "，".join([counted, *parts])
    if rng.random() < 0.5:
        return f"{time}{'，' if time else ''}{counted}{place}{motion}"
    return f"{time}{place}{'，' if time or place else ''}{counted}{motion}"


def _chinese_time(rng: np.random.Generator, scene: Scene) -> str:
    place = PLACES[scene.place]
    if not place.outdoors:
        return ""
    weather = WEATHERS[scene.weather].id
    time = TIMES[scene.time].id
    if time == "night" and weather != "clear" and rng.random() < 0.4:
        return "雨夜" if weather == "rain" else "雪夜"
    words = _pick(rng, TIMES[scene.time].zh) if _said(rng, scene.time, default_share=0.4) else ""
    if weather != "clear":
        rain = _pick(rng, WEATHERS[scene.weather].zh)
        if time == "day" and words == "晴天":
            words = "白天"
        words = f"{words}{rain}"
    return words


def _chinese_place(rng: np.random.Generator, scene: Scene) -> str:
    if rng.random() < 0.08:
        return ""
    place = PLACES[scene.place]
    word = _pick(rng, place.zh)
    if place.id in PLAIN:
        return word if rng.random() < 0.5 else f"在{word}前"
    ending = "" if word.endswith("上") else ("里", "上", "")[int(rng.integers(3))]
    return f"在{word}{ending}"


def _english_scene(rng: np.random.Generator, scene: Scene, word: str) -> str:
    """Subject, motion, place, time and weather as an English clause or a list of key words."""
    article = "an" if word[0] in "aeiou" else "a"
    counted = f"{article} {word}" if rng.random() < 0.7 else word
    motion = ""
    if _said(rng, scene.motion, default_share=0.5):
        motion = _pick(rng, MOTIONS[scene.motion].en)
    place, time = _english_place(rng, scene), _english_time(rng, scene)
    if rng.random() < 0.3:
        parts = [part for part in (motion, place, time) if part]
        rng.shuffle(parts)
        return ", ".join([counted, *parts])
    return " ".join(part for part in (counted, motion, place, time) if part)


def _english_place(rng: np.random.Generator, scene: Scene) -> str:
    if rng.random() < 0.08:
        return ""
    place = PLACES[scene.place]
    word = _pick(rng, place.en)
    if place.id in PLAIN:
        return f"{('on', 'in front of')[int(rng.integers(2))]} a {word}"
    if place.id == "space":
        return f"in {word}"
    return f"{('in', 'on')[int(rng.integers(2))]} the {word}"


def _english_time(rng: np.random.Generator, scene: Scene) -> str:
    if not PLACES[scene.place].outdoors:
        return ""
    parts = []
    if _said(rng, scene.time, default_share=0.4):
        word = _pick(rng, TIMES[scene.time].en)
        parts.append(f"at {word}" if rng.random() < 0.7 else word)
    if scene.weather:
        parts.append(_pick(rng, WEATHERS[scene.weather].en))
    rng.shuffle(parts)
    return ", ".join(parts)


def _camera(rng: np.random.Generator, scene: Scene, language: str) -> str:
    if not _said(rng, scene.camera, default_share=0.3):
        return ""
    term: Term = CAMERAS[scene.camera]
    return _pick(rng, term.zh if language == "zh" else term.en)


def caption(rng: np.random.Generator, scene: Scene, *, language: str | None = None) -> str:
    """Say the scene; `language` is drawn when not given (45 % zh, 45 % en, 10 % both)."""
    language = language or LANGUAGES[int(rng.choice(3, p=[0.45, 0.45, 0.1]))]
    thing = OBJECTS[scene.thing]
    body = "zh" if language == "mixed" and rng.random() < 0.5 else language
    if body == "zh":
        text = _chinese_scene(rng, scene, _pick(rng, thing.zh))
    else:
        text = _english_scene(rng, scene, _pick(rng, thing.en))
    other = {"zh": "en", "en": "zh", "mixed": "zh"}[body]
    camera = _camera(rng, scene, other if language == "mixed" else body)
    comma = "，" if body == "zh" else ", "
    parts = [text, camera] if rng.random() < 0.75 else [camera, text]
    if rng.random() < 0.1:
        parts.append(str(rng.choice(STYLE_ZH if body == "zh" else STYLE_EN)))
    if rng.random() < 0.1:
        fillers = FILLER_ZH if body == "zh" else FILLER_EN
        parts.insert(int(rng.integers(len(parts) + 1)), str(rng.choice(fillers)))
    return comma.join(part for part in parts if part)
