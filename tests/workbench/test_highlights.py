from dataclasses import replace

import pytest

from hinomi.schema.activity import FIELDS
from hinomi.workbench.highlights import INDICATOR_TYPE, MAX_FIELDS, decoded_fields, event_type, highlight_fields
from tests.make_workbench import detection


def test_at_most_ten_fields_in_the_filters_order() -> None:
    many = replace(detection(), highlights=tuple((f"field{number}", number) for number in range(12)))
    assert [one.field for one in highlight_fields(many)] == [f"field{number}" for number in range(MAX_FIELDS)]


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("objectCmd", "command_line"), ("processFilePath", "fullpath"), ("src", "ip"), ("dpt", "port"),
        ("endpointHostName", "host"), ("logonUser", "user_account"), ("objectFileHashSha1", "file_sha1"),
        ("processFileHashSha256", "file_sha256"), ("objectRegistryKeyHandle", "registry_key"),
        ("objectRegistryValue", "registry_value"), ("objectRegistryData", "registry_value_data"), ("objectPid", "process_id"),
        ("hostName", "domain"), ("request", "url"), ("eventDataStatus", "text"),
    ],
)  # fmt: skip
def test_the_type_of_a_field(field: str, kind: str) -> None:
    [found] = highlight_fields(replace(detection(), highlights=((field, "x"),)))
    assert (found.type, found.value) == (kind, "x")


def test_every_typed_field_is_in_the_vocabulary() -> None:
    assert INDICATOR_TYPE.keys() <= FIELDS.keys()


def test_a_command_shows_what_it_hides_and_a_path_does_not_try() -> None:
    hidden = "powershell -enc dwBoAG8AYQBtAGkA"
    found = highlight_fields(replace(detection(), highlights=(("objectCmd", hidden), ("processFilePath", hidden))))
    assert [one.decoded for one in found] == ["whoami", None]


def test_lists_and_numbers_become_text() -> None:
    found = highlight_fields(
        replace(detection(), highlights=(("endpointIp", ["192.0.2.1", "192.0.2.2"]), ("dpt", 443)))
    )
    assert [one.value for one in found] == ["192.0.2.1\n192.0.2.2", "443"]


@pytest.mark.parametrize(
    ("event_id", "name"), [(1, "TELEMETRY_PROCESS"), (5, "TELEMETRY_REGISTRY"), (99, "TELEMETRY"), (None, "TELEMETRY")]
)
def test_the_type_of_an_event(event_id: int | None, name: str) -> None:
    assert event_type({"eventId": event_id} if event_id is not None else {}) == name


def test_what_the_fields_of_an_activity_hide_is_told_by_field() -> None:
    hidden = "powershell -enc dwBoAG8AYQBtAGkAIAAvAGEAbABsAA=="
    activity = {"objectCmd": hidden, "processCmd": "cmd.exe", "objectName": hidden, "parentCmd": None, "objectPid": 7}
    assert decoded_fields(activity) == {"objectCmd": "whoami /all"}
