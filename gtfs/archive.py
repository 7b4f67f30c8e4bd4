"""Files of a feed, from a zip (also with a folder inside) or a folder; none is extracted.

A zip may lie about what it holds. Sizes are checked before anything is expanded, and a member is
never read beyond the size it declares.
"""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Protocol

from gtfs.errors import BrokenArchiveError, FeedNotFoundError

MAX_BYTES = 4 << 30  # all files of a feed together
MAX_RATIO = 250  # expanded over compressed; timetables reach 60
SMALL = 8 << 20  # files below this may have any ratio
MARKERS = ("stops.txt", "stop_times.txt", "agency.txt", "routes.txt", "trips.txt")


class FeedFiles(Protocol):
    """Where the files of one feed come from."""

    path: str
    names: dict[str, str]  # file name → where it is kept

    def read(self, name: str) -> bytes:
        """Return the content of one of `names`."""


def _root(members: list[str]) -> str:
    """Folder of the archive that holds the feed: the one with most of the well-known files."""
    known: dict[str, int] = {}
    for member in members:
        path = PurePosixPath(member)
        if path.name.lower() in MARKERS and "__MACOSX" not in path.parts:
            known[str(path.parent)] = known.get(str(path.parent), 0) + 1
    return min(known, key=lambda folder: (-known[folder], len(folder), folder), default=".")


class ZipFiles:
    """A feed in a zip."""

    def __init__(self, feed_id: str, path: Path) -> None:
        self.path = str(path)
        self._feed_id = feed_id
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, struct.error) as error:
            raise self._broken(f"not a readable zip ({error})") from error
        members = [member for member in self._zip.infolist() if not member.is_dir()]
        self._check_sizes(members)
        root = _root([member.filename for member in members])
        self.names = {
            PurePosixPath(member.filename).name.lower(): member.filename
            for member in members
            if str(PurePosixPath(member.filename).parent) == root
        }

    def _broken(self, problem: str) -> BrokenArchiveError:
        return BrokenArchiveError(
            self._feed_id, self.path, problem, "download or export the feed again"
        )

    def _check_sizes(self, members: list[zipfile.ZipInfo]) -> None:
        """Refuse zip bombs."""
        total = sum(member.file_size for member in members)
        if total > MAX_BYTES:
            raise self._broken(f"expands to {total >> 20} MB, more than {MAX_BYTES >> 20} MB")
        for member in members:
            if member.file_size > max(SMALL, MAX_RATIO * member.compress_size):
                raise self._broken(
                    f"{member.filename} expands {member.compress_size} bytes to "
                    f"{member.file_size >> 20} MB, as no timetable does"
                )

    def read(self, name: str) -> bytes:
        """Return the content of a member."""
        try:
            return self._zip.read(self.names[name])
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,  # encrypted
            NotImplementedError,  # unknown compression
            ValueError,
            struct.error,
        ) as error:
            raise self._broken(f"{name} cannot be read from the zip ({error})") from error

    def close(self) -> None:
        """Close the zip."""
        self._zip.close()


class FolderFiles:
    """A feed in a folder."""

    def __init__(self, feed_id: str, path: Path) -> None:
        self.path = str(path)
        self._feed_id = feed_id
        self._folder = path
        files = [file for file in sorted(path.iterdir()) if file.is_file()]
        total = sum(file.stat().st_size for file in files)
        if total > MAX_BYTES:
            raise BrokenArchiveError(
                feed_id,
                self.path,
                f"holds {total >> 20} MB, more than {MAX_BYTES >> 20} MB",
                "name the folder of one feed",
            )
        self.names = {file.name.lower(): file.name for file in files}

    def read(self, name: str) -> bytes:
        """Return the content of a file."""
        try:
            return (self._folder / self.names[name]).read_bytes()
        except OSError as error:
            raise BrokenArchiveError(
                self._feed_id, self.path, f"{name} cannot be read ({error})", "check the folder"
            ) from error


class MemoryFiles:
    """A feed that was put together in memory."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self.path = "memory"
        self._contents = dict(contents)
        self.names = {name.lower(): name for name in contents}

    def read(self, name: str) -> bytes:
        """Return the content of a file."""
        return self._contents[self.names[name]]


def open_files(feed_id: str, path: Path) -> FeedFiles:
    """Find the files of the feed at `path`.

    Raises
    ------
    FeedNotFoundError
        If there is nothing at `path`.
    BrokenArchiveError
        If it is no readable zip, or one that expands beyond measure.
    """
    if path.is_dir():
        return FolderFiles(feed_id, path)
    if not path.is_file():
        raise FeedNotFoundError(feed_id, str(path))
    return ZipFiles(feed_id, path)
