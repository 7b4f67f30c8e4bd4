"""Text files of numbers, read so that every fault names its file, line and value."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cargo.errors import CargoError


class FormatError(CargoError, ValueError):
    """A file does not keep its format."""


@dataclass(frozen=True)
class Line:
    """One line that is not empty."""

    file: str
    number: int  # from 1
    words: tuple[str, ...]

    def fault(self, text: str) -> FormatError:
        """An error that names this line."""
        return FormatError(f"{self.file}, line {self.number}: {text}")

    def number_at(self, at: int, name: str) -> float:
        """Word number `at` as a finite number."""
        if at >= len(self.words):
            raise self.fault(f"{name} is missing; the line has {len(self.words)} values")
        try:
            value = float(self.words[at])
        except ValueError:
            raise self.fault(f"{name} '{self.words[at]}' is no number") from None
        if not abs(value) < 1e12:
            raise self.fault(f"{name} '{self.words[at]}' is out of range")
        return value

    def whole_at(self, at: int, name: str) -> int:
        """Word number `at` as a whole number."""
        value = self.number_at(at, name)
        if value != int(value):
            raise self.fault(f"{name} '{self.words[at]}' is not whole")
        return int(value)

    def expect_number(self, due: int, name: str) -> None:
        """Refuse a line whose first word is not the number that is due."""
        if self.whole_at(0, name) != due:
            raise self.fault(f"{name} {self.words[0]} stands where {name} {due} is due")

    def expect_window(self, earliest: float, latest: float) -> None:
        """Refuse a window that is empty."""
        if earliest > latest:
            raise self.fault(f"window {earliest:g} to {latest:g} is empty")


def read_text(path: Path) -> str:
    """Text of a file.

    Raises
    ------
    FormatError
        If it is missing or is no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise FormatError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"{path}: cannot be read as text: {error}") from error


def lines_of(text: str, file: str) -> Iterator[Line]:
    """Lines that are not empty."""
    for number, line in enumerate(text.splitlines(), start=1):
        words = tuple(line.split())
        if words:
            yield Line(file, number, words)
