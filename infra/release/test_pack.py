"""Tests of the script that packs a release: the same content gives the same bytes, and the formats are valid."""

import importlib.machinery
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path

sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("pack", str(Path(__file__).resolve().parent / "pack"))
pack = importlib.util.module_from_spec(importlib.util.spec_from_loader("pack", loader))
loader.exec_module(pack)


class Pack(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def file(self, name: str, content: str, mode: int = 0o644, time: int = 0) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        path.chmod(mode)
        os.utime(path, (time, time))
        return path

    def test_a_zip_has_the_program_as_bootstrap_and_may_start_it(self):
        packed = pack.function_zip(self.file("program", "it", time=1_700_000_000))
        self.assertEqual(packed, pack.function_zip(self.file("other", "it", mode=0o600)))
        (entry,) = zipfile.ZipFile(io.BytesIO(packed)).infolist()
        self.assertEqual((entry.filename, entry.external_attr >> 16), ("bootstrap", 0o100755))

    def test_a_zip_of_a_zip_is_that_of_its_program(self):
        packed = pack.function_zip(self.file("program", "it"))
        (self.folder / "first.zip").write_bytes(packed)
        self.assertEqual(packed, pack.function_zip(self.folder / "first.zip"))

    def test_a_folder_has_no_owner_time_or_order_of_its_own(self):
        self.file("one/b", "b", time=5), self.file("one/a", "a", mode=0o700)
        first = pack.folder_tar(self.folder / "one")
        (self.folder / "one").rename(self.folder / "old")
        self.file("one/a", "a", mode=0o755, time=7), self.file("one/b", "b", mode=0o600)
        self.assertEqual(first, pack.folder_tar(self.folder / "one"))
        with tarfile.open(fileobj=io.BytesIO(first)) as archive:
            self.assertEqual([(e.name, e.mode) for e in archive], [("one/a", 0o755), ("one/b", 0o644)])

    def test_a_symbolic_link_is_refused(self):
        (self.folder / "one").mkdir()
        (self.folder / "one/link").symlink_to("nowhere")
        with self.assertRaisesRegex(SystemExit, "one/link is a symbolic link"):
            pack.folder_tar(self.folder / "one")

    def test_an_image_has_every_processor_and_the_dockerfiles_commands(self):
        packed = pack.image("1", {"X86_64": self.file("x", "x"), "ARM64": self.file("a", "a")})
        archive = tarfile.open(fileobj=io.BytesIO(packed))
        read = lambda name: json.load(archive.extractfile(name))  # noqa: E731
        blob = lambda of: read("blobs/" + of["digest"].replace(":", "/"))  # noqa: E731
        (index,) = read("index.json")["manifests"]
        manifests = blob(index)["manifests"]
        self.assertEqual([manifest["platform"]["architecture"] for manifest in manifests], ["arm64", "amd64"])
        config = blob(blob(manifests[0])["config"])["config"]
        self.assertEqual(config, {"Entrypoint": ["/entrypoint"], "Cmd": ["install", "/reveille"]})

    @unittest.skipUnless(shutil.which("skopeo") or os.environ.get("CI"), "skopeo is not installed")
    def test_skopeo_copies_the_image_and_reads_that_of_each_processor(self):
        path = self.folder / "image.tar"
        path.write_bytes(pack.image("1", {"X86_64": self.file("x", "x"), "ARM64": self.file("a", "a")}))
        skopeo = ["skopeo", "--tmpdir", str(self.folder)]
        copy = [*skopeo, "copy", "--quiet", "--all", f"oci-archive:{path}:1", f"dir:{self.folder}/copied"]
        subprocess.run(copy, check=True, stdout=subprocess.DEVNULL)
        for architecture in ["arm64", "amd64"]:
            inspect = [*skopeo, "--override-arch", architecture, "inspect", f"oci-archive:{path}"]
            told = json.loads(subprocess.run(inspect, check=True, capture_output=True).stdout)
            self.assertEqual((told["Architecture"], told["Os"], len(told["Layers"])), (architecture, "linux", 1))

    def test_a_dockerfile_that_does_more_is_refused(self):
        lines = ["FROM scratch", "COPY a /a", 'ENTRYPOINT ["/a"]', 'CMD ["b"]']
        self.assertEqual(pack.instructions("\n".join(["# A comment.", *lines]))["COPY"], "a /a")
        for wrong in [[*lines, "USER 1"], lines[:3], ["FROM debian", *lines[1:]], [*lines, lines[1]]]:
            with self.assertRaises(SystemExit):
                pack.instructions("\n".join(wrong))


if __name__ == "__main__":
    unittest.main()
