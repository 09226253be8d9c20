"""The tables of who may do what. Secrets are here only as hashes; moments are milliseconds since 1970 UTC."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from hinomi.database import metadata

users = Table(
    "users",
    metadata,
    Column("name", String(64), primary_key=True),  # as the person writes it
    Column("folded", String(64), nullable=False, unique=True),  # lower case: Anna and anna are one user
    Column("role", String(32), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("enabled", Boolean, nullable=False, default=True),
    Column("language", String(2), nullable=False, default=""),  # empty: not chosen yet, the browser's own counts
    Column("theme", String(8), nullable=False, default="system"),
    Column("created_ms", BigInteger, nullable=False),
    Column("last_login_ms", BigInteger),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_name", ForeignKey("users.name", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger, nullable=False),
    Column("address", String(64), nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("prefix", String(16), nullable=False),  # the beginning of the value, to tell keys apart
    Column("value_hash", String(64), nullable=False, unique=True),
    Column("role", String(32), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("description", Text, nullable=False, default=""),
    Column("created_by", String(64), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger),  # NULL: never
    Column("last_used_ms", BigInteger),
    Column("version", Integer, nullable=False, default=1),
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("key_hash", String(64), primary_key=True),  # of user and address
    Column("failures", Integer, nullable=False),
    Column("last_ms", BigInteger, nullable=False, index=True),
    Column("locked_until_ms", BigInteger, nullable=False),
)

# Append-only: no code changes or deletes a row; each carries the hash of the one before.
audit_log = Table(
    "audit_log",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", String(64), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("role", String(32), nullable=False),
    Column("address", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("target", Text, nullable=False),
    Column("details", Text, nullable=False),  # JSON
    Column("outcome", String(16), nullable=False),
    Column("folded", Text, nullable=False),  # what the text search looks into
    Column("hash", String(64), nullable=False),
    Index("audit_log_at", "at_ms"),
)

# One row: the last number and hash, locked by each writer; rows cut off at the end show because of it.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
)
