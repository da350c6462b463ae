"""What a prompt asks for can be measured in the pixels; scripts/storyboard_check.py has 300."""

from scripts.storyboard_check import check


def test_a_sample_of_random_prompts_shows_what_was_asked() -> None:
    shares, failures = check(prompts=14, seed=11)
    assert {"colour", "direction", "camera", "time of day", "first frame"} <= set(shares)
    for name, (good, all_of) in shares.items():
        assert good >= all_of - 1, (name, failures)
