"""Files that commands read and write."""

import os
from pathlib import Path
from typing import Any

from cargo.errors import DocumentError
from cargo.json_text import parse_json


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises
    ------
    DocumentError
        If it is missing or no JSON.
    """
    try:
        return parse_json(path.read_bytes())
    except FileNotFoundError as error:
        msg = f"{path}: no such file"
        raise DocumentError(msg) from error
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read as JSON: {error}"
        raise DocumentError(msg) from error


def check_writable(*paths: Path | None) -> None:
    """Refuse, before any work is done, files that could not be written after it.

    Raises
    ------
    DocumentError
        If one is a folder, or lies in none that may be written to.
    """
    for path in paths:
        if path is None:
            continue
        if path.is_dir():
            msg = f"{path} is a folder; name a file"
            raise DocumentError(msg)
        if not path.parent.is_dir():
            msg = f"{path} cannot be written: there is no folder {path.parent}; make it first"
            raise DocumentError(msg)
        if not os.access(path.parent, os.W_OK | os.X_OK):
            msg = f"{path} cannot be written: no right to write to the folder {path.parent}"
            raise DocumentError(f"{msg}; name a place that can")


def write_whole(text: str | bytes, path: Path) -> None:
    """Write a file, or leave the old one as it is.

    Raises
    ------
    DocumentError
        If it cannot be written.
    """
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_bytes(text.encode() if isinstance(text, str) else text)
        draft.replace(path)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}; name a place that can"
        raise DocumentError(msg) from error
