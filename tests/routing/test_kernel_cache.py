"""A cached kernel is stale as soon as anything it calls has changed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from routing.kernel_cache import source_stamp

ROOT = Path(__file__).resolve().parents[2]


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root / "a/kernels/outer.py"


TREE = {
    "a/kernels/outer.py": "from a.kernels.inner import f\n",
    "a/kernels/inner.py": "from a import (\n    layout as shape,\n    other,\n)\nimport numpy\n",
    "a/layout.py": "N = 1\n",
    "a/stranger.py": "N = 1\n",
}


@pytest.mark.parametrize("edited", ["a/kernels/outer.py", "a/kernels/inner.py", "a/layout.py"])
def test_an_edit_of_anything_imported_changes_the_stamp(tmp_path: Path, edited: str) -> None:
    before = source_stamp(write(tmp_path / "old", TREE), tmp_path / "old")
    changed = TREE | {edited: TREE[edited] + "M = 2\n"}
    assert source_stamp(write(tmp_path / "new", changed), tmp_path / "new") != before


def test_an_edit_elsewhere_keeps_the_stamp(tmp_path: Path) -> None:
    before = source_stamp(write(tmp_path / "old", TREE), tmp_path / "old")
    changed = TREE | {"a/stranger.py": "N = 2\n"}
    assert source_stamp(write(tmp_path / "new", changed), tmp_path / "new") == before


KERNELS = {
    "a/__init__.py": "",
    "a/kernels/__init__.py": "",
    "a/kernels/outer.py": (
        "from numba import njit\nfrom a.kernels.inner import inner\n\n"
        "@njit(cache=True)\ndef outer():\n    return inner() + 1\n"
    ),
    "a/kernels/inner.py": (
        "from numba import njit\n\n@njit(cache=True)\ndef inner():\n    return VALUE\n"
    ),
}
PROGRAM = """
from pathlib import Path
import routing.kernel_cache as cache
cache._ROOT = Path.cwd()
cache.KernelLocator.root = Path.cwd()
cache.choose_folder()
from a.kernels.outer import outer
print(outer(), sum(outer.stats.cache_hits.values()))
"""


def test_numba_recompiles_a_caller_when_its_callee_changed(tmp_path: Path) -> None:
    def run(value: str) -> str:
        inner = KERNELS["a/kernels/inner.py"].replace("VALUE", value)
        write(tmp_path, KERNELS | {"a/kernels/inner.py": inner})
        environment = {k: v for k, v in os.environ.items() if not k.startswith("NUMBA_")}
        environment["PYTHONPATH"] = f"{ROOT}:{tmp_path}"
        command = [sys.executable, "-c", PROGRAM]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        ).stdout.strip()

    assert run("1") == "2 0"
    assert run("1") == "2 1"
    assert run("41") == "42 0"
