"""Seeded generator of `data/hokkaido/`: a region that is synthetic and says so everywhere.

`python -m maas.synthetic data/hokkaido` writes GTFS-JP zips, an OSM road file, `region.yaml`,
populations and a day's parcels. Places and names of stations are facts (station table of ekidata,
2018); timetables, bus stops, streets, fares, fleets and demand are invented. The same seed gives
the same bytes.
"""
