"""One feed's files as polars tables of texts, with faults named by file, row, field and value.

Everything is read as text, so that an id "NA" or "007" stays what it is. Encodings: UTF-8 with or
without byte order mark, UTF-16 with one, Shift-JIS (code page 932).
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import polars as pl

from gtfs.archive import FeedFiles, open_files
from gtfs.errors import FeedFileError, MissingColumnError, MissingFileError
from gtfs.notices import Notices

ROW = "_row"  # index of the record in its file, from 0; kept beside the columns of every table
_MANY_LINES = 1_000_000  # beyond it, rows have to have cells for the columns of the header
_WIDE_BLANK = "\u3000".encode()
_BLANKS = (b", ", b" ,", b" \n", b" \r", b"\n ", b"\t", b'" ', b' "', _WIDE_BLANK)


def _utf8(feed_id: str, file: str, raw: bytes) -> tuple[bytes, str]:
    """Return the content as UTF-8 with line feeds, and the encoding it was in."""
    encoding = "utf-8"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text, encoding = _decoded(feed_id, file, raw, ["utf-16"])
        raw = text.encode()
    raw = raw.removeprefix(codecs.BOM_UTF8)
    if not raw.isascii():
        text, encoding = _decoded(feed_id, file, raw, ["utf-8", "cp932"])
        raw = text.encode()
    first = raw.find(b"\r")
    if first >= 0 and raw[first : first + 2] != b"\r\n":
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw, encoding


def _decoded(feed_id: str, file: str, raw: bytes, encodings: list[str]) -> tuple[str, str]:
    """Decode by the first encoding that fits."""
    row = 1
    for encoding in encodings:
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError as error:
            row = max(row, raw.count(b"\n", 0, error.start) + 1)
    raise FeedFileError(
        feed_id, f"{file}, row {row}", "neither UTF-8 nor Shift-JIS text", "save it as UTF-8"
    )


def _records(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield (first line, cells) of every record as Python's csv module sees them."""
    reader = csv.reader(
        io.StringIO(raw.decode(errors="replace"), newline=""), skipinitialspace=True
    )
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1


def _head(raw: bytes) -> bytes:
    """The whole lines of the first 64 KiB, where the header is."""
    return raw if len(raw) <= 1 << 16 else raw[: 1 << 16].rsplit(b"\n", 1)[0]


def _has_outer_blanks(raw: bytes) -> bool:
    """Whether a cell may begin or end with a blank; a long file mostly holds none at all."""
    if b" " in raw or b"\t" in raw:
        return any(blank in raw for blank in _BLANKS)
    return not raw.isascii() and _WIDE_BLANK in raw


def _has_blank_before_quote(raw: bytes) -> bool:
    """Whether a quote may follow a blank, which polars takes for a part of an unquoted cell."""
    return b'"' in raw and b', "' in raw


def _strict(raw: bytes, places: list[int]) -> pl.DataFrame | None:
    """Read the columns at `places`; `None` if a quote stands where none may."""
    try:
        return pl.read_csv(
            raw,
            columns=places,
            infer_schema=False,
            truncate_ragged_lines=True,
            empty_string_is_null=False,
        )
    except pl.exceptions.PolarsError:
        return None


class Feed:
    """The files of one feed; tables are read when asked for and not kept."""

    def __init__(
        self, feed_id: str, files: FeedFiles, licence: str = "", attribution: str = ""
    ) -> None:
        self.id = feed_id
        self.licence = licence
        self.attribution = attribution
        self.notices = Notices(feed_id)
        self.unused: list[str] = []  # what of it is known or unknown and not used, one text each
        self._headers: dict[str, list[str]] = {}  # of the tables that were read
        self._asked: dict[str, set[str]] = {}  # columns of them that were read
        self._files = files
        self._foreign: set[str] = set()  # files that are not in UTF-8

    @property
    def names(self) -> list[str]:
        """Names of the files, lower case."""
        return sorted(self._files.names)

    def has(self, file: str) -> bool:
        """Whether the feed has this file."""
        return file in self._files.names

    def need(self, *files: str) -> None:
        """Raise `MissingFileError` unless one of `files` is there."""
        if not any(self.has(file) for file in files):
            raise MissingFileError(
                self.id, " or ".join(files), [name for name in self.names if name.endswith(".txt")]
            )

    def content(self, file: str) -> bytes:
        """Return a file as UTF-8 without byte order mark, lines ending in LF or CR LF."""
        self.need(file)
        raw, encoding = _utf8(self.id, file, self._files.read(file))
        if encoding == "cp932" and file not in self._foreign:
            self._foreign.add(file)
            self.notices.add("not_utf8", file, "no UTF-8 text; it is read as Shift-JIS")
        return raw

    def save(self, path: Path) -> None:
        """Write all files as UTF-8 into a zip."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in self.names:
                archive.writestr(file, self.content(file))

    def table(
        self,
        file: str,
        required: Sequence[str],
        optional: Sequence[str] = (),
        extra: Sequence[str] = (),
    ) -> pl.DataFrame:
        """Return the named columns of a file as texts, and the record number as `ROW`.

        An absent optional column is there as empty texts, an absent extra one is not there; an
        absent file gives no rows.

        Raises
        ------
        MissingColumnError
            If the file lacks a required column.
        FeedFileError
            If the file is no CSV.
        """
        columns = [*required, *optional]
        if not self.has(file):
            return pl.DataFrame(schema={ROW: pl.UInt32, **dict.fromkeys(columns, pl.String)})
        raw = self.content(file)
        header = self._header(file, raw)
        for column in required:
            if column not in header:
                raise MissingColumnError(self.id, file, column, header)
        more = [name for name in extra if name in header]
        present = [name for name in (*columns, *more) if name in header]
        self._headers[file] = header
        self._asked.setdefault(file, set()).update(present)
        return self._parsed(file, raw, header, present).select(
            ROW,
            *(pl.col(name) if name in header else pl.lit("").alias(name) for name in columns),
            *more,
        )

    def unread(self, file: str) -> list[str]:
        """Columns of a table that was read which nobody has asked for."""
        asked = self._asked.get(file, set())
        header = dict.fromkeys(self._headers.get(file, ()))  # a name may stand twice
        return [name for name in header if name and name not in asked]

    def header(self, file: str) -> list[str]:
        """Return the column names of a file."""
        return self._header(file, self.content(file))

    def whole(self, file: str) -> pl.DataFrame:
        """Return all columns of a file as texts, and the record number as `ROW`."""
        raw = self.content(file)
        header = self._header(file, raw)
        return self._parsed(file, raw, header, [*dict.fromkeys(name for name in header if name)])

    def _header(self, file: str, raw: bytes) -> list[str]:
        """Column names without stray blanks; the first of several equal ones counts."""
        for _, cells in self._records(file, _head(raw)):
            header = [cell.strip(' \t"').lower() for cell in cells]
            if len(set(header)) < len(header):
                self.notices.add("duplicate_column", file, "a column name stands twice")
            return header
        raise FeedFileError(self.id, file, "the file is empty", "write its header or remove it")

    def _records(self, file: str, raw: bytes) -> Iterator[tuple[int, list[str]]]:
        """Yield (first line, cells) of every record."""
        try:
            yield from _records(raw)
        except csv.Error as error:
            raise FeedFileError(self.id, file, f"no CSV ({error})", "export it again") from error

    def _parsed(self, file: str, raw: bytes, header: list[str], names: list[str]) -> pl.DataFrame:
        """Read the columns `names`."""
        n_lines = raw.count(b"\n")
        if n_lines > _MANY_LINES and n_lines * len(header) > 2 * len(raw):
            problem = f"{n_lines:,} lines, most of them blank or much shorter than the header"
            raise FeedFileError(self.id, file, problem, "leave them out, or export the file again")
        places = sorted(header.index(name) for name in names)
        frame = None if _has_blank_before_quote(raw) else _strict(raw, places)
        if frame is None:
            frame = self._tolerant(file, raw, places)
        frame.columns = [header[place] for place in places]
        texts = pl.all().fill_null("")
        if _has_outer_blanks(raw):
            texts = texts.str.strip_chars()
        frame = frame.with_columns(texts).with_row_index(ROW)
        blank = pl.all_horizontal(pl.exclude(ROW) == "")
        return frame.filter(~blank)

    def _tolerant(self, file: str, raw: bytes, places: list[int]) -> pl.DataFrame:
        """Read what polars refuses: quotes within unquoted cells, and blanks before quotes."""
        end = "\x1eend"
        records = list(self._records(file, raw.rstrip(b"\r\n") + b"\n" + end.encode()))
        if records[-1][1] != [end]:
            raise FeedFileError(
                self.id,
                f"{file}, row {records[-1][0]}",
                'a quote (") is opened and never closed',
                'close it, or write "" for a quote within a text',
            )
        self.notices.add("stray_quote", file, 'quotes (") do not stand at the ends of cells')
        rows = [cells for _, cells in records[1:-1]]
        return pl.DataFrame(
            {
                str(place): [cells[place] if place < len(cells) else "" for cells in rows]
                for place in places
            },
            schema={str(place): pl.String for place in places},
        )

    def lines(self, file: str, records: Sequence[int]) -> list[int]:
        """Lines of the file (from 1) on which records begin; the first record is number 0."""
        raw = self.content(file) if records else b""
        if b'"' not in raw:
            return [record + 2 for record in records]
        wanted = set(records)
        found = {
            number: line
            for number, (line, _) in enumerate(
                islice(self._records(file, raw), max(records) + 2), start=-1
            )
            if number in wanted
        }
        return [found[record] for record in records]


def open_feed(path: Path, feed_id: str, licence: str = "", attribution: str = "") -> Feed:
    """Open the feed at `path`: a zip, a zip with a folder inside, or a folder.

    Raises
    ------
    GtfsError
        If there is none, or it cannot be read.
    """
    return checked(Feed(feed_id, open_files(feed_id, path), licence, attribution))


def checked(feed: Feed) -> Feed:
    """Return the feed; raise `MissingFileError` unless it has the files that every feed needs."""
    for file in ("agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt"):
        feed.need(file)
    feed.need("calendar.txt", "calendar_dates.txt")
    return feed
