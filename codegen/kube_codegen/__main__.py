"""`python3 -m kube_codegen`."""

import sys

from kube_codegen.cli import main


def run() -> None:
    """The entry point of an installed copy."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
