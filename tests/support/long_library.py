"""A library with thousands of works, of which only one was made."""

from sqlalchemy import Connection, insert, select

from mutoscope.core.ids import GenerationId
from mutoscope.db.schema import asset, generation, job


def fill(tx: Connection, original: GenerationId, count: int) -> None:
    """Copy a finished work `count` times: its generation, its job and the rows of its files."""
    kept = {
        table: [dict(row._mapping) for row in tx.execute(select(table).where(which == original))]
        for table, which in (
            (generation, generation.c.id),
            (job, job.c.id),
            (asset, asset.c.generation_id),
        )
    }
    ids = [GenerationId(original - number) for number in range(1, count + 1)]
    copied = ((generation, "id"), (job, "id"), (asset, "generation_id"))
    for table, name in copied:
        rows = [
            row | {name: new} | ({"id": f"{row['id']}-{new}"} if table is asset else {})
            for new in ids
            for row in kept[table]
        ]
        tx.execute(insert(table), rows)
