from pathlib import Path

import pytest

from maas.errors import RegionFileError
from maas.region_file import read_region_file
from maas.region_parts import clock_seconds

LEAST = "name: Small\ntimezone: Asia/Tokyo\nfeeds: [{id: a, path: a.zip}]\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "region.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_least_file_has_name_timezone_and_feeds(tmp_path: Path) -> None:
    region = read_region_file(written(tmp_path, LEAST))
    assert (region.name, region.feeds[0].id, region.currency) == ("Small", "a", "JPY")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LEAST + "walkin: {limit_m: 3}\n", "did you mean 'walking'?"),
        (LEAST + "walking: {limit: 3}\n", "did you mean 'limit_m'?"),
        (LEAST + "walking: {speed_kmh: -3}\n", "walking.speed_kmh"),
        (LEAST.replace("Asia/Tokyo", "Asia/Sapporo"), "IANA time zone"),
        (LEAST.replace("path: a.zip", "path: a.zip, url: http://b"), "exactly one of"),
        (
            LEAST + "profiles: {car: {max_khm: 50}}\n",
            "unknown key 'max_khm'; did you mean 'max_kmh'?",
        ),
        (LEAST + "profiles: {trcuk: false}\n", "did you mean 'truck'?"),
        (LEAST + "temperature_hours: {cold: 3}\n", "temperature_hours.cold"),
        (LEAST + "temperature_hours: {cool: -3}\n", "greater than 0"),
        (LEAST + "incompatible_goods: [[food]]\n", "at least 2 items"),
        (LEAST + "incompatible_goods: [[food, '']]\n", "at least 1 character"),
        (
            LEAST
            + "hubs: [{id: h, at: {lat: 1, lon: 2}, stops: ['a:1'], staff: ['10:00', '9:00']}]\n",
            "put the earlier time first",
        ),
        (
            LEAST
            + "cargo: [{id: r, lines: ['a:1'], bay: {kg: 4, litres: 9, pieces: 9}, area: {}}]\n",
            "neither rings nor points",
        ),
        (
            LEAST
            + "cargo:\n"
            + "".join(
                f"  - {{id: {name}, lines: ['a:1'], bay: {{kg: 4, litres: 9, pieces: 9}},"
                " free_seats: {kg: 1, litres: 1, pieces: 1}}\n"
                for name in "rs"
            ),
            "give `free_seats` to one of them",
        ),
        (LEAST + "forecasts: [{lines: ['a:1'], passengers: -1}]\n", "greater than or equal to 0"),
        ("name: x\n", "required"),
        ("- a\n- b\n", "expected keys"),
        ("name: [", "cannot be read as YAML"),
        (LEAST.replace("[{id: a, path: a.zip}]", "[{id: a, path: a}, {id: a, path: b}]"), "twice"),
    ],
)
def test_a_fault_is_explained(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RegionFileError) as caught:
        read_region_file(written(tmp_path, text))
    assert said in str(caught.value)
    assert "region.yaml" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegionFileError, match="no such file"):
        read_region_file(tmp_path / "absent.yaml")


def test_more_than_350_kg_need_a_permit(tmp_path: Path) -> None:
    rule = "cargo: [{id: r, lines: ['a:1'], bay: {kg: 400, litres: 9, pieces: 9}}]\n"
    with pytest.raises(RegionFileError, match="350 kg"):
        read_region_file(written(tmp_path, LEAST + rule))
    allowed = read_region_file(
        written(tmp_path, LEAST + rule.replace("id: r", "id: r, permit: true"))
    )
    assert allowed.cargo[0].bay.kg == 400


def test_clocks_may_pass_midnight() -> None:
    assert clock_seconds("25:30") == 25 * 3600 + 30 * 60
