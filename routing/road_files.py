"""Road graphs in folders of arrays, opened by memory map."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from routing.arrays import Strings, open_array, open_table, save_array, save_table
from routing.errors import RoadFileError
from routing.layout import Int32Array
from routing.profiles import profile_of
from routing.road_layout import (
    Arcs,
    Bans,
    Grid,
    Hierarchy,
    Links,
    Phases,
    Points,
    ProfileRoads,
    Segments,
    Shape,
)
from routing.road_rules import ProfileRules, Rule, Rulebook
from routing.road_search import ProfileSearch, Traits
from routing.road_shape import StreetNames

FORMAT = 4
_ABOUT = "roads.json"
_TABLES: dict[str, type[tuple[Any, ...]]] = {
    "segments": Segments,
    "arcs": Arcs,
    "links": Links,
    "back_links": Links,
    "bans": Bans,
    "phases": Phases,
}


class _Turns(NamedTuple):
    arc_of_link: Int32Array
    turn: Int32Array


class GraphParts(NamedTuple):
    """What a road graph is made of."""

    points: Points
    grid: Grid
    names: StreetNames
    searches: list[ProfileSearch]
    rules: Rulebook


def save_graph(folder: Path, graph: GraphParts) -> None:
    """Write a graph with the shapes of its hierarchies; motor vehicles get contracted ones."""
    folder.mkdir(parents=True, exist_ok=True)
    save_table(folder, "points", graph.points)
    save_table(folder, "grid", graph.grid)
    save_array(folder, "names.of_way", graph.names.of_way)
    graph.names.texts.save(folder, "names")
    save_array(folder, "rules.tags_of_way", graph.rules.tags_of_way)
    about = []
    for search in graph.searches:
        name = search.traits.name
        for table in _TABLES:
            save_table(folder, f"{name}.{table}", getattr(search.roads, table))
        save_table(folder, f"{name}.turns", _Turns(search.roads.arc_of_link, search.roads.turn))
        if search.traits.is_motor:
            save_table(folder, f"{name}.hierarchy", search.contract())
        save_table(folder, f"{name}.shape", search.shape())
        about.append(search.traits._asdict() | {"rules": _plain_rules(graph.rules.profiles[name])})
    (folder / _ABOUT).write_text(
        json.dumps({"format": FORMAT, "profiles": about, "tag_sets": graph.rules.tag_sets})
    )


def _plain_rules(own: ProfileRules) -> dict[str, Any]:
    return {"profile": own.profile.as_data(), "rules": [rule._asdict() for rule in own.rules]}


def _rules_of(name: str, data: dict[str, Any]) -> ProfileRules:
    rules = [Rule(**row) for row in data["rules"]]
    return ProfileRules(profile_of(name, data["profile"]), rules)


def open_graph(folder: Path) -> GraphParts:
    """Map a graph that `save_graph` wrote.

    Raises
    ------
    RoadFileError
        If the folder holds no graph of this format.
    """
    try:
        about = json.loads((folder / _ABOUT).read_text())
    except FileNotFoundError as error:
        msg = f"{folder}: no road graph; build the region again"
        raise RoadFileError(msg) from error
    if about["format"] != FORMAT:
        msg = f"{folder}: road graph of another version ({about['format']}); build it again"
        raise RoadFileError(msg)
    points = open_table(folder, "points", Points)
    rules = {row["name"]: _rules_of(row["name"], row.pop("rules")) for row in about["profiles"]}
    searches = [_open_profile(folder, points, Traits(**row)) for row in about["profiles"]]
    book = Rulebook(open_array(folder, "rules.tags_of_way"), about["tag_sets"], rules)
    names = StreetNames(open_array(folder, "names.of_way"), Strings.open(folder, "names"))
    return GraphParts(points, open_table(folder, "grid", Grid), names, searches, book)


def _open_profile(folder: Path, points: Points, traits: Traits) -> ProfileSearch:
    name = traits.name
    tables: dict[str, Any] = {
        table: open_table(folder, f"{name}.{table}", kind) for table, kind in _TABLES.items()
    }
    turns = open_table(folder, f"{name}.turns", _Turns)
    hierarchy = None
    if (folder / f"{name}.hierarchy.place.npy").is_file():
        hierarchy = open_table(folder, f"{name}.hierarchy", Hierarchy)
    roads = ProfileRoads(**turns._asdict(), **tables)
    shape = open_table(folder, f"{name}.shape", Shape)
    return ProfileSearch(points, roads, traits, hierarchy, shape)
