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

VAN, TAXI, LINE, NETWORK = "#475569", "#d97706", "#0f766e", "#cfd6dd"


@dataclass(frozen=True)
class Layers:
    """What one policy draws over the network."""

    vans: Sequence[Path]
    taxis: Sequence[Path]
    carried: Mapping[tuple[tuple[float, float], tuple[float, float]], int]  # hop → pieces
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
        _legend(figure)

    tall = _height(frame) / max(1, len(layers)) * 11.2 + 0.7
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
    axes.add_collection(LineCollection(list(network), colors=NETWORK, linewidths=0.6))
    for paths, colour, width in ((layer.vans, VAN, 0.9), (layer.taxis, TAXI, 1.1)):
        axes.add_collection(
            LineCollection(list(paths), colors=colour, linewidths=width, alpha=0.55)
        )
    axes.add_collection(
        LineCollection(
            [list(hop) for hop in layer.carried],
            colors=LINE,
            linewidths=[1.2 + 0.9 * math.sqrt(n) for n in layer.carried.values()],
            capstyle="round",
        )
    )
    if layer.doors:
        lon, lat = zip(*layer.doors, strict=True)
        axes.plot(lon, lat, ".", color=INK, markersize=2.4, alpha=0.7)
    _draw_hubs(axes, hubs)


def _draw_hubs(axes: "Axes", hubs: Sequence[Hub]) -> None:
    """Squares; a name only where none stands close by already."""
    named: list[Hub] = []
    for hub in hubs:
        axes.plot(
            hub.lon, hub.lat, "s", color="white", markeredgecolor=LINE, markersize=4.5, zorder=5
        )
        if all(math.hypot(hub.lon - other.lon, hub.lat - other.lat) > 0.35 for other in named):
            axes.annotate(
                hub.name,
                (hub.lon, hub.lat),
                (4, 3),
                textcoords="offset points",
                fontsize=7.5,
                zorder=6,
            )
            named.append(hub)


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
