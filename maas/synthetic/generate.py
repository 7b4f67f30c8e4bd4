"""Puts the region together and writes its files."""

from pathlib import Path

from maas.synthetic.bike_shares import write_bike_shares
from maas.synthetic.bus import bus_feed
from maas.synthetic.feed import Feed, write_feed
from maas.synthetic.ferry import ferry_feed
from maas.synthetic.holidays import is_holiday
from maas.synthetic.osm_file import write_osm
from maas.synthetic.passengers import passengers_text
from maas.synthetic.population import population_table
from maas.synthetic.rail import rail_feed
from maas.synthetic.region import region_text
from maas.synthetic.roads import connect, make_island
from maas.synthetic.services import all_dates
from maas.synthetic.shipments import shipments_text
from maas.synthetic.subway import subway_feed

SEED = 2026


def generate(folder: Path, seed: int = SEED) -> None:
    """Write every file of the region but the READMEs into `folder`.

    Files of the same name are replaced. The same seed gives the same content.
    """
    (folder / "gtfs").mkdir(parents=True, exist_ok=True)
    island = make_island(seed)
    track: list[Feed] = [rail_feed(), subway_feed()]
    connect(
        island.road_map, {stop.name.ja: stop.at for feed in track for stop in feed.used_stops()}
    )
    feeds = [*track, bus_feed(island, seed), ferry_feed(island)]
    for feed in feeds:
        write_feed(feed, folder / "gtfs" / f"{feed.id}.zip")
    write_osm(island.road_map, folder / "roads.osm.pbf")
    write_bike_shares(folder / "bikes", island, feeds, seed)
    _write(folder / "population.csv", population_table(island))
    holidays = [day.isoformat() for day in all_dates() if is_holiday(day)]
    _write(folder / "region.yaml", region_text(feeds, holidays))
    _write(folder / "shipments.json", shipments_text(folder / "population.csv", seed))
    _write(folder / "passengers.json", passengers_text(seed))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
