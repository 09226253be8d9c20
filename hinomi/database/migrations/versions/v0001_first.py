"""The tables as they were when revisions began; `create_all` makes them.

Revision ID: 0001
"""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Nothing: this names where databases from before stand."""
