"""Memory of processes that answer many queries."""

import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from maas.memory import _allocated

_KEEP_40_MB = """
import gc
from resource import RUSAGE_SELF, getrusage

from maas.memory import prepare_memory

prepare_memory()
prepare_memory()  # again, as the second region of a service would
assert gc.get_freeze_count() > 0 and gc.get_threshold()[0] > 10_000
before = getrusage(RUSAGE_SELF).ru_minflt
kept = [bytes(size) for size in (50, 100, 200, 400) for _ in range(10_000_000 // size)]
print(getrusage(RUSAGE_SELF).ru_minflt - before)
"""


def printed(program: str) -> int:
    """Number that a program prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_there_is_room_for_what_will_be_kept() -> None:
    """The system need not hand out the 10,000 pages of 40 MB."""
    assert printed(_KEEP_40_MB) < 3_000


_MAPPINGS = """\
00400000-00900000 r-xp 00000000 fe:00 3      /usr/bin/python3
Rss:                5120 kB
01100000-01f00000 rw-p 00000000 00:00 0      [heap]
Size:              14336 kB
Rss:               12000 kB
Anonymous:         12000 kB
7f0000000000-7f0000800000 rw-p 00000000 00:00 0
Size:               8192 kB
Rss:                  12 kB
7f0001000000-7f0001400000 rw-s 00000000 00:05 7 /dev/zero (deleted)
Rss:                4096 kB
7f0002000000-7f00021ff000 rw-p 00000000 00:00 0
Rss:                2044 kB
7f0003000000-7f0003400000 rw-p 00000000 00:00 0
Rss:                4096 kB
7ffc00000000-7ffc00400000 rw-p 00000000 00:00 0 [stack]
Rss:                4096 kB
"""


def test_huge_pages_are_for_what_is_in_use_and_of_no_file() -> None:
    """Neither for an unused stack of a thread (the second) nor for what is smaller than one."""
    assert list(_allocated(_MAPPINGS)) == [
        (0x01200000, 0x01E00000),
        (0x7F0003000000, 0x7F0003400000),
    ]


_HUGE_PAGES = Path("/sys/kernel/mm/transparent_hugepage/enabled")
_LINUX = tuple(int(part) for part in re.findall(r"\d+", platform.release())[:2])


@pytest.mark.skipif(
    not _HUGE_PAGES.exists() or "[never]" in _HUGE_PAGES.read_text() or _LINUX < (6, 1),
    reason="this system gives no huge pages when asked",
)
def test_what_was_allocated_lies_on_huge_pages() -> None:
    program = """
from pathlib import Path
from maas.memory import prepare_memory

kept = [bytes(100) for _ in range(300_000)]
prepare_memory()
for line in Path("/proc/self/smaps_rollup").read_text().splitlines():
    if line.startswith("AnonHugePages:"):
        print(line.split()[1])
"""
    assert 1024 * printed(program) > 30_000_000
