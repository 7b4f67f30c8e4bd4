"""`maas plan` as a person and as a program call it."""

import json
from datetime import date
from pathlib import Path

import pytest

from maas.__main__ import main
from maas.ledger import Amount, Ledger, SegmentKey
from maas.region import Region
from tests.gtfs.realtime.messages import message, update
from tests.maas.test_live import NOW, late, trip


def directory(valley: Region) -> str:
    return str(valley.folder.parents[1])


def test_json_is_the_document_of_the_planner(
    valley: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--at", "2026-10-07T07:50", "--modes", "bus,rail"]
    assert main(["plan", "-r", directory(valley), "北駅", "山中駅", *at, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [leg["mode"] for leg in answer["itineraries"][0]["legs"]] == ["bus", "walk", "rail"]
    assert answer["reasons"] == []
    assert answer["notices"][-1]["code"] == "no_ledger"


def test_the_table_names_times_lines_and_prices(
    valley: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--at", "2026-10-07T07:50", "--lang", "en"]
    code = main(["plan", "-r", directory(valley), "bus:A", "far:D", *at])
    shown = capsys.readouterr().out
    assert code == 0
    assert "08:00 → 08:50" in shown
    assert "Mountain Line" in shown
    assert "1160 JPY" in shown
    assert "synthetic" in shown


def test_names_are_in_any_language_of_the_feeds_and_sentences_in_english(
    valley: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["plan", "-r", directory(valley), "bus:C", "far:D", "--at", "2026-10-07T07:50"]
    assert main([*words, "--lang", "ko-KP", "--modes", "rail"]) == 0
    shown = capsys.readouterr().out
    assert "야마나카역" in shown
    assert "산선 → 야마나카행" in " ".join(shown.split())
    assert "南口駅" in shown  # neither Korean nor English is told
    assert "all seats are taken as free" in shown
    assert main([*words, "--lang", "한국어"]) == 2
    assert "lang: " in capsys.readouterr().err


def test_nothing_found_is_an_answer_with_its_reason(
    valley: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--at", "2026-10-07T02:00", "--window", "600", "--modes", "rail"]
    assert main(["plan", "-r", directory(valley), "bus:C", "far:D", *at]) == 0
    assert "no_connection_in_window" in capsys.readouterr().out


def test_a_ledger_file_takes_full_trips_away(
    valley: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = SegmentKey("far:r1", date(2026, 10, 7), 30_600, 0)
    Ledger({key: Amount(seats=5)}, 1).save(tmp_path / "ledger.json")
    at = ["--at", "2026-10-07T07:50", "--modes", "bus,rail", "--json"]
    ledger = ["--ledger", str(tmp_path / "ledger.json")]
    assert main(["plan", "-r", directory(valley), "bus:A", "far:D", *at, *ledger]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["itineraries"][0]["arrival"][11:16] == "09:50"
    assert "no_ledger" not in [notice["code"] for notice in answer["notices"]]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["月面", "far:D"], "月面"),
        (["bus:A", "far:D", "--at", "2030-01-01T08:00"], "2026-01-01 to 2026-12-31"),
        (["bus:A", "35.0,139.0", "--at", "2026-10-07T08:00"], "off the map"),
        (["bus:A", "far:D", "--at", "soon"], "at:"),
        (["bus:A", "far:D", "--modes", "train"], "modes.0"),
        (["bus:A", "far:D", "--via", "bus:C@-5"], "'-5' is no whole number of minutes"),
        (["bus:A", "far:D", "--via", "bus:C@1.5"], "'1.5' is no whole number of minutes"),
        (
            ["bus:A", "far:D", "--at", "2026-10-07T08:00", "--rider", "elf"],
            "no feed of this region names any rider",
        ),
        (["bus:A", "far:D", "--ledger", "missing.json"], "missing.json"),
    ],
)
def test_wrong_input_is_one_message_and_code_2(
    valley: Region, capsys: pytest.CaptureFixture[str], words: list[str], part: str
) -> None:
    assert main(["plan", "-r", directory(valley), *words]) == 2
    shown = capsys.readouterr()
    assert part in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_a_realtime_file_counts_at_its_own_time(
    valley: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "news.pb"
    path.write_bytes(message(update(trip("t1"), late(900)), now=NOW))
    call = ["plan", "-r", directory(valley), "bus:A", "bus:C", "--at", "2026-10-07T07:50"]
    assert main([*call, "--realtime", f"bus={path}"]) == 0
    assert "08:15–08:35 (+15)" in capsys.readouterr().out
    assert main([*call, "--realtime", f"bus={path}", "--no-realtime"]) == 0
    assert "08:00–08:20 " in capsys.readouterr().out
    assert main([*call, "--realtime", str(path)]) == 2
    assert "--realtime FEED=" in capsys.readouterr().err
    assert main([*call, "--realtime", f"far={tmp_path}/none.pb"]) == 2
    assert "none.pb" in capsys.readouterr().err
