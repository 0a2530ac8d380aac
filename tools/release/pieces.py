"""What a release needs to know: pure functions of the tag, the changelog, the lock file and an index page."""

from __future__ import annotations

import re
import tomllib

from tools.packages import project
from tools.packages.project import PackagingError

PACKAGE = "AmifNetcheck.AmifNetcheck"
"""As winget calls the program."""
_SCHEMA = "1.10.0"


def check(tag: str, version: str, changelog: str) -> None:
    """Does the tag name this version, and does the changelog tell of it?

    Raises:
        PackagingError: it doesn't; the message says what to do.
    """
    if tag != f"v{version}":
        raise PackagingError(f"the tag is {tag}, the source says {version}: the tag has to be v{version}")
    if not notes(version, changelog).strip():
        raise PackagingError(f"CHANGELOG.md tells nothing under [{version}]")
    if notes("Unreleased", changelog).strip():
        raise PackagingError(f"CHANGELOG.md: what is under [Unreleased] belongs under [{version}]")


def notes(version: str, changelog: str) -> str:
    """The section of a version, without its heading; empty when there is none."""
    found = re.search(
        rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL
    )
    return found[1].strip() + "\n" if found else ""


def locked(name: str, lock: str) -> str:
    """One package of `uv.lock`, as a requirement with the hashes of its files.

    Raises:
        PackagingError: it is not in there.
    """
    for package in tomllib.loads(lock)["package"]:
        if package["name"] == name:
            files = [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
            hashes = " ".join(f"--hash={file['hash']}" for file in files)
            return f"{name}=={package['version']} {hashes}"
    raise PackagingError(f"uv.lock holds no {name}")


def newest_python(series: str, index: str) -> str:
    """The newest version of a series that python.org's index of releases lists, such as `3.14.8`.

    Raises:
        PackagingError: it lists none.
    """
    numbers = [int(found) for found in re.findall(rf'href="{re.escape(series)}\.(\d+)/"', index)]
    if not numbers:
        raise PackagingError(f"python.org lists no Python {series}")
    return f"{series}.{max(numbers)}"


def winget(version: str, url: str, sha256: str) -> dict[str, str]:
    """The three manifests of winget's community repository, by file name (schema 1.10)."""
    common = {"PackageIdentifier": PACKAGE, "PackageVersion": version}
    installer: dict[str, object] = {
        **common,
        "Platform": ["Windows.Desktop"],
        "MinimumOSVersion": "10.0.17763.0",
        "InstallerType": "nullsoft",
        "Scope": "user",
        "InstallModes": ["interactive", "silent"],
        "UpgradeBehavior": "install",
        "Commands": [project.NAME],
        "Installers": [{"Architecture": "x64", "InstallerUrl": url, "InstallerSha256": sha256.upper()}],
    }
    facts = {
        "Publisher": project.PUBLISHER,
        "PackageName": project.NAME,
        "PackageUrl": project.HOMEPAGE,
        "License": "MIT",
    }
    french = "Vérifie, avant une visioconférence, si l’ordinateur et sa connexion sont prêts, et dit que régler d’abord."
    english = (
        "Checks, before a videoconference, whether computer and line are ready, and says what to fix first."
    )
    files: dict[str, tuple[str, dict[str, object]]] = {
        "": ("version", {**common, "DefaultLocale": "fr-FR"}),
        ".installer": ("installer", installer),
        ".locale.fr-FR": (
            "defaultLocale",
            {**common, "PackageLocale": "fr-FR", **facts, "ShortDescription": french},
        ),
        ".locale.en-US": (
            "locale",
            {**common, "PackageLocale": "en-US", **facts, "ShortDescription": english},
        ),
    }
    return {
        f"{PACKAGE}{name}.yaml": f"# yaml-language-server: $schema=https://aka.ms/winget-manifest.{kind}.{_SCHEMA}.schema.json\n"
        + _yaml({**content, "ManifestType": kind, "ManifestVersion": _SCHEMA})
        for name, (kind, content) in files.items()
    }


def _yaml(content: dict[str, object]) -> str:
    """YAML of texts, lists of texts and lists of one level of fields; texts are quoted as JSON quotes them."""
    lines = []
    for key, value in content.items():
        if not isinstance(value, list):
            lines.append(f"{key}: {_scalar(value)}")
            continue
        lines.append(f"{key}:")
        for each in value:
            fields = list(each.items()) if isinstance(each, dict) else [("", each)]
            for number, (name, inner) in enumerate(fields):
                lines.append(f"{' ' if number else '-'} {name}{': ' if name else ''}{_scalar(inner)}")
    return "\n".join(lines) + "\n"


def _scalar(value: object) -> str:
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
