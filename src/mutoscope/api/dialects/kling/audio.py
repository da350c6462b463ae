"""Create sounds: from words, for a video, and speech, which is answered at once."""

import time
from contextlib import suppress

import anyio
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool

from mutoscope.api.callers import route_for
from mutoscope.api.dialects.kling.access import by_token_or_key
from mutoscope.api.dialects.kling.bodies import Speech, TextToAudio, VideoToAudio
from mutoscope.api.dialects.kling.collections import TEXT_TO_AUDIO, TTS, VIDEO_TO_AUDIO
from mutoscope.api.dialects.kling.errors import Backlog
from mutoscope.api.dialects.kling.parts import in_their_words
from mutoscope.api.dialects.kling.replies import Created, Reply, TaskReply, task
from mutoscope.api.dialects.kling.sounds import FIELDS, from_words, of_speech, of_video
from mutoscope.api.dialects.kling.tasks import REFUSALS, Call, CallHere, add_queries
from mutoscope.api.dialects.support import refuse_what_is_not_offered
from mutoscope.core.errors import Conflict, InvalidRequest, VoiceMissing
from mutoscope.generations import Generation, cancel, find

router = APIRouter(route_class=route_for(by_token_or_key), tags=["audio"], responses=REFUSALS)

# Clients wait half a minute for an answer; speech itself takes seconds.
SPEECH_WAIT_SECONDS = 25.0
LOOK_SECONDS = 0.1


@router.post(TEXT_TO_AUDIO.path, response_model_exclude_none=True)
def text_to_audio(body: TextToAudio, call: CallHere) -> Reply[Created]:
    """Sounds that words name."""
    return call.create(lambda wanted: from_words(wanted, call.rooms.catalog), body, FIELDS)


@router.post(VIDEO_TO_AUDIO.path, response_model_exclude_none=True)
def video_to_audio(body: VideoToAudio, call: CallHere) -> Reply[Created]:
    """Sounds for a video, and the video with them."""
    refuse_what_is_not_offered(body)
    if body.video_id is None:
        fix = "send the id of a video in a result of yours"
        raise InvalidRequest("video_id is missing", field="video_id", fix=fix)
    video, source = call.find_source(body.video_id)
    catalog = call.rooms.catalog
    return call.create(lambda wanted: of_video(wanted, video, source, catalog), body, FIELDS)


@router.post(TTS.path, response_model_exclude_none=True)
async def text_to_speech(body: Speech, call: CallHere) -> Reply[TaskReply]:
    """Speech. Answers when it is spoken; what can't be spoken soon is given up, uncharged."""
    spoken = await _ended(call, await run_in_threadpool(_begun, call, body))
    if spoken.failure is not None and spoken.failure.code == VoiceMissing.code:
        raise VoiceMissing(f"{TTS.path} is not available here", fix=spoken.failure.detail)
    return Reply(data=task(spoken, call.link))


def _begun(call: Call, body: Speech) -> Generation:
    with in_their_words(FIELDS | {"prompt": "text"}):
        return call.submit(of_speech(body, call.rooms.catalog), None)


async def _ended(call: Call, generation: Generation) -> Generation:
    """The generation once it has ended. Backlog when that takes too long: then it is canceled."""
    until = time.monotonic() + SPEECH_WAIT_SECONDS
    while not generation.state.is_terminal:
        if time.monotonic() > until:
            await run_in_threadpool(_give_up, call, generation)
            raise Backlog("no worker came to speak this in time", fix="try again later")
        await anyio.sleep(LOOK_SECONDS)
        generation = await run_in_threadpool(_look, call, generation)
    return generation


def _look(call: Call, generation: Generation) -> Generation:
    with call.rooms.database.snapshot() as tx:
        return find(tx, call.owner.organization_id, generation.id)


def _give_up(call: Call, generation: Generation) -> None:
    # A conflict: it has ended just now.
    with suppress(Conflict):
        cancel(call.rooms, call.owner.organization_id, generation.id)


for _collection in (TEXT_TO_AUDIO, VIDEO_TO_AUDIO):
    add_queries(router, _collection)
