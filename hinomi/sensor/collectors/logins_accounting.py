"""Logins from the C library's accounting files: wtmp (sessions) and btmp (refused ones). The last resort: few programs write them."""

from pathlib import Path

from hinomi.sensor.collectors.login_files import LoginFiles
from hinomi.sensor.telemetry import accounting
from hinomi.sensor.telemetry.accounting import Sessions


class LoginsAccounting(LoginFiles):
    name = "logins_accounting"
    note = "not every program writes wtmp and btmp: su and sudo are not told, failures not everywhere"

    def __init__(self, folder: str = "/var/log") -> None:
        super().__init__((f"{folder}/wtmp", f"{folder}/btmp"))
        self._sessions = Sessions()

    def probe(self) -> str | None:
        wtmp = self._paths[0]
        return None if Path(wtmp).is_file() else f"{wtmp} is not there"

    def _look(self) -> None:
        for file, meaning in zip(self._files, (self._sessions.of_wtmp, accounting.of_btmp), strict=False):
            for record in file.records(accounting.SIZE):
                said = meaning(record)
                if said is not None:
                    self._tell(said)
