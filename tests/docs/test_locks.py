"""The locks agree with each other and with the project, and name public places only."""

from __future__ import annotations

import re
import tomllib
from urllib.parse import urlsplit

import pytest
from tests.docs.tree import ROOT

EXPORTS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
PUBLIC = {"pypi.org", "files.pythonhosted.org"}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def read_export(name: str) -> dict[str, tuple[str, set[str]]]:
    """Package to (version, hashes) of one exported lock."""
    entries = {}
    for entry in re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ").strip()):
        package, version = re.match(r"(\S+)==(\S+)", entry).groups()
        entries[canonical(package)] = (version, set(re.findall(r"--hash=(sha256:[0-9a-f]{64})", entry)))
    return entries


@pytest.fixture(scope="module")
def lock():
    return tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_no_lock_names_a_private_place() -> None:
    for name in ["uv.lock", *EXPORTS]:
        hosts = {urlsplit(url).hostname for url in re.findall(r"\w+://[^\s\"]+", (ROOT / name).read_text("utf-8"))}
        assert hosts - PUBLIC == set(), name


def test_every_lock_is_exported() -> None:
    assert EXPORTS == [
        "requirements-az.lock",
        "requirements-bench.lock",
        "requirements-build.lock",
        "requirements-dev.lock",
        "requirements.lock",
    ]


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_holds_what_the_uv_lock_holds(name, lock) -> None:
    locked: dict[str, list[tuple[str, set[str]]]] = {}
    for package in lock["package"]:
        if package["name"] == "remit":
            continue
        files = [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
        # One that the Azure CLI pins to another version than ours stands twice.
        locked.setdefault(canonical(package["name"]), []).append((package["version"], {file["hash"] for file in files}))
    exported = read_export(name)
    assert exported
    for package, (version, hashes) in exported.items():
        assert (version, hashes) in locked[package], package
        assert hashes, package


@pytest.mark.parametrize(
    ("name", "groups", "extras"),
    [
        ("requirements.lock", (), False),
        ("requirements-build.lock", ("build",), None),
        ("requirements-az.lock", ("az",), None),
        ("requirements-dev.lock", ("dev",), True),
        ("requirements-bench.lock", ("dev", "bench", "build"), True),
    ],
)
def test_an_export_holds_what_the_project_asks_for(name, groups, extras, project) -> None:
    wanted = [] if extras is None else list(project["project"]["dependencies"])
    if extras:
        wanted += [line for extra in project["project"]["optional-dependencies"].values() for line in extra]
    wanted += [line for group in groups for line in project["dependency-groups"][group]]
    names = {canonical(re.split(r"[<>=!~ ;\[]", line)[0]) for line in wanted}
    assert names - set(read_export(name)) == set()


CORE = {
    "attrs",
    "cyclopts",
    "docstring-parser",
    "duckdb",
    "fast-sugiyama",
    "highspy",
    "markdown-it-py",
    "mdurl",
    "msgspec",
    "numpy",
    "pygments",
    "rich",
    "rich-rst",
    "scipy",
    "zstandard",
}
COLLECTOR = {
    "anyio",
    "azure-core",
    "azure-identity",
    "certifi",
    "cffi",
    "charset-normalizer",
    "cryptography",
    "h11",
    "httpcore2",
    "httpx2",
    "httpx2-jsfetch",  # for Python in a browser only
    "idna",
    "msal",
    "msal-extensions",
    "pycparser",
    "pyjwt",
    "requests",
    "truststore",
    "typing-extensions",
    "urllib3",
}
SIMULATOR = {
    "aiohappyeyeballs",
    "aiohttp",
    "aiosignal",
    "frozenlist",
    "multidict",
    "propcache",
    "trustme",
    "yarl",
}


def test_what_comes_along_is_small() -> None:
    """A user gets few packages: each one more is a thing to trust and to wait for."""
    assert set(read_export("requirements.lock")) == CORE | COLLECTOR | SIMULATOR
