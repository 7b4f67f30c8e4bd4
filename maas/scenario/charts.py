"""Charts of the report as inline SVG. Latin text only: Japanese stands in the HTML around them."""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#1f2933"
FAINT = "#d9dee4"
POLICY_COLOUR = {"separate": "#8795a6", "mixed": "#0f766e"}
POLICY_NAME = {"separate": "Separate", "mixed": "Mixed"}
PART_COLOUR = ("#475569", "#d97706", "#0891b2", "#a5d8e6")

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
            axes.text(total, row, f"  {total:,.0f} {unit}", va="center", weight="bold")
        axes.set_xlim(0, max([*left, 1.0]) * 1.18)
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
    axes.set_xlim(first, last)
    hours = range(first - first % 2, last + 1, 2)
    axes.set_xticks(list(hours), [f"{hour:02}:00" for hour in hours], fontsize=9)


def histogram(parts: Mapping[str, Sequence[float]], label: str, width: float) -> str:
    """Draw how often each length of time occurs, stacked by part."""

    def draw(figure: "Figure") -> None:
        axes = figure.add_subplot()
        top = max([width, *(value for values in parts.values() for value in values)])
        edges = [i * width for i in range(int(top // width) + 2)]
        axes.hist(
            list(parts.values()),
            bins=edges,
            stacked=True,
            color=PART_COLOUR[2 : 2 + len(parts)],
            label=list(parts),
            rwidth=0.9,
        )
        axes.set_xlabel(label)
        axes.grid(visible=False, axis="x")
        if len(parts) > 1:
            axes.legend(loc="upper right", handlelength=1)

    return svg("histogram", (5.6, 3.2), draw)
