"""The tables of mail: connectors with sealed secrets, and what was taken out of mailboxes. Moments are ms since 1970 UTC."""

import sqlalchemy as sa

from hinomi.database import metadata
from hinomi.response.sealed_registry import registry_table

CONNECTORS = registry_table("mail_connectors", kind_length=16)  # imap | maildir

# One row for each copy ever taken away. held: on our disk, perhaps still in the mailbox; quarantined: only with us.
TAKEN = sa.Table(
    "mail_taken",
    metadata,
    sa.Column("unique_id", sa.Text, primary_key=True),
    sa.Column("file", sa.String(32), nullable=False),
    sa.Column("connector", sa.String(64), nullable=False),
    sa.Column("mailbox", sa.Text, nullable=False),
    sa.Column("folder", sa.Text, nullable=False),
    sa.Column("uid", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False, index=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("received_ms", sa.BigInteger, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("attachments", sa.JSON, nullable=False),  # their SHA-256
    sa.Column("flags", sa.JSON, nullable=False),
    sa.Column("attributes", sa.JSON, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),  # held | quarantined | restored | deleted
    sa.Column("task_id", sa.String(16), nullable=False),
    sa.Column("changed_ms", sa.BigInteger, nullable=False),
)
