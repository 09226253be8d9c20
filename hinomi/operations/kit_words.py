"""Why the collection calls a file suspicious: its codes in words (sensor/evidence/suspicion.py, kit/windows/collect.ps1)."""

from hinomi.schema.content import Text

REASONS: dict[str, Text] = {
    "yara": Text("A YARA rule matches", "YARA ルールに一致"),
    "pattern_hash": Text("Its hash is in the pattern set", "ハッシュがパターンセットに一致"),
    "running_memfd": Text("Runs from memory, without a file", "ファイルを持たずメモリーから実行中"),
    "preload_file": Text("Loaded into every program (ld.so.preload)", "全プログラムに読み込まれる (ld.so.preload)"),
    "package_file_changed": Text("Not the file its package brought", "パッケージ付属のファイルから変更されている"),
    "running_deleted": Text("Runs, but its file was deleted", "実行中だがファイルが削除済み"),
    "preloaded_library": Text("Loaded into a process by LD_PRELOAD", "LD_PRELOAD でプロセスに読み込まれている"),
    "setuid_unpackaged": Text("Set-uid, and of no package", "setuid 付きで、どのパッケージにも属さない"),
    "autorun_odd": Text("Starts by itself, with a suspicious command", "不審なコマンドを含む自動起動"),
    "runs_from_temporary": Text("Runs from a temporary folder", "一時フォルダーから実行"),
    "executable_in_temporary": Text("Executable in a temporary folder", "一時フォルダー内の実行ファイル"),
    "system_folder_unpackaged": Text(
        "In a system folder, of no package", "システムフォルダー内だがパッケージに属さない"
    ),
    "hidden_executable": Text("Executable with a hidden name", "隠しファイル名の実行ファイル"),
    "autorun_unpackaged": Text("Starts by itself, of no package", "自動起動するがパッケージに属さない"),
    "deceptive_name": Text("The name hides what it is", "種類を偽るファイル名"),
    "packed": Text("Packed (UPX)", "パックされている (UPX)"),
    "running_unpackaged": Text("Runs, of no package", "実行中だがパッケージに属さない"),
    "recent": Text("Changed in the last days", "数日以内に変更"),
    "unsigned": Text("Runs without a valid signature", "有効な署名なしで実行中"),
}


def reason_text(code: str) -> Text:
    return REASONS.get(code, Text(code, code))
