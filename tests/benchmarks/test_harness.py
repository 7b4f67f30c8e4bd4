"""What all benchmarks stand on: turns, ratios, the table, the document, measured children."""

import json
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.children import ChildFailedError, cpu_with_children, run_child
from benchmarks.harness import NAMES, Fact, Report, Row, installed, interleaved, spread
from benchmarks.table import document, duration, text, write_json


def test_programs_take_turns_and_the_one_that_begins_changes() -> None:
    asked: list[str] = []
    programs = {name: lambda item, name=name: asked.append(f"{name}{item}") for name in "ab"}
    seconds = interleaved(programs, [1, 2, 3])
    assert asked == ["a1", "b1", "b2", "a2", "a3", "b3"]
    assert {name: len(times) for name, times in seconds.items()} == {"a": 3, "b": 3}


def test_work_is_measured_in_cpu_time() -> None:
    def spin(n: int) -> int:
        return sum(i * i for i in range(n))

    seconds = interleaved({"a": spin}, [1_000, 400_000])["a"]
    assert 0 <= seconds[0] < seconds[1]


def test_ratios_are_to_the_named_program_of_the_same_case() -> None:
    rows = [
        Row("x", "ours", (2.0, 1.0, 3.0)),
        Row("x", "peer", (8.0,)),
        Row("y", "peer", (1.0,)),
        Row("x", "alone", (1.0,), reference=None),
    ]
    report = Report(rows)
    assert [report.ratio(row) for row in rows] == [None, 4.0, None, None]


@pytest.mark.parametrize(("n", "expected"), [(1, 0.0), (20, 18.0), (100, 94.0), (101, 95.0)])
def test_95_of_100_samples_do_not_exceed_p95(n: int, expected: float) -> None:
    row = Row("x", "ours", tuple(float(i) for i in range(n)))
    assert row.p95 == expected
    assert sum(sample <= row.p95 for sample in row.seconds) >= 0.95 * n


def test_some_items_are_taken_evenly() -> None:
    assert spread(range(10), 5) == [0, 2, 4, 6, 8]
    assert spread(range(3), 5) == [0, 1, 2]


def test_a_peer_that_is_not_installed_is_left_out_with_a_line() -> None:
    report = Report()
    assert not installed(report, "no-such-peer", "no_such_peer")
    assert installed(report, "numpy", "numpy")
    assert "no-such-peer is not installed" in report.notes[0]
    assert report.packages == {"numpy"}


def test_the_table_is_aligned_and_names_machine_commit_and_versions() -> None:
    facts: dict[str, Fact] = {"stops": 14_669, "gap": 0.25, "modes": "bus rail"}
    report = Report([Row("a case", "ours", (0.0012,), facts)], ["left out"], {"numpy"})
    content = document("startup", report, quick=True)
    lines = text("a summary", content).splitlines()
    assert lines[0] == "startup: a summary (quick)"
    assert lines[2].index("what was done") == lines[4].index("stops 14,669, gap 0.25")
    assert "1.2 ms" in lines[4]
    for word in ("machine", "commit", "versions", "note      left out"):
        assert any(line.startswith(word) for line in lines[5:])
    assert content["versions"]["numpy"]


def test_the_document_is_written_whole(tmp_path: Path) -> None:
    content = document("startup", Report([Row("a", "ours", (0.5, 1.5))]), quick=False)
    write_json(tmp_path / "deep" / "out.json", content)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out.json"]
    read = json.loads((tmp_path / "deep" / "out.json").read_text())
    assert read == json.loads(json.dumps(content))
    assert read["rows"][0]["median_cpu_s"] == 1.0


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.0000123, "12.3 µs"),
        (0.00456, "4.56 ms"),
        (1.5, "1.5 s"),
        (1234.0, "1234 s"),
        (0.0, "0 µs"),
    ],
)
def test_durations_have_three_figures(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


def test_a_child_is_measured_by_itself() -> None:
    use = run_child([sys.executable, "-c", "x = sum(range(3_000_000)); print('done')"])
    assert use.output == "done\n"
    assert use.cpu > 0
    assert use.rss_mb > 1
    spent = cpu_with_children(lambda: run_child([sys.executable, "-c", "pass"]))
    assert spent > 0


def test_a_child_that_fails_is_no_measurement() -> None:
    with pytest.raises(ChildFailedError, match="ended with 3: broken"):
        run_child([sys.executable, "-c", "import sys; sys.stderr.write('broken'); sys.exit(3)"])


def test_the_list_names_each_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(NAMES)


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["speed"])
    assert caught.value.code == 2
    assert "startup" in capsys.readouterr().err
