import pytest
from hypothesis import given
from hypothesis import strategies as st

from mutoscope.core.credits import Millicredits, credits_text, parse_credits
from mutoscope.core.ids import new_generation_id, parse_generation_id
from mutoscope.core.state import TERMINAL, JobState


@given(st.integers(min_value=1, max_value=10**15))
def test_an_amount_written_and_read_is_the_same(amount: int) -> None:
    assert parse_credits(credits_text(Millicredits(amount))) == amount


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0"), (1, "0.001"), (1500, "1.5"), (10_000, "10"), (-2_000, "-2")]
)
def test_amounts_read_well(amount: int, text: str) -> None:
    assert credits_text(Millicredits(amount)) == text


@pytest.mark.parametrize("text", ["", "ten", "0", "-1", "NaN", "Infinity", "0.0001", "1e18", "٣x"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="credits"):
        parse_credits(text)


def test_ids_read_as_18_digits_and_back() -> None:
    number = new_generation_id()
    assert len(str(number)) == 18
    assert parse_generation_id(str(number)) == number


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "x", "9" * 19, "９", "1" * 10_000])
def test_what_is_no_id_names_nothing(text: str) -> None:
    assert parse_generation_id(text) is None


def test_three_states_are_the_end() -> None:
    assert {state for state in JobState if state.is_terminal} == TERMINAL
