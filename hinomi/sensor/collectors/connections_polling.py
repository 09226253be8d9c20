"""TCP connections and listening ports by looking through the socket tables every second, where the audit is not to be had.

A connection that begins and ends between two looks is never seen; one that others closed at once neither. UDP is not told.
"""

import os
from typing import Any

from hinomi.sensor.collectors import Emit
from hinomi.sensor.telemetry import proc
from hinomi.sensor.telemetry.processes import ProcessTable, the_table
from hinomi.sensor.telemetry.rounds import Rounds
from hinomi.sensor.telemetry.socket_owner import holders
from hinomi.sensor.telemetry.socket_table import TcpSocket, read_sockets
from hinomi.wire.policy import SensorPolicy

_LOOK_S = 1.0


class ConnectionsPolling:
    name = "connections_polling"
    kinds: tuple[str, ...] = ("network",)

    def __init__(self, table: ProcessTable | None = None) -> None:
        self._table = table or the_table()
        self._known: frozenset[TcpSocket] = frozenset()
        self._rounds = Rounds("connections", self._look, _LOOK_S)
        self._seen = 0

    def probe(self) -> str | None:
        return None if os.access("/proc/net/tcp", os.R_OK) else "/proc/net/tcp cannot be read"

    def start(self, emit: Emit, policy: SensorPolicy) -> None:
        del policy  # what it leaves out is left out behind us
        self._emit = emit
        self._known = frozenset(read_sockets())
        self._rounds.start()

    def apply(self, policy: SensorPolicy) -> None:
        """Nothing of it is set in the system."""

    def stop(self) -> None:
        self._rounds.stop()

    def health(self) -> dict[str, Any]:
        note = "connections that last for less than a second are mostly missed; UDP is not seen"
        return {"seen": self._seen, "lost": 0, "trouble": self._rounds.trouble, "note": note}

    def _look(self) -> None:
        now = frozenset(read_sockets())
        new, self._known = now - self._known, now
        if not new:
            return
        listening = {one.spt for one in now if one.is_listening}
        if any(not one.is_listening and one.spt not in listening for one in new):
            # The tables are not read in one moment: who began to listen meanwhile is behind the part that tells it.
            listening |= {one.spt for one in read_sockets() if one.is_listening}
        owners = holders({one.inode for one in new}, proc.processes())
        for one in sorted(new, key=_order):
            self._tell(one, owners.get(one.inode), is_inbound=one.spt in listening)

    def _tell(self, one: TcpSocket, pid: int | None, *, is_inbound: bool) -> None:
        if pid == os.getpid():
            return
        actor = self._table.of(pid)
        data: dict[str, Any] = actor.as_actor() if actor is not None else ({"pid": pid} if pid else {})
        data |= {"proto": "tcp", "src": one.src, "spt": one.spt}
        self._seen += 1
        if one.is_listening:
            self._emit("listen", data)
            return
        if is_inbound:  # who began it is the source
            data |= {"src": one.dst, "spt": one.dpt, "dst": one.src, "dpt": one.spt, "direction": "inbound"}
        else:
            data |= {"dst": one.dst, "dpt": one.dpt, "direction": "outbound"}
        self._emit("connection", data)


def _order(one: TcpSocket) -> tuple[bool, int, str, int]:
    return (not one.is_listening, one.spt, one.dst, one.dpt)
