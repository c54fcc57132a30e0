"""The Data API in front of a database that may be paused, resuming or stopped.

AWS: a call to a paused cluster resumes it and answers DatabaseResumingException; one to an unavailable cluster
answers DatabaseUnavailableException:
https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html
ministack answers most statements from memory; here a statement is answered when the real database, at the port in the
settings, has answered a startup message. Only `SELECT` of a number is supported, which is what a probe sends.
"""

import asyncio
import re
import struct

from ministack.services import rds_data

import settings

# How long the database may take to answer before it counts as resuming, in seconds.
_PATIENCE = 0.5
_NUMBER = re.compile(r"\s*select\s+(\d+)\s*", re.IGNORECASE)


def _execute(resource_arn, sql):
    if not (number := _NUMBER.fullmatch(sql)):
        return _stub_execute(resource_arn, sql)
    record = [{"longValue": int(number[1])}]
    return rds_data.json_response({"numberOfRecordsUpdated": 0, "generatedFields": [], "records": [record]})


async def _handle(method, path, headers, body, query_params):
    response = await _handle_request(method, path, headers, body, query_params)
    if path != "/Execute" or response[0] != 200:
        return response
    try:
        await asyncio.wait_for(_answer(), _PATIENCE)
    except TimeoutError:
        message = "The Aurora DB instance is resuming after being auto-paused. Please wait a few seconds and try again."
        return rds_data._error("DatabaseResumingException", message, 504)
    except (OSError, asyncio.IncompleteReadError):
        return rds_data._error("DatabaseUnavailableException", "The database is unavailable.", 504)
    return response


async def _answer() -> None:
    """Returns when the server has given any answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", settings.current.database_port)
    try:
        # https://www.postgresql.org/docs/current/protocol-message-formats.html: StartupMessage, version 3.0
        parameters = b"user\0data-api\0\0"
        writer.write(struct.pack("!II", 8 + len(parameters), 3 << 16) + parameters)
        await reader.readexactly(1)
    finally:
        writer.close()


def install() -> None:
    global _handle_request, _stub_execute
    _handle_request, rds_data.handle_request = rds_data.handle_request, _handle
    _stub_execute, rds_data._stub_execute = rds_data._stub_execute, _execute
