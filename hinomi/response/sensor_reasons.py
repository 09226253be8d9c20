"""Why a sensor does not do something, in Japanese: sensors say their reasons in English. What is not known here stays as it came."""

import re

_SAID = {
    r"nft is not installed \(package nftables\)": "nft がインストールされていません (パッケージ nftables)",
    r"needs root": "root 権限が必要です",
    r"the guard has not answered": "監視プロセスが応答していません",
    r"Starts from (.+?) are refused; a listed file elsewhere is refused once it was seen\.(.*)": (
        r"\1 からの起動を拒否します。それ以外の場所では一度確認した後に拒否します。\2"
    ),
    r"No mount is asked about \(policy block_mounts\): a listed file is refused once it was seen\.(.*)": (
        r"照合の対象となるマウントがありません (ポリシー block_mounts)。一度確認した後に拒否します。\1"
    ),
    r"Questions over port 53 are refused, names below it too; not DNS over TLS or HTTPS, and not in containers\.": (
        "ポート 53 の問い合わせを下位の名前も含めて拒否します。DNS over TLS・HTTPS とコンテナー内は対象外です。"
    ),
    r"The server's own addresses are spared: (.+)": r"サーバー自身のアドレスは対象外です: \1",
    r"This sensor does not know the type\.": "このセンサーはこの種別に対応していません。",
    r"Windows refuses files by hash only through an application control policy; the sensor makes none\.": (
        "Windows でハッシュによる起動拒否を行うにはアプリケーション制御ポリシーが必要ですが、センサーは作成しません。"
    ),
    r"By firewall rules, both ways\. Untested on Windows\.": (
        "ファイアウォール規則により双方向を遮断します。Windows 上では未検証です。"
    ),
    r"By the name resolution policy, names below it too; not for DNS over HTTPS\. Untested on Windows\.": (
        "名前解決ポリシーにより下位の名前も含めて拒否します。DNS over HTTPS は対象外です。Windows 上では未検証です。"
    ),
}


def in_japanese(reason: str) -> str:
    for pattern, japanese in _SAID.items():
        if found := re.fullmatch(pattern, reason, re.DOTALL):
            return found.expand(japanese)
    return reason
