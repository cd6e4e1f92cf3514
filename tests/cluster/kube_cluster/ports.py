"""Free loopback ports."""

import random
import socket

# Below the range that kernels give to outgoing connections, so that none can take a port between our look and its use.
FIRST = 20000
LAST = 32000


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    candidates = random.SystemRandom().sample(range(FIRST, LAST), LAST - FIRST)
    found: list[int] = []
    for port in candidates:
        if is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError(f"no {count} free loopback ports between {FIRST} and {LAST}")
