"""`python3 -m kube_codegen`."""

import sys

try:
    from kube_codegen.cli import main
except ModuleNotFoundError as missing:
    if missing.name != "jinja2":
        raise
    sys.exit("kube-codegen: needs jinja2 (apt-get install python3-jinja2, or pip install jinja2)")


def run() -> None:
    """The entry point of an installed copy."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
