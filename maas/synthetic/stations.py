"""Stations by network, read from `tables/stations.csv`.

Names and places are facts taken from the station table of ekidata.jp (2018); kana and English
names are the project's own.
"""

from functools import cache
from typing import NamedTuple

from maas.synthetic.catalogue import rows
from maas.synthetic.geometry import Place
from maas.synthetic.names import Name, named, slug


class Station(NamedTuple):
    """A station of one network."""

    id: str
    name: Name
    at: Place


@cache
def stations(network: str) -> dict[str, Station]:
    """Stations of a network by Japanese name, in the order of the file."""
    found = {}
    for row in rows("stations"):
        if row["network"] == network:
            name = named(row["name"], row["kana"], row["english"])
            at = Place(float(row["lat"]), float(row["lon"]))
            found[row["name"]] = Station(slug(name.en), name, at)
    return found
