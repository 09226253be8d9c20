"""Every reason a watch could not look is told in both languages, also those that an older Hinomi kept."""

import pytest

from hinomi.errors import ContentError, DiskFull, HinomiError, InputError, Place, TooMany, Unavailable
from hinomi.hunt import trouble
from hinomi.query.refusal import QueryError
from hinomi.schema.content import Text


@pytest.mark.parametrize(
    ("error", "en", "ja"),
    [
        (QueryError("unknown field", "不明なフィールドです", 3), "column 3: unknown field", "3 文字目: 不明なフィールドです"),
        (ContentError("wrong", Place("a.yml", 2), "誤りです"), "a.yml:2: wrong", "a.yml:2: 誤りです"),
        (TooMany("too many searches"), "too many searches", "混み合っています"),
        (Unavailable("the lake is closed"), "the lake is closed", "応答しません。次の実行でもう一度試します: the lake is closed"),
        (DiskFull("no room"), "no room", "空きがありません"),
        (InputError("odd"), "odd", "実行できません: odd"),
    ],
)  # fmt: skip
def test_in_both_languages(error: HinomiError, en: str, ja: str) -> None:
    told = trouble.told(error)
    assert told.en == en
    assert ja in told.ja


def test_a_row_keeps_both_and_an_old_one_is_read_as_it_is() -> None:
    assert trouble.read(trouble.kept(trouble.FAILED)) == trouble.FAILED
    assert trouble.read(trouble.kept(Text("e" * 5000, "日" * 5000))) == Text("e" * 1000, "日" * 1000)
    assert trouble.kept(None) is None is trouble.read(None)
    for old in ("the search took too long", "5", '"a"', "{}"):
        assert trouble.read(old) == Text(old, old)
