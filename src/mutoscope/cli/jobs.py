"""`mutoscope jobs`: what is queued, running and done."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mutoscope.cli.options import DataOption, JsonOption
from mutoscope.core.state import JobState

if TYPE_CHECKING:
    from mutoscope.core.ids import GenerationId
    from mutoscope.generations import Generation

app = typer.Typer(help="List, show and cancel jobs.", no_args_is_help=True)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The id `jobs list` shows.")]


@app.command("list")
def list_jobs(
    state: Annotated[JobState | None, typer.Option(help="Only jobs in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 20,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Jobs, newest first."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import generation_document, print_json, print_table, time_text
    from mutoscope.generations import Filter, listing

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        found = listing(tx, house.owner.organization_id, Filter(state=state), limit=limit)
    if as_json:
        print_json([generation_document(each) for each in found])
        return
    rows = [
        (
            each.id,
            each.state,
            f"{each.share:.0%}",
            each.request.model,
            time_text(each.created_at),
            _credits(each),
            each.request.prompt[:60],
        )
        for each in found
    ]
    print_table(("ID", "STATE", "DONE", "MODEL", "CREATED", "CREDITS", "PROMPT"), rows)


def _credits(generation: "Generation") -> str:
    """What was charged, or what is held until it is known; nothing for what did not succeed."""
    from mutoscope.core.credits import credits_text

    if generation.cost is not None:
        return credits_text(generation.cost)
    return "0" if generation.state.is_terminal else f"{credits_text(generation.quote)} held"


@app.command("show")
def show_job(job_id: IdArgument, data: DataOption = None, as_json: JsonOption = False) -> None:
    """One job with its history."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import generation_document, print_json, time_text
    from mutoscope.core.ids import JobId
    from mutoscope.generations import find

    house = open_house(data)
    known = _known(job_id)
    with house.rooms.database.snapshot() as tx:
        generation = find(tx, house.owner.organization_id, known)
        history = house.rooms.jobs.history(tx, JobId(known))
    document = generation_document(generation)
    if as_json:
        moves = [
            {"state": e.state.value, "attempt": e.attempt, "at": e.at, "detail": e.detail}
            for e in history
        ]
        print_json(document | {"history": moves})
        return
    for name in ("id", "state", "model", "prompt", "seed", "shape", "credits", "error", "timings"):
        value = document[name]
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        typer.echo(f"{name}: {text}")
    for event in history:
        line = f"  {time_text(event.at)}  attempt {event.attempt}  {event.state}  {event.detail}"
        typer.echo(line.rstrip())


@app.command("cancel")
def cancel_job(job_id: IdArgument, data: DataOption = None, as_json: JsonOption = False) -> None:
    """Stop a job: at once while queued, within a step while running. Its credits return."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import generation_document, print_json
    from mutoscope.generations import cancel

    house = open_house(data)
    generation = cancel(house.rooms, house.owner.organization_id, _known(job_id))
    if as_json:
        print_json(generation_document(generation))
        return
    stopping = "" if generation.state.is_terminal else " (it stops at its next step)"
    typer.echo(f"{generation.id}: {generation.state}{stopping}")


@app.command("save")
def save_job(
    job_id: IdArgument,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.mp4", help="Where to.")],
    data: DataOption = None,
) -> None:
    """Write the results of a job that succeeded to files."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.making import check_targets, numbered, save
    from mutoscope.core.errors import Conflict
    from mutoscope.generations import find

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        generation = find(tx, house.owner.organization_id, _known(job_id))
    if not generation.results:
        raise Conflict(f"the job is {generation.state}; there is nothing to save")
    targets = numbered(output, len(generation.results))
    check_targets(targets)
    for path in save(house.rooms, generation, targets):
        typer.echo(str(path))


def _known(text: str) -> "GenerationId":
    from mutoscope.core.errors import NotFound
    from mutoscope.core.ids import parse_generation_id

    job_id = parse_generation_id(text)
    if job_id is None:
        raise NotFound(f"there is no job {text!r}", fix="mutoscope jobs list")
    return job_id
