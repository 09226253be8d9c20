"""A running Hinomi for stories: the real commands, in processes of their own, on free ports."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

HINOMI = [sys.executable, "-m", "hinomi"]


def run(*words: object, data: Path | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
    """One command of the command line, to its end."""
    line = [*HINOMI, *map(str, words), *(["--data", str(data)] if data else [])]
    done = subprocess.run(line, capture_output=True, text=True, timeout=300, check=False)
    if check and done.returncode:
        raise AssertionError(f"{' '.join(line)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done


def run_json(*words: object, data: Path | None = None) -> Any:
    return json.loads(run(*words, "--json", data=data).stdout)


class Server:
    """`hinomi serve` on a data folder; ready when the constructor returns."""

    def __init__(self, data: Path) -> None:
        self._process = subprocess.Popen(
            [*HINOMI, "serve", "--data", str(data), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith("Hinomi is ready: "):
            _, error = self._process.communicate(timeout=30)
            raise AssertionError(f"the server did not start: {line!r} {error}")
        self.url = line.removeprefix("Hinomi is ready: ").split()[0]

    def kill(self) -> None:
        """kill -9 of the server alone; what it started must end by itself."""
        self._process.kill()
        self._process.wait()
        self._close()

    def stop(self) -> int:
        """SIGTERM, and wait for the clean end; the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(timeout=60)
        self._close()
        return code

    def _close(self) -> None:
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder, made by `hinomi init`."""
    folder = tmp_path / "data"
    run("init", data=folder)
    return folder


@pytest.fixture
def server(data: Path) -> Iterator[Server]:
    running = Server(data)
    yield running
    if running.is_running:
        assert running.stop() == 0
