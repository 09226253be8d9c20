"""The kit's whole way: downloaded, run on this machine, uploaded; evidence, report, activities of the host."""

import io
import os
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
import pyzipper

from hinomi.schema.principal import Role
from tests.api.house import Running

URL = "/console/api/kit"
HOST = os.uname().nodename


@dataclass
class Collected:
    path: Path
    report: dict[str, Any]


@pytest.fixture(scope="module")
def collected(worked: Running, tmp_path_factory: pytest.TempPathFactory) -> Collected:
    folder = tmp_path_factory.mktemp("kit")
    kit = worked.key(Role.ANALYST).get(f"{URL}/linux")
    assert 'filename="hinomi-kit-linux.sh"' in kit.headers["content-disposition"]
    (folder / "kit.sh").write_bytes(kit.content)
    place = folder / "place"
    place.mkdir()
    (place / "report.pdf.sh").write_text("#!/bin/sh\necho harmless\n")
    (place / "report.pdf.sh").chmod(0o755)
    subprocess.run(
        ["sh", "kit.sh", "--minutes", "2", "--places", str(place)], cwd=folder, check=True, capture_output=True
    )
    (made,) = folder.glob("hinomi-*.zip")
    reply = worked.key(Role.ANALYST).post(f"{URL}/reports", params={"name": made.name}, content=made.read_bytes())
    assert reply.status_code == 201, reply.text
    worked.house.pipeline.drain()
    return Collected(made, reply.json())


def test_the_report_says_whose_it_is_and_what_is_suspicious_first(worked: Running, collected: Collected) -> None:
    told = worked.person().get(f"{URL}/reports/{collected.report['id']}").json()
    assert (told["host"], told["madeBy"], told["complete"], told["encrypted"]) == (HOST, "python", True, True)
    assert told["problems"] == []
    assert {"processes", "connections", "users", "autoruns", "services"} <= set(told["sections"])
    scores = [one["score"] for one in told["findings"]]
    assert scores == sorted(scores, reverse=True)
    (mine,) = [one for one in told["findings"] if one["value"].endswith("report.pdf.sh")]
    assert mine["collected"] is True
    assert {"en": "The name hides what it is", "ja": "種類を偽るファイル名"} in mine["reasons"]
    assert told["id"] in {one["id"] for one in worked.person().get(f"{URL}/reports").json()["items"]}


def test_its_things_are_activities_of_the_host(worked: Running, collected: Collected) -> None:
    query = f'recordSource:collector_kit and endpointHostName:"{HOST}"'
    found = worked.person().get(
        "/console/api/search", params={"query": query, "from": "2020-01-01T00:00:00Z", "top": "1000"}
    )
    assert found.status_code == 200, found.text
    kinds = {(row["eventId"], row["eventSubId"]) for row in found.json()["items"]}
    assert (1, 2) in kinds
    assert collected.report["activities"] > 20


def test_the_evidence_is_kept_as_it_came_and_opens_with_its_password(worked: Running, collected: Collected) -> None:
    client, at = worked.person(), f"{URL}/reports/{collected.report['id']}"
    evidence = client.get(f"{at}/evidence")
    assert evidence.content == collected.path.read_bytes()
    password = client.post(f"{at}/password").json()["password"]
    with pyzipper.AESZipFile(io.BytesIO(evidence.content)) as archive:
        archive.setpassword(password.encode())
        assert orjson.loads(archive.read("kit.json"))["host"] == HOST
    actions = {row.action for row in worked.house.access.audit.search(top=20).items}
    assert {"download kit evidence", "show kit password"} <= actions
    stored = worked.house.settings.data / "kit"
    assert {path.stat().st_mode & 0o777 for path in stored.iterdir()} == {0o600}


def test_the_same_collection_is_not_taken_twice(worked: Running, collected: Collected) -> None:
    again = worked.person().post(f"{URL}/reports", content=collected.path.read_bytes())
    assert (again.status_code, again.json()["error"]["code"]) == (409, "Exists")
    assert again.json()["error"]["id"] == collected.report["id"]


@pytest.mark.parametrize("data", [b"", b"MZ\0\0", b"PK\x03\x04", b"\x1f\x8b"])
def test_an_upload_that_is_none_leaves_nothing(worked: Running, data: bytes) -> None:
    folder = worked.house.settings.data / "kit"
    before = sorted(folder.iterdir())
    assert worked.person().post(f"{URL}/reports", content=data).status_code == 400
    assert sorted(folder.iterdir()) == before


def test_a_hostile_collection_is_only_ever_text(worked: Running) -> None:
    """Names of a host stay values; rows that are none are counted; a report can be removed."""
    rows = [
        {"path": "<script>alert(1)</script>", "score": 10**9, "reasons": ["yara", {"a": 1}], "sha256": "../x"},
        [],
        5,
    ]
    members = {
        "kit.json": orjson.dumps({"host": "evil-1", "ips": "none", "finished": -5}),
        "suspicious.jsonl": b"\n".join(map(orjson.dumps, rows)) + b"\nno json\n",
        "processes.jsonl": orjson.dumps(
            {"pid": "x", "ppid": None, "exe": "/bin/x", "cmd": "a" * 100_000, "start": 1 << 62, "flags": {}}
        ),
        "logins.jsonl": orjson.dumps({"user": {"a": 1}, "time": "yesterday"}),
    }
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    client = worked.person()
    made = client.post(f"{URL}/reports", params={"name": "../../x\r\n.tar.gz"}, content=packed.getvalue())
    assert made.status_code == 201, made.text
    report = made.json()
    assert (report["name"], report["encrypted"]) == ("x_.tar.gz", False)
    told = client.get(f"{URL}/reports/{report['id']}").json()
    assert told["findings"][0]["score"] == 100
    assert "suspicious.jsonl: 1 lines are no JSON" in told["problems"]
    worked.house.pipeline.drain()
    assert client.post(f"{URL}/reports/{report['id']}/password").status_code == 404
    assert client.delete(f"{URL}/reports/{report['id']}").status_code == 204
    assert client.get(f"{URL}/reports/{report['id']}").status_code == 404


def test_the_kits_are_listed_with_what_was_not_tried(worked: Running) -> None:
    linux, windows = worked.person().get(URL).json()["platforms"]
    assert (linux["platform"], linux["tested"], linux["note"]) == ("linux", True, None)
    assert (windows["platform"], windows["tested"]) == ("windows", False)
    assert worked.person().get(f"{URL}/plan9").status_code == 404
