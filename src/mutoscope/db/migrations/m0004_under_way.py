"""What each organization has under way can be counted without looking at the others'."""

from sqlalchemy import Connection


def upgrade(tx: Connection) -> None:
    """Write beside each job whose it is, and index those that have not ended."""
    tx.exec_driver_sql("ALTER TABLE job ADD COLUMN tenant TEXT DEFAULT '' NOT NULL")
    tx.exec_driver_sql(
        "UPDATE job SET tenant = (SELECT organization_id FROM generation WHERE generation.id = job.id)"
        " WHERE EXISTS (SELECT 1 FROM generation WHERE generation.id = job.id)"
    )
    tx.exec_driver_sql("CREATE INDEX job_under_way ON job (tenant) WHERE ended_at IS NULL")
