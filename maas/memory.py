"""Python's memory in processes that answer many queries.

Answers are trees of dicts and tuples without cycles, so there is next to nothing to be found by
looking for garbage in cycles; but each look passes over all that is kept of a region, which costs a
twentieth of a query.

Queries keep what others will ask for again, some 40 kB each at first. Memory that the system has
not handed out before comes page by page, a page on a virtual machine in 20 µs or more: that costs
up to another thirtieth.

And a query looks into thousands of places in hundreds of MB. On usual pages of 4 kB the processor
has to find out again and again where they lie, on a virtual machine by up to 24 reads; pages of
2 MB save another twentieth.
"""

import ctypes
import gc
import logging
import mmap
import re
import sys
from collections.abc import Iterator
from pathlib import Path

logger = logging.getLogger(__name__)

_NEW_OBJECTS = 50_000  # made since the last look
_LOOKS = 20  # at the young before the older are looked at
_ROOM = 64 * 2**20  # bytes
_SMALL = 400  # bytes; of larger objects Python does not keep arenas
_PER_PIN = 2**19  # bytes; arenas are larger, and stay as long as one object in them does
_HUGE = 2**21  # bytes of a huge page
_COLLAPSE = 25  # `MADV_COLLAPSE` of Linux 6.1 and newer: at once rather than little by little
_MAPPINGS = Path("/proc/self/smaps")
_OF_NO_FILE = re.compile(
    r"^([0-9a-f]+)-([0-9a-f]+) rw\S+ \S+ 00:00 0 *(?:\[heap\])?\n(?:.*\n)*?Rss: +(\d+) kB",
    re.MULTILINE,
)
_pins: list[bytes] = []


def prepare_memory() -> None:
    """Look for cycles rarely, have room for what will be kept, and huge pages where there are some.

    For processes that answer many queries, once their regions are open and warm.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _LOOKS, _LOOKS)
    if not _pins:
        room = [bytes(_SMALL) for _ in range(_ROOM // _SMALL)]
        _pins.extend(room[:: _PER_PIN // _SMALL])
    if sys.platform == "linux":
        _use_huge_pages()


def _use_huge_pages() -> None:
    """Ask the system to put what the process allocated on huge pages; it may refuse."""
    try:
        mappings = _MAPPINGS.read_text()
    except OSError as error:  # in a container that shows no processes
        logger.info("event=no_huge_pages reason=%r", str(error))
        return
    advise = ctypes.CDLL(None).madvise
    advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    asked = granted = 0
    for begin, end in _allocated(mappings):
        asked += end - begin
        if all(advise(begin, end - begin, one) == 0 for one in (mmap.MADV_HUGEPAGE, _COLLAPSE)):
            granted += end - begin
    logger.info("event=huge_pages asked_mb=%d granted_mb=%d", asked >> 20, granted >> 20)


def _allocated(mappings: str) -> Iterator[tuple[int, int]]:
    """Whole huge pages, by first and last address, of writable memory that is no file's.

    What is hardly used, such as the stacks of threads, is left out.
    """
    for first, last, used in _OF_NO_FILE.findall(mappings):
        begin = -(-int(first, 16) // _HUGE) * _HUGE
        end = int(last, 16) // _HUGE * _HUGE
        if begin < end and 1024 * int(used) > (end - begin) // 2:
            yield begin, end
