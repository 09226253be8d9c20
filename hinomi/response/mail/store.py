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

# What the watch over listed senders knows. `made_ms`: when the connector was made, so that another of its name begins anew.
WATCHED = sa.Table(
    "mail_watched",
    metadata,
    sa.Column("connector", sa.String(64), primary_key=True),
    sa.Column("mailbox", sa.String(320), primary_key=True),  # "": the connector itself could not be opened
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("tried_ms", sa.BigInteger, nullable=False),
    sa.Column("swept_ms", sa.BigInteger),  # all that had arrived by then was looked at
    sa.Column("trouble", sa.Text, nullable=False),
)
MARKS = sa.Table(
    "mail_marks",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),  # SHA-256 of connector, mailbox, folder: their names may be long
    sa.Column("connector", sa.String(64), nullable=False, index=True),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("mark", sa.Text, nullable=False),
)
LISTED_SENDERS = sa.Table(
    "mail_listed_senders",
    metadata,
    sa.Column("value", sa.String(2048), primary_key=True),
    sa.Column("since_ms", sa.BigInteger, nullable=False),
)
NOTED = sa.Table(
    "mail_noted",
    metadata,
    sa.Column(
        "key", sa.String(64), primary_key=True
    ),  # SHA-256 of the place of a letter that was told and left where it is
    sa.Column("at_ms", sa.BigInteger, nullable=False),
)
