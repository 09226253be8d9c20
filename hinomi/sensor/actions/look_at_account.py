"""look_at_account: is a local account locked, must its password be changed, does anything run as it?"""

from collections.abc import Mapping
from typing import Any

from hinomi.sensor import local_account
from hinomi.sensor.action import EndpointAction, Work


def run(_work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    return local_account.told(local_account.find(str(parameters["user"])))


ACTION = EndpointAction("look_at_account", run, local_account.missing)
