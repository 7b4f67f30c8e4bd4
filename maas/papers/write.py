"""Writes the papers of a load plan into a folder: HTML to print, and the hand-overs as CSV."""

import csv
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from cargo.errors import DocumentError
from cargo.model import LoadPlan, PlannedShipment
from cargo.money import decimals_of
from maas.papers.code128 import can_encode, svg
from maas.papers.handovers import hand_overs

TEMPLATE = Path(__file__).with_name("papers.html.j2")
LONGEST_CODE = 24  # characters that still fit on a label
PAGES = {
    "trips": ("Trip manifests", "便別積荷目録"),
    "vehicles": ("Route sheets", "車両運行表"),
    "shipments": ("Chains of shipments", "荷物別輸送連鎖"),
    "passengers": ("Passengers", "乗客一覧"),
    "index": ("Load plan", "積載計画"),
}
FIGURES = {
    "planned": ("shipments planned", "計画できた荷物"),
    "vehicle_km": ("vehicle km", "車両走行距離 (km)"),
    "driver_hours": ("driver hours", "運転時間 (h)"),
    "cost": ("cost", "費用"),
    "co2_g": ("CO2, g", "CO2 (g)"),
    "co2_g_by_kind": ("CO2 by kind of vehicle, g", "車両種別CO2 (g)"),
    "vehicles": ("vehicles", "車両数"),
    "trips_used": ("trips used", "利用した便"),
    "line_load_factor": ("load factor of lines", "便の積載率"),
    "vehicle_load_factor": ("load factor of vehicles", "車両の積載率"),
    "parcels_by_mode": ("pieces by mode", "輸送手段別個数"),
}

CLASSES = {"ambient": "常温", "cool": "冷蔵", "frozen": "冷凍"}
RIDER_FIGURES = {
    "carried": ("parties carried", "運んだ組数"),
    "mean_wait_s": ("mean wait, s", "平均待ち時間 (秒)"),
    "longest_wait_s": ("longest wait, s", "最長待ち時間 (秒)"),
    "mean_ride_s": ("mean ride, s", "平均乗車時間 (秒)"),
    "shared_taxis": ("taxis with parcels and passengers", "荷物も運んだタクシー"),
}


def write_papers(
    plan: LoadPlan, folder: Path, english: Mapping[str, str] | None = None
) -> list[Path]:
    """Write all pages; returns their paths.

    Parameters
    ----------
    english
        English names of places by their names in the plan; others are shown as they are.

    Raises
    ------
    DocumentError
        If the folder cannot be written.
    """
    pages = {f"{name}.html": _page(plan, name, english or {}) for name in PAGES}
    pages["handovers.csv"] = "\ufeff" + _csv(plan)  # so that spreadsheets see UTF-8
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            draft = folder / f"{name}.part"
            draft.write_text(text, encoding="utf-8")
            draft.replace(folder / name)
    except OSError as error:
        msg = f"{folder} cannot be written: {error.strerror}; name a folder that can"
        raise DocumentError(msg) from error
    return [folder / name for name in pages]


def codes_of(plan: LoadPlan) -> dict[str, str]:
    """What the bars of each shipment say: its id where bars can, else its number in the plan."""
    ids = {row.id for row in plan.shipments}
    codes = {}
    for at, row in enumerate(plan.shipments, 1):
        number = f"#{at:05d}"
        is_short = can_encode(row.id) and len(row.id) <= LONGEST_CODE
        codes[row.id] = row.id if is_short or number in ids else number
    return codes


def _page(plan: LoadPlan, name: str, english: Mapping[str, str]) -> str:
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    codes, requests = codes_of(plan), {row.id: row.request for row in plan.shipments}
    parties = {row.id: row.request for row in plan.passengers}
    environment.globals.update(
        code=lambda shipment: Markup(svg(codes[shipment])),
        code_text=codes.__getitem__,
        clock=lambda text: text[11:16],
        english=lambda text: english.get(text, ""),
        place=lambda at: at.name or f"{at.lat:.5f}, {at.lon:.5f}",
        ways_back={row.id: row.if_undelivered for row in plan.shipments},
        money=lambda amount: f"{amount.amount} {amount.currency}",
        hand_overs=hand_overs,
        pieces=lambda names: sum(requests[name].pieces for name in names),
        heads=lambda names: sum(parties[name].people for name in names),
        figure=_figure,
        worth=lambda value: _worth(value, plan.currency),
        percent=lambda share: "–" if share is None else f"{100 * share:.1f} %",
    )
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        page=name,
        pages=PAGES,
        plan=plan,
        requests=requests,
        parties=parties,
        figures=FIGURES,
        rider_figures=RIDER_FIGURES,
        classes=CLASSES,
    )


def _worth(value: float, currency: str) -> str:
    """A declared worth in whole units of the currency."""
    amount = Decimal(round(value)).scaleb(-decimals_of(currency))
    return f"{amount:,} {currency}"


def _figure(value: Any) -> str:
    """A figure as people read it."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {number}" for name, number in value.items()) or "–"
    if hasattr(value, "currency"):
        return f"{value.amount} {value.currency}"
    return "–" if value is None else f"{value:,}"


def _csv(plan: LoadPlan) -> str:
    """Hand-overs of all shipments, one row each."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["shipment", "code", "time", "place", "from", "to", "kg", "pieces", "value"])
    codes = codes_of(plan)
    for row in plan.shipments:
        rows.writerows(_hand_over_rows(row, codes[row.id]))
    return out.getvalue()


def _hand_over_rows(row: PlannedShipment, code: str) -> Iterator[list[str]]:
    for one in hand_overs(row):
        yield [
            row.id, code, one.time, one.place, one.giver.text, one.taker.text,
            f"{row.request.kg:g}", str(row.request.pieces), f"{row.request.value:.0f}",
        ]  # fmt: skip
