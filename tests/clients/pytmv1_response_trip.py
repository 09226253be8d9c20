"""Response actions as an unchanged client of the public API asks for them, and what it reads of the tasks.

.venv-clients/bin/python tests/clients/pytmv1_response_trip.py URL TOKEN ENDPOINT FILE SHA1     prints one JSON object
"""

import json
import sys

import pytmv1
from pytmv1 import (
    CollectFileRequest,
    CollectFileTaskResp,
    CustomScriptRequest,
    EndpointRequest,
    ObjectRequest,
    ObjectType,
    ResultCode,
    ScriptType,
    TerminateProcessRequest,
)


def main(url: str, token: str, endpoint: str, file: str, sha1: str) -> None:
    client = pytmv1.init("hinomi-test", token, url)
    seen: dict[str, object] = {}

    def ok(name: str, result: object) -> object:
        assert result.result_code == ResultCode.SUCCESS, f"{name}: {result.error or result.errors}"  # type: ignore[attr-defined]
        return result.response  # type: ignore[attr-defined]

    def task(name: str, result: object) -> object:
        """The end of the one task that was asked for."""
        (item,) = ok(name, result).items  # type: ignore[attr-defined]
        ended = ok(f"{name} result", client.task.get_result(item.task_id, poll_time_sec=120))
        seen[name] = [ended.action, str(ended.status.value)]  # type: ignore[attr-defined]
        return ended

    listed = ok("endpoints", client.endpoint.list_data(endpointName=endpoint))
    seen["endpoints"] = [[one.endpoint_name.value, one.agent_guid] for one in listed.items]  # type: ignore[attr-defined]
    isolated = task(
        "isolate", client.endpoint.isolate(EndpointRequest(endpoint_name=endpoint, description="suspected"))
    )
    seen["isolated guid"] = isolated.agent_guid  # type: ignore[attr-defined]
    collected = client.endpoint.collect_file(CollectFileRequest(endpoint_name=endpoint, file_path=file))
    (item,) = ok("collect", collected).items  # type: ignore[attr-defined]
    got = ok("collected", client.task.get_result_class(item.task_id, CollectFileTaskResp, poll_time_sec=120))
    seen["collect"] = [got.action, got.file_sha1, bool(got.password), got.resource_location]  # type: ignore[attr-defined]
    seen["password"] = got.password  # type: ignore[attr-defined]
    task(
        "terminate", client.endpoint.terminate_process(TerminateProcessRequest(endpoint_name=endpoint, file_sha1=sha1))
    )
    script = ok("script", client.script.create(ScriptType.BASH, "who.sh", "#!/bin/bash\necho here $1\n", "says hello"))
    seen["script"] = ok("text", client.script.download(script.script_id)).text  # type: ignore[attr-defined]
    ran = client.script.run(CustomScriptRequest(endpoint_name=endpoint, file_name="who.sh", parameter="today"))
    task("run", ran)
    ok("delete", client.script.delete(script.script_id))  # type: ignore[attr-defined]
    seen["scripts left"] = len(ok("scripts", client.script.list()).items)  # type: ignore[attr-defined]
    task("restore", client.endpoint.restore(EndpointRequest(endpoint_name=endpoint)))
    value = ObjectRequest(object_type=ObjectType.IP, object_value="192.0.2.77")
    task("block", client.object.add_block(value))
    task("unblock", client.object.delete_block(value))
    twice = [client.endpoint.isolate(EndpointRequest(endpoint_name="nobody"))]
    seen["nobody"] = [[error.status, error.message] for result in twice for error in result.errors]
    print(json.dumps(seen))


main(*sys.argv[1:])
