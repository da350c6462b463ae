"""What a prompt asks for can be measured in the pixels, by code that knows nothing of drawing."""

from scripts.storyboard_check import check

PROMPTS = 300
PROPERTIES = {
    "colour", "position", "direction", "time of day", "place", "camera",
    "first frame", "last frame", "between",
}  # fmt: skip
GOAL = 0.95


def test_three_hundred_random_prompts_show_what_was_asked() -> None:
    shares, failures = check(prompts=PROMPTS, seed=1)
    assert set(shares) == PROPERTIES
    assert all(good >= GOAL * all_of for good, all_of in shares.values()), (shares, failures)
