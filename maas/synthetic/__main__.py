"""`python -m maas.synthetic FOLDER`: write the synthetic region into a folder."""

import argparse
from pathlib import Path

from maas.synthetic.generate import SEED, generate


def main() -> None:
    """Read the command line and generate."""
    parser = argparse.ArgumentParser(prog="python -m maas.synthetic", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the files go, such as data/hokkaido")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed, another island")
    arguments = parser.parse_args()
    generate(arguments.folder, arguments.seed)


if __name__ == "__main__":
    main()
