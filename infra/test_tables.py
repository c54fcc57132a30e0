"""Tests of the script that writes the tables: each case as in terraform-docs' reference, with our settings.

https://terraform-docs.io/reference/markdown-table/
"""

import importlib.machinery
import importlib.util
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("tables", str(Path(__file__).resolve().parent / "tables"))
tables = importlib.util.module_from_spec(importlib.util.spec_from_loader("tables", loader))
loader.exec_module(tables)


def rows(**files: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, f"{name}.tf").write_text(text)
        return tables.inputs(Path(folder)).splitlines()[4:]


def variable(arguments: str, name: str = "a") -> str:
    return f'variable "{name}" {{\n{arguments}\n}}\n'


class Inputs(unittest.TestCase):
    def test_a_required_one_has_no_default(self):
        text = variable('  description = "What."\n  type        = string')
        self.assertEqual(rows(variables=text), ["| a | What. | `string` | n/a | yes |"])

    def test_null_is_a_default(self):
        text = variable('  description = "What."\n  type        = string\n  default     = null')
        self.assertEqual(rows(variables=text), ["| a | What. | `string` | `null` | no |"])

    def test_a_default_is_json_with_its_keys_in_order(self):
        text = variable('  description = "What."\n  type        = any\n  default     = { b = [1, 0.5], a = { c = "x", "d" = true } }')
        default = '{<br/>  "a": {<br/>    "c": "x",<br/>    "d": true<br/>  },<br/>  "b": [<br/>    1,<br/>    0.5<br/>  ]<br/>}'
        self.assertEqual(rows(variables=text), [f"| a | What. | `any` | <pre>{default}</pre> | no |"])

    def test_a_type_of_several_lines_keeps_them(self):
        text = variable('  description = "What."\n  type = object({\n    b = string\n  })\n  default = {}')
        self.assertEqual(rows(variables=text), ["| a | What. | <pre>object({<br/>    b = string<br/>  })</pre> | `{}` | no |"])

    def test_a_description_of_several_lines(self):
        text = variable("  description = <<-EOT\n    One.\n    Two | three.\n  EOT\n  type = string")
        self.assertEqual(rows(variables=text), ["| a | One.<br/>Two \\| three. | `string` | n/a | yes |"])

    def test_the_order_is_that_of_the_files(self):
        one = '  description = "What."\n  type        = string'
        found = rows(variables_b=variable(one, "first"), variables=variable(one, "z") + variable(one, "b"))
        self.assertEqual([row.split()[1] for row in found], ["z", "b", "first"])

    def test_what_would_break_a_cell_is_refused(self):
        with self.assertRaisesRegex(SystemExit, "would end its cell"):
            rows(variables=variable('  description = "`a|b`."\n  type        = string'))

    def test_a_variable_needs_a_description_and_a_type(self):
        with self.assertRaisesRegex(SystemExit, "has no description"):
            rows(variables=variable("  type = string"))
        with self.assertRaisesRegex(SystemExit, "has no type"):
            rows(variables=variable('  description = "What."'))


if __name__ == "__main__":
    unittest.main()
