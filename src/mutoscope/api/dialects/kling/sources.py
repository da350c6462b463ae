"""Earlier videos of the caller's that something new is made of."""

from typing import Any

from sqlalchemy import Connection

from mutoscope.api.dialects.kling.replies import seconds_text
from mutoscope.core.errors import InvalidRequest, NotFound
from mutoscope.core.ids import AssetId, OrganizationId
from mutoscope.core.request import Reference, ReferenceRole
from mutoscope.generations import Asset, AssetKind, Generation, find, find_asset


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


def source_video(video: Asset) -> Reference:
    """The video as what the new one is made of."""
    return Reference(
        role=ReferenceRole.SOURCE_VIDEO,
        blob=video.blob,
        media_type=video.media_type,
        width=video.width,
        height=video.height,
    )


def parent_echo(video: Asset) -> dict[str, Any]:
    """What `task_info` says of it."""
    return {"parent_video": {"id": video.id, "duration": seconds_text(video)}}


def _no_video(video_id: str) -> InvalidRequest:
    return InvalidRequest(
        f"Video not found by id: {video_id}",
        field="video_id",
        fix="send the id of a video in a result of yours",
    )
