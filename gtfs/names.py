"""Names of stops, headsigns, lines and agencies in the language that somebody asks for."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gtfs.language_tags import primary, tag_of
from gtfs.tables import TextTable, readonly, strings_of
from routing.layout import NONE, place_in

if TYPE_CHECKING:
    from gtfs.timetable import Timetable

_STOP, _TRIP, _LINE, _SIGN, _AGENCY = range(5)
_KINDS = 8
NO_TEXTS = pl.DataFrame(
    schema={"language": pl.String, "kind": pl.Int64, "row": pl.Int64, "text": pl.String}
)
_SCRIPTS = {"zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant",
            "zh-cn": "zh-hans", "zh-sg": "zh-hans"}  # fmt: skip


def text_table(texts: pl.DataFrame) -> TextTable:
    """Make the table of texts, given with the columns of `NO_TEXTS`."""
    languages = texts["language"].unique().sort()
    known = texts["text"].unique(maintain_order=True)
    rows = (
        texts.join(pl.DataFrame({"language": languages}).with_row_index("number"), on="language")
        .join(pl.DataFrame({"text": known}).with_row_index("at"), on="text")
        .with_columns(key=(pl.col("number").cast(pl.Int64) * _KINDS + pl.col("kind")) * 2**32
                      + pl.col("row"))
        .sort("key")
    )  # fmt: skip
    return TextTable(
        strings_of(languages),
        readonly(rows["key"], np.int64),
        readonly(rows["at"], np.int32),
        strings_of(known),
    )


class Names:
    """Names in one language.

    The first of these that there is counts: a translation into the language by its tag, then by
    shorter ones (RFC 4647, section 3.4), the feed's own text if that is in the language, a
    translation into it for another script or region; else English, but for Japanese; else the
    feed's own text. For Chinese, a region stands for its script.
    """

    def __init__(self, timetable: "Timetable", lang: str) -> None:
        self._timetable = timetable
        self._texts = timetable.texts
        tag = tag_of(lang)
        self._primary = primary(tag)
        self._is_own = [primary(feed.language) == self._primary for feed in timetable.feeds]
        told = {language: number for number, language in enumerate(self._texts.language)}
        self._near = tuple(dict.fromkeys(_near(told, tag)))
        self._far = tuple(
            number for language, number in told.items()
            if primary(language) == self._primary and number not in self._near
        )  # fmt: skip

    def stop(self, stop: int) -> str:
        """Name of a stop."""
        table = self._timetable.stops
        return self._of(_STOP, stop, table.feed[stop], table.name[stop], table.name_en[stop])

    def line(self, line: int) -> str:
        """Name of a line, the short one where the feed has one and does not translate it."""
        table = self._timetable.lines
        name = table.short_name[line] or table.long_name[line]
        return self._of(_LINE, line, table.feed[line], name, table.name_en[line])

    def headsign(self, trip: int, sign: int = NONE) -> str:
        """Headsign of a trip, or that of `HeadsignTable` that holds where one gets on."""
        table, trips, signs = self._timetable, self._timetable.trips, self._timetable.headsigns
        feed = table.lines.feed.item(trips.line.item(trip))
        if sign != NONE:
            return self._of(_SIGN, sign, feed, signs.name[sign], signs.name_en[sign])
        return self._of(_TRIP, trip, feed, trips.headsign[trip], trips.headsign_en[trip])

    def agency(self, line: int) -> str:
        """Name of the agency that runs a line; empty where the feed names none."""
        lines, table = self._timetable.lines, self._timetable.agencies
        agency = int(lines.operator[line])
        if agency == NONE:
            return ""
        names = table.name[agency], table.name_en[agency]
        return self._of(_AGENCY, agency, int(lines.feed[line]), *names)

    def _of(self, kind: int, row: int, feed: int, own: str, english: str) -> str:
        is_own = self._is_own[feed]
        for numbers in (self._near, () if is_own else self._far):
            for number in numbers:
                if text := self._text(number, kind, row):
                    return text
        if is_own or self._primary == "ja":
            return own
        return english or own

    def _text(self, language: int, kind: int, row: int) -> str:
        key = (language * _KINDS + kind) << 32 | row
        place = place_in(self._texts.key, key)
        is_there = place < self._texts.key.size and self._texts.key[place] == key
        return self._texts.text[int(self._texts.at[place])] if is_there else ""


def _ranges(tag: str) -> Iterator[str]:
    """Yield a tag and ever shorter ones, those of the script of a region of China in between."""
    parts = tag.split("-")
    for n in range(len(parts), 0, -1):
        shorter = "-".join(parts[:n])
        yield shorter
        if shorter in _SCRIPTS:
            yield _SCRIPTS[shorter]


def _near(told: dict[str, int], tag: str) -> Iterator[int]:
    """Yield languages of a tag, then of shorter ones; after each with a script its regions."""
    for shorter in _ranges(tag):
        if shorter in told:
            yield told[shorter]
        if "-" in shorter:
            yield from (number for one, number in told.items() if one.startswith(f"{shorter}-"))
