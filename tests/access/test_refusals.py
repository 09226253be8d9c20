"""Who asked for too much stands in the audit log, and nobody fills it by asking."""

from pathlib import Path

import pytest

from hinomi.access import refusals
from hinomi.schema.principal import Permission, Principal, PrincipalKind, Role
from tests.make_access import Clock, access

STOLEN = Principal.of("siem-key", Role.SIEM, PrincipalKind.KEY, "192.0.2.9")


def test_once_a_minute_for_each_name_and_permission(tmp_path: Path) -> None:
    clock = Clock()
    house = access(tmp_path, clock)
    for _ in range(50):
        house.refusals.tell(STOLEN, Permission.RESPOND, "POST /v3.0/response/endpoints/isolate")
    house.refusals.tell(STOLEN, Permission.SHELL, "GET /v3.0/response/customScripts")
    rows = house.audit.search(top=10).items
    assert [(row.who, row.address, row.action, row.outcome) for row in rows] == [
        ("siem-key", "192.0.2.9", "access", "failure")
    ] * 2
    clock.pass_s(61)
    house.refusals.tell(STOLEN, Permission.RESPOND, "POST /v3.0/response/endpoints/restore")
    assert house.audit.search(top=10).items[0].target == "POST /v3.0/response/endpoints/restore"


def test_what_it_remembers_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "MOST_KNOWN", 3)
    house = access(tmp_path)
    for number in (1, 2, 3, 4, 4, 1):
        name = Principal.of(f"key-{number}", Role.SIEM, PrincipalKind.KEY)
        house.refusals.tell(name, Permission.RESPOND, "POST /x")
    assert [row.who for row in house.audit.search(top=10).items] == ["key-1", "key-4", "key-3", "key-2", "key-1"]
