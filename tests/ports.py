"""A port for a server that a test starts in a process of its own."""

import random
import socket

LOWEST, HIGHEST = 20_000, 32_000  # below those that the system gives to whoever asks for any: nobody takes it meanwhile


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    draw = random.SystemRandom()
    while True:
        port = draw.randrange(LOWEST, HIGHEST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
