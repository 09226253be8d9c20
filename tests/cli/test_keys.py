"""Words on keys, on a data folder: what they change, and that it is in the audit log."""

import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from hinomi.access.audit import Audit
from hinomi.access.authority import Authority
from hinomi.access.enrolment import Enrolments
from hinomi.access.sensor_identity import Cloned, SensorIdentities
from hinomi.access.store import audit_log
from hinomi.app.opening import initialise, open_database
from hinomi.cli import main
from hinomi.inventory.inventory import Inventory
from hinomi.schema.principal import COMMAND_LINE
from hinomi.sensor.identity import make_key
from hinomi.settings import Settings
from tests.make_endpoints import facts


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(data=tmp_path / "data")
    initialise(made)
    return made


def said(settings: Settings, *words: str, language: str = "en") -> str:
    done = CliRunner().invoke(
        main, ["keys", *words, "--yes", "--data", str(settings.data)], env={"HINOMI_LANG": language}
    )
    assert done.exit_code == 0, done.output
    return done.output


def audited(settings: Settings) -> list[str]:
    database = open_database(settings)
    with database.read() as connection:
        found = [str(each) for each in connection.execute(select(audit_log.c.action)).scalars()]
    database.close()
    return found


def test_the_command_key_is_rotated(settings: Settings) -> None:
    assert said(settings, "rotate") == "Epoch 2.\n"
    before = (settings.data / "signer.key").read_bytes()
    assert said(settings, "rotate", "--new-key", language="ja") == "世代 3。\n"
    assert (settings.data / "signer.key").read_bytes() != before
    assert audited(settings).count("signer.rotate") == 2


def test_a_machine_that_was_set_back_is_trusted_again(settings: Settings) -> None:
    database = open_database(settings)
    audit = Audit(database, time.time)
    enrolments = Enrolments(database, audit, time.time)
    identities = SensorIdentities(
        database, audit, Authority(settings.data / "authority", time.time), enrolments, time.time
    )
    _, token = enrolments.create(COMMAND_LINE)
    made = identities.enrol(token, make_key()[1], "web-1", "192.0.2.7")
    Inventory(database, time.time).seen(made.guid, at_ms=5, facts=facts("web-1"))
    identities.connect(made.guid, made.certificate.serial, "0" * 16, 7, "192.0.2.7")
    with pytest.raises(Cloned):
        identities.connect(made.guid, made.certificate.serial, "0" * 16, 3, "192.0.2.7")
    assert made.guid in said(settings, "trust", "web-1")
    identities.connect(made.guid, made.certificate.serial, "0" * 16, 3, "192.0.2.7")
    database.close()
    assert "sensor.trust" in audited(settings)
