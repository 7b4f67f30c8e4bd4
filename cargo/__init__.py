"""Shipments, vehicles and loads: parcels where space already moves."""
