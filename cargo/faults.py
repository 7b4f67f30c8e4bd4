"""Turns pydantic's faults into lines that name file, field, value and remedy."""

import difflib
import json
import typing
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

SHOWN_FAULTS = 20
LONGEST_VALUE = 60  # characters
_OBJECT = "an object with keys is wanted"
_LIST = "a list is wanted"
_DATE = "not a date; write 2026-12-01"
_IN_WORDS = {
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dataclass_type": _OBJECT,
    "dict_type": _OBJECT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
}


def in_words(fault: Mapping[str, Any]) -> str:
    """What a fault says, in words of documents instead of Python's."""
    told = str(fault["msg"]).removeprefix("Value error, ")
    return _IN_WORDS.get(fault["type"], told)


def shown(value: Any) -> str:
    """A value as documents write it, shortened."""
    text = repr(value)
    if not isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def explain(error: ValidationError, model: type[BaseModel], source: str) -> str:
    """Return one line per fault, the first `SHOWN_FAULTS` of them."""
    faults = error.errors(include_url=False, include_context=False)
    lines = [_line(dict(fault), model, source) for fault in faults[:SHOWN_FAULTS]]
    if len(faults) > SHOWN_FAULTS:
        lines.append(f"{source}: {len(faults) - SHOWN_FAULTS} more faults")
    return "\n".join(lines)


def _line(fault: dict[str, Any], model: type[BaseModel], source: str) -> str:
    where = ".".join(str(step) for step in fault["loc"]) or "(whole document)"
    if fault["type"] == "extra_forbidden":
        known = _fields_at(model, fault["loc"][:-1])
        near = difflib.get_close_matches(str(fault["loc"][-1]), known, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"
        return f"{source}: {where}: unknown key; {hint}"
    if fault["type"] == "missing":
        kind = "entry" if isinstance(fault["loc"][-1], int) else "key"
        return f"{source}: {where}: this {kind} is required and missing"
    return f"{source}: {where}: {in_words(fault)} (value: {shown(fault['input'])})"


def _fields_at(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """Names that the model knows at `path` of a document."""
    here: type[BaseModel] | None = model
    for step in path:
        if here is None:
            return []
        if isinstance(step, str) and step in here.model_fields:
            here = _model_in(here.model_fields[step].annotation)
    return list(here.model_fields) if here is not None else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """First pydantic model inside an annotation such as `list[Shipment] | None`."""
    if typing.get_origin(annotation) is None and isinstance(annotation, type):
        return annotation if issubclass(annotation, BaseModel) else None
    for part in typing.get_args(annotation):
        if found := _model_in(part):
            return found
    return None
