"""A hash on the list, to a real sensor, refused by the kernel, tried, and told: the whole trip, on a mount of the test's own."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from hinomi.response.task_list import TaskQuery
from hinomi.schema.task import ResponseTask, TaskState
from hinomi.sensor.actions import BY_NAME
from tests.make_endpoint import in_own_mounts, needs_root
from tests.make_gateway import Door, sensor
from tests.make_response import ASKER
from tests.waiting import until

BLOCK = {name: BY_NAME[name] for name in ("apply_block_list", "look_at_block_list")}


def is_refused(program: Path) -> bool:
    try:
        subprocess.run([program], check=True, timeout=30)
    except PermissionError:
        return True
    return False


def _applied(door: Door) -> ResponseTask | None:
    """The newest task that carried the list, once somebody has looked."""
    found = [one for one in door.desk.tasks.page(TaskQuery(top=50)).items if one.action == "apply_block_list"]
    ended = {TaskState.VERIFIED, TaskState.UNVERIFIED, TaskState.FAILED}
    return next((one for one in found if one.state in ended), None)


@needs_root
@pytest.mark.slow
def test_a_listed_file_is_refused_and_that_is_verified_and_told(tmp_path: Path) -> None:
    def act() -> None:
        mount = tmp_path / "mount"
        mount.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "none", mount], check=True)
        bad = Path(shutil.copy("/bin/true", mount / "bad"))
        door = Door(tmp_path / "server")
        with door.database.begin() as connection:
            policy = {"watch": [], "block_mounts": [str(mount)]}
            door.policies.change(connection, "test", "", policy, 0, "")
        door.enrolled(tmp_path / "sensor")
        agent = sensor(tmp_path / "sensor", BLOCK)
        try:
            until(lambda: agent.policy.block_mounts == (str(mount),), "the policy")
            value = hashlib.sha256(bad.read_bytes()).hexdigest()
            door.desk.block_list.add(ASKER, [{"type": "fileSha256", "value": value}])
            door.desk.start()
            task = until(lambda: _applied(door), "the list on the sensor, and a look")
            assert task.state is TaskState.VERIFIED, task
            assert task.result["enforced"] == {"fileSha256": "blocked"}
            evidence = door.desk.tasks.get(task.id).steps[-1].evidence["verification"]
            looked = evidence["look"]
            assert looked["tried"] == {"files": {str(mount): True}}
            assert is_refused(bad)
            until(lambda: door.records("file_blocked"), "what was refused")
            assert door.records("file_blocked")[0]["data"]["path"] == str(bad)
        finally:
            agent.stop()
            door.close()
        assert not is_refused(bad), "it ends with the sensor"
        subprocess.run(["umount", "-l", mount], check=True)

    in_own_mounts(act)
