"""Faults of a request, told so that a person can mend them: where, what, and what was meant."""

import difflib
import inspect
import typing
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field

from cargo.faults import in_words, shown

_SHOWN = 20
_NO_OBJECT = ("model_attributes_type", "model_type")
_OBJECT_WANTED = "a JSON object is wanted; send one with `Content-Type: application/json`"


class Fault(BaseModel):
    """One fault of a request."""

    where: str = Field(description="where in the request", examples=["body.at"])
    message: str
    value: str | None = Field(None, description="what was given, shortened")


def faults_of(
    errors: Sequence[Any], body: Any, model: type[BaseModel] | None
) -> tuple[list[Fault], int]:
    """Return the first faults of a request, and how many there are.

    Parameters
    ----------
    errors
        As pydantic reports them.
    body
        The body as it came.
    model
        What it should have been.
    """
    told = [error for error in errors if not _is_of_another_branch(error, errors)] or list(errors)
    return [_fault(error, body, model) for error in told[:_SHOWN]], len(told)


def _is_of_another_branch(error: Any, errors: Sequence[Any]) -> bool:
    """Whether the value was meant for another branch of a union, such as text or object."""
    if error["type"] == "string_type":
        return isinstance(error["input"], dict)
    rivals = [
        other for other in errors if other is not error and other["loc"][:-1] == error["loc"][:-1]
    ]
    return error["type"] in _NO_OBJECT and bool(rivals)


def _fault(error: Any, body: Any, model: type[BaseModel] | None) -> Fault:
    loc, kind = error["loc"], error["type"]
    where = _where(loc, kind, body)
    if kind == "extra_forbidden":
        known = _keys_at(model, loc[1:-1])
        near = difflib.get_close_matches(str(loc[-1]), known, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"
        return Fault(where=where, message=f"unknown key; {hint}")
    if kind == "missing":
        what = "a JSON body" if loc == ("body",) else "this"
        return Fault(where=where, message=f"{what} is required and missing")
    if kind in _NO_OBJECT and loc == ("body",):
        return Fault(where=where, message=_OBJECT_WANTED, value=shown(error["input"]))
    return Fault(where=where, message=in_words(error), value=shown(error["input"]))


def _where(loc: Sequence[str | int], kind: str, body: Any) -> str:
    """Path of a fault within the request, without the names of a union's branches."""
    steps = [str(loc[0])]
    here = body
    for number, step in enumerate(loc[1:], 2):
        is_known = (isinstance(here, dict) and step in here) or (
            isinstance(here, list) and isinstance(step, int) and step < len(here)
        )
        if is_known:
            here = here[step]
        is_missing = kind == "missing" and number == len(loc)
        if is_known or is_missing or loc[0] != "body":
            steps.append(str(step))
    return ".".join(steps)


def _keys_at(model: type[BaseModel] | None, path: tuple[str | int, ...]) -> list[str]:
    """Keys that the model knows at `path` of a document."""
    here = model
    for step in path:
        if here is not None and isinstance(step, str):
            field = _by_key(here).get(step)
            here = model_in(field.annotation) if field is not None else here
    return list(_by_key(here)) if here is not None else []


def _by_key(model: type[BaseModel]) -> dict[str, Any]:
    """Fields by the key that documents use."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def model_in(annotation: Any) -> type[BaseModel] | None:
    """First pydantic model inside an annotation such as `list[Shipment] | None`."""
    if inspect.isclass(annotation):  # a class, and no `list[...]`
        return annotation if issubclass(annotation, BaseModel) else None
    return next((m for m in map(model_in, typing.get_args(annotation)) if m is not None), None)
