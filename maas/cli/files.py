"""Files that commands read and write."""

import json
from pathlib import Path
from typing import Any

from cargo.errors import DocumentError


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises
    ------
    DocumentError
        If it is missing or no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        msg = f"{path}: no such file"
        raise DocumentError(msg) from error
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        msg = f"{path}: cannot be read as JSON: {error}"
        raise DocumentError(msg) from error


def write_whole(text: str, path: Path) -> None:
    """Write a file, or leave the old one as it is.

    Raises
    ------
    DocumentError
        If it cannot be written.
    """
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}; name a place that can"
        raise DocumentError(msg) from error
