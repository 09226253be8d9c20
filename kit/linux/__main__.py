"""The collector kit for Linux: run by any Python from 3.7 on, straight from its zip. Nothing is installed, changed or sent.

sh hinomi-kit-linux.sh [--out FOLDER] [--minutes N] [--no-files] [--show-password]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from evidence.budget import Budget
from evidence.collection import Options, collect, make_password

JA = os.environ.get("LANG", "").lower().startswith("ja")
PARTS = {
    "processes": "プロセス", "connections": "通信", "users": "ユーザー", "logins": "ログイン", "autoruns": "自動起動", "services": "サービス",
    "tasks": "定期実行", "recent_files": "最近のファイル", "suspicious": "不審なファイルの判定", "files": "不審なファイルの収集", "done": "完了",
}  # fmt: skip


def say(en: str, ja: str) -> str:
    return ja if JA else en


def main() -> int:
    given = arguments()
    kit = configuration()
    key = kit.get("key")
    name = re.sub(r"[^A-Za-z0-9.-]", "_", os.uname().nodename)[:80] or "host"
    into = Path(given.out) / "hinomi-{}-{}.zip".format(name, time.strftime("%Y%m%d-%H%M%S"))
    password = make_password()
    options = Options(
        org=str(kit.get("org", "")),
        version=str(kit.get("version", "")),
        key=(key["id"], int(key["n"], 16), int(key["e"])) if key else None,
        files=not given.no_files,
        **({"places": tuple(given.places)} if given.places else {}),
    )
    if hasattr(os, "geteuid") and os.geteuid() != 0:
        show(say("Not run as root: much will be missing.", "root で実行していないため、多くの情報が欠けます。"))
    told = collect(into, password, Budget(given.minutes * 60, progress), options)
    show("")
    show("{}: {}".format(say("Written", "出力"), into))
    show("SHA-256: {}".format(told["sha256"]))
    show("{}: {}".format(say("Suspicious items", "不審な項目"), told["suspicious"]))
    if not told["complete"]:
        show(
            say(
                "Not everything could be collected; the report says what.",
                "一部は収集できませんでした。詳細は報告に含まれます。",
            )
        )
    if key is None or given.show_password:
        show("{}: {}".format(say("Password", "パスワード"), password))
    else:
        show(
            say(
                "Encrypted to the server: upload it as it is.",
                "サーバー宛に暗号化しました。そのままアップロードしてください。",
            )
        )
    return 0


def arguments() -> Any:
    parser = argparse.ArgumentParser(
        prog="hinomi-kit-linux.sh",
        description=say("Collects what an investigator needs.", "調査に必要な情報を収集します。"),
    )
    parser.add_argument("--out", default=".", help=say("Folder for the result.", "結果を置くフォルダー。"))
    parser.add_argument("--minutes", type=float, default=15.0, help=say("At most so long.", "最長の時間 (分)。"))
    parser.add_argument(
        "--no-files",
        action="store_true",
        help=say("Leave suspicious files where they are.", "不審なファイル自体は収集しない。"),
    )
    parser.add_argument(
        "--show-password",
        action="store_true",
        help=say("Print the password of the zip too.", "zip のパスワードも表示する。"),
    )
    parser.add_argument(
        "--places", nargs="*", help=say("Look for recent files only here.", "最近のファイルを探す場所を限定する。")
    )
    return parser.parse_args()


def configuration() -> dict[str, Any]:
    """What the server wrote into the kit: organisation, version, its public key."""
    with zipfile.ZipFile(sys.argv[0]) as packed:
        found: dict[str, Any] = json.loads(packed.read("kit_config.json").decode())
        return found


def progress(note: str, done: float) -> None:
    line = "[{:3.0f} %] {}".format(done * 100, PARTS.get(note, note) if JA else note)
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def show(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
