"""GTFS-Realtime: messages, matching to the timetable, a day as it really runs."""
