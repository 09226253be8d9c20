"""The rows of collected files. The bytes lie in the folder beside the database: see files.py."""

import sqlalchemy as sa

from hinomi.database import metadata

FILES = sa.Table(
    "collected_files",
    metadata,
    sa.Column("command_id", sa.String(64), primary_key=True),
    sa.Column("task_id", sa.String(32), nullable=False),
    sa.Column("sensor", sa.String(64), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # receiving | kept | expired | removed
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("begun_ms", sa.BigInteger, nullable=False),
    sa.Column("kept_ms", sa.BigInteger),
    sa.Column("expires_ms", sa.BigInteger, nullable=False),
    sa.Index("collected_files_by_task", "task_id", "begun_ms"),
    sa.Index("collected_files_by_expiry", "state", "expires_ms"),
)
