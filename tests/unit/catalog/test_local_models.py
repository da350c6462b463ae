import json
from pathlib import Path

import pytest

from mutoscope.catalog import Catalog
from mutoscope.core.errors import InvalidRequest, ModelUnavailable, UnknownModel
from mutoscope.core.request import Task, Wish

WISH = Wish(prompt="a cat", task=Task.TEXT_TO_VIDEO, seed=1)


def folder(models: Path, name: str, class_name: str, **manifest: object) -> Path:
    path = models / name
    path.mkdir(parents=True)
    (path / "model_index.json").write_text(json.dumps({"_class_name": class_name}))
    if manifest:
        (path / "mutoscope.json").write_text(json.dumps(manifest))
    return path


def test_a_local_folder_becomes_a_model_of_its_name(tmp_path: Path) -> None:
    folder(tmp_path, "my-wan", "WanPipeline")
    catalog = Catalog(tmp_path, tmp_path / "shipped")
    assert [model.id for model in catalog.models()] == ["storyboard", "my-wan"]
    assert catalog.find("my-wan").family == "wan"
    assert catalog.find(None).id == "storyboard"


def test_frames_follow_the_rule_of_the_family(tmp_path: Path) -> None:
    folder(tmp_path, "my-wan", "WanPipeline")
    model = Catalog(tmp_path, tmp_path / "shipped").find("my-wan")
    shape = model.request(Wish(prompt="a cat", task=Task.TEXT_TO_VIDEO, seconds=5.0)).shape
    assert shape.frames == 81
    # The extra frame that the rule adds is not charged.
    assert model.quote(model.request(WISH)) % 5 == 0


def test_the_manifest_of_a_folder_wins_over_its_family(tmp_path: Path) -> None:
    folder(
        tmp_path,
        "mini",
        "LTXConditionPipeline",
        fps=8,
        sizes=[[128, 128]],
        frames=[1, 17],
        credits_per_second=0.5,
        trained_steps=5,
    )
    model = Catalog(tmp_path, tmp_path / "shipped").find("mini")
    request = model.request(WISH)
    assert (request.shape.width, request.shape.frames, request.shape.fps) == (128, 17, 8)
    assert model.quote(request) == 1000
    assert model.facts["trained_steps"] == 5


def test_only_the_lengths_that_a_manifest_names_are_made(tmp_path: Path) -> None:
    folder(tmp_path, "mini", "LTXConditionPipeline", fps=8, sizes=[[128, 128]], frames=[1, 17, 25])
    model = Catalog(tmp_path, tmp_path / "shipped").find("mini")
    wishes = {
        seconds: Wish(prompt="a cat", task=Task.TEXT_TO_VIDEO, seconds=seconds)
        for seconds in (2.0, 2.4, 2.6, 3.0)
    }
    frames = {seconds: model.request(wish).shape.frames for seconds, wish in wishes.items()}
    assert frames == {2.0: 17, 2.4: 17, 2.6: 25, 3.0: 25}
    with pytest.raises(InvalidRequest):
        model.request(Wish(prompt="a cat", task=Task.TEXT_TO_VIDEO, seconds=1.0))


def test_the_autoencoder_says_how_frames_are_packed(tmp_path: Path) -> None:
    path = folder(tmp_path, "small", "LTXPipeline")
    (path / "vae").mkdir()
    (path / "vae" / "config.json").write_text('{"temporal_compression_ratio": 4}')
    assert Catalog(tmp_path, tmp_path / "shipped").find("small").length.step == 4


def test_a_manifest_may_name_another_pipeline_of_the_family(tmp_path: Path) -> None:
    folder(tmp_path, "mini", "LTXPipeline", pipeline="LTXConditionPipeline")
    assert Task.VIDEO_EXTEND in Catalog(tmp_path, tmp_path / "shipped").find("mini").tasks


def test_what_is_not_here_is_refused_with_what_is(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel) as refusal:
        Catalog(tmp_path, tmp_path / "shipped").find("sora-2")
    assert refusal.value.fix == "one of storyboard"


@pytest.mark.parametrize(
    ("index", "manifest", "reason"),
    [
        ("{", None, "can't be read"),
        ("[]", None, "must hold a JSON object"),
        ('{"_class_name": "EvilPipeline"}', None, "none of the pipelines known"),
        ('{"_class_name": "WanPipeline"}', '{"fps": 0}', "fps"),
        ('{"_class_name": "WanPipeline"}', "nonsense", "can't be read"),
    ],
)
def test_a_broken_folder_is_listed_with_its_reason_and_refused(
    tmp_path: Path, index: str, manifest: str | None, reason: str
) -> None:
    path = tmp_path / "broken"
    path.mkdir()
    (path / "model_index.json").write_text(index)
    if manifest is not None:
        (path / "mutoscope.json").write_text(manifest)
    catalog = Catalog(tmp_path, tmp_path / "shipped")
    assert [unusable.name for unusable in catalog.unusable()] == ["broken"]
    with pytest.raises(ModelUnavailable, match=reason):
        catalog.find("broken")


def test_a_task_that_a_model_has_not_is_refused(tmp_path: Path) -> None:
    folder(tmp_path, "my-wan", "WanPipeline")
    with pytest.raises(InvalidRequest) as refusal:
        Catalog(tmp_path, tmp_path / "shipped").find("my-wan").request(
            Wish(prompt="a cat", task=Task.IMAGE_TO_IMAGE, seed=1)
        )
    assert refusal.value.field == "task"
