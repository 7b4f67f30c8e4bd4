"""Where the machine code of kernels is cached, and when it is stale.

Numba keys a cached kernel by the text of its own file. Two things slip through: an edit to a
kernel or a layout in *another* file that it calls, and `NUMBA_BOUNDSCHECK`. The locator here
stamps a kernel with its file and all files of the project that it imports, however indirectly;
the flag has a folder of its own. So an edit recompiles what depends on it and nothing else.
"""

import hashlib
import os
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import UserProvidedCacheLocator

_ROOT = Path(__file__).resolve().parents[1]
_IMPORT = re.compile(
    r"^(?:from|import) +([\w.]+)(?: +import +(?:\(([^)]*)\)|([\w, ]+)))?", re.MULTILINE
)


class KernelLocator(UserProvidedCacheLocator):
    """Cache of one kernel in `numba.config.CACHE_DIR`, stamped with all sources it rests on."""

    root = _ROOT

    def get_source_stamp(self) -> str:
        """Hash of the kernel's file and of the project's files that it imports."""
        return source_stamp(Path(self._py_file), self.root)


@cache
def source_stamp(file: Path, root: Path) -> str:
    """Hash of a file and of all files under the root that it imports, however indirectly."""
    seen: set[Path] = set()
    waiting = [file.resolve()]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += _imports(path, root)
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(seen))).hexdigest()


@cache
def _imports(path: Path, root: Path) -> tuple[Path, ...]:
    """Files under the root that a file imports; `from a import b` may name a module or a part."""
    found = []
    for module, listed, plain in _IMPORT.findall(path.read_text(encoding="utf-8")):
        names = [name.split()[0] for name in (listed or plain).split(",") if name.strip()]
        found += [module, *(f"{module}.{name}" for name in names)]
    files = (root / (name.replace(".", "/") + ".py") for name in found)
    return tuple(file for file in files if file.is_file())


def choose_folder() -> None:
    """Point numba at a folder that can be written, unless `NUMBA_CACHE_DIR` already does."""
    config: Any = numba.config
    if "NUMBA_CACHE_DIR" not in os.environ:
        flag = "checked" if os.environ.get("NUMBA_BOUNDSCHECK", "0") != "0" else "plain"
        config.CACHE_DIR = str(_writable_folder() / flag)
    if "NUMBA_CACHE_LOCATOR_CLASSES" not in os.environ:
        own = f"{__name__}.{KernelLocator.__name__}"
        config.CACHE_LOCATOR_CLASSES = f"{own},InTreeCacheLocator,UserWideCacheLocator"


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
