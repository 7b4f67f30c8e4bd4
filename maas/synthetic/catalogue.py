"""The tables that the region is made from, as people edit them: `tables/*.yaml` and `*.csv`."""

import csv
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "tables"


@cache
def document(name: str) -> Any:
    """Content of `tables/NAME.yaml`; not to be changed."""
    return yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Rows of `tables/NAME.csv`."""
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
