"""`python3 -m kube_codegen`."""

import sys

from kube_codegen.cli import main

sys.exit(main(sys.argv[1:]))
