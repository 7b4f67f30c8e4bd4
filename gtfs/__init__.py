"""Feeds in, timetable tables out."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gtfs.kit import from_gtfs_kit, to_gtfs_kit

__all__ = ["from_gtfs_kit", "to_gtfs_kit"]


def __getattr__(name: str) -> object:
    """Load the bridge to gtfs-kit when it is asked for; all else has its own module."""
    if name in __all__:
        from gtfs import kit

        found: object = getattr(kit, name)
        return found
    msg = f"module 'gtfs' has no attribute '{name}'"
    raise AttributeError(msg)
