"""What a person does with the sensor on its own host: enrol, run, status, uninstall. Used by both ways to call it."""

import logging
import shutil
import signal
import socket
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from hinomi.errors import Conflict, NotFound
from hinomi.sensor.agent import Agent
from hinomi.sensor.enrolment import enrol
from hinomi.sensor.folder import SensorFolder
from hinomi.sensor.identity import IdentityKeeper
from hinomi.sensor.memory import Memory
from hinomi.sensor.system import here


def enrol_here(text: str, folder: Path) -> str:
    """The GUID of the new sensor. Conflict, Unauthorised, InputError, Unavailable as in `enrolment.enrol`."""
    return enrol(text, SensorFolder(folder), socket.gethostname()).guid


def run_here(folder: Path) -> int:
    """Until SIGTERM or SIGINT, or for an update until the starter takes this process over. Conflict when one runs already."""
    memory = Memory()
    memory.share()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("websockets").setLevel(logging.WARNING)
    ended, leaving = threading.Event(), threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    def leave() -> None:
        leaving.set()
        ended.set()

    with SensorFolder(folder).hold():
        agent = Agent(folder)
        agent.on_exit = leave
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        agent.start()
        memory.settle()
        try:
            ended.wait()
        finally:
            agent.stop("updating" if leaving.is_set() else "stopping")
    if leaving.is_set():
        agent.updater.restart()
    return 0


def status_here(folder: Path) -> dict[str, Any]:
    """What the running sensor wrote last, with its identity; `running` false when none holds the folder. NotFound."""
    kept = SensorFolder(folder)
    identity = IdentityKeeper(kept).load()
    found = kept.read_json("status.json")
    told: dict[str, Any] = found if isinstance(found, dict) else {}
    return {"guid": identity.guid, "server": identity.url, **told, "running": kept.is_held}


def uninstall_here(folder: Path, lift_isolation: bool) -> list[str]:
    """Take the sensor's folder away; what remains, in words. Conflict while it runs; NotFound.

    An isolation is lifted only when asked for: who takes the sensor away must not free a suspect host by accident.
    """
    if not folder.is_dir():
        raise NotFound(f"{folder} is no folder of a sensor")
    if SensorFolder(folder).is_held:
        raise Conflict("the sensor is running; stop it first (systemctl stop hinomi-sensor)")
    remains = ["activities and tasks stay on the server; revoke the endpoint there"]
    state, system = folder / "state", here()
    if system.is_isolated(state):
        if lift_isolation:
            system.restore(state)
        else:
            remains.append(f"this host stays isolated: {system.how_to_lift}, or --lift-isolation")
    shutil.rmtree(folder)
    return remains
