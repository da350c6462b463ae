"""No text whatever breaks the planner."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mutoscope.core.errors import NothingToDraw
from mutoscope.storyboard import plan, read_shot_list, vocabulary

WORDS = [word for values in vocabulary().values() for words in values.values() for word in words]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join),
                 st.lists(st.sampled_from(WORDS), max_size=14).map("".join)))  # fmt: skip
def test_any_text_gives_a_list_that_reads_back_or_is_refused(text: str) -> None:
    try:
        planned = plan(text, negative=text[::-1])
    except NothingToDraw:
        return
    assert read_shot_list(planned.shots.to_json()) == planned.shots
    assert all(note.zh and note.en for note in planned.notes())
