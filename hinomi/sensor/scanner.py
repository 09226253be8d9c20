"""Asks the process that scans, and starts another when it crashed or hangs.

with Scanner(yara, hashes) as scanner:
    scanner.file("/tmp/a") -> Scanned
"""

import json
import os
import select
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from hinomi.sensor.action import ActionFailed
from hinomi.wire.pattern_set import HashPattern

FILE_S = 60
SLACK_S = 60.0  # hashing 2 GB of a slow disk
START_S = 60.0  # compiling 32 MB of rules
MAX_LINE = 4 << 20
MAX_RESTARTS = 20


@dataclass(frozen=True, slots=True)
class Scanned:
    """`found`: (hash | yara, name, offsets). `trouble`: why it was not, or only partly, looked at; "" otherwise."""

    found: tuple[tuple[str, str, tuple[int, ...]], ...] = ()
    sha1: str = ""
    sha256: str = ""
    size_bytes: int = 0
    trouble: str = ""
    is_error: bool = False


class Scanner:
    """ActionFailed `bad_rules` when the rules cannot be compiled, `internal` when scanning crashes again and again."""

    def __init__(self, yara: str, hashes: Sequence[HashPattern] = (), file_s: int = FILE_S) -> None:
        listed = [[each.type, each.value, each.name] for each in hashes]
        self._begin = {"yara": yara, "hashes": listed, "file_s": file_s}
        self._file_s, self.restarts = file_s, 0
        self._child = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def file(self, path: str, follow: bool = False) -> Scanned:
        return self._ask({"path": path, "follow": follow})

    def process(self, pid: int) -> Scanned:
        return self._ask({"pid": pid})

    def _ask(self, asked: dict[str, Any]) -> Scanned:
        told = self._exchange(asked, self._file_s + SLACK_S)
        if told is None:
            self._stop()
            self.restarts += 1
            if self.restarts > MAX_RESTARTS:
                raise ActionFailed(
                    "internal", "Scanning crashes again and again.", "検索処理が繰り返し異常終了しました。"
                )
            self._child = self._start()
            return Scanned(trouble="the scan of it crashed or hung", is_error=True)
        if "found" not in told:
            return Scanned(trouble=str(told.get("skipped") or told.get("error")), is_error="error" in told)
        found = tuple((each[0], each[1], tuple(each[2:][0] if each[2:] else ())) for each in told["found"])
        return Scanned(found, told["sha1"], told["sha256"], told["size"], told.get("partly", ""))

    def _exchange(self, asked: dict[str, Any], seconds: float) -> dict[str, Any] | None:
        """None when nothing came back."""
        line = json.dumps(asked).encode("ascii") + b"\n"
        try:
            _write(self._child.stdin, line, seconds)
            return _read(self._child.stdout, seconds)
        except OSError:
            return None

    def _start(self) -> "subprocess.Popen[bytes]":
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": os.pathsep.join(sys.path)}
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "hinomi.sensor.scan_child"], bufsize=0, cwd="/", env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        told = self._exchange(self._begin, START_S)
        if told is not None and told.get("ready"):
            return self._child
        self._stop()
        if told is not None and "bad_rules" in told:
            raise ActionFailed(
                "bad_rules", f"The rules do not compile: {told['bad_rules']}",
                f"ルールをコンパイルできません: {told['bad_rules']}",
            )  # fmt: skip
        raise ActionFailed("internal", "The process that scans did not start.", "検索プロセスを開始できませんでした。")

    def _stop(self) -> None:
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()


def _write(pipe: Any, data: bytes, seconds: float) -> None:
    """A child that reads no further must not stop us."""
    os.set_blocking(pipe.fileno(), False)
    while data:
        if not select.select([], [pipe], [], seconds)[1]:
            raise TimeoutError
        data = data[os.write(pipe.fileno(), data[: 1 << 16]) :]


def _read(pipe: Any, seconds: float) -> dict[str, Any] | None:
    found = b""
    while not found.endswith(b"\n"):
        if not select.select([pipe], [], [], seconds)[0]:
            return None
        more = os.read(pipe.fileno(), 1 << 16)
        if not more or len(found) > MAX_LINE:
            return None
        found += more
    told = json.loads(found)
    return told if isinstance(told, dict) else None
