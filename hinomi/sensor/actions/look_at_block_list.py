"""look_at_block_list: which version is held, whether its rules stand in the kernel, and what was refused when it was tried."""

from collections.abc import Mapping
from typing import Any

from hinomi.sensor import block_list
from hinomi.sensor.action import EndpointAction, Work


def run(work: Work, _parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    return block_list.look(work.folder, work.now_ms(), work.guards)


ACTION = EndpointAction("look_at_block_list", run)
