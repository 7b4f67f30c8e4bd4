"""Compiled searches, and where their machine code is cached.

Numba keys a cached kernel by the text of its own file only: an edit to a kernel that another
file calls, or `NUMBA_BOUNDSCHECK`, would be missed. So the cache folder is named after the text
of all kernels, the numba version and that flag, and is chosen here, before any kernel is loaded.
"""

import hashlib
import os
import tempfile
from pathlib import Path

import numba

_ROOT = Path(__file__).resolve().parents[2]


def _kernel_text() -> bytes:
    """Sources that decide what the machine code is."""
    layouts = [*_ROOT.glob("*/layout.py"), *_ROOT.glob("*/kernels/*.py")]
    return b"".join(path.read_bytes() for path in sorted(layouts))


def _writable_folder() -> Path:
    """First place that can be written: the checkout, the user's cache, a temporary folder."""
    user = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    for folder in (_ROOT / ".numba_cache", user / "maas-freight-router" / "numba"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return Path(tempfile.gettempdir()) / f"maas-numba-{os.getuid()}"


if "NUMBA_CACHE_DIR" not in os.environ:
    _checked = os.environ.get("NUMBA_BOUNDSCHECK", "0")
    _key = _kernel_text() + numba.__version__.encode() + _checked.encode()
    _folder = _writable_folder() / hashlib.sha256(_key).hexdigest()[:16]
    numba.config.CACHE_DIR = str(_folder)  # type: ignore[attr-defined]
