"""A copy of a file that is open, bounded at the size it had when it was opened, in an AES zip on its way to the server."""

import os
from typing import Any

from hinomi.sensor import sealed_zip
from hinomi.sensor.action import ActionFailed, Work


def send_copy(work: Work, path: str, name: str, opened: tuple[int, os.stat_result], limit: int) -> dict[str, Any]:
    """`opened`: its descriptor and what it was when it was opened. `name`: in the zip. ActionFailed over `limit` bytes."""
    descriptor, about = opened
    if about.st_size > limit:
        raise ActionFailed(
            "too_large",
            f"{path} has {about.st_size} bytes; at most {limit} are collected.",
            f"{path} は {about.st_size} バイトで、上限 {limit} バイトを超えています。",
        )
    with sealed_zip.outgoing(work, about.st_size) as box:
        with box.add(name) as out:
            copied = sealed_zip.copy(
                lambda most: os.read(descriptor, most),
                out.write,
                about.st_size,
                lambda: sealed_zip.stop_when_cancelled(work),
            )
        after = os.fstat(descriptor)
        sent = box.send(work, f"{work.command_id}.zip")
    return {
        "path": path,
        "sha1": copied.sha1,
        "sha256": copied.sha256,
        "size_bytes": copied.size_bytes,
        "modified_ms": about.st_mtime_ns // 1_000_000,
        # written to while it was read: the copy may be of no single moment
        "changed": after.st_size != about.st_size or after.st_mtime_ns != about.st_mtime_ns,
        **sent,
    }
