"""Starts microburst on a free port of loopback and prints its endpoint.

Reads the upstream's address from standard input, one line, because the process that needs this endpoint may have to
start before the upstream is known. Earlier connections wait in the backlog.
"""

import logging
import socket
import sys

from aiohttp import web
from microburst.app import make_app
from microburst.core.pipeline import Microburst
from microburst.detection import host


def main() -> None:
    # It would search the Host header for a service's name, and read each of botocore's 400 models for that, which takes
    # longer than a caller waits. An address contains no name.
    host._endpoint_prefix_map = dict
    # It would report every caller that disconnected before the answer.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    upstream = sys.stdin.readline().strip()
    if upstream:
        # When it ends, its delayed answers are dropped.
        web.run_app(make_app(Microburst(upstream)), sock=listener, print=None, access_log=None, shutdown_timeout=0)


if __name__ == "__main__":
    main()
