"""A real pty, a real shell: what it says, how it ends, and that nothing of it is left."""

import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hinomi.sensor.shell_session import CHUNK_BYTES, START_WAIT_S, WINDOW_BYTES
from tests.make_shell import Far

ROOT = Path(__file__).resolve().parents[2]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def numbers(far: Far, mark: str, count: int = 1) -> list[int]:
    """The first pids that the shell printed as `<mark>=PID.`"""
    pattern = re.compile(rf"{mark}=(\d+)\.".encode())
    far.wait(lambda: len(pattern.findall(far.output)) >= count)
    return [int(found) for found in pattern.findall(far.output)]


def test_what_is_typed_and_printed_keeps_every_character() -> None:
    with Far() as far:
        far.start().type("printf '%s\\n' '火の見 — ☃ é' | tee /dev/stderr | wc -m\n")
        far.until("火の見 — ☃ é\r\n".encode())
        far.until(b"10\r\n")


def test_bytes_that_are_no_text_come_as_they_are() -> None:
    with Far() as far:
        far.start().type("printf 'x\\377\\376y'; echo\n")
        far.until(b"x\xff\xfey")


def test_the_size_follows_the_window() -> None:
    with Far() as far:
        far.start(rows=30, columns=100).type("stty size\n")
        far.until(b"30 100\r\n")
        far.say("resize", rows=50, columns=132)
        far.type("stty size\n")
        far.until(b"50 132\r\n")
        far.say("resize", rows=-1, columns=1 << 30)
        far.type("stty size\n")
        far.until(b"2 1000\r\n")


def test_control_characters_reach_the_program() -> None:
    with Far() as far:
        # The program itself says that it runs: what the shell echoes comes before there is anything to stop.
        far.start().type("sh -c 'echo \"run\"ning; exec sleep 1000'; echo st''opped=$?\n")
        far.until(b"running")
        far.type("\x03")
        far.wait(lambda: far.output.endswith(b"> "))
        far.type("echo after=$?.\n")
        far.until(b"after=130.")


def test_a_flood_waits_for_credit_and_can_be_ended() -> None:
    far = Far(gives_credit=False)
    with far:
        far.start().type("yes\n")
        far.wait(lambda: len(far.output) >= WINDOW_BYTES)
        far.say("more", credit=CHUNK_BYTES)
        far.wait(lambda: len(far.output) >= WINDOW_BYTES + CHUNK_BYTES)
        assert len(far.output) <= WINDOW_BYTES + CHUNK_BYTES
        far.say("end", note="ended")
        assert far.join()["reason"] == "ended"
    assert max(len(piece.data) for piece in far.pieces) <= CHUNK_BYTES


def test_all_of_a_flood_comes_when_there_is_credit() -> None:
    with Far() as far:
        far.start().type("stty -opost; seq 1 200000; exit\n")
        assert far.join()["reason"] == "exit"
    assert far.output.count(b"\n") > 200_000
    assert b"\n199999\n200000\n" in far.output


def test_it_ends_when_nobody_types() -> None:
    with Far(idle_s=60) as far:
        far.start().type("sleep 500 & echo pid=$!.\n")
        (child,) = numbers(far, "pid")
        far.clock.pass_s(59)
        far.type("echo still''here\n")
        far.until(b"stillhere")
        far.clock.pass_s(61)
        assert far.join()["reason"] == "idle"
    assert not is_running(child)


def test_it_ends_at_its_limit_even_while_somebody_types() -> None:
    with Far(idle_s=60, max_s=100) as far:
        far.start()
        for _ in range(2):
            far.clock.pass_s(50)
            far.type("echo on\n")
        assert far.join()["reason"] == "limit"


def test_nothing_starts_before_somebody_looks() -> None:
    with Far() as far:
        far.clock.pass_s(START_WAIT_S + 1)
        assert far.join()["reason"] == "nobody_came"
    assert far.output == b""


def test_the_end_kills_what_ignores_signals_and_what_left_the_session() -> None:
    with Far() as far:
        far.start()
        far.type("(trap '' HUP TERM INT; echo a=$BASHPID.; while :; do sleep 1; done) &\n")
        far.type("setsid -f bash -c 'trap \"\" HUP; echo a=$$.; sleep 1000; true'\n")
        far.type("nohup bash -c '(setsid sleep 900 & echo a=$!.)' | cat\n")
        pids = numbers(far, "a", 3)
        far.say("end", note="ended")
        result = far.join()
    assert (result["reason"], result["left"]) == ("ended", 0)
    assert [pid for pid in pids if is_running(pid)] == []


def test_the_end_outruns_a_program_that_forks() -> None:
    with Far() as far:
        far.start()
        far.type("echo a=$$.; i=0; while [ $i -lt 45 ]; do setsid sleep 100 & i=$((i+1)); done\n")
        numbers(far, "a")
        far.say("end", note="ended")
        assert far.join()["left"] == 0


def test_the_loss_of_the_channel_ends_it() -> None:
    with Far() as far:
        far.start().type("echo pid=$$.\n")
        (shell,) = numbers(far, "pid")
        far.work.shells.lost()
        assert far.join()["reason"] == "channel_lost"
    assert not is_running(shell)


def test_cancelling_the_task_ends_it() -> None:
    with Far() as far:
        far.start()
        far.work.cancelled.set()
        assert far.join()["reason"] == "cancelled"


def test_a_killed_sensor_leaves_no_shell_behind() -> None:
    """The sensor's process is killed with -9 in the middle; its guard sees the lifeline close."""
    program = """
import sys, time
from tests.make_shell import Far
from tests.sensor.test_shell_session import numbers
far = Far()
far.__enter__()
far.start().type("setsid -f bash -c 'trap \\"\\" HUP TERM; echo pid=$$.; sleep 1000; true'; echo pid=$$.\\n")
print(*numbers(far, "pid", 2), flush=True)
time.sleep(1000)
"""
    sensor = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert sensor.stdout is not None
    pids = [int(word) for word in sensor.stdout.readline().split()]
    assert len(pids) == 2
    handles = [os.pidfd_open(pid) for pid in pids]
    sensor.send_signal(signal.SIGKILL)
    sensor.wait()
    sensor.stdout.close()
    for handle in handles:
        ready, _, _ = select.select([handle], [], [], 20)
        os.close(handle)
        assert ready, "a process of the shell outlived the sensor"


@pytest.mark.skipif(os.getuid() != 0, reason="needs root to become another user")
def test_it_runs_with_the_rights_of_its_user_only() -> None:
    with Far(user="nobody", shell="/bin/sh") as far:
        far.start().type("id -u; id -G; cat /etc/shadow; echo left=$HINOMI_SENSOR_KEY.\n")
        far.until(b"65534\r\n")
        far.until(b"Permission denied")
        far.until(b"left=.")
