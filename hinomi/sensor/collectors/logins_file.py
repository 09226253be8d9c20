"""Logins from the log files of syslog (auth.log, secure): what sshd, su, sudo, login and PAM wrote there.

A file does not say who wrote a line: any user of the host can write one in sshd's name. Where there is an audit or a journal these come first.
"""

from collections.abc import Sequence
from pathlib import Path

from hinomi.sensor.collectors.login_files import LoginFiles
from hinomi.sensor.telemetry import logins

PATHS = ("/var/log/auth.log", "/var/log/secure")


class LoginsFile(LoginFiles):
    name = "logins_file"
    note = "a line in a log file may have been written by any user of the host"

    def __init__(self, paths: Sequence[str] = PATHS) -> None:
        super().__init__(paths)

    def probe(self) -> str | None:
        if not any(Path(path).is_file() for path in self._paths):
            return f"none of these is there: {', '.join(self._paths)}"
        return None

    def _look(self) -> None:
        for file in self._files:
            for line in file.lines():
                found = logins.of_syslog_line(line)
                if found is not None:
                    pid, (kind, data) = found
                    self._tell((kind, data | ({"pid": pid} if pid else {})))
