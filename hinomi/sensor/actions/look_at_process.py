"""look_at_process: what fits an identity, and runs now."""

from collections.abc import Mapping
from typing import Any

from hinomi.sensor import running_process
from hinomi.sensor.action import EndpointAction, Work
from hinomi.sensor.running_process import Hashes

MAX_LISTED = 200


def run(_work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    hashes, wish = Hashes(), {name: value for name, value in parameters.items() if name != "name"}
    found = [each for each in running_process.find(wish, hashes) if running_process.why_protected(each) is None]
    return {"running": [running_process.described(each, hashes) for each in found[:MAX_LISTED]], "count": len(found)}


ACTION = EndpointAction("look_at_process", run)
