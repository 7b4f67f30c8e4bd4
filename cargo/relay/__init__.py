"""Parcels relayed by trucks, lines and couriers: last mile on public transport."""
