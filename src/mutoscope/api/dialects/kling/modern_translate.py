"""From the bodies of the new standard to submissions."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mutoscope.api.dialects.kling.bodies import SUBJECTS_MAX
from mutoscope.api.dialects.kling.collections import (
    IMAGE_TO_VIDEO,
    OMNI_TO_VIDEO,
    TEXT_TO_VIDEO,
    Collection,
)
from mutoscope.api.dialects.kling.modern_bodies import (
    Content,
    ModernImageToVideo,
    ModernOmniVideo,
    ModernTextToVideo,
    OmniContent,
    Options,
    Settings,
)
from mutoscope.api.dialects.kling.names import RESOLUTIONS, Chosen, Names
from mutoscope.api.dialects.kling.parts import (
    VIDEO_RATIOS,
    GivenPicture,
    has_knob,
    one_of,
    picture,
    ratio_of,
    require_shots,
    sound_params,
)
from mutoscope.api.dialects.kling.shots import Shot, shot_params, shots_in, title_of
from mutoscope.api.dialects.support import refuse_what_is_not_offered
from mutoscope.catalog import Catalog
from mutoscope.core.errors import InvalidRequest
from mutoscope.core.request import ReferenceRole, Task, Wish
from mutoscope.generations import Submission

FIELDS = {
    "model": "model",
    "task": "model",
    "size": "settings.resolution",
    "seconds": "settings.duration",
    "ratio": "settings.aspect_ratio",
    "sound": "settings.audio",
    "external_task_id": "options.external_task_id",
    "multi_prompt": "prompt",
}
CONTENT_FIELDS = FIELDS | {"prompt": "contents", "multi_prompt": "contents"}
SOUNDS = {"native": "on", "off": "off"}
FRAMES = {"first_frame": ReferenceRole.FIRST_FRAME, "last_frame": ReferenceRole.LAST_FRAME}
REFER_IMAGE = "refer_image"
# This one has no field for it: its videos always have sound.
ALWAYS_AUDIBLE = "kling-3.0-turbo"


class ModernTranslator:
    """Turns bodies into submissions; knows the administrator's table and what models can do."""

    def __init__(self, names: Names, catalog: Catalog) -> None:
        self._names = names
        self._catalog = catalog

    def text_to_video(self, name: str, body: ModernTextToVideo) -> Submission:
        """A video from words, cut together from several shots where they list them."""
        refuse_what_is_not_offered(body)
        chosen = self._names.choose(name, TEXT_TO_VIDEO.operation)
        settings, prompt = body.settings, body.prompt or ""
        ratio = ratio_of(settings.aspect_ratio, chosen, VIDEO_RATIOS, "settings.aspect_ratio")
        seconds = chosen.check_seconds(settings.duration, field="settings.duration")
        params = self._sound(settings, chosen)
        shots = _listed_shots(prompt, settings)
        if shots:
            require_shots(self._catalog, chosen, "prompt")
            params |= shot_params(shots, seconds=seconds, field="prompt")
        wish = Wish(
            task=Task.TEXT_TO_VIDEO,
            prompt=title_of(shots) if shots else prompt,
            model=chosen.local,
            size=self._size(settings, chosen),
            ratio=ratio,
            seconds=seconds,
            params=params,
        )
        return _submission(TEXT_TO_VIDEO, body.options, wish, [])

    def image_to_video(self, name: str, body: ModernImageToVideo) -> Submission:
        """A video from its first frame, and its last where one is given."""
        refuse_what_is_not_offered(body)
        chosen = self._names.choose(name, IMAGE_TO_VIDEO.operation)
        for number, content in enumerate(body.contents):
            one_of(content.type, ("prompt", *FRAMES), f"contents.{number}.type")
        frames = _frames(body.contents)
        prompt = _prompt(body.contents)
        if _listed_shots(prompt, body.settings):
            raise InvalidRequest(
                "contents list several shots",
                field="contents",
                fix="a video of a picture is one shot here: send multi_shot false",
            )
        wish = Wish(
            task=Task.IMAGE_TO_VIDEO,
            prompt=prompt,
            model=chosen.local,
            size=self._size(body.settings, chosen),
            seconds=chosen.check_seconds(body.settings.duration, field="settings.duration"),
            params=self._sound(body.settings, chosen),
        )
        return _submission(IMAGE_TO_VIDEO, body.options, wish, frames)

    def omni_video(self, name: str, body: ModernOmniVideo) -> Submission:
        """A video from words, of frames, or of subjects, whichever the contents hold."""
        refuse_what_is_not_offered(body)
        chosen = self._names.choose(name, OMNI_TO_VIDEO.operation)
        for number, content in enumerate(body.contents):
            one_of(content.type, ("prompt", REFER_IMAGE, *FRAMES), f"contents.{number}.type")
        given = _omni_pictures(body.contents)
        framed = any(each.role is not ReferenceRole.SUBJECT for each in given)
        settings, prompt = body.settings, _prompt(body.contents)
        seconds = chosen.check_seconds(settings.duration, field="settings.duration")
        params = self._sound(settings, chosen)
        shots = [] if given else _listed_shots(prompt, settings)
        if shots:
            require_shots(self._catalog, chosen, "contents")
            params |= shot_params(shots, seconds=seconds, field="contents")
        ratio = ratio_of(settings.aspect_ratio, chosen, VIDEO_RATIOS, "settings.aspect_ratio")
        wish = Wish(
            task=Task.IMAGE_TO_VIDEO if given else Task.TEXT_TO_VIDEO,
            prompt=title_of(shots) if shots else _without_names(prompt, body.contents),
            model=chosen.local,
            size=self._size(settings, chosen),
            ratio=None if framed else ratio,
            seconds=seconds,
            params=params,
        )
        return _submission(OMNI_TO_VIDEO, body.options, wish, given)

    def _size(self, settings: Settings, chosen: Chosen) -> str | None:
        model = self._catalog.find(chosen.local)
        return chosen.size(settings.resolution, RESOLUTIONS, model, field="settings.resolution")

    def _sound(self, settings: Settings, chosen: Chosen) -> dict[str, Any]:
        if settings.audio is None and chosen.name == ALWAYS_AUDIBLE:
            audible = has_knob(self._catalog, chosen, "sound")
            return {"sound": "on"} if audible else {}
        audio = one_of(settings.audio or "off", tuple(SOUNDS), "settings.audio")
        return dict(sound_params(self._catalog, chosen, SOUNDS[audio], field="settings.audio"))


def _submission(
    collection: Collection, options: Options, wish: Wish, uploads: list[GivenPicture]
) -> Submission:
    return Submission(
        wish=replace(wish, watermark=options.wants_watermark),
        uploads=uploads,
        dialect=collection.dialect,
        external_task_id=options.external_task_id,
    )


def _listed_shots(prompt: str, settings: Settings) -> list[Shot]:
    return [] if settings.multi_shot is False else shots_in(prompt)


def _omni_pictures(contents: Sequence[OmniContent]) -> list[GivenPicture]:
    frames = [content for content in contents if content.type in FRAMES]
    subjects = [number for number, each in enumerate(contents) if each.type == REFER_IMAGE]
    if frames and subjects:
        raise InvalidRequest(
            "contents hold frames and other pictures",
            field="contents",
            fix="send either: a video that begins with a frame shows what is in it",
        )
    if len(subjects) > SUBJECTS_MAX:
        raise InvalidRequest(
            f"contents hold {len(subjects)} pictures",
            field="contents",
            fix=f"at most {SUBJECTS_MAX}",
        )
    if frames:
        return _frames(contents)
    return [_picture(ReferenceRole.SUBJECT, contents[number], number) for number in subjects]


def _without_names(prompt: str, contents: Sequence[OmniContent]) -> str:
    """The prompt without `@name`: the pictures stand in the scene by themselves."""
    for name in filter(None, (content.id for content in contents)):
        prompt = prompt.replace(f"@{name}", " ")
    return prompt.strip()


def _picture(role: ReferenceRole, content: Content, number: int) -> GivenPicture:
    field = f"contents.{number}.url"
    if content.url is None:
        raise InvalidRequest(f"{field} is missing", field=field, fix="send the picture")
    return picture(role, content.url, field)


def _prompt(contents: Sequence[Content]) -> str:
    texts = [content.text or "" for content in contents if content.type == "prompt"]
    if len(texts) > 1:
        raise InvalidRequest("contents hold several prompts", field="contents", fix="send one")
    return texts[0] if texts else ""


def _frames(contents: Sequence[Content]) -> list[GivenPicture]:
    frames: dict[ReferenceRole, GivenPicture] = {}
    for number, content in enumerate(contents):
        role = FRAMES.get(content.type)
        if role is None:
            continue
        if role in frames:
            field = f"contents.{number}.url"
            raise InvalidRequest(f"{field}: there is a {content.type} already", field=field)
        frames[role] = _picture(role, content, number)
    if ReferenceRole.FIRST_FRAME not in frames:
        raise InvalidRequest(
            "contents hold no first_frame", field="contents", fix="send one; last_frame is optional"
        )
    return list(frames.values())
