"""Tests of the script that writes the root module: what it takes from a module, and what it leaves out."""

import importlib.machinery
import importlib.util
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("root", str(Path(__file__).resolve().parent / "root"))
root = importlib.util.module_from_spec(importlib.util.spec_from_loader("root", loader))
loader.exec_module(root)

MODULE = """\
variable "a" {
  description = "What."
  type = object({
    b = optional(string)
  })
  nullable = false

  validation {
    condition     = var.a.b != ""
    error_message = "No."
  }
}

variable "longer" {
  type    = string
  default = "validation {"
}

output "c" {
  description = "Where."
  value       = local.c
}
"""


def files() -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "all.tf").write_text(MODULE)
        Path(folder, "versions.tf").write_text("terraform {\n}\n")
        return root.root(Path(folder))


class Root(unittest.TestCase):
    def test_each_variable_is_passed_on(self):
        self.assertIn('  source = "./modules/waker"\n\n  a      = var.a\n  longer = var.longer\n}\n', files()["main.tf"])

    def test_a_variable_keeps_all_but_its_rules(self):
        a = 'variable "a" {\n  description = "What."\n  type = object({\n    b = optional(string)\n  })\n  nullable = false\n}\n'
        longer = 'variable "longer" {\n  type    = string\n  default = "validation {"\n}\n'
        self.assertEqual(files()["variables.tf"], f"{root.SOURCE}\n{a}\n{longer}")

    def test_an_output_is_the_modules(self):
        c = 'output "c" {\n  description = "Where."\n  value       = module.waker.c\n}\n'
        self.assertEqual(files()["outputs.tf"], f"{root.SOURCE}\n{c}")


if __name__ == "__main__":
    unittest.main()
