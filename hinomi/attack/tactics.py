"""The tactics of ATT&CK (enterprise, v19) in the order of the matrix: id, name in the data, both languages.

English names are MITRE's, Japanese ones ours. v19 split "Defense Evasion": TA0005 stays as Stealth, TA0112 is new.
"""

from dataclasses import dataclass

from hinomi.schema.content import Text


@dataclass(frozen=True, slots=True)
class Tactic:
    id: str
    short_name: str  # as in kill chain phases and Sigma tags
    name: Text


_ROWS = (
    ("TA0043", "reconnaissance", "Reconnaissance", "偵察"),
    ("TA0042", "resource-development", "Resource Development", "リソース開発"),
    ("TA0001", "initial-access", "Initial Access", "初期アクセス"),
    ("TA0002", "execution", "Execution", "実行"),
    ("TA0003", "persistence", "Persistence", "永続化"),
    ("TA0004", "privilege-escalation", "Privilege Escalation", "権限昇格"),
    ("TA0005", "stealth", "Stealth", "隠蔽"),
    ("TA0112", "defense-impairment", "Defense Impairment", "防御の妨害"),
    ("TA0006", "credential-access", "Credential Access", "認証情報アクセス"),
    ("TA0007", "discovery", "Discovery", "探索"),
    ("TA0008", "lateral-movement", "Lateral Movement", "水平展開"),
    ("TA0009", "collection", "Collection", "収集"),
    ("TA0011", "command-and-control", "Command and Control", "コマンドアンドコントロール"),
    ("TA0010", "exfiltration", "Exfiltration", "持ち出し"),
    ("TA0040", "impact", "Impact", "影響"),
)

TACTICS: tuple[Tactic, ...] = tuple(Tactic(id_, short, Text(en, ja)) for id_, short, en, ja in _ROWS)

_BY_NAME = (
    {tactic.id.lower(): tactic for tactic in TACTICS}
    | {tactic.short_name: tactic for tactic in TACTICS}
    | {tactic.name.en.lower(): tactic for tactic in TACTICS}
)
# before v19; which of the two it became depends on the technique (crosswalk.current_tactics)
_BY_NAME["defense-evasion"] = _BY_NAME["defense evasion"] = _BY_NAME["ta0005"]


def find_tactic(name: str) -> Tactic | None:
    """By id (TA0006), short name (credential-access, credential_access) or English name; letters' case aside."""
    folded = name.strip().lower()
    return _BY_NAME.get(folded) or _BY_NAME.get(folded.replace("_", "-").replace(" ", "-"))
