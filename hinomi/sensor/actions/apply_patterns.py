"""apply_patterns: fetch one version of the pattern set from the own server, and use it from now on."""

from collections.abc import Mapping
from typing import Any

from hinomi.errors import InputError, TooLarge
from hinomi.sensor import pattern_folder
from hinomi.sensor.action import ActionFailed, EndpointAction, Work
from hinomi.wire.pattern_set import MAX_PACKED_BYTES


def run(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    version, sha256 = int(parameters["version"]), str(parameters["sha256"])
    draft = pattern_folder.draft(work.folder)
    try:
        work.download(str(parameters["url"]), draft, MAX_PACKED_BYTES)
        patterns = pattern_folder.keep(work.folder, version, sha256)
    except (InputError, TooLarge) as error:
        raise ActionFailed(
            "changed",
            f"What came is not the pattern set of the command: {error}.",
            f"受信したデータは指定のパターンセットではありません: {error}",
        ) from None
    finally:
        draft.unlink(missing_ok=True)
    return {"version": version, "hashes": len(patterns.hashes), "has_yara": bool(patterns.yara)}


def after_crash(work: Work, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    pattern_folder.draft(work.folder).unlink(missing_ok=True)
    held = pattern_folder.load(work.folder)
    if held is None or held.version != int(parameters["version"]):
        return None
    return {"version": held.version, "hashes": len(held.hashes), "has_yara": bool(held.yara)}


ACTION = EndpointAction("apply_patterns", run, after_crash=after_crash)
