"""The version of the tables stands in Alembic's own table alone.

Revision ID: 0002
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.drop_table("schema_version")
