"""Errors of scenarios: each says what is wrong and what to do about it."""

from maas.errors import MaasError


class ScenarioFileError(MaasError, ValueError):
    """`scenario.yaml`, or a file that it names, cannot be read or breaks its schema."""


class ScenarioOutputError(MaasError, ValueError):
    """The output folder cannot be used."""
