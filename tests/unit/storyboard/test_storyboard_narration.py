"""Narration: found in the prompt, spoken by a real process, heard at its shot, never set."""

import sys
from pathlib import Path

import numpy as np
import pytest

from mutoscope.core.ids import ModelId
from mutoscope.core.rendering import Clip
from mutoscope.core.request import GenerationRequest, Shape, Task
from mutoscope.storyboard import StoryboardRenderer, plan
from mutoscope.storyboard.narration import resampled
from mutoscope.storyboard.voice import Voice, VoiceFailed, find_voice

SPEECH_HZ = 440
TWO_SHOTS = {
    "shots": [
        {"seconds": 2, "place": "room"},
        {"seconds": 2, "place": "room", "narration": "你好，世界"},
    ]
}

# A voice as eSpeak is one: words on standard input, a WAV file where -w says. One tenth of a
# second for each letter; what it was asked is kept beside it.
FAKE = f"""#!{sys.executable}
import math, pathlib, struct, sys, wave
words = sys.stdin.buffer.read().decode()
told = sys.argv[1:]
pathlib.Path(__file__).with_name("asked").write_text("\\n".join([*told, words]))
if "fail" in words:
    sys.exit(3)
seconds = len(words) / 10 * 165 / int(told[told.index("-s") + 1])
with wave.open(told[told.index("-w") + 1], "wb") as file:
    file.setnchannels(1), file.setsampwidth(2), file.setframerate(22050)
    for n in range(int(22050 * seconds)):
        sample = int(20000 * math.sin(2 * math.pi * {SPEECH_HZ} * n / 22050))
        file.writeframesraw(struct.pack("<h", sample))
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH, with nothing in it, and a home without voices."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path))
    return folder


def install(programs: Path, name: str = "espeak-ng", text: str = FAKE) -> Path:
    program = programs / name
    program.write_text(text, "utf-8")
    program.chmod(0o755)
    return program


def told(programs: Path) -> list[str]:
    return (programs / "asked").read_text("utf-8").split("\n")


def render(prompt: str = "", *, seconds: int = 4, sound: str = "on", **params: object) -> Clip:
    request = GenerationRequest(
        task=Task.TEXT_TO_VIDEO, model=ModelId("storyboard"), prompt=prompt, seed=1,
        shape=Shape(width=64, height=36, frames=seconds * 4, fps=4),
        params={"sound": sound, **params},
    )  # fmt: skip
    return StoryboardRenderer().render(request, (), Path(), lambda *_: None)


def codes(clip: Clip) -> set[str]:
    return {note.code for note in clip.notes}


def loudness(clip: Clip, begin: float, end: float) -> float:
    """How much of the pitch of the voice is heard between two moments."""
    assert clip.sound is not None
    part = clip.sound.samples[0, round(begin * clip.sound.rate) : round(end * clip.sound.rate)]
    turns = np.exp(2j * np.pi * SPEECH_HZ * np.arange(len(part)) / clip.sound.rate)
    return float(abs((part * turns).mean()))


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("一只猫在花园里，旁白：“春天来了”", "春天来了"),
        ("旁白说“春天来了”，一只猫", "春天来了"),
        ('a cat in a garden, narration: "Spring is here."', "Spring is here."),
        ('a cat in a garden with a voice-over "Spring is here."', "Spring is here."),
        ("a cat in a garden. Narrator: Spring is here. Day.", "Spring is here."),
        ("画外音：春天来了。一只猫在花园里", "春天来了。"),
    ],
)
def test_narration_is_spoken_not_set_and_not_drawn(prompt: str, said: str) -> None:
    planned = plan(prompt)
    (shot,) = planned.shots.shots
    assert shot.narration == said
    assert shot.texts == ()
    assert [subject.art for subject in shot.subjects] == ["cat"]
    assert planned.unused == []


def test_words_in_quotes_beside_a_narration_are_still_set() -> None:
    (shot,) = plan('a cat, "HELLO", narration: "It says hello"').shots.shots
    assert [text.words for text in shot.texts] == ["HELLO"]
    assert shot.narration == "It says hello"


def test_each_shot_has_its_own_narration() -> None:
    shots = plan("镜头一：海滩，旁白：“清晨” 镜头二：城市。 镜头三：森林，旁白：“夜里”").shots.shots
    assert [shot.narration for shot in shots] == ["清晨", None, "夜里"]


def test_narration_is_heard_in_its_shot_over_quieter_ambience(programs: Path) -> None:
    install(programs)
    clip = render(shots=TWO_SHOTS)
    assert loudness(clip, 0, 1.9) < 0.02
    assert loudness(clip, 2.3, 2.7) > 0.2
    assert loudness(clip, 3.0, 4.0) < 0.02
    assert codes(clip).isdisjoint({"voice_missing", "voice_failed", "narration_cut"})


def test_ambience_steps_back_while_somebody_speaks(programs: Path) -> None:
    install(programs)
    storm = {"seconds": 4, "place": "sea", "weather": ["storm"]}
    alone = render(shots=[storm]).sound
    under = render(shots=[storm | {"narration": "a" * 20}]).sound
    assert alone is not None
    assert under is not None
    middle = slice(round(1.0 * alone.rate), round(2.0 * alone.rate))
    after = slice(round(3.5 * alone.rate), None)

    # What remains when the voice's own pitch is taken out of the spectrum is the ambience.
    def rest(samples: np.ndarray) -> float:
        spectrum = np.abs(np.fft.rfft(samples))
        return float(np.sqrt((spectrum[2000:] ** 2).sum()))

    assert rest(under.samples[0, middle]) < 0.5 * rest(alone.samples[0, middle])
    ratio = rest(under.samples[0, after]) / rest(alone.samples[0, after])
    assert 0.7 < ratio < 1.05


def test_the_language_of_the_words_picks_the_language_of_the_voice(programs: Path) -> None:
    install(programs)
    render(shots=TWO_SHOTS)
    assert told(programs)[:2] == ["-v", "cmn"]
    assert told(programs)[-1] == "你好，世界"
    render(shots=[{"seconds": 4, "narration": "--help; $(touch hacked)\n`id`"}])
    assert told(programs)[:2] == ["-v", "en"]
    assert told(programs)[-1] == "--help; $(touch hacked) `id`"
    assert "--help" not in told(programs)[:-1]


def test_without_a_voice_the_film_has_its_ambience_and_says_so(programs: Path) -> None:
    assert not list(programs.iterdir())
    clip = render('a cat by the sea, narration: "Hello"')
    assert clip.sound is not None
    assert float(np.abs(clip.sound.samples).max()) > 0.02
    (note,) = [note for note in clip.notes if note.code == "voice_missing"]
    assert note.words == ("Hello",)
    assert "旁白" in note.zh
    assert "narration" in note.en


def test_a_film_without_sound_says_that_its_narration_is_not_heard(programs: Path) -> None:
    clip = render('a cat, narration: "Hello"', sound="off")
    assert clip.sound is None
    assert "narration_unheard" in codes(clip)


def test_a_voice_that_fails_costs_the_narration_not_the_film(programs: Path) -> None:
    install(programs)
    clip = render(shots=[{"seconds": 4, "narration": "please fail"}])
    assert clip.sound is not None
    assert "voice_failed" in codes(clip)


@pytest.mark.parametrize("text", [f"#!{sys.executable}\n", "#!/no/such/program\n"])
def test_a_voice_that_leaves_no_sound_has_failed(programs: Path, text: str) -> None:
    with pytest.raises(VoiceFailed):
        Voice(str(install(programs, text=text))).speak("hello")


def test_a_long_narration_is_spoken_faster_and_then_cut(programs: Path) -> None:
    install(programs)
    fits = render(shots=[{"seconds": 4, "narration": "a" * 44}])
    assert "narration_cut" not in codes(fits)
    assert int(told(programs)[3]) > 165
    long = render(shots=[{"seconds": 4, "narration": "a" * 90}])
    assert "narration_cut" in codes(long)
    assert long.sound is not None
    assert long.sound.samples.shape == (2, 4 * long.sound.rate)


def test_piper_speaks_where_it_has_a_model_of_the_language(programs: Path, tmp_path: Path) -> None:
    install(programs)
    piper = install(programs, "piper")
    voices = tmp_path / ".local/share/piper-voices"
    voices.mkdir(parents=True)
    (voices / "en_US-lessac-medium.onnx").touch()
    english, chinese = find_voice("Hello"), find_voice("你好")
    assert english is not None
    assert english.program == str(piper)
    assert english.model == voices / "en_US-lessac-medium.onnx"
    assert chinese is not None
    assert Path(chinese.program).name == "espeak-ng"


def test_a_tone_keeps_its_pitch_and_level_at_another_rate() -> None:
    seconds = np.arange(16_000) / 16_000
    tone = np.sin(2 * np.pi * SPEECH_HZ * seconds).astype(np.float32)
    there = resampled(tone, 16_000, 44_100)
    assert len(there) == 44_100
    spectrum = np.abs(np.fft.rfft(there))
    assert int(spectrum.argmax()) == SPEECH_HZ
    assert 0.95 < float(np.abs(there[2000:-2000]).max()) < 1.05
