"""Kinds of values that options of several commands have."""

import argparse
from datetime import date

LARGEST_SEED = 2**31 - 1


def seconds(text: str) -> float:
    """A time above 0, s."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e9:  # false of NaN, too
        msg = f"'{text}' is no time above 0; give seconds such as 20"
        raise argparse.ArgumentTypeError(msg)
    return value


def horizon(text: str) -> int:
    """Seconds ahead, 0 or more."""
    value = _whole(text)
    if value is None or not 0 <= value <= 86_400:
        msg = f"'{text}' is no time ahead; give whole seconds from 0 to 86400, such as 120"
        raise argparse.ArgumentTypeError(msg)
    return value


def seed(text: str) -> int:
    """A whole number that random numbers begin with."""
    value = _whole(text)
    if value is None or not 0 <= value <= LARGEST_SEED:
        msg = f"'{text}' is no seed; give a whole number from 0 to {LARGEST_SEED}"
        raise argparse.ArgumentTypeError(msg)
    return value


def iterations(text: str) -> int:
    """A number of iterations, at least 1."""
    value = _whole(text)
    if value is None or not 1 <= value <= 10**12:
        msg = f"'{text}' is no number of iterations; give a whole one from 1 on, such as 2000"
        raise argparse.ArgumentTypeError(msg)
    return value


def day(text: str) -> date:
    """A date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        msg = f"'{text}' is no date; write it as 2026-12-01"
        raise argparse.ArgumentTypeError(msg) from None


def edges(text: str) -> list[float]:
    """Three edges of a box, cm."""
    try:
        found = [float(part) for part in text.split(",")]
    except ValueError:
        found = []
    if len(found) != 3:
        msg = f"'{text}' is no box; give three edges in cm such as 60,40,30"
        raise argparse.ArgumentTypeError(msg)
    return found


def words(text: str) -> list[str]:
    """Words between commas."""
    return [word.strip() for word in text.split(",")]


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
