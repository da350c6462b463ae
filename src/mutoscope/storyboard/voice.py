"""A voice, if this machine has one: piper with a model, else eSpeak; its own process, offline."""

import os
import shutil
import subprocess
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

LETTERS_MAX = 300
TIMEOUT_SECONDS = 20.0
SPEECH_SECONDS_MAX = 600
WORDS_A_MINUTE = 165
CHINESE_A_MINUTE = 250  # what eSpeak calls words are syllables there
PIPER_FOLDERS = ("/usr/share/piper-voices", "/usr/local/share/piper-voices")
Wave = NDArray[np.float32]


class VoiceFailed(Exception):
    """The voice of this machine did not speak; the message says why."""


@dataclass(frozen=True)
class Voice:
    """A program that reads aloud: words on its standard input, a WAV file as its answer."""

    program: str
    model: Path | None = None
    # Which of eSpeak's ways of speaking, such as "f3"; piper's models have one each.
    variant: str = ""
    # The language, where it is not to be told by the letters.
    tongue: str | None = None

    def speak(
        self, words: str, *, pace: float = 1.0, letters_max: int = LETTERS_MAX
    ) -> tuple[Wave, int]:
        """The words as mono samples and their rate; VoiceFailed when the program will not."""
        words = " ".join(words.split())[:letters_max]
        with TemporaryDirectory(prefix="mutoscope-voice-") as folder:
            target = Path(folder) / "speech.wav"
            self._run(self.command(words, target, pace), words, Path(folder))
            return read_wave(target)

    def command(self, words: str, target: Path, pace: float) -> list[str]:
        """How the program is called; the words themselves are never among its arguments."""
        if self.model is not None:
            scale = f"{1 / pace:.2f}"
            return [self.program, "-m", str(self.model), "-f", str(target), "--length_scale", scale]
        chinese = "zh" if Path(self.program).name == "espeak" else "cmn"
        tongue, rate = "en", WORDS_A_MINUTE
        if (self.tongue or _tongue_of(words)) == "zh":
            tongue, rate = chinese, CHINESE_A_MINUTE
        tongue += f"+{self.variant}" if self.variant else ""
        speed = str(round(rate * pace))
        return [self.program, "-v", tongue, "-s", speed, "-b", "1", "-w", str(target), "--stdin"]

    def _run(self, command: list[str], words: str, folder: Path) -> None:
        try:
            done = subprocess.run(  # noqa: S603 - the program is found on PATH, no shell
                command, input=words.encode(), cwd=folder, timeout=TIMEOUT_SECONDS, check=False,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise VoiceFailed(f"took longer than {TIMEOUT_SECONDS:g} seconds") from error
        except OSError as error:
            raise VoiceFailed(f"could not be started: {error.strerror}") from error
        if done.returncode != 0:
            raise VoiceFailed(f"ended with code {done.returncode}")


def is_chinese(words: str) -> bool:
    """The words hold Chinese characters."""
    return any("\u3400" <= letter <= "\u9fff" for letter in words)


def _tongue_of(words: str) -> str:
    return "zh" if is_chinese(words) else "en"


def find_voice(
    words: str,
    which: Callable[[str], str | None] = shutil.which,
    *,
    variant: str = "",
    tongue: str | None = None,
) -> Voice | None:
    """The best voice of this machine for these words; None when there is none.

    `tongue`: "zh" or "en", told by the letters when left out. `variant` is for eSpeak.
    """
    piper, model = which("piper"), _piper_model(tongue or _tongue_of(words))
    if piper is not None and model is not None:
        return Voice(piper, model, tongue=tongue)
    for name in ("espeak-ng", "espeak"):
        program = which(name)
        if program is not None:
            return Voice(program, variant=variant, tongue=tongue)
    return None


def _piper_model(tongue: str) -> Path | None:
    """The first model of a language where voices lie, such as zh_CN-huayan-medium.onnx."""
    # Not Path.expanduser: that one raises where there is no home.
    own = Path(os.path.expanduser("~/.local/share/piper-voices"))  # noqa: PTH111
    for folder in (own, *map(Path, PIPER_FOLDERS)):
        models = sorted(folder.glob(f"{tongue}[_-]*.onnx")) if folder.is_dir() else []
        if models:
            return models[0]
    return None


def read_wave(path: Path) -> tuple[Wave, int]:
    """Mono samples in -1..1 of a 16-bit WAV file, a minute at most."""
    try:
        with wave.open(str(path), "rb") as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            data = file.readframes(min(file.getnframes(), rate * SPEECH_SECONDS_MAX))
    except (OSError, EOFError, wave.Error) as error:
        raise VoiceFailed("left no sound") from error
    if width != 2 or not 4_000 <= rate <= 192_000 or not data:
        raise VoiceFailed("left a sound that can't be read")
    samples = np.frombuffer(data[: len(data) // (2 * channels) * 2 * channels], "<i2")
    return (samples.reshape(-1, channels).mean(axis=1) / 32768).astype(np.float32), rate
