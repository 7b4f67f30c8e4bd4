"""`maas validate`: what is printed, written and returned."""

import json
from pathlib import Path

import pytest

from maas.__main__ import main
from tests.gtfs.feeds import STORY, write_feed

AT = ["--date", "2026-07-01"]


def test_a_sound_feed_ends_with_nought(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_feed(tmp_path / "f.zip", {})
    assert main(["validate", str(path), *AT]) == 0
    shown = capsys.readouterr().out
    assert "stop_times   6" in shown
    assert "0 error" in shown


def test_errors_end_with_three_and_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trips = STORY["trips.txt"].replace("L,daily,t2", "<b>X</b>,daily,t2")
    path = write_feed(tmp_path / "f.zip", {"trips.txt": trips})
    files = [tmp_path / "v.json", tmp_path / "v.html"]
    written = ["--json", str(files[0]), "--html", str(files[1])]
    assert main(["validate", str(path), *AT, *written]) == 3
    assert "foreign_key_violation × 1 (standard)" in capsys.readouterr().out
    document = json.loads(files[0].read_text(encoding="utf-8"))
    assert document["counts"]["ERROR"] >= 2
    assert {"foreign_key_violation", "unknown_line"} <= {f["code"] for f in document["findings"]}
    page = files[1].read_text(encoding="utf-8")
    assert "foreign_key_violation" in page
    assert "&lt;b&gt;X&lt;/b&gt;" in page
    assert "<b>X" not in page


def test_no_feed_ends_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(tmp_path / "none.zip")]) == 2
    assert "give the path of a GTFS zip or folder" in capsys.readouterr().err


def test_a_page_that_cannot_be_written_ends_with_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_feed(tmp_path / "f.zip", {})
    assert main(["validate", str(path), *AT, "--html", str(tmp_path / "no/v.html")]) == 2
    assert "cannot be written" in capsys.readouterr().err
