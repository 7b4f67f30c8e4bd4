"""Files of the standard: fares v2 as texts."""

from pathlib import Path

from gtfs.standard import FARES_V2, fares_v2_tables
from tests.gtfs.feeds import feed_of


def test_files_of_fares_v2_come_as_texts_with_all_columns(tmp_path: Path) -> None:
    feed = feed_of(
        tmp_path,
        {
            "fare_products.txt": """
                fare_product_id,amount,currency
                NA,007.50,EUR
            """
        },
    )
    tables = fares_v2_tables(feed)
    assert [*tables] == [file.removesuffix(".txt") for file in FARES_V2]
    assert tables["fare_products"].drop("_row").rows(named=True) == [
        {
            "fare_product_id": "NA",
            "fare_product_name": "",
            "rider_category_id": "",
            "fare_media_id": "",
            "amount": "007.50",
            "currency": "EUR",
        }
    ]
    assert tables["areas"].height == 0
    assert "area_name" in tables["areas"].columns
