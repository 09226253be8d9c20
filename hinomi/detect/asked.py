"""What is no plain text to look for: asked value by value. In: a value that holds a guard. Out: met or not."""

from typing import Any

from hinomi.detect.guards import needs_of
from hinomi.detect.literals import fold
from hinomi.detect.predicate import Predicate, Test, scalar_test

Numbers = tuple[int, ...]


class Asked:
    """A predicate, and the numbers of the filters that wait for it."""

    __slots__ = ("_needs", "_predicate", "_test", "numbers")

    def __init__(self, predicate: Predicate, numbers: Numbers) -> None:
        self._predicate, self.numbers = predicate, numbers
        self._needs = [tuple(map(fold, texts)) for texts in needs_of(predicate)]
        self._test: Test | None = None  # patterns are made when they are first needed: most never are

    def met(self, value: Any, folded: str) -> bool:
        """`folded`: the text of the value, folded."""
        for texts in self._needs:
            for text in texts:
                if text in folded:
                    break
            else:
                return False
        return (self._test or self.compile())(value)

    def compile(self) -> Test:
        """Else it is done when the first value has to be asked."""
        self._test = scalar_test(self._predicate)
        return self._test
