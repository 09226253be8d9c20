"""The tables of the inventory. What a sensor says of itself is JSON; what lists are ordered and narrowed by are columns."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Integer, LargeBinary, String, Table, Text

from hinomi.database import metadata

endpoints = Table(
    "endpoints",
    metadata,
    Column("guid", String(36), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("folded", Text, nullable=False),  # lower case: what a search looks into
    Column("type", String(8), nullable=False),
    Column("platform", String(16), nullable=False),
    Column("facts", JSON, nullable=False),  # wire.inventory.HostFacts as it is written
    Column("group", String(64), nullable=False, default=""),
    Column("isolation", String(8), nullable=False),
    Column("connected", Boolean, nullable=False),
    Column("revoked", Boolean, nullable=False, default=False),
    Column("policy_version", Integer, nullable=False, default=0),
    Column("pattern_version", Integer, nullable=False, default=0),
    Column("block_version", Integer, nullable=False, default=0),
    Column("skew_ms", BigInteger, nullable=False, default=0),
    Column("first_seen_ms", BigInteger, nullable=False),
    Column("last_seen_ms", BigInteger, nullable=False),
)

# Every version of a group's policy; the highest is the one that sensors follow. "" is the policy of all others.
policies = Table(
    "sensor_policies",
    metadata,
    Column("group", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("policy", JSON, nullable=False),  # wire.policy.SensorPolicy as it is written; {} = removed
    Column("changed_by", String(64), nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    Column("comment", Text, nullable=False, default=""),
)

# Packages of the sensor that were signed for updates; the file lies beside the database, named by its digest.
sensor_packages = Table(
    "sensor_packages",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("version", String(32), nullable=False),
    Column("platform", String(64), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("goes_back", Boolean, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("percent", Integer, nullable=False, default=0),  # of the sensors that it is offered to; 0: to none
    Column("group", String(64), nullable=False, default=""),  # "": of all groups
    Column("shared_ms", BigInteger, nullable=False, default=0),
    Column("added_ms", BigInteger, nullable=False),
    Column("added_by", String(64), nullable=False),
)

# What became of a package on an endpoint, as its sensor says.
sensor_updates = Table(
    "sensor_updates",
    metadata,
    Column("guid", String(36), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("outcome", String(16), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("at_ms", BigInteger, nullable=False),
)
