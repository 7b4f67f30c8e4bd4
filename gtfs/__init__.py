"""Feeds in, timetable tables out."""
