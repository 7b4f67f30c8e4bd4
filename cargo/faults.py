"""Turns pydantic's faults into lines that name file, field, value and remedy."""

import difflib
import typing
from typing import Any

from pydantic import BaseModel, ValidationError

SHOWN_FAULTS = 20


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
        return f"{source}: {where}: this key is required and missing"
    value = repr(fault["input"])
    shown = value if len(value) <= 60 else value[:57] + "..."
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{source}: {where}: {message} (value: {shown})"


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
