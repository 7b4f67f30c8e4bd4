"""Notices of the canonical GTFS validator, by the package gtfs_guru (the only importer of it).

Codes and severities are those of MobilityData's gtfs-validator, whose rules the package follows.
"""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from gtfs.errors import BrokenArchiveError
from gtfs.findings import KEPT, SEVERITIES, Finding, Severity


def canonical_findings(feed_id: str, path: Path, on: dt.date | None, country: str) -> list[Finding]:
    """Check the rules of GTFS.

    Parameters
    ----------
    on
        The date that "expired" and the like refer to; `None` is today.
    country
        ISO code of the country, for phone numbers; may be empty.

    Raises
    ------
    BrokenArchiveError
        If the validator cannot open the feed.
    """
    import gtfs_guru

    try:
        result = gtfs_guru.validate(
            str(path), country_code=country or None, date=None if on is None else on.isoformat()
        )
    except ValueError as error:
        raise BrokenArchiveError(feed_id, str(path), str(error), "export the feed again") from error
    found: list[Finding] = [_finding(entry) for entry in result.to_dict()["notices"]]
    return found


def _finding(entry: dict[str, Any]) -> Finding:
    severity: Severity = next(name for name in SEVERITIES if name == entry["severity"])
    examples = [_example(sample) for sample in entry["sampleNotices"][:KEPT]]
    return Finding(
        entry["code"],
        severity,
        "standard",
        int(entry["totalNotices"]),
        entry["code"].replace("_", " "),
        tuple(examples),
    )


def _example(sample: dict[str, Any]) -> str:
    """Name file and row first, then all else in the order of the alphabet."""
    rest = dict(sample)
    file, row = rest.pop("filename", ""), rest.pop("csvRowNumber", None)
    place = ", ".join([file] * bool(file) + [f"row {row}"] * (row is not None))
    facts = ", ".join(
        f"{name} {json.dumps(rest[name], ensure_ascii=False, default=str)}" for name in sorted(rest)
    )
    return ": ".join(part for part in (place, facts) if part)
