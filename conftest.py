"""Pytest set-up: hypothesis profiles, the outside data folder, the built region."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

import routing.kernels  # noqa: F401  (chooses numba's cache folder before anything else does)

ROOT = Path(__file__).parent
FULL = os.environ.get("MAAS_TEST_TIER") == "full"

# A kernel's first call compiles it, so no single example can be held to a deadline.
settings.register_profile("local", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("full", deadline=None, max_examples=1000)
settings.load_profile("full" if FULL else "ci" if os.environ.get("CI") else "local")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip long tests unless the full tier is asked for."""
    if FULL:
        return
    skip = pytest.mark.skip(reason="long test; run by `make test-full`")
    for item in items:
        if "full" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def outside_data() -> Path:
    """Real feeds and roads beside the checkout; tests that need them are skipped without."""
    folder = Path(os.environ.get("MAAS_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data is not there: {folder} (set MAAS_TEST_DATA to its place)")
    return folder
