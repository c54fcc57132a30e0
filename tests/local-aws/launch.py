"""Starts ministack, with in-process corrections where it differs from AWS.

    launch.py [SETTINGS]

SETTINGS is a JSON object (settings.py); more such objects may follow, one a line, on standard input. Standard output
is the event log (events.py), whose first line, `ready`, names the endpoint. Everything listens on loopback only.

The corrections were measured against this one version of ministack, whose private functions they replace: each says
what AWS does, and links AWS's page.
"""

import asyncio
import os
import socket
import sys
import threading

import events
import settings


def follow_settings() -> None:
    import ecs
    import iam
    import metrics
    import rds

    for line in sys.stdin:
        changed = settings.current.change(line)
        rds.capacity.observe()
        ecs.utilization.observe()
        metrics.holes.observe()
        iam.observe()
        events.emit("settings_changed", changed=changed)


async def serve(gateway: socket.socket) -> None:
    # ministack reads its environment on import.
    import hypercorn.asyncio
    import hypercorn.config
    from ministack.app import app

    import ec2
    import ecs
    import elasticache
    import elb
    import event_bus
    import iam
    import latency
    import metrics
    import rds
    import retries
    import rotation
    import scaling
    import schedules

    elb.targets.attach(asyncio.get_running_loop())
    elb.install()
    ec2.install()
    ecs.install()
    elasticache.install()
    rds.install()
    rotation.install()
    metrics.install()
    schedules.install()
    scaling.install()
    event_bus.install()
    iam.install()
    latency.install()

    config = hypercorn.config.Config()
    config.bind = [f"fd://{gateway.fileno()}"]
    # Only errors; standard output is the event log.
    config.errorlog = "-"
    config.loglevel = "ERROR"
    # Longer than clients keep an idle connection: a connection that closes just when a client reuses it causes a second
    # call.
    config.keep_alive_timeout = 600
    started = asyncio.Event()

    async def announcing(scope, receive, send):
        async def announce(message):
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                started.set()

        if scope["type"] == "lifespan":
            await app(scope, receive, announce)
        else:
            await retries.answer(app, scope, receive, send)

    serving = asyncio.create_task(hypercorn.asyncio.serve(announcing, config))
    await started.wait()
    events.emit("ready", endpoint=f"http://127.0.0.1:{gateway.getsockname()[1]}")
    threading.Thread(target=follow_settings, daemon=True).start()
    await serving


def main() -> None:
    events.take_standard_output()
    if len(sys.argv) > 1:
        settings.current.change(sys.argv[1])
    gateway = socket.create_server(("127.0.0.1", 0), backlog=1024)
    # Without it the kernel delays the end of an answer by 40 ms; connections inherit it.
    gateway.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    os.environ.update(
        GATEWAY_PORT=str(gateway.getsockname()[1]),
        # ministack's listeners for other protocols, on fixed ports.
        SFTP_ENABLED="0",
        IOT_MTLS_ENABLED="0",
        LOG_LEVEL="WARNING",
    )
    asyncio.run(serve(gateway))


if __name__ == "__main__":
    main()
