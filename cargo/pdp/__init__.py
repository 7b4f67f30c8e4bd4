"""Pickup and delivery by vehicles: parcels, passengers, or both in one vehicle."""
