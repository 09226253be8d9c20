"""The products that models need, by the names of the sources that read them; and what it means that one is not there."""

from collections.abc import Collection, Sequence

from hinomi.schema.content import Text

# source -> its name for people; what is not here goes by its own name
NAMES: dict[str, Text] = {
    "windows_sysmon": Text("Windows Sysmon", "Windows Sysmon"),
    "windows_security": Text("Windows Security log", "Windows セキュリティログ"),
    "windows_powershell": Text("Windows PowerShell log", "Windows PowerShell ログ"),
    "windows_system": Text("Windows System log", "Windows システムログ"),
    "windows_defender": Text("Microsoft Defender log", "Microsoft Defender ログ"),
    "windows_wmi": Text("Windows WMI log", "Windows WMI ログ"),
    "windows_task_scheduler": Text("Windows Task Scheduler log", "Windows タスクスケジューラログ"),
    "windows_tasks": Text("Windows Task Scheduler log", "Windows タスクスケジューラログ"),
    "windows_application": Text("Windows Application log", "Windows アプリケーションログ"),
    "windows_rdp": Text("Windows Remote Desktop log", "Windows リモートデスクトップログ"),
    "windows_bits": Text("Windows BITS log", "Windows BITS ログ"),
    "windows_mssql": Text("SQL Server log", "SQL Server ログ"),
    "hinomi_sensor": Text("Hinomi sensor (Linux)", "Hinomi センサー (Linux)"),
    "collector_kit": Text("Hinomi collector kit", "Hinomi 収集キット"),
    "aws_cloudtrail": Text("AWS CloudTrail", "AWS CloudTrail"),
}


def name_of(product: str) -> Text:
    return NAMES.get(product, Text(product, product))


def unavailable(products: Sequence[str], seen: Collection[str]) -> Text | None:
    """Why a model that needs one of the products cannot find anything: none of them has arrived. None: it can."""
    if not products or any(one in seen for one in products):
        return None
    names = [name_of(one) for one in products]
    english = " or ".join(name.en for name in names)
    japanese = " または ".join(name.ja for name in names)
    return Text(f"not available: needs {english}", f"利用不可: {japanese} が必要")
