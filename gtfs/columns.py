"""Texts of a column → numbers, dates and indices; what cannot be read is named by its row.

A cell that planning can do without is taken as blank, with a notice. One that it needs costs its
row or its trip, with a notice, too; but a column of which most cells cannot be read refuses the
feed, because it means something else than it should.
"""

import numpy as np
import polars as pl

from gtfs.errors import BadValueError
from gtfs.read import ROW, Feed
from routing.layout import NONE, BoolArray, Float64Array, Int32Array, Int64Array

UNSET = -1  # a blank time
UNREADABLE = -2  # a time, number or date that cannot be read
_CLOCK = r"^\d{1,3}:[0-5]\d:[0-5]\d$"
_DATE = r"^\d{8}$"


class Column:
    """One column of a table, with what is needed to name a faulty cell."""

    def __init__(self, feed: Feed, file: str, table: pl.DataFrame, name: str) -> None:
        self._feed = feed
        self._file = file
        self._table = table
        self.name = name

    @property
    def texts(self) -> pl.Series:
        """The cells as they are."""
        return self._table[self.name]

    def _lines(self, places: Int64Array) -> list[int]:
        """Lines in the file of rows of the table."""
        return self._feed.lines(self._file, [int(self._table[ROW][int(k)]) for k in places])

    def fail(self, bad: BoolArray, remedy: str) -> None:
        """Raise for the first row that `bad` marks."""
        found = np.flatnonzero(bad)
        if found.size:
            first = int(found[0])
            (row,) = self._lines(found[:1])
            raise BadValueError(
                self._feed.id, self._file, row, self.name, self.texts[first], remedy
            )

    def warn(self, bad: BoolArray, code: str, message: str) -> None:
        """Count the rows that `bad` marks and keep the first ones."""
        found = np.flatnonzero(bad)
        if found.size == 0:
            return
        notices = self._feed.notices
        shown = found[: notices.wants(code)]
        samples = [
            (line, self.texts[int(place)])
            for line, place in zip(self._lines(shown), shown, strict=True)
        ]
        notices.add_rows(code, self._file, self.name, message, samples, int(found.size))

    def excuse(self, bad: BoolArray, code: str, remedy: str, outcome: str) -> None:
        """Count unreadable cells that cost their row; refuse a column that is mostly unreadable.

        Raises
        ------
        BadValueError
            If more than half of the cells that are not blank cannot be read.
        """
        if 2 * int(bad.sum()) > int((self.texts != "").sum()):
            self.fail(bad, remedy)
        self.warn(bad, code, f"cannot be read; {outcome}; {remedy}")

    def _whole(self, low: int, high: int) -> tuple[Int64Array, BoolArray, str]:
        """Numbers, which of the filled cells are none in the range, and what to write."""
        values = self.texts.cast(pl.Int64, strict=False).fill_null(low - 1).to_numpy()
        wrong = ((values < low) | (values > high)) & (self.texts != "").to_numpy()
        return values, wrong, f"write a whole number of {low} to {high}"

    def integers(self, default: int, low: int = 0, high: int = 2**31 - 1) -> Int32Array:
        """Whole numbers; `default` where the cell is blank or, with a notice, unreadable."""
        values, wrong, remedy = self._whole(low, high)
        self.warn(wrong, "unreadable_number", f"cannot be read; taken as blank; {remedy}")
        blank = wrong | (self.texts == "").to_numpy()
        return np.where(blank, default, values).astype(np.int32)

    def needed_integers(self, outcome: str) -> Int32Array:
        """Whole numbers from 0; `UNREADABLE`, with a notice, where there is none.

        Parameters
        ----------
        outcome
            What becomes of such a row.
        """
        values, wrong, remedy = self._whole(0, 2**31 - 1)
        wrong |= (self.texts == "").to_numpy()
        self.excuse(wrong, "unreadable_number", remedy, outcome)
        return np.where(wrong, UNREADABLE, values).astype(np.int32)

    def codes(self, allowed: int, code: str) -> Int32Array:
        """Enumerations of 0..allowed; blank is 0, and so is, with a notice, anything else."""
        values = self.texts.cast(pl.Int64, strict=False).fill_null(-1).to_numpy()
        filled = (self.texts != "").to_numpy()
        known = (values >= 0) & (values <= allowed)
        self.warn(filled & ~known, code, f"not one of 0 to {allowed}; read as 0")
        return np.where(known, values, 0).astype(np.int32)

    def decimals(self, low: float, high: float, *, needed: bool = False) -> Float64Array:
        """Decimal numbers; NaN where the cell is blank or, with a notice, unreadable.

        Parameters
        ----------
        needed
            Refuse a column that is mostly unreadable.
        """
        remedy = f"write a decimal number of {low:g} to {high:g}"
        values = self.texts.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
        bad = (self.texts != "").to_numpy() & ~((values >= low) & (values <= high))
        if needed:
            self.excuse(bad, "unreadable_number", remedy, "taken as blank")
        else:
            self.warn(bad, "unreadable_number", f"cannot be read; taken as blank; {remedy}")
        return np.where(bad, np.nan, values)

    def times(self, outcome: str) -> Int32Array:
        """Seconds after the base instant of the service date.

        `UNSET` where the cell is blank, `UNREADABLE`, with a notice, where it is no time.
        """
        filled = (self.texts != "").to_numpy()
        bad = filled & ~self.texts.str.contains(_CLOCK).to_numpy()
        remedy = "write the time as HH:MM:SS, past 24:00:00 if need be"
        self.excuse(bad, "unreadable_time", remedy, outcome)
        seconds = pl.DataFrame({"t": self.texts}).select(
            pl.col("t").str.head(-6).cast(pl.Int32, strict=False) * 3600
            + pl.col("t").str.slice(-5, 2).cast(pl.Int32, strict=False) * 60
            + pl.col("t").str.slice(-2, 2).cast(pl.Int32, strict=False)
        )["t"]
        times = seconds.fill_null(UNSET).to_numpy().astype(np.int32)
        return np.where(bad, np.int32(UNREADABLE), times)

    def days(self) -> tuple[Int64Array, BoolArray]:
        """Days since 1970-01-01, and which of them could be read; a row without one is lost."""
        parsed = self.texts.str.to_date("%Y%m%d", strict=False)
        bad = parsed.is_null().to_numpy() | ~self.texts.str.contains(_DATE).to_numpy()
        self.excuse(bad, "unreadable_date", "write the date as YYYYMMDD", "the row is left out")
        days = parsed.cast(pl.Int32).cast(pl.Int64).fill_null(0).to_numpy()
        return np.where(bad, 0, days), ~bad

    def indices(self, ids: pl.Series) -> Int32Array:
        """Position of each cell in `ids` (distinct texts); `NONE` where it is not one of them."""
        return positions_in(self.texts, ids)


def positions_in(texts: pl.Series, ids: pl.Series) -> Int32Array:
    """Position of each text in `ids` (distinct texts); `NONE` where it is not one of them."""
    if not (texts != "").any() and not (ids == "").any():
        return np.full(len(texts), NONE, np.int32)
    known = pl.DataFrame({"id": ids}).with_row_index("at")
    found = pl.DataFrame({"id": texts}).join(known, on="id", how="left", maintain_order="left")
    return found["at"].cast(pl.Int32).fill_null(NONE).to_numpy()


def first_of_each(feed: Feed, file: str, table: pl.DataFrame, column: str) -> pl.DataFrame:
    """Drop later rows with an id that stood before, with a notice."""
    again = ~table[column].is_first_distinct()
    if again.any():
        cells = Column(feed, file, table, column)
        cells.warn(again.to_numpy(), "duplicate_id", "this id stood before; the row is left out")
        table = table.filter(~again)
    return table


def without_blank(feed: Feed, file: str, table: pl.DataFrame, column: str) -> pl.DataFrame:
    """Drop rows that lack an id they need, with a notice."""
    blank = table[column] == ""
    if blank.any():
        cells = Column(feed, file, table, column)
        cells.warn(blank.to_numpy(), "missing_id", "a needed id is blank; the row is left out")
        table = table.filter(~blank)
    return table
