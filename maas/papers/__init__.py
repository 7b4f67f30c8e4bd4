"""Papers of a load plan: manifests of trips, route sheets of vehicles, hand-overs of shipments."""
