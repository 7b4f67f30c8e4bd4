"""Roads of a named place, where there is no network."""

from pathlib import Path

import osmnx
import pytest

from maas.build import build_region
from maas.errors import RegionFileError
from maas.fetch import cache_folder
from maas.place_roads import download
from tests.gtfs.feeds import write_feed

CLOSED = "http://127.0.0.1:9/"  # nothing listens on the port of `discard`


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Send osmnx to a closed port, and keep its files and ours apart from those of the user."""
    for name, value in (
        ("nominatim_url", CLOSED), ("overpass_url", CLOSED), ("use_cache", False),
        ("cache_folder", str(tmp_path / "osmnx")), ("all_oneway", False),
    ):  # fmt: skip
        monkeypatch.setattr(osmnx.settings, name, value)
    monkeypatch.setenv("MAAS_CACHE_DIR", str(tmp_path / "cache"))


def test_without_a_network_the_message_names_the_place_and_the_way_out() -> None:
    with pytest.raises(RegionFileError) as error:
        download("Monaco")
    assert osmnx.settings.all_oneway is False  # as the program that calls us had it
    message = str(error.value)
    assert message.startswith("roads.place: 'Monaco' cannot be downloaded")
    assert message.endswith("name an OSM file by roads.path")


def test_a_region_with_a_place_is_not_half_built(tmp_path: Path) -> None:
    write_feed(tmp_path / "f.zip", {})
    region = tmp_path / "region.yaml"
    region.write_text(
        "name: Town\ntimezone: Asia/Tokyo\nfeeds: [{id: f, path: f.zip}]\nroads: {place: Monaco}\n",
        encoding="utf-8",
    )
    with pytest.raises(RegionFileError, match=r"roads\.place: 'Monaco' cannot be downloaded"):
        build_region(region, tmp_path / "built")
    assert not (tmp_path / "built" / "current").exists()


def test_a_place_that_was_fetched_before_needs_no_network() -> None:
    kept = cache_folder() / "place-monaco.osm"
    kept.parent.mkdir(parents=True)
    kept.write_text("<osm/>", encoding="utf-8")
    assert download("Monaco") == kept
