"""Parses connection strings like Python apps: a JSON list of [form, text] in, a list of parts out."""

import json
import sys

from pyconstring import ConnectionString
from sqlalchemy.engine import make_url


def parts(form, text):
    if form == "url":
        url = make_url(text)
        return [url.username, url.password, url.host, str(url.port), url.database]
    # It reads the character after each value, also after the last one.
    ado = ConnectionString.from_string(text + ";")
    return [ado[key] for key in ("Username", "Password", "Host", "Port", "Database")]


print(json.dumps([parts(form, text) for form, text in json.load(sys.stdin)]))
