"""collect_evidence on this machine: one zip at the server that opens with the password of the result, nothing left here."""

import hashlib
import os
from pathlib import Path

import pytest
import pyzipper

from hinomi.sensor import pattern_folder, sealed_zip
from hinomi.sensor.action import ActionFailed
from hinomi.sensor.actions import BY_NAME, collect_evidence
from hinomi.sensor.evidence import collection
from hinomi.wire.pattern_set import HashPattern, PatternSet, pack
from tests.make_endpoint import Bench


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Recent files are looked for in a folder of the test alone."""
    place = tmp_path / "place"
    place.mkdir()
    (place / "invoice.pdf.sh").write_text("#!/bin/sh\necho harmless\n")
    (place / "invoice.pdf.sh").chmod(0o755)
    chosen = collection.Options
    monkeypatch.setattr(collect_evidence, "Options", lambda match: chosen(places=(str(place),), match=match))
    return Bench(tmp_path)


def members(bench: Bench, password: str) -> dict[str, bytes]:
    with pyzipper.AESZipFile(bench.server / f"{bench.command_id}.zip") as box:
        box.setpassword(password.encode())
        return {name: box.read(name) for name in box.namelist()}


def test_the_collection_arrives_and_nothing_stays(bench: Bench) -> None:
    result = dict(BY_NAME["collect_evidence"].run(bench, {}))
    path = bench.server / f"{bench.command_id}.zip"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == result["upload_sha256"]
    assert result["report"]["host"] == os.uname().nodename
    assert len(result["password"]) == 20
    found = members(bench, result["password"])
    assert b"invoice.pdf.sh" in found["suspicious.jsonl"]
    assert not sealed_zip.leftover(bench).exists()


def test_the_pattern_set_of_the_sensor_is_asked_too(bench: Bench, tmp_path: Path) -> None:
    sha256 = hashlib.sha256((tmp_path / "place/invoice.pdf.sh").read_bytes()).hexdigest()
    packed = pack(PatternSet(3, (HashPattern("sha256", sha256, "the known one"),)))
    pattern_folder.draft(bench.folder).write_bytes(packed)
    pattern_folder.keep(bench.folder, 3, hashlib.sha256(packed).hexdigest())
    result = dict(BY_NAME["collect_evidence"].run(bench, {}))
    lines = members(bench, result["password"])["suspicious.jsonl"].splitlines()
    (mine,) = [line for line in lines if b"invoice.pdf.sh" in line]
    assert b'"matches":["the known one"]' in mine
    assert b'"score":100' in mine


def test_a_full_disk_is_a_reason(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_zip, "SPARE_BYTES", 1 << 62)
    with pytest.raises(ActionFailed) as told:
        BY_NAME["collect_evidence"].run(bench, {})
    assert told.value.code == "no_space"
    assert list(bench.server.iterdir()) == []
