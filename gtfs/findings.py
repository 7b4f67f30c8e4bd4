"""What validation says about a feed."""

from typing import Any, Literal, NamedTuple

Severity = Literal["ERROR", "WARNING", "INFO"]
Source = Literal["standard", "reading", "routing"]
SEVERITIES: tuple[Severity, ...] = ("ERROR", "WARNING", "INFO")
KEPT = 5  # examples of one finding


class Finding(NamedTuple):
    """All notices of one code."""

    code: str
    severity: Severity
    source: Source  # rules of GTFS, our reading, or what planning trips needs
    total: int
    message: str
    examples: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the finding as a plain dict."""
        return {**self._asdict(), "examples": list(self.examples)}


def finding(
    code: str, severity: Severity, total: int, message: str, examples: list[str]
) -> list[Finding]:
    """Return one finding about planning; none when it never occurs."""
    if total == 0:
        return []
    return [Finding(code, severity, "routing", total, message, tuple(examples[:KEPT]))]
