"""reset_password: a random password of 20 characters for a local account, which must be changed at the next log-in."""

from collections.abc import Mapping
from typing import Any

from hinomi.sensor import local_account, sealed_zip
from hinomi.sensor.action import EndpointAction, Work


def run(_work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    user = str(parameters["user"])
    before = local_account.told(local_account.changeable(user))
    password = sealed_zip.new_password()
    local_account.set_password(user, password)
    after = local_account.told(local_account.find(user))
    return {"user": user, "before": before, "after": after, "password": password}


ACTION = EndpointAction("reset_password", run, local_account.missing)
