"""The slow, obvious evaluator: what a Sigma rule means, read off pySigma's tree, one activity at a time.

It shares no code with `hinomi.detect` and is never optimised: the engine is compared with it.
    meets(trees(rule), row)      row: names -> value, None for missing; KEYWORDS -> every value of the record
"""

import ipaddress
import re
from datetime import UTC, datetime
from typing import Any

import orjson
from sigma import conditions, types
from sigma.rule import SigmaRule

from hinomi.schema.activity import ActivityBatch

KEYWORDS = ""


class Row(dict[str, Any]):
    """Names -> value; `tidied` finds the name that a loose one means."""

    tidied: dict[str, str]


def row_of(batch: ActivityBatch, index: int) -> Row:
    """Names -> value of one activity: vocabulary, over it the record's own names, over them what the kind says."""
    row = Row({name: column[index] for name, column in batch.fields.items()})
    row.update({name: column[index] for name, column in batch.native.items()})
    if batch.kind.event_id is not None:
        row.update(dict.fromkeys([name for name in row if tidy(name) == "eventid"], batch.kind.event_id))
        row["EventID"] = batch.kind.event_id
    if batch.kind.channel:
        row.update(dict.fromkeys([name for name in row if tidy(name) == "channel"], batch.kind.channel))
        row["Channel"] = batch.kind.channel
    row.tidied = {tidy(name): name for name in [*reversed(batch.fields), *reversed(batch.native)]}
    row[KEYWORDS] = record_values(row.get("rawDataStr"))
    return row


def record_values(raw: str | None) -> list[Any]:
    if raw is None:
        return []
    try:
        waiting, found = [orjson.loads(raw)], []
    except orjson.JSONDecodeError:
        return [raw]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif value is not None:
            found.append(value)
    return found


def applies(rule: SigmaRule, batch: ActivityBatch) -> bool:
    source, kind = rule.logsource, batch.kind
    if source.product and source.product != kind.product:
        return False
    if source.category and source.category not in kind.categories:
        return False
    return not source.service or source.service in kind.services


def trees(rule: SigmaRule) -> list[Any]:
    return [condition.parsed for condition in rule.detection.parsed_condition]


def meets(rule_trees: list[Any], row: Row) -> bool:
    return any(holds(tree, row) for tree in rule_trees)


def holds(item: Any, row: Row) -> bool:
    if isinstance(item, conditions.ConditionAND):
        return all(holds(part, row) for part in item.args)
    if isinstance(item, conditions.ConditionOR):
        return any(holds(part, row) for part in item.args)
    if isinstance(item, conditions.ConditionNOT):
        return not holds(item.args[0], row)
    if isinstance(item, conditions.ConditionFieldEqualsValueExpression):
        return field_holds(lookup(item.field, row), item.value, row)
    return any(keyword_holds(value, item.value) for value in row[KEYWORDS])


def lookup(name: str, row: Row) -> Any:
    return row.get(name) if name in row else row.get(row.tidied.get(tidy(name), "no such name"))


def tidy(name: str) -> str:
    return name.lower().replace(" ", "")


def field_holds(found: Any, wanted: Any, row: Row) -> bool:
    if isinstance(wanted, types.SigmaNull):
        return found is None
    if isinstance(wanted, types.SigmaExists):
        return (found is not None) == bool(wanted.exists)
    if isinstance(wanted, types.SigmaExpansion):
        return any(field_holds(found, one, row) for one in wanted.values)
    members = found if isinstance(found, list) else [found]
    if isinstance(wanted, types.SigmaFieldReference):
        other = lookup(wanted.field, row)
        others = other if isinstance(other, list) else [other]
        return any(reference_holds(one, two, wanted) for one in members for two in others)
    return any(value_holds(one, wanted) for one in members if one is not None)


def reference_holds(one: Any, two: Any, wanted: types.SigmaFieldReference) -> bool:
    if one is None or two is None:
        return False
    left, right = as_text(one).lower(), as_text(two).lower()
    if wanted.starts_with and wanted.ends_with:
        return right in left
    if wanted.starts_with:
        return left.startswith(right)
    return left.endswith(right) if wanted.ends_with else left == right


def keyword_holds(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, types.SigmaExpansion):
        return any(keyword_holds(found, one) for one in wanted.values)
    if isinstance(wanted, types.SigmaNumber) and not isinstance(wanted, types.SigmaTimestampPart):
        return str(wanted.number) in as_text(found).lower()
    if isinstance(wanted, types.SigmaString):
        return pattern_holds(as_text(found), wanted, around="[\\s\\S]*")
    return value_holds(found, wanted)


def value_holds(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, types.SigmaString):
        return pattern_holds(as_text(found), wanted, around="")
    if isinstance(wanted, types.SigmaBool):
        return as_text(found).lower() == str(wanted.boolean).lower()
    if isinstance(wanted, types.SigmaTimestampPart):
        return part_of_time(found, wanted.timestamp_part.name) == wanted.number
    if isinstance(wanted, types.SigmaNumber):
        return as_number(found) is not None and as_number(found) == wanted.number
    if isinstance(wanted, types.SigmaCompareExpression):
        if isinstance(wanted.number, types.SigmaTimestampPart):
            part = part_of_time(found, wanted.number.timestamp_part.name)
            return compares(part, wanted.op.name, wanted.number.number)
        return compares(as_number(found), wanted.op.name, wanted.number.number)
    if isinstance(wanted, types.SigmaCIDRExpression):
        return in_network(found, wanted.network)
    if isinstance(wanted, types.SigmaRegularExpression):
        flags = 0
        for flag in wanted.flags:
            flags |= wanted.sigma_to_python_flags[flag]
        return re.search(str(wanted.regexp), as_text(found), flags) is not None
    raise TypeError(wanted)


def pattern_holds(text: str, wanted: types.SigmaString, around: str) -> bool:
    """The pattern as a regular expression over the whole text, letter by letter."""
    cased = isinstance(wanted, types.SigmaCasedString)
    pattern = ""
    for part in wanted.s:
        if isinstance(part, types.Placeholder):
            return False
        if part is types.SpecialChars.WILDCARD_MULTI:
            pattern += "[\\s\\S]*"
        elif part is types.SpecialChars.WILDCARD_SINGLE:
            pattern += "[\\s\\S]"
        else:
            pattern += re.escape(part if cased else part.lower())
    return re.fullmatch(around + pattern + around, text if cased else text.lower()) is not None


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def as_number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    text = str(value).strip()
    if re.fullmatch("0[xX][0-9a-fA-F]{1,40}", text):
        return int(text, 16)
    if re.fullmatch("[+-]?[0-9]{1,40}", text):
        return int(text)
    return float(text) if re.fullmatch("[+-]?[0-9]{1,40}[.][0-9]{1,40}", text) else None


def compares(found: float | None, how: str, wanted: float) -> bool:
    if found is None:
        return False
    answers = {"LT": found < wanted, "LTE": found <= wanted, "GT": found > wanted, "GTE": found >= wanted}
    return answers[how]


def in_network(found: Any, network: Any) -> bool:
    try:
        address = ipaddress.ip_address(str(found).strip())
    except ValueError:
        return False
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address in network


def part_of_time(found: Any, part: str) -> int | None:
    try:
        if isinstance(found, str):
            moment = datetime.fromisoformat(found.strip())
            moment = moment.astimezone(UTC) if moment.tzinfo else moment
        elif isinstance(found, int) and not isinstance(found, bool):
            moment = datetime.fromtimestamp(found / 1000, UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return moment.isocalendar().week if part == "WEEK" else getattr(moment, part.lower())
