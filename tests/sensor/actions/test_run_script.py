"""run_script on scripts of the test. Every script that forks does so a counted number of times and ends by itself."""

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import pyzipper

from hinomi.sensor import process_bound, running_process, sealed_zip
from hinomi.sensor.action import ActionFailed
from hinomi.sensor.actions import BY_NAME, run_script
from tests.make_endpoint import Bench, needs_root
from tests.make_process import own_program

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture(params=["bounded", "unbounded"])
def either(request, bench, monkeypatch) -> Bench:
    """With a cgroup of its own, where this machine lets one be made, and without."""
    if request.param == "unbounded":
        monkeypatch.setattr(process_bound, "places", list)
    elif (bound := process_bound.make("probe", 5)) is None:
        pytest.skip("no cgroup with the controller pids can be made here")
    else:
        bound.remove()
    return bench


def script(bench: Bench, text: str, **more: Any) -> dict[str, Any]:
    given = {
        "name": "test", "kind": "bash", "text": text, "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "arguments": [], "timeout_s": 30, "output_limit_bytes": 1 << 20,
    }  # fmt: skip
    return dict(BY_NAME["run_script"].run(bench, given | more))


def output(bench: Bench, result: dict[str, Any]) -> bytes:
    with pyzipper.AESZipFile(bench.server / f"{bench.command_id}.zip") as box:
        return bytes(box.read("output.txt", result["password"].encode()))


def users_of(path: Path) -> list[int]:
    return [each.pid for each in running_process.find({"path": str(path)}, running_process.Hashes())]


def test_output_exit_code_and_arguments(either) -> None:
    result = script(either, 'echo "$#: $1|$2"; echo fault >&2; cat; exit 7', arguments=["a b", "$(id)"])
    assert output(either, result) == b"2: a b|$(id)\nfault\n"
    assert (result["exit_code"], result["signal"], result["timed_out"], result["truncated"]) == (7, 0, False, False)
    assert result["tail"] == "2: a b|$(id)\nfault\n"
    assert result["left"] == 0
    assert list((either.folder / "scripts").iterdir()) == []


def test_the_bound_is_told(bench, monkeypatch) -> None:
    monkeypatch.setattr(process_bound, "places", list)
    assert script(bench, "true")["processes"] == 0


def test_a_text_that_was_not_signed_never_runs(bench, tmp_path) -> None:
    with pytest.raises(ActionFailed) as caught:
        script(bench, f"touch {tmp_path}/ran", text_sha256="0" * 64)
    assert caught.value.code == "refused"
    assert not (tmp_path / "ran").exists()


def test_a_language_that_is_not_there(bench, monkeypatch) -> None:
    monkeypatch.setattr(run_script, "PATH", "/nowhere")
    for kind in ("powershell", "bash", "perl"):
        with pytest.raises(ActionFailed) as caught:
            script(bench, "1", kind=kind)
        assert caught.value.code == "unsupported"
    assert run_script.needs() == "bash is not installed"


def test_its_environment_is_not_the_sensors(bench, monkeypatch) -> None:
    monkeypatch.setenv("HINOMI_SECRET", "x")
    lines = output(bench, script(bench, "env; pwd; ls /proc/$$/fd")).decode().splitlines()
    assert not any(line.startswith("PYTHONPATH") for line in lines)
    assert not any(line.startswith("HINOMI_SECRET") for line in lines)
    assert "/" in lines
    assert {line for line in lines if line.isdigit()} <= {"0", "1", "2", "255"}  # 255: bash and its script


def test_out_of_time_all_of_it_ends_also_what_left_its_session_and_ignores_signals(either, tmp_path) -> None:
    program = own_program(tmp_path)
    text = f"""trap '' TERM HUP INT
    setsid {program} 60 &
    (setsid bash -c 'trap "" TERM HUP; {program} 60 & {program} 60' &) &
    for i in 1 2 3; do ( ( {program} 60 & ) & ) ; done
    echo begun; {program} 60"""
    result = script(either, text, timeout_s=1)
    assert (result["timed_out"], result["left"]) == (True, 0)
    assert result["signal"] == signal.SIGKILL
    assert output(either, result) == b"begun\n"
    assert users_of(program) == []


def test_what_it_leaves_behind_ends_with_it(either, tmp_path) -> None:
    program = own_program(tmp_path)
    result = script(either, f"nohup setsid {program} 60 & echo done")
    assert (result["exit_code"], result["timed_out"]) == (0, False)
    assert b"done" in output(either, result)
    assert users_of(program) == []


# makes at most 45 children, counts those that it got, and ends by itself
FORKS = """
import os, time
made = []
for _ in range(45):
    try:
        pid = os.fork()
    except BlockingIOError:
        continue
    if pid == 0:
        time.sleep(60); os._exit(0)
    made.append(pid)
print(len(made), flush=True)
time.sleep(60)
"""


def test_forks_are_bounded_where_the_kernel_can(bench, monkeypatch, tmp_path) -> None:
    if (bound := process_bound.make("probe", 5)) is None:
        pytest.skip("no cgroup with the controller pids can be made here")
    bound.remove()
    monkeypatch.setattr(run_script, "MAX_PROCESSES", 20)
    (tmp_path / "forks.py").write_text(FORKS)
    result = script(bench, f"{sys.executable} {tmp_path}/forks.py", timeout_s=3)
    assert 10 < int(output(bench, result)) <= 20
    assert result["processes"] == 20
    assert result["forks_refused"] >= 1
    assert (result["timed_out"], result["left"]) == (True, 0)
    assert process_bound.left_behind(bench.command_id) is None


def test_without_a_bound_many_children_end_all_the_same(bench, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(process_bound, "places", list)
    python = own_program(tmp_path)
    text = f"for i in $(seq 40); do setsid {python} 60 & done; {python} 60"
    assert script(bench, text, timeout_s=2)["left"] == 0
    assert users_of(python) == []


def test_a_flood_is_cut_and_the_script_does_not_hang_on_it(either) -> None:
    result = script(either, "head -c 20000000 /dev/zero; echo end >&2", output_limit_bytes=100_000)
    assert (result["exit_code"], result["truncated"], result["output_bytes"]) == (0, True, 20_000_004)
    assert output(either, result) == bytes(100_000)


def test_an_endless_flood_ends_with_the_time(either) -> None:
    result = script(either, "yes", output_limit_bytes=1024, timeout_s=1)
    assert (result["timed_out"], result["truncated"]) == (True, True)
    assert len(output(either, result)) == 1024


def test_cancelled_it_ends_at_once(either, tmp_path) -> None:
    program = own_program(tmp_path)
    either.cancelled = lambda: bool(users_of(program))
    with pytest.raises(ActionFailed) as caught:
        script(either, f"setsid {program} 60 & {program} 60")
    assert caught.value.code == "cancelled"
    assert users_of(program) == []
    assert not sealed_zip.leftover(either).exists()


def test_killed_by_its_own_hand(either) -> None:
    result = script(either, "kill -9 $$")
    assert (result["exit_code"], result["signal"], result["timed_out"]) == (None, signal.SIGKILL, False)


SENSOR = """
import hashlib, sys
from pathlib import Path
from hinomi.sensor.actions import BY_NAME
from tests.make_endpoint import Bench
text = sys.argv[3]
BY_NAME["run_script"].run(Bench(Path(sys.argv[1]), (), sys.argv[2]), {"kind": "bash", "text": text,
    "text_sha256": hashlib.sha256(text.encode()).hexdigest(), "timeout_s": 60})
"""


@needs_root
@pytest.mark.parametrize("whom", ["sensor", "sensor and guard"])
def test_when_the_sensor_is_killed_the_script_ends(bench, tmp_path, whom) -> None:
    """The guard does it by itself; when it was killed too, the next start does, by the cgroup."""
    program = own_program(tmp_path)
    words = [sys.executable, "-c", SENSOR, tmp_path, bench.command_id, f"setsid {program} 60 & {program} 60"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        with subprocess.Popen([str(word) for word in words], env=environment, cwd=ROOT) as sensor:
            while len(users_of(program)) < 2:
                assert sensor.poll() is None
            bounded = process_bound.left_behind(bench.command_id) is not None
            if whom != "sensor":
                for pid in guards_of(sensor.pid):
                    os.kill(pid, signal.SIGKILL)
            sensor.kill()
        if whom == "sensor":
            while users_of(program):
                pass
        assert BY_NAME["run_script"].after_crash(bench, {}) is None
        if whom != "sensor" and not bounded:
            pytest.skip("without a cgroup, what left its session outlives a killed guard (docs/reference/actions.md)")
        assert users_of(program) == []
        assert process_bound.left_behind(bench.command_id) is None
        assert not sealed_zip.leftover(bench).exists()
    finally:
        for pid in users_of(program):
            os.kill(pid, signal.SIGKILL)


def guards_of(pid: int) -> list[int]:
    return [each for each in running_process.pids() if (found := running_process.read(each)) and found.parent == pid]
