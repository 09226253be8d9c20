"""enable_account: what disable_account changed is changed back; an account that it did not disable is only unexpired."""

from collections.abc import Mapping
from typing import Any

from hinomi.sensor import local_account, state_file
from hinomi.sensor.action import EndpointAction, Work


def run(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    user = str(parameters["user"])
    account = local_account.changeable(user)
    earlier = state_file.read(local_account.kept(work.folder, account.uid)) or {}
    unlock = account.password_locked and earlier.get("password_locked") is False
    local_account.enable(user, int(earlier.get("expires_day", -1)), unlock=unlock)
    state_file.remove(local_account.kept(work.folder, account.uid))
    return {"user": user, "before": local_account.told(account), "after": local_account.told(local_account.find(user))}


ACTION = EndpointAction("enable_account", run, local_account.missing)
