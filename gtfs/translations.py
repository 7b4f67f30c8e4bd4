"""translations.txt in its present form and in the three-column form of early GTFS-JP feeds."""

from typing import NamedTuple

import polars as pl

from gtfs.read import Feed

FILE = "translations.txt"
_NEW = ("table_name", "field_name", "language", "translation")
_KANA = ("ja-hrkt", "ja-kana", "ja-hira")
_SUB = "\0"  # between the parts of the id of a record that needs two, a trip and a sequence
TEXT = "text:"  # begins the names of columns of texts in a language of the feed
SHOWN = (
    "stops.stop_name",
    "trips.trip_headsign",
    "routes.route_long_name",
    "routes.route_short_name",
    "stop_times.stop_headsign",
    "agency.agency_name",
)  # what answers say in all languages
_SHOWN_IN_ENGLISH = (
    "rider_categories.rider_category_name",
    "fare_media.fare_media_name",
    "fare_products.fare_product_name",
)


class Translations(NamedTuple):
    """What a feed says in other languages.

    `by_record` has columns field, id, language, text, where the id of a stop time is `of_call`;
    `by_value` has field, value, language, text, where an empty field stands for every field.
    """

    by_record: pl.DataFrame
    by_value: pl.DataFrame
    feed_language: str
    others: tuple[str, ...]  # languages beside English, kana and that of the feed

    def of(self, field: str, ids: pl.Series, values: pl.Series, language: str) -> pl.Series:
        """Translate `values` of the rows `ids`; empty where there is no translation."""
        rows = pl.DataFrame({"id": ids, "value": values})
        records = _only(self.by_record, field, language, "id")
        texts = _only(self.by_value, field, language, "value")
        own = pl.col("value") if self.feed_language == language else pl.lit("")
        return (
            rows.join(records, on="id", how="left", maintain_order="left")
            .join(texts, on="value", how="left", maintain_order="left", suffix="_of_value")
            .select(pl.coalesce("text", "text_of_value", own).alias("text"))["text"]
        )

    def in_others(self, field: str, ids: pl.Series, values: pl.Series) -> dict[str, pl.Series]:
        """Translate as `of` does into all other languages; a column of texts for each."""
        return {TEXT + other: self.of(field, ids, values, other) for other in self.others}


def of_call(trip_id: str, sequence: str) -> pl.Expr:
    """Id of the record of a stop time, out of the columns of its trip and its sequence."""
    return pl.concat_str([trip_id, sequence], separator=_SUB)


def _only(table: pl.DataFrame, field: str, language: str, key: str) -> pl.DataFrame:
    """Texts of one field and language by `key`; a row for the very field goes first."""
    return (
        table.filter(pl.col("field").is_in([field, ""]) & (pl.col("language") == language))
        .sort("field", descending=True, maintain_order=True)
        .unique(key, keep="first", maintain_order=True)
        .select(key, "text")
    )


def _language(name: pl.Expr) -> pl.Expr:
    """Language of a tag: en, kana, ja, or the tag in small letters."""
    tag = name.str.to_lowercase().str.replace_all("_", "-")
    return (
        pl.when(tag.str.contains("^(" + "|".join(_KANA) + ")"))
        .then(pl.lit("kana"))
        .when(tag.str.contains("^en(-|$)"))
        .then(pl.lit("en"))
        .when(tag.str.contains("^ja(-jp)?$"))
        .then(pl.lit("ja"))
        .otherwise(tag)
    )


def feed_language(feed: Feed) -> str:
    """Language that the feed's own texts are in."""
    tags = [
        *feed.table("feed_info.txt", (), ("feed_lang",))["feed_lang"],
        *feed.table("agency.txt", (), ("agency_lang",))["agency_lang"],
    ]
    named = pl.DataFrame({"tag": [tag for tag in tags if tag]}, schema={"tag": pl.String})
    classes = named.select(_language(pl.col("tag")).alias("class"))["class"]
    return str(classes[0]) if len(classes) else ""


def _old_form(feed: Feed) -> tuple[pl.DataFrame, pl.DataFrame]:
    table = feed.table(FILE, ("trans_id", "lang", "translation"))
    values = table.select(
        field=pl.lit(""),
        value=pl.col("trans_id"),
        language=_language(pl.col("lang")),
        tag=pl.col("lang"),
        text=pl.col("translation"),
    )
    return values.clear().rename({"value": "id"}), values


def _new_form(feed: Feed) -> tuple[pl.DataFrame, pl.DataFrame]:
    table = feed.table(FILE, _NEW, ("record_id", "record_sub_id", "field_value")).with_columns(
        field=pl.col("table_name") + "." + pl.col("field_name"),
        language=_language(pl.col("language")),
        tag=pl.col("language"),
        text=pl.col("translation"),
    )
    records = table.filter(pl.col("record_id") != "").with_columns(
        record_id=pl.when(pl.col("record_sub_id") == "")
        .then("record_id")
        .otherwise(of_call("record_id", "record_sub_id"))
    )
    values = table.filter((pl.col("record_id") == "") & (pl.col("field_value") != ""))
    return (
        records.select("field", pl.col("record_id").alias("id"), "language", "tag", "text"),
        values.select("field", pl.col("field_value").alias("value"), "language", "tag", "text"),
    )


def read_translations(feed: Feed) -> Translations:
    """Read what a feed says in other languages."""
    old = feed.has(FILE) and "trans_id" in feed.header(FILE)
    records, values = _old_form(feed) if old else _new_form(feed)
    language = feed_language(feed)
    _note_unused(feed, [records, values], language)
    told = pl.concat([part["language"] for part in (records, values)]).unique().sort().to_list()
    others = tuple(tag for tag in told if tag not in {"", "en", "kana", language})
    return Translations(records.drop("tag"), values.drop("tag"), language, others)


def _note_unused(feed: Feed, parts: list[pl.DataFrame], language: str) -> None:
    """State how many texts, of what and in which languages, no answer shows."""
    in_english = pl.col("language").is_in(["en", "kana"])
    is_shown = pl.col("field").is_in(["", *SHOWN]) & (pl.col("language") != "")
    is_shown |= pl.col("field").is_in(_SHOWN_IN_ENGLISH) & in_english
    is_own = (pl.col("language") == language) & (language != "")
    texts = pl.concat([part.select("field", "language", "tag") for part in parts])
    unused = texts.filter(~is_shown & ~is_own).group_by("field", "tag", maintain_order=True).len()
    for field, tag, count in unused.iter_rows():
        what = field or "names"
        feed.unused.append(f"{FILE}: {count} texts; would give {what} in the language '{tag}'")
