"""What the command line does with keys and identities. On the data folder itself: a server that runs on it sees it with its next use."""

import time
from dataclasses import dataclass

from hinomi.access.audit import Audit
from hinomi.access.authority import Authority
from hinomi.access.enrolment import Enrolments
from hinomi.access.sensor_identity import SensorIdentities
from hinomi.app.folder import DataFolder
from hinomi.app.opening import open_database
from hinomi.inventory.inventory import Inventory
from hinomi.response.signer import rotate
from hinomi.schema.principal import COMMAND_LINE
from hinomi.settings import Settings


@dataclass(frozen=True, slots=True)
class Trusted:
    guid: str
    name: str


def rotate_command_key(settings: Settings, *, new_key: bool) -> int:
    """The new epoch; as in response.signer.rotate, and audited."""
    DataFolder(settings.data).require()
    database = open_database(settings)
    try:
        epoch = rotate(settings.data, new_key=new_key)
        with database.begin() as connection:
            told = {"epoch": epoch, "newKey": new_key}
            Audit(database, time.time).add(connection, COMMAND_LINE, "signer.rotate", "", told)
        return epoch
    finally:
        database.close()


def trust_again(settings: Settings, endpoint: str) -> Trusted:
    """As in access.sensor_identity; the endpoint by GUID or host name. NotFound, Conflict."""
    DataFolder(settings.data).require()
    database = open_database(settings)
    try:
        found = Inventory(database, time.time).find_any(endpoint)
        audit = Audit(database, time.time)
        authority = Authority(settings.data / "authority", time.time)
        enrolments = Enrolments(database, audit, time.time)
        SensorIdentities(database, audit, authority, enrolments, time.time).trust_again(COMMAND_LINE, found.guid)
        return Trusted(found.guid, found.name)
    finally:
        database.close()
