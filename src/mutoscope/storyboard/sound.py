"""Ambience: wind, rain, sea, city, crowd, birds, made of shaped noise and small tones."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mutoscope.core.rendering import Sound
from mutoscope.core.request import Shape
from mutoscope.storyboard.film import takes
from mutoscope.storyboard.pixels import ease
from mutoscope.storyboard.scene import Place, Shot, ShotList, TimeOfDay, Weather

RATE = 44_100
FADE_SECONDS = 0.25
Wave = NDArray[np.float32]


def ambience(shots: ShotList, shape: Shape, seed: int) -> Sound:
    """The sound of a film, as long as its frames; each shot has its own."""
    total = round(shape.frames / shape.fps * RATE)
    result = np.zeros((2, total), np.float32)
    for number, take in enumerate(takes(shots, shape)):
        begin = round(take.first / shape.fps * RATE)
        end = min(total, round((take.first + take.frames) / shape.fps * RATE))
        draw = np.random.default_rng([seed, number, 4242])
        part = np.stack([_shot(take.shot, end - begin, draw, side) for side in (0, 1)])
        result[:, begin:end] = part * _edges(end - begin)
    loudest = float(np.abs(result).max()) if total else 0.0
    if loudest > 0.85:
        result *= 0.85 / loudest
    return Sound(samples=result, rate=RATE)


def mixed(names: Sequence[str], seconds: float, seed: int) -> Sound:
    """Sounds by name, all at once, for this many seconds."""
    total = round(seconds * RATE)
    result = np.zeros((2, total), np.float32)
    for number, name in enumerate(names):
        draw = np.random.default_rng([seed, number, 4243])
        result += np.stack([SOURCES[name](total, draw, side) for side in (0, 1)])
    result *= _edges(total)
    loudest = float(np.abs(result).max()) if total else 0.0
    return Sound(samples=result * (0.7 / max(loudest, 1e-6)), rate=RATE)


def _edges(count: int) -> Wave:
    fade = min(round(FADE_SECONDS * RATE), count // 2)
    envelope = np.ones(count, np.float32)
    if fade:
        ramp = np.asarray([ease(value) for value in np.linspace(0, 1, fade)], np.float32)
        envelope[:fade], envelope[-fade:] = ramp, ramp[::-1]
    return envelope


def _shot(shot: Shot, count: int, draw: np.random.Generator, side: int) -> Wave:
    """One side of what a place and its weather sound like."""
    wave = np.zeros(count, np.float32)
    for name, level in _sources(shot):
        wave += level * SOURCES[name](count, draw, side)
    return wave


def _sources(shot: Shot) -> list[tuple[str, float]]:
    place: dict[Place, list[tuple[str, float]]] = {
        Place.SEA: [("sea", 0.5), ("wind", 0.12)], Place.BEACH: [("sea", 0.42), ("wind", 0.08)],
        Place.ISLAND: [("sea", 0.42)], Place.LAKE: [("brook", 0.22), ("wind", 0.06)],
        Place.UNDERWATER: [("deep", 0.5), ("bubbles", 0.25)], Place.CITY: [("city", 0.4)],
        Place.ROAD: [("city", 0.28), ("wind", 0.1)], Place.FAIR: [("crowd", 0.4)],
        Place.STADIUM: [("crowd", 0.5)], Place.THEATRE: [("crowd", 0.2)],
        Place.SPACE: [("drone", 0.32)], Place.MOON: [("drone", 0.28)],
        Place.MOUNTAINS: [("wind", 0.34)], Place.SNOWFIELD: [("wind", 0.3)],
        Place.DESERT: [("wind", 0.3)], Place.SKY: [("wind", 0.36)],
        Place.VOLCANO: [("deep", 0.45), ("wind", 0.12)], Place.ROOM: [("room", 0.16)],
        Place.STUDIO: [("room", 0.12)],
    }  # fmt: skip
    weather: dict[Weather, list[tuple[str, float]]] = {
        Weather.RAIN: [("rain", 0.4)], Weather.STORM: [("rain", 0.5), ("thunder", 0.6)],
        Weather.WIND: [("wind", 0.4)], Weather.FIREWORKS: [("bangs", 0.5), ("crowd", 0.14)],
        Weather.CONFETTI: [("crowd", 0.3)], Weather.BUBBLES: [("bubbles", 0.2)],
        Weather.SNOW: [("wind", 0.14)],
    }  # fmt: skip
    result = list(place.get(shot.place, [("wind", 0.12)]))
    green = {Place.MEADOW, Place.FOREST, Place.GARDEN, Place.JUNGLE, Place.VILLAGE, Place.LAKE}
    wet = {Weather.RAIN, Weather.STORM, Weather.SNOW} & set(shot.weather)
    if shot.place in green and not wet:
        result.append(("crickets", 0.10) if shot.time is TimeOfDay.NIGHT else ("birds", 0.22))
    for kind in shot.weather:
        result += weather.get(kind, [])
    return result


def shaped(count: int, draw: np.random.Generator, low: float, high: float, tilt: float) -> Wave:
    """Noise between two frequencies, falling with frequency to the power of `tilt`; level 1."""
    if count < 8:
        return np.zeros(count, np.float32)
    spectrum = np.fft.rfft(draw.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / RATE)
    frequency[0] = 1.0
    gain = frequency**-tilt / (1 + (low / frequency) ** 4) / (1 + (frequency / high) ** 4)
    wave = np.fft.irfft(spectrum * gain, count)
    return np.asarray(wave / max(1e-9, float(np.abs(wave).max())), np.float32)


def slow(count: int, draw: np.random.Generator, rate: float, low: float) -> Wave:
    """A level that wanders between `low` and 1, `rate` turns a second."""
    knots = max(3, round(count / RATE * rate * 2) + 2)
    points = draw.uniform(low, 1, knots)
    x = np.linspace(0, knots - 1, count)
    return np.interp(x, np.arange(knots), points).astype(np.float32)


def _wind(count: int, draw: np.random.Generator, side: int) -> Wave:
    del side
    body = shaped(count, draw, 60, 700, 0.8) * slow(count, draw, 0.5, 0.25)
    return body + 0.3 * shaped(count, draw, 500, 2200, 0.2) * slow(count, draw, 0.8, 0.0)


def _rain(count: int, draw: np.random.Generator, side: int) -> Wave:
    del side
    wave = 0.55 * shaped(count, draw, 900, 12_000, 0.15)
    for _ in range(round(count / RATE * 26)):
        _add(wave, _click(draw, 0.012), draw, 0.5)
    return wave


def _sea(count: int, draw: np.random.Generator, side: int) -> Wave:
    time = np.arange(count) / RATE
    swell = 0.5 + 0.5 * np.sin(2 * np.pi * time / 4.6 + 0.5 * side - 1.2)
    surf = shaped(count, draw, 250, 6000, 0.5) * (swell**2.2).astype(np.float32)
    return surf + 0.4 * shaped(count, draw, 40, 300, 0.9)


def _brook(count: int, draw: np.random.Generator, side: int) -> Wave:
    del side
    return shaped(count, draw, 400, 3500, 0.3) * slow(count, draw, 6, 0.5)


def _city(count: int, draw: np.random.Generator, side: int) -> Wave:
    wave = shaped(count, draw, 40, 420, 1.0) * slow(count, draw, 0.4, 0.5)
    time = np.arange(count) / RATE
    for _ in range(max(1, round(count / RATE / 2.5))):
        at, wide = draw.uniform(0, count / RATE), draw.uniform(0.7, 1.4)
        near = np.exp(-(((time - at - 0.15 * side) / wide) ** 2)).astype(np.float32)
        wave = wave + 0.4 * near * shaped(count, draw, 120, 1500, 0.6)
    return np.asarray(wave, np.float32)


def _crowd(count: int, draw: np.random.Generator, side: int) -> Wave:
    del side
    wave = 0.35 * shaped(count, draw, 200, 1200, 0.5)
    for _ in range(9):
        pitch = draw.uniform(180, 900)
        wave = wave + 0.16 * shaped(count, draw, pitch, pitch * 2.2, 0.3) * slow(
            count, draw, draw.uniform(2.5, 5), 0.0
        )
    return np.asarray(wave, np.float32)


def _birds(count: int, draw: np.random.Generator, side: int) -> Wave:
    del side
    wave = np.zeros(count, np.float32)
    for _ in range(max(1, round(count / RATE * 0.9))):
        base, notes = draw.uniform(2300, 4200), int(draw.integers(2, 6))
        song = [
            _note(
                base * draw.uniform(0.85, 1.25), draw.uniform(0.05, 0.11), draw.uniform(-900, 900)
            )
            for _ in range(notes)
        ]
        _add(wave, np.concatenate(song), draw, draw.uniform(0.15, 0.6))
    return wave


def _crickets(count: int, draw: np.random.Generator, side: int) -> Wave:
    time = np.arange(count) / RATE
    pulse = np.clip(np.sin(2 * np.pi * 14 * time), 0, 1) * (
        np.sin(2 * np.pi * 0.9 * time + side) > -0.2
    )
    return np.asarray(np.sin(2 * np.pi * draw.uniform(4200, 4600) * time) * pulse, np.float32)


def _deep(count: int, draw: np.random.Generator, side: int) -> Wave:
    del side
    return shaped(count, draw, 25, 160, 0.8) * slow(count, draw, 0.3, 0.5)


def _bubbles(count: int, draw: np.random.Generator, side: int) -> Wave:
    del side
    wave = np.zeros(count, np.float32)
    for _ in range(round(count / RATE * 7)):
        _add(wave, _note(draw.uniform(350, 900), draw.uniform(0.03, 0.08), 700), draw, 0.5)
    return wave


def _drone(count: int, draw: np.random.Generator, side: int) -> Wave:
    time = np.arange(count) / RATE
    wave = np.zeros(count)
    for pitch in (55.0, 82.5, 110.3, 164.8):
        wave += np.sin(2 * np.pi * (pitch + 0.15 * side) * time + draw.uniform(0, 6)) / 4
    return np.asarray(wave * slow(count, draw, 0.2, 0.6), np.float32)


def _room(count: int, draw: np.random.Generator, side: int) -> Wave:
    del side
    return shaped(count, draw, 50, 500, 1.0)


def _thunder(count: int, draw: np.random.Generator, side: int) -> Wave:
    del side
    wave = np.zeros(count, np.float32)
    for _ in range(max(1, round(count / RATE / 3))):
        long = round(2.2 * RATE)
        body = shaped(long, draw, 25, 240, 0.9) * np.exp(-np.arange(long) / RATE * 1.6)
        _add(wave, body.astype(np.float32), draw, 1.0)
    return wave


def _bangs(count: int, draw: np.random.Generator, side: int) -> Wave:
    del side
    wave = np.zeros(count, np.float32)
    for _ in range(max(2, round(count / RATE * 1.8))):
        long = round(0.7 * RATE)
        body = shaped(long, draw, 40, 900, 0.7) * np.exp(-np.arange(long) / RATE * 7)
        _add(wave, body.astype(np.float32), draw, draw.uniform(0.4, 1.0))
    return wave


def _note(pitch: float, seconds: float, slide: float) -> Wave:
    time = np.arange(max(8, round(seconds * RATE))) / RATE
    phase = 2 * np.pi * (pitch * time + slide * time**2 / (2 * seconds))
    shape = np.sin(np.pi * np.linspace(0, 1, len(time))) ** 2
    return np.asarray(np.sin(phase) * shape, np.float32)


def _click(draw: np.random.Generator, seconds: float) -> Wave:
    count = round(seconds * RATE)
    noise = draw.standard_normal(count)
    return np.asarray(noise * np.exp(-np.arange(count) / count * 5) * 0.4, np.float32)


def _add(wave: Wave, part: Wave, draw: np.random.Generator, level: float) -> None:
    begin = int(draw.integers(0, max(1, len(wave))))
    end = min(len(wave), begin + len(part))
    wave[begin:end] += part[: end - begin] * level


SOURCES = {
    "wind": _wind, "rain": _rain, "sea": _sea, "brook": _brook, "city": _city, "crowd": _crowd,
    "birds": _birds, "crickets": _crickets, "deep": _deep, "bubbles": _bubbles, "drone": _drone,
    "room": _room, "thunder": _thunder, "bangs": _bangs,
}  # fmt: skip
