"""Charts of the report as inline SVG. Latin text only: Japanese stands in the HTML around them."""

import io
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#1f2933"
FAINT = "#d9dee4"
POLICY_COLOUR = {"separate": "#8795a6", "mixed": "#0f766e"}
POLICY_NAME = {"separate": "Separate", "mixed": "Mixed"}
PART_COLOUR = ("#475569", "#d97706", "#0891b2", "#a5d8e6")
WAIT_EDGES = (0, 5, 10, 20, 30, 60, 120)  # min

_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
}


def svg(name: str, size: tuple[float, float], draw: Callable[["Figure"], None]) -> str:
    """Let `draw` fill a figure of `size` inches; return it as an SVG element.

    The same drawing gives the same text.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style: Any = {**_STYLE, "svg.hashsalt": name}
    with mpl.rc_context(style):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def stacked(parts: Mapping[str, Mapping[str, float]], unit: str) -> str:
    """Draw a bar for each policy, stacked from named parts."""

    def draw(figure: "Figure") -> None:
        axes = figure.add_subplot()
        names = list(next(iter(parts.values())))
        rows = list(parts)[::-1]
        left = [0.0] * len(rows)
        for name, colour in zip(names, PART_COLOUR, strict=False):
            widths = [parts[policy][name] for policy in rows]
            labels = [POLICY_NAME[policy] for policy in rows]
            axes.barh(labels, widths, left=left, color=colour, height=0.55, label=name)
            left = [a + b for a, b in zip(left, widths, strict=True)]
        for row, total in enumerate(left):
            _beside(axes, total, row, f"{total:,.0f} {unit}", weight="bold")
        axes.set_xlim(0, max([*left, 1.0]) * 1.12)
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.grid(visible=False, axis="y")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, handlelength=1)

    return svg("stacked", (9, 2.4), draw)


def grouped(counts: Mapping[str, Mapping[str, float]], labels: Sequence[str], name: str) -> str:
    """Draw a group of bars for each label, one bar for each policy."""

    def draw(figure: "Figure") -> None:
        axes = figure.add_subplot()
        width = 0.8 / len(counts)
        highest = max([1.0, *(value for row in counts.values() for value in row.values())])
        for nth, (policy, row) in enumerate(counts.items()):
            places = [i + (nth - (len(counts) - 1) / 2) * width for i in range(len(labels))]
            heights = [row.get(label, 0) for label in labels]
            colour = POLICY_COLOUR[policy]
            axes.bar(places, heights, width * 0.9, color=colour, label=POLICY_NAME[policy])
            for place, height in zip(places, heights, strict=True):
                if height:
                    axes.text(
                        place, height + highest * 0.015, f"{height:,.0f}", ha="center", fontsize=9
                    )
        axes.set_xticks(range(len(labels)), labels)
        axes.grid(visible=False, axis="x")
        axes.set_ylim(0, highest * 1.12)
        if len(counts) > 1:
            axes.legend(loc="upper right", ncols=len(counts), handlelength=1)

    return svg(name, (5.6, 3.2), draw)


def over_the_day(series: Mapping[str, Sequence[int]], step: int, label: str) -> str:
    """Draw how many vehicles are out, for each policy, every `step` seconds from midnight."""

    def draw(figure: "Figure") -> None:
        axes = figure.add_subplot()
        for policy, counts in series.items():
            hours = [i * step / 3600 for i in range(len(counts))]
            colour = POLICY_COLOUR[policy]
            axes.fill_between(hours, counts, step="post", color=colour, alpha=0.18, linewidth=0)
            axes.step(hours, counts, where="post", color=colour, label=POLICY_NAME[policy])
        _clock_axis(axes, series, step)
        axes.set_ylabel(label)
        axes.set_ylim(bottom=0)
        if len(series) > 1:
            axes.legend(loc="upper right", ncols=len(series), handlelength=1)

    return svg("over_the_day", (5.6, 3.2), draw)


def _clock_axis(axes: "Axes", series: Mapping[str, Sequence[int]], step: int) -> None:
    """Show the hours in which anything moves."""
    busy = [i for counts in series.values() for i, n in enumerate(counts) if n]
    first = max(0, (min(busy, default=0) * step // 3600) - 1)
    last = (max(busy, default=86_400 // step) * step // 3600) + 2
    axes.set_xlim(first - 0.4, last)
    hours = range(first - first % 2, last + 1, 2)
    axes.set_xticks(list(hours), [f"{hour:02}:00" for hour in hours], fontsize=9)


def ranked(counts: Mapping[str, float]) -> str:
    """Draw one lying bar for each name, the longest on top."""

    def draw(figure: "Figure") -> None:
        axes = figure.add_subplot()
        rows = sorted(counts.items(), key=lambda row: row[1])
        names, values = [name for name, _ in rows], [value for _, value in rows]
        axes.barh(names, values, color=PART_COLOUR[2], height=0.7)
        for place, value in enumerate(values):
            _beside(axes, value, place, f"{value:,.0f}")
        axes.grid(visible=False, axis="y")
        axes.set_xlim(0, max([*values, 1.0]) * 1.1)

    return svg("ranked", (5.6, 3.2), draw)


def waits(parts: Mapping[str, Sequence[float]]) -> str:
    """Draw how many wait how long, in minutes, a bar for each part; the last bin is open."""

    def draw(figure: "Figure") -> None:
        axes = figure.add_subplot()
        n_bins = len(WAIT_EDGES)
        width = 0.8 / len(parts)
        for nth, (name, values) in enumerate(parts.items()):
            counts = [0] * n_bins
            for value in values:
                counts[max(0, bisect_right(WAIT_EDGES, value) - 1)] += 1
            places = [i + (nth - (len(parts) - 1) / 2) * width for i in range(n_bins)]
            axes.bar(places, counts, width * 0.92, color=PART_COLOUR[2 + nth], label=name)
        ends = [f"{a}–{b}" for a, b in pairwise(WAIT_EDGES)]
        axes.set_xticks(range(n_bins), [*ends, f"{WAIT_EDGES[-1]}+"])
        axes.set_xlabel("minutes")
        axes.set_ylabel("travellers")
        axes.grid(visible=False, axis="x")
        axes.legend(loc="upper right", handlelength=1)

    return svg("waits", (5.6, 3.2), draw)


def _beside(axes: "Axes", x: float, y: float, text: str, **style: Any) -> None:
    """Write to the right of the end of a bar."""
    axes.annotate(text, (x, y), (5, 0), textcoords="offset points", va="center", **style)
