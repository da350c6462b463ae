"""Keys that are good only from certain addresses."""

from sqlalchemy import Connection


def upgrade(tx: Connection) -> None:
    """Let a key say where it may be used from."""
    tx.exec_driver_sql("ALTER TABLE api_key ADD COLUMN networks TEXT")
