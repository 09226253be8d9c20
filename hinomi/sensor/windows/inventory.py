"""HostFacts of a Windows host, from what Python and psutil know of it; installed software is not listed yet."""

import os
import platform
import socket
import time
from pathlib import Path

import psutil

from hinomi.sensor.inventory import interfaces, last_user, version_of
from hinomi.sensor.windows import isolation
from hinomi.wire.inventory import HostFacts


def host_facts(state: Path) -> HostFacts:
    """`state`: the sensor's folder of what actions left behind."""
    release, version, *_ = platform.win32_ver()
    edition = str(getattr(platform, "win32_edition", lambda: "")() or "")
    standing = isolation.load(state)
    users = sorted({str(each.name) for each in psutil.users()})
    return HostFacts(
        name=socket.gethostname()[:255],
        type="server" if "server" in f"{release} {edition}".lower() else "desktop",
        os_name=f"Windows {release} {edition}".strip()[:128],
        os_version=version[:128],
        os_platform="windows",
        kernel=platform.version()[:128],
        architecture=platform.machine()[:32],
        cpus=os.cpu_count() or 0,
        memory_bytes=psutil.virtual_memory().total,
        boot_ms=int(psutil.boot_time() * 1000),
        timezone=time.tzname[0][:64],
        interfaces=tuple(interfaces()),
        users=tuple(each[:256] for each in users[:1000]),
        last_user=last_user()[:256],
        isolation="on" if standing is not None and not standing.restoring else "off",
        block_version=version_of(state / "block_list.json"),
    )
