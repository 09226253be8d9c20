"""Builds the sensor's package: dist/hinomi-sensor-VERSION.tar.gz, the same bytes for the same content: `make sensor-package`.

Inside: `lib/` (our sensor and what it needs, copied from the locked environment, nothing is fetched), `bin/sensor`, `package.json`
(version and platform), the starter, the systemd unit and `install.sh`; the eBPF object when build_ebpf.py has built it. It runs on a Python of the same minor version and machine as the one that built it.
"""

import gzip
import io
import platform
import sys
import tarfile
from collections.abc import Iterator, Mapping
from importlib.metadata import PackagePath, distribution
from pathlib import Path
from types import MappingProxyType

from hinomi.wire.update import MANIFEST, PackageInfo, this_platform, write_manifest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("sensor", "wire", "schema")
NEEDED = (
    "cryptography",
    "cffi",
    "pycparser",
    "orjson",
    "zstandard",
    "psutil",
    "websockets",
    "pyzipper",
    "pycryptodomex",
    "yara-x",
)
VERSION = distribution("hinomi").version

RUN = """#!/bin/sh
# Hinomi's sensor with the libraries of this package; PYTHON names another Python of the same version.
here=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)
PYTHONPATH="$here/lib" PYTHONDONTWRITEBYTECODE=1 exec "${PYTHON:-python%s}" -P -m hinomi.sensor "$@"
"""

# No update touches it. The rules are those of hinomi/sensor/installation.py.
STARTER = """#!/bin/sh
# Begins the installed sensor: `current`, or `trying` while it is on trial. After three starts without the server's welcome it goes back.
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)
chosen=current
case " $* " in *" run "*)
  if [ -L "$home/trying" ]; then
    tries=$(cat "$home/tries" 2>/dev/null || echo 0)
    case $tries in ''|*[!0-9]*) tries=3 ;; esac
    if [ "$tries" -lt 3 ] && [ -x "$home/trying/bin/sensor" ]; then
      echo $((tries + 1)) > "$home/tries"
      chosen=trying
    else
      rm -f "$home/failed" "$home/tries"
      mv "$home/trying" "$home/failed"
    fi
  fi ;;
esac
exec "$home/$chosen/bin/sensor" "$@"
"""

INSTALL = """#!/bin/sh
# Lays this package in /opt/hinomi-sensor and its unit under systemd. Then: /opt/hinomi-sensor/bin/hinomi-sensor enrol TEXT
# A sensor that is there goes on with the version that runs until it is started again.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
to=${1:-/opt/hinomi-sensor}
[ "$(id -u)" = 0 ] || [ "$to" != /opt/hinomi-sensor ] || { echo "install.sh needs root / root 権限が必要です" >&2; exit 1; }
name=$(basename -- "$here")
mkdir -p "$to/versions" "$to/bin"
rm -rf "$to/versions/.$name"
mkdir "$to/versions/.$name"
cp -R "$here/lib" "$here/bin" "$here/package.json" "$here/LICENSE" "$to/versions/.$name/"
if [ -d "$to/versions/$name" ]; then
  [ "$(readlink "$to/current" 2>/dev/null || true)" != "versions/$name" ] || { echo "$name is installed already / すでに導入済みです" >&2; rm -rf "$to/versions/.$name"; exit 1; }
  rm -rf "$to/versions/$name"
fi
mv "$to/versions/.$name" "$to/versions/$name"
cp "$here/starter" "$to/bin/hinomi-sensor.new" && mv "$to/bin/hinomi-sensor.new" "$to/bin/hinomi-sensor"
ln -sfn "versions/$name" "$to/current.new" && mv -T "$to/current.new" "$to/current"
rm -f "$to/trying" "$to/tries" "$to/failed"
if [ "$to" = /opt/hinomi-sensor ] && [ -d /run/systemd/system ]; then
  sed "s|/opt/hinomi/.venv/bin/python -m hinomi.sensor|$to/bin/hinomi-sensor|" "$here/hinomi-sensor.service" > /etc/systemd/system/hinomi-sensor.service
  systemctl daemon-reload
fi
echo "Installed in $to / $to に導入しました"
echo "Next / 次: $to/bin/hinomi-sensor enrol hs1.... ; systemctl enable --now hinomi-sensor"
"""


def libraries() -> Iterator[tuple[str, bytes]]:
    """Every file of the needed distributions that a program reads, under lib/."""
    for name in NEEDED:
        for file in distribution(name).files or []:
            if _is_wanted(file):
                yield f"lib/{file.as_posix()}", Path(str(file.locate())).read_bytes()


def _is_wanted(file: PackagePath) -> bool:
    parts = file.parts
    return (
        ".." not in parts
        and "__pycache__" not in parts
        and "tests" not in parts
        and file.suffix not in (".pyi", ".pyc")
    )


def ours() -> Iterator[tuple[str, bytes]]:
    package = ROOT / "hinomi"
    for path in (package / "__init__.py", package / "errors.py"):
        yield f"lib/hinomi/{path.name}", path.read_bytes()
    for room in ROOMS:
        for path in sorted((package / room).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield f"lib/hinomi/{path.relative_to(package).as_posix()}", path.read_bytes()


def files(version: str) -> dict[str, tuple[bytes, int]]:
    found = {name: (content, 0o644) for name, content in (*libraries(), *ours())}
    found["bin/sensor"] = ((RUN % f"{sys.version_info.major}.{sys.version_info.minor}").encode(), 0o755)
    found["starter"] = (STARTER.encode(), 0o755)
    found[MANIFEST] = (write_manifest(PackageInfo(version, this_platform())), 0o644)
    found["install.sh"] = (INSTALL.encode(), 0o755)
    found["hinomi-sensor.service"] = ((ROOT / "packaging/hinomi-sensor.service").read_bytes(), 0o644)
    found["LICENSE"] = ((ROOT / "LICENSE").read_bytes(), 0o644)
    return found


def build(folder: Path, version: str = VERSION, more: Mapping[str, bytes] = MappingProxyType({})) -> Path:
    """The package, written to `folder`; no time and no name of the builder goes into it. `more`: files in the place of others."""
    name = f"hinomi-sensor-{version}-py{sys.version_info.major}{sys.version_info.minor}-{platform.machine()}"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for file, (content, mode) in sorted(
            (files(version) | {at: (text, 0o644) for at, text in more.items()}).items()
        ):
            entry = tarfile.TarInfo(f"{name}/{file}")
            entry.size, entry.mode = len(content), mode
            tar.addfile(entry, io.BytesIO(content))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.tar.gz"
    path.write_bytes(gzip.compress(packed.getvalue(), 6, mtime=0))
    return path


if __name__ == "__main__":
    made = build(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist")
    sys.stdout.write(f"{made} ({made.stat().st_size >> 20} MiB)\n")
