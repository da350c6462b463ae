"""Requests for something to be heard and not seen: speech, and sounds by name."""

import numpy as np

from mutoscope.core.errors import GenerationFailed, VoiceMissing
from mutoscope.core.rendering import Clip, Note, Sound
from mutoscope.core.request import GenerationRequest, Task
from mutoscope.storyboard.narration import leveled, resampled
from mutoscope.storyboard.sound import RATE, mixed
from mutoscope.storyboard.voice import VoiceFailed, find_voice

LETTERS_MAX = 1000
# eSpeak's ways of speaking that come nearest.
VARIANTS = {
    "man": "m3", "woman": "f3", "boy": "m4", "girl": "f5", "old_man": "m7", "old_woman": "f4",
}  # fmt: skip
ONE_VOICE = Note(
    "one_voice",
    "本机的语音模型只有一种声音，所选音色没有作用",
    "The voice model of this machine has one voice; the one that was chosen has no effect",
)


def sound_clip(request: GenerationRequest) -> Clip:
    """A clip that is only sound. VoiceMissing when it should speak and nothing here can."""
    if request.task is Task.TEXT_TO_SPEECH:
        sound, notes = _spoken(request)
    else:
        sound, notes = mixed(request.params["sounds"], request.shape.seconds, request.seed), ()
    return Clip(shape=request.shape, frames=iter(()), notes=notes, sound=sound)


def _spoken(request: GenerationRequest) -> tuple[Sound, tuple[Note, ...]]:
    chosen = request.params.get("voice")
    voice = find_voice(
        request.prompt,
        variant=VARIANTS[chosen] if chosen else "",
        tongue=request.params.get("language"),
    )
    if voice is None:
        raise VoiceMissing(
            "no voice is installed where this is made: install espeak-ng, or piper with a model in"
            " /usr/share/piper-voices"
        )
    pace = float(request.params.get("pace", 1.0))
    try:
        speech, rate = voice.speak(request.prompt, pace=pace, letters_max=LETTERS_MAX)
        speech = leveled(speech)
    except VoiceFailed as error:
        raise GenerationFailed(f"the voice of this machine {error}") from error
    samples = resampled(speech, rate, RATE)
    limit = round(request.shape.seconds * RATE)
    sound = Sound(np.stack([samples[:limit]] * 2), RATE)
    return sound, (ONE_VOICE,) if chosen and voice.model is not None else ()
