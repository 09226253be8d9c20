from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinomi.schema.entity import EntityType
from hinomi.workbench.impact import account_id, accounts_of, entities_of
from hinomi.workbench.scope import MAX_ENTITIES, Scope, impact_from_json, impact_to_json
from tests.make_workbench import detection


@pytest.mark.parametrize(
    ("user", "domain", "expected"),
    [
        ("Taro", "CORP", "corp\\taro"), ("CORP\\Taro", "", "corp\\taro"), ("CORP\\Taro", "OTHER", "corp\\taro"),
        ("taro@corp.test", "", "corp.test\\taro"), ("taro@corp.test", "CORP", "corp\\taro"), ("taro", "-", "taro"),
        ("太郎", "会社", "会社\\太郎"), (" taro ", " CORP ", "corp\\taro"),
        ("S-1-5-21-1-2-3-1001", "", "s-1-5-21-1-2-3-1001"),
    ],
)  # fmt: skip
def test_an_account_is_domain_and_user_in_lower_case(user: str, domain: str, expected: str) -> None:
    assert account_id(user, domain) == expected


@pytest.mark.parametrize(
    ("user", "domain"),
    [
        ("PC-1$", "CORP"), ("SYSTEM", "NT AUTHORITY"), ("LOCAL SERVICE", "NT AUTHORITY"), ("NETWORK SERVICE", ""),
        ("ANONYMOUS LOGON", "NT AUTHORITY"), ("DWM-1", "Window Manager"), ("UMFD-0", ""), ("-", "-"), ("", ""), ("  ", ""),
        ("NT AUTHORITY\\SYSTEM", ""), ("LocalSystem", ""), ("Système", "AUTORITE NT"), ("S-1-5-18", ""), ("S-1-0-0", "-"),
        ("Administrators", "Builtin"), ("MSSQLSERVER", "NT SERVICE"),
    ],
)  # fmt: skip
def test_machines_services_and_nobody_are_no_accounts(user: str, domain: str) -> None:
    assert account_id(user, domain) is None


def _accounts(**fields: Any) -> list[str]:
    return accounts_of(fields)


def test_every_account_of_the_activity_counts_once() -> None:
    found = _accounts(
        processUser="taro", processUserDomain="CORP", objectUser="TARO", objectUserDomain="corp",
        logonUser=["taro", "hana"], userDomain=["CORP"], eventDataTargetUserName="jiro", eventDataTargetDomainName="CORP",
    )  # fmt: skip
    assert found == ["corp\\taro", "hana", "corp\\jiro"]


def test_a_name_without_domain_is_the_one_whose_domain_is_known() -> None:
    assert _accounts(logonUser=["taro"], objectUser="taro", objectUserDomain="CORP") == ["corp\\taro"]


def test_long_and_short_name_of_one_domain_are_one_account() -> None:
    both = {"processUser": "taro", "processUserDomain": "corp.test", "objectUser": "taro", "objectUserDomain": "CORP"}
    assert _accounts(**both) == ["corp\\taro"]
    assert _accounts(processUser="taro", processUserDomain="corp.test") == ["corp.test\\taro"]


def test_the_target_of_a_group_event_is_a_group() -> None:
    told = {
        "eventDataTargetUserName": "Domain Admins", "eventDataTargetDomainName": "CORP", "objectUser": "Domain Admins",
        "eventDataSubjectUserName": "taro", "eventDataSubjectDomainName": "CORP",
    }  # fmt: skip
    assert _accounts(winEventId=4728, **told) == ["corp\\taro"]
    assert "corp\\domain admins" in _accounts(winEventId=4624, **told)


def test_a_demo_detection_touches_one_endpoint_and_one_user() -> None:
    found = entities_of(detection(endpointIp=["192.0.2.5", "192.0.2.4"]))
    assert [(one.type, one.id, one.name) for one in found] == [
        (EntityType.HOST, "guid-of-pc-1", "PC-1"),
        (EntityType.ACCOUNT, "corp\\taro", "corp\\taro"),
    ]
    assert found[0].ips == ("192.0.2.4", "192.0.2.5")


_values = st.one_of(st.none(), st.text(max_size=20), st.integers(), st.lists(st.one_of(st.text(max_size=9), st.none())))


@given(st.dictionaries(st.sampled_from(["processUser", "processUserDomain", "logonUser", "userDomain"]), _values))
def test_no_value_is_too_strange(fields: dict[str, Any]) -> None:
    assert all(account and not account.endswith("$") for account in accounts_of(fields))


_sightings = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4), st.sampled_from(["A", "b", "C"])), max_size=12)


@given(_sightings, st.randoms())
def test_the_scope_does_not_depend_on_the_order(seen: list[tuple[int, int, str]], random: Any) -> None:
    from hinomi.schema.entity import Entity

    made = [(Entity(EntityType.HOST, str(key), name, (name,)), at_ms) for at_ms, key, name in seen]
    first, second = Scope(), Scope()
    for entity, at_ms in made:
        first.add(entity, at_ms)
    random.shuffle(made)
    for entity, at_ms in made:
        second.add(entity, at_ms)
    assert first.ordered() == second.ordered()
    assert impact_from_json(impact_to_json(first.impact())) == first.impact()


def test_of_too_many_entities_those_first_seen_stay() -> None:
    from hinomi.schema.entity import Entity

    scope = Scope()
    for number in reversed(range(MAX_ENTITIES + 20)):
        scope.add(Entity(EntityType.ACCOUNT, f"user{number:05d}", "x"), number)
    assert scope.impact().counts[EntityType.ACCOUNT] == MAX_ENTITIES
    assert scope.ordered()[0][0][1] == "user00000"
    assert len(scope.impact().entities) == 50
    assert not scope.add(Entity(EntityType.ACCOUNT, "late", "x"), 10**6)
