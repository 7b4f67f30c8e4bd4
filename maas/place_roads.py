"""Roads of a named place, downloaded through osmnx where the network is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maas.errors import RegionFileError
from maas.fetch import cache_folder
from routing.osm_tags import way_keys
from routing.profiles import PROFILES


def download(place: str) -> Path:
    """Fetch the roads of `place` from OpenStreetMap and keep them as an OSM file.

    Raises
    ------
    RegionFileError
        If the place is unknown or the network is not there.
    """
    import osmnx
    import requests

    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    safe = "".join(c if c.isalnum() else "-" for c in place.casefold())
    target = folder / f"place-{safe}.osm"
    if target.exists():
        return target
    draft = target.with_suffix(".part.osm")
    try:
        with _all_that_is_tagged():
            graph = osmnx.graph_from_place(
                place, network_type="all", simplify=False, retain_all=True
            )
            osmnx.save_graph_xml(graph, filepath=draft)
    except (requests.RequestException, ConnectionError, ValueError, TypeError) as error:
        msg = (
            f"roads.place: '{place}' cannot be downloaded ({error}); name an OSM file by roads.path"
        )
        raise RegionFileError(msg) from error
    draft.replace(target)
    return target


@contextmanager
def _all_that_is_tagged() -> Iterator[None]:
    """Have osmnx keep directions and tags of ways as they are; its settings are the process's."""
    import osmnx

    settings = osmnx.settings
    before = settings.all_oneway, settings.useful_tags_way
    settings.all_oneway = True  # what `save_graph_xml` asks for
    settings.useful_tags_way = sorted({*before[1], "name", "ref", *way_keys(PROFILES)})
    try:
        yield
    finally:
        settings.all_oneway, settings.useful_tags_way = before
