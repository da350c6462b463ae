"""From the bodies that ask for sounds to submissions."""

from mutoscope.api.dialects.kling.bodies import Speech, TextToAudio, VideoToAudio
from mutoscope.api.dialects.kling.collections import TEXT_TO_AUDIO, TTS, VIDEO_TO_AUDIO
from mutoscope.api.dialects.kling.errors import NotOffered
from mutoscope.api.dialects.kling.parts import one_of
from mutoscope.api.dialects.kling.replies import seconds_text
from mutoscope.api.dialects.kling.sources import parent_echo, source_video
from mutoscope.api.dialects.kling.voices import LANGUAGES, manner_of
from mutoscope.api.dialects.support import refuse_what_is_not_offered
from mutoscope.catalog import SOUND_EXAMPLES, Catalog, Model, SoundName, heard_in
from mutoscope.core.errors import InvalidRequest
from mutoscope.core.request import Task, Wish
from mutoscope.generations import Asset, Generation, Submission

# What our own words for a field are called in these bodies.
FIELDS = {"seconds": "duration", "task": "video_id", "image": "video_id"}
SPEED_MIN, SPEED_MAX = 0.8, 2.0
DUBBED_SECONDS = (3.0, 20.0)


def from_words(body: TextToAudio, catalog: Catalog) -> Submission:
    """Sounds that the prompt names."""
    refuse_what_is_not_offered(body)
    wish = Wish(
        task=Task.TEXT_TO_AUDIO,
        model=_model(catalog, "sounds", TEXT_TO_AUDIO.path).id,
        prompt=body.prompt,
        seconds=round(body.duration, 1),
        params={"sounds": _sounds(body.prompt, field="prompt")},
    )
    return Submission(
        wish=wish, dialect=TEXT_TO_AUDIO.dialect, external_task_id=body.external_task_id
    )


def of_video(body: VideoToAudio, video: Asset, source: Generation, catalog: Catalog) -> Submission:
    """Sounds for a video: those that are asked for, or those that its own words name."""
    least, most = DUBBED_SECONDS
    if not least <= video.seconds <= most:
        raise InvalidRequest(
            f"the video has {seconds_text(video)} s",
            field="video_id",
            fix=f"send one of {least:g} to {most:g} s",
        )
    words = body.sound_effect_prompt or source.request.prompt
    wish = Wish(
        task=Task.VIDEO_TO_AUDIO,
        model=_model(catalog, "sounds", VIDEO_TO_AUDIO.path).id,
        prompt=words,
        seconds=video.seconds,
        watermark=body.wants_watermark,
        references=(source_video(video),),
        params={"sounds": _sounds(words, field="sound_effect_prompt")},
    )
    return Submission(
        wish=wish,
        dialect=VIDEO_TO_AUDIO.dialect,
        dialect_echo=parent_echo(video),
        external_task_id=body.external_task_id,
    )


def of_speech(body: Speech, catalog: Catalog) -> Submission:
    """Words, spoken in the manner of the voice."""
    language = one_of(body.voice_language or "zh", LANGUAGES, "voice_language")
    # What is out of range is rounded into it, as on Kling.
    speed = min(SPEED_MAX, max(SPEED_MIN, 1.0 if body.voice_speed is None else body.voice_speed))
    wish = Wish(
        task=Task.TEXT_TO_SPEECH,
        model=_model(catalog, "voice", TTS.path).id,
        prompt=body.text,
        params={
            "voice": manner_of(body.voice_id, language),
            "language": language,
            "pace": round(speed, 1),
        },
    )
    return Submission(wish=wish, dialect=TTS.dialect)


def _model(catalog: Catalog, knob: str, path: str) -> Model:
    model = catalog.offering(knob)
    if model is None:
        raise NotOffered(f"{path} is not available here", fix="no installed model makes sounds")
    return model


def _sounds(words: str, *, field: str) -> list[SoundName]:
    sounds = heard_in(words)
    if not sounds:
        raise InvalidRequest(
            f"{field} names no sound that can be made here",
            field=field,
            fix=f"name one of {SOUND_EXAMPLES}, in Chinese or English",
        )
    return sounds
