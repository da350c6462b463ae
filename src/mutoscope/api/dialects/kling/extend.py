"""Go on from a finished video: the same model, size and frame rate, five seconds more."""

from sqlalchemy import Connection

from mutoscope.api.dialects.kling.bodies import VideoExtend
from mutoscope.api.dialects.kling.collections import VIDEO_EXTEND
from mutoscope.api.dialects.kling.replies import seconds_text
from mutoscope.api.dialects.support import refuse_what_is_not_offered
from mutoscope.core.errors import InvalidRequest, NotFound
from mutoscope.core.ids import AssetId, OrganizationId
from mutoscope.core.request import Reference, ReferenceRole, Task, Wish
from mutoscope.generations import Asset, AssetKind, Generation, Submission, find, find_asset

SECONDS_MORE = 5
SECONDS_MAX = 180
# What our own words for a field are called in this body.
FIELDS = {"task": "video_id", "seconds": "video_id", "model": "video_id", "size": "video_id"}


def find_source(
    tx: Connection, organization_id: OrganizationId, video_id: str
) -> tuple[Asset, Generation]:
    """The organization's video of that id and what it was made by. InvalidRequest for any other."""
    try:
        video = find_asset(tx, organization_id, AssetId(video_id))
        generation = find(tx, organization_id, video.generation_id)
    except NotFound:
        raise _no_video(video_id) from None
    if video.kind is not AssetKind.VIDEO:
        raise _no_video(video_id)
    return video, generation


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
        references=(
            Reference(
                role=ReferenceRole.SOURCE_VIDEO,
                blob=video.blob,
                media_type=video.media_type,
                width=video.width,
                height=video.height,
            ),
        ),
        params={} if sound is None else {"sound": sound},
    )
    return Submission(
        wish=wish,
        dialect=VIDEO_EXTEND.dialect,
        dialect_echo={"parent_video": {"id": video.id, "duration": seconds_text(video)}},
        external_task_id=body.external_task_id,
    )


def _no_video(video_id: str) -> InvalidRequest:
    return InvalidRequest(
        f"Video not found by id: {video_id}",
        field="video_id",
        fix="send the id of a video in a result of yours",
    )
