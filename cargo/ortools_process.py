"""Runs OR-Tools in a process of its own, because a solve holds the interpreter lock."""

import io
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from cargo.errors import SolverFailedError
from cargo.ortools_rounds import WALL_FACTOR, Budget, flat
from cargo.pdp.layout import Tables

ROOT = Path(__file__).resolve().parents[1]
LOOK = 0.1  # s between two looks at whether to cancel
START_UP = 60.0  # s of wall time for start and model building, at most

Tasks = Sequence[Sequence[int]]  # of each round


def solve_in_process(
    problems: Sequence[tuple[Tables, Tasks, Budget]],
    is_cancelled: Callable[[], bool] = lambda: False,
) -> list[list[list[int]] | None]:
    """Plan the rounds of each problem from a start; None without a solution, or when cancelled.

    Raises
    ------
    SolverFailedError
        If the process ends without an answer.
    """
    if is_cancelled():
        return [None] * len(problems)
    wall = sum(WALL_FACTOR * budget.seconds + 4 for _, _, budget in problems) + START_UP
    answer = _exchange(_packed(problems), wall, is_cancelled)
    if answer is None:
        return [None] * len(problems)
    with np.load(io.BytesIO(answer), allow_pickle=False) as archive:
        return [
            _rows(archive[f"{at}.first"], archive[f"{at}.task"])
            if f"{at}.first" in archive
            else None
            for at in range(len(problems))
        ]


def _packed(problems: Sequence[tuple[Tables, Tasks, Budget]]) -> bytes:
    arrays = {"n": np.array(len(problems))}
    for at, (tables, start, budget) in enumerate(problems):
        arrays[f"{at}.budget"] = np.array(budget, np.float64)
        arrays[f"{at}.start_first"], arrays[f"{at}.start_task"] = flat(start)
        for name, values in tables._asdict().items():
            arrays[f"{at}.{name}"] = np.asarray(values)
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **arrays)
    return out.getvalue()


def _exchange(question: bytes, wall: float, is_cancelled: Callable[[], bool]) -> bytes | None:
    """Feed the worker and read its answer; None when cancelled."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    ends_at = time.monotonic() + wall
    with tempfile.TemporaryFile() as file:  # a pipe is not fed further after a timeout
        file.write(question)
        file.seek(0)
        with subprocess.Popen(
            [sys.executable, "-m", "cargo.ortools_worker"],
            stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
        ) as process:  # fmt: skip
            while True:
                try:
                    answer, complaint = process.communicate(timeout=LOOK)
                    break
                except subprocess.TimeoutExpired:
                    if is_cancelled():
                        process.kill()
                        return None
                    if time.monotonic() > ends_at:
                        process.kill()
                        msg = f"the OR-Tools process gave no answer within {wall:.0f} s"
                        raise SolverFailedError(msg) from None
    if process.returncode != 0:
        lines = complaint.decode(errors="replace").strip().splitlines()
        msg = f"the OR-Tools process ended with code {process.returncode}: {' '.join(lines[-1:])}"
        raise SolverFailedError(msg)
    return answer


def _rows(first: np.ndarray, task: np.ndarray) -> list[list[int]]:
    return [task[begin:end].tolist() for begin, end in itertools.pairwise(first)]
