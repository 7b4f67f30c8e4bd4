"""Roads of a named place, downloaded through osmnx where the network is there."""

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

    wanted = {"name", "ref", *way_keys(PROFILES)}
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    safe = "".join(c if c.isalnum() else "-" for c in place.casefold())
    target = folder / f"place-{safe}.osm"
    if target.exists():
        return target
    try:
        osmnx.settings.all_oneway = True  # what `save_graph_xml` asks for
        osmnx.settings.useful_tags_way = sorted({*osmnx.settings.useful_tags_way, *wanted})
        graph = osmnx.graph_from_place(place, network_type="all", simplify=False, retain_all=True)
    except (requests.RequestException, ConnectionError, ValueError, TypeError) as error:
        msg = (
            f"roads.place: '{place}' cannot be downloaded ({error}); name an OSM file by roads.path"
        )
        raise RegionFileError(msg) from error
    draft = target.with_suffix(".part.osm")
    osmnx.save_graph_xml(graph, filepath=draft)
    draft.replace(target)
    return target
