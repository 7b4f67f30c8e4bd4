"""Texts of a column → numbers, dates and indices; what cannot be read is named by its row."""

import numpy as np
import numpy.typing as npt
import polars as pl

from gtfs.errors import BadValueError
from gtfs.read import ROW, Feed
from routing.layout import NONE, BoolArray, Float64Array, Int32Array, Int64Array

UNSET = -1  # a blank time
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

    def integers(self, default: int | None, low: int = 0, high: int = 2**31 - 1) -> Int32Array:
        """Whole numbers; a blank cell is `default`, or a fault if there is none."""
        values = self.texts.cast(pl.Int64, strict=False)
        filled = (self.texts != "").to_numpy()
        numbers = values.fill_null(low - 1).to_numpy()
        remedy = f"write a whole number of {low} to {high}"
        wrong = (numbers < low) | (numbers > high)
        if default is None:
            self.fail(wrong, remedy)
            return numbers.astype(np.int32)
        self.fail(filled & wrong, remedy)
        return np.where(filled, numbers, default).astype(np.int32)

    def codes(self, allowed: int, code: str) -> Int32Array:
        """Enumerations of 0..allowed; blank is 0, and so is, with a notice, anything else."""
        values = self.texts.cast(pl.Int64, strict=False).fill_null(-1).to_numpy()
        filled = (self.texts != "").to_numpy()
        known = (values >= 0) & (values <= allowed)
        self.warn(filled & ~known, code, f"not one of 0 to {allowed}; read as 0")
        return np.where(known, values, 0).astype(np.int32)

    def decimals(self, low: float, high: float) -> Float64Array:
        """Decimal numbers; NaN where the cell is blank."""
        remedy = f"write a decimal number of {low:g} to {high:g}"
        values = self.texts.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
        filled = (self.texts != "").to_numpy()
        self.fail(filled & ~((values >= low) & (values <= high)), remedy)
        return values

    def times(self) -> Int32Array:
        """Seconds after the base instant of the service date; `UNSET` where the cell is blank."""
        filled = (self.texts != "").to_numpy()
        good = self.texts.str.contains(_CLOCK).to_numpy()
        self.fail(filled & ~good, "write the time as HH:MM:SS, past 24:00:00 if need be")
        seconds = pl.DataFrame({"t": self.texts}).select(
            pl.col("t").str.head(-6).cast(pl.Int32, strict=False) * 3600
            + pl.col("t").str.slice(-5, 2).cast(pl.Int32, strict=False) * 60
            + pl.col("t").str.slice(-2, 2).cast(pl.Int32, strict=False)
        )["t"]
        return seconds.fill_null(UNSET).to_numpy().astype(np.int32)

    def days(self) -> npt.NDArray[np.int64]:
        """Days since 1970-01-01; every cell must be a date."""
        remedy = "write the date as YYYYMMDD"
        self.fail(~self.texts.str.contains(_DATE).to_numpy(), remedy)
        parsed = self.texts.str.to_date("%Y%m%d", strict=False)
        self.fail(parsed.is_null().to_numpy(), remedy)
        return parsed.cast(pl.Int32).to_numpy().astype(np.int64)

    def indices(self, ids: pl.Series) -> Int32Array:
        """Position of each cell in `ids` (distinct texts); `NONE` where it is not one of them."""
        return positions_in(self.texts, ids)


def positions_in(texts: pl.Series, ids: pl.Series) -> Int32Array:
    """Position of each text in `ids` (distinct texts); `NONE` where it is not one of them."""
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
