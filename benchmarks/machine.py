"""Where and with what a benchmark ran."""

import os
import platform
import subprocess
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALWAYS = ("numba", "numpy")


def machine() -> str:
    """One line: processor, cores, memory, load, system, Python."""
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return (
        f"{_processor()}, {os.cpu_count()} cores, {pages * page / 2**30:.0f} GiB, "
        f"load {os.getloadavg()[0]:.1f}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def _processor() -> str:
    """Model of the processor as Linux names it."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return " ".join(line.split(":", 1)[1].split())
    return platform.processor() or platform.machine()


def commit() -> str:
    """Commit of the checkout, with `+` when files differ from it; `unknown` outside of git."""
    try:
        name = _git("rev-parse", "--short=12", "HEAD")
        return name + ("+" if _git("status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(*words: str) -> str:
    command = ("git", "-C", str(ROOT), *words)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Version of each distribution, ours first."""
    found = {}
    for name in ("maas-freight-router", *sorted({*ALWAYS, *packages})):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "checkout"
    return found
