"""What a provider's database holds, read beside it; and made older."""

import contextlib
import sqlite3


class Database:
    def __init__(self, path):
        self.path = path

    def rows(self, query, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute(query, values).fetchall()

    def change(self, statement, *values):
        """What takes months otherwise."""
        with contextlib.closing(sqlite3.connect(self.path, timeout=10)) as connection, connection:
            connection.execute(statement, values)

    @contextlib.contextmanager
    def held(self):
        """Whoever else wants to write waits meanwhile."""
        with contextlib.closing(sqlite3.connect(self.path, timeout=10, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield

    def snapshot(self):
        """Every row of every table, but for what a refusal is meant to change: counts of failures, and its record; for
        what is counted and noted beside all answers; and for the refresh token before a grant's own, which is forgotten
        some seconds after its use. A use changes the grant's own as well."""
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            return {
                name: {tuple(row[key] for key in row.keys() if not self.goes_by_itself(name, key)) for row in rows}
                for name in names
                if name not in ("activity", "token_service_activity", "failed_attempt", "refusal", "sqlite_sequence")
                for rows in [connection.execute(f'SELECT * FROM "{name}"')]
            }

    @staticmethod
    def goes_by_itself(table, column):
        return (table, column) == ("client", "last_used_at") or (
            table == "authorization_grant" and column.startswith("predecessor_"))

    @contextlib.contextmanager
    def unchanged(self):
        """Fails if a row was added or altered within. One that expired meanwhile may have gone."""
        before = self.snapshot()
        yield
        after = self.snapshot()
        added = {name: rows - before[name] for name, rows in after.items() if rows - before[name]}
        assert not added, f"the database changed: {added}"
