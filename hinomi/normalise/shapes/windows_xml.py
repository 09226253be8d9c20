"""A Windows event as the event log renders it: XML, read into the tree that evtx_dump writes.

The text is hostile: no document type, no entities of its own, and bounds on depth, elements and values. Schema:
"Windows Event Log schema" (http://schemas.microsoft.com/win/2004/08/events/event).
"""

from typing import Any
from xml.parsers import expat

from hinomi.normalise.node import MOST_NAMES

MOST_DEPTH = 32
MOST_ELEMENTS = 4 * MOST_NAMES


class XmlRefusedError(ValueError):
    """What was wrong, for people."""


def tree_of(xml: str) -> dict[str, Any]:
    """{"Event": {"System": .., "EventData": ..}}, attributes under `#attributes`, text beside them under `#text`.

    XmlRefusedError when it is no well-formed event or over a bound.
    """
    building = _Building()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = building.begin
    parser.EndElementHandler = building.end
    parser.CharacterDataHandler = building.text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        parser.Parse(_allowed(xml), True)
    except expat.ExpatError as error:
        raise XmlRefusedError(f"the XML is not well formed: {error}") from None
    event = building.root.get("Event")
    if type(event) is not dict or type(event.get("System")) is not dict:
        raise XmlRefusedError("the XML is no event: it has no Event with a System")
    return {"Event": event}


def _refuse_document_type(*_words: Any) -> None:
    raise XmlRefusedError("the XML has a document type: an event has none")


def _allowed(xml: str) -> str:
    """Without half characters (a value may end in the middle of one), and with the CR of values, which XML would drop."""
    whole = xml.strip().encode("utf-8", "replace").decode()
    if "\r" not in whole:
        return whole
    parts = (piece.partition(">") for piece in whole.split("<"))
    return "<".join(tag + end + text.replace("\r", "&#13;") for tag, end, text in parts)


class _Building:
    """The handlers of one parser run: a stack of open elements, each with its attributes, content and text."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self._open: list[tuple[str, dict[str, str], dict[str, Any], list[str]]] = []
        self._elements = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS or len(self._open) >= MOST_DEPTH:
            raise XmlRefusedError(f"the XML has over {MOST_ELEMENTS} elements, or is nested over {MOST_DEPTH} deep")
        kept = {key: value for key, value in attributes.items() if key.partition(":")[0] != "xmlns"}
        self._open.append((name.rpartition(":")[2], kept, {}, []))

    def text(self, text: str) -> None:
        self._open[-1][3].append(text)

    def end(self, _name: str) -> None:
        name, attributes, content, texts = self._open.pop()
        into = self._open[-1][2] if self._open else self.root
        if name == "Data" and self._open and self._open[-1][0] == "EventData" and "Name" in attributes:
            into.setdefault(attributes["Name"], "".join(texts))  # the first of a name wins, as with evtx_dump
            return
        _add(into, name, _node(attributes, content, "".join(texts)))


def _node(attributes: dict[str, str], content: dict[str, Any], text: str) -> Any:
    bare = "" if text.isspace() else text if not content else text.strip()
    if not attributes and not content:
        return bare
    node: dict[str, Any] = {"#attributes": attributes} if attributes else {}
    if bare:
        node["#text"] = bare
    return {**node, **content}


def _add(into: dict[str, Any], name: str, value: Any) -> None:
    """One more element: the second of a name makes a list of them."""
    if name not in into:
        into[name] = value
    elif isinstance(into[name], list):
        into[name].append(value)
    else:
        into[name] = [into[name], value]
