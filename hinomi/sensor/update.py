"""Another sensor in the place of this one: fetched from the server, believed only under its key, tried, and kept once it works.

What the server offers is downloaded in pieces (a broken download goes on where it broke), checked against the signed offer and laid
beside the running version. This process then ends and the starter begins the new one, which has TRIAL_S and MAX_TRIES starts to be
welcomed by the server. One that is not is given up: the starter goes back, and the former sensor says so and does not take it again.
"""

import os
from contextlib import suppress
from pathlib import Path

from hinomi.errors import HinomiError, InputError, Unavailable
from hinomi.sensor.folder import SensorFolder
from hinomi.sensor.identity import Identity
from hinomi.sensor.installation import Installation
from hinomi.sensor.link import Link
from hinomi.wire.message import Update, UpdateOutcome
from hinomi.wire.update import check_offer

TRIAL_S = 15 * 60  # how long a new sensor may wait for the server's welcome
MOST_REFUSED = 100
_REFUSED = "refused-packages.json"


class Updater:
    """`rolled_back`: the package that the starter went back from, seen at this start."""

    def __init__(self, folder: SensorFolder, installation: Installation | None) -> None:
        self._folder, self._installation = folder, installation
        self._outcomes: list[UpdateOutcome] = []
        failed = installation.take_failed() if installation is not None else None
        self.rolled_back = failed
        if failed is not None:
            reason = f"{failed.version} was not welcomed by the server in its trial"
            self._refuse(failed.sha256, reason)
            self._outcomes.append(UpdateOutcome(failed.sha256, failed.version, "rolled_back", reason))

    @property
    def platform(self) -> str:
        """ "" when this sensor takes no packages."""
        return self._installation.info.platform if self._installation is not None else ""

    @property
    def is_on_trial(self) -> bool:
        return self._installation is not None and self._installation.is_trying

    def welcomed(self) -> list[UpdateOutcome]:
        """The server took this sensor in: what it is to be told of packages."""
        if self._installation is not None and (kept := self._installation.confirm()) is not None:
            self._outcomes.append(UpdateOutcome(kept.sha256, kept.version, "running"))
        told, self._outcomes = self._outcomes, []
        return told

    def stage(self, link: Link, offer: Update, identity: Identity) -> bool:
        """Fetch and check it; whether it is to be started now. InputError for one that must not be taken; Unavailable."""
        here = self._installation
        if here is None or offer.sensor_version == here.info.version or offer.sha256 in self._refused():
            return False  # what was refused once was told once; the server may not have heard of it yet
        check_offer(offer, identity.update_key or identity.command_key, here.info, identity.command_epoch)
        archive = self._place_of(offer)
        found = link.resume(f"/sensor/v1/update/{offer.sha256}", archive, offer.size_bytes)
        try:
            if found != offer.sha256:
                raise InputError("what was fetched is not what was offered")
            here.lay_down(archive, offer)
        except InputError as error:
            self._refuse(offer.sha256, str(error))
            raise
        except OSError as error:
            raise Unavailable(f"the package cannot be laid down: {error}") from error
        finally:
            archive.unlink()
        return True

    def _place_of(self, offer: Update) -> Path:
        """Where it is downloaded to; what is left of others goes."""
        folder = self._folder.part("update")
        archive = folder / f"{offer.sha256}.tar.gz"
        for other in folder.iterdir():
            if other != archive:
                other.unlink()
        return archive

    def restart(self) -> None:
        """Put the starter in the place of this process, when everything else has ended."""
        if self._installation is not None:
            starter = str(self._installation.starter)
            os.execv(starter, [starter, "--folder", str(self._folder.path), "run"])  # noqa: S606 - our own script

    def _refused(self) -> dict[str, str]:
        kept = self._folder.read_json(_REFUSED)
        return {str(key): str(value) for key, value in kept.items()} if isinstance(kept, dict) else {}

    def _refuse(self, sha256: str, reason: str) -> None:
        kept = [*self._refused().items(), (sha256, reason[:500])][-MOST_REFUSED:]
        with suppress(HinomiError, OSError):
            self._folder.write_json(_REFUSED, dict(kept))
