"""Rules on what a filter stands on: log sources, fields, techniques."""

from collections.abc import Iterator

from hinomi.attack.crosswalk import current_technique
from hinomi.detect.condition import predicates_of
from hinomi.detect.coverage import why_never
from hinomi.detect.document import nearest
from hinomi.detect.names import loose
from hinomi.operations.lint.advice import Advice, FilterSubject, ModelSubject, leaves


def unknown_log_source(subject: FilterSubject) -> Iterator[Advice]:
    """A log source that no source of ours writes."""
    why = why_never(subject.found, subject.known.coverage)
    if why is not None:
        yield subject.advice_on("unknown-log-source", "logsource", why.en, why.ja)


def unknown_field(subject: FilterSubject) -> Iterator[Advice]:
    """A field that no source gives and that no test of the filter has."""
    tested = {loose(name) for test in (*subject.found.tests_fire, *subject.found.tests_silent) for name in test}
    told: set[str] = set()
    for part in subject.written.selections.values():
        for leaf in leaves(part):
            for one in predicates_of(leaf.node):
                name = loose(one.field or "")
                if not name or name in told or name in tested or name in subject.known.fields:
                    continue
                told.add(name)
                near = nearest(str(one.field), subject.known.fields.values())
                yield subject.advice(
                    "unknown-field",
                    leaf.path,
                    f"no source gives a field {one.field!r}{near}",
                    f"フィールド {one.field!r} を出すソースがありません{near.replace('nearest', '近いもの')}",
                )


def unknown_technique(subject: FilterSubject) -> Iterator[Advice]:
    """A technique that the bundled ATT&CK does not have (any more), with what it became."""
    for one in subject.found.techniques:
        now = current_technique(one)
        if one in subject.known.techniques and now == one:
            continue
        became = now if now in subject.known.techniques else None
        hint = f"; it is {became} now" if became else nearest(one, subject.known.techniques)
        hint_ja = f"。現在は {became} です" if became else hint.replace("nearest", "近いもの")
        yield subject.advice_on(
            "unknown-technique",
            "tags",
            f"{one} is not in the bundled ATT&CK{hint}",
            f"{one} は同梱の ATT&CK にありません{hint_ja}",
        )


def unknown_product(subject: ModelSubject) -> Iterator[Advice]:
    """A product that no source of ours is."""
    for index, one in enumerate(subject.model.products):
        if one not in subject.known.products:
            near = nearest(one, subject.known.products)
            yield subject.advice(
                "unknown-product",
                ("products", index),
                f"there is no source {one!r}{near}",
                f"ソース {one!r} はありません{near.replace('nearest', '近いもの')}",
            )


RULES = (unknown_log_source, unknown_field, unknown_technique)
MODEL_RULES = (unknown_product,)
