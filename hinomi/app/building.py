"""What is built for one organisation out of its data folder, with or without a server: demonstration scripts and kits."""

from pathlib import Path

from hinomi.app.folder import DataFolder
from hinomi.app.forensics import kit_builder
from hinomi.errors import NotFound
from hinomi.operations.kit import Kit, KitKey
from hinomi.operations.simulation import Simulation, read_simulations
from hinomi.operations.simulations import Script, ScriptBuilder, find
from hinomi.settings import Settings


def simulations(settings: Settings) -> list[Simulation]:
    return read_simulations(settings.content_folder / "simulations")


def build_script(settings: Settings, id_: str, scenario: int | None) -> Script:
    """NotFound before the server has run once: what makes passwords is made at its first start."""
    DataFolder(settings.data).require()
    secret = settings.data / "secret.key"
    if not secret.is_file():
        raise NotFound(f"{settings.data} has never been served; start it once with: hinomi serve")
    return ScriptBuilder(settings.org, secret.read_bytes()).build(find(simulations(settings), id_), scenario)


def build_kit(settings: Settings, platform: str) -> Kit:
    DataFolder(settings.data).require()
    return kit_builder(settings, KitKey(settings.data / "kit.key")).build(platform)


def write_new(path: Path, content: bytes) -> Path:
    """A file that others may run; one that is there is written over."""
    path.write_bytes(content)
    return path
