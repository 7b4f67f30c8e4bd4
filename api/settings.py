"""Settings of the service, read once at start-up; each is overridden by `MAAS_<NAME>`."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What the service is told when it starts."""

    model_config = SettingsConfigDict(env_prefix="MAAS_", frozen=True)

    region: Path = Field(description="region directory that `maas build` made")
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65_535, description="0 takes a free one")
    redis_url: str | None = Field(None, description="none = an embedded Valkey")
    data_dir: Path | None = Field(
        None, description="folder of the embedded Valkey; none = `store` in the region directory"
    )
    allow_loss: bool = Field(
        False, description="take bookings even when the Redis named might lose them"
    )
    keep_days: int = Field(30, ge=1, description="days a booking is kept after its service date")
    planners: int = Field(
        default_factory=lambda: max(2, os.cpu_count() or 1),
        ge=1,
        le=64,
        description="journeys and quotes computed at once",
    )
    realtime: tuple[str, ...] = Field(
        (), description="[FEED=]URL of GTFS-Realtime messages, beside those of the region file"
    )
    watch: bool = Field(True, description="serve a newer version of the region once it is built")
    max_body_bytes: int = Field(
        20_000_000, ge=1_000, description="running vehicles of a day bring their matrices"
    )
    offer_minutes: int = Field(30, ge=1, le=1440, description="how long an offer can be booked")
    load_plans: int = Field(1, ge=1, le=16, description="load plans computed at once")
    load_seconds: float = Field(
        10.0, gt=0, le=600, description="CPU s of a load plan for each way of operation, at most"
    )

    @property
    def store_folder(self) -> Path:
        """Where the embedded Valkey keeps bookings."""
        return self.data_dir or self.region / "store"
