"""collect_evidence: the collection of the kit, run by the sensor; its report comes here in an AES zip."""

from hinomi.response import parameters
from hinomi.response.action import Action, Words
from hinomi.response.evidence import file_arrived
from hinomi.schema.task import Phase, TargetKind

ACTION = Action(
    name="collect_evidence",
    public="collectEvidence",
    kind=TargetKind.ENDPOINT,
    phase=Phase.INVESTIGATE,
    title=Words("Collect evidence", "証拠の収集"),
    effect=Words(
        "System, processes, connections, autoruns and suspicious files of {target} are written down and sent here.",
        "{target} のシステム、プロセス、通信、自動起動、不審なファイルの情報を収集して送ります。",
    ),
    read=parameters.nothing,
    verify=file_arrived,
    timeout_s=3600,
)
