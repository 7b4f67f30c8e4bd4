"""Regions of real feeds, built once a session where the data is there."""

from pathlib import Path

import pytest

from maas.build import build_region
from maas.region import Region
from tests.maas.valley import build_valley

REGIONS = Path(__file__).parents[1] / "regions"


def _built(name: str, outside_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Region:
    """Build one of the region files beside the tests, with the data where it is."""
    text = (REGIONS / f"{name}.yaml").read_text(encoding="utf-8")
    source = tmp_path_factory.mktemp(name) / "region.yaml"
    source.write_text(text.replace("../../../shared/data", str(outside_data)), encoding="utf-8")
    return build_region(source, source.with_name("built"))


@pytest.fixture(scope="session")
def tokachi(outside_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Region:
    """Two bus operators of Obihiro in 2019, on straight-line roads."""
    return _built("tokachi", outside_data, tmp_path_factory)


@pytest.fixture(scope="session")
def northern_kentucky(outside_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Region:
    """Buses of Northern Kentucky in 2019/20 on OSM roads."""
    return _built("northern_kentucky", outside_data, tmp_path_factory)


@pytest.fixture(scope="session")
def valley(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """A small region with every kind of leg."""
    return build_valley(tmp_path_factory.mktemp("valley"))
