"""Makers of sensor packages: the real builder, and small ones whose `bin/sensor` is a shell script."""

import importlib.util
import io
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from hinomi.wire.update import MANIFEST, PackageInfo, this_platform, write_manifest

ROOT = Path(__file__).resolve().parents[1]


def builder() -> ModuleType:
    """packaging/build_sensor.py."""
    found = importlib.util.spec_from_file_location("build_sensor", ROOT / "packaging/build_sensor.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    return module


def tar_of(path: Path, files: Mapping[str, bytes], *odd: tarfile.TarInfo) -> Path:
    """A .tar.gz with these files (executable below bin/), then the odd entries, without content."""
    with tarfile.open(path, "w:gz") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755 if "/bin/" in name else 0o644
            tar.addfile(entry, io.BytesIO(content))
        for one in odd:
            tar.addfile(one)
    return path


def small_package(folder: Path, version: str, platform: str = "", script: str = "exit 0", name: str = "") -> Path:
    """A package whose sensor is `script`."""
    files = {
        f"pack/{MANIFEST}": write_manifest(PackageInfo(version, platform or this_platform())),
        "pack/bin/sensor": f"#!/bin/sh\n{script}\n".encode(),
        "pack/lib/one.txt": version.encode(),
    }
    return tar_of(folder / (name or f"{version}.tar.gz"), files)


def install(root: Path, version: str, script: str = "exit 0") -> Path:
    """An installation with the real starter and one small version, which is current; the folder of that version."""
    here = root / "versions" / version
    (here / "bin").mkdir(parents=True)
    (here / MANIFEST).write_bytes(write_manifest(PackageInfo(version, this_platform())))
    (here / "bin/sensor").write_text(f"#!/bin/sh\n{script}\n")
    (here / "bin/sensor").chmod(0o755)
    (root / "bin").mkdir()
    (root / "bin/hinomi-sensor").write_text(builder().STARTER)
    (root / "bin/hinomi-sensor").chmod(0o755)
    (root / "current").symlink_to(f"versions/{version}")
    return here
