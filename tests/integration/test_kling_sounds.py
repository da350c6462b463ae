"""Sounds by Kling's API: made by a real worker, heard with another program's ears."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import av
import numpy as np
import pytest
from tests.support.kling_house import KlingHouse
from tests.support.program import eventually
from tests.support.web import Service

from mutoscope.api.dialects.kling import audio
from mutoscope.core.state import JobState
from mutoscope.generations import AssetKind, cancel
from mutoscope.media import Footage
from mutoscope.media.sound_labels import sound_labels
from mutoscope.storyboard import hearable
from mutoscope.worker import Workbench

TTS = "/v1/audio/tts"
SPEECH = {"text": "Hello, this is a test.", "voice_id": "oversea_male1", "voice_language": "en"}
SMALL = {"model_name": "storyboard", "mode": "480p", "duration": "3"}


@contextmanager
def working(service: Service) -> Iterator[None]:
    """A worker beside the service, for what is answered at once."""
    stopping = threading.Event()
    bench = Workbench(service.settings, service.rooms)
    worker = threading.Thread(target=bench.work, args=(stopping,))
    worker.start()
    try:
        yield
    finally:
        stopping.set()
        worker.join()


def samples_of(data: bytes) -> tuple[Any, float]:
    """Decoded samples, (channels, n), and their length in seconds."""
    with av.open(io.BytesIO(data), "r") as container:
        rate = container.streams.audio[0].rate
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=rate)
        chunks = [
            part.to_ndarray()
            for frame in container.decode(audio=0)
            for part in resampler.resample(frame)
        ]
    samples = np.concatenate(chunks, axis=1)
    return samples, samples.shape[1] / rate


def made(kling: KlingHouse, path: str, body: dict[str, Any]) -> Any:
    task = kling.client().call("POST", path, body)
    assert kling.service.work() == 1
    done = kling.client().call("GET", f"{path}/{task['task_id']}")
    assert done["task_status"] == "succeed", done["task_status_msg"]
    return done


def assert_heard(kling: KlingHouse, sound: dict[str, str], seconds: float) -> None:
    for kind, slack in (("mp3", 0.12), ("wav", 0.01)):
        data = kling.service.client.get(sound[f"url_{kind}"]).content
        samples, length = samples_of(data)
        assert length == pytest.approx(seconds, abs=slack)
        assert float(sound[f"duration_{kind}"]) == pytest.approx(seconds, abs=0.01)
        assert np.abs(samples).max() > 0.1
        [label], _ = sound_labels(data)
        assert '"Label":"1"' in label


@pytest.mark.parametrize(
    ("prompt", "seconds"), [("heavy rain with thunder", 3.2), ("海浪和海鸟的叫声", "4")]
)
def test_words_become_sounds(service: Service, prompt: str, seconds: Any) -> None:
    kling = KlingHouse(service)
    wish = {"prompt": prompt, "duration": seconds, "external_task_id": "mine"}
    done = made(kling, "/v1/audio/text-to-audio", wish)
    [sound] = done["task_result"]["audios"]
    assert_heard(kling, sound, float(seconds))
    assert done["final_unit_deduction"] == f"{float(seconds) * 0.01:g}"
    assert kling.client().call("GET", "/v1/audio/text-to-audio/mine") == done
    reply = kling.ask("GET", f"/tasks?task_ids={done['task_id']}").json()
    [output] = reply["data"][0]["outputs"]
    assert output["type"] == "audio"
    assert output["mp3_url"] == sound["url_mp3"]
    assert reply["data"][0]["billing"][0]["package_type"] == "audio"


def test_a_video_gets_the_sounds_that_are_asked_for(service: Service) -> None:
    kling = KlingHouse(service)
    wish = SMALL | {"prompt": "a lighthouse", "sound": "off"}
    silent = made(kling, "/v1/videos/text2video", wish)["task_result"]["videos"][0]
    body = {"video_id": silent["id"], "sound_effect_prompt": "wind", "asmr_mode": False}
    done = made(kling, "/v1/audio/video-to-audio", body)
    [video], [sound] = done["task_result"]["videos"], done["task_result"]["audios"]
    assert_heard(kling, sound, 3)
    assert video["duration"] == "3"
    assert done["task_info"]["parent_video"]["id"] == silent["id"]
    result = kling.find(done["task_id"]).asset(AssetKind.VIDEO)
    assert result is not None
    heard = Footage(lambda: service.rooms.blobs.open(result.blob)).sound()
    assert heard is not None
    assert np.abs(heard.samples).max() > 0.1


def test_a_video_gets_the_sounds_that_its_own_words_name(service: Service) -> None:
    kling = KlingHouse(service)
    rain = made(kling, "/v1/videos/text2video", SMALL | {"prompt": "rain over the sea"})
    body = {"video_id": rain["task_result"]["videos"][0]["id"]}
    done = made(kling, "/v1/audio/video-to-audio", body)
    assert kling.find(done["task_id"]).request.params["sounds"] == ["rain", "sea"]


@pytest.mark.parametrize(
    "body",
    [
        SPEECH,
        SPEECH | {"voice_speed": 9},
        {"text": "今天天气很好，我们去海边。", "voice_id": "ai_kaiya", "voice_language": "zh"},
    ],
)
def test_speech_is_answered_at_once(service: Service, body: dict[str, Any]) -> None:
    kling = KlingHouse(service)
    with working(service):
        done = kling.client().call("POST", TTS, body)
    assert done["task_status"] == "succeed"
    [speech] = done["task_result"]["audios"]
    samples, length = samples_of(service.client.get(speech["url"]).content)
    assert np.abs(samples).max() > 0.1
    assert length == pytest.approx(float(speech["duration"]), abs=0.12)
    assert 0.5 < length < 8
    assert float(done["final_unit_deduction"]) == pytest.approx(length * 0.01, rel=0.05)
    assert kling.held() == 0


def test_voices_differ_and_speed_is_heeded(service: Service) -> None:
    kling = KlingHouse(service)
    with working(service):
        slow, fast, child = (
            kling.client().call("POST", TTS, SPEECH | more)["task_result"]["audios"][0]
            for more in ({}, {"voice_speed": "1.8"}, {"voice_id": "cartoon-girl-01"})
        )
    assert float(fast["duration"]) < 0.8 * float(slow["duration"])
    fetched = [service.client.get(each["url"]).content for each in (slow, child)]
    assert fetched[0] != fetched[1]


def test_a_worker_that_draws_a_long_video_speaks_all_the_same(service: Service) -> None:
    kling = KlingHouse(service)
    client = kling.client()
    long = {"model_name": "kling-v3", "mode": "pro", "duration": "15", "prompt": "a busy harbour"}
    before = kling.available()
    with working(service):
        film = client.call("POST", "/v1/videos/text2video", long)["task_id"]
        eventually(lambda: kling.find(film).state is JobState.RUNNING, "the film is begun with")
        held = kling.find(film).quote
        said = client.call("POST", TTS, SPEECH)
        assert kling.find(film).state is JobState.RUNNING
        assert said["task_status"] == "succeed"
        assert kling.held() == held
        # It is told at its next frame; the worker ends with it.
        cancel(service.rooms, service.owner().organization_id, kling.find(film).id)
    spoken, drawn = kling.find(said["task_id"]), kling.find(film)
    assert drawn.state is JobState.CANCELED
    assert kling.held() == 0
    assert spoken.cost is not None
    assert before - kling.available() == spoken.cost > 0


def test_without_a_voice_speech_is_refused_with_the_fix_and_costs_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearable, "find_voice", lambda *_, **__: None)
    kling = KlingHouse(service)
    with working(service):
        status, code, message = kling.refusal(TTS, SPEECH)
    assert (status, code) == (404, 1203)
    assert "install espeak-ng" in message


def test_speech_that_nobody_comes_to_speak_is_given_up(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audio, "SPEECH_WAIT_SECONDS", 0.3)
    status, code, _ = KlingHouse(service).refusal(TTS, SPEECH)
    assert (status, code) == (504, 5002)
    assert service.work() == 0
