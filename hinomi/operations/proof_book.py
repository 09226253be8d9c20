"""Proofs of the content in effect, each made once for each version: what lists and switches ask for many times."""

import threading
from collections.abc import Callable
from dataclasses import replace

from hinomi.detect.content import Content
from hinomi.detect.text_store import Key
from hinomi.operations.book import Page
from hinomi.operations.proofs import Proof, prove_filter, prove_model
from hinomi.schema.content import Filter, Model

MAX_KEPT = 20_000


class ProofBook:
    """Safe to share between threads; a proof costs a few milliseconds, then nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str, str], Proof] = {}

    def of(self, page: Page, key: Key) -> Proof:
        """The proof of a piece as its text says, whatever the switches."""
        value = page.value(key) or page.pieces[key].value
        return self.of_draft(page, key, value)

    def of_draft(self, page: Page, key: Key, value: Filter | Model | None) -> Proof:
        """The proof of a text that is not in effect yet, among the filters that are."""
        if value is None:
            return Proof(key[0], key[1], "", 0)
        with self._lock:
            known = self._known.get((*key, value.version))
            if known is None:
                known = _prove(value, page.content)
                if len(self._known) >= MAX_KEPT:
                    self._known.clear()
                if isinstance(value, Filter) or value.techniques:
                    self._known[(*key, value.version)] = known
            return known

    def warm(self, page: Page, is_over: Callable[[], bool] = lambda: False) -> None:
        """Make every proof now, so that nobody waits for them later; left off when `is_over` says so."""
        for key in page.pieces:
            if is_over():
                return
            self.of(page, key)


def _prove(value: Filter | Model, content: Content) -> Proof:
    if not value.tests_fire and not value.tests_silent:
        return Proof("filter" if isinstance(value, Filter) else "model", value.id, value.file, 0)
    if isinstance(value, Filter):
        return prove_filter(value)
    rules = tuple(replace(rule, enabled=True) for rule in value.rules)
    return prove_model(replace(value, enabled=True, rules=rules), content)
