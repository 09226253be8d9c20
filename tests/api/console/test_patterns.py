"""Patterns through the door. What the set does is tested in the room; the way from a sample in test_task_files.py."""

import pytest

from hinomi.schema.principal import Role
from tests.api.house import Running

RULE = 'rule demo { strings: $a = "hinomi-test.hive" condition: $a }'
URL = "/console/api/patterns"


def test_a_rule_that_cannot_be_compiled_is_told_with_its_line(worked: Running) -> None:
    reply = worked.person().post(URL, json={"kind": "yara", "value": "rule a {\n condition: $b }"})
    error = reply.json()["error"]
    assert (reply.status_code, error["code"]) == (400, "BadYara")
    assert (error["errors"][0]["line"], error["errors"][0]["title"]) == (2, "unknown pattern `$b`")


def test_a_rule_is_added_listed_and_removed(worked: Running) -> None:
    client = worked.person()
    made = client.post(URL, json={"kind": "yara", "value": RULE, "description": "from the sample"}).json()
    assert (made["kind"], made["type"], made["name"]) == ("yara", None, "demo")
    assert made in client.get(URL).json()["items"]
    assert client.delete(f"{URL}/{made['id']}").status_code == 204
    assert client.delete(f"{URL}/{made['id']}").status_code == 404


@pytest.mark.parametrize("sent", [{"kind": "md5", "value": "a"}, {"kind": "hash", "value": "a"}, {"kind": "hash"}, {}])
def test_what_is_no_pattern_is_refused(worked: Running, sent: dict[str, str]) -> None:
    assert worked.person().post(URL, json=sent).status_code == 400


def test_an_analyst_may_look_and_not_change(worked: Running) -> None:
    client = worked.key(Role.ANALYST)
    assert client.get(URL).status_code == 200
    assert client.post(URL, json={"kind": "yara", "value": RULE}).status_code == 403
