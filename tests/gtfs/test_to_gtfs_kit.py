import subprocess
import sys
from pathlib import Path

import pytest

from gtfs.errors import FeedNotFoundError
from gtfs.to_gtfs_kit import to_gtfs_kit
from tests.gtfs.feeds import write_feed


def test_a_feed_opens_in_gtfs_kit(tmp_path: Path) -> None:
    feed = to_gtfs_kit(write_feed(tmp_path / "f.zip", {}))
    assert feed.stops["stop_id"].tolist() == ["A", "B", "C"]
    assert feed.get_dates()[0] == "20260101"


def test_nothing_at_the_path_is_said(tmp_path: Path) -> None:
    with pytest.raises(FeedNotFoundError):
        to_gtfs_kit(tmp_path / "none.zip")


def test_gtfs_kit_is_not_loaded_before_it_is_asked_for() -> None:
    code = "import sys, gtfs.to_gtfs_kit, gtfs.timetable; sys.exit('gtfs_kit' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=root).returncode == 0
