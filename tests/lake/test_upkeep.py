"""A lake of an older Hinomi gets its new columns, one of a newer is refused, half-done writes are completed."""

from pathlib import Path

import pytest

from hinomi.errors import Unavailable
from hinomi.lake import tables, upkeep
from hinomi.lake.lake import Lake
from tests.lake import making

BASE_MS = 1_760_000_000_000


def test_columns_that_are_new_in_the_vocabulary_are_added(tmp_path: Path) -> None:
    old = making.activity(BASE_MS, objectCmd="before")
    with Lake.start(tmp_path) as lake:
        lake.write_activities([(1, making.batch(old), None)])
        # as if these had not been there when the lake was made
        lake._connection.command("DROP VIEW processes_view")
        lake._connection.command("ALTER TABLE activities DROP COLUMN objectWorkingDirectory, DROP COLUMN dpt")
        lake._connection.command("ALTER TABLE processes DROP COLUMN workingDirectory")
    new = making.process_start(BASE_MS + 1, 1, None, objectWorkingDirectory="C:\\", dpt=0)
    with Lake.start(tmp_path) as lake:
        assert lake.activity(old["uuid"]) == old
        lake.write_activities([(2, making.batch(new), None)])
        assert lake.activity(new["uuid"]) == {name: value for name, value in new.items() if value is not None}
        focus = lake.process_chain("guid-1", 1).focus
        assert focus is not None
        assert focus["workingDirectory"] == "C:\\"


def test_an_older_lake_stores_from_now_on_as_a_new_one_does(tmp_path: Path) -> None:
    def made(lake: Lake) -> str:
        return lake._connection.ask("SHOW CREATE TABLE activities", form="TabSeparatedRaw").decode()

    with Lake.start(tmp_path) as lake:
        as_new = made(lake)
        lake._connection.command(
            "ALTER TABLE activities MODIFY COLUMN rawDataStr RESET SETTING max_compress_block_size"
        )
        lake._connection.command(
            "ALTER TABLE activities MODIFY COLUMN processCmd LowCardinality(String) CODEC(ZSTD(1))"
        )
        assert made(lake) != as_new
    for _ in range(2):
        with Lake.start(tmp_path) as lake:
            assert made(lake) == as_new
            asked: list[str] = []

            def command(statement: str, lake: Lake = lake, asked: list[str] = asked) -> str:
                asked.append(statement)
                return lake._connection.ask(statement, form="TabSeparated").decode()

            upkeep._follow_storage(command)
            assert [statement.split()[0] for statement in asked] == ["SHOW"]  # no ALTER at every start


def test_a_lake_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "version").write_text(f"{tables.VERSION + 1}\n")
    with pytest.raises(Unavailable, match="newer Hinomi"):
        Lake.start(tmp_path)


def test_starts_that_the_side_table_lost_are_put_back_once(tmp_path: Path) -> None:
    with Lake.start(tmp_path) as lake:
        lake.write_activities(
            [(1, making.batch(*[making.process_start(BASE_MS + n, n, None) for n in range(10)]), None)]
        )
        # as if the owner had been killed between the table and its view
        lake._connection.command("ALTER TABLE processes DELETE WHERE hashId >= 4 SETTINGS mutations_sync = 2")
    for _ in range(2):
        with Lake.start(tmp_path) as lake:
            assert lake.status().processes == 10
            assert lake.process_chain("guid-1", 7).focus is not None
