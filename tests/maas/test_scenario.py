"""A whole scenario as the command runs it: figures, files, the page, and what is refused."""

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from maas.__main__ import main
from maas.freight import check_plan
from maas.ledger import Ledger
from maas.region import Region
from tests.maas.scenario_valley import GOODS, build_scenario_valley, write_valley
from tests.maas.valley import REGION

FILES = {
    "report.html",
    "kpis.csv",
    "kpis.json",
    "travellers.csv",
    "load-plan.json",
    "ledger.json",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the built valley, its scenario, and the results of one run in `out`."""
    folder = tmp_path_factory.mktemp("home")
    build_scenario_valley(folder)
    assert run(folder, "out") == 0
    return folder


def run(folder: Path, out: str, *more: str) -> int:
    words = ["scenario", "run", str(folder / "scenario.yaml"), "-o", str(folder / out), "-q"]
    return main([*words, "-r", str(folder / "built"), *more])


def document(folder: Path, name: str = "kpis.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out" / name).read_text(encoding="utf-8"))
    return found


def test_all_files_are_written_and_no_draft_stays(home: Path) -> None:
    assert {path.name for path in (home / "out").iterdir()} == FILES
    assert not [path for path in home.iterdir() if path.name.startswith(".out")]


def test_the_same_seed_gives_the_same_figures_and_the_same_plan(home: Path) -> None:
    assert run(home, "again") == 0
    for name in sorted(FILES - {"report.html"}):
        assert (home / "again" / name).read_text() == (home / "out" / name).read_text(), name


def test_another_seed_gives_other_figures(home: Path) -> None:
    assert run(home, "other", "--seed", "4") == 0
    other = json.loads((home / "other" / "kpis.json").read_text())
    assert other["scenario"]["seed"] == 4
    assert other["kpis"] != document(home)["kpis"]


def test_the_load_plan_keeps_every_hard_rule_on_the_seats_that_are_left(home: Path) -> None:
    region = Region.open(home / "built")
    ledger = Ledger.load(home / "out" / "ledger.json")
    assert check_plan(region, document(home, "load-plan.json"), ledger) == []


def test_figures_add_up(home: Path) -> None:
    plan = document(home, "load-plan.json")
    for policy, figures in document(home)["kpis"].items():
        sheets = plan["vehicles"] if policy == "mixed" else plan["separate"]["vehicles"]
        driven = sum(sheet["distance_m"] for sheet in sheets) / 1000
        assert figures["van_km"] + figures["taxi_freight_km"] == pytest.approx(driven, abs=0.01)
        called = figures["taxi_km"] + figures["taxi_empty_km"]
        assert figures["vehicle_km"] == pytest.approx(figures["freight_km"] + called, abs=0.01)
        assert figures["delivered"] + figures["refused"] == figures["shipments"] == 8
        assert figures["served"] + figures["unserved"] == figures["travellers"] == 12
        assert sum(v for k, v in figures.items() if k.startswith("mainly_")) == figures["served"]
    kpis = document(home)["kpis"]
    assert kpis["separate"]["taxi_freight_km"] == kpis["separate"]["trips_used"] == 0
    assert kpis["mixed"]["delivered"] >= kpis["separate"]["delivered"]


def test_passengers_are_the_same_under_both_policies(home: Path) -> None:
    found = document(home)
    keys = [key for key, row in found["measures"].items() if row["group"] == "passengers"]
    assert len(keys) > 8
    for key in keys:
        assert found["kpis"]["mixed"][key] == found["kpis"]["separate"][key]


def test_the_table_of_figures_is_the_document_of_figures(home: Path) -> None:
    found = document(home)
    with (home / "out" / "kpis.csv").open(encoding="utf-8") as stream:
        rows = {row["figure"]: row for row in csv.DictReader(stream)}
    assert list(rows) == list(found["measures"])
    for key, row in rows.items():
        for policy, figures in found["kpis"].items():
            assert (float(row[policy]) if row[policy] else None) == figures[key]
    assert rows["cost"]["unit"] == "JPY"


def test_each_traveller_has_a_row(home: Path) -> None:
    with (home / "out" / "travellers.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 12
    assert all(bool(row["modes"]) != bool(row["reason"]) for row in rows)


def test_the_page_needs_nothing_else_and_says_what_it_is(home: Path) -> None:
    page = (home / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 6
    assert not re.findall(r'(?:src|href)="(?!#)', page)
    assert "@import" not in page
    assert "<script" not in page
    for text in ("SYNTHETIC", "合成データ", "Made for tests.", "試験用です。", "混載", "Seed"):
        assert text in page


def test_charts_hold_latin_text_only(home: Path) -> None:
    page = (home / "out" / "report.html").read_text(encoding="utf-8")
    for chart in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        texts = re.findall(r"<text[^>]*>([^<]*)</text>", chart)
        assert texts
        assert not [text for text in texts if re.search("[\u3040-\u30ff\u4e00-\u9fff]", text)]


def test_figures_are_printed_side_by_side(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "printed") == 0
    shown = capsys.readouterr().out
    for text in ("Separate", "Mixed", "Change", "Vehicle-km", "SYNTHETIC", "report.html"):
        assert text in shown
    assert run(home, "printed", "--json") == 0
    assert json.loads(capsys.readouterr().out)["kpis"] == document(home)["kpis"]


def test_one_policy_alone_has_no_column_of_changes(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = home / "alone.yaml"
    text = (home / "scenario.yaml").read_text() + "policies: [separate]\n"
    scenario.write_text(text, encoding="utf-8")
    words = ["scenario", "run", str(scenario), "-o", str(home / "alone"), "-q"]
    assert main([*words, "-r", str(home / "built")]) == 0
    assert "Mixed" not in capsys.readouterr().out
    kpis = json.loads((home / "alone" / "kpis.json").read_text())["kpis"]
    assert list(kpis) == ["separate"]
    assert kpis["separate"] == document(home)["kpis"]["separate"]


def test_the_region_of_the_file_is_built_when_no_other_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAAS_CACHE_DIR", str(tmp_path / "cache"))
    scenario = write_valley(tmp_path / "valley")
    text = scenario.read_text().replace("count: 12", "count: 1").replace("count: 8", "count: 1")
    scenario.write_text(text, encoding="utf-8")
    assert main(["scenario", "run", str(scenario), "-o", str(tmp_path / "out"), "-q"]) == 0
    assert (tmp_path / "out" / "kpis.json").is_file()
    assert (tmp_path / "cache" / "regions" / "valley" / "CURRENT").is_file()


def test_a_folder_with_other_files_is_left_alone(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "mine").mkdir()
    (home / "mine" / "letter.txt").write_text("dear")
    assert run(home, "mine") == 2
    assert "holds other files" in capsys.readouterr().err
    assert [path.name for path in (home / "mine").iterdir()] == ["letter.txt"]


def test_a_run_that_fails_leaves_the_earlier_results(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(home / "out", home / "kept")
    bad = {"shipments": [{"id": "a", "pickup": {"lat": 43, "lon": 141}, "kg": -1}]}
    (home / "bad.json").write_text(json.dumps(bad))
    text = (home / "scenario.yaml").read_text().replace("{count: 8}", "{file: bad.json}")
    (home / "bad.yaml").write_text(text, encoding="utf-8")
    words = ["scenario", "run", str(home / "bad.yaml"), "-o", str(home / "kept"), "-q"]
    assert main([*words, "-r", str(home / "built")]) == 2
    error = capsys.readouterr().err
    for word in ("bad.json", "shipments.0", "kg", "-1"):
        assert word in error
    assert (home / "kept" / "kpis.json").read_text() == (home / "out" / "kpis.json").read_text()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("2026-10-07", "2031-10-07"), ["2031-10-07", "choose a date"]),
        (("region: region.yaml", "region: nowhere.yaml"), ["nowhere.yaml", "no such file"]),
    ],
)
def test_bad_input_ends_with_two_and_one_clear_message(
    home: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], words: list[str]
) -> None:
    text = (home / "scenario.yaml").read_text().replace(*change)
    (home / "wrong.yaml").write_text(text, encoding="utf-8")
    more = [] if "nowhere" in change[1] else ["-r", str(home / "built")]
    code = main(["scenario", "run", str(home / "wrong.yaml"), "-o", str(home / "none"), *more])
    error = capsys.readouterr().err
    assert code == 2
    for word in words:
        assert word in error
    assert "Traceback" not in error
    assert not (home / "none").exists()


def test_trucks_and_buses_are_counted_and_drawn(tmp_path: Path) -> None:
    bay = "bay: {kg: 500, litres: 2000, pieces: 50}"
    vans = GOODS.replace("vans:\n  - id: depot\n", "fleets:\n  - id: depot\n    kind: truck\n")
    bus = f"  - {{id: bus, kind: bus, zone: yamanaka, base: {{lat: 43.3, lon: 141.0}}, {bay}}}\n"
    region = REGION + vans.replace("hubs:\n", f"{bus}hubs:\n", 1)
    build_scenario_valley(tmp_path, region)
    assert run(tmp_path, "out") == 0
    plan = document(tmp_path, "load-plan.json")
    sheets = plan["separate"]["vehicles"]
    assert {sheet["kind"] for sheet in sheets} == {"truck"}
    km = sum(sheet["distance_m"] for sheet in sheets) / 1000
    assert document(tmp_path)["kpis"]["separate"]["van_km"] == pytest.approx(km, abs=0.01)
