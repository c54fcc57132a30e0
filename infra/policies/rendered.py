"""The policies in a module's tests, parsed from the output of `terraform test -verbose -no-color`.

Terraform's JSON output has the same, and with each run the provider's whole schema: a gigabyte for one module.
"""

import re
import textwrap
from dataclasses import dataclass, field
from typing import Any

MARK = r"(?:[+~-] )?"
FILE = re.compile(r"(\S+\.tftest\.hcl)\.\.\. in progress")
RUN = re.compile(r'  run "([^"]+)"\.\.\. (pass|fail|skip)')
BLOCK = re.compile(rf'\s*{MARK}(?:resource|data) "([^"]+)" "([^"]+)" {{')
ATTRIBUTE = re.compile(rf'\s*{MARK}"?([A-Za-z_][\w.:/-]*)"?\s+= jsonencode\(')
TOKEN = re.compile(
    r"""\s*(?:\#[^\n]*\n\s*)*(?:
      (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<heredoc><<-?(?P<end>\w+)\n(?s:.*?)\n\s*(?P=end)(?=\n|$))
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<word>[A-Za-z_][\w-]*)
    | (?P<sign>[][{}=,()])
    )""",
    re.X,
)


@dataclass
class Rendered:
    """A document, and its location."""

    run: str
    # The resource's type and name, or `output`.
    resource: str
    attribute: str
    document: Any


@dataclass
class Run:
    """The output of one run of a test file."""

    name: str
    documents: list[Rendered] = field(default_factory=list)

    def output(self, name: str) -> Any:
        found = [one.document for one in self.documents if (one.resource, one.attribute) == ("output", name)]
        return found[0] if found else None


def runs(text: str) -> list[Run]:
    """Every run, with the documents of its resources. A value that is unknown in a plan is left out."""
    found: list[Run] = []
    file, resource = "", "output"
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        if match := FILE.match(line):
            file = match.group(1).removeprefix("tests/").removesuffix(".tftest.hcl")
        elif match := RUN.match(line):
            found.append(Run(f"{file}/{match.group(1)}"))
        elif match := BLOCK.match(line):
            resource = f"{match.group(1)}.{match.group(2)}"
        elif line in ("Outputs:", "Changes to Outputs:"):
            resource = "output"
        elif (match := ATTRIBUTE.match(line)) and found:
            # Up to the bracket at the attribute's own indentation.
            depth = len(line) - len(line.lstrip(" +~-"))
            body = []
            while not re.match(rf"\s{{0,{depth}}}\)", lines[index]):
                body.append(lines[index])
                index += 1
            # A change shows old and new side by side; the run that created it shows the complete document.
            if not line.lstrip().startswith("~"):
                text_of = "\n".join(re.sub(r"^(\s*)[+-] ", r"\1", part) for part in body)
                found[-1].documents.append(Rendered(found[-1].name, resource, match.group(1), value(text_of)))
    return found


def value(text: str) -> Any:
    """A value in Terraform's output format."""
    tokens = []
    at = 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if not match:
            raise ValueError(f"cannot read {text[at:at + 60]!r}")
        tokens.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    read, rest = one(tokens)
    if rest:
        raise ValueError(f"cannot read {rest[0]} after a value")
    return read


def one(tokens: list) -> tuple[Any, list]:
    kind, text = tokens[0]
    rest = tokens[1:]
    if kind == "string":
        return unquoted(text), rest
    if kind == "heredoc":
        return textwrap.dedent("\n".join(text.split("\n")[1:-1])), rest
    if kind == "number":
        return (float(text) if "." in text else int(text)), rest
    if kind == "word":
        return {"true": True, "false": False, "null": None}[text], rest
    read: Any = {} if text == "{" else []
    end = "}" if text == "{" else "]"
    while rest[0][1] != end or rest[0][0] != "sign":
        if isinstance(read, dict):
            key = unquoted(rest[0][1]) if rest[0][0] == "string" else rest[0][1]
            read[key], rest = one(rest[2:])
        else:
            element, rest = one(rest)
            read.append(element)
        if rest[0] == ("sign", ","):
            rest = rest[1:]
    return read, rest[1:]


def unquoted(text: str) -> str:
    plain = re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t", "r": "\r"}.get(match.group(1), match.group(1)), text[1:-1])
    return plain.replace("$${", "${").replace("%%{", "%{")
