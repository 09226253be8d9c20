"""The rows of uploaded collections. The collection itself and its report lie in the folder: see kit_report.py."""

import sqlalchemy as sa

from hinomi.database import metadata

REPORTS = sa.Table(
    "kit_reports",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("host", sa.String(255), nullable=False),
    sa.Column("ips", sa.JSON, nullable=False),
    sa.Column("os", sa.String(200), nullable=False),
    sa.Column("platform", sa.String(20), nullable=False),
    sa.Column("made_by", sa.String(20), nullable=False),
    sa.Column("endpoint", sa.String(64), nullable=False),
    sa.Column("collected_ms", sa.BigInteger, nullable=False),
    sa.Column("uploaded_ms", sa.BigInteger, nullable=False),
    sa.Column("uploaded_by", sa.String(200), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("suspicious", sa.Integer, nullable=False),
    sa.Column("files", sa.Integer, nullable=False),
    sa.Column("activities", sa.Integer, nullable=False),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("encrypted", sa.Boolean, nullable=False),
    sa.Index("kit_reports_by_upload", "uploaded_ms"),
)
