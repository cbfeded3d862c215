"""What lanchat runs with and is built with is written down to the byte."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import pytest
import sbom
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[2]
RUNTIME = PROJECT / "packaging/requirements.lock"
BUILD = PROJECT / "packaging/build.lock"
each_lock = pytest.mark.parametrize("lock", [RUNTIME, BUILD], ids=lambda path: path.stem)


def wanted() -> list[Requirement]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    return [Requirement(words) for words in project["dependencies"]]


@each_lock
def test_it_has_everything_that_lanchat_asks_for(lock: Path) -> None:
    pinned = sbom.parts(lock.read_text("utf-8"))
    for one in wanted():
        assert one.specifier.contains(pinned[canonicalize_name(one.name)]), one


@each_lock
def test_it_names_bytes_and_no_place_to_get_them(lock: Path) -> None:
    text = lock.read_text("utf-8")
    entries = re.split(r"\n(?=\w)", text.strip())
    assert len(entries) == len(sbom.parts(text))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "index" not in text


def test_what_is_built_is_what_runs() -> None:
    runtime, build = (sbom.parts(lock.read_text("utf-8")) for lock in (RUNTIME, BUILD))
    assert runtime.items() <= build.items()
    assert "pyinstaller" in build


def test_the_bill_of_materials_names_every_part_and_hashes_every_file(tmp_path: Path) -> None:
    (tmp_path / "_internal").mkdir()
    (tmp_path / "_internal" / "schema.sql").write_bytes(b"words")
    here = sbom.libraries(RUNTIME.read_text("utf-8"))
    bill = sbom.bill(here, [("cpython", "3.13.2", ""), ("openssl", "3.0.15", "CPython")], sbom.files(tmp_path))
    components = bill["components"]
    assert isinstance(components, list)
    named = {(part["type"], part["name"]): part for part in components}
    for one in wanted():
        if one.marker is None or one.marker.evaluate():
            name = canonicalize_name(one.name)
            assert named["library", name]["purl"] == f"pkg:pypi/{name}@{here[name]}"
    assert named["library", "@noble/curves"]["purl"].startswith("pkg:npm/%40noble/curves@")
    assert ("library", "esbuild") not in named
    assert named["library", "cpython"]["cpe"].startswith("cpe:2.3:a:python:python:3.13.2:")
    assert named["library", "openssl"]["version"] == "3.0.15"
    digest = hashlib.sha256(b"words").hexdigest()
    assert named["file", "_internal/schema.sql"]["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert len({part["bom-ref"] for part in components}) == len(components)


def test_what_python_and_its_libraries_stand_on_is_named_with_versions() -> None:
    pytest.importorskip("tkinter")
    found = {(name, where): version for name, version, where in sbom.runtimes()}
    named = (("cpython", ""), ("openssl", "CPython"), ("openssl", "cryptography"), ("sqlite", "CPython"), ("tk", ""))
    for one in named:
        assert re.fullmatch(r"\d+\.\d+[\w.+]*", found[one]), one
