"""apply_block_list: hold one version of the block list; see sensor/block_list.py for what is enforced and what is not."""

from collections.abc import Mapping
from typing import Any

from hinomi.sensor import block_list
from hinomi.sensor.action import EndpointAction, Work


def run(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    objects = list(parameters["objects"])
    block_list.require_valid(objects)
    version, servers = int(parameters["version"]), work.server_addresses
    return block_list.apply(work.folder, version, objects, servers, work.now_ms(), work.guards)


def after_crash(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The state file is written first: when it has this version, the rules are made (again) now."""
    if block_list.load(work.folder)["version"] != int(parameters["version"]):
        return None
    return run(work, parameters)


ACTION = EndpointAction("apply_block_list", run, after_crash=after_crash)
