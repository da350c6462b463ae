"""The exported folder is an ordinary diffusers checkpoint; the examination runs on it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import LTXConditionPipeline
from tests.unit.training.conftest import SIDE, clip
from tokenizers import normalizers
from training import evaluate, judge
from training import tokenizer as words
from training.codec import Codec, codec_path
from training.export import Checkpoint, assemble, export, folder_bytes
from training.render import render
from training.sample import generate, grid, load
from training.scenes import Stream
from training.train import KEPT_CODEC, Plan, Run, adopt, prepare
from training.world import CAMERAS, OBJECTS, PLACES, is_held_out
from transformers import PreTrainedTokenizerFast


@pytest.fixture
def exported(codec: Codec, plan: Plan, runs: Path, tmp_path: Path) -> Path:
    codec.save(codec_path())
    run = Run(plan, *prepare(runs))
    run.advance(run.batch(0))
    run.save(tmp_path / "run.pt")
    pipeline = assemble(Checkpoint.load(tmp_path / "run.pt"), plan, runs)
    export(pipeline, tmp_path / "out", sides=(SIDE,), step=1)
    return tmp_path / "out"


def test_the_stock_pipeline_loads_the_folder_and_draws(exported: Path) -> None:
    pipeline = load(exported)
    assert type(pipeline) is LTXConditionPipeline
    clips = generate(pipeline, ["一只小猫", "a red car"], side=SIDE, steps=2)
    assert clips.shape == (2, 17, SIDE, SIDE, 3)
    assert clips.std() > 0
    picture = generate(pipeline, ["一只小猫"], side=SIDE, frames=1, steps=2)
    assert picture.shape == (1, 1, SIDE, SIDE, 3)


def test_training_goes_on_from_an_exported_folder(exported: Path, plan: Plan, runs: Path) -> None:
    run = Run(plan, *prepare(runs))
    run.begin_from(exported)
    stored = load(exported).transformer.state_dict()
    assert run.step == 1
    assert all(torch.equal(run.average[f"transformer.{name}"], stored[name]) for name in stored)
    assert run.advance(run.batch(run.step)) > 0


def test_words_alone_become_the_first_picture_and_then_the_clip(exported: Path) -> None:
    pipeline = load(exported)
    clip = generate(pipeline, ["一只小猫"], side=SIDE, steps=2, seed=3)
    picture = generate(pipeline, ["一只小猫"], side=SIDE, frames=1, steps=2, seed=3)[0]
    assert np.array_equal(
        clip, generate(pipeline, ["一只小猫"], side=SIDE, steps=2, seed=3, first=picture)
    )


def test_weights_exported_before_the_reader_are_taken_over_with_it(
    exported: Path, tmp_path: Path
) -> None:
    tokenizer = PreTrainedTokenizerFast.from_pretrained(exported / "tokenizer")
    tokenizer.backend_tokenizer.normalizer = normalizers.Lowercase()
    words.save(tokenizer, exported / "tokenizer")
    adopt(exported, tmp_path)
    adopted = PreTrainedTokenizerFast.from_pretrained(tmp_path / "tokenizer")
    assert adopted("a cat moves left").input_ids == adopted("a小猫向左走").input_ids
    assert (tmp_path / "codec.npz").read_bytes() == KEPT_CODEC.read_bytes()


def test_the_examination_says_what_was_taken_for_what(exported: Path) -> None:
    asked = evaluate.questions(4)
    clips = np.stack([render(question.scene, judge.SIDE).frames for question in asked])
    said = list(evaluate.mistakes(judge.Judge().eval(), clips, asked))
    assert said
    assert all(" came out as " in line for line in said)


def test_a_given_first_frame_stays(exported: Path, codec: Codec) -> None:
    first = clip(0)[0]
    frames = generate(load(exported), ["x"], side=SIDE, steps=2, first=first, last=first)[0]
    kept = codec.decode(codec.encode(first[None]))[0]
    assert np.abs(frames[0].astype(int) - kept).mean() < 3


def test_the_same_seed_draws_the_same_clip(exported: Path) -> None:
    pipeline = load(exported)
    one, other = (generate(pipeline, ["猫"], side=SIDE, steps=2, seed=4) for _ in range(2))
    assert np.array_equal(one, other)


def test_the_folder_says_what_it_is(exported: Path) -> None:
    facts = json.loads((exported / "mutoscope.json").read_text("utf-8"))
    assert facts["family"] == "ltx"
    assert facts["pipeline"] == "LTXConditionPipeline"
    assert facts["sizes"] == [[SIDE, SIDE]]
    vocabulary = facts["vocabulary"]
    assert list(vocabulary["objects"]) == [thing.id for thing in OBJECTS]
    assert list(vocabulary["cameras"]) == [move.id for move in CAMERAS]
    index = (exported / "model_index.json").read_text("utf-8")
    assert "PreTrainedTokenizerFast" in index
    assert "TokenizersBackend" not in index
    card = (exported / "README.md").read_text("utf-8")
    assert "Microsoft" in card
    assert "{" not in card.split("```")[2]
    assert not [path for path in exported.rglob("*") if path.suffix in {".bin", ".pt", ".pkl"}]
    assert folder_bytes(exported) < 60_000_000


def test_the_examination_asks_only_what_training_never_saw() -> None:
    asked = evaluate.questions(40)
    assert all(is_held_out(one.scene.thing, one.scene.place) for one in asked)
    assert [one.language for one in asked[:4]] == ["zh", "en", "zh", "en"]
    for one in asked:
        place = PLACES[one.scene.place]
        assert any(word in one.prompt for word in (*place.zh, *place.en))
    assert [one.prompt for one in asked[:3]] == [one.prompt for one in evaluate.questions(3)]


def test_a_judge_marks_what_it_is_shown() -> None:
    frames, answers = judge.renders(Stream.JUDGE, 6, held_out=False)
    taught = judge.teach(frames, answers, epochs=30, batch=6)
    said = judge.verdicts(taught, frames)
    assert (said["place"] == answers.of["place"]).mean() > 0.6
    scores = judge.shares_right(taught, frames, answers)
    assert scores["place"] == (said["place"] == answers.of["place"]).mean()


def test_a_judge_that_failed_its_own_check_marks_nothing() -> None:
    asked = evaluate.questions(4)
    clips = np.stack([render(one.scene, judge.SIDE).frames for one in asked])
    checked = dict.fromkeys(judge.QUESTIONS, 1.0) | {"camera": 0.9, "time": 0.96}
    table = evaluate.mark(judge.Judge().eval(), checked, clips, asked)
    assert table["camera"].startswith("not judged")
    assert table["place and time"].startswith("not judged")
    assert "zh" in table["object"]


def test_a_grid_shows_four_moments_of_every_clip() -> None:
    clips = np.stack([clip(index) for index in range(3)])
    assert grid(clips, columns=2).shape == (2 * SIDE, 2 * 4 * SIDE, 3)


def test_the_cards_example_runs_as_it_is_printed(exported: Path) -> None:
    card = (exported / "README.md").read_text("utf-8")
    code = card.split("```python")[1].split("```")[0]
    names: dict[str, Any] = {}
    exec(code.replace("FOLDER", str(exported)), names)
    assert len(names["video"]) == 17
    assert names["video"][0].size == (SIDE, SIDE)
