"""Scenarios: a day's demand, its simulation under policies, and the report."""
