"""The rows of the pattern set: its entries of now, and every version there was."""

import sqlalchemy as sa

from hinomi.database import metadata

PATTERNS = sa.Table(
    "patterns",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("kind", sa.String(8), nullable=False),  # sha1 | sha256 | yara
    sa.Column("value", sa.Text, nullable=False),  # the hash, or the text of the rules
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("source", sa.String(200), nullable=False),  # the task or alert that it came from
    sa.Column("created_by", sa.String(200), nullable=False),
    sa.Column("created_ms", sa.BigInteger, nullable=False),
    sa.Column("since_version", sa.BigInteger, nullable=False),
)
VERSIONS = sa.Table(
    "pattern_versions",
    metadata,
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("made_by", sa.String(200), nullable=False),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
)
