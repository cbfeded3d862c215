"""What the guests' page takes from others is pinned, small, and comes with its licences; .ci/run builds it anew."""

from __future__ import annotations

import gzip
import json

import bundle
import sbom

HERE, PAGE = bundle.HERE / "vendor_page", bundle.PACKAGE / "guest_page"


def test_its_lock_names_bytes_and_no_place_to_get_them() -> None:
    packages = json.loads((HERE / "package-lock.json").read_text("utf-8"))["packages"]
    for place, part in packages.items():
        assert place == "" or part["integrity"].startswith("sha512-"), place
        assert "resolved" not in part, place


def test_it_is_made_of_the_versions_in_the_lock() -> None:
    wanted = json.loads((HERE / "package.json").read_text("utf-8"))
    parts = sbom.page_libraries()
    assert parts == wanted["dependencies"]
    first_line = (PAGE / "vendor.js").read_text("utf-8").partition("\n")[0]
    licences = (PAGE / "vendor-licences.txt").read_text("utf-8")
    for name, version in parts.items():
        assert f"{name} {version}" in first_line
        assert f"== {name}\n" in licences


def test_a_phone_loads_it_quickly() -> None:
    assert len(gzip.compress((PAGE / "vendor.js").read_bytes(), 9, mtime=0)) < 30_000


def test_the_downloaded_program_has_the_page() -> None:
    assert (str(PAGE / "vendor.js"), "lanchat/guest_page") in bundle.data()
