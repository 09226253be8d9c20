"""Every source has cases, and what they say is what happens."""

from pathlib import Path

import pytest

from hinomi.normalise.channels import services_of
from hinomi.normalise.source import Mapping, Split, Take
from hinomi.normalise.sources import SOURCES, source_of
from hinomi.schema.activity import EVENT_NAMES, EVENT_SUB_NAMES, FIELDS
from tests.normalise import cases

NAMES = [source.name for source in SOURCES]
MAPPINGS = [
    pytest.param(mapping, id=f"{source.name} {number}")
    for source in SOURCES
    for number, entry in [("otherwise", source.otherwise), *source.events.items()]
    for mapping in ((entry.otherwise, *entry.by_value.values()) if isinstance(entry, Split) else (entry,))
]


@pytest.mark.parametrize("name", NAMES)
def test_a_case_becomes_what_is_expected(name: str) -> None:
    assert cases.raw(name), "a source without cases"
    assert cases.found(name) == cases.expected(name)


def test_every_file_of_the_folder_stands_in_the_tuple_under_its_own_name() -> None:
    folder = Path(cases.__file__).parents[2] / "hinomi" / "normalise" / "sources"
    assert sorted(NAMES) == sorted(path.stem for path in folder.glob("[a-z]*.py"))
    assert sorted(NAMES) == cases.SOURCES


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_a_mapping_names_only_what_the_vocabulary_has(mapping: Mapping) -> None:
    assert set(mapping.fields) <= set(FIELDS)
    assert mapping.event in EVENT_NAMES
    assert isinstance(mapping.sub, Take) or mapping.sub in EVENT_SUB_NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_case_is_recorded_under_its_own_source(name: str) -> None:
    assert {row["fields"]["recordSource"] for row in cases.expected(name)} == {name}


def test_the_provider_goes_before_the_channel_and_an_instance_counts_as_its_kind() -> None:
    assert source_of("windows", "Service Control Manager", "System").name == "windows_system"
    assert source_of("windows", "Microsoft-Windows-DNS-Client", "System").name == "windows_network"
    assert source_of("windows", "Anything", "Security").name == "windows_security"
    assert source_of("windows", "MSSQL$ANY", "Application").name == "windows_mssql"
    assert source_of("windows", "", "").name == "windows_other"


def test_a_service_with_two_names_has_both() -> None:
    assert services_of("Microsoft-ServiceBus-Client/Admin") == {"microsoft-servicebus-client", "servicebus-client"}
    assert services_of("SECURITY") == {"security"}
    assert services_of("Nobody/Knows") == frozenset()
