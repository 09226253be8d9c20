"""The tables for a cluster: every statement is parsed by the engine, and made in it as far as one process can.

There is no cluster here: what is not run stands in docs/how-to/use-a-cluster.md.
"""

import re
from collections.abc import Iterator

import pytest

from hinomi.errors import InputError
from hinomi.lake import tables
from hinomi.lake.cluster import ClusterPlan, statements
from hinomi.lake.lake import Lake

PLAN = ClusterPlan("main", cold_days=30, keep_days=365)
DDL = list(statements(PLAN))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake.start(tmp_path_factory.mktemp("empty")) as started:
        yield started


@pytest.mark.parametrize("statement", DDL, ids=lambda text: text[:60])
def test_the_engine_parses_every_statement(empty: Lake, statement: str) -> None:
    tree = empty._connection.ask(f"EXPLAIN AST {statement}", form="TabSeparated").decode()
    assert tree.startswith(("CreateQuery", "AlterQuery"))


def test_the_tables_of_one_shard_can_be_made_and_their_views_fill_them(empty: Lake) -> None:
    """Without a keeper there is no replica, and without volumes no cold one; all else is as on a shard."""
    lake = empty._connection
    lake.command("CREATE DATABASE IF NOT EXISTS shard")
    for statement in statements(ClusterPlan("main", "shard", keep_days=100_000)):
        alone = re.sub(r" ON CLUSTER 'main'", "", statement)
        alone = re.sub(r"Replicated(\w*MergeTree)\('[^']*', '{replica}'(?:, (\w+))?\)", r"\1(\2)", alone)
        if "ENGINE = Distributed" not in alone and "_local" in alone:
            lake.command(alone)
    lake.command(
        "INSERT INTO shard.activities_local (time, id, ingestTime, endpointGuid, eventId, eventSubId, objectCmd) "
        "SELECT now64(3), generateUUIDv4(), now64(3), 'g', 1, 2, 'x' FROM numbers(5)"
    )
    counted = lake.ask(
        "SELECT (SELECT count() FROM shard.activities_local), (SELECT count() FROM shard.processes_local)",
        form="TabSeparated",
    )
    assert counted.decode().split() == ["5", "5"]
    made = lake.ask(
        "SELECT name, engine_full LIKE '%TTL%' FROM system.tables WHERE database = 'shard' AND engine LIKE '%MergeTree' "
        "ORDER BY name",
        form="TabSeparated",
    )
    assert made.decode().splitlines() == [
        "activities_local\t1", "detections_local\t0", "observed_local\t1", "observed_slices_local\t0", "processes_local\t1",
    ]  # fmt: skip


def test_a_distributed_table_stands_under_every_name_that_hinomi_asks() -> None:
    over = [statement for statement in DDL if "ENGINE = Distributed" in statement]
    named = {re.search(r"hinomi\.(\w+) ON", statement)[1] for statement in over}  # type: ignore[index]
    assert set(tables.NAMES) <= named
    assert all(f"'{name}_local'" in statement for name, statement in zip(sorted(named), sorted(over), strict=True))


def test_cold_parts_move_and_old_ones_go_only_where_asked() -> None:
    plain = "\n".join(statements(ClusterPlan("main")))
    assert "TTL" not in plain
    assert "storage_policy" not in plain
    detections = next(statement for statement in DDL if "detections_local ON" in statement)
    assert "TO VOLUME 'cold'" in detections
    assert "DELETE" not in detections


@pytest.mark.parametrize("name", ["", "a b", "x'; DROP TABLE y", "ä", "1a"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        ClusterPlan(name)
    with pytest.raises(InputError):
        ClusterPlan("main", database=name)
