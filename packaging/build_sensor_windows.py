"""Builds the sensor's package for Windows: dist/hinomi-sensor-VERSION-windows.zip, the same bytes for the same content.

Inside: `lib/` (our sensor), `package.json` (its version), `requirements.txt` (what it needs, at the versions of this environment) and the PowerShell scripts. The
libraries themselves are not in it: they differ by system, and wheels for Windows are laid into `wheels/` by whoever installs it.
"""

import io
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from build_sensor import NEEDED, ROOT, VERSION, ours

from hinomi.wire.update import MANIFEST, PackageInfo, write_manifest

NAME = f"hinomi-sensor-{VERSION}-windows"
_PLATFORM = f"win32-any-py{sys.version_info.major}.{sys.version_info.minor}"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can say


def files() -> dict[str, bytes]:
    found = dict(ours())
    found["requirements.txt"] = "".join(f"{each}=={version(each)}\n" for each in sorted(NEEDED)).encode()
    for name in ("install.ps1", "uninstall.ps1"):
        text = (ROOT / "packaging/windows" / name).read_text("utf-8")
        # PowerShell 5 reads a script without the mark in the host's code page
        found[name] = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    found[MANIFEST] = write_manifest(PackageInfo(VERSION, _PLATFORM))
    found["LICENSE"] = (ROOT / "LICENSE").read_bytes()
    return found


def build(folder: Path) -> Path:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as box:
        for name, content in sorted(files().items()):
            box.writestr(zipfile.ZipInfo(f"{NAME}/{name}", _EPOCH), content, zipfile.ZIP_DEFLATED)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.zip"
    path.write_bytes(packed.getvalue())
    return path


if __name__ == "__main__":
    made = build(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist")
    sys.stdout.write(f"{made} ({made.stat().st_size >> 10} KiB)\n")
