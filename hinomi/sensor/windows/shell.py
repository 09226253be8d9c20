"""The host itself: commands are run as processes of the sensor, without a window and without a command shell.

What a command writes is read as it comes, so that it never waits for us; the first `MOST_BYTES` of each stream are kept, the rest
is counted.
"""

import subprocess
from io import BufferedReader
from threading import Thread
from typing import IO

from hinomi.sensor.action import ActionFailed
from hinomi.sensor.windows.command import Command
from hinomi.sensor.windows.plan import Answer

MOST_BYTES = 16 << 20
LINGER_S = 5.0  # for what a command started and left behind, which may hold its output open
_CHUNK = 64 << 10
_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # only Windows has it


class _Stream(Thread):
    """Reads to the end, in a thread of its own: Windows cannot wait for several pipes at once."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        super().__init__(name="command-output", daemon=True)
        assert isinstance(pipe, BufferedReader)  # noqa: S101  (the process was started with pipes)
        self._pipe, self.kept, self.lost = pipe, bytearray(), 0
        self.start()

    def run(self) -> None:
        with self._pipe:
            while chunk := self._pipe.read1(_CHUNK):
                room = MOST_BYTES - len(self.kept)
                self.kept += chunk[:room]
                self.lost += max(0, len(chunk) - room)

    def text(self) -> str:
        return bytes(self.kept).decode("utf-8", "replace")


class HostShell:
    def run(self, command: Command) -> Answer:
        process = _started(command)
        streams = [_Stream(process.stdout), _Stream(process.stderr)]
        try:
            code = process.wait(command.timeout_s)
        except subprocess.TimeoutExpired:
            raise ActionFailed(
                "timeout", f"{command.argv[0]} did not end.", f"{command.argv[0]} が終了しません。"
            ) from None
        finally:
            process.kill()  # does nothing to one that has ended
            process.wait()
            for stream in streams:
                stream.join(LINGER_S)
        output, complaint = streams
        return Answer(code, output.text().lstrip("\ufeff"), complaint.text(), output.lost + complaint.lost)


def _started(command: Command) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603  (a program of the system by its whole path, no shell between)
            command.argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            creationflags=_NO_WINDOW,
        )  # fmt: skip
    except OSError as error:
        raise ActionFailed(
            "unsupported",
            f"{command.argv[0]} cannot be run: {error}",
            f"{command.argv[0]} を実行できません: {error}",
        ) from None
