"""collect_file: a copy of one plain file, bounded at the size it had when it was opened, in an AES zip."""

import pwd
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any

from hinomi.sensor import plain_file, sealed_zip
from hinomi.sensor.action import EndpointAction, Work
from hinomi.sensor.file_copy import send_copy

MAX_BYTES = 2 << 30


def run(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    path, limit = str(parameters["path"]), int(parameters.get("max_bytes") or MAX_BYTES)
    with plain_file.open_plain(path) as opened:
        told = send_copy(work, path, PurePosixPath(path).name, opened, limit)
    about = opened[1]
    return {**told, "mode": stat.filemode(about.st_mode), "owner": _owner(about.st_uid)}


def _owner(uid: int) -> str:
    with suppress(KeyError):
        return pwd.getpwuid(uid).pw_name
    return str(uid)


def after_crash(work: Work, _parameters: Mapping[str, Any]) -> None:
    sealed_zip.sweep(work)


ACTION = EndpointAction("collect_file", run, after_crash=after_crash)
