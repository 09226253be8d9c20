"""What the sensor does on Windows: the actions of the same names, as plans that a host carries out. UNTESTED on Windows."""

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from hinomi.sensor.action import EndpointAction, Work
from hinomi.sensor.windows import accounts, antivirus, block_list, files, isolation, processes, scripts
from hinomi.sensor.windows.isolation import Isolation
from hinomi.sensor.windows.plan import Host

Doing = Callable[[Host, Work, Mapping[str, Any]], Mapping[str, Any]]
# action -> why there is no plan for it
NOT_THERE = {
    "apply_patterns": "the pattern set is not used on Windows; a scan asks the system's antivirus",
    "collect_evidence": "use the collector kit for Windows",
    "dump_process_memory": "no plan for Windows yet",
    "probe_address": "no plan for Windows yet: such a host is no neighbour that others are asked through",
    "remote_shell": "no plan for Windows yet: it needs a pseudo console; run a script instead",
    "reset_password": "no plan for Windows yet; reset it in the directory",
    "run_yara": "the pattern set is not used on Windows",
}


def isolate(host: Host, work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    dead_man_s, now_ms = int(parameters.get("dead_man_s") or 0), work.now_ms()
    until_ms = now_ms + dead_man_s * 1000 if dead_man_s else 0
    allow = tuple(str(each) for each in parameters.get("allow") or [])
    wish = Isolation(
        since_ms=now_ms,
        until_ms=until_ms,
        servers=tuple(work.server_addresses),
        allow=allow,
        before_sha256="",
        command_id=work.command_id,
    )
    found = isolation.isolate(host, work.folder, wish)
    work.emit("isolation", {"state": "on", "reason": "asked for", "until_ms": until_ms})
    return found


def restore(host: Host, work: Work, _parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    found = isolation.restore(host, work.folder)
    work.emit("isolation", {"state": "off", "reason": "asked for", "identical": found["identical"]})
    return found


def _look_at_process(host: Host, _work: Work, wish: Mapping[str, Any]) -> Mapping[str, Any]:
    own = os.getpid()
    found = [each for each in processes.find(host, wish) if processes.why_protected(each, own) is None]
    return {"running": [each.described() for each in found[:200]], "count": len(found)}


def _collect_file(_host: Host, work: Work, wish: Mapping[str, Any]) -> Mapping[str, Any]:
    return files.collect(work, str(wish["path"]), int(wish.get("max_bytes") or files.MAX_BYTES))


def _apply_block_list(host: Host, work: Work, wish: Mapping[str, Any]) -> Mapping[str, Any]:
    objects, servers = list(wish["objects"]), work.server_addresses
    return block_list.apply(host, work.folder, int(wish["version"]), objects, servers, work.now_ms())


DOINGS: dict[str, Doing] = {
    "apply_block_list": _apply_block_list,
    "collect_file": _collect_file,
    "disable_account": lambda host, _work, wish: accounts.disable(host, str(wish["user"])),
    "enable_account": lambda host, _work, wish: accounts.enable(host, str(wish["user"])),
    "isolate_endpoint": isolate,
    "look_at_account": lambda host, _work, wish: accounts.look(host, str(wish["user"])),
    "look_at_block_list": lambda host, work, _wish: block_list.look(host, work.folder, work.now_ms()),
    "look_at_file": lambda _host, work, wish: files.look(work, str(wish["path"])),
    "look_at_isolation": lambda host, work, _wish: isolation.look(host, work.folder, work.now_ms()),
    "look_at_process": _look_at_process,
    "restore_endpoint": restore,
    "run_script": scripts.run,
    "scan": lambda host, _work, wish: antivirus.scan(host, wish),
    "sign_out": lambda host, _work, wish: accounts.sign_out(host, str(wish["user"])),
    "terminate_process": lambda host, _work, wish: processes.terminate(host, wish, os.getpid()),
}


def actions_on(host: Host) -> dict[str, EndpointAction]:
    """Every action by name; those without a plan say why they cannot be done."""
    found = {name: _action(name, doing, host) for name, doing in DOINGS.items()}
    found |= {name: _missing(name, why) for name, why in NOT_THERE.items()}
    return dict(sorted(found.items()))


def _action(name: str, doing: Doing, host: Host) -> EndpointAction:
    needs = (lambda: None) if name in ("collect_file", "look_at_file") else _needs
    return EndpointAction(name, lambda work, wish: doing(host, work, wish), needs)


def _needs() -> str | None:
    return None if sys.platform.startswith("win") else "only on Windows"


def _missing(name: str, why: str) -> EndpointAction:
    def refuse(_work: Work, _wish: Mapping[str, Any]) -> Mapping[str, Any]:
        raise NotImplementedError(why)  # the server asks for nothing that `needs` rules out

    return EndpointAction(name, refuse, lambda: why)


# done by commands that were never run on Windows, told to the server with what the host can
UNTESTED = tuple(sorted(DOINGS))
