"""Run a command and learn what it used: CPU time and the most memory it held."""

import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple


class Use(NamedTuple):
    """What a finished child process used."""

    cpu: float  # s, user and system
    rss_mb: float  # at most; never below what this process held when it started the child
    output: str


class ChildFailedError(RuntimeError):
    """A measured command did not end well, so its time means nothing."""

    def __init__(self, command: Sequence[str], code: int, message: str) -> None:
        super().__init__(f"`{' '.join(command)}` ended with {code}: {message.strip()[-800:]}")


def cpu_with_children(work: Callable[[], object]) -> float:
    """CPU time of this process and of the children that end while `work` runs, s."""
    before = _used()
    work()
    return _used() - before


def _used() -> float:
    """CPU time of this process and of its ended children so far, s."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def run_child(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Use:
    """Run `command` to its end.

    Raises
    ------
    ChildFailedError
        If it ends with another code than 0.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(
            command,
            stdout=output,
            stderr=errors,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
        )
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if child.returncode:
            raise ChildFailedError(command, child.returncode, errors.read().decode())
        return Use(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, output.read().decode())
