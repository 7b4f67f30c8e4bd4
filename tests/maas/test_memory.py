"""Memory of processes that answer many queries."""

import subprocess
import sys

_KEEP_40_MB = """
import gc
from resource import RUSAGE_SELF, getrusage

from maas.memory import prepare_memory

if {is_prepared}:
    prepare_memory()
    prepare_memory()  # again, as the second region of a service would
    assert gc.get_freeze_count() > 0 and gc.get_threshold()[0] > 10_000
before = getrusage(RUSAGE_SELF).ru_minflt
kept = [bytes(size) for size in (50, 100, 200, 400) for _ in range(10_000_000 // size)]
print(getrusage(RUSAGE_SELF).ru_minflt - before)
"""


def pages_taken(*, is_prepared: bool) -> int:
    """Pages that the system hands out while a process of its own keeps 40 MB."""
    program = _KEEP_40_MB.format(is_prepared=is_prepared)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_there_is_room_for_what_will_be_kept() -> None:
    assert pages_taken(is_prepared=True) < pages_taken(is_prepared=False) / 2
