"""What commands write: whole or not at all, through links, and to devices themselves."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cargo.errors import DocumentError
from maas.cli.files import check_writable, drafted, write_whole


def test_a_device_is_written_to_and_stays_one(tmp_path: Path) -> None:
    null = Path("/dev/null")
    check_writable(null)
    write_whole("text", null)
    assert stat.S_ISCHR(null.stat().st_mode)
    assert not list(Path("/dev").glob(".null.part*"))


def test_a_pipe_gets_the_text(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    check_writable(pipe)
    write_whole("text", pipe)
    reader.join(10)
    assert got == ["text"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_link_keeps_pointing_where_it_does(tmp_path: Path) -> None:
    goal, link = tmp_path / "goal.json", tmp_path / "link.json"
    goal.write_text("old", encoding="utf-8")
    link.symlink_to(goal)
    write_whole("new", link)
    assert link.is_symlink()
    assert goal.read_text(encoding="utf-8") == "new"


def test_a_file_that_fails_half_way_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    goal = tmp_path / "table.csv"
    goal.write_text("old", encoding="utf-8")

    def fail() -> None:
        with drafted(goal) as draft:
            assert draft.suffix == ".csv"
            draft.write_text("half", encoding="utf-8")
            raise OSError(28, "No space left on device")

    with pytest.raises(DocumentError, match="No space left on device"):
        fail()
    assert goal.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [goal]


def test_a_device_without_rights_is_refused_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(DocumentError, match="no right to write to it"):
        check_writable(Path("/dev/null"))


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_standard_output_goes_where_it_is_sent(tmp_path: Path, name: str) -> None:
    """Also into a file, which is not replaced while the shell has it open."""
    out = tmp_path / "out.txt"
    told = (
        "import pathlib, sys; from maas.cli.files import check_writable, write_whole; "
        "path = pathlib.Path(sys.argv[1]); check_writable(path); write_whole('text', path)"
    )
    with out.open("w", encoding="utf-8") as file:
        done = subprocess.run([sys.executable, "-c", told, name], stdout=file, check=False)
    assert done.returncode == 0
    assert out.read_text(encoding="utf-8") == "text"
    assert list(tmp_path.iterdir()) == [out]
    piped = subprocess.run([sys.executable, "-c", told, name], capture_output=True, check=False)
    assert piped.stdout == b"text"
