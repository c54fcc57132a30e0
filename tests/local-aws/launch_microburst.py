"""Starts microburst on a free port of loopback and prints its endpoint.

Where it forwards to is read from standard input, one line, because whatever is to be told this endpoint may have to be
told before its upstream is known. Who connects earlier waits in the backlog.
"""

import logging
import socket
import sys

from aiohttp import web
from microburst.app import make_app
from microburst.core.pipeline import Microburst
from microburst.detection import host


def main() -> None:
    # It would look for a service's name in the Host header, and read each of botocore's 400 models for that, which
    # takes longer than a caller waits. No name is in an address.
    host._endpoint_prefix_map = dict
    # It would report every caller that did not wait for an answer.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    upstream = sys.stdin.readline().strip()
    if upstream:
        # Nobody waits for the answers that it still holds back when it ends.
        web.run_app(make_app(Microburst(upstream)), sock=listener, print=None, access_log=None, shutdown_timeout=0)


if __name__ == "__main__":
    main()
