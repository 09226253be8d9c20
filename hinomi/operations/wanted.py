"""What a predicate wants, as people write it: *.exe for a pattern, /x/i for a regular expression, the other field's name."""

from typing import Any

from hinomi.detect.predicate import ANY_CHARACTER, ANY_TEXT, Operator, text_of

_WILD = {ANY_TEXT: "*", ANY_CHARACTER: "?"}


def wanted_text(operator: str, value: Any) -> str:
    match operator:
        case Operator.GLOB:
            return "".join(_WILD[part] if isinstance(part, int) else part for part in value)
        case Operator.REGEX:
            return f"/{value[0]}/{value[1]}"
        case Operator.FIELD:
            return f"{value[1]} {value[0]}"
        case Operator.TIME_PART:
            return f"{value[0]} {value[1]}"
        case Operator.NULL:
            return ""
    if isinstance(value, list | tuple):
        return ", ".join(text_of(member) for member in value if member is not None)
    return "" if value is None else text_of(value)
