"""look_at_file: size, times and hashes of one plain file; what is no plain file is refused as collect_file does."""

import os
import stat
from collections.abc import Mapping
from typing import Any

from hinomi.sensor import plain_file, sealed_zip
from hinomi.sensor.action import ActionFailed, EndpointAction, Work

MAX_HASHED = 2 << 30


def run(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    path = str(parameters["path"])
    try:
        with plain_file.open_plain(path) as (descriptor, about):
            found = {
                "exists": True,
                "size_bytes": about.st_size,
                "modified_ms": about.st_mtime_ns // 1_000_000,
                "mode": stat.filemode(about.st_mode),
            }
            if about.st_size > MAX_HASHED:
                return {"path": path, **found, "sha1": "", "sha256": ""}
            copied = sealed_zip.copy(
                lambda most: os.read(descriptor, most), len, about.st_size, lambda: sealed_zip.stop_when_cancelled(work)
            )
            return {"path": path, **found, "sha1": copied.sha1, "sha256": copied.sha256}
    except ActionFailed as failure:
        if failure.code != "not_found":
            raise
        return {"path": path, "exists": False}


ACTION = EndpointAction("look_at_file", run)
