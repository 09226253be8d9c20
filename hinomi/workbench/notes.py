"""Notes of alerts. Ids count from 1 within an alert and are never used again."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from hinomi.errors import Conflict, InputError, NotFound
from hinomi.schema.alert import Note
from hinomi.workbench import reading
from hinomi.workbench.identity import is_current
from hinomi.workbench.store import alert_notes, alerts

MAX_CHARACTERS = 500_000  # source: public API, content of a note
MAX_NOTES = 1000  # of one alert


def read_all(connection: Connection, alert_id: str) -> tuple[Note, ...]:
    """Oldest first."""
    mine = select(alert_notes).where(alert_notes.c.alert_id == alert_id).order_by(alert_notes.c.id)
    return tuple(reading.note(row) for row in connection.execute(mine))


def read(connection: Connection, alert_id: str, note_id: int) -> Note:
    return reading.note(_find(connection, alert_id, note_id))


def add(connection: Connection, alert_id: str, content: str, who: str, now_ms: int) -> Note:
    """The new note. The alert exists."""
    row = connection.execute(select(alerts.c.last_note, alerts.c.note_count).where(alerts.c.id == alert_id)).one()
    if row.note_count >= MAX_NOTES:
        raise InputError(f"the alert has {MAX_NOTES} notes, which is the most it can have")
    values = {"alert_id": alert_id, "id": row.last_note + 1, "content": _checked(content), "creator_name": who[:64]}
    connection.execute(insert(alert_notes).values(**values, created_ms=now_ms))
    counted = {"last_note": row.last_note + 1, "note_count": row.note_count + 1}
    connection.execute(update(alerts).where(alerts.c.id == alert_id).values(**counted))
    return read(connection, alert_id, row.last_note + 1)


def change(
    connection: Connection, alert_id: str, note_id: int, content: str, who: str, now_ms: int, sent: str | None
) -> Note:
    """Conflict when the note is not the one `sent` (If-Match) names."""
    before = read(connection, alert_id, note_id)
    if not is_current(sent, before.etag):
        raise Conflict("The note was changed since you looked. Load it again.")
    mine = (alert_notes.c.alert_id == alert_id, alert_notes.c.id == note_id)
    values: dict[str, Any] = {"content": _checked(content), "updated_by": who[:64], "updated_ms": now_ms}
    connection.execute(update(alert_notes).where(*mine).values(**values, version=alert_notes.c.version + 1))
    return read(connection, alert_id, note_id)


def remove(connection: Connection, alert_id: str, note_ids: Sequence[int]) -> None:
    """All of them or, when one is not there, NotFound and none."""
    for note_id in dict.fromkeys(note_ids):
        _find(connection, alert_id, note_id)
        mine = (alert_notes.c.alert_id == alert_id, alert_notes.c.id == note_id)
        connection.execute(delete(alert_notes).where(*mine))
    left = select(func.count()).select_from(alert_notes).where(alert_notes.c.alert_id == alert_id).scalar_subquery()
    connection.execute(update(alerts).where(alerts.c.id == alert_id).values(note_count=left))


def _find(connection: Connection, alert_id: str, note_id: int) -> Row[Any]:
    mine = (alert_notes.c.alert_id == alert_id, alert_notes.c.id == note_id)
    row = None
    if 0 < note_id < 2**31:
        row = connection.execute(select(alert_notes).where(*mine)).first()
    if row is None:
        raise NotFound(f"the alert {alert_id} has no note {note_id}")
    return row


def _checked(content: str) -> str:
    if not content.strip():
        raise InputError("a note without text says nothing")
    if len(content) > MAX_CHARACTERS:
        raise InputError(f"a note has at most {MAX_CHARACTERS} characters")
    return whole_text(content)


def whole_text(text: str) -> str:
    """The text if every database can keep it, or InputError: halves of characters and NUL are not text."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"the text holds half a character at place {error.start + 1}") from error
    if "\0" in text:
        raise InputError("the text holds a NUL character")
    return text
