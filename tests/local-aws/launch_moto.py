"""Starts moto on a free port of loopback and prints its endpoint."""

import logging
import signal

from moto.server import ThreadedMotoServer

# It would print every request.
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
print(f"http://{host}:{port}", flush=True)
signal.pause()
