"""What of the block list needs a program that answers: files by hash, domains. One for the whole sensor."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hinomi.sensor import file_block, nft
from hinomi.sensor.file_block import AUTO, Emit, FileBlock
from hinomi.sensor.name_block import NameBlock

HASHES = ("fileSha1", "fileSha256")
Said = tuple[str, str]  # blocked, flagged or unsupported; the reason


class Guards:
    """`mounts`: the policy's `block_mounts`. `own`: folders of the sensor."""

    def __init__(self, emit: Emit, own: Iterable[Path] = (), mounts: Iterable[str] = (AUTO,)) -> None:
        self.files, self.names = FileBlock(emit, own), NameBlock(emit)
        self._mounts, self._hashes = tuple(mounts), dict[str, int]()

    def follow(self, values: Mapping[str, Mapping[str, int]]) -> dict[str, Said]:
        """Type -> value -> until (ms); what is done about each type that is given."""
        hashes = {value: until for kind in HASHES for value, until in values.get(kind, {}).items()}
        self._hashes = {} if file_block.needs() else hashes
        said = {kind: self._follow_files() for kind in HASHES if values.get(kind)}
        if not self._hashes:
            self.files.stop()
        why = self.names.follow(values.get("domain", {}))
        if values.get("domain"):
            said["domain"] = ("unsupported", why) if why else ("blocked", NAMES_TOLD)
        return said

    def _follow_files(self) -> Said:
        if (why := file_block.needs()) is not None:
            return "unsupported", why
        marked = self.files.follow(self._hashes, self._mounts)
        if self.files.trouble:
            return "unsupported", self.files.trouble
        good = sorted(mount for mount, reason in marked.items() if reason is None)
        bad = [f"{mount}: {reason}" for mount, reason in sorted(marked.items()) if reason is not None]
        text = FILES_TOLD.format(", ".join(good)) if good else FLAGGED_TOLD
        return ("blocked" if good else "flagged"), " ".join([text, *bad])

    def use_mounts(self, mounts: Iterable[str]) -> None:
        """Another policy."""
        if tuple(mounts) != self._mounts:
            self._mounts = tuple(mounts)
            if self._hashes and file_block.needs() is None:
                self.files.follow(self._hashes, self._mounts)

    def seen(self, kind: str, data: Mapping[str, Any]) -> None:
        """Telemetry on its way to the server: a listed program that runs from elsewhere is refused from now on."""
        if kind == "process_start" and self._hashes and data.get("exe"):
            self.files.seen(str(data["exe"]), [str(data.get(name, "")) for name in ("sha1", "sha256")])

    def keep(self) -> None:
        """Asked every few seconds, in one thread."""
        self.files.keep()
        self.names.keep()

    def look(self, values: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, bool | None]]:
        """Really tried, here and now: {"files": {mount: refused}, "domain": {name: refused}}; None: could not be tried."""
        tried: dict[str, dict[str, bool | None]] = {}
        if self._hashes:
            tried["files"] = self.files.probe()
        if values.get("domain") and nft.missing() is None:
            tried["domain"] = self.names.probe(values["domain"])
        return tried

    def stop(self) -> None:
        self.files.stop()
        self.names.stop()


FILES_TOLD = "Starts from {0} are refused; a listed file elsewhere is refused once it was seen."
FLAGGED_TOLD = "No mount is asked about (policy block_mounts): a listed file is refused once it was seen."
NAMES_TOLD = "Questions over port 53 are refused, names below it too; not DNS over TLS or HTTPS, and not in containers."
