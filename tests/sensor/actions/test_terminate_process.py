"""terminate_process, look_at_process and dump_process_memory on processes that the test started."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pyzipper

from hinomi.sensor import process_memory, running_process, state_file
from hinomi.sensor.action import ActionFailed
from hinomi.sensor.actions import BY_NAME, terminate_process
from tests.make_endpoint import Bench, needs_root
from tests.make_process import own_program, running, started_ms


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


def test_the_one_process_and_no_other(bench, tmp_path) -> None:
    program = own_program(tmp_path)
    with running([program, 60]) as first, running([program, 60]) as second:
        identity = {"pid": first.pid, "started_ms": started_ms(first.pid)}
        assert act(bench, "look_at_process", **identity)["count"] == 1
        result = act(bench, "terminate_process", **identity, name="sleep")
        assert first.wait() == -signal.SIGKILL
        assert second.poll() is None
        assert act(bench, "look_at_process", **identity)["running"] == []
    sha256 = hashlib.sha256(program.read_bytes()).hexdigest()
    assert [(each["pid"], each["sha256"]) for each in result["killed"]] == [(first.pid, sha256)]
    assert result["survived"] == []


def test_a_number_that_was_given_again_is_refused(bench, tmp_path) -> None:
    with running([own_program(tmp_path), 60]) as process:
        wrong = {"pid": process.pid, "started_ms": started_ms(process.pid) - 60_000}
        assert refusal(bench, "terminate_process", **wrong) == "changed"
        assert refusal(bench, "dump_process_memory", **wrong) == "changed"
        assert act(bench, "look_at_process", **wrong)["running"] == []
        assert process.poll() is None
    gone = {"pid": process.pid, "started_ms": 0}
    assert refusal(bench, "terminate_process", **gone) == "not_found"
    assert refusal(bench, "dump_process_memory", **gone) == "not_found"


def test_another_that_took_the_number_between_look_and_kill_lives(bench, tmp_path) -> None:
    """The last step alone: the identity is that of an earlier process with this number."""
    with running([own_program(tmp_path), 60]) as process:
        terminate_process._kill([{"pid": process.pid, "started_ms": started_ms(process.pid) - 5000}])
        assert process.poll() is None


@pytest.mark.parametrize("by", ["sha1", "sha256", "path"])
def test_all_that_run_a_file_also_when_it_was_deleted(bench, tmp_path, by) -> None:
    program = own_program(tmp_path)
    data = program.read_bytes()
    wish = {
        "sha1": hashlib.sha1(data).hexdigest(), "sha256": hashlib.sha256(data).hexdigest().upper(), "path": str(program),
    }[by]  # fmt: skip
    with (
        running([program, 60]) as first,
        running([program, 60]) as second,
        running([own_program(tmp_path), 60]) as other,
    ):
        program.unlink()
        result = act(bench, "terminate_process", **{by: wish})
        assert {each["pid"] for each in result["killed"]} == {first.pid, second.pid}
        assert all(each["deleted"] for each in result["killed"])
        assert (first.wait(), second.wait()) == (-9, -9)
        assert other.poll() is None
        assert refusal(bench, "terminate_process", **{by: wish}) == "not_found"


# at most 20 in all: each waits for the end of the one before it (a pipe that closes), makes the next and takes its place
RISES = """
import os, sys
program, left = sys.argv[1], 20
while left:
    left -= 1
    mine, end = os.pipe()
    if os.fork() == 0:
        os.close(end); os.read(mine, 1); os.close(mine)
        continue
    os.close(mine)
    os.set_inheritable(end, True)
    os.execv(program, [program, "60"])
"""


def test_one_that_comes_back_is_ended_again_and_what_is_left_is_said(bench, tmp_path) -> None:
    program = own_program(tmp_path)
    keeper = subprocess.Popen([sys.executable, "-c", RISES, program], start_new_session=True)
    try:
        while not act(bench, "look_at_process", path=str(program))["running"]:
            pass
        result = act(bench, "terminate_process", path=str(program))
        assert len(result["killed"]) >= 1
        for each in result["killed"]:
            assert each["path"] == str(program)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(keeper.pid, signal.SIGKILL)
        keeper.wait()
        for _ in range(20):
            with suppress(ActionFailed):
                act(bench, "terminate_process", path=str(program))


def test_never_the_system_the_kernel_or_the_sensor(bench) -> None:
    assert refusal(bench, "terminate_process", pid=1, started_ms=started_ms(1)) == "refused"
    me = {"pid": os.getpid(), "started_ms": started_ms(os.getpid())}
    assert refusal(bench, "terminate_process", **me) == "refused"
    assert refusal(bench, "dump_process_memory", **me) == "refused"
    kernel = next(
        (pid for pid in running_process.pids() if (found := running_process.read(pid)) and found.is_kernel), 0
    )
    if kernel:
        assert refusal(bench, "terminate_process", pid=kernel, started_ms=started_ms(kernel)) == "refused"
        assert refusal(bench, "dump_process_memory", pid=kernel, started_ms=started_ms(kernel)) == "refused"


def test_the_sensor_itself_is_spared_also_by_path(bench, tmp_path, monkeypatch) -> None:
    program = own_program(tmp_path)
    with running([program, 60]) as process:
        monkeypatch.setattr(running_process.os, "getpid", lambda: process.pid)
        assert refusal(bench, "terminate_process", path=str(program)) == "refused"
        monkeypatch.undo()
        assert process.poll() is None


def test_a_zombie_is_not_running(bench, tmp_path) -> None:
    with running([own_program(tmp_path), 60]) as process:
        begun = started_ms(process.pid)
        process.send_signal(signal.SIGKILL)
        while (found := running_process.read(process.pid)) and not found.is_dead:
            pass
        assert act(bench, "look_at_process", pid=process.pid, started_ms=begun)["running"] == []
        assert refusal(bench, "terminate_process", pid=process.pid, started_ms=begun) == "not_found"


def test_killed_before_it_could_tell_the_wish_is_looked_at_again(bench, tmp_path) -> None:
    after = BY_NAME["terminate_process"].after_crash
    assert after(bench, {}) is None
    with running([own_program(tmp_path), 60]) as process:
        asked = {"asked": [{"pid": process.pid, "started_ms": started_ms(process.pid)}]}
        state_file.write(terminate_process._intent(bench), asked)
        assert after(bench, {}) is None  # it still runs: nobody can say that it was ended
        state_file.write(terminate_process._intent(bench), asked)
    told = after(bench, {})
    assert told is not None
    assert told["killed"] == asked["asked"]
    assert not terminate_process._intent(bench).exists()


HOLDS = "import sys; kept = (b'needle-' + sys.argv[1].encode()) * 1000; print('ready', flush=True); input()"


@needs_root
def test_the_memory_of_a_process_arrives_and_it_goes_on(bench, tmp_path) -> None:
    secret = os.urandom(8).hex()
    with subprocess.Popen([sys.executable, "-c", HOLDS, secret], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as held:
        assert held.stdout is not None
        held.stdout.readline()
        result = act(bench, "dump_process_memory", pid=held.pid, started_ms=started_ms(held.pid))
        assert held.poll() is None
        held.kill()
    with pyzipper.AESZipFile(bench.server / f"{bench.command_id}.zip") as box:
        box.setpassword(result["password"].encode())
        memory, listed = box.read("memory.bin"), json.loads(box.read("regions.json"))
    assert (len(memory), hashlib.sha256(memory).hexdigest()) == (result["size_bytes"], result["sha256"])
    assert f"needle-{secret}".encode() * 2 in memory
    assert {"[heap]", "[stack]"} <= {each["file"] for each in listed}
    assert not any(each["file"].startswith("[vvar") for each in listed)
    assert result["truncated"] is False
    program = next(each for each in listed if each["file"] == str(Path(sys.executable).resolve()))
    assert memory[program["at"] :].startswith(b"\x7fELF")


@needs_root
def test_a_dump_is_bounded(bench, tmp_path) -> None:
    with running([own_program(tmp_path), 60]) as process:
        result = act(
            bench, "dump_process_memory", pid=process.pid, started_ms=started_ms(process.pid), max_bytes=100_000
        )
    assert (result["size_bytes"], result["truncated"]) == (100_000, True)


@needs_root
def test_a_process_that_ends_meanwhile_gives_what_could_be_read(bench, tmp_path) -> None:
    with running([own_program(tmp_path), 60]) as process:

        def end() -> bool:
            process.kill()
            process.wait()
            return False

        bench.cancelled = end
        result = act(bench, "dump_process_memory", pid=process.pid, started_ms=started_ms(process.pid))
    assert result["size_bytes"] > 0
    assert result["unreadable"] > 0


def test_regions_that_answer_with_side_effects_are_left_out() -> None:
    names = [each.file for each in process_memory.regions(os.getpid())]
    assert names
    assert not any(name.startswith(("[vvar", "[vsyscall", "/dev/")) for name in names)
