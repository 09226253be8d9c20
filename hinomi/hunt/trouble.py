"""Why a watch could not look: in both languages, and as the one text that its row keeps."""

import orjson

from hinomi.errors import ContentError, DiskFull, HinomiError, TooMany, Unavailable
from hinomi.query.refusal import QueryError
from hinomi.schema.content import Text

MAX_CHARACTERS = 1000

FAILED = Text("it failed; the server's log says why", "失敗しました。理由はサーバーのログにあります")


def told(error: HinomiError) -> Text:
    """The error in both languages. Parts of the house that speak English alone are quoted, after what can be done."""
    if isinstance(error, QueryError):
        return error.text
    if isinstance(error, ContentError):
        return Text(str(error), f"{error.at}: {error.ja}")
    return Text(str(error), f"{_first_words(error)}: {error}")


def _first_words(error: HinomiError) -> str:
    if isinstance(error, TooMany):
        return "検索が混み合っています。次の実行でもう一度試します"
    if isinstance(error, DiskFull):
        return "ディスクに空きがありません"
    if isinstance(error, Unavailable):
        return "レイクまたはデータベースが応答しません。次の実行でもう一度試します"
    return "このクエリを実行できません"


def cut(most: int) -> Text:
    """A run that found more than it tells at once."""
    return Text(
        f"more than {most:,} new results: the next run goes on with the rest; better narrow the query",
        f"新しい結果が {most:,} 件を超えました。残りは次の実行で続けます。クエリを絞り込むことをお勧めします",
    )


def kept(text: Text | None) -> str | None:
    """For the row."""
    if text is None:
        return None
    return orjson.dumps({"en": text.en[:MAX_CHARACTERS], "ja": text.ja[:MAX_CHARACTERS]}).decode()


def read(row: str | None) -> Text | None:
    """From the row; one that an older Hinomi wrote has English alone."""
    if row is None:
        return None
    try:
        found = orjson.loads(row)
        return Text(found["en"], found["ja"])
    except (ValueError, KeyError, TypeError):
        return Text(row, row)
