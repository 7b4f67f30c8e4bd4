"""Spoilt feeds come in or are refused: no crash, no hang, bounded memory, no write elsewhere."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 20  # of CPU for one feed, at most


def spoil(folder: Path, seed: int, count: int) -> dict[str, float]:
    """Build spoilt feeds in a process of bounded memory, two folders down."""
    inner = folder / "outer" / "inner"
    inner.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.maas.feed_fuzz", str(inner), str(seed), str(count)]
    ended = subprocess.run(
        command,
        check=False,
        capture_output=True,
        cwd=inner,
        env={"PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert ended.returncode == 0, ended.stderr[-2_000:]
    written = {str(path.relative_to(folder)) for path in folder.rglob("*")}
    own = {"outer", "outer/inner", "outer/inner/f.zip", "outer/inner/region.yaml"}
    assert {path for path in written - own if not path.startswith("outer/inner/built")} == set()
    found: dict[str, float] = json.loads(ended.stdout)
    assert found["slowest_s"] < SECONDS
    assert found["read"] > 0
    assert found["refused"] > 0
    return found


def test_spoilt_feeds_come_in_or_are_refused(tmp_path: Path) -> None:
    spoil(tmp_path, seed=1, count=60)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(2, 10))
def test_many_spoilt_feeds_come_in_or_are_refused(seed: int, tmp_path: Path) -> None:
    spoil(tmp_path, seed, 250)
