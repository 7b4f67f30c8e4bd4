"""The regions that benchmarks plan on, built when they are not there yet."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.children import run_child
from benchmarks.harness import outside_data
from benchmarks.machine import ROOT

if TYPE_CHECKING:
    from maas.region import Region

SHIPPED = ROOT / "data" / "hokkaido" / "region.yaml"
NORTHERN_KENTUCKY = ROOT / "tests" / "regions" / "northern_kentucky.yaml"


def built(source: Path) -> Path:
    """Directory of the region that `source` describes; built by a process of its own."""
    name = source.parent.name if source.name == "region.yaml" else source.stem
    directory = ROOT / "build" / name
    run_child([sys.executable, "-m", "maas", "build", str(source), "-o", str(directory), "-q"])
    return directory


def opened(source: Path) -> "Region":
    """Open the region that `source` describes."""
    from maas.region import Region

    return Region.open(built(source))


def door_to_door_sources() -> dict[str, Path]:
    """Regions with streets: the shipped island, and Northern Kentucky where its data is."""
    sources = {"island": SHIPPED}
    if outside_data() is not None and NORTHERN_KENTUCKY.is_file():
        sources["N. Kentucky"] = NORTHERN_KENTUCKY
    return sources
