"""`maas cargo` as people call it: options, files, faults and what is said of them."""

import json
from pathlib import Path
from typing import Any

import pytest

import maas.freight
from cargo.errors import DocumentError
from cargo.model import read_shipments
from maas.__main__ import main
from maas.freight import plan_loads
from maas.region import Region
from tests.maas.scenario_valley import build_scenario_valley
from tests.maas.test_freight import DAY, batch, directory, run, trains

VROOM = {
    "vehicles": [{"id": 1, "start": [141.35, 43.06], "capacity": [4, 10]}],
    "jobs": [{"id": 1, "location": [141.36, 43.07], "delivery": [1, 1]}],
}


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """Trains with a bay from C to D at 08:30 and 09:30; taxis at A, vans at C."""
    return build_scenario_valley(tmp_path_factory.mktemp("cli"))


def written(path: Path, document: Any) -> str:
    path.write_text(json.dumps(document), encoding="utf-8")
    return str(path)


# --- options ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--seed", "-1", "'-1' is no seed; give a whole number from 0"),
        ("--seed", "1.5", "is no seed"),
        ("--seconds", "nan", "'nan' is no time above 0; give seconds such as 20"),
        ("--seconds", "-1", "is no time above 0"),
        ("--seconds", "0", "is no time above 0"),
        ("--seconds", "inf", "is no time above 0"),
        ("--seconds", "soon", "'soon' is no time above 0"),
        ("--iterations", "0", "'0' is no number of iterations; give a whole one from 1 on"),
        ("--iterations", "-1", "is no number of iterations"),
    ],
)
@pytest.mark.parametrize("part", ["plan", "solve"])
def test_what_a_search_cannot_go_by_is_refused(
    capsys: pytest.CaptureFixture[str], part: str, option: str, value: str, told: str
) -> None:
    region = ["-r", "nowhere", "-o", "x.json"] if part == "plan" else []
    with pytest.raises(SystemExit) as ended:
        run(part, "x.json", *region, option, value)
    assert ended.value.code == 2
    assert f"argument {option}: " in (shown := capsys.readouterr().err)
    assert told in shown


def test_a_date_that_is_none_is_refused_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("plan", "x.json", "-r", "nowhere", "-o", "x.json", "--date", "tomorrow")
    told = "argument --date: 'tomorrow' is no date; write it as 2026-12-01"
    assert told in capsys.readouterr().err


# --- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "brackets are nested too deeply"),
        (b'{"shipments": [' + b"9" * 5_000 + b"]}", "a number of thousands of digits"),
        (b'{"shipments": ["\xff"]}', "byte 16: not UTF-8"),
        (b'{\n"a"', "line 2, column 4: "),
    ],
)
@pytest.mark.parametrize("part", ["plan", "check", "manifest", "dispatch", "solve", "ledger"])
def test_a_file_that_cannot_be_read_is_named(
    region: Region,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    part: str,
    text: bytes,
    told: str,
) -> None:
    source, out = tmp_path / "in.json", str(tmp_path / "out.json")
    source.write_bytes(text)
    words = {
        "plan": ("-r", directory(region), "-o", out),
        "check": ("-r", directory(region)),
        "manifest": ("-o", out),
        "dispatch": (str(source), "-o", out),
        "solve": ("--format", "vroom", "-o", out),
        "ledger": ("-r", directory(region), "--ledger", str(source), "-o", out),
    }[part]
    assert run("plan" if part == "ledger" else part, str(source), *words) == 2
    shown = capsys.readouterr().err
    assert str(source) in shown
    assert told in shown or (part == "solve" and "UTF-8" in told)


@pytest.mark.parametrize("part", ["plan", "solve", "dispatch"])
def test_an_output_that_cannot_be_written_is_told_before_the_work(
    region: Region,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    part: str,
) -> None:
    worked: list[object] = []
    for name in ("maas.freight.plan_loads", "cargo.pdp.solve.solve", "cargo.online_state.dispatch"):
        monkeypatch.setattr(name, lambda *_, **__: worked.append(1))
    source = {"plan": batch(1), "solve": VROOM, "dispatch": {"vehicles": [], "now": 0}}[part]
    words = [written(tmp_path / "in.json", source)]
    if part == "dispatch":
        words.append(written(tmp_path / "events.json", {"events": []}))
    if part == "plan":
        words += ["-r", directory(region)]
    for out, told in (
        (tmp_path, "is a folder; name a file"),
        (tmp_path / "none" / "x.json", f"there is no folder {tmp_path / 'none'}; make it first"),
        (tmp_path / "closed" / "x.json", "no right to write to the folder"),
    ):
        if out.parent.name == "closed":  # rights do not bind whoever may do everything
            out.parent.mkdir()
            monkeypatch.setattr("os.access", lambda *_: False)
        assert run(part, *words, "-o", str(out)) == 2
        assert told in capsys.readouterr().err
    assert worked == []


@pytest.mark.parametrize(
    "words",
    [
        ("matrix", "places.csv", "-r", "nowhere"),
        ("accessibility", "places.csv", "-r", "nowhere", "--at", "2026-10-07T08:00"),
        ("reach", "-r", "nowhere", "A", "--at", "2026-10-07T08:00"),
        ("isochrone", "-r", "nowhere", "A"),
    ],
)
def test_other_commands_look_at_their_output_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    out = tmp_path / "none" / "x.csv"
    assert main([*words, "-o", str(out)]) == 2
    assert f"there is no folder {out.parent}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("departure", "yesterday", "not a time with its zone; write 2026-12-01T09:30:00+09:00"),
        ("arrival", "2026-10-07T08:00:00", "not a time with its zone"),
        ("service_date", "today", "not a date; write 2026-12-01"),
    ],
)
def test_a_plan_with_times_that_are_none_is_refused_by_check_and_papers(
    region: Region,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    key: str,
    value: str,
    told: str,
) -> None:
    plan = plan_loads(region, batch(2), iterations=50)
    step = next(
        step for row in plan["shipments"] for step in row["chain"] if step["kind"] == "trip"
    )
    step[key] = value
    path = written(tmp_path / "plan.json", plan)
    for words in (("check", path, "-r", directory(region)), ("manifest", path, "-o", path + "s")):
        assert run(*words) == 2
        assert told in (shown := capsys.readouterr().err)
        assert f"{path}: shipments." in shown
        assert f".{key}: " in shown


def test_faults_of_date_and_window_name_the_file(
    region: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = batch(1, ready="2026-10-09T08:00", due="2026-10-09T09:00")
    source = written(tmp_path / "goods.json", outside)
    words = ("-r", directory(region), "-o", str(tmp_path / "plan.json"))
    assert run("plan", source, *words) == 2
    assert f"{source}: shipment 'p0': window" in capsys.readouterr().err
    ends = {"from": {"lat": 43.02, "lon": 141.001}, "to": {"lat": 43.03, "lon": 141.001}}
    party = {"id": "ann", **ends, "earliest": "2026-10-09T10:00"}
    riders = written(tmp_path / "riders.json", {"passengers": [party]})
    assert run("plan", written(tmp_path / "ok.json", batch(1)), *words, "--passengers", riders) == 2
    assert f"{riders}: party 'ann': earliest" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kg": True}, "kg: true and false are no numbers; write it in digits (value: true)"),
        ({"pieces": True}, "pieces: true and false are no numbers"),
        ({"kg": "5"}, "kg: a text is no number; write it without quotes (value: '5')"),
        ({"pieces": "2"}, "pieces: a text is no number"),
        ({"accompanied": 1}, "accompanied: Input should be a valid boolean"),
        ({"box_cm": [True, 2, 3]}, "box_cm.0: true and false are no numbers"),
        ({"pickup": None}, "pickup: an object with keys is wanted (value: null)"),
        ({"skills": "tail_lift"}, "skills: a list is wanted (value: 'tail_lift')"),
        ({"box_cm": [1, 2]}, "box_cm.2: this entry is required and missing"),
    ],
)
def test_faults_speak_the_words_of_documents(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(DocumentError) as found:
        read_shipments(batch(1, **changes), "goods.json")
    assert f"goods.json: shipments.0.{told}" in str(found.value)


@pytest.mark.parametrize("date", [20261125, 0, True, "2026-13-45", "2026-12-01T09:00"])
def test_a_date_that_is_none_is_told_how_to_write_it(date: object) -> None:
    with pytest.raises(DocumentError, match=r"^goods\.json: date: not a date; write 2026-12-01"):
        read_shipments({"date": date, "shipments": []}, "goods.json")


def test_rows_that_are_no_objects_are_told_in_words_of_documents() -> None:
    with pytest.raises(DocumentError) as found:
        read_shipments({"shipments": [1, "a"]}, "goods.json")
    assert "goods.json: shipments.0: an object with keys is wanted (value: 1)" in str(found.value)
    with pytest.raises(DocumentError, match=r"shipments: a list is wanted \(value: \{\"a\": 1\}\)"):
        read_shipments({"shipments": {"a": 1}}, "goods.json")


# --- quotes -----------------------------------------------------------------------------------


def test_a_quote_is_asked_for_with_all_that_a_shipment_may_have(
    region: Region, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[dict[str, Any]] = []
    real = maas.freight.quote

    def listening(of: Region, shipment: dict[str, Any], ledger: Any = None) -> dict[str, Any]:
        asked.append(shipment)
        return real(of, shipment, ledger)

    monkeypatch.setattr(maas.freight, "quote", listening)
    ends = ("--from", "43.02,141.001", "--to", "43.3,141.001", "--kg", "3")
    words = ("quote", "-r", directory(region), *ends, "--at", "08:00", "--date", DAY, "--json")
    assert run(*words) == 0
    assert any(trains(option["chain"]) for option in json.loads(capsys.readouterr().out)["options"])
    more = ("--goods", "food", "--box-cm", "60,40,30", "--accompanied", "--max-trips", "0")
    assert run(*words, *more) == 0
    options = json.loads(capsys.readouterr().out)["options"]
    assert options
    assert not any(trains(option["chain"]) for option in options)
    told = {key: asked[-1][key] for key in ("goods", "box_cm", "accompanied", "max_trips")}
    assert told == {"goods": "food", "box_cm": [60, 40, 30], "accompanied": True, "max_trips": 0}
    assert run(*words, "--skills", "tail_lift,crane") == 0  # no vehicle here has them
    options = json.loads(capsys.readouterr().out)["options"]
    assert all(step["kind"] != "road" for option in options for step in option["chain"])
    assert asked[-1]["skills"] == ["tail_lift", "crane"]


def test_a_box_without_three_edges_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("quote", "-r", "x", "--box-cm", "60,40")
    assert "--box-cm: '60,40' is no box; give three edges in cm" in capsys.readouterr().err
