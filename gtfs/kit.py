"""Bridge to gtfs-kit, for editing feeds and statistics of services; its import takes seconds.

gtfs-kit holds fourteen base tables. They are read by our reader, so an id "NA" stays a text,
Shift-JIS is understood and a headway above nine hours fits. Files that gtfs-kit has no table for
wait in the feed that it was made of and are put beside the edited tables on the way back.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gtfs.archive import MemoryFiles
from gtfs.columns import Column
from gtfs.read import ROW, Feed, checked

if TYPE_CHECKING:
    import gtfs_kit

_EXACT = float(2**53)  # whole numbers up to this are exact as floats


def to_gtfs_kit(feed: Feed, dist_units: str = "km") -> "gtfs_kit.Feed":
    """Return the base tables of a feed as gtfs-kit has them; a file without rows is `None`.

    Columns that gtfs-kit does not know are texts. A cell that is no number where one is due is
    blank, with a notice in `feed.notices`.

    Parameters
    ----------
    dist_units
        Unit of `shape_dist_traveled`: one of "ft", "mi", "m", "km".

    Raises
    ------
    GtfsError
        If a file is no table.
    """
    import gtfs_kit
    from gtfs_kit.constants import DTYPES

    tables = {
        name: _to_pandas(feed, f"{name}.txt", types)
        for name, types in DTYPES.items()
        if feed.has(f"{name}.txt")
    }
    return gtfs_kit.Feed(dist_units=dist_units, **tables)


def from_gtfs_kit(kit: "gtfs_kit.Feed", feed_id: str, other: Feed | None = None) -> Feed:
    """Return a feed of the tables of gtfs-kit.

    Parameters
    ----------
    other
        The feed that `kit` was made of: its licence, and its files that gtfs-kit has no table for
        (pathways, fares, translations, zones, those of GTFS-JP), stay with the edited tables. Rows
        of them that speak of what was taken out are left out on reading, with notices.

    Raises
    ------
    MissingFileError
        If a table that every feed needs is not there.
    """
    from gtfs_kit.constants import DTYPES

    base = {f"{name}.txt": getattr(kit, name) for name in DTYPES}
    texts = {
        file: frame.to_csv(index=False, lineterminator="\n").encode()
        for file, frame in base.items()
        if frame is not None
    }
    if other is None:
        return checked(Feed(feed_id, MemoryFiles(texts)))
    kept = {file: other.content(file) for file in other.names if file not in base}
    return checked(Feed(feed_id, MemoryFiles(kept | texts), other.licence, other.attribution))


def _to_pandas(feed: Feed, file: str, types: Mapping[str, str]) -> Any:
    """Return a file as a pandas frame with gtfs-kit's types, `None` if it has no rows."""
    import pandas as pd

    table = feed.whole(file)
    if table.height == 0:
        return None
    names = [name for name in table.columns if name != ROW]
    return pd.DataFrame(
        {
            name: _column(Column(feed, file, table, name), types.get(name, "string"))
            for name in names
        }
    )


def _column(cells: Column, kind: str) -> Any:
    """Return a column as gtfs-kit has it, wider where its type is too narrow; blank is missing."""
    import pandas as pd

    if kind == "string":
        return pd.array([text or None for text in cells.texts.to_list()], dtype="string")
    values = cells.decimals(-_EXACT, _EXACT)
    is_blank = np.isnan(values)
    if kind == "float" or (values[~is_blank] % 1).any():
        return values
    whole = np.where(is_blank, 0, values).astype(np.int64)
    narrow = np.iinfo(kind.lower())
    fits = ((whole >= narrow.min) & (whole <= narrow.max)).all()
    return pd.arrays.IntegerArray(whole.astype(narrow.dtype if fits else np.int64), is_blank)
