"""What is named by URL: feeds and roads, kept by ETag; realtime feeds, asked again and again."""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from maas.errors import MaasError, RegionFileError


class AskError(MaasError, OSError):
    """A URL did not answer as it should; the next time it may."""


class Answer(NamedTuple):
    """What a URL answered, and by what its next answer can be told from this one."""

    content: bytes | None  # none = not modified
    etag: str
    last_modified: str


def cache_folder() -> Path:
    """Where downloads are kept: `MAAS_CACHE_DIR`, or the user's cache."""
    default = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "maas-freight-router"
    return Path(os.environ.get("MAAS_CACHE_DIR", default)) / "downloads"


def fetch(url: str, folder: Path | None = None) -> Path:
    """Return a local copy of `url`; an unchanged file is not sent again.

    Raises
    ------
    RegionFileError
        If the server cannot be reached or refuses, and no earlier copy is there to name.
    """
    import httpx2

    folder = folder or cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(url.encode()).hexdigest()[:16] + "-" + Path(httpx2.URL(url).path).name
    target, tag_file = folder / name, folder / f"{name}.etag"
    headers = {}
    if target.exists() and tag_file.exists():
        headers["If-None-Match"] = json.loads(tag_file.read_text())["etag"]
    try:
        with httpx2.stream("GET", url, headers=headers, follow_redirects=True, timeout=60) as reply:
            if reply.status_code == 304:
                return target
            reply.raise_for_status()
            draft = target.with_name(f"{name}.{os.getpid()}.part")
            with draft.open("wb") as out:
                for chunk in reply.iter_bytes():
                    out.write(chunk)
            draft.replace(target)
            tag_file.unlink(missing_ok=True)  # that of other content
            if "etag" in reply.headers:
                tag_file.write_text(json.dumps({"url": url, "etag": reply.headers["etag"]}))
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        msg = f"{url}: cannot be downloaded ({error}); save it by hand and name it by `path`"
        raise RegionFileError(msg) from error
    return target


def ask(url: str, before: Answer | None, *, timeout: float, max_bytes: int) -> Answer:
    """Return the content of a URL, if it changed since the answer before.

    Parameters
    ----------
    timeout
        Seconds until the whole content must be there.
    max_bytes
        Longest content, unpacked.

    Raises
    ------
    AskError
        If there is no complete answer in time, or it is too long.
    """
    import httpx2

    tags = {
        "If-None-Match": before.etag if before else "",
        "If-Modified-Since": before.last_modified if before else "",
    }
    headers = {name: tag for name, tag in tags.items() if tag}
    options: dict[str, Any] = {"follow_redirects": True, "timeout": timeout}
    deadline = time.monotonic() + timeout
    try:
        with httpx2.stream("GET", url, headers=headers, **options) as reply:
            if reply.status_code == httpx2.codes.NOT_MODIFIED and before is not None:
                return before._replace(content=None)
            reply.raise_for_status()
            content = b"".join(_bounded(reply.iter_bytes(), deadline, max_bytes))
            tag, changed = (reply.headers.get(name, "") for name in ("etag", "last-modified"))
            return Answer(content, tag, changed)
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        if isinstance(error, AskError):
            raise
        msg = str(error) or type(error).__name__
        raise AskError(msg.partition("\n")[0]) from error


def _bounded(parts: Iterator[bytes], deadline: float, max_bytes: int) -> Iterator[bytes]:
    """Pass parts on until they are too many or too late."""
    length = 0
    for part in parts:
        length += len(part)
        if length > max_bytes:
            msg = f"the answer is longer than {max_bytes} bytes"
            raise AskError(msg)
        if time.monotonic() > deadline:
            msg = "the answer took too long"
            raise AskError(msg)
        yield part
