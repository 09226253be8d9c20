"""YAML documents that know where each value stands. In: a file. Out: documents, and errors with file and line."""

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from hinomi.detect.yaml_guard import Wrong, too_deep, wrong_in
from hinomi.errors import ContentError, Place
from hinomi.schema.content import Text

MAX_BYTES = 1 << 20  # a filter or model is a page of text; ten megabytes of YAML are an accident or an attack


Head = Mapping[str, str | None]  # the top-level keys of a document, with the values that others refer to it by
REFERRED = ("id", "name")


class Document:
    """One YAML document: number `index` of those in `text`, the whole text of `file`.

    One that was read before comes with its head alone: the rest is parsed when somebody asks for it.
    """

    __slots__ = ("_head", "_parsed", "file", "index", "reading", "text")

    def __init__(
        self,
        file: str,
        text: str,
        index: int,
        parsed: tuple[dict[str, Any], yaml.Node] | None = None,
        head: Head | None = None,
    ) -> None:
        self.file, self.text, self.index = file, text, index
        self._parsed, self._head = parsed, head
        self.reading: Any = None  # what it was read as before, for who keeps that (shelf.py)

    @property
    def data(self) -> dict[str, Any]:
        return self._whole()[0]

    @property
    def node(self) -> yaml.Node:
        return self._whole()[1]

    @property
    def head(self) -> Head:
        if self._head is None:
            data = self.data
            self._head = {str(key): _plain(data[key]) if key in REFERRED else None for key in data}
        return self._head

    def with_data(self, data: dict[str, Any]) -> "Document":
        """The document as if it had said `data`, at the places where it says what it says."""
        return Document(self.file, self.text, self.index, (data, self.node))

    def _whole(self) -> tuple[dict[str, Any], yaml.Node]:
        if self._parsed is None:
            again = parse_documents(self.text, self.file)[0][self.index]
            self._parsed = again.data, again.node
        return self._parsed

    def place(self, *path: str | int) -> Place:
        """Where the value at `path` stands; the nearest place above it where there is no such value."""
        node = self.node
        for step in path:
            inner = _inner(node, step)
            if inner is None:
                break
            node = inner
        return Place(self.file, node.start_mark.line + 1)

    def error(self, message: str, *path: str | int, ja: str) -> ContentError:
        """The message at the place of `path`; `ja` is the same in Japanese."""
        return ContentError(message, at=self.place(*path), ja=ja)

    def wrong(self, text: Text, *path: str | int) -> ContentError:
        """As `error`."""
        return self.error(text.en, *path, ja=text.ja)


def _plain(value: Any) -> str | None:
    return str(value) if value and isinstance(value, str | int) else None


def read_documents(path: Path, name: str) -> tuple[list[Document], list[ContentError]]:
    """The documents of one file, shown to people as `name`. What cannot be read is an error, never an exception."""
    try:
        if path.stat().st_size > MAX_BYTES:
            message = f"the file is larger than {MAX_BYTES} bytes: split it, one rule a file"
            japanese = f"ファイルが {MAX_BYTES} バイトを超えています。1 ファイル 1 ルールに分けてください"
            return [], [ContentError(message, at=Place(name, 1), ja=japanese)]
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8 text: {error.reason} at byte {error.start}; save the file as UTF-8"
        japanese = f"UTF-8 ではありません ({error.start} バイト目)。UTF-8 で保存してください"
        return [], [ContentError(message, at=Place(name, line), ja=japanese)]
    except OSError as error:
        message, japanese = f"cannot be read: {error.strerror}", f"読み取れません: {error.strerror}"
        return [], [ContentError(message, at=Place(name), ja=japanese)]
    return parse_documents(text, name)


def parse_documents(text: str, name: str) -> tuple[list[Document], list[ContentError]]:
    """The documents of one text."""
    documents: list[Document] = []
    errors: list[ContentError] = []
    deep = too_deep(text)
    if deep is not None:
        return [], [_wrong(deep, name)]
    loader = yaml.CSafeLoader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is None:
                break
            wrong = wrong_in(node)
            if wrong is not None:
                errors.append(_wrong(wrong, name))
                continue
            data = loader.construct_document(node)
            if isinstance(data, dict):
                documents.append(Document(name, text, len(documents), (data, node)))
            elif data is not None:
                message, japanese = "not a mapping of keys to values", "キーと値のマッピングではありません"
                errors.append(ContentError(message, at=Place(name, node.start_mark.line + 1), ja=japanese))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        errors.append(_yaml_error(error, name, text))
    finally:
        loader.dispose()
    return documents, errors


def nearest(word: str, known: Iterable[str]) -> str:
    """`; nearest: 'x'` for a message about an unknown word, or nothing where none is near."""
    near = _near(word, known)
    return f"; nearest: {near!r}" if near else ""


def unknown(kind: Text, word: str, known: Iterable[str]) -> Text:
    """That there is no such word of this kind (`Text("field", "フィールド")`), and which one is near."""
    near = _near(word, known)
    return Text(
        f"unknown {kind.en} {word!r}" + (f"; nearest: {near!r}" if near else ""),
        f"{kind.ja} {word!r} はありません" + (f"。近いもの: {near!r}" if near else ""),
    )


def unknown_filter(name: str, known: Iterable[str]) -> Text:
    return unknown(Text("filter", "フィルタ"), name, known)


def _near(word: str, known: Iterable[str]) -> str | None:
    by_lower = {one.lower(): one for one in known}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None


def _wrong(wrong: Wrong, name: str) -> ContentError:
    return ContentError(wrong.en, at=Place(name, wrong.line), ja=wrong.ja)


def _yaml_error(error: Exception, name: str, text: str) -> ContentError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).split("\n")[0] or type(error).__name__
    japanese = f"正しい YAML ではありません: {problem}"
    if mark is None:
        position = getattr(error, "position", None)
        line = None if position is None else text.count("\n", 0, position) + 1
        return ContentError(f"not valid YAML: {problem}", at=Place(name, line), ja=japanese)
    lines = text.splitlines()
    if mark.line < len(lines) and lines[mark.line][mark.column : mark.column + 1] == "\t":
        problem += "; a tab stands here: indent with blanks"
        japanese += "。タブがあります。字下げには空白を使ってください"
    return ContentError(f"not valid YAML: {problem}", at=Place(name, mark.line + 1, mark.column + 1), ja=japanese)


def _inner(node: yaml.Node, step: str | int) -> yaml.Node | None:
    """One step down; for a mapping the key's node, so that the line is the one a person looks for."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                # The value's own line lies below its key for block texts, lists and mappings.
                copied: yaml.Node = type(value)(value.tag, value.value, key.start_mark, value.end_mark)
                return copied
    return None
