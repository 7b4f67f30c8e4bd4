import csv
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from cargo.effort import Effort
from cargo.errors import DocumentError
from cargo.model import LoadPlan, read_plan
from maas.papers.code128 import _WIDTHS, QUIET, svg, symbols
from maas.papers.handovers import RECEIVER, SENDER, hand_overs
from maas.papers.write import codes_of, write_papers
from tests.api.browser import CHROMIUM, browsing
from tests.cargo.facts import plan_of
from tests.cargo.worlds import H, parcel, party, two_towns

FAR = ((43.02, 143.02), (43.02, 144.25))
A4_PX = 703  # width of a page within its margins, CSS pixels
NAMES = ("q0", "荷物-1", "<b>&amp;", "x" * 60)


@pytest.fixture(scope="module")
def plan() -> LoadPlan:
    """Four parcels by taxi, bus and taxi, and one that nothing holds."""
    rows = [parcel(name, *FAR, pieces=2) for name in NAMES]
    problem = two_towns([*rows, parcel("huge", *FAR, kg=5000)])
    return read_plan(plan_of(problem, Effort().by_iterations(200)), "plan")


class Texts(HTMLParser):
    """All text of a page, and how often each tag stands in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags = "", dict[str, int]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1

    def handle_data(self, data: str) -> None:
        self.text += data


def page(folder: Path, name: str) -> Texts:
    return Texts((folder / name).read_text(encoding="utf-8"))


def test_symbols_of_code_128_are_those_of_the_standard() -> None:
    assert symbols("PJJ123C") == [104, 48, 42, 42, 17, 18, 19, 35, 55, 106]
    assert len(set(_WIDTHS)) == 107
    assert {sum(map(int, widths)) for widths in _WIDTHS[:-1]} == {11}
    assert {sum(map(int, widths[::2])) % 2 for widths in _WIDTHS[:-1]} == {0}


def test_bars_have_the_widths_of_their_symbols() -> None:
    bars = [(int(x), int(w)) for x, w in re.findall(r"M(\d+) 0h(\d+)v", svg("A1"))]
    ends = [x + w for x, w in bars]
    gaps = [other[0] - end for end, other in zip(ends, bars[1:], strict=False)]
    widths = [str(n) for pair in zip([w for _, w in bars], [*gaps, 0], strict=True) for n in pair]
    assert "".join(widths[:-1]) == "".join(_WIDTHS[value] for value in symbols("A1"))
    assert bars[0][0] == QUIET


def test_what_bars_cannot_say_is_refused_and_gets_a_number_instead(plan: LoadPlan) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        svg("荷物")
    codes = codes_of(plan)
    assert codes["q0"] == "q0"
    assert codes["荷物-1"] == "#00002"
    assert codes["x" * 60] == "#00004"
    assert len(set(codes.values())) == len(codes)


def test_hand_overs_go_from_sender_to_receiver_without_a_gap(plan: LoadPlan) -> None:
    for row in plan.shipments:
        chain = list(hand_overs(row))
        if row.status == "rejected":
            assert chain == []
            continue
        assert (chain[0].giver, chain[-1].taker) == (SENDER, RECEIVER)
        assert all(one.taker == other.giver for one, other in pairwise(chain))
        assert [one.time for one in chain] == sorted(one.time for one in chain)


def test_papers_name_every_shipment_where_it_is_handled(plan: LoadPlan, tmp_path: Path) -> None:
    paths = write_papers(plan, tmp_path / "papers", {"Stop 0": "Hub zero"})
    assert {path.name for path in paths} == {
        "index.html", "trips.html", "vehicles.html", "shipments.html", "passengers.html",
        "handovers.csv",
    }  # fmt: skip
    trips = page(tmp_path / "papers", "trips.html")
    assert trips.tags["article"] == len(plan.trips) > 0
    for name in NAMES:
        assert trips.text.count(name) >= 2  # loaded and unloaded
        assert name in page(tmp_path / "papers", "vehicles.html").text
    assert "Hub zero" in trips.text
    assert trips.tags["svg"] == 2 * len(NAMES)
    shipments = page(tmp_path / "papers", "shipments.html").text
    assert "荷物を分けるか" in shipments  # why `huge` was refused
    assert "split the shipment" in shipments


def test_route_sheets_tell_who_gets_in_and_out_in_both_languages(tmp_path: Path) -> None:
    parties = [
        party("ann", (43.0, 143.0), (43.03, 143.02), 9 * H, people=2),
        party("far", (44.0, 143.0), (44.1, 143.0), 9 * H),
    ]
    document = plan_of(two_towns([parcel("p", *FAR)], parties=parties), Effort().by_iterations(200))
    write_papers(read_plan(document, "plan"), tmp_path)
    vehicles = page(tmp_path, "vehicles.html").text
    assert "乗車 · Passengers get in · 2 名" in vehicles
    assert "降車 · Passengers get out · 2 名" in vehicles
    passengers = page(tmp_path, "passengers.html").text
    assert "from ann" in passengers
    assert "行けるタクシーがありません" in passengers  # why `far` was refused
    assert "運んだ組数" in page(tmp_path, "index.html").text


def test_the_hand_overs_are_a_table_too(plan: LoadPlan, tmp_path: Path) -> None:
    write_papers(plan, tmp_path)
    with (tmp_path / "handovers.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["shipment"] for row in rows} == set(NAMES)
    assert sum(row["to"] == "receiver" for row in rows) == len(NAMES)


def test_a_folder_that_cannot_be_written_is_an_error_of_the_input(
    plan: LoadPlan, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DocumentError, match="cannot be written"):
        write_papers(plan, tmp_path / "file")


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
@pytest.mark.parametrize("name", ["trips", "vehicles", "shipments"])
def test_bars_keep_whole_pixels_and_pages_fit_on_paper(
    plan: LoadPlan, tmp_path: Path, name: str
) -> None:
    write_papers(plan, tmp_path)
    with browsing(tmp_path / "profile") as tab:
        tab.show_on_paper()
        tab.open((tmp_path / f"{name}.html").as_uri())
        tab.wait("document.readyState == 'complete' && document.querySelector('svg') !== null")
        scales = tab.value(
            "[...document.querySelectorAll('svg.code')].map("
            "bars => bars.getBoundingClientRect().width / bars.viewBox.baseVal.width)"
        )
        assert scales
        assert all(scale == pytest.approx(1.0, abs=0.001) for scale in scales)
        assert tab.value("document.documentElement.scrollWidth") <= A4_PX
        assert tab.errors == []
