"""sign_out: every process of a local account ends, and its sessions with them. It may log in again."""

from collections.abc import Mapping
from typing import Any

from hinomi.sensor import local_account
from hinomi.sensor.action import EndpointAction, Work

WAIT_S = 10.0


def run(_work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    account = local_account.changeable(str(parameters["user"]))
    before = local_account.told(account)
    ended, left = local_account.end_processes(account.uid, WAIT_S)
    return {"user": account.user, "before": before, "after": local_account.told(account), "ended": ended, "left": left}


ACTION = EndpointAction("sign_out", run, local_account.missing)
