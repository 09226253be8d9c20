"""The tables of who may be a sensor. Tokens are here only as hashes; moments are milliseconds since 1970 UTC."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, Text

from hinomi.database import metadata

enrolments = Table(
    "sensor_enrolments",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("group", String(64), nullable=False),  # of inventory: whose policy a new sensor follows
    Column("uses", Integer, nullable=False),  # how often it may be used
    Column("used", Integer, nullable=False, default=0),
    Column("created_by", String(64), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
)

sensors = Table(
    "sensors",
    metadata,
    Column("guid", String(36), primary_key=True),
    Column("name", String(255), nullable=False),  # of the host, as it said at enrolment
    Column("enrolment", String(36), nullable=False),
    Column("enrolled_ms", BigInteger, nullable=False),
    Column("address", String(64), nullable=False),
    Column("revoked_ms", BigInteger),
    Column("reason", Text, nullable=False, default=""),
    Column("connection", BigInteger, nullable=False, default=0),  # the highest number of a connection
    Column("epoch", String(16), nullable=False, default=""),
    Column("told_ms", BigInteger, nullable=False, default=0),  # when a copy of it was last written into the audit log
)

sensor_certificates = Table(
    "sensor_certificates",
    metadata,
    Column("serial", String(64), primary_key=True),  # hexadecimal
    Column("sensor", ForeignKey("sensors.guid", ondelete="CASCADE"), nullable=False, index=True),
    Column("issued_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("is_current", Boolean, nullable=False, default=True),  # false: a newer one of the sensor was used
)

# Every life that a sensor ever had; one that comes back after another is a copy.
sensor_epochs = Table(
    "sensor_epochs",
    metadata,
    Column("sensor", ForeignKey("sensors.guid", ondelete="CASCADE"), primary_key=True),
    Column("epoch", String(16), primary_key=True),
    Column("first_ms", BigInteger, nullable=False),
)
