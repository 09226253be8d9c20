"""Processes by the real kernel's own programs, built from their source. It hears the whole machine; asserted is about our children."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hinomi.sensor.collectors.processes_ebpf import ProcessesEbpf
from hinomi.sensor.telemetry import proc
from hinomi.sensor.telemetry.file_hashes import FileState
from hinomi.sensor.telemetry.processes import ProcessTable
from hinomi.wire.policy import SensorPolicy
from tests.sensor.collectors.heard import Heard

BUILDER = Path(__file__).parents[3] / "packaging" / "build_ebpf.py"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ebpf") / "processes.bpf.o"
    done = subprocess.run([sys.executable, BUILDER, path], capture_output=True, text=True, timeout=120, check=True)
    if not path.is_file():
        pytest.skip(done.stdout.strip())
    return path


class Ours(Heard):
    """Only what is about children of this process."""

    def emit(self, kind: str, data: Any) -> None:
        if data.get("ppid") == os.getpid() or "ppid" not in data:
            super().emit(kind, data)


@pytest.fixture
def heard() -> Ours:
    return Ours()


@pytest.fixture
def collector(built: Path, heard: Ours) -> Iterator[ProcessesEbpf]:
    if os.geteuid() != 0 or not Path("/sys/kernel/btf/vmlinux").is_file():
        pytest.skip("needs root and a kernel that describes itself (BTF)")
    made = ProcessesEbpf(built)
    assert made.probe() is None
    made.start(heard.emit, SensorPolicy())
    yield made
    made.stop()


def spawn(program: str, *arguments: str) -> int:
    pid = os.posix_spawn(program, [program, *arguments], {})
    os.waitpid(pid, 0)
    return pid


def test_a_start_tells_everything(collector: ProcessesEbpf, heard: Ours, tmp_path: Path) -> None:
    script = tmp_path / "実行.sh"
    script.write_text("#!/bin/sh\nexit 3\n")
    script.chmod(0o755)
    pid = spawn(str(script), 'with "quotes"', "日本", "", "x" * 6000)
    (data,) = heard.wait("process_start", 1)
    assert data["argv"] == ["/bin/sh", str(script), 'with "quotes"', "日本", "", "x" * 6000]
    assert (data["pid"], data["ppid"], data["cwd"], data["uid"]) == (pid, os.getpid(), str(Path.cwd()), os.geteuid())
    assert data["exe"] == os.path.realpath("/bin/sh")
    assert data["script"] == str(script)
    assert len(data["sha256"]) == 64
    assert "python" in data["parent_cmd"]
    (over,) = heard.wait("process_end", 1)
    assert (over["pid"], over["start"], over["exit_code"]) == (pid, data["start"], 3)


def test_an_identity_is_that_of_proc(collector: ProcessesEbpf, heard: Ours) -> None:
    child = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, cwd="/")
    (data,) = heard.wait("process_start", 1)
    stat = proc.stat(child.pid)
    child.communicate(timeout=30)
    assert stat is not None
    assert (data["start"], data["cwd"]) == (stat.start_ms, "/")


def test_a_program_without_a_file_is_named(collector: ProcessesEbpf, heard: Ours) -> None:
    handle = os.memfd_create("hidden")
    os.write(handle, Path("/bin/true").read_bytes())
    pid = os.posix_spawn(f"/proc/self/fd/{handle}", ["[kworker]"], {})
    os.waitpid(pid, 0)
    os.close(handle)
    (data,) = heard.wait("process_start", 1)
    assert (data["exe"], data["cmd"]) == ("/memfd:hidden", "[kworker]")


def test_a_long_command_line_is_cut_not_lost(collector: ProcessesEbpf, heard: Ours) -> None:
    spawn("/bin/true", *(["y" * 50_000] * 2))
    (data,) = heard.wait("process_start", 1)
    assert data["cmd"].startswith("/bin/true yyyy")
    assert 8000 < len(data["cmd"]) < 8200


def test_a_program_that_changed_has_another_hash(collector: ProcessesEbpf, heard: Ours, tmp_path: Path) -> None:
    program = tmp_path / "program"
    shutil.copy("/bin/true", program)
    wanted = []
    for number in range(1, 5):
        spawn(str(program))
        spawn(str(program))
        wanted += [hashlib.sha256(program.read_bytes()).hexdigest()] * 2
        assert [data["sha256"] for data in heard.wait("process_start", 2 * number)] == wanted
        with program.open("ab") as file:
            file.write(b"more")


def test_the_kernel_tells_the_state_of_a_program_as_stat_does(built: Path, heard: Ours) -> None:
    if os.geteuid() != 0 or not Path("/sys/kernel/btf/vmlinux").is_file():
        pytest.skip("needs root and a kernel that describes itself (BTF)")
    table = ProcessTable()
    made = ProcessesEbpf(built, table)
    made.start(heard.emit, SensorPolicy())
    try:
        spawn("/bin/true")
        heard.wait("process_start", 1)
    finally:
        made.stop()
    told = Path("/bin/true").stat()
    known = [key for key in table.hashes._known if isinstance(key, FileState)]
    assert any(key.is_that_of(told) for key in known)


def test_a_burst_of_short_lives_misses_none(collector: ProcessesEbpf, heard: Ours) -> None:
    _burst(collector, heard, 2000)


@pytest.mark.slow  # 15 s
def test_a_long_burst_misses_none(collector: ProcessesEbpf, heard: Ours) -> None:
    _burst(collector, heard, 10_000)


def _burst(collector: ProcessesEbpf, heard: Ours, count: int) -> None:
    pids = [spawn("/bin/true", str(number)) for number in range(count)]
    starts = heard.wait("process_start", count)
    assert [(data["pid"], data["argv"][1]) for data in starts] == [(pid, str(at)) for at, pid in enumerate(pids)]
    assert {data["exe"] for data in starts} == {os.path.realpath("/bin/true")}
    assert len(heard.wait("process_end", count)) == count
    assert collector.health()["lost"] == 0


def test_without_the_object_it_says_so(tmp_path: Path) -> None:
    assert "without the compiler" in (ProcessesEbpf(tmp_path / "no").probe() or pytest.fail("it would start"))


def test_an_object_that_is_none_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "processes.bpf.o"
    broken.write_bytes(b"\x7fELF" + bytes(100))
    assert "no eBPF here" in (ProcessesEbpf(broken).probe() or pytest.fail("it would start"))
