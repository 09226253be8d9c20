"""run_script: a script with the rights of the sensor; its output, stdout and stderr as they came, in an AES zip.

Bounded: time, bytes of output that are kept, and, where the kernel has the cgroup controller `pids`, processes at once. When
the script itself ends, what it left running ends too; what should stay is started through the service manager.
"""

import hashlib
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from hinomi.sensor import process_bound, sealed_zip
from hinomi.sensor.action import ActionFailed, EndpointAction, Work
from hinomi.sensor.process_bound import ProcessBound

MAX_PROCESSES = 256
MAX_TIMEOUT_S = 3600
MAX_OUTPUT_BYTES = 256 << 20
TAIL_BYTES = 4096
CHUNK = 64 << 10
LOOK_S = 0.25  # at the clock, and whether it was cancelled
END_WAIT_S = 30.0
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
KINDS = {"bash": ("bash", (), ".sh"), "powershell": ("pwsh", ("-NoProfile", "-NonInteractive", "-File"), ".ps1")}


class _Output:
    """All that is read counts; the first `limit` bytes are kept, and the last few for the summary."""

    def __init__(self, out: sealed_zip.Writer, limit: int) -> None:
        self._out, self._limit, self.seen, self.tail = out, limit, 0, b""

    def take(self, data: bytes) -> None:
        if keep := data[: max(0, self._limit - self.seen)]:
            self._out.write(keep)
            self.tail = (self.tail + keep)[-TAIL_BYTES:]
        self.seen += len(data)

    @property
    def is_truncated(self) -> bool:
        return self.seen > self._limit


def run(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    text, kind = str(parameters["text"]).encode(), str(parameters.get("kind") or "bash")
    if hashlib.sha256(text).hexdigest() != parameters["text_sha256"]:
        raise ActionFailed(
            "refused", "The text is not the one that was signed.", "スクリプトの内容が署名時のものと一致しません。"
        )
    limit = min(int(parameters.get("output_limit_bytes") or MAX_OUTPUT_BYTES), MAX_OUTPUT_BYTES)
    timeout_s = min(float(parameters.get("timeout_s") or MAX_TIMEOUT_S), MAX_TIMEOUT_S)
    with _written(work, text, kind) as words, sealed_zip.outgoing(work, limit) as box:
        began = time.monotonic()
        with box.add("output.txt") as out:
            output = _Output(out, limit)
            told = _carry(work, [*words, *map(str, parameters.get("arguments") or [])], output, began + timeout_s)
        seconds = round(time.monotonic() - began, 3)
        if told["cancelled"]:
            raise ActionFailed(
                "cancelled",
                "It was cancelled; the script and all it had started were ended.",
                "取り消されました。スクリプトと、起動されたプロセスを終了しました。",
            )
        return {**_ended(told), "seconds": seconds, **_summary(output), **box.send(work, f"{work.command_id}.zip")}


def _ended(told: Mapping[str, Any]) -> dict[str, Any]:
    status = int(told["status"])
    signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    return {
        "exit_code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "signal": signal,
        "timed_out": told["timed_out"],
        "left": told["left"],
        "processes": told["bound"],  # at most so many at once; 0: this host cannot bound them
        "forks_refused": told["refused"],
    }


def _summary(output: _Output) -> dict[str, Any]:
    tail = output.tail.decode(errors="replace")
    return {"output_bytes": output.seen, "truncated": output.is_truncated, "tail": tail}


def _interpreter(kind: str) -> tuple[list[str], str]:
    if kind not in KINDS:
        raise ActionFailed("unsupported", f"Unknown kind: {kind}.", f"不明な種類です: {kind}。")
    name, options, ending = KINDS[kind]
    found = shutil.which(name, path=PATH)
    if found is None:
        raise ActionFailed("unsupported", f"{name} is not installed there.", f"{name} がインストールされていません。")
    return [found, *options], ending


@contextmanager
def _written(work: Work, text: bytes, kind: str) -> Iterator[list[str]]:
    words, ending = _interpreter(kind)
    path = _path(work, ending)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o700)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text)
        yield [*words, str(path)]
    finally:
        path.unlink(missing_ok=True)


def _path(work: Work, ending: str) -> Path:
    return work.folder / "scripts" / f"{work.command_id}{ending}"


def _carry(work: Work, words: list[str], output: _Output, until: float) -> dict[str, Any]:
    bound = process_bound.make(work.command_id, MAX_PROCESSES)
    reading, writing = os.pipe()
    try:
        with _guard(writing, bound, words) as guard:
            os.close(writing)
            why = _read(work, reading, guard, output, until)
            told = _end(guard)
        _drain(reading, output)
    finally:
        os.close(reading)
        if bound is not None:  # the guard itself was killed
            bound.kill()
            bound.remove()
    kept = MAX_PROCESSES if bound is not None else 0
    return {**told, "bound": kept, "timed_out": why == "timeout", "cancelled": why == "cancelled"}


@contextmanager
def _guard(output: int, bound: ProcessBound | None, words: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    folder = str(bound.folder) if bound is not None else ""
    environment = {"PATH": PATH, "LANG": "C.UTF-8", "HOME": str(Path.home()), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-P", "-m", "hinomi.sensor.script_guard", str(output), folder, *words]
    with subprocess.Popen(  # noqa: S603  (our own guard; the script itself was signed)
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(output,), cwd="/", env=environment,
        start_new_session=True,
    ) as guard:  # fmt: skip
        try:
            yield guard
        finally:
            guard.kill()


def _read(work: Work, reading: int, guard: subprocess.Popen[bytes], output: _Output, until: float) -> str:
    """Until the guard ended the script or has to: "", "timeout" or "cancelled"."""
    watched = [reading, _pipes(guard)[1].fileno()]
    while (left := until - time.monotonic()) > 0:
        if work.is_cancelled():
            return "cancelled"
        ready = select.select(watched, [], [], min(left, LOOK_S))[0]
        if reading in ready:
            data = os.read(reading, CHUNK)
            output.take(data)
            if not data:  # nobody can write any more
                watched.remove(reading)
        elif ready:
            return ""
        work.progress(f"{output.seen} bytes of output")
    return "timeout"


def _pipes(guard: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if guard.stdin is None or guard.stdout is None:
        raise RuntimeError("the guard was started without its pipes")
    return guard.stdin, guard.stdout


def _end(guard: subprocess.Popen[bytes]) -> dict[str, Any]:
    """The lifeline closes; what the guard then tells."""
    lifeline, tells = _pipes(guard)
    lifeline.close()
    if select.select([tells], [], [], END_WAIT_S)[0]:
        found = tells.read()
        if found:
            guard.wait(END_WAIT_S)
            return dict(json.loads(found))
    return {"status": 9, "left": -1, "refused": 0}  # the guard was killed: nobody knows what is left


def _drain(reading: int, output: _Output) -> None:
    """What is in the pipe still. Nobody waits for a writer that outlived even SIGKILL."""
    os.set_blocking(reading, False)
    while output.seen < MAX_OUTPUT_BYTES:
        try:
            data = os.read(reading, CHUNK)
        except BlockingIOError:
            return
        if not data:
            return
        output.take(data)


def needs() -> str | None:
    return None if shutil.which("bash", path=PATH) else "bash is not installed"


def after_crash(work: Work, _parameters: Mapping[str, Any]) -> None:
    """What became of it cannot be known; what may still run of it is ended. The guard did the same when its lifeline closed."""
    bound = process_bound.left_behind(work.command_id)
    if bound is not None:
        bound.kill()
        bound.remove()
    for _, _, ending in KINDS.values():
        _path(work, ending).unlink(missing_ok=True)
    sealed_zip.sweep(work)


ACTION = EndpointAction("run_script", run, needs, after_crash)
