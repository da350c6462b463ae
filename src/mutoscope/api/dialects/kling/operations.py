"""Every operation of Kling's API, and how far each is honoured here: one table.

Routes that refuse are made of it, and so is the page of documentation.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from mutoscope.api.dialects.kling import bodies, modern_bodies
from mutoscope.api.dialects.kling.effects import SCENE_WORDS
from mutoscope.api.dialects.support import WORKS, Level, Support, not_offered, partly

# How the purposes of the calls end that ask after what another call makes.
ASKS_ONE, ASKS_LIST = ": one task", ": tasks, newest first"


@dataclass(frozen=True)
class Operation:
    """One call: what it is for, how far it goes, and the wire model of its body."""

    method: str
    path: str
    purpose: str
    support: Support = WORKS
    body: type[BaseModel] | None = None


@dataclass(frozen=True)
class Chapter:
    """Operations that belong together."""

    title: str
    operations: tuple[Operation, ...]


def _task(
    path: str, purpose: str, support: Support = WORKS, body: type[BaseModel] | None = None
) -> Iterator[Operation]:
    """The three calls of a collection of tasks. What can be created can be asked after, too."""
    asking = support if support.level is Level.NOT_OFFERED else WORKS
    yield Operation("POST", path, purpose, support, body)
    yield Operation("GET", f"{path}/{{task_id}}", purpose + ASKS_ONE, asking)
    yield Operation("GET", path, purpose + ASKS_LIST, asking)


LIP_SYNC = not_offered("no installed model offers lip sync")
SELECTING = not_offered("no installed model offers editing by selection")
NO_ELEMENTS = not_offered("there is no library of elements")
NO_VOICES = not_offered("there is no library of voices")
LISTED_HOSTS = partly("pictures by URL only from hosts on the administrator's list")
OMNI = partly("from words, frames or up to four pictures; no videos, no elements")

VIDEOS = Chapter(
    "Videos, legacy standard",
    (
        *_task("/v1/videos/text2video", "Text to video", WORKS, bodies.TextToVideo),
        *_task("/v1/videos/image2video", "Image to video", LISTED_HOSTS, bodies.ImageToVideo),
        *_task(
            "/v1/videos/multi-image2video",
            "Several images to video",
            LISTED_HOSTS,
            bodies.MultiImageToVideo,
        ),
        *_task("/v1/videos/omni-video", "Omni video", OMNI, bodies.OmniVideo),
        *_task(
            "/v1/videos/motion-control",
            "Motion control",
            not_offered("no installed model offers motion control"),
        ),
        *_task(
            "/v1/videos/video-extend",
            "Extend a video",
            partly("any finished video, with every name; 5 s are added"),
            bodies.VideoExtend,
        ),
        *_task("/v1/videos/lip-sync", "Lip sync, one step", LIP_SYNC),
        Operation("POST", "/v1/videos/identify-face", "Lip sync: find faces", LIP_SYNC),
        *_task("/v1/videos/advanced-lip-sync", "Lip sync, two steps", LIP_SYNC),
        *_task(
            "/v1/videos/avatar/image2video",
            "Avatar",
            not_offered("no installed model offers avatars"),
        ),
        *_task(
            "/v1/videos/effects",
            "Effects",
            partly(
                "drawn as scenes of the storyboard around the picture: "
                + ", ".join(f"`{scene}`" for scene in SCENE_WORDS)
            ),
            bodies.Effect,
        ),
        *(
            Operation("POST", f"/v1/videos/multi-elements/{step}-selection", purpose, SELECTING)
            for step, purpose in (
                ("init", "Editing: open a video"),
                ("add", "Editing: add to the selection"),
                ("delete", "Editing: take from the selection"),
                ("clear", "Editing: clear the selection"),
                ("preview", "Editing: preview the selection"),
            )
        ),
        *_task("/v1/videos/multi-elements", "Editing by selection", SELECTING),
        Operation(
            "POST",
            "/v1/videos/image-recognize",
            "Find subject, head, face and clothes",
            not_offered("no installed model recognizes parts of a picture"),
        ),
    ),
)

AUDIO = Chapter(
    "Audio",
    (
        *_task(
            "/v1/audio/text-to-audio",
            "Text to audio",
            partly("natural sounds by synthesis; no music, no speech"),
            bodies.TextToAudio,
        ),
        *_task(
            "/v1/audio/video-to-audio",
            "Video to audio",
            partly("natural sounds by synthesis, for videos made here, instead of their own sound"),
            bodies.VideoToAudio,
        ),
        Operation(
            "POST",
            "/v1/audio/tts",
            "Speech",
            partly(
                "spoken by piper or eSpeak NG where a worker has one installed; refused (404, 1203)"
                " with what to install where none has"
            ),
            bodies.Speech,
        ),
    ),
)

IMAGES = Chapter(
    "Images",
    (
        *_task("/v1/images/generations", "Images", LISTED_HOSTS, bodies.ImageGeneration),
        *_task("/v1/images/omni-image", "Omni image", OMNI, bodies.OmniImage),
        *_task(
            "/v1/images/multi-image2image",
            "Several images to image",
            LISTED_HOSTS,
            bodies.MultiImageToImage,
        ),
        *_task(
            "/v1/images/editing/expand",
            "Expand an image",
            partly(
                "the picture's own edges go on, mirrored and ever softer, into the scene that the"
                " prompt names; no new things are drawn; above 20 megapixels or 6144 pixels a"
                " side the whole is made smaller"
            ),
            bodies.Expand,
        ),
        *_task(
            "/v1/general/ai-multi-shot",
            "Other views of an element",
            not_offered("no installed model turns subjects around"),
        ),
        *_task(
            "/v1/images/kolors-virtual-try-on",
            "Virtual try-on",
            not_offered("no installed model offers try-on"),
        ),
    ),
)

ELEMENTS = Chapter(
    "Elements and voices",
    (
        *_task("/v1/general/advanced-custom-elements", "Elements", NO_ELEMENTS),
        *_task("/v1/general/custom-elements", "Elements, older", NO_ELEMENTS),
        Operation("GET", "/v1/general/advanced-presets-elements", "Official elements", NO_ELEMENTS),
        Operation("GET", "/v1/general/presets-elements", "Official elements, older", NO_ELEMENTS),
        Operation("POST", "/v1/general/delete-advanced-elements", "Delete an element", NO_ELEMENTS),
        Operation("POST", "/v1/general/delete-elements", "Delete an element, older", NO_ELEMENTS),
        *_task("/v1/general/custom-voices", "Voices", NO_VOICES),
        Operation("GET", "/v1/general/presets-voices", "Official voices", NO_VOICES),
        Operation("POST", "/v1/general/delete-voices", "Delete a voice", NO_VOICES),
    ),
)

ACCOUNT = Chapter(
    "Account",
    (
        Operation(
            "GET",
            "/account/costs",
            "What is left",
            partly("the organization's wallet as one pack, in units of ten credits"),
        ),
        Operation(
            "POST",
            "/account/billing/balance",
            "Deductions of money",
            not_offered("accounts here hold credits, not money"),
        ),
        Operation(
            "POST",
            "/account/billing/package",
            "Deductions of units",
            not_offered("see GET /api/v1/credits/transfers"),
        ),
    ),
)

MODERN = Chapter(
    "New standard",
    (
        Operation(
            "POST",
            "/text-to-video/{model}",
            "Text to video",
            WORKS,
            modern_bodies.ModernTextToVideo,
        ),
        Operation(
            "POST",
            "/image-to-video/{model}",
            "Image to video",
            LISTED_HOSTS,
            modern_bodies.ModernImageToVideo,
        ),
        Operation(
            "POST",
            "/omni-video/{model}",
            "Omni video",
            OMNI,
            modern_bodies.ModernOmniVideo,
        ),
        Operation(
            "POST",
            "/motion-control/{model}",
            "Motion control",
            not_offered("no installed model offers motion control"),
        ),
        Operation("GET", "/tasks", "Tasks by their ids"),
        Operation("POST", "/tasks", "Tasks of a span of time", WORKS, modern_bodies.TaskQuery),
    ),
)

CHAPTERS = (VIDEOS, IMAGES, AUDIO, ELEMENTS, ACCOUNT, MODERN)
