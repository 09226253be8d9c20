"""What the collectors of logins that read files have in common: which files, followed in rounds, until they are stopped."""

from collections.abc import Sequence
from typing import Any

from hinomi.sensor.collectors import Emit
from hinomi.sensor.telemetry.followed_file import FollowedFile
from hinomi.sensor.telemetry.logins import Said
from hinomi.sensor.telemetry.rounds import Rounds
from hinomi.wire.policy import SensorPolicy

_LOOK_S = 1.0


class LoginFiles:
    """A collector says its `name`, what it cannot see (`note`) and how the files are read (`_look`)."""

    name: str
    note: str
    kinds: tuple[str, ...] = ("login",)

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths
        self._files: list[FollowedFile] = []
        self._rounds = Rounds(self.name, self._look, _LOOK_S)
        self._seen = 0

    def start(self, emit: Emit, policy: SensorPolicy) -> None:
        del policy  # what it leaves out is left out behind us
        self._emit = emit
        self._files = [FollowedFile(path) for path in self._paths]
        self._rounds.start()

    def apply(self, policy: SensorPolicy) -> None:
        """Nothing of it is set in the system."""

    def stop(self) -> None:
        self._rounds.stop()
        for file in self._files:
            file.close()
        self._files = []

    def health(self) -> dict[str, Any]:
        return {"seen": self._seen, "lost": 0, "trouble": self._rounds.trouble, "note": self.note}

    def _look(self) -> None:
        raise NotImplementedError

    def _tell(self, said: Said) -> None:
        self._seen += 1
        self._emit(*said)
