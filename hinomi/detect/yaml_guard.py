"""YAML that would hurt, or that people read otherwise than YAML does. In: text, nodes. Out: what is wrong, and on which line.

The C parser goes down one call per level of nesting, so a hundred thousand brackets would end the process: depth is looked
at before. Aliases are cheap as text and as nodes, and dear to whoever walks what they stand for.
"""

import re
from dataclasses import dataclass

import yaml

MAX_DEPTH = 64  # levels of lists and mappings; a rule of the community has at most eight
MAX_EXPANDED = 200_000  # values of a document with each alias written out
_OPENERS = re.compile(r"[\[{]|[-?][ \t\n]")  # what can begin a level without a line of its own


@dataclass(frozen=True, slots=True)
class Wrong:
    """`line` counts from 1."""

    line: int
    en: str
    ja: str


def too_deep(text: str) -> Wrong | None:
    """The line at which the nesting goes too far. Asks the parser's events, which need no stack, and only where it may."""
    if sum(1 for _ in _OPENERS.finditer(text)) <= MAX_DEPTH:
        return None
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    return Wrong(
                        event.start_mark.line + 1 if event.start_mark else 1,
                        f"more than {MAX_DEPTH} levels of nesting: write it flatter",
                        f"入れ子が {MAX_DEPTH} 段を超えています。平らに書いてください",
                    )
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except (yaml.YAMLError, ValueError):
        return None  # whoever parses it next says what is wrong
    return None


def wrong_in(root: yaml.Node) -> Wrong | None:
    """The first thing in a document that must not be."""
    return _bad_key(root) or _bad_alias(root)


def _bad_key(root: yaml.Node) -> Wrong | None:
    """Of two equal keys YAML would keep the last in silence; merge keys (`<<`) copy what they name, nested ones without end."""
    waiting, seen = [root], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            names: set[str] = set()
            for key, value in node.value:
                said = _wrong_key(key, names)
                if said is not None:
                    return Wrong(key.start_mark.line + 1, *said)
                names.add(key.value)
                waiting.append(value)
    return None


def _wrong_key(key: yaml.Node, names: set[str]) -> tuple[str, str] | None:
    if key.tag == "tag:yaml.org,2002:merge":
        return (
            "merge keys (<<) are not read: write the keys out",
            "マージキー (<<) は使えません。キーを書き出してください",
        )
    if not isinstance(key, yaml.ScalarNode):
        return (
            "a key is a list or a mapping: keys are texts",
            "キーがリストかマッピングです。キーはテキストにしてください",
        )
    if key.tag == "tag:yaml.org,2002:bool":
        return (
            f"YAML reads the key {key.value!r} as a boolean: put it in quotes",
            f"キー {key.value!r} は真偽値として読まれます。引用符で囲んでください",
        )
    if key.value in names:
        return f"the key {key.value!r} stands twice", f"キー {key.value!r} が二重です"
    return None


def _bad_alias(root: yaml.Node) -> Wrong | None:
    """An alias inside what it stands for; or aliases of aliases that stand for too much."""
    sizes: dict[int, int] = {}
    inside: set[int] = set()
    waiting: list[tuple[yaml.Node, bool]] = [(root, False)]
    while waiting:
        node, is_done = waiting.pop()
        inner = _inner_nodes(node)
        if is_done:
            inside.discard(id(node))
            sizes[id(node)] = 1 + sum(sizes.get(id(one), 1) for one in inner)
            if sizes[id(node)] > MAX_EXPANDED:
                return Wrong(
                    node.start_mark.line + 1,
                    f"its aliases stand for more than {MAX_EXPANDED} values: write out what is meant",
                    f"エイリアスを展開すると {MAX_EXPANDED} 個を超えます。値を書き出してください",
                )
        elif id(node) in inside:
            return Wrong(
                node.start_mark.line + 1, "an alias stands inside itself", "エイリアスが自分自身を含んでいます"
            )
        elif inner and id(node) not in sizes:
            inside.add(id(node))
            waiting.append((node, True))
            waiting += [(one, False) for one in inner]
    return None


def _inner_nodes(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    return [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else []
