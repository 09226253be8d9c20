"""The sensor's package for Windows, as far as it can be looked at elsewhere: its content, and that it is the same each time."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from tests.make_package import builder

ROOT = Path(__file__).resolve().parents[2]


def build(folder: Path) -> Path:
    words = [sys.executable, str(ROOT / "packaging/build_sensor_windows.py"), str(folder)]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
    (made,) = folder.iterdir()
    return made


def test_it_holds_the_sensor_its_scripts_and_what_it_needs(tmp_path: Path) -> None:
    made = build(tmp_path / "one")
    assert made.read_bytes() == build(tmp_path / "two").read_bytes()
    with zipfile.ZipFile(made) as box:
        held = {name.partition("/")[2]: box.read(name) for name in box.namelist()}
    assert {"lib/hinomi/sensor/windows/system.py", "lib/hinomi/sensor/__main__.py", "LICENSE"} <= set(held)
    assert b"psutil==" in held["requirements.txt"]
    for script in ("install.ps1", "uninstall.ps1"):
        assert held[script].startswith(b"\xef\xbb\xbf#")
        assert b"\r\n" in held[script]


def test_its_sensor_knows_its_version_where_hinomi_is_not_installed(tmp_path: Path) -> None:
    """With a Python that has nothing of Hinomi's, and the libraries of the package for this machine beside it."""
    with zipfile.ZipFile(build(tmp_path / "built")) as box:
        box.extractall(tmp_path / "windows")
    (opt,) = (tmp_path / "windows").iterdir()
    with tarfile.open(builder().build(tmp_path / "here")) as tar:
        tar.extractall(tmp_path / "linux", filter="data")
    (beside,) = (tmp_path / "linux").iterdir()
    done = subprocess.run(
        [sys.base_prefix + "/bin/python3", "-c", "from hinomi.sensor.version import *; print(VERSION, INSTALLATION)"],
        env={"PYTHONPATH": os.pathsep.join((str(opt / "lib"), str(beside / "lib")))},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == (f"{builder().VERSION} None", "")
