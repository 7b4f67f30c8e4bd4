"""What is asked of roads under circumstances: their kinds of answers, and room for large ones."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple, TypedDict

import numpy as np

from routing.errors import MatrixRoomError, OffRoadError
from routing.kernels.snapping import locate
from routing.layout import NONE, Float64Array, Int32Array
from routing.metric import NO_VEHICLE, Now, metric, search_under
from routing.profiles import Vehicle
from routing.road_checks import areas, check_circumstances
from routing.road_files import GraphParts
from routing.road_layout import Pins, Points
from routing.road_search import ProfileSearch

_MOST_METRICS = 8  # that are kept on their hierarchies
_BYTES_PER_CELL = 16  # duration and distance, and both again while they are turned


class Circumstances(TypedDict, total=False):
    """On what the state of the roads depends; what is left out is as usual."""

    at: date | None  # or datetime, in the region's own time: conditional access, seasons, traffic
    vehicle: Vehicle | None  # sizes that differ from the profile's own
    avoid: Sequence[Float64Array]  # polygons, (n_corners, 2) lon, lat, that are closed
    season: float | str | None  # factor on the speed of motor vehicles, or a season of the profile


class Matrix(NamedTuple):
    """Ways between all sources and all targets; `UNREACHED` where there is none."""

    duration: Int32Array  # (n_sources, n_targets) s
    distance: Int32Array  # (n_sources, n_targets) m


class Nearest(NamedTuple):
    """The place on a road where searches from a coordinate begin."""

    lon: float
    lat: float
    off_road_m: float
    street: str  # empty where the map has no name


class Searches:
    """Searches of a graph by metric; those asked last are kept on their hierarchies."""

    def __init__(self, parts: GraphParts) -> None:
        self._parts = parts
        self._kept: OrderedDict[tuple[str, bytes], ProfileSearch] = OrderedDict()
        self._lock = threading.Lock()

    def under(self, search: ProfileSearch, when: Circumstances) -> ProfileSearch:
        """Return the search under circumstances; the same one where nothing differs."""
        if not when:
            return search
        check_circumstances(when)
        now = Now(
            when.get("at"), when.get("vehicle") or NO_VEHICLE, areas(when.get("avoid")),
            when.get("season"),
        )  # fmt: skip
        if now == Now():
            return search
        state = metric(self._parts, search.traits.name, *now)
        digest = hashlib.sha256(b"".join(column.tobytes() for column in state)).digest()
        key = (search.traits.name, digest)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = search_under(search, state)
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST_METRICS:
                self._kept.popitem(last=False)
            return self._kept[key]


def check_pinned(pins: Pins, profile: str, limit_m: float, points: Points) -> None:
    """Refuse places that no road of a map is near.

    Raises
    ------
    OffRoadError
        If a place is pinned to nothing; it names the first one.
    """
    lost = np.flatnonzero(pins.segment == NONE)
    if lost.size:
        lat, lon = float(pins.lat[lost[0]]), float(pins.lon[lost[0]])
        is_swapped = bool(
            points.lat.min() <= lon <= points.lat.max()
            and points.lon.min() <= lat <= points.lon.max()
        )
        raise OffRoadError(lat, lon, profile, limit_m, is_swapped=is_swapped)


def nearest(parts: GraphParts, search: ProfileSearch, pins: Pins) -> Nearest:
    """Return the place on a road to which pin 0 is tied."""
    segments = search.roads.segments
    piece, lon, lat = locate(parts.points, segments, pins, 0)
    name = parts.names.of_way[parts.points.way[piece]]
    return Nearest(lon, lat, int(pins.off_road_cm[0]) / 100, parts.names[int(name)])


def check_room(n_sources: int, n_targets: int, room: int | None = None) -> None:
    """Refuse a matrix for which there is no memory.

    Parameters
    ----------
    room
        Bytes that may be used; those that are free unless given.

    Raises
    ------
    MatrixRoomError
        If it needs more.
    """
    free = free_bytes() if room is None else room
    needed = n_sources * n_targets * _BYTES_PER_CELL
    if needed > free:
        at_once = free // (max(n_targets, 1) * _BYTES_PER_CELL)
        raise MatrixRoomError(n_sources, n_targets, needed, free, at_once)


def free_bytes() -> int:
    """Memory that this machine, or the container's limit, still has."""
    fields = dict(
        line.split(":", 1)
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    )
    free = int(fields["MemAvailable"].split()[0]) * 1024
    limit, used = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory.current")
    if limit.is_file() and (text := limit.read_text(encoding="ascii").strip()) != "max":
        free = min(free, int(text) - int(used.read_text(encoding="ascii")))
    return max(free, 0)
