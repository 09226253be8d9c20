"""Texts that Workbench builds out of a code and values, in both languages. Rows keep code and values, never the text."""

from collections.abc import Mapping
from typing import Any

from hinomi.schema.content import Text

_MESSAGES: dict[str, tuple[str, str]] = {
    # why an alert belongs to an incident
    "same-host": (
        "Same endpoint {entity} as {alert}, within {hours} hours.",
        "{alert} と同じエンドポイント {entity}（{hours} 時間以内）。",
    ),
    "same-account": (
        "Same account {entity} as {alert}, within {hours} hours.",
        "{alert} と同じアカウント {entity}（{hours} 時間以内）。",
    ),
    "by-hand": ("Linked by {who}. {reason}", "{who} がリンクしました。{reason}"),
    # why an incident was updated last
    "created": ("Incident created.", "インシデントが作成されました。"),
    "alert-correlated": ("Alert {alert} was correlated.", "アラート {alert} が関連付けられました。"),
    "merged": ("Merged with {incidents}.", "{incidents} と統合されました。"),
    "alert-linked": ("Alert {alert} was linked by {who}.", "{who} がアラート {alert} をリンクしました。"),
    "alert-unlinked": ("Alert {alert} was unlinked by {who}.", "{who} がアラート {alert} のリンクを解除しました。"),
    "changed": ("Changed by {who}.", "{who} が変更しました。"),
    # names of incidents
    "name": ("{model} on {where}", "{where} での「{model}」"),
    "name-nowhere": ("{model}", "{model}"),
    "more-models": ("{model} and {count} more", "{model} ほか {count} 件"),
    "one-more-host": ("{host} and 1 more endpoint", "{host} ほか 1 台"),
    "more-hosts": ("{host} and {count} more endpoints", "{host} ほか {count} 台"),
}


def message(code: str, values: Mapping[str, Any]) -> Text:
    """The text of a code. A value may be a Text of its own."""
    english, japanese = _MESSAGES[code]
    in_english = {name: value.en if isinstance(value, Text) else value for name, value in values.items()}
    in_japanese = {name: value.ja if isinstance(value, Text) else value for name, value in values.items()}
    return Text(english.format_map(in_english).strip(), japanese.format_map(in_japanese).strip())
