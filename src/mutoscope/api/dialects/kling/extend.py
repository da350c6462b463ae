"""Go on from a finished video: the same model, size and frame rate, five seconds more."""

from mutoscope.api.dialects.kling.bodies import VideoExtend
from mutoscope.api.dialects.kling.collections import VIDEO_EXTEND
from mutoscope.api.dialects.kling.replies import seconds_text
from mutoscope.api.dialects.kling.sources import parent_echo, source_video
from mutoscope.api.dialects.support import refuse_what_is_not_offered
from mutoscope.core.errors import InvalidRequest
from mutoscope.core.request import Task, Wish
from mutoscope.generations import Asset, Generation, Submission

SECONDS_MORE = 5
SECONDS_MAX = 180
# What our own words for a field are called in this body.
FIELDS = {"task": "video_id", "seconds": "video_id", "model": "video_id", "size": "video_id"}


def extension(body: VideoExtend, video: Asset, source: Generation) -> Submission:
    """What to make after the video."""
    refuse_what_is_not_offered(body)
    if video.seconds + SECONDS_MORE > SECONDS_MAX:
        raise InvalidRequest(
            f"the video has {seconds_text(video)} s; {SECONDS_MAX} s in all are the most",
            field="video_id",
        )
    sound = source.request.params.get("sound")
    wish = Wish(
        task=Task.VIDEO_EXTEND,
        prompt=body.prompt or "",
        negative_prompt=body.negative_prompt or "",
        model=source.request.model,
        size=source.request.size,
        seconds=SECONDS_MORE,
        fps=video.fps,
        watermark=body.wants_watermark,
        references=(source_video(video),),
        params={} if sound is None else {"sound": sound},
    )
    return Submission(
        wish=wish,
        dialect=VIDEO_EXTEND.dialect,
        dialect_echo=parent_echo(video),
        external_task_id=body.external_task_id,
    )
