"""Instance files: written and read again they are the same; wrong ones say where they are wrong."""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cargo.errors import CargoError
from cargo.formats import cordeau, lilim, solomon, vroom, vrplib
from cargo.formats.convert import convert
from cargo.formats.files import Instance, guess, read_instance
from cargo.formats.lines import FormatError
from cargo.formats.planar import Node, Planar, planar_problem
from cargo.formats.vroom_answer import write
from cargo.pdp.check import check
from cargo.pdp.search import Limits
from cargo.pdp.solve import Effort, solve
from maas.__main__ import main

FILE = Path("case.txt")
QUICK = Effort(Limits(20.0, iterations=200))

VROOM: dict[str, Any] = {
    "vehicles": [
        {
            "id": 7, "start_index": 0, "end_index": 0, "capacity": [2], "skills": [1],
            "time_window": [0, 1000],
            "breaks": [{"id": 1, "time_windows": [[100, 400]], "service": 50}],
        }
    ],
    "jobs": [{"id": 1, "location_index": 1, "service": 5, "delivery": [1], "priority": 3}],
    "shipments": [
        {
            "amount": [1], "skills": [1],
            "pickup": {"id": 2, "location_index": 2, "time_windows": [[0, 900]]},
            "delivery": {"id": 3, "location_index": 0},
        },
        {
            "amount": [1], "skills": [2],
            "pickup": {"id": 4, "location_index": 2}, "delivery": {"id": 5, "location_index": 1},
        },
    ],
    "matrices": {"car": {"durations": [[0, 60, 90], [60, 0, 40], [90, 40, 0]]}},
}  # fmt: skip


@st.composite
def planars(draw: st.DrawFn, kind: str) -> Planar:
    n = 2 * draw(st.integers(1, 4))
    amounts = [draw(st.integers(1, 5)) for _ in range(n // 2)]
    demands = [0, *amounts, *(-amount for amount in amounts)]
    if kind in {"solomon", "vrplib"}:
        demands = [0, *amounts, *amounts]
    nodes = [
        Node(
            draw(st.integers(-50, 50)), draw(st.integers(-50, 50)), demand,
            first := draw(st.integers(0, 100)), first + draw(st.integers(0, 100)),
            draw(st.integers(0, 9)) if at else 0,
        )
        for at, demand in enumerate(demands)
    ]  # fmt: skip
    return Planar(
        name="case", nodes=tuple(nodes), n_vehicles=draw(st.integers(1, 9)),
        capacity=draw(st.integers(5, 99)),
        pairs=tuple((at, at + n // 2) for at in range(1, n // 2 + 1))
        if kind in {"lilim", "cordeau"}
        else (),
        max_ride=draw(st.integers(1, 99)) if kind == "cordeau" else None,
        max_duration=draw(st.integers(1, 999)) if kind == "cordeau" else None,
        fewest_vehicles=kind in {"lilim", "solomon"},
        are_passengers=kind == "cordeau",
    )  # fmt: skip


@pytest.mark.parametrize("module", [lilim, cordeau, solomon], ids=lambda one: one.__name__[14:])
@given(data=st.data())
def test_a_file_that_was_written_reads_the_same(module: Any, data: st.DataObject) -> None:
    kind = module.__name__.rpartition(".")[2]
    planar = data.draw(planars(kind))
    text = module.write(planar)
    assert guess(text, FILE) == kind
    assert module.read(text, FILE) == planar


@given(planars("vrplib"))
def test_a_vrplib_file_that_was_written_means_the_same(planar: Planar) -> None:
    text = vrplib.write(dataclasses.replace(planar, is_rounded=True))
    assert guess(text, FILE) == "vrplib"
    again = vrplib.read(text, FILE)
    assert [(node.x, node.y, node.demand) for node in again.nodes] == [
        (node.x, node.y, node.demand) for node in planar.nodes
    ]
    assert again.capacity == planar.capacity
    assert again.is_rounded


def test_a_vroom_problem_is_solved_with_breaks_skills_and_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(VROOM), encoding="utf-8")
    instance = read_instance(path)
    plan = solve(instance.problem, QUICK)
    assert check(instance.problem, plan) == []
    assert plan.unserved == ("shipment 4",)
    assert len(plan.rounds[0].rests) == 1
    assert plan.distance == 100 * (60 + 40 + 90)  # hundredths of a second of driving


def test_the_command_answers_in_the_form_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "case.json", tmp_path / "answer.json"
    path.write_text(json.dumps(VROOM), encoding="utf-8")
    assert main(["cargo", "solve", str(path), "--iterations", "100", "-o", str(out)]) == 0
    answer = json.loads(out.read_text(encoding="utf-8"))
    assert answer["summary"]["unassigned"] == 2  # both ends of the shipment, as VROOM counts
    kinds = [step["type"] for step in answer["routes"][0]["steps"]]
    assert sorted(kinds) == ["break", "delivery", "end", "job", "pickup", "start"]
    assert answer["unassigned"] == [{"id": 4, "type": "pickup"}, {"id": 5, "type": "delivery"}]
    named = {(step["type"], step["id"]) for step in answer["routes"][0]["steps"] if "id" in step}
    assert named == {("break", 1), ("job", 1), ("pickup", 2), ("delivery", 3)}
    assert "shipment 4 is left behind: no vehicle has all of 2" in capsys.readouterr().err


def test_a_vroom_problem_that_was_written_costs_the_same() -> None:
    problem = vroom.read(json.dumps(VROOM), FILE).problem
    again = vroom.read(json.dumps(write(problem)), FILE).problem
    assert len(again.requests) == len(problem.requests)
    assert solve(again, QUICK).unserved != ()


def change(**changes: Any) -> str:
    return json.dumps(VROOM | changes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no JSON: line 1, column 2"),
        (change(vehicles=3), "vehicles: must be a list"),
        (change(jobs=[{"id": 1, "location_index": 1, "delivery": [-1]}]), "-1 is negative"),
        (
            change(jobs=[{"id": 1, "location_index": 1, "time_windows": [[9, 3]]}]),
            "put the earlier",
        ),
        (change(jobs=[{"id": 1}]), "location_index: is missing"),
        (change(vehicles=[{"id": 1, "start_index": 0, "steps": []}]), "not supported"),
        (change(matrices={"car": {"durations": [[0, -4], [1, 0]]}}), "row 0, column 1: -4"),
        (
            change(vehicles=[{"id": 1, "start_index": 0, "costs": {"per_hour": -1}}]),
            r"vehicles\[0\]\.costs\.per_hour: -1 is negative; give 0 or more",
        ),
        (
            change(vehicles=[{"id": 1, "start_index": 0, "costs": {"fixed": -1}}]),
            r"vehicles\[0\]\.costs\.fixed: -1 is negative",
        ),
        (
            change(
                jobs=[{"id": 1, "location_index": 1, "delivery": [1, 2]}],
                shipments=[],
                vehicles=[{"id": 1, "start_index": 0, "capacity": [4]}],
            ),
            r"vehicles\[0\]\.capacity: has 1 amounts and jobs\[0\]\.delivery has 2",
        ),
    ],
)
def test_a_wrong_vroom_file_says_where(text: str, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        vroom.read(text, FILE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "looks like none"),
        ("2 200 1\n0 0 0 0 0 99 0 0 0\n1 5 5 3 9 4 0 0 2\n2 6 6 -3 0 9 0 1 0\n", "line 3: window"),
        ("2 200 1\n0 0 0 0 0 99 0 0 0\n1 5 5 3 0 9 0 0 7\n", "delivery 7 is no node"),
        ("2 200 1\n0 0 0 0 0 99 0 0 0\n1 5 5 3 0 9 -1 0 0\n", "service -1 is negative"),
        ("1 4 99 3 9\n0 0 0 0 0 0 99\n1 1 1 0 1 0 9\n", "4 nodes are announced"),
    ],
)
def test_a_wrong_instance_says_where(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "case.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CargoError, match=words):
        read_instance(path)


def test_unknown_keys_of_a_vroom_file_are_told_with_what_was_meant() -> None:
    jobs = [{"id": at, "location_index": 1, "servce": 60} for at in (1, 2)]
    vehicles = [
        {"id": 1, "start_index": 0, "colour": "red", "costs": {"per_mile": 3},
         "breaks": [{"id": 1, "time_windows": [[0, 9]], "lenght": 2}]}
    ]  # fmt: skip
    assert vroom.read(json.dumps(VROOM), FILE).notices == ()
    assert vroom.read(change(jobs=jobs, vehicles=vehicles, shipments=[]), FILE).notices == (
        "vehicles[0].colour: unknown key, ignored",
        "vehicles[0].costs.per_mile: unknown key, ignored; did you mean 'per_km'?",
        "vehicles[0].breaks[0].lenght: unknown key, ignored",
        "jobs[0].servce (and 1 more): unknown key, ignored; did you mean 'service'?",
    )


@pytest.mark.parametrize("depots", [0, 1, 2])
def test_the_depot_may_stand_again_after_the_nodes_of_a_ride_file(depots: int) -> None:
    nodes = ["0 0 0 0 0 0 99", "1 1 0 1 1 0 9", "2 3 0 1 -1 0 99"]
    planar = cordeau.read(
        "\n".join(["1 2 99 3 9", *nodes, *["3 0 0 0 0 0 99"] * (depots % 2)]), FILE
    )
    assert planar.pairs == ((1, 2),)
    assert math.isclose(planar_problem(planar).distance[0][1, 2], 20_000)


def test_more_places_than_fit_are_refused_before_any_matrix() -> None:
    ends = [
        {"id": k, "location": [140 + k % 500 / 1000, 42 + k // 500 / 1000], "delivery": [1]}
        for k in range(13_000)
    ]
    vehicles = [{"id": 1, "start": [140.0, 42.0], "capacity": [9]}]
    with pytest.raises(FormatError, match=r"13000 places; at most \d+ fit into one problem: split"):
        vroom.read(json.dumps({"vehicles": vehicles, "jobs": ends}), FILE)
    planar = Planar("big", (Node(0, 0),) * 13_000, 1, 1)
    with pytest.raises(FormatError, match="big: 13000 places"):
        planar_problem(planar)


def test_ways_without_matrices_are_straight_lines_with_a_detour() -> None:
    text = json.dumps(
        {
            "vehicles": [{"id": 1, "start": [141.0, 43.0], "capacity": [1]}],
            "jobs": [{"id": 1, "location": [141.0, 44.0], "delivery": [1]}],
        }
    )
    found = vroom.read(text, FILE)
    degree_m = 111_195 * 1.3
    assert found.problem.duration[0][0, 1] == pytest.approx(degree_m / (40 / 3.6), rel=1e-3)
    assert "an estimate" in found.notices[0]


# --- one format as another -------------------------------------------------------------------

FIELD = tuple(
    Node(x, y, demand, 0.0, 500.0, 5.0) for x, y, demand in ((0, 0, 0), (3, 4, 2), (6, 8, -2))
)
PAIRS = Planar("pairs", FIELD, 2, 10, pairs=((1, 2),), fewest_vehicles=True)
DROPS = Planar("drops", tuple(dataclasses.replace(n, demand=abs(n.demand)) for n in FIELD), 2, 10)


def converted(planar: Planar, kind: str, to: str) -> tuple[Any, tuple[str, ...]]:
    """What is read from a text that was converted, and what was said of it."""
    instance = Instance(kind, planar_problem(planar), (), planar)
    found = convert(instance, to)
    module = {"lilim": lilim, "cordeau": cordeau, "solomon": solomon, "vrplib": vrplib}.get(to)
    again = vroom.read(found.text, FILE) if module is None else module.read(found.text, FILE)
    return again, found.notices


def test_pairs_go_to_cordeau_in_its_order_with_limits_that_never_bind() -> None:
    crossed = dataclasses.replace(
        PAIRS, nodes=(*FIELD, *FIELD[1:]), pairs=((1, 4), (3, 2)), name="crossed"
    )
    again, notices = converted(crossed, "lilim", "cordeau")
    assert again.pairs == ((1, 3), (2, 4))
    assert [node.demand for node in again.nodes] == [0, 2, 2, -2, -2]
    assert again.max_ride == again.max_duration == 505
    assert [text.split(":")[0] for text in notices] == [
        "fewest vehicles come first in the source; in cordeau only the cost counts",
        "nodes are numbered anew",
        "rides and rounds without a limit get that of the day, which never binds",
    ]


def test_deliveries_go_between_solomon_and_vrplib() -> None:
    again, notices = converted(DROPS, "solomon", "vrplib")
    assert again.nodes == DROPS.nodes
    assert notices == ()
    back, notices = converted(again, "vrplib", "solomon")
    assert (back.nodes, back.capacity) == (DROPS.nodes, DROPS.capacity)
    assert "fewest vehicles come first" in notices[0]


@pytest.mark.parametrize("planar", [PAIRS, DROPS])
def test_a_plane_goes_to_vroom_with_its_ways(planar: Planar) -> None:
    again, _ = converted(planar, "lilim", "vroom")
    problem = planar_problem(planar)
    assert again.problem.duration[0].tolist() == problem.duration[0].tolist()
    assert len(again.problem.requests) == len(problem.requests)
    assert len(again.problem.vehicles) == 2


@pytest.mark.parametrize(
    ("planar", "to", "words"),
    [
        (PAIRS, "solomon", "pairs: solomon cannot say that requests have pickups of their own"),
        (DROPS, "lilim", "pairs pickups and deliveries"),
        (dataclasses.replace(PAIRS, max_ride=30.0), "lilim", r"the longest ride \(30\)"),
        (dataclasses.replace(PAIRS, max_ride=30.0), "vroom", "no limit of ride time"),
        (dataclasses.replace(PAIRS, max_duration=90.0), "lilim", r"the longest round \(90\)"),
        (dataclasses.replace(DROPS, matrix=np.ones((3, 3))), "solomon", "a matrix of ways"),
        (dataclasses.replace(DROPS, is_rounded=True), "solomon", "rounded to whole numbers"),
        (dataclasses.replace(DROPS, nodes=(Node(0, 0), *FIELD[1:])), "solomon", "no windows"),
        (dataclasses.replace(DROPS, nodes=(Node(0, 0), *FIELD[1:])), "vrplib", "only some nodes"),
        (DROPS, "excel", "format 'excel' is unknown; known are lilim, cordeau"),
    ],
)
def test_what_a_format_cannot_say_is_told(planar: Planar, to: str, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        convert(Instance("lilim", planar_problem(planar), (), planar), to)


def test_the_command_converts_or_leaves_the_old_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "in.txt", tmp_path / "out.txt"
    source.write_text(lilim.write(PAIRS), encoding="utf-8")
    assert main(["cargo", "convert", str(source), str(out), "--to", "cordeau"]) == 0
    assert "lilim → cordeau, 1 requests" in capsys.readouterr().err
    assert cordeau.read(out.read_text(encoding="utf-8"), out).n_vehicles == 2
    out.write_text("old", encoding="utf-8")
    assert main(["cargo", "convert", str(source), str(out), "--to", "solomon"]) == 2
    assert out.read_text(encoding="utf-8") == "old"
    sheet = tmp_path / "vroom.json"
    sheet.write_text(change(), encoding="utf-8")
    assert main(["cargo", "convert", str(sheet), str(out), "--to", "lilim"]) == 2
    assert "only vroom can" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("types", "service", "told"),
    [(["bike"], 60, 0), (["van"], 90, 0), (["bike", "van"], 90, 1), (["truck"], 30, 0)],
)
def test_times_by_type_of_vehicle_are_kept_where_one_holds_for_all(
    types: list[str], service: int, told: int
) -> None:
    job = {"id": 1, "location_index": 0, "service": 30,
           "service_per_type": {"bike": 60, "van": 90}}  # fmt: skip
    vehicles = [{"id": at, "start_index": 0, "type": one} for at, one in enumerate(types)]
    matrices = {"car": {"durations": [[0]]}}
    document = {"vehicles": vehicles, "jobs": [job], "matrices": matrices}
    found = vroom.read(json.dumps(document), FILE)
    assert found.problem.requests[0].delivery is not None
    assert found.problem.requests[0].delivery.service == service
    assert sum("the longest is taken" in text for text in found.notices) == told
