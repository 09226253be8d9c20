"""Mail: connectors, and who else received a message."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Response
from pydantic import Field

from hinomi.api.gate import Rooms, console
from hinomi.api.reply import Json, no_content, reply
from hinomi.api.resource import resource
from hinomi.api.shapes import Sent, Shape
from hinomi.response.mail.enforcement import Enforcement
from hinomi.response.mail.post_office import wanted_of
from hinomi.schema.principal import Permission, Principal

router = resource("/console/api", "response")

Administrator = Annotated[Principal, Depends(console(Permission.ADMINISTER))]
_VIEW = [Depends(console(Permission.VIEW))]
Responder = Annotated[Principal, Depends(console(Permission.RESPOND))]


class ConnectorShape(Shape):
    """`settings` as given; secrets are never told."""

    name: str
    kind: Literal["imap", "maildir"]
    address: str
    mailboxes: int | None
    settings: dict[str, Any]
    created_by: str
    created: int


class ConnectorsShape(Shape):
    items: list[ConnectorShape]


class EnforcementShape(Shape):
    """What a connector does about senders on the block list. Times are ms since 1970 UTC.

    `state`: enforced; waiting (not every mailbox was looked into yet, or not for 15 minutes); failed (a mailbox cannot be looked into);
    idle (no sender is listed). `swept`: what had arrived by then was looked at, in all mailboxes. `held`: letters in quarantine because
    of the list. `reasons`: mailbox ("" for the connector) -> why it could not be looked into, at most 50.
    """

    connector: str
    kind: Literal["imap", "maildir"]
    state: Literal["idle", "enforced", "waiting", "failed"]
    swept: int | None
    held: int
    mailboxes: int
    reasons: dict[str, str]


class EnforcementsShape(Shape):
    items: list[EnforcementShape]


class CopyShape(Shape):
    """`status`: delivered (in the mailbox) or quarantined."""

    id: str
    connector: str
    mailbox: str
    folder: str
    message_id: str
    subject: str
    from_: str = Field(alias="from")
    received: int
    size_bytes: int
    sha256: str
    status: str
    attachments: list[dict[str, str]]


class FoundShape(Shape):
    """`partial`: there was more than one search looks at. `troubles`: what could not be looked into."""

    items: list[CopyShape]
    total: int
    partial: bool
    examined: int
    troubles: list[str]


class SentConnector(Sent):
    """`secret`: {"password"} of a master user or {"passwords": {mailbox: password}}; sealed at once."""

    name: str = Field(max_length=64)
    kind: Literal["imap", "maildir"]
    settings: dict[str, Any] = Field(default={})
    secret: dict[str, Any] = Field(default={})


@router.get("/mail-connectors", responses={200: {"model": ConnectorsShape}})
def list_connectors(house: Rooms, _who: Responder) -> Response:
    """Mail stores that can be looked into."""
    return reply({"items": [_connector(row) for row in house.post_office.connectors.rows()]})


@router.post("/mail-connectors", status_code=201, responses={201: {"model": ConnectorsShape}})
def add_connector(sent: SentConnector, house: Rooms, who: Administrator) -> Response:
    """Connect an IMAP server or a folder of Maildirs."""
    house.post_office.connectors.add(who, sent.name, sent.kind, sent.settings, sent.secret)
    rows = [row for row in house.post_office.connectors.rows() if row["name"] == sent.name]
    return Json({"items": [_connector(row) for row in rows]}, status_code=201)


@router.delete("/mail-connectors/{name}", status_code=204, response_class=Response)
def remove_connector(name: str, house: Rooms, who: Administrator) -> Response:
    """Forget a mail store; what is in quarantine stays."""
    house.post_office.connectors.remove(who, name)
    return no_content()


@router.get("/mail/enforcement", responses={200: {"model": EnforcementsShape}}, dependencies=_VIEW)
def get_enforcement(house: Rooms) -> Response:
    """What each mail connector does about senders on the block list."""
    return reply({"items": [enforcement_row(one) for one in house.sender_watch.enforcement()]})


@router.get("/mail/search", responses={200: {"model": FoundShape}})
def search_mail(
    house: Rooms,
    _who: Responder,
    message_id: Annotated[str, Query(alias="messageId", max_length=1000)] = "",
    attachment_sha256: Annotated[str, Query(alias="attachmentSha256", max_length=64)] = "",
    mailbox: Annotated[str, Query(max_length=320)] = "",
) -> Response:
    """Every copy of a message in every mailbox: by message id, or by the SHA-256 of an attachment (of the last 30 days)."""
    given = {"message_id": message_id, "attachment_sha256": attachment_sha256, "mailbox": mailbox}
    found = house.post_office.search(wanted_of(given))
    items = [_copy(one) for one in found.pop("copies")]
    return reply({"items": items, "total": len(items), **found})


def enforcement_row(one: Enforcement) -> dict[str, Any]:
    return {
        "connector": one.connector,
        "kind": one.kind,
        "state": str(one.state),
        "swept": one.swept_ms,
        "held": one.held,
        "mailboxes": one.mailboxes,
        "reasons": dict(one.reasons),
    }


def _connector(row: dict[str, Any]) -> dict[str, Any]:
    settings = row["settings"]
    mailboxes = settings.get("mailboxes")
    return {
        "name": row["name"],
        "kind": row["kind"],
        "address": settings.get("host") or settings.get("root") or "",
        "mailboxes": len(mailboxes) if isinstance(mailboxes, list) else None,
        "settings": settings,
        "createdBy": row["created_by"],
        "created": row["created_ms"],
    }


def _copy(copy: dict[str, Any]) -> dict[str, Any]:
    plain = ("connector", "mailbox", "folder", "subject", "sha256", "status", "attachments")
    return {
        "id": copy["unique_id"],
        **{name: copy[name] for name in plain},
        "messageId": copy["message_id"],
        "from": copy["sender"],
        "received": copy["received_ms"],
        "sizeBytes": copy["size_bytes"],
    }
