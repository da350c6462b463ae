import json
from pathlib import Path

import pytest

from mutoscope.api.dialects.kling.names import (
    KLING_MODELS,
    MODES,
    PICTURE_RESOLUTIONS,
    RESOLUTIONS,
    Chosen,
    Names,
)
from mutoscope.catalog.families.storyboard import STORYBOARD
from mutoscope.core.errors import InvalidRequest, ModelUnavailable


def names(tmp_path: Path, table: object) -> Names:
    file = tmp_path / "kling_models.json"
    file.write_text(table if isinstance(table, str) else json.dumps(table), encoding="utf-8")
    return Names(file)


def test_every_name_means_the_default_model_without_a_table(tmp_path: Path) -> None:
    for table in (Names(), Names(tmp_path / "absent.json")):
        for name, model in KLING_MODELS.items():
            for operation in model.operations:
                assert table.choose(name, operation).local is None


def test_a_name_means_what_the_table_says(tmp_path: Path) -> None:
    table = names(tmp_path, {"*": "mini", "kling-v3": "wan"})
    assert table.choose("kling-v3", "text2video").local == "wan"
    assert table.choose("kling-v1", "text2video").local == "mini"


def test_an_edit_takes_effect_at_once(tmp_path: Path) -> None:
    table = names(tmp_path, {"kling-v3": "wan"})
    assert table.choose("kling-v3", "text2video").local == "wan"
    names(tmp_path, {"kling-v3": "mini"})
    assert table.choose("kling-v3", "text2video").local == "mini"


def test_a_name_that_is_none_of_klings_is_a_local_models(tmp_path: Path) -> None:
    chosen = names(tmp_path, {"*": "mini"}).choose("storyboard", "text2video")
    assert (chosen.local, chosen.kling) == ("storyboard", None)


@pytest.mark.parametrize(
    "table",
    [
        "{",
        "[]",
        '{"kling-v3": 7}',
        '{"kling-v3": {"sizes": {}}}',
        '{"kling-v3": {"model": "mini", "size": {}}}',
        '{"klingv3": "mini"}',
    ],
)
def test_a_broken_table_names_its_file(tmp_path: Path, table: str) -> None:
    with pytest.raises(ModelUnavailable, match=r"kling_models\.json"):
        names(tmp_path, table).choose("kling-v3", "text2video")


def test_a_name_does_only_what_kling_promises_of_it() -> None:
    with pytest.raises(InvalidRequest, match="kling-v1-5 does not offer text2video") as caught:
        Names().choose("kling-v1-5", "text2video")
    assert caught.value.field == "model_name"
    assert "kling-v1-6" in (caught.value.fix or "")


def chosen(name: str = "kling-v1-6", **sizes: str) -> Chosen:
    plain = Names().choose(name, "text2video")
    return Chosen(plain.name, plain.local, plain.kling, {**plain.sizes, **sizes})


@pytest.mark.parametrize(
    ("word", "words", "size"),
    [
        (None, MODES, "720p"),
        ("std", MODES, "720p"),
        ("pro", MODES, "1080p"),
        ("1080p", RESOLUTIONS, "1080p"),
        ("2k", PICTURE_RESOLUTIONS, "1080p"),
    ],
)
def test_modes_and_resolutions_are_sizes(
    word: str | None, words: dict[str, str], size: str
) -> None:
    assert chosen().size(word, words, STORYBOARD, field="mode") == size


def test_the_administrator_may_give_modes_other_sizes() -> None:
    assert chosen(std="480p").size("std", MODES, STORYBOARD, field="mode") == "480p"


@pytest.mark.parametrize("word", ["4k", "ultra", "720p", ""])
def test_a_mode_that_is_not_offered_names_those_that_are(word: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        chosen("kling-v3").size(word, MODES, STORYBOARD, field="mode")
    assert (caught.value.field, caught.value.fix) == ("mode", "one of std, pro")


def test_a_model_of_other_sizes_answers_in_its_own_unless_a_mode_is_asked_for() -> None:
    odd = chosen(std="288p", pro="288p", **{"4k": "288p"})
    assert odd.size(None, MODES, STORYBOARD, field="mode") is None
    with pytest.raises(InvalidRequest, match="mode 'std' is not offered"):
        odd.size("std", MODES, STORYBOARD, field="mode")


def test_a_local_models_sizes_may_be_named_outright() -> None:
    local = Names().choose("storyboard", "text2video")
    assert local.size("480p", MODES, STORYBOARD, field="mode") == "480p"
    assert local.size("pro", MODES, STORYBOARD, field="mode") == "1080p"
    assert local.size(None, MODES, STORYBOARD, field="mode") is None


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [("kling-v1", [5, 10], [3, 5.5, 15, -5]), ("kling-v3", [3, 7, 15], [2, 16, 3.5, float("nan")])],
)
def test_lengths_follow_the_name(name: str, good: list[float], bad: list[float]) -> None:
    for seconds in good:
        assert chosen(name).check_seconds(seconds, field="duration") == seconds
    for seconds in bad:
        with pytest.raises(InvalidRequest, match="is not offered by"):
            chosen(name).check_seconds(seconds, field="duration")
    assert chosen(name).check_seconds(None, field="duration") == 5
