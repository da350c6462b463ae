"""Narration: each shot's words, spoken where the shot begins, over quieter ambience."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mutoscope.core.rendering import Note, Sound
from mutoscope.core.request import Shape
from mutoscope.storyboard.film import takes
from mutoscope.storyboard.scene import ShotList
from mutoscope.storyboard.voice import Voice, VoiceFailed, Wave, find_voice

LEAD_SECONDS = 0.25
SPEECH_LEVEL = 0.8
DUCKED = 0.3
DUCK_SECONDS = 0.25
PACE_MAX = 1.5
QUIET = 0.004


@dataclass(frozen=True)
class Line:
    """What is said, from which sample of the film on, and how many samples there are for it."""

    words: str
    begin: int
    room: int


def narrated(sound: Sound, shots: ShotList, shape: Shape) -> tuple[Sound, tuple[Note, ...]]:
    """The sound with the narration of its shots, and what could not be said."""
    total = sound.samples.shape[1]
    lines = _lines(shots, shape, total, sound.rate)
    samples, notes = sound.samples.copy(), []
    spoken: list[tuple[Line, Wave]] = []
    for line in lines:
        voice = find_voice(line.words)
        if voice is None:
            return sound, (voice_missing([line.words for line in lines]),)
        try:
            speech = _fitting(voice, line, sound.rate)
        except VoiceFailed as error:
            notes.append(_failed(line.words, str(error)))
            continue
        if len(speech) > line.room:
            notes.append(_cut_short(line, len(speech), sound.rate))
        spoken.append((line, _ended(speech[: line.room], sound.rate)))
    samples *= _ducking(spoken, total, sound.rate)
    for line, speech in spoken:
        samples[:, line.begin : line.begin + len(speech)] += speech
    loudest = float(np.abs(samples).max()) if total else 0.0
    if loudest > 0.95:
        samples *= 0.95 / loudest
    return Sound(samples=samples, rate=sound.rate), tuple(notes)


def _lines(shots: ShotList, shape: Shape, total: int, rate: int) -> list[Line]:
    """Where each narration begins; it may go on until the next one, or to the end."""
    begins = [
        (take.shot.narration, round((take.first / shape.fps + LEAD_SECONDS) * rate))
        for take in takes(shots, shape)
        if take.shot.narration
    ]
    ends = [begin for _, begin in begins[1:]] + [total]
    return [
        Line(words, min(begin, total), max(0, end - begin))
        for (words, begin), end in zip(begins, ends, strict=True)
    ]


def _fitting(voice: Voice, line: Line, rate: int) -> Wave:
    """The speech at the film's rate; said again faster when it is too long for its room."""
    speech = leveled(resampled(*voice.speak(line.words), rate))
    if line.room < len(speech) and line.room:
        pace = min(PACE_MAX, len(speech) / line.room * 1.05)
        speech = leveled(resampled(*voice.speak(line.words, pace=pace), rate))
    return speech


def leveled(speech: Wave) -> Wave:
    """Without the silence around it, at the level of narration; VoiceFailed if all is silence."""
    heard = np.flatnonzero(np.abs(speech) > QUIET)
    if not len(heard):
        raise VoiceFailed("said nothing")
    speech = speech[heard[0] : heard[-1] + 1]
    return np.asarray(speech * (SPEECH_LEVEL / float(np.abs(speech).max())), np.float32)


def resampled(wave: Wave, rate: int, target: int) -> Wave:
    """The same sound at another rate, band-limited."""
    count = round(len(wave) * target / rate)
    if rate == target or count < 2 or len(wave) < 2:
        return wave
    # Padded: a transform of a length with large prime factors would take long.
    long = 1 << (len(wave) - 1).bit_length()
    padded = np.concatenate([wave, np.zeros(long - len(wave), np.float32)])
    size = round(long * target / rate)
    turned = np.fft.irfft(np.fft.rfft(padded), size) * (size / long)
    return turned[:count].astype(np.float32)


def _ended(speech: Wave, rate: int) -> Wave:
    """No click where it is cut."""
    fade = min(len(speech), round(0.03 * rate))
    if fade:
        speech = speech.copy()
        speech[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return speech


def _ducking(spoken: Sequence[tuple[Line, Wave]], total: int, rate: int) -> Wave:
    """How loud the ambience is at each sample: lower while somebody speaks."""
    level, slope = np.ones(total, np.float32), DUCK_SECONDS * rate
    at = np.arange(total, dtype=np.float32)
    for line, speech in spoken:
        end = line.begin + len(speech)
        dip = np.interp(
            at, [line.begin - slope, line.begin, end, end + 2 * slope], [1, DUCKED, DUCKED, 1]
        )
        np.minimum(level, dip.astype(np.float32), out=level)
    return level


def voice_missing(words: Sequence[str]) -> Note:
    """The note that nobody could speak."""
    return Note(
        "voice_missing", "本机没有安装语音（piper 或 espeak-ng），旁白没有读出，只有环境声",
        "No voice is installed on this machine (piper or espeak-ng): the narration is not "
        "spoken, there is only ambience", tuple(words),
    )  # fmt: skip


def unheard(shots: ShotList) -> tuple[Note, ...]:
    """A note that narration was given for a film without sound, if it was."""
    words = tuple(shot.narration for shot in shots.shots if shot.narration)
    if not words:
        return ()
    return (
        Note(
            "narration_unheard", "没有开声音，旁白没有读出；请打开 sound",
            "The film has no sound, so its narration is not spoken; ask for it with sound: on",
            words,
        ),
    )  # fmt: skip


def _failed(words: str, why: str) -> Note:
    return Note(
        "voice_failed", "本机的语音程序没有读出这段旁白",
        f"The voice of this machine did not speak this narration: it {why}", (words,),
    )  # fmt: skip


def _cut_short(line: Line, needed: int, rate: int) -> Note:
    room, whole = line.room / rate, needed / rate
    return Note(
        "narration_cut", f"旁白需要 {whole:.1f} 秒，只有 {room:.1f} 秒，结尾被截断",
        f"The narration takes {whole:.1f} s and has {room:.1f} s; its end is cut", (line.words,),
    )  # fmt: skip
