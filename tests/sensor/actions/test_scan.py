"""apply_patterns, scan and run_yara, with the real engine in its own process, on files and processes of the test."""

import hashlib
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from hinomi.sensor import pattern_folder, scan_places, scanner
from hinomi.sensor.action import MAX_RESULT_BYTES, ActionFailed
from hinomi.sensor.actions import BY_NAME, scan
from hinomi.sensor.scanner import Scanner
from hinomi.wire.pattern_set import HashPattern, PatternSet, pack
from tests.make_endpoint import Bench, needs_root
from tests.make_process import own_program, running

EVIL = b"this file is evil"
RULES = 'rule evil_text { strings: $a = "is evil" condition: $a }'


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def act(bench: Bench, name: str, /, **parameters: Any) -> dict[str, Any]:
    return dict(BY_NAME[name].run(bench, parameters))


def refusal(bench: Bench, name: str, /, **parameters: Any) -> str:
    with pytest.raises(ActionFailed) as caught:
        act(bench, name, **parameters)
    assert caught.value.ja
    return caught.value.code


def give(bench: Bench, version: int, *hashes: HashPattern, yara: str = "") -> dict[str, Any]:
    packed = pack(PatternSet(version, hashes, yara))
    (bench.server / "p").write_bytes(packed)
    return act(bench, "apply_patterns", version=version, url="/p", sha256=hashlib.sha256(packed).hexdigest())


def files(folder: Path) -> Path:
    root = folder / "files"
    (root / "deep" / "er").mkdir(parents=True)
    (root / "good").write_bytes(b"nothing of note")
    (root / "deep" / "er" / "悪い").write_bytes(b"... " + EVIL)
    (root / "link").symlink_to("deep/er/悪い")
    (root / "way").symlink_to("deep")
    os.mkfifo(root / "fifo")
    return root


def test_a_new_version_takes_the_place_of_the_old(bench) -> None:
    assert refusal(bench, "scan", kind="quick") == "no_patterns"
    assert give(bench, 1)["version"] == 1
    assert give(bench, 2, HashPattern("sha256", "a" * 64, "a"), yara=RULES) == {
        "version": 2,
        "hashes": 1,
        "has_yara": True,
    }
    assert pattern_folder.version(bench.folder) == 2
    assert sorted(each.name for each in (bench.folder / "patterns").iterdir()) == ["2.bin", "current.json"]


def test_what_is_not_the_set_of_the_command_is_not_taken(bench) -> None:
    give(bench, 1)
    packed = pack(PatternSet(3))
    (bench.server / "p").write_bytes(packed)
    digest = hashlib.sha256(packed).hexdigest()
    assert refusal(bench, "apply_patterns", version=3, url="/p", sha256="0" * 64) == "changed"
    assert refusal(bench, "apply_patterns", version=2, url="/p", sha256=digest) == "changed"
    (bench.server / "p").write_bytes(b"junk")
    assert (
        refusal(bench, "apply_patterns", version=2, url="/p", sha256=hashlib.sha256(b"junk").hexdigest()) == "changed"
    )
    held = pattern_folder.load(bench.folder)
    assert held is not None
    assert held.version == 1


def test_a_set_that_was_changed_on_disk_is_not_used(bench) -> None:
    give(bench, 1)
    (bench.folder / "patterns" / "1.bin").write_bytes(pack(PatternSet(1, (), RULES)))
    assert refusal(bench, "scan", kind="paths", paths=["/etc/hosts"]) == "no_patterns"


def test_killed_while_taking_a_version(bench) -> None:
    after = BY_NAME["apply_patterns"].after_crash
    give(bench, 4)
    told = after(bench, {"version": 4})
    assert told is not None
    assert told["version"] == 4
    assert after(bench, {"version": 5}) is None


def test_paths_by_hash_and_by_rule(bench, tmp_path) -> None:
    root = files(tmp_path)
    good = (root / "good").read_bytes()
    give(
        bench, 7, HashPattern("sha1", hashlib.sha1(good).hexdigest(), "known good"),
        HashPattern("sha256", hashlib.sha256(good).hexdigest(), "known too"), yara=RULES,
    )  # fmt: skip
    result = act(bench, "scan", kind="paths", paths=[str(root)], pattern_version=7)
    found = {(Path(each["path"]).name, each["pattern"], each["kind"]) for each in result["matches"]}
    assert found == {("good", "known good", "hash"), ("good", "known too", "hash"), ("悪い", "evil_text", "yara")}
    evil = next(each for each in result["matches"] if each["kind"] == "yara")
    assert evil["sha256"] == hashlib.sha256(b"... " + EVIL).hexdigest()
    assert evil["size_bytes"] == len(EVIL) + 4
    assert (result["files"], result["errors"], result["matched"], result["complete"]) == (2, 0, 3, True)
    assert result["pattern_version"] == 7


def test_rules_alone_give_hashes_of_what_they_find(bench, tmp_path) -> None:
    root = files(tmp_path)
    give(bench, 1, yara=RULES)
    (match,) = act(bench, "scan", kind="paths", paths=[str(root)])["matches"]
    assert match["sha1"] == hashlib.sha1(b"... " + EVIL).hexdigest()


def test_another_version_than_asked_for_is_refused(bench) -> None:
    give(bench, 1)
    assert refusal(bench, "scan", kind="quick", pattern_version=2) == "changed"
    assert refusal(bench, "scan", kind="sideways") == "unsupported"


def test_links_fifos_and_what_is_gone_are_counted_not_followed(bench, tmp_path) -> None:
    root = files(tmp_path)
    give(bench, 1, yara=RULES)
    paths = [str(root / name) for name in ("link", "fifo", "absent", "way/er/悪い")]
    result = act(bench, "scan", kind="paths", paths=paths)
    whys = {Path(each["path"]).name: each["why"] for each in result["troubles"]}
    assert whys["fifo"] == "not a file"
    assert "symbolic" in whys["link"]
    assert "FileNotFoundError" in whys["absent"]
    assert (result["errors"], result["skipped"]) == (2, 1)


def test_a_file_larger_than_the_bounds_is_said(bench, tmp_path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(300 << 20)
    give(bench, 1, yara=RULES)
    result = act(bench, "scan", kind="paths", paths=[str(huge)])
    assert (result["files"], result["skipped"]) == (0, 1)
    with huge.open("wb") as file:
        file.truncate(5 << 30)
    give(bench, 2, HashPattern("sha256", "a" * 64, "a"))
    assert act(bench, "scan", kind="paths", paths=[str(huge)])["troubles"][0]["why"] == "too large"


def test_quick_finds_what_runs_also_when_it_was_deleted_and_temporary_files(bench, tmp_path, monkeypatch) -> None:
    program = own_program(tmp_path, mark=EVIL)
    folder = tmp_path / "temporary"
    folder.mkdir()
    (folder / "dropped").write_bytes(EVIL)
    monkeypatch.setattr(scan_places, "TEMPORARY", (str(folder),))
    monkeypatch.setattr(scan_places, "started_by_itself", lambda: iter([]))
    monkeypatch.setattr(scan_places.running_process, "pids", lambda: pids)
    give(bench, 1, yara=RULES)
    with running([program, 60]) as process:
        pids = [process.pid]
        program.unlink()
        result = act(bench, "scan", kind="quick")
    assert {each["path"] for each in result["matches"]} == {f"{program} (deleted)", str(folder / "dropped")}


def test_what_starts_by_itself_is_listed_with_its_programs(monkeypatch) -> None:
    rows = [
        {
            "path": "/etc/systemd/system/a.service",
            "runs": ["ExecStart=-/usr/bin/env FOO=1 /etc/hosts", "ExecStart=/absent"],
        },
        {"path": "/etc/cron.d/b", "commands": "* * * * * root '/etc/passwd'", "target": "/etc/c"},
    ]
    monkeypatch.setattr(scan_places.startup, "autoruns", lambda _: iter(rows))
    monkeypatch.setattr(scan_places.startup, "services", lambda _: iter([]))
    monkeypatch.setattr(scan_places.startup, "scheduled", lambda _: iter([]))
    found = [path for path, _ in scan_places.started_by_itself()]
    assert {"/etc/systemd/system/a.service", "/etc/hosts", "/etc/cron.d/b", "/etc/c", "/etc/passwd"} <= set(found)
    assert "/absent" not in found


def test_full_takes_each_local_file_system_once() -> None:
    text = """\
22 1 8:1 / / rw - ext4 /dev/sda1 rw
23 22 0:5 / /proc rw - proc proc rw
24 22 8:1 /srv /mnt/again rw - ext4 /dev/sda1 rw
25 22 0:40 / /mnt/far rw - nfs4 server:/ rw
26 22 8:2 / /mnt/with\\040space rw shared:1 - xfs /dev/sda2 rw
27 22 0:6 / /mnt/fuse rw - fuse.sshfs x rw
"""
    assert scan_places.local_roots(text) == ["/", "/mnt/with space"]


def test_full_over_the_file_systems_of_the_test(bench, tmp_path, monkeypatch) -> None:
    root = files(tmp_path)
    monkeypatch.setattr(scan_places, "local_roots", lambda _: [str(root)])
    monkeypatch.setattr(scan_places, "running_programs", lambda: iter([]))
    give(bench, 1, yara=RULES)
    assert act(bench, "scan", kind="full")["matched"] == 1


def test_the_sensors_own_folder_is_left_out(bench) -> None:
    give(bench, 1, yara=RULES)
    (bench.folder / "kept").write_bytes(EVIL)
    assert act(bench, "scan", kind="paths", paths=[str(bench.folder)])["matched"] == 0


def test_progress_and_cancel(bench, tmp_path) -> None:
    give(bench, 1, yara=RULES)
    root = files(tmp_path)
    act(bench, "scan", kind="paths", paths=[str(root)])
    assert any("1 matches" in note for note, _ in bench.notes)
    bench.cancelled = lambda: True
    assert refusal(bench, "scan", kind="paths", paths=[str(root)]) == "cancelled"
    assert refusal(bench, "run_yara", rules=RULES, target="file", path=str(root)) == "cancelled"


def test_bounds_of_time_and_number_are_told(bench, tmp_path, monkeypatch) -> None:
    give(bench, 1, yara=RULES)
    root = files(tmp_path)
    monkeypatch.setattr(scan, "MAX_FILES", 1)
    assert act(bench, "scan", kind="paths", paths=[str(root)])["complete"] is False
    monkeypatch.undo()
    monkeypatch.setattr(scan, "MAX_S", 0)
    assert act(bench, "scan", kind="paths", paths=[str(root)])["complete"] is False


def test_a_great_many_matches_are_counted_and_the_result_stays_small(bench, tmp_path) -> None:
    folder = tmp_path / "many"
    deep = folder.joinpath(*["n" * 200] * 8)
    deep.mkdir(parents=True)
    for number in range(400):
        (deep / f"{number}").write_bytes(EVIL)
    give(bench, 1, yara=RULES)
    result = act(bench, "scan", kind="paths", paths=[str(folder)])
    assert result["matched"] == 400
    assert 0 < len(result["matches"]) < 400
    assert len(str(result).encode()) < MAX_RESULT_BYTES


def test_a_crash_of_the_engine_costs_one_file(tmp_path, monkeypatch) -> None:
    (tmp_path / "a").write_bytes(EVIL)
    with Scanner(RULES) as asked:
        asked._child.kill()
        asked._child.wait()
        first = asked.file(str(tmp_path / "a"))
        assert (first.is_error, asked.restarts) == (True, 1)
        assert asked.file(str(tmp_path / "a")).found[0][:2] == ("yara", "evil_text")
        monkeypatch.setattr(scanner, "MAX_RESTARTS", 1)
        asked._child.kill()
        asked._child.wait()
        with pytest.raises(ActionFailed):
            asked.file(str(tmp_path / "a"))


def test_an_engine_that_hangs_is_ended(tmp_path, monkeypatch) -> None:
    """Stopped by a signal, it answers no more."""
    (tmp_path / "a").write_bytes(EVIL)
    monkeypatch.setattr(scanner, "SLACK_S", 0.0)
    with Scanner(RULES, file_s=1) as asked:
        asked._child.send_signal(19)
        assert asked.file(str(tmp_path / "a")).is_error
        assert asked.file(str(tmp_path / "a")).found


def test_rules_that_do_not_compile_are_told_with_their_place(bench) -> None:
    with pytest.raises(ActionFailed, match="unknown identifier") as caught:
        act(bench, "run_yara", rules="rule a { condition: foo }", target="file", path="/etc/hosts")
    assert caught.value.code == "bad_rules"


def test_rules_of_the_asker_over_a_folder(bench, tmp_path) -> None:
    result = act(bench, "run_yara", rules=RULES, target="file", path=str(files(tmp_path)))
    assert [(Path(each["path"]).name, each["pattern"], each["offsets"]) for each in result["matches"]] == [
        ("悪い", "evil_text", [14])
    ]
    assert result["files"] == 2


@needs_root
def test_what_the_sensor_started_is_not_looked_into(bench, tmp_path) -> None:
    """The engine has the rules themselves in its memory."""
    program = own_program(tmp_path)
    with running([program, 60]):
        assert act(bench, "run_yara", rules=RULES, target="process", path=str(program))["processes"] == 0


@needs_root
def test_the_memory_of_a_process_that_is_not_our_child(bench, tmp_path) -> None:
    secret = os.urandom(6).hex()
    program = own_program(tmp_path, "sleep")
    rules = f'rule held {{ strings: $a = "HELD={secret}" condition: $a }}'
    starter = subprocess.run(
        ["bash", "-c", f"HELD={secret} setsid {program} 60 >/dev/null 2>&1 & echo $!"],
        capture_output=True,
        text=True,
        check=True,
    )
    try:
        deadline = time.monotonic() + 20
        matches: list[dict[str, Any]] = []
        while not matches and time.monotonic() < deadline:  # until its exec is done
            matches = act(bench, "run_yara", rules=rules, target="process", path=str(program))["matches"]
        assert [(each["path"], each["pattern"]) for each in matches] == [(str(program), "held")]
        assert matches[0]["offsets"]
        assert act(bench, "run_yara", rules=rules, target="process", name="no-such-name")["processes"] == 0
    finally:
        act(bench, "terminate_process", path=str(program))
    assert starter.returncode == 0
