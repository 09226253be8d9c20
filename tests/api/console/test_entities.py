from hinomi.api.console.entities import ConnectionList, EntityShape, PrevalenceList
from hinomi.schema.principal import Role
from tests import make
from tests.api.house import ATTACKED, Running
from tests.api.test_envelope import told

API = "/console/api/entities"
SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
_INBOUND = {"SourceIp": "198.51.100.1", "DestinationIp": "10.0.0.5", "DestinationPort": 22, "Initiated": "false"}


def ask(running: Running, kind: str, value: str) -> EntityShape:
    reply = running.person().get(f"{API}/{kind}", params={"value": value})
    assert reply.status_code == 200, reply.text
    return EntityShape.model_validate(reply.json())


def test_an_endpoint_by_name_and_by_guid(shared: Running) -> None:
    by_name = ask(shared, "endpoint", "pc-3")
    assert by_name.count == 1
    assert (by_name.endpoints.count, by_name.endpoints.of) == (1, ATTACKED)
    assert by_name.days[0].day == "2026-01-15"
    assert [alert.score for alert in by_name.alerts] == [by_name.alerts[0].score]
    assert by_name.complete
    by_guid = ask(shared, "endpoint", by_name.endpoints.items[0].guid)
    assert by_guid.first_seen == by_name.first_seen


def test_a_file_by_hash_and_by_path_with_what_stands_beside_it(shared: Running) -> None:
    by_hash = ask(shared, "file", SHA1.upper())
    assert by_hash.endpoints.count == ATTACKED
    assert by_hash.facts["paths"] == [r"C:\Windows\System32\cmd.exe"]
    neighbours = {(one.kind, one.value): one for one in by_hash.neighbours}
    assert neighbours["process", "cmd.exe"].rarity == 0
    user = neighbours["user", r"corp\user5"]
    assert user.rarity is not None
    assert user.rarity > 0.8
    assert ask(shared, "file", r"c:\windows\system32\CMD.exe").endpoints.count >= ATTACKED


def test_a_user_in_either_spelling_with_alerts(shared: Running) -> None:
    for spelling in (r"CORP\user1", "user1@corp"):
        found = ask(shared, "user", spelling)
        assert found.endpoints.count == 2  # PC-1 and PC-11
        assert len(found.alerts) == 2


def test_what_was_never_seen_is_an_answer(shared: Running) -> None:
    found = ask(shared, "domain", "it's.never.example")
    assert (found.first_seen, found.count, found.endpoints.count, found.alerts) == (None, 0, 0, [])
    assert found.is_internal is False
    assert ask(shared, "address", "192.168.4.4").is_internal is True


def test_prevalence_of_many_values_in_the_order_asked(shared: Running) -> None:
    reply = shared.person().get(f"{API}/prevalence", params={"kind": "file", "value": ["none", SHA1]})
    items = PrevalenceList.model_validate(reply.json()).items
    assert [(one.value, one.endpoints, one.of) for one in items] == [("none", 0, ATTACKED), (SHA1, ATTACKED, ATTACKED)]


def test_bounds_and_permissions(shared: Running) -> None:
    person = shared.person()
    told(person.get(f"{API}/colour", params={"value": "x"}), 400, "BadRequest")
    told(person.get(f"{API}/file", params={"value": ""}), 400, "BadRequest")
    told(person.get(f"{API}/prevalence", params={"kind": "file", "value": ["x"] * 101}), 400, "BadRequest")
    told(person.get(f"{API}/endpoint/connections", params={"guid": "x", "at": "soon"}), 400, "BadRequest")
    told(shared.key(Role.INGESTER).get(f"{API}/file", params={"value": SHA1}), 403, "AccessDenied")


def test_connections_around_a_moment(worked: Running) -> None:
    house = worked.house
    at = {"time": "2026-01-20T05:00:00.000000Z", "computer": "PC-NET", "Image": r"C:\t\beacon.exe", "Protocol": "tcp"}
    near = {"SourceIp": "10.0.0.5", "DestinationIp": "203.0.113.200", "DestinationPort": 443, "Initiated": "true"}
    house.append(
        make.record_batch(
            *(make.record(3, record_id=9000 + number, **at, **near) for number in range(3)),
            make.record(3, record_id=9010, **at, **(near | {"DestinationIp": "192.168.1.9", "DestinationPort": 445})),
            make.record(3, record_id=9011, **at, **_INBOUND),
            make.record(3, record_id=9012, **(at | {"time": "2026-01-20T09:00:00.000000Z"}), **near),
        )
    )
    house.pipeline.drain()
    guid = ask(worked, "endpoint", "PC-NET").endpoints.items[0].guid
    asked = {"guid": guid, "at": "2026-01-20T05:03:00Z", "minutes": 10}
    reply = worked.person().get(f"{API}/endpoint/connections", params=asked)
    found = {one.dst: one for one in ConnectionList.model_validate(reply.json()).items}
    assert set(found) == {"203.0.113.200", "192.168.1.9"}
    assert (found["203.0.113.200"].count, found["203.0.113.200"].port) == (3, 443)
    assert found["203.0.113.200"].rarity is not None
    assert [found[name].is_internal for name in sorted(found)] == [True, False]
