"""Files that commands read and write."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
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
        if _is_stream(path):
            if not os.access(path, os.W_OK):
                msg = f"{path} cannot be written: no right to write to it; name a place that can"
                raise DocumentError(msg)
            continue
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
    with drafted(path) as draft:
        draft.write_bytes(text.encode() if isinstance(text, str) else text)


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """A file to write, with the same ending, which takes the place of `path` once it is whole.

    Devices and pipes are written to themselves, and a link keeps pointing where it does.

    Raises
    ------
    DocumentError
        If it cannot be written; the old file is left as it is.
    """
    goal = path if _is_stream(path) else path.resolve()
    draft = goal if _is_stream(path) else goal.with_name(f".{goal.stem}.part{goal.suffix}")
    try:
        yield draft
        if draft != goal:
            draft.replace(goal)
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}; name a place that can"
        raise DocumentError(msg) from error
    finally:
        if draft != goal:
            draft.unlink(missing_ok=True)


def _is_stream(path: Path) -> bool:
    """Whether a name is that of a device or a pipe, `/dev/stdout` among them."""
    folder = path.absolute().parent
    is_descriptor = folder.name == "fd" and folder.parts[1:2] in {("dev",), ("proc",)}
    is_there = path.exists() and not path.is_file()
    return is_there or is_descriptor or folder == Path("/dev")
