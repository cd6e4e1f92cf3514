"""Links between the project's own pages lead somewhere."""

import re
import subprocess
import sys

from declarations import ROOT

_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def main() -> int:
    listing = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    links = [(ROOT / page, link) for page in listing.split() for link in _LINK.findall((ROOT / page).read_text())]
    dead = [f"{page.relative_to(ROOT)}: {link}" for page, link in links if not (page.parent / link).exists()]
    for line in dead:
        print(f"dead link: {line}")
    print(f"{len(links) - len(dead)} passed, {len(dead)} failed")
    return 1 if dead or not links else 0


sys.exit(main())
