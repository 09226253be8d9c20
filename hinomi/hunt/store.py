"""Tables of hunting: saved queries, what watches them, what they brought, and hunts with their results."""

import sqlalchemy as sa

from hinomi.database import metadata

queries = sa.Table(
    "hunt_queries",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("dataset", sa.String(32), nullable=False),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("techniques", sa.JSON, nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("updated_ms", sa.BigInteger, nullable=False),
)

# `cursor_ms`: all that arrived before it has been looked at.
watches = sa.Table(
    "hunt_watches",
    metadata,
    sa.Column("query_id", sa.ForeignKey("hunt_queries.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("every_minutes", sa.Integer, nullable=False),
    sa.Column("lookback_minutes", sa.Integer, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("next_ms", sa.BigInteger, nullable=False),
    sa.Column("last_ms", sa.BigInteger),
    sa.Column("last_error", sa.Text),
    sa.Column("cursor_ms", sa.BigInteger),
)

# Results that a watch has told already, as long as it may meet them again.
told = sa.Table(
    "hunt_told",
    metadata,
    sa.Column("query_id", sa.ForeignKey("hunt_queries.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("result", sa.String(128), primary_key=True),
    sa.Column("ingest_ms", sa.BigInteger, nullable=False),
)

# A check point outlives its query: it is a record of what was looked at.
checkpoints = sa.Table(
    "hunt_checkpoints",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("query_id", sa.String(32), nullable=False, index=True),
    sa.Column("query_name", sa.String(200), nullable=False),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("results", sa.Integer, nullable=False),
    sa.Column("new_results", sa.Integer, nullable=False),
    sa.Column("first_ms", sa.BigInteger, nullable=False),
    sa.Column("last_ms", sa.BigInteger, nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(8), nullable=False, index=True),
    sa.Column("done_by", sa.String(64)),
    sa.Column("done_ms", sa.BigInteger),
    sa.Column("note", sa.Text),
    sa.Column("sample", sa.JSON, nullable=False),
)

# The checks of a day that a person has done; the list itself is made anew each day.
day_checks = sa.Table(
    "hunt_day_checks",
    metadata,
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("check_id", sa.String(80), primary_key=True),
    sa.Column("done_by", sa.String(64), nullable=False),
    sa.Column("done_ms", sa.BigInteger, nullable=False),
)

runs = sa.Table(
    "hunt_runs",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("title_en", sa.Text, nullable=False),
    sa.Column("title_ja", sa.Text, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("from_ms", sa.BigInteger),
    sa.Column("to_ms", sa.BigInteger),
    sa.Column("parts", sa.JSON, nullable=False),
    sa.Column("indicators", sa.JSON, nullable=False),
    sa.Column("error", sa.Text),
)
