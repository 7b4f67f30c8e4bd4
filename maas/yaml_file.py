"""YAML files that are checked by pydantic models; a fault names key, value and the way out."""

import difflib
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from cargo.faults import in_words, shown
from maas.errors import MaasError

_Model = TypeVar("_Model", bound=BaseModel)


def _known_keys(model: Any, path: tuple[str | int, ...]) -> list[str]:
    """Keys that the schema knows at `path` of a document."""
    schema = model.model_json_schema()
    node: dict[str, Any] = schema
    for step in path:
        node = _descend(schema, node, step)
    return list(_resolved(schema, node).get("properties", {}))


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follow references and the first object of a union."""
    while True:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
        elif options := node.get("anyOf") or node.get("allOf"):
            node = next((option for option in options if "$ref" in option), options[0])
        else:
            return node


def _descend(schema: dict[str, Any], node: dict[str, Any], step: str | int) -> dict[str, Any]:
    node = _resolved(schema, node)
    if isinstance(step, int):
        inner: dict[str, Any] = node.get("items", {})
        return inner
    if step in (mapping := node.get("discriminator", {}).get("mapping", {})):
        return {"$ref": mapping[step]}
    found: dict[str, Any] = node.get("properties", {}).get(step, {})
    return found


def explain(error: ValidationError, model: Any, source: str) -> str:
    """Turn a validation error into lines that name file, field, value and remedy."""
    lines = []
    faults = error.errors(include_url=False)
    for fault in faults:
        if fault["type"] == "too_short" and any(_is_below(other, fault) for other in faults):
            continue  # short only of what is wrong
        where = ".".join(str(step) for step in fault["loc"]) or "(whole file)"
        if fault["type"] == "extra_forbidden":
            known = _known_keys(model, fault["loc"][:-1])
            near = difflib.get_close_matches(str(fault["loc"][-1]), known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"
            lines.append(f"{source}: {where}: unknown key; {hint}")
        elif fault["type"] == "missing":
            lines.append(f"{source}: {where}: this key is required and missing")
        else:
            told = f"{in_words(fault)} (value: {shown(fault['input'])})"
            lines.append(f"{source}: {where}: {told}")
    return "\n".join(lines)


def _is_below(fault: Any, other: Any) -> bool:
    """Whether a fault lies within the value of another one."""
    size = len(other["loc"])
    return len(fault["loc"]) > size and bool(fault["loc"][:size] == other["loc"])


def read_yaml(
    path: Path, model: type[_Model], refused: type[MaasError], name: str, keys: str
) -> _Model:
    """Read and check a YAML file; every fault is a `refused` that says what to do."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    except FileNotFoundError as error:
        msg = f"{path}: no such file; give the path of a {name}"
        raise refused(msg) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        msg = f"{path}: cannot be read as YAML: {error}"
        raise refused(msg) from error
    if not isinstance(document, dict):
        msg = f"{path}: expected keys such as {keys}"
        raise refused(msg)
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise refused(explain(error, model, str(path))) from error
