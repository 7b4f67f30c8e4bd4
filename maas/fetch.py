"""Feeds and roads that are named by URL: downloaded once, kept by ETag."""

import hashlib
import json
import os
from pathlib import Path

from maas.errors import RegionFileError


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
            if "etag" in reply.headers:
                tag_file.write_text(json.dumps({"url": url, "etag": reply.headers["etag"]}))
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        msg = f"{url}: cannot be downloaded ({error}); save it by hand and name it by `path`"
        raise RegionFileError(msg) from error
    return target
