"""The process that OR-Tools runs in: `python -m cargo.ortools_worker < problems > rounds`.

Problems come as one archive of arrays and go back as one, so nothing is unpickled.
"""

import io
import itertools
import sys

import numpy as np

from cargo.ortools_rounds import Budget, flat, solve_rounds
from cargo.pdp.layout import Tables


def main() -> int:
    """Solve every problem of the archive on standard input, one after the other."""
    with np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False) as archive:
        answers = {}
        for at in range(int(archive["n"])):
            fields = {name: archive[f"{at}.{name}"] for name in Tables._fields}
            tables = Tables(**{**fields, "is_parted": int(fields["is_parted"])})
            first, task = archive[f"{at}.start_first"], archive[f"{at}.start_task"]
            start = [task[begin:end].tolist() for begin, end in itertools.pairwise(first)]
            seconds, solutions, seed = archive[f"{at}.budget"].tolist()
            tasks = solve_rounds(tables, start, Budget(seconds, int(solutions), int(seed)))
            if tasks is not None:
                answers[f"{at}.first"], answers[f"{at}.task"] = flat(tasks)
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **answers)
    sys.stdout.buffer.write(out.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
