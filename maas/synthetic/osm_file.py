"""The road map as an OSM file; the only writer, as `routing.osm` is the only reader."""

from pathlib import Path

from maas.synthetic.roadmap import RoadMap

GENERATOR = "maas.synthetic (synthetic data, no survey)"


def write_osm(road_map: RoadMap, path: Path) -> None:
    """Write nodes that ways use, ways and restrictions; the format follows the file's name."""
    import osmium
    from osmium.osm.mutable import Node, Relation, Way

    header = osmium.io.Header()
    header.set("generator", GENERATOR)
    file = osmium.io.File(str(path), "pbf,add_metadata=false,pbf_compression_level=9")
    used = sorted({node for way in road_map.ways for node in way.nodes})
    with osmium.SimpleWriter(file, header=header, overwrite=True) as writer:
        for node in used:
            at = road_map.nodes[node]
            tags = road_map.node_tags.get(node, {})
            writer.add_node(Node(id=node + 1, location=(at.lon, at.lat), tags=tags))
        for way in road_map.ways:
            nodes = [node + 1 for node in way.nodes]
            writer.add_way(Way(id=way.id, nodes=nodes, tags=way.tags))
        for rule in road_map.restrictions:
            members = [
                ("w", rule.from_way, "from"),
                ("n", rule.via + 1, "via"),
                ("w", rule.to_way, "to"),
            ]
            tags = {"type": "restriction", "restriction": rule.kind, "source": "synthetic"}
            writer.add_relation(Relation(id=rule.id, members=members, tags=tags))
