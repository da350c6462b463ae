"""`mutoscope callbacks`: what was told to whom, and telling it again."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mutoscope.cli.options import DataOption, JsonOption
from mutoscope.core.state import DeliveryStatus

if TYPE_CHECKING:
    from mutoscope.callbacks import Delivery

app = typer.Typer(
    help="List and replay callbacks, and draw the secret that signs them.", no_args_is_help=True
)

IdArgument = Annotated[int, typer.Argument(metavar="ID", help="The id `callbacks list` shows.")]


@app.command("list")
def list_callbacks(
    status: Annotated[DeliveryStatus | None, typer.Option(help="Only those.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, newest first.")] = 20,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Deliveries, newest first."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, print_table, time_text

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        found = house.rooms.outbox.listing(
            tx, house.owner.organization_id, status=status, limit=limit
        )
    if as_json:
        print_json([_document(each) for each in found])
        return
    rows = [
        (d.id, d.generation_id, d.state, d.status, d.tries, time_text(d.created_at), d.url)
        for d in found
    ]
    print_table(("ID", "GENERATION", "NEWS", "STATUS", "TRIES", "SINCE", "URL"), rows)


@app.command("show")
def show_callback(
    delivery_id: IdArgument, data: DataOption = None, as_json: JsonOption = False
) -> None:
    """One delivery with every try."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json, time_text

    house = open_house(data)
    with house.rooms.database.snapshot() as tx:
        delivery = house.rooms.outbox.find(tx, house.owner.organization_id, delivery_id)
        tries = house.rooms.outbox.history(tx, delivery_id)
    document = _document(delivery)
    if as_json:
        history = [
            {"at": t.at, "answer": t.answer, "detail": t.detail, "milliseconds": t.milliseconds}
            for t in tries
        ]
        print_json(document | {"history": history})
        return
    for name, value in document.items():
        typer.echo(f"{name}: {value}")
    for each in tries:
        answer = each.detail if each.answer is None else f"HTTP {each.answer}"
        typer.echo(f"  {time_text(each.at)}  {answer}  ({each.milliseconds} ms)")


@app.command("replay")
def replay_callback(delivery_id: IdArgument, data: DataOption = None) -> None:
    """Deliver it once more, with the same body; a running worker does it."""
    from mutoscope.cli.house import open_house
    from mutoscope.generations import replay_callback

    house = open_house(data)
    replay_callback(house.rooms, house.actor(), delivery_id)
    typer.echo(f"{delivery_id}: on its way again")


@app.command("secret")
def draw_secret(
    at_once: Annotated[
        bool, typer.Option("--at-once", help="The old secret dies now, not in seven days.")
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw a new secret and print it this once; from now on callbacks are signed with it."""
    from mutoscope.cli.house import open_house
    from mutoscope.cli.output import print_json
    from mutoscope.generations import draw_callback_secret

    house = open_house(data, may_found=True)
    secret = draw_callback_secret(house.rooms, house.actor(), at_once=at_once)
    if as_json:
        print_json({"secret": secret})
        return
    typer.echo(secret)
    typer.echo("Keep it now: it is not shown again.", err=True)


def _document(delivery: "Delivery") -> dict[str, Any]:
    """A delivery for scripts."""
    return {
        "id": delivery.id,
        "message_id": delivery.message_id,
        "generation_id": str(delivery.generation_id),
        "url": delivery.url,
        "news": delivery.state.value,
        "status": delivery.status.value,
        "tries": delivery.tries,
        "due_at": delivery.due_at,
        "created_at": delivery.created_at,
        "ended_at": delivery.ended_at,
        "body": None if delivery.body is None else delivery.body.decode(),
    }
