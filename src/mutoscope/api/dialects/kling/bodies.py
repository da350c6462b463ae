"""Bodies of the legacy standard: one model per operation, one mark per field."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from mutoscope.api.dialects.kling.effects import SCENE_WORDS
from mutoscope.api.dialects.kling.fields import (
    GIVEN,
    UNUSED,
    Body,
    CameraControl,
    Count,
    Name,
    Number,
    Picture,
    Room,
    Share,
    TaskBody,
    Text,
    Word,
)
from mutoscope.api.dialects.support import WORKS, ignored, not_offered, partly

TRAJECTORY_POINTS_MAX = 77
DYNAMIC_MASKS_MAX = 6
SUBJECTS_MAX = 4

FROM_TABLE = partly("Kling's names mean the local models of the administrator's table")
NO_SHOTS = not_offered("a video of a picture is one shot here")
SHOTS = partly("where the local model cuts shots together; not limited to kling-v3")
NO_VOICES = not_offered("no voices are installed")
NO_ELEMENTS = not_offered("there is no library of elements; send pictures")
MODES = partly(
    "std is 720p, pro is 1080p but for the names that have one size; no installed model makes 4k"
)
SOUND = partly("where the local model makes sound")
CAMERA = partly("where the local model moves a camera; not limited to kling-v1")
RATIOS = partly("those that the local model makes")
RESOLUTIONS = partly("1k is 720 pixels on the short side, 2k is 1080")
CUT_OUT = partly("its subject appears in the new picture")
NO_SCENES = not_offered("describe the scene in the prompt")
NO_STYLES = not_offered("describe the style in the prompt")
OMNI_FRAMES = partly("first_frame and end_frame, without other pictures beside them")
OMNI_PICTURES = partly("up to four, cut out and shown; what is said of each in words is not heeded")
OMNI_SHOTS = partly("where the local model cuts shots together, without pictures")
HEARD = partly(
    "made by synthesis where it names wind, rain, thunder, sea, brook, city, crowd, birds,"
    " crickets, bubbles, fireworks or a drone; refused where it names none of them"
)
HEARD_IN_VIDEO = partly("as for text-to-audio; what the video's own prompt names when left out")
VOICES = partly(
    "Kling's voices are told apart as woman, man, girl, boy, old woman and old man, and spoken by"
    " eSpeak NG in that manner, or by the one voice of piper's model where that is installed"
)
SoundWords = Annotated[str, Field(max_length=200)]
AROUND = partly("the place, time and weather that it names; people and things are not drawn")
NO_VIDEOS = not_offered("no installed model edits or follows a video")
SCENES = partly(
    f"{len(SCENE_WORDS)} of Kling's scenes, drawn around the picture; others are refused"
)


class VideoBody(TaskBody):
    """What the bodies of videos share."""

    model_name: Annotated[Name | None, FROM_TABLE] = None
    prompt: Annotated[Text | None, WORKS] = None
    negative_prompt: Annotated[Text | None, WORKS] = None
    mode: Annotated[Word | None, MODES] = None
    duration: Annotated[Number | None, WORKS] = Field(default=None, examples=["5"])
    cfg_scale: Annotated[Share | None, UNUSED] = None


class ShotItem(Body):
    """One shot of several."""

    index: Annotated[int, WORKS]
    prompt: Annotated[Text, WORKS]
    duration: Annotated[Number, WORKS]


class ShotBody(VideoBody):
    """What single-picture and no-picture videos share."""

    multi_shot: Annotated[bool | None, SHOTS] = None
    shot_type: Annotated[Word | None, SHOTS] = None
    multi_prompt: Annotated[list[ShotItem] | None, SHOTS] = None
    voice_list: Annotated[list[Any] | None, NO_VOICES] = None
    sound: Annotated[Word | None, SOUND] = None
    camera_control: Annotated[CameraControl | None, CAMERA] = None


class TextToVideo(ShotBody):
    """POST /v1/videos/text2video."""

    aspect_ratio: Annotated[Word | None, WORKS] = None


def _point(value: Any) -> Any:
    """A point as Kling documents it, or as the pair that some clients send."""
    if isinstance(value, (list, tuple)) and len(value) == 2:
        return {"x": value[0], "y": value[1]}
    return value


class PointBody(Body):
    """A pixel of the first frame, counted from its bottom left."""

    x: Annotated[int, Field(ge=0, le=16384), WORKS]
    y: Annotated[int, Field(ge=0, le=16384), WORKS]


Point = Annotated[PointBody, BeforeValidator(_point)]


class DynamicMask(Body):
    """An area that moves, and the way it takes."""

    mask: Annotated[Picture, GIVEN]
    trajectories: Annotated[
        Annotated[list[Point], Field(min_length=2, max_length=TRAJECTORY_POINTS_MAX)], WORKS
    ]


class ImageToVideo(ShotBody):
    """POST /v1/videos/image2video."""

    multi_shot: Annotated[bool | None, NO_SHOTS] = None
    image: Annotated[Picture | None, GIVEN] = None
    image_tail: Annotated[Picture | None, GIVEN] = None
    static_mask: Annotated[Picture | None, GIVEN] = None
    dynamic_masks: Annotated[
        Annotated[list[DynamicMask], Field(max_length=DYNAMIC_MASKS_MAX)] | None, WORKS
    ] = None
    element_list: Annotated[list[Any] | None, NO_ELEMENTS] = None
    aspect_ratio: Annotated[Any, ignored("the frame decides, as on Kling")] = None


class ImageItem(Body):
    """One picture of a list."""

    image: Annotated[Picture, GIVEN]


class MultiImageToVideo(VideoBody):
    """POST /v1/videos/multi-image2video."""

    image_list: Annotated[
        Annotated[list[ImageItem], Field(min_length=1, max_length=SUBJECTS_MAX)], WORKS
    ]
    aspect_ratio: Annotated[Word | None, WORKS] = None


class OmniImageItem(Body):
    """One picture of a list: a frame where its type says so, else something to be seen."""

    image_url: Annotated[Picture, GIVEN]
    type: Annotated[Word | None, OMNI_FRAMES] = None


class OmniVideo(VideoBody):
    """POST /v1/videos/omni-video."""

    multi_shot: Annotated[bool | None, OMNI_SHOTS] = None
    shot_type: Annotated[Word | None, OMNI_SHOTS] = None
    multi_prompt: Annotated[list[ShotItem] | None, OMNI_SHOTS] = None
    image_list: Annotated[
        Annotated[list[OmniImageItem], Field(max_length=SUBJECTS_MAX)] | None, OMNI_PICTURES
    ] = None
    video_list: Annotated[list[Any] | None, NO_VIDEOS] = None
    element_list: Annotated[list[Any] | None, NO_ELEMENTS] = None
    sound: Annotated[Word | None, SOUND] = None
    aspect_ratio: Annotated[Word | None, partly("16:9 when left out")] = None


class EffectInput(Body):
    """The picture that a scene is about. Kling ignores the other fields of old by now, too."""

    image: Annotated[Picture | None, GIVEN] = None
    images: Annotated[list[Any] | None, not_offered("no scene here brings two together")] = None


class Effect(TaskBody):
    """POST /v1/videos/effects."""

    effect_scene: Annotated[Name, SCENES]
    input: Annotated[EffectInput, WORKS]


class VideoExtend(TaskBody):
    """POST /v1/videos/video-extend."""

    video_id: Annotated[Name, partly("any finished video of yours, by the id in its result")]
    prompt: Annotated[Text | None, WORKS] = None
    negative_prompt: Annotated[Text | None, WORKS] = None
    cfg_scale: Annotated[Share | None, UNUSED] = None


class Expand(TaskBody):
    """POST /v1/images/editing/expand."""

    image: Annotated[Picture, GIVEN]
    up_expansion_ratio: Annotated[Room, WORKS] = 0
    down_expansion_ratio: Annotated[Room, WORKS] = 0
    left_expansion_ratio: Annotated[Room, WORKS] = 0
    right_expansion_ratio: Annotated[Room, WORKS] = 0
    prompt: Annotated[Text | None, AROUND] = None
    n: Annotated[Count | None, WORKS] = None


class TextToAudio(TaskBody):
    """POST /v1/audio/text-to-audio."""

    prompt: Annotated[SoundWords, HEARD]
    duration: Annotated[Number, partly("3 to 10 s")]


class VideoToAudio(TaskBody):
    """POST /v1/audio/video-to-audio."""

    video_id: Annotated[Name | None, partly("any finished video of yours, 3 to 20 s long")] = None
    video_url: Annotated[str | None, not_offered("send the video_id of a video made here")] = None
    sound_effect_prompt: Annotated[SoundWords | None, HEARD_IN_VIDEO] = None
    bgm_prompt: Annotated[SoundWords | None, not_offered("nothing here makes music")] = None
    asmr_mode: Annotated[bool | None, not_offered("send false")] = None


class Speech(Body):
    """POST /v1/audio/tts."""

    text: Annotated[Annotated[str, Field(min_length=1, max_length=1000)], WORKS]
    voice_id: Annotated[Name, VOICES]
    voice_language: Annotated[Word | None, partly("zh and en")] = None
    voice_speed: Annotated[Number | None, WORKS] = None


class PictureBody(TaskBody):
    """What the bodies of pictures share."""

    model_name: Annotated[Name | None, FROM_TABLE] = None
    prompt: Annotated[Text | None, WORKS] = None
    n: Annotated[Count | None, WORKS] = None
    aspect_ratio: Annotated[Word | None, RATIOS] = None


class ImageGeneration(PictureBody):
    """POST /v1/images/generations."""

    negative_prompt: Annotated[Text | None, WORKS] = None
    image: Annotated[Picture | None, CUT_OUT] = None
    image_reference: Annotated[Word | None, partly("subject; face is refused")] = None
    image_fidelity: Annotated[Share | None, partly("only its default, 0.5")] = None
    human_fidelity: Annotated[Share | None, partly("only its default, 0.45")] = None
    element_list: Annotated[list[Any] | None, NO_ELEMENTS] = None
    resolution: Annotated[Word | None, RESOLUTIONS] = None


class OmniImage(PictureBody):
    """POST /v1/images/omni-image."""

    image_list: Annotated[
        Annotated[list[ImageItem], Field(max_length=SUBJECTS_MAX)] | None, OMNI_PICTURES
    ] = None
    element_list: Annotated[list[Any] | None, NO_ELEMENTS] = None
    resolution: Annotated[Word | None, RESOLUTIONS] = None
    result_type: Annotated[Word | None, partly("single; series is refused")] = None
    series_amount: Annotated[Any, ignored("a single result has none, as on Kling")] = None


class SubjectItem(Body):
    """One subject of several."""

    subject_image: Annotated[Picture, GIVEN]


class MultiImageToImage(PictureBody):
    """POST /v1/images/multi-image2image."""

    subject_image_list: Annotated[
        Annotated[list[SubjectItem], Field(min_length=1, max_length=SUBJECTS_MAX)], WORKS
    ]
    scene_image: Annotated[Picture | None, NO_SCENES] = None
    style_image: Annotated[Picture | None, NO_STYLES] = None
