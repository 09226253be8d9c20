"""Rules on what people read: Japanese, false positives; and on proofs."""

import re
from collections.abc import Callable, Iterator

from hinomi.operations.lint.advice import Advice, FilterSubject, ModelSubject
from hinomi.schema.content import Severity, Text

_JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_NOTHING = {"", "unknown", "none", "n/a", "unlikely"}


def missing_japanese(subject: FilterSubject) -> Iterator[Advice]:
    """A title or description without a Japanese letter."""
    found = subject.found
    yield from (
        subject.advice_on("missing-japanese", "hinomi" if "hinomi" in subject.document.data else key, *_MISSING[key])
        for key, text in (("title", found.title), ("description", found.description))
        if not _is_japanese(text)
    )


_MISSING = {
    "title": ("the title has no Japanese", "日本語のタイトルがありません"),
    "description": ("the description has no Japanese", "日本語の説明がありません"),
    "name": ("the name has no Japanese", "日本語の名前がありません"),
}


def _is_japanese(text: Text) -> bool:
    return not text.en or bool(_JAPANESE.search(text.ja))


def no_false_positives(subject: FilterSubject) -> Iterator[Advice]:
    """High and critical filters wake people: what else it may be must stand there."""
    told = subject.document.data.get("falsepositives") or []
    named = [one for one in told if str(one).strip().lower() not in _NOTHING] if isinstance(told, list) else [told]
    if subject.found.risk in (Severity.HIGH, Severity.CRITICAL) and not named:
        yield subject.advice_on(
            "no-false-positives",
            "falsepositives" if "falsepositives" in subject.document.data else "level",
            f"{subject.found.risk} needs its false positives named",
            f"リスク {subject.found.risk} には、考えられる誤検知を書く必要があります",
        )


def missing_proof(subject: FilterSubject) -> Iterator[Advice]:
    """A filter that no test fires, or that no test must leave silent."""
    yield from _missing_proofs(subject.advice_on, bool(subject.found.tests_fire), bool(subject.found.tests_silent))


def model_japanese(subject: ModelSubject) -> Iterator[Advice]:
    """A name or description of a model, or the name of a rule, without a Japanese letter."""
    for key, text in (("name", subject.model.name), ("description", subject.model.description)):
        if not _is_japanese(text):
            yield subject.advice("missing-japanese", ("ja", key), *_MISSING[key])
    for rule in subject.model.rules:
        if not _is_japanese(rule.name):
            en, ja = _MISSING["name"]
            yield subject.advice("missing-japanese", ("ja", "rules", rule.id), f"{en}: {rule.id}", f"{ja}: {rule.id}")


def model_proof(subject: ModelSubject) -> Iterator[Advice]:
    """A model that no case meets, or that no case must leave alone."""

    def advice(rule: str, key: str, en: str, ja: str) -> Advice:
        return subject.advice(rule, (key,), en, ja)

    yield from _missing_proofs(advice, bool(subject.model.tests_fire), bool(subject.model.tests_silent))


def _missing_proofs(advice: Callable[[str, str, str, str], Advice], fires: bool, silent: bool) -> Iterator[Advice]:
    if not fires:
        yield advice(
            "missing-proof", "tests", "no test fires it (tests: fires)", "検知されるテスト (fires) がありません"
        )
    if not silent:
        en, ja = "no test must leave it silent (tests: silent)", "検知されないべきテスト (silent) がありません"
        yield advice("missing-proof", "tests", en, ja)


RULES = (missing_japanese, no_false_positives, missing_proof)
MODEL_RULES = (model_japanese, model_proof)
