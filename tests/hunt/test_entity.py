"""An entity's numbers are those of its activities, on real recordings too; what no endpoint has seen is on none."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hinomi.app.question import ask_of
from hinomi.detect.content import Content
from hinomi.hunt.entity import EntityKind, entity
from hinomi.ingest.protocols.file import read_paths
from hinomi.lake.lake import Lake
from hinomi.normalise.normaliser import Normaliser
from tests.lake import making

Write = Callable[..., list[dict[str, Any]]]
NOON_MS = 1_772_366_400_000
RECORDINGS = ("network/zeek-json-wrccdc2018", "windows/evtx-attack-samples")


@pytest.fixture
def mixed(tmp_path: Path) -> Iterator[Lake]:
    """Two endpoints and a network sensor that names none."""
    with Lake.start(tmp_path / "lake") as lake:
        seen = {"dst": "192.0.2.200", "hostName": "mixed.example"}
        rows = [
            making.activity(NOON_MS, endpointGuid="g-1", endpointHostName="PC-1", processName="a.exe", **seen),
            making.activity(NOON_MS + 1, endpointGuid="g-2", endpointHostName="PC-2", processName="b.exe"),
            *(making.activity(NOON_MS + 2 + n, endpointGuid="unknown", productCode="xns", **seen) for n in range(3)),
            making.activity(NOON_MS + 9, endpointGuid="unknown", productCode="xns", dst="192.0.2.201", src="10.9.9.9"),
        ]
        making.writer(lake)(*rows)
        yield lake


def test_what_a_network_sensor_saw_counts_and_is_on_no_endpoint(mixed: Lake) -> None:
    found = entity(mixed, EntityKind.ADDRESS, "192.0.2.200", 30)
    assert found.seen is not None
    assert (found.seen.count, found.seen.endpoints, found.of) == (4, 1, 2)
    assert [one.name for one in found.endpoints] == ["PC-1"]
    beside = {(one.kind, one.value): one.count for one in found.neighbours}
    assert beside["domain", "mixed.example"] == 4  # the sensor's too
    assert beside["process", "a.exe"] == 1
    alone = entity(mixed, EntityKind.ADDRESS, "192.0.2.201", 30)
    assert alone.seen is not None
    assert (alone.seen.count, alone.seen.endpoints, alone.endpoints) == (1, 0, [])
    (neighbour,) = alone.neighbours
    assert (neighbour.value, neighbour.rarity) == ("10.9.9.9", None)  # nobody can tell how rare


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake.start(tmp_path_factory.mktemp("real")) as lake:
        for sequence, batch in enumerate(read_paths([shared_data / name for name in RECORDINGS])):
            normalised = Normaliser().normalise(batch, 0)
            lake.write_activities([(sequence, one, None) for one in normalised.activities])
        yield lake


# kind -> the query of the entity's page (console/src/screens/entity/entityView.ts), and the field its values are taken of
_PAGES = {
    EntityKind.ENDPOINT: ('endpointHostName: "{0}"', "endpointHostName"),
    EntityKind.ADDRESS: (
        'src: "{0}" OR dst: "{0}" OR objectIp: "{0}" OR objectIps: "{0}" OR eventDataIpAddress: "{0}"', "dst",
    ),
    EntityKind.DOMAIN: (
        'hostName: "{0}" OR request: *://{0} OR request: *://{0}/* OR request: *://{0}:*', "hostName",
    ),
    EntityKind.FILE: (
        'processFileHashSha256: "{0}" OR parentFileHashSha256: "{0}" OR objectFileHashSha256: "{0}"',
        "objectFileHashSha256",
    ),
}  # fmt: skip


@pytest.mark.shared_data
@pytest.mark.parametrize("kind", _PAGES)
def test_the_page_counts_the_activities_that_its_search_finds(real: Lake, kind: EntityKind) -> None:
    query, field = _PAGES[kind]
    values = [value for value, _ in real.facet("", {}, field, limit=40) if value and '"' not in value]
    assert len(values) > 5
    for value in values:
        condition = ask_of(query.format(value), "all", Content(()))
        found = entity(real, kind, value, 30)
        assert found.seen is not None, value
        newest = real.search(condition.where, condition.parameters, limit=1)[0]
        assert (found.seen.count, found.seen.last_ms) == (
            real.count(condition.where, condition.parameters), newest["eventTime"],
        ), value  # fmt: skip
        assert found.seen.endpoints == len(found.endpoints) <= found.of
        assert all(one.name for one in found.endpoints)


@pytest.mark.shared_data
def test_a_program_is_counted_where_it_started_and_acted_and_found_also_where_others_named_it(real: Lake) -> None:
    for value, _ in real.facet("", {}, "processName", limit=20):
        condition = ask_of(f'processName: "{value}" OR objectName: "{value}"', "all", Content(()))
        found = entity(real, EntityKind.PROCESS, str(value), 30)
        assert found.seen is not None
        assert 0 < found.seen.count <= real.count(condition.where, condition.parameters)
