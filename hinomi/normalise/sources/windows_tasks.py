"""Task Scheduler's own log: tasks registered, changed, deleted, run."""

from hinomi.normalise.source import Mapping, Source, Take
from hinomi.normalise.values import domain_of, first, user_alone, user_of

_USER = ("UserContext", "UserName", "User")

SOURCE = Source(
    name="windows_tasks",
    providers=frozenset({"microsoft-windows-taskscheduler"}),
    channels=frozenset({"microsoft-windows-taskscheduler/operational"}),
    events={},
    otherwise=Mapping(
        event=10,
        fields={
            "objectName": "TaskName",
            "objectCmd": Take(first, "ActionName", "Path"),
            "objectPid": "ProcessID",
            "processUser": Take(lambda *names: user_of(first(*names)), *_USER),
            "processUserDomain": Take(lambda *names: domain_of(first(*names)), *_USER),
            "logonUser": Take(lambda *names: user_alone(first(*names)), *_USER),
        },
    ),
)
