from pathlib import Path

import orjson
import pytest

from hinomi.errors import ContentError
from hinomi.operations.simulation import read_simulations, record_batch
from hinomi.settings import shipped_content

NOW_MS = 1_790_000_000_000


def times(records: list[bytes]) -> list[str]:
    return [orjson.loads(one)["Event"]["System"]["TimeCreated"]["#attributes"]["SystemTime"] for one in records]


def test_the_shipped_simulations_end_at_the_given_moment_in_order_of_time() -> None:
    simulations = read_simulations(shipped_content() / "simulations")
    assert {"t1003_demo", "first_intrusion"} <= {one.id for one in simulations}
    for simulation in simulations:
        moments = times(record_batch(simulation, NOW_MS).records)
        assert moments == sorted(moments)
        assert moments[-1] == "2026-09-21T14:13:20.000000Z"


def test_the_same_simulation_at_the_same_moment_is_the_same_bytes() -> None:
    simulation = read_simulations(shipped_content() / "simulations")[0]
    assert record_batch(simulation, NOW_MS).records == record_batch(simulation, NOW_MS).records


def test_repeated_records_are_numbered_and_apart(tmp_path: Path) -> None:
    (tmp_path / "s.yml").write_text(
        "title: t\nja: {title: た}\ntechniques: []\nrecords:\n"
        "  - {at: 5s, repeat: 3, step: 2s, computer: PC, EventID: 4625, TargetUserName: 'user{n}'}\n"
    )
    batch = record_batch(read_simulations(tmp_path)[0], NOW_MS)
    names = [orjson.loads(one)["Event"]["EventData"]["TargetUserName"] for one in batch.records]
    assert names == ["user0", "user1", "user2"]
    assert [moment[17:19] for moment in times(batch.records)] == ["16", "18", "20"]


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text("records: [{computer: PC}]")
    with pytest.raises(ContentError, match=r"simulations/bad\.yml"):
        read_simulations(tmp_path)
