"""Bridge to gtfs-kit, for editing feeds and service statistics; its import takes seconds.

gtfs-kit keeps the fourteen base tables and takes texts such as "NA" for missing values; our own
reader (`gtfs.read`) does neither.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from gtfs.errors import FeedNotFoundError

if TYPE_CHECKING:
    from gtfs_kit import Feed


def to_gtfs_kit(path: Path, dist_units: str = "km") -> "Feed":
    """Open a feed in gtfs-kit.

    Parameters
    ----------
    path
        A zip or a folder.
    dist_units
        Unit of `shape_dist_traveled`: one of "ft", "mi", "m", "km".

    Raises
    ------
    FeedNotFoundError
        If there is nothing at `path`.
    """
    if not path.exists():
        raise FeedNotFoundError(path.stem, str(path))
    import gtfs_kit

    return gtfs_kit.read_feed(path, dist_units=dist_units)
