"""Bus stops: terminals of towns, crossings of street grids, places along country roads."""

from maas.synthetic.catalogue import document
from maas.synthetic.feed import Feed, Stop
from maas.synthetic.geometry import Place, distance_m, offset
from maas.synthetic.grid import ARTERIAL, Cross, Grid
from maas.synthetic.names import Name, slug
from maas.synthetic.roadmap import NearestNode
from maas.synthetic.roads import Island
from maas.synthetic.stations import Station, stations
from maas.synthetic.towns import Town, towns

_SUBWAY = ("namboku", "tozai", "toho")
_CENTRES = {"札幌": ("rail", "札幌")}  # terminals that are not at the town's centre
_BAYS = {"札幌": 6, "旭川": 4, "函館": 3, "帯広": 3, "釧路": 3, "新千歳空港": 2}
_RING_M = 1_600.0
_NUMBERED = {"sapporo", "asahikawa", "obihiro"}
_SIDES = {
    "北": ("きた", "Kita"),
    "南": ("みなみ", "Minami"),
    "東": ("ひがし", "Higashi"),
    "西": ("にし", "Nishi"),
}


class StopBook:
    """Makes each stop once, so that lines on one street share it."""

    def __init__(self, island: Island, feed: Feed) -> None:
        self.feed = feed
        self.island = island
        self.cross_of = {
            node: (grid, cross)
            for grid in island.grids.values()
            for cross, node in grid.node_of.items()
        }
        self.stop_at: dict[int, str] = {}
        self._names: dict[str, int] = {}
        self._counts: dict[str, int] = {}
        self._named = [(point.at, point.name) for point in island.waypoints.values()]
        self._named += [(town.at, town.name) for town in towns().values()]
        self._arterials = {
            grid.id: NearestNode(
                island.road_map,
                [n for (c, r), n in grid.node_of.items() if c % ARTERIAL == 0 or r % ARTERIAL == 0],
            )
            for grid in island.grids.values()
        }

    def hub(self, place: str) -> int:
        """Node of the terminal of a town, or of a place on a road."""
        town = towns().get(place)
        if town is None:
            point = self.island.waypoints.get(place)
            if point is None:
                msg = f"'{place}' is neither a town nor a place on a highway"
                raise LookupError(msg)
            return point.node
        centre = _CENTRES.get(place)
        at = stations(centre[0])[centre[1]].at if centre else town.at
        return self._arterials[town.grid].find(at)

    def terminal(self, place: str, bay: int | None = None) -> str:
        """Stop of a hub; one bay of it where it has several."""
        node = self.hub(place)
        name = self._terminal_name(place)
        at = self.island.road_map.nodes[node]
        ident = self._free_id(name, node)
        zone = self.zone(node)
        bays = _BAYS.get(place, 0)
        if bays == 0:
            if node not in self.stop_at:
                self.stop_at[node] = self.feed.add_stop(Stop(ident, name, at, zone))
            return self.stop_at[node]
        self.feed.add_stop(Stop(ident, name, at, kind=1))
        number = (bay or 0) % bays + 1
        berth = offset(at, 14.0 * (number - (bays + 1) / 2), 6.0)
        return self.feed.add_stop(
            Stop(f"{ident}-{number}", name, berth, zone, ident, platform=str(number))
        )

    def _terminal_name(self, place: str) -> Name:
        town = towns().get(place)
        if town is None:
            front = (
                Name("駅前", "えきまえ", "Station")
                if place.startswith("rail:")
                else Name("", "", "")
            )
            return self.island.waypoints[place].name.joined(front)
        near = self._station_near(place, town)
        if near is not None:
            is_subway = any(near.name.ja in stations(net) for net in _SUBWAY) and place != "札幌"
            front = Name("地下鉄", "ちかてつ", "Subway") if is_subway else Name("", "", "")
            if near.name.ja.endswith("空港"):
                return near.name
            return front.joined(near.name).joined(Name("駅前", "えきまえ", "Station"))
        if town.name.ja.endswith(("空港", "温泉")):
            return town.name
        return town.name.joined(Name("ターミナル", "たーみなる", "Bus Terminal"))

    def _station_near(self, place: str, town: Town) -> Station | None:
        centre = _CENTRES.get(place)
        if centre:
            return stations(centre[0])[centre[1]]
        for network in (*_SUBWAY, "rail"):
            for station in stations(network).values():
                if distance_m(station.at, town.at) < 150:
                    return station
        return None

    def zone(self, node: int) -> str:
        """Fare zone: rings of a grid, or the nearest named place on a country road."""
        at = self.island.road_map.nodes[node]
        if node in self.cross_of:
            grid, _ = self.cross_of[node]
            return f"{grid.id}-{1 + int(distance_m(at, grid.origin) / _RING_M)}"
        return slug(self._nearest_name(at).en)

    def _nearest_name(self, at: Place) -> Name:
        return min(self._named, key=lambda named: (distance_m(at, named[0]), named[1]))[1]

    def on_street(self, node: int) -> str:
        """Stop at a crossing of a grid."""
        if node not in self.stop_at:
            grid, cross = self.cross_of[node]
            self._add(node, address(grid, cross, self.island.road_map.nodes[node]))
        return self.stop_at[node]

    def on_road(self, node: int) -> str:
        """Stop on a country road, numbered from the nearest named place."""
        if node not in self.stop_at:
            name = self._nearest_name(self.island.road_map.nodes[node])
            number = self._counts[name.ja] = self._counts.get(name.ja, 0) + 1
            self._add(node, name.joined(Name(f"{number}線", f"{number}せん", f"{number}-sen")))
        return self.stop_at[node]

    def at_facility(self, node: int, tail: Name) -> str:
        """Stop at a crossing, named after a facility of the district."""
        if node not in self.stop_at:
            grid, _ = self.cross_of[node]
            at = self.island.road_map.nodes[node]
            self._add(node, _district(grid, at)[0].joined(tail))
        return self.stop_at[node]

    def _add(self, node: int, name: Name) -> None:
        times = self._names[name.ja] = self._names.get(name.ja, 0) + 1
        if times > 1:
            name = name.joined(Name(f"{times}号", f"{times}ごう", f"No. {times}"))
        at = self.island.road_map.nodes[node]
        ident = self._free_id(name, node)
        self.stop_at[node] = self.feed.add_stop(Stop(ident, name, at, self.zone(node)))

    def _free_id(self, name: Name, node: int) -> str:
        """The English name as id; with the zone where another place is spelt the same."""
        ident = slug(name.en)
        taken = self.feed.stops.get(ident)
        if taken is None or taken.at == self.island.road_map.nodes[node]:
            return ident
        return f"{ident}-{self.zone(node)}"


def _district(grid: Grid, at: Place) -> tuple[Name, Place]:
    """The part of a town that addresses start from: a station's in Sapporo, else a town's."""
    if grid.id == "sapporo":
        near = [
            (distance_m(at, station.at), station.name, station.at)
            for network in (*_SUBWAY, "rail")
            for station in stations(network).values()
        ]
        _, name, origin = min(near)
        if name.ja in {"さっぽろ", "札幌", "大通", "すすきの", "豊水すすきの"}:
            return Name("", "", ""), grid.origin
        return name, origin
    town = min(grid.towns, key=lambda town: distance_m(at, town.at))
    return town.name, town.at


def is_stop(grid: Grid, cross: Cross) -> bool:
    """Whether buses that pass a crossing stop there: about every 390 m."""
    place = sum(cross) // grid.step % 3
    return place == 0 or (grid.step > 1 and place == 2)


def address(grid: Grid, cross: Cross, at: Place) -> Name:
    """Address of a crossing: numbered blocks in the cities, 町 and 丁目 elsewhere."""
    district, origin = _district(grid, at)
    base = grid.cross(origin)
    column, row = cross[0] - base[0], cross[1] - base[1]
    if grid.id in _NUMBERED:
        side, flank = "北" if row >= 0 else "南", "東" if column >= 0 else "西"
        n, m = row + 1 if row >= 0 else -row, column + 1 if column >= 0 else -column
        block = Name(
            f"{side}{n}条{flank}{m}丁目",
            f"{_SIDES[side][0]}{n}じょう{_SIDES[flank][0]}{m}ちょうめ",
            f"{_SIDES[side][1]} {n}-jo {_SIDES[flank][1]} {m}-chome",
        )
        return district.joined(block)
    quarter = 1 if column > abs(row) else 3 if -column > abs(row) else 0 if row > 0 else 2
    cho = Name(*document("local_bus")["districts"][2 * quarter + (column * row > 0)])
    number = 1 + max(abs(column), abs(row)) // 3
    return district.joined(cho).joined(
        Name(f"{number}丁目", f"{number}ちょうめ", f"{number}-chome")
    )
