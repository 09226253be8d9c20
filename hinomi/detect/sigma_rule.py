"""A Sigma rule as a filter. In: a YAML document. Out: a Filter, or every error with its line. pySigma parses."""

import hashlib
import re
from collections.abc import Iterable
from functools import partial
from types import MappingProxyType

import re2  # type: ignore[import-untyped]
from sigma.exceptions import SigmaError
from sigma.modifiers import SigmaWideModifier, modifier_mapping
from sigma.policy import SigmaPolicy
from sigma.policy.regex_engine import RE2RegexEngine, RegexPattern
from sigma.rule import SigmaRule

from hinomi.detect.attack_tags import tactics_of, techniques_of
from hinomi.detect.document import Document, parse_documents
from hinomi.detect.parsed import Parsed, RuleSource
from hinomi.detect.placeholders import Placeholders, fill
from hinomi.detect.predicate import compiled
from hinomi.detect.sigma_condition import condition_of
from hinomi.detect.sigma_message import located
from hinomi.errors import ContentError
from hinomi.schema.content import Filter, LogSource, Severity, Text

RISKS: dict[str, Severity] = {
    "informational": Severity.INFO,
    "low": Severity.LOW,
    "medium": Severity.MEDIUM,
    "high": Severity.HIGH,
    "critical": Severity.CRITICAL,
}
UNSTATED_RISK = Severity.MEDIUM


class _QuietRe2(RE2RegexEngine):
    """RE2 that raises what is wrong with a pattern and does not also write it to stderr."""

    def compile(self, pattern: str, flags: int = 0) -> RegexPattern:
        letters = "".join(letter for letter, flag in _FLAGS.items() if flags & flag)
        try:
            found: RegexPattern = compiled(f"(?{letters}){pattern}" if letters else pattern)
        except re2.error as error:
            reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
            raise ValueError(f"{reason} (RE2 syntax: no look-around, no back-references)") from error
        return found

    @property
    def error(self) -> type[Exception]:
        return ValueError


# The specification's name (2.1); pySigma knows only its alias.
modifier_mapping.setdefault("utf16le", SigmaWideModifier)

MAX_CONDITION = 10_000  # letters; the longest of the community's rules has some six hundred
MAX_DEPTH = 100  # brackets and doubled `not`

_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
ANY_PRODUCT = "any"  # ours: the filter looks at activities of every product
POLICY = SigmaPolicy(regex_engine=_QuietRe2())


def read_sigma(
    document: Document, placeholders: Placeholders = MappingProxyType({})
) -> tuple[Filter | None, list[ContentError]]:
    """The filter of one rule as the community writes it: the rule's UUID is its id, its texts stay English."""
    parsed, errors = parse_rule(document, placeholders)
    if parsed is None:
        return None, errors
    rule = parsed.rule
    tags = [str(tag) for tag in rule.tags]
    return Filter(
        id=str(rule.id) if rule.id else version_of(document),
        title=Text(rule.title, rule.title),
        description=Text(rule.description or "", rule.description or ""),
        risk=RISKS.get(str(rule.level.name).lower(), UNSTATED_RISK) if rule.level else UNSTATED_RISK,
        technique_class="behaviour",
        logsource=LogSource(
            None if rule.logsource.product == ANY_PRODUCT else rule.logsource.product,
            rule.logsource.category,
            rule.logsource.service,
        ),
        techniques=techniques_of(tags),
        tactics=tactics_of(tags),
        highlights=(),
        references=tuple(str(one) for one in rule.references),
        author=rule.author or "",
        origin="imported",
        version=version_of(document),
        sigma=parsed,
        file=document.file,
    ), []


def parse_rule(document: Document, placeholders: Placeholders) -> tuple[Parsed | None, list[ContentError]]:
    """pySigma's rule with a condition that compiles; or what is wrong with it."""
    long = condition_errors(document, "detection")
    if long:
        return None, long
    try:
        rule = SigmaRule.from_dict(document.data, collect_errors=True, policy=POLICY)
        if not rule.errors:
            fill(rule, placeholders)
            again = partial(parsed_again, document.text, document.index, placeholders)
            source = RuleSource(again, rule)
            return Parsed(condition_of(rule), str(rule.id) if rule.id else "", source), []
    except SigmaError as error:
        return None, [located(document, error, POLICY)]
    except (TypeError, ValueError, AttributeError, KeyError, RecursionError) as error:
        # pySigma takes some shapes for granted: a list where a mapping belongs ends as one of these
        return None, [
            document.error(f"not a Sigma rule: {error}", "detection", ja=f"Sigma ルールではありません: {error}")
        ]
    return None, [located(document, error, POLICY) for error in rule.errors]


def condition_errors(document: Document, part: str) -> list[ContentError]:
    """A condition that is so long or so deep that reading it would take too long."""
    section = document.data.get(part)
    conditions = section.get("condition") if isinstance(section, dict) else None
    for condition in conditions if isinstance(conditions, list) else [conditions]:
        if isinstance(condition, str) and (len(condition) > MAX_CONDITION or _depth(condition) > MAX_DEPTH):
            return [
                document.error(
                    f"the condition has more than {MAX_CONDITION} letters or {MAX_DEPTH} levels: use 1 of name*",
                    part,
                    "condition",
                    ja=f"条件が {MAX_CONDITION} 文字または {MAX_DEPTH} 段を超えています。1 of name* を使ってください",
                )
            ]
    return []


def _depth(condition: str) -> int:
    """At least how many brackets and `not` stand inside each other."""
    return condition.count("(") + len(re.findall(r"\bnot\s+(?=not\b)", condition))


def parsed_again(text: str, index: int, placeholders: Placeholders = MappingProxyType({})) -> SigmaRule:
    """The rule of a text that was sound before."""
    rule = SigmaRule.from_dict(parse_documents(text, "")[0][index].data, policy=POLICY)
    fill(rule, placeholders)
    return rule


def version_of(document: Document) -> str:
    """Content hash, 16 hex: a filter whose text changed is another version."""
    text = document.text[document.node.start_mark.index : document.node.end_mark.index]
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def joined_version(versions: Iterable[str]) -> str:
    """The version of what is made of several texts."""
    return hashlib.blake2b("|".join(versions).encode(), digest_size=8).hexdigest()
