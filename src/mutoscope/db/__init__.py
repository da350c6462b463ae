"""Tables, transactions and migrations. SQLite today; another database is a second small file."""

from mutoscope.db.database import Database
from mutoscope.db.migrate import is_current, migrate
from mutoscope.db.prepared import run_prepared
from mutoscope.db.sqlite import open_sqlite

__all__ = ["Database", "is_current", "migrate", "open_sqlite", "run_prepared"]
