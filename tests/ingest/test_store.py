"""Dead letters in the database."""

from pathlib import Path

from hinomi.database import Database
from hinomi.ingest.store import DeadLetters
from hinomi.schema.record import DeadLetter
from tests.make_database import database_at


def test_a_letter_is_kept_once_and_counted_by_its_reason(tmp_path: Path) -> None:
    database = Database(database_at(tmp_path / "hinomi.db"))
    database.create()
    letters = DeadLetters(database)
    one = DeadLetter("file", "a.evtx", 4096, "damaged_chunk", "the chunk does not begin as a chunk", b"\xffXX")
    other = DeadLetter("file", "b\udcff.json", 3, "invalid_json", "unexpected\0end", b"{")
    with database.begin() as connection:
        assert letters.keep(connection, [one, one, other], 1.0) == {"damaged_chunk": 1, "invalid_json": 1}
    with database.begin() as connection:
        assert letters.keep(connection, [one], 2.0) == {}
    assert letters.counts() == {"damaged_chunk": 1, "invalid_json": 1}
    (found,) = letters.listed(reason="damaged_chunk")
    assert (found["file"], found["offset"], found["at"]) == ("a.evtx", 4096, "1970-01-01T00:00:01.000Z")
    assert found["excerpt"] == "�XX"
    assert {row["file"] for row in letters.listed(limit=10)} == {"a.evtx", "b\\udcff.json"}
    assert len(letters.listed(limit=1)) == 1
    database.close()
