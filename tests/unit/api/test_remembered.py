"""Answers kept for as long as nobody commits."""

from dataclasses import dataclass

from mutoscope.api.remembered import ANSWERS_MAX, SECONDS_MAX, Remembered


@dataclass
class Commits:
    """Stands for the database: counts commits."""

    count: int = 1

    def changes(self) -> int:
        return self.count


def remembered(commits: Commits, now: list[float]) -> Remembered[str, str]:
    return Remembered(commits, now=lambda: now[0])


def test_an_answer_holds_until_somebody_commits() -> None:
    commits, now = Commits(), [0.0]
    answers = remembered(commits, now)
    answers.keep("who", "cat", version=answers.version())
    assert answers.find("who") == "cat"
    commits.count += 1
    answers.version()
    assert answers.find("who") is None


def test_an_answer_found_out_before_a_commit_is_not_kept_after_it() -> None:
    commits, now = Commits(), [0.0]
    answers = remembered(commits, now)
    before = answers.version()
    commits.count += 1
    answers.version()
    answers.keep("who", "cat", version=before)
    assert answers.find("who") is None


def test_an_answer_grows_no_older_than_it_may() -> None:
    commits, now = Commits(), [0.0]
    answers = remembered(commits, now)
    answers.keep("who", "cat", version=answers.version())
    now[0] = SECONDS_MAX + 0.1
    answers.version()
    assert answers.find("who") is None


def test_no_more_is_kept_than_fits() -> None:
    answers = remembered(Commits(), [0.0])
    version = answers.version()
    for number in range(ANSWERS_MAX + 1):
        answers.keep(str(number), "cat", version=version)
    assert answers.find(str(ANSWERS_MAX)) is None
