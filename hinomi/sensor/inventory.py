"""HostFacts of this host: what it is, who is on it, what is installed. Read anew each time it is asked; a second at most."""

import json
import platform
import re
import socket
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import psutil

from hinomi.sensor import isolation
from hinomi.wire.inventory import HostFacts, Interface

MOST_USERS, MOST_SOFTWARE, MOST_ADDRESSES = 1000, 15_000, 64
_PEOPLE_FROM = 1000  # uid of the first person (login.defs UID_MIN on the usual distributions)
_NOBODY = 65534
_DPKG = Path("/var/lib/dpkg/status")
_OF_PACKAGE = frozenset({"Package", "Status", "Version"})
_DESKTOPS = (Path("/usr/share/xsessions"), Path("/usr/share/wayland-sessions"))


def host_facts(state: Path) -> HostFacts:
    """`state`: the sensor's folder of what actions left behind (isolation, patterns, block list)."""
    system = _os_release()
    users = list(_people())
    return HostFacts(
        name=socket.gethostname()[:255],
        type="desktop" if any(folder.is_dir() and any(folder.iterdir()) for folder in _DESKTOPS) else "server",
        os_name=system.get("PRETTY_NAME", platform.system())[:128],
        os_version=system.get("VERSION_ID", "")[:128],
        os_platform="linux",
        kernel=platform.release()[:128],
        architecture=platform.machine()[:32],
        cpus=psutil.cpu_count() or 0,
        memory_bytes=psutil.virtual_memory().total,
        boot_ms=int(psutil.boot_time() * 1000),
        timezone=time.tzname[0][:64],
        interfaces=tuple(interfaces()),
        users=tuple(users[:MOST_USERS]),
        last_user=last_user()[:256],
        software=tuple(islice(_software(), MOST_SOFTWARE)),
        isolation=_isolation(state),
        pattern_version=version_of(state / "patterns" / "current.json"),
        block_version=version_of(state / "block_list.json"),
    )


def _os_release() -> dict[str, str]:
    """os-release(5): NAME="value" a line."""
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        try:
            text = Path(path).read_text(errors="replace")
        except OSError:
            continue
        found = re.findall(r'^([A-Z_]+)="?([^"\n]*)"?$', text, re.MULTILINE)
        return dict(found)
    return {}


def interfaces() -> Iterator[Interface]:
    for name, addresses in sorted(psutil.net_if_addrs().items()):
        if name == "lo":
            continue
        ips = [each.address.partition("%")[0] for each in addresses if each.family in (socket.AF_INET, socket.AF_INET6)]
        macs = [each.address for each in addresses if each.family == psutil.AF_LINK]
        # the one by which others reach it first: link-local ones last
        ips.sort(key=lambda ip: (ip.startswith(("fe80:", "169.254.")), ":" in ip))
        yield Interface(name[:64], macs[0][:64] if macs else "", tuple(ips[:MOST_ADDRESSES]))


def _people() -> Iterator[str]:
    """Accounts that people log in to: root, and those from the first person's number on."""
    try:
        lines = Path("/etc/passwd").read_text(errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        parts = line.split(":")
        if len(parts) == 7 and parts[2].isdigit():
            uid = int(parts[2])
            if uid == 0 or (uid >= _PEOPLE_FROM and uid != _NOBODY):
                yield parts[0][:256]


def last_user() -> str:
    sessions = sorted(psutil.users(), key=lambda each: each.started)
    return str(sessions[-1].name) if sessions else ""


def _software() -> Iterator[tuple[str, str]]:
    """Installed packages of dpkg's own list; other package managers: none yet (docs/reference/sensor-telemetry.md)."""
    try:
        with _DPKG.open(errors="replace") as lines:
            for block in _blocks(lines):
                if block.get("Status", "").endswith(" installed"):
                    yield block.get("Package", "")[:256], block.get("Version", "")[:128]
    except OSError:
        return


def _blocks(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """The fields of each package. Line by line: the list is of megabytes, which the sensor would keep as its memory."""
    block: dict[str, str] = {}
    for line in lines:
        if line == "\n":
            yield block
            block = {}
        elif not line.startswith(" "):
            name, _, value = line.rstrip("\n").partition(": ")
            if name in _OF_PACKAGE:
                block[name] = value
    yield block


def _isolation(state: Path) -> str:
    found = isolation.load(state)
    return "on" if found is not None and not found.restoring else "off"


def version_of(path: Path) -> int:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return 0
    version = found.get("version") if isinstance(found, dict) else None
    return version if isinstance(version, int) else 0
