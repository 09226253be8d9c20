"""disable_account: a local account expires and its password is locked. What it was before is kept for enable_account."""

from collections.abc import Mapping
from typing import Any

from hinomi.sensor import local_account, state_file
from hinomi.sensor.action import EndpointAction, Work


def run(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    user = str(parameters["user"])
    account = local_account.changeable(user)
    before = local_account.told(account)
    if not local_account.kept(
        work.folder, account.uid
    ).exists():  # a second time must not take the first for what was before
        state_file.write(local_account.kept(work.folder, account.uid), before)
    local_account.disable(user)
    return {"user": user, "before": before, "after": local_account.told(local_account.find(user))}


def after_crash(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    account = local_account.find(str(parameters["user"]))
    before = state_file.read(local_account.kept(work.folder, account.uid))
    if not account.locked or before is None:
        return None
    return {"user": account.user, "before": before, "after": local_account.told(account)}


ACTION = EndpointAction("disable_account", run, local_account.missing, after_crash)
