"""Whether a long history makes anything slower: a page, a balance, a claim, a submit.

    python -m benchmarks.long_history [--generations 1000000] [--transfers 2000000]
    python -m benchmarks.long_history --transfers 10000000        # needs 6 GB and ten minutes

A: a house with a thousand generations; B: one with as many as you say, and as many lines in its
ledger, written in bulk (the audit is run over them: they add up). The same calls on both, in turn.
"""

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mutoscope.core.ids import first_id_at
from mutoscope.core.request import Task, Wish
from mutoscope.generations import (
    Filter,
    Owner,
    Rooms,
    Submission,
    audit_credits,
    close_months,
    listing,
    submit,
)
from mutoscope.ledger import month, statement_of
from mutoscope.settings import Settings
from mutoscope.wiring import DATABASE, local_owner, open_rooms, open_seal

FEW = 1000
EACH = 1000
ROUNDS = 300
BEGIN_MS = 1_767_225_600_000

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :many)"

# A generation a second, each with its job; each has a hold and its charge.
HISTORY = (
    """
    INSERT INTO generation (id, organization_id, project_id, task, model, prompt, request, dialect,
        quote, cost, price_version, unit_price, created_at)
    {numbers} SELECT :first + i * :step, :organization, :project, task, model, prompt, request,
        dialect, :each, :each, 0, :each, :begin + i * 1000
    FROM n, (SELECT * FROM generation LIMIT 1)
    """,
    """
    INSERT INTO job (id, lane, state, attempt, attempts_max, cancel_requested, run_after,
        created_at, started_at, ended_at, tenant)
    {numbers} SELECT :first + i * :step, 'storyboard', 'succeeded', 1, 3, 0, 0,
        :begin + i * 1000, :begin + i * 1000, :begin + i * 1000, :organization FROM n
    """,
)
# The past of a ledger can't be written otherwise.
GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'transfer'"
LEDGER = (
    "UPDATE transfer SET created_at = :begin",
    """
    INSERT INTO transfer (id, cause, kind, code, debit_account, credit_account, amount, subject,
        project_id, created_at)
    VALUES (1000, 'past', 'posted', 'manual', 'issued', :wallet, :many * :each, '', NULL, 0)
    """,
    """
    INSERT INTO transfer (id, cause, kind, code, debit_account, credit_account, amount, hold_id,
        subject, project_id, created_at)
    {numbers} SELECT 1001 + i * 2 + charge, kind || ':' || (:first + i * :step), kind,
        'generation', :wallet, 'revenue', :each, iif(charge, 1001 + i * 2, NULL),
        :first + i * :step, :project, :begin + i * 1000
    FROM n, (SELECT 0 AS charge, 'hold' AS kind UNION ALL SELECT 1, 'post_hold')
    """,
    """
    INSERT INTO lot (id, organization_id, kind, cause, amount, spent, created_at)
    VALUES (1000, :organization, 'manual', 'past', :many * :each, :many * :each, 0)
    """,
    """
    INSERT INTO lot_use (transfer_id, lot_id, amount)
    {numbers} SELECT 1001 + i * 2 + charge, 1000, :each
    FROM n, (SELECT 0 AS charge UNION ALL SELECT 1)
    """,
    "UPDATE account SET debits_posted = debits_posted + :many * :each WHERE id = 'issued'",
    "UPDATE account SET credits_posted = credits_posted + :many * :each WHERE id = 'revenue'",
    """
    UPDATE account SET credits_posted = credits_posted + :many * :each,
        debits_posted = debits_posted + :many * :each WHERE id = :wallet
    """,
)


@dataclass(frozen=True)
class House:
    """A service with a past, and on whose behalf it is asked."""

    rooms: Rooms
    owner: Owner


def main() -> None:
    """Build both, ask both, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generations", type=int, default=1_000_000)
    parser.add_argument("--transfers", type=int, default=2_000_000)
    parser.add_argument("--folder", type=Path, default=None, help="where the large one is made")
    parser.add_argument("--audit", action="store_true", help="audit the large one too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        few = build(Path(folder) / "few", generations=FEW, transfers=2 * FEW)
        began = time.perf_counter()
        many = build(
            Path(folder) / "many", generations=options.generations, transfers=options.transfers
        )
        built = time.perf_counter() - began
        size = (Path(folder) / "many" / DATABASE).stat().st_size / 1e9
        print(f"{options.generations} generations, {options.transfers} transfers: {size:.1f} GB,")
        print(f"built in {built:.0f} s; microseconds, median of {ROUNDS}")
        print(f"{'':16}{FEW:>12}{options.generations:>12}{'ratio':>8}")
        for name, call in CALLS.items():
            small, large = in_turn(lambda: call(few), lambda: call(many))  # noqa: B023 - at once
            print(f"{name:16}{small:12.0f}{large:12.0f}{large / small:8.2f}")
        if options.audit:
            began = time.perf_counter()
            found = audit_credits(many.rooms)
            print(f"audit: {len(found)} discrepancies, {time.perf_counter() - began:.0f} s")


def build(data: Path, *, generations: int, transfers: int) -> House:
    """A data folder with a past."""
    settings = Settings(data=data, jobs_at_once_max=0, welcome_credits=10**9)
    rooms = open_rooms(settings, open_seal(settings))
    owner = local_owner(rooms)
    house = House(rooms, owner)
    ask(house)
    work(house)
    facts = {
        "organization": owner.organization_id,
        "project": owner.project_id,
        "wallet": f"wallet:{owner.organization_id}",
        "first": first_id_at(BEGIN_MS),
        "step": 4_194_304,
        "begin": BEGIN_MS,
        "each": EACH,
    }
    past = sqlite3.connect(data / DATABASE)
    past.execute("PRAGMA synchronous = off")
    past.execute("PRAGMA cache_size = -200000")
    guards = dict(past.execute(GUARDS).fetchall())
    for name in guards:
        past.execute(f"DROP TRIGGER {name}")
    for statements, many in ((HISTORY, generations), (LEDGER, transfers // 2)):
        for statement in statements:
            past.execute(statement.format(numbers=NUMBERS), facts | {"many": many})
    for guard in guards.values():
        past.execute(guard)
    past.commit()
    past.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    past.close()
    close_months(rooms)
    return house


def page(house: House) -> None:
    """A page of the listing."""
    wanted = Filter(project_id=house.owner.project_id)
    with house.rooms.database.snapshot() as tx:
        listing(tx, house.owner.organization_id, wanted, limit=20)


def balance(house: House) -> None:
    """What may be spent."""
    with house.rooms.database.snapshot() as tx:
        house.rooms.ledger.balance(tx, house.owner.organization_id)


def lines(house: House) -> None:
    """The latest lines of the wallet."""
    with house.rooms.database.snapshot() as tx:
        house.rooms.ledger.statement(tx, house.owner.organization_id, limit=50)


def month_of(house: House) -> None:
    """The statement of the month after the past, which is closed."""
    span = month("2031-01", "Asia/Shanghai")
    with house.rooms.database.snapshot() as tx:
        statement_of(tx, house.owner.organization_id, span)


def ask(house: House) -> None:
    """A submit, on the disk."""
    wish = Wish(prompt="a red balloon", task=Task.TEXT_TO_IMAGE, size="480p", seed=1)
    submit(house.rooms, Submission(wish=wish), house.owner)


def work(house: House) -> None:
    """A claim, and its end."""
    rooms = house.rooms
    with rooms.database.transaction() as tx:
        claim = rooms.jobs.claim(tx, owner="benchmark", lanes=["storyboard"])
    if claim is not None:
        with rooms.database.transaction() as tx:
            rooms.jobs.fail(tx, claim, "a benchmark makes nothing")
            rooms.ledger.void(tx, str(claim.job_id))


CALLS: dict[str, Callable[[House], None]] = {
    "listing": page,
    "balance": balance,
    "last lines": lines,
    "statement": month_of,
    "submit": ask,
    "claim and end": work,
}


def in_turn(one: Callable[[], None], other: Callable[[], None]) -> tuple[float, float]:
    """The medians of both, asked alternately so that the machine's moods hit both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for call, kept in zip((one, other), times, strict=True):
            began = time.perf_counter()
            call()
            kept.append((time.perf_counter() - began) * 1e6)
    return statistics.median(times[0]), statistics.median(times[1])


if __name__ == "__main__":
    main()
