"""The resources of a test's run, parsed from the output of `terraform test -verbose -no-color`."""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "policies"))
from rendered import FILE, RUN, value  # noqa: E402

HEAD = re.compile(r"# ((?:module\.[\w-]+(?:\[[^\]]+\])?\.)*)(data\.)?(\w+)\.([\w-]+)(\[.+\])?:$")
BLOCK = re.compile(r"( *)([a-z_0-9]+) {$")
ATTRIBUTE = re.compile(r'( *)"?([\w.:/-]+)"?\s+= (.*)$')


@dataclass
class Block:
    attributes: dict[str, Any] = field(default_factory=dict)
    blocks: dict[str, list["Block"]] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        found = self.attributes.get(name, default)
        return default if found is None else found

    def block(self, name: str) -> "Block | None":
        return next(iter(self.blocks.get(name, [])), None)


@dataclass
class Resource(Block):
    module: str = ""
    type: str = ""
    name: str = ""
    key: str = ""


def resources(log: str, run: str) -> list[Resource]:
    """The resources of one run, such as `example/in_production`, without data sources."""
    lines = log.split("\n")
    file, current, at = "", None, 0
    found: list[Resource] = []
    while at < len(lines):
        line = lines[at]
        at += 1
        if match := FILE.match(line):
            file = match.group(1).removeprefix("tests/").removesuffix(".tftest.hcl")
        elif match := RUN.match(line):
            current = f"{file}/{match.group(1)}"
        elif current == run and (match := HEAD.match(line)) and not match.group(2):
            module, _, kind, name, key = match.groups()
            resource = Resource(module=module.rstrip("."), type=kind, name=name, key=(key or "").strip('[]"'))
            # The line of the resource itself, between its address and its arguments.
            at = body(lines, at + 1, resource)
            found.append(resource)
    if not found:
        raise SystemExit(f"there is no run {run} that has made anything")
    return found


def body(lines: list[str], at: int, into: Block) -> int:
    """Reads up to the closing bracket, and returns the position after it."""
    while True:
        line = lines[at]
        at += 1
        if line.strip() == "}":
            return at
        if match := BLOCK.match(line):
            inner = Block()
            at = body(lines, at, inner)
            into.blocks.setdefault(match.group(2), []).append(inner)
        elif match := ATTRIBUTE.match(line):
            indent, name, text = match.groups()
            if re.search(r"[\[{(]$", text) or text.startswith("<<"):
                # Up to the bracket, or the heredoc's end, at the argument's own depth.
                end = re.compile(rf"{indent}(\]|}}|\)|[A-Z]+$)" if not text.startswith("<<") else rf"\s*{text.lstrip('<-~')}$")
                while not end.match(lines[at]):
                    text += "\n" + lines[at]
                    at += 1
                text += "\n" + lines[at]
                at += 1
            into.attributes[name] = read(text)


def read(text: str) -> Any:
    """A value, or None if it is unknown or hidden."""
    text = re.sub(r"jsonencode\(((?s:.*))\)", r"\1", text)
    text = re.sub(r"\((known after apply|sensitive value|write-only attribute)\)", "null", text)
    try:
        return value(text)
    except (ValueError, KeyError, IndexError):
        return None
