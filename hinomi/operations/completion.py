"""What may be typed in the editor of filters and models, with a word on each: fields, modifiers, log sources, ids."""

from functools import cache
from typing import Any

from hinomi.attack.catalogue import load_attack
from hinomi.detect.content import Content
from hinomi.normalise.channels import SERVICES
from hinomi.normalise.source import Mapping, Split, Take
from hinomi.normalise.sources import SOURCES
from hinomi.operations.sigma_report import coverage
from hinomi.schema.activity import FIELDS
from hinomi.schema.content import Text

MODIFIERS: dict[str, Text] = {
    "contains": Text("a part of the text", "文字列の一部"),
    "startswith": Text("the beginning of the text", "文字列の先頭"),
    "endswith": Text("the end of the text", "文字列の末尾"),
    "all": Text("all values of the list, not one", "リストのどれかではなく、すべて"),
    "cased": Text("minding upper and lower case", "大文字と小文字を区別"),
    "re": Text("a regular expression (RE2), anywhere in the text", "正規表現 (RE2)。文字列のどこかに一致"),
    "i": Text("after re: not minding case", "re の後: 大文字と小文字を区別しない"),
    "m": Text("after re: ^ and $ at each line", "re の後: ^ と $ が各行に一致"),
    "s": Text("after re: . is a line break too", "re の後: . が改行にも一致"),
    "cidr": Text("an address in the network", "ネットワークに含まれるアドレス"),
    "exists": Text("true: there is a value, false: there is none", "true は値あり、false は値なし"),
    "lt": Text("a smaller number", "より小さい数値"),
    "lte": Text("a smaller or equal number", "以下の数値"),
    "gt": Text("a greater number", "より大きい数値"),
    "gte": Text("a greater or equal number", "以上の数値"),
    "neq": Text("not", "等しくない"),
    "fieldref": Text("the value of another field", "別のフィールドの値"),
    "base64": Text("the value in Base64", "Base64 で符号化した値"),
    "base64offset": Text("the value anywhere inside Base64", "Base64 の途中に現れる値"),
    "wide": Text("the value as UTF-16, before base64", "UTF-16 の値 (base64 の前に)"),
    "utf16": Text("the value as UTF-16 with its mark, before base64", "BOM 付き UTF-16 の値 (base64 の前に)"),
    "utf16be": Text("the value as big-endian UTF-16, before base64", "ビッグエンディアン UTF-16 の値 (base64 の前に)"),
    "windash": Text("with every kind of dash", "あらゆる種類のハイフン"),
    "expand": Text("a placeholder %name%", "プレースホルダー %名前%"),
    "minute": Text("the minute of a time, UTC", "時刻の分 (UTC)"),
    "hour": Text("the hour of a time, UTC", "時刻の時 (UTC)"),
    "day": Text("the day of a time, UTC", "時刻の日 (UTC)"),
    "week": Text("the week of a time, UTC", "時刻の週 (UTC)"),
    "month": Text("the month of a time, UTC", "時刻の月 (UTC)"),
    "year": Text("the year of a time, UTC", "時刻の年 (UTC)"),
}

# Categories of Sigma that sources write; one without a line here goes by its own name.
CATEGORIES: dict[str, Text] = {
    "process_creation": Text("A process was started", "プロセスの起動"),
    "process_termination": Text("A process ended", "プロセスの終了"),
    "process_access": Text("A process opened another", "別プロセスへのアクセス"),
    "process_tampering": Text("A process image was changed", "プロセスイメージの改ざん"),
    "create_remote_thread": Text("A thread was started in another process", "別プロセスでのスレッド作成"),
    "image_load": Text("A library was loaded", "ライブラリの読み込み"),
    "driver_load": Text("A driver was loaded", "ドライバーの読み込み"),
    "network_connection": Text("A connection was made", "ネットワーク接続"),
    "dns_query": Text("A name was looked up", "DNS の問い合わせ"),
    "file_event": Text("A file was created", "ファイルの作成"),
    "file_change": Text("The time of a file was changed", "ファイル日時の変更"),
    "file_delete": Text("A file was deleted", "ファイルの削除"),
    "file_access": Text("A file was opened", "ファイルへのアクセス"),
    "file_rename": Text("A file was renamed", "ファイル名の変更"),
    "file_blocked": Text("A file on the block list was refused", "ブロックリストのファイルの拒否"),
    "file_executable_detected": Text("A program file was created", "実行ファイルの作成"),
    "registry_set": Text("A registry value was set", "レジストリ値の設定"),
    "registry_add": Text("A registry key was added", "レジストリキーの追加"),
    "registry_delete": Text("A registry key or value was deleted", "レジストリの削除"),
    "registry_rename": Text("A registry key or value was renamed", "レジストリ名の変更"),
    "registry_event": Text("Any change of the registry", "レジストリの変更全般"),
    "create_stream_hash": Text("A stream was added to a file", "ファイルへのストリームの追加"),
    "pipe_created": Text("A pipe was made or opened", "パイプの作成・接続"),
    "wmi_event": Text("A WMI subscription was made", "WMI サブスクリプションの作成"),
    "ps_script": Text("A PowerShell script was run", "PowerShell スクリプトの実行"),
    "ps_module": Text("A PowerShell command was run", "PowerShell コマンドの実行"),
    "ps_classic_start": Text("PowerShell was started", "PowerShell の開始"),
    "ps_classic_provider_start": Text("A PowerShell provider was started", "PowerShell プロバイダーの開始"),
    "ps_classic_script": Text("A PowerShell pipeline was run", "PowerShell パイプラインの実行"),
    "raw_access_thread": Text("A disk was read directly", "ディスクの直接読み取り"),
    "clipboard_change": Text("The clipboard changed", "クリップボードの変更"),
    "sysmon_status": Text("The recording service changed state", "記録サービスの状態変化"),
    "sysmon_error": Text("The recording service failed", "記録サービスのエラー"),
    "network_listen": Text("A port was opened for others", "ポートの待ち受け"),
    "authentication": Text("A logon, or the attempt", "ログオンとその試行"),
    "logoff": Text("A logon session ended", "ログオフ"),
    "sensor_health": Text("The sensor told how it is", "センサーの状態"),
    "sensor_loss": Text("The sensor missed something", "センサーの取りこぼし"),
    "sensor_tamper": Text("Somebody meddled with the sensor", "センサーへの干渉"),
    "clock_moved": Text("The clock was moved", "時計の変更"),
    "isolation": Text("The endpoint was isolated or restored", "エンドポイントの隔離・復帰"),
    "response": Text("A response task was carried out", "対応タスクの実行"),
    "antivirus": Text("The antivirus found something", "ウイルス対策の検出"),
}


def completion(content: Content) -> dict[str, Any]:
    """{fields, modifiers, logsources, filters, techniques}, as the console's editor reads them."""
    attack = load_attack()
    return {
        "fields": _fields(),
        "modifiers": [{"name": name, "text": _json(text)} for name, text in MODIFIERS.items()],
        "logsources": _log_sources(),
        "filters": [{"id": one.id, "title": _json(one.title)} for one in content.filters],
        "techniques": [{"id": id_, "name": attack.technique_name(id_)} for id_ in sorted(attack.techniques)],
    }


@cache
def _fields() -> list[dict[str, Any]]:
    """Our fields, each with the names by which the records of our sources call it."""
    names: dict[str, dict[str, None]] = {name: {} for name in FIELDS}
    for mapping in _mappings():
        for field, recipe in mapping.fields.items():
            if field in names:
                names[field] |= dict.fromkeys(_names(recipe))
    return [{"name": name, "sigma": sorted(names[name]), "type": str(kind)} for name, kind in FIELDS.items()]


def _mappings() -> list[Mapping]:
    found: list[Mapping] = []
    for source in SOURCES:
        for entry in [*source.events.values(), source.otherwise]:
            found += [*entry.by_value.values(), entry.otherwise] if isinstance(entry, Split) else [entry]
    return found


def _names(recipe: str | Take) -> list[str]:
    """Names of the record, not of the trip."""
    names = recipe.names if isinstance(recipe, Take) else (recipe,)
    return [name for name in names if not name.startswith("@")]


@cache
def _log_sources() -> list[dict[str, Any]]:
    known = coverage()
    by_category = [
        {"product": product, "category": one, "service": None, "label": _json(CATEGORIES.get(one, Text(one, one)))}
        for product in sorted(known.products, reverse=True)
        for one in sorted(known.of[product].categories)
    ]
    by_service = [
        {
            "product": "windows",
            "category": None,
            "service": one,
            "label": {"en": f"The log {one}", "ja": f"ログ {one}"},
        }
        for one in sorted(SERVICES)
    ]
    whole = [
        {"product": one, "category": None, "service": None, "label": {"en": f"All of {one}", "ja": f"{one} のすべて"}}
        for one in sorted(known.products)
    ]
    return by_category + by_service + whole


def _json(text: Text) -> dict[str, str]:
    return {"en": text.en, "ja": text.ja}
