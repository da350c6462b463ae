"""Batches, the loop and its checkpoints, on a model of a few thousand weights."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from diffusers.models.transformers.transformer_ltx import apply_rotary_emb
from training import tokenizer as words
from training.batches import change, make
from training.codec import Codec
from training.model import Mini, ModelSize, coordinates
from training.muon import orthogonal
from training.train import Plan, Run, train
from training.validate import dealt_anew, losses
from transformers import PreTrainedTokenizerFast


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerFast:
    return words.build(captions=200)


@pytest.fixture
def run(plan: Plan, codec: Codec, tokenizer: PreTrainedTokenizerFast) -> Run:
    return Run(plan, codec, tokenizer)


def weights(run: Run) -> torch.Tensor:
    return torch.cat([value.flatten() for value in run.model.state_dict().values()])


def test_a_batch_depends_on_its_step_alone(
    plan: Plan, codec: Codec, tokenizer: PreTrainedTokenizerFast
) -> None:
    def batch(step: int) -> torch.Tensor:
        return make(codec, tokenizer, plan.phase(step), seed=plan.seed, step=step).noisy

    assert torch.equal(batch(4), batch(4))
    assert not torch.equal(batch(0), batch(1))


def test_given_tokens_are_clean_and_never_learnt(run: Run) -> None:
    shapes = set()
    for step in range(2, 60):
        batch = run.batch(step)
        given = (batch.times == 0).expand(batch.weight.shape)
        shapes.add((batch.noisy.shape[1], int(given[0].sum())))
        assert torch.all(batch.weight[given] == 0)
        assert torch.all(batch.weight[~given] >= 1)
        assert batch.coordinates.shape == (len(batch.noisy), 3, batch.noisy.shape[1])
    # Pictures, plain clips, clips with a given start of one or two latent frames, with a given end.
    assert shapes >= {(4, 0), (20, 0), (20, 4), (20, 8), (24, 4)}


def test_what_moves_counts_more_than_what_rests() -> None:
    resting, moving = torch.zeros(1, 4, 128), torch.zeros(1, 4, 128)
    moving[0, 1:3] = 1
    moves = change(torch.cat([resting, moving], dim=1), side=2)[0]
    assert moves[[0, 1, 2, 3, 4, 7]].eq(0).all()
    assert moves[5:7].gt(0.7).all()


def test_coordinates_are_those_of_the_condition_pipeline() -> None:
    from diffusers import LTXConditionPipeline as Stock

    ids = Stock._prepare_video_ids(1, 5, 6, 6, 1, 1, torch.device("cpu"))
    scaled = Stock._scale_video_ids(ids, 16, 4, 0, torch.device("cpu")).float()
    scaled[:, 0] /= 8
    assert torch.allclose(scaled[0], coordinates(5, 6, 6))


def test_a_run_ends_with_its_last_phase_and_the_rate_falls_until_there(
    plan: Plan, codec: Codec, tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    last = replace(plan.curriculum[-1], until=3, rate=1e-2, rate_at_end=4e-3)
    short = replace(plan, curriculum=(replace(plan.curriculum[0], until=1), last))
    run = Run(short, codec, tokenizer)
    assert [round(short.rate_at(step), 4) for step in (1, 2)] == [0.01, 0.007]
    train(run, until=lambda step: step >= short.steps, checkpoint=tmp_path / "latest.pt")
    assert run.step == 3


def test_a_run_goes_on_with_the_shares_of_its_plan(run: Run, tmp_path: Path) -> None:
    """Not with those of the checkpoint, which may have been changed since."""
    run.optimizers[0].param_groups[-1]["share"] = 0.77
    run.save(tmp_path / "latest.pt")
    run.optimizers[0].param_groups[-1]["share"] = 0.5
    run.load(tmp_path / "latest.pt")
    assert run.optimizers[0].param_groups[-1]["share"] == 0.5


def test_an_interrupted_run_ends_like_an_uninterrupted_one(
    run: Run, plan: Plan, codec: Codec, tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    train(run, until=lambda step: step >= 6, checkpoint=tmp_path / "whole.pt")

    first = Run(plan, codec, tokenizer)
    train(first, until=lambda step: step >= 3, checkpoint=tmp_path / "parts.pt")
    second = Run(plan, codec, tokenizer)
    second.load(tmp_path / "parts.pt")
    train(second, until=lambda step: step >= 6, checkpoint=tmp_path / "parts.pt")

    assert torch.equal(weights(run), weights(second))
    for name, value in run.average.items():
        assert torch.equal(value, second.average[name])


def test_the_log_says_what_every_step_cost(run: Run, tmp_path: Path) -> None:
    train(run, until=lambda step: step >= 2, checkpoint=tmp_path / "run.pt")
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2]
    assert all({"loss", "samples", "tokens", "seconds", "cpu"} <= set(line) for line in lines)


def test_a_second_checkpoint_keeps_the_first(run: Run, tmp_path: Path) -> None:
    run.save(tmp_path / "run.pt")
    run.step = 9
    run.save(tmp_path / "run.pt")
    assert torch.load(tmp_path / "run.previous", weights_only=True)["step"] == 0
    assert not (tmp_path / "run.part").exists()


def test_one_batch_can_be_learnt(run: Run) -> None:
    batch = run.batch(0)
    losses = [run.advance(batch) for _ in range(25)]
    assert losses[-1] < 0.85 * losses[0]


def test_attention_begins_with_the_neighbours() -> None:
    torch.manual_seed(0)
    transformer = Mini(20, ModelSize(heads=4, layers=1, text_width=64, text_layers=1)).transformer
    attention = transformer.transformer_blocks[0].attn1
    rotation = transformer.rope(torch.zeros(1, 36, 1), video_coords=coordinates(1, 6, 6)[None])
    blank = torch.zeros(1, 36, 256)

    def turned(project: torch.nn.Module, norm: torch.nn.Module) -> torch.Tensor:
        rotated: torch.Tensor = apply_rotary_emb(norm(project(blank)), rotation)
        return rotated.view(36, 4, 64).transpose(0, 1)

    queries = turned(attention.to_q, attention.norm_q)
    scores = queries @ turned(attention.to_k, attention.norm_k).mT
    middle = 3 * 6 + 2
    # The third head looks a row up, the fourth a row down.
    assert scores[2, middle].argmax() == middle - 6
    assert scores[3, middle].argmax() == middle + 6


def test_orthogonal_updates_have_singular_values_near_one() -> None:
    matrices = torch.randn(2, 40, 24, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(orthogonal(matrices, 5))
    assert values.min() > 0.5
    assert values.max() < 1.5


def test_the_tokenizer_reads_both_languages_and_any_case(
    tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    words.save(tokenizer, tmp_path)
    again = PreTrainedTokenizerFast.from_pretrained(tmp_path)
    assert again("A RED Balloon").input_ids == tokenizer("a red balloon").input_ids
    assert again("小猫，向左走").input_ids == tokenizer("小猫,向左走").input_ids
    assert (
        again("A kitten walks left, pan right").input_ids
        == again("a猫咪往左跑,镜头向右摇").input_ids
    )
    assert again("熊猫").input_ids != again("熊小猫").input_ids
    pieces = again.convert_ids_to_tokens(again("小猫在雨夜向左走").input_ids)
    assert [piece.strip("▁") for piece in pieces] == [*"小猫在雨夜向左走", "</s>"]


def test_validation_draws_beyond_the_wall_and_notices_wrong_captions(run: Run) -> None:
    phase = run.plan.curriculum[0]
    own = make(run.codec, run.tokenizer, phase, seed=1, step=1)
    other = make(run.codec, run.tokenizer, phase, seed=1, step=1, held_out=True)
    assert not torch.equal(own.text, other.text)
    anew = dealt_anew(other)
    assert torch.equal(anew.noisy, other.noisy)
    assert torch.equal(anew.text[0], other.text[-1])
    right, wrong = losses(run.model, run, phase, batches=2)
    assert right == wrong  # an untrained model answers zero to anything
    assert 1 < right < 5
