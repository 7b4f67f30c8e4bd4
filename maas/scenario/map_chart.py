"""The map of the report: the network, what carries parcels, where they come from and go to."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from maas.scenario.charts import INK, POLICY_NAME, svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Path = Sequence[tuple[float, float]]  # lon, lat

NAME_WIDTH, NAME_HEIGHT = 0.17, 0.035  # shares of the map that a name takes
VAN, TAXI, LINE, NETWORK = "#334155", "#d97706", "#0f766e", "#d3d9df"


@dataclass(frozen=True)
class Carried:
    """A hop of scheduled trips with parcels on board."""

    path: Path
    pieces: int


@dataclass(frozen=True)
class Layers:
    """What one policy draws over the network."""

    vans: Sequence[Path]
    taxis: Sequence[Path]
    carried: Sequence[Carried]
    doors: Path


@dataclass(frozen=True)
class Hub:
    """A labelled square."""

    name: str
    lon: float
    lat: float


def network_map(network: Sequence[Path], hubs: Sequence[Hub], layers: Mapping[str, Layers]) -> str:
    """Draw one map for each policy, side by side, on the same ground."""
    points = [point for path in network for point in path]
    for layer in layers.values():
        points += layer.doors
    frame = _frame(points)

    def draw(figure: "Figure") -> None:
        for nth, (policy, layer) in enumerate(layers.items(), 1):
            axes = figure.add_subplot(1, len(layers), nth)
            _draw(axes, network, hubs, layer)
            axes.set_title(POLICY_NAME[policy], weight="bold")
            axes.set_xlim(frame[0], frame[1])
            axes.set_ylim(frame[2], frame[3])
            axes.set_aspect(1 / math.cos(math.radians((frame[2] + frame[3]) / 2)))
            _name_hubs(axes, hubs, f"hub-name-{policy}")
        _legend(figure)

    tall = _height(frame) / max(1, len(layers)) * 11.2 + 0.5
    return svg("map", (11.2, tall), draw)


def _frame(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """West, east, south, north of all points with a margin."""
    lon, lat = zip(*points, strict=True) if points else ((140.0, 145.0), (42.0, 45.0))
    margin = 0.03 * max(max(lon) - min(lon), max(lat) - min(lat), 0.02)
    return min(lon) - margin, max(lon) + margin, min(lat) - margin, max(lat) + margin


def _height(frame: tuple[float, float, float, float]) -> float:
    """Height of the map over its width."""
    middle = math.cos(math.radians((frame[2] + frame[3]) / 2))
    return (frame[3] - frame[2]) / ((frame[1] - frame[0]) * middle)


def _draw(axes: "Axes", network: Sequence[Path], hubs: Sequence[Hub], layer: Layers) -> None:
    from matplotlib.collections import LineCollection

    axes.set_axis_off()
    axes.plot(*_joined(network), color=NETWORK, linewidth=0.6)
    for paths, colour, width in ((layer.vans, VAN, 1.1), (layer.taxis, TAXI, 1.3)):
        axes.plot(*_joined(paths), color=colour, linewidth=width, alpha=0.75)
    by_width: dict[int, list[Path]] = {}
    for hop in layer.carried:
        by_width.setdefault(hop.pieces, []).append(hop.path)
    for pieces, hops in sorted(by_width.items()):
        width = 1.0 + 0.8 * math.sqrt(pieces)
        axes.add_collection(
            LineCollection(hops, colors=LINE, linewidths=width, capstyle="round", zorder=3)
        )
    if layer.doors:
        lon, lat = zip(*layer.doors, strict=True)
        axes.plot(lon, lat, ".", color=INK, markersize=2.4, alpha=0.7, zorder=4)
    axes.plot(
        [hub.lon for hub in hubs],
        [hub.lat for hub in hubs],
        "s",
        color="white",
        markeredgecolor=LINE,
        markersize=3.6,
        zorder=5,
    )


def _joined(paths: Sequence[Path]) -> tuple[list[float], list[float]]:
    """Put many paths into one line with gaps: a much smaller drawing."""
    lon: list[float] = []
    lat: list[float] = []
    for path in paths:
        for x, y in path:
            lon.append(x)
            lat.append(y)
        lon.append(math.nan)
        lat.append(math.nan)
    return lon, lat


def _name_hubs(axes: "Axes", hubs: Sequence[Hub], gid: str) -> None:
    """Write the names of hubs, leaving out those that would lie over another name.

    The page gives texts in a group whose id begins with `hub-name` a white edge.
    """
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    taken: list[tuple[float, float]] = []
    for hub in hubs:
        x, y = (hub.lon - west) / (east - west), (hub.lat - south) / (north - south)
        is_free = all(abs(x - a) > NAME_WIDTH or abs(y - b) > NAME_HEIGHT for a, b in taken)
        if hub.name and is_free and x < 1 - NAME_WIDTH / 2:
            taken.append((x, y))
            axes.annotate(
                hub.name,
                (hub.lon, hub.lat),
                (4, 3),
                textcoords="offset points",
                fontsize=7.5,
                zorder=6,
                gid=f"{gid}-{len(taken)}",
            )


def _legend(figure: "Figure") -> None:
    from matplotlib.lines import Line2D

    def line(colour: str, label: str, width: float = 2) -> Line2D:
        return Line2D([], [], color=colour, linewidth=width, label=label)

    square = Line2D(
        [], [], marker="s", color="white", markeredgecolor=LINE, linewidth=0, label="hub"
    )
    door = Line2D([], [], marker=".", color=INK, linewidth=0, label="pickup or delivery")
    figure.legend(
        handles=[
            line(NETWORK, "lines", 1),
            line(LINE, "parcels on a line (width: pieces)", 4),
            line(VAN, "vans"),
            line(TAXI, "taxis with parcels"),
            square,
            door,
        ],
        loc="outside lower center",
        ncols=6,
        fontsize=9,
    )
