"""dump_process_memory: what one process holds in memory comes here in an AES zip. The process goes on."""

from hinomi.response import parameters
from hinomi.response.action import Action, Parameter, Words
from hinomi.response.evidence import file_arrived
from hinomi.schema.task import Phase, TargetKind

ACTION = Action(
    name="dump_process_memory",
    public="dumpProcessMemory",
    kind=TargetKind.ENDPOINT,
    phase=Phase.INVESTIGATE,
    title=Words("Dump process memory", "プロセスメモリのダンプ"),
    effect=Words(
        "The memory of process {pid} on {target} is copied and sent here, encrypted. It may hold passwords.",
        "{target} のプロセス {pid} のメモリを複写し、暗号化して送ります。パスワードを含むことがあります。",
    ),
    parameters=(
        Parameter("pid", "number", Words("Process id", "プロセス ID"), required=True),
        Parameter("started_ms", "number", Words("Start time (ms)", "開始時刻 (ms)"), required=True),
    ),
    read=parameters.one_process,
    verify=file_arrived,
    timeout_s=3600,
)
