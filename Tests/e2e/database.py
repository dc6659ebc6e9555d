"""What a provider's database holds, read beside it."""

import contextlib
import sqlite3


class Database:
    def __init__(self, path):
        self.path = path

    def rows(self, query, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute(query, values).fetchall()

    def snapshot(self):
        """Every row of every table, but for what a refusal is meant to change: counts of failures, and its record."""
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)) as connection:
            connection.execute("BEGIN")
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            return {
                name: set(connection.execute(f'SELECT * FROM "{name}"'))
                for name in names
                if name not in ("failed_attempt", "refusal", "sqlite_sequence")
            }

    @contextlib.contextmanager
    def unchanged(self):
        """Fails if a row was added or altered within. One that expired meanwhile may have gone."""
        before = self.snapshot()
        yield
        after = self.snapshot()
        added = {name: rows - before[name] for name, rows in after.items() if rows - before[name]}
        assert not added, f"the database changed: {added}"
