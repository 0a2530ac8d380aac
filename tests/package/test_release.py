"""The steps of the release workflow, as far as they need no release."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tools.packages import project
from tools.packages.project import PackagingError
from tools.release import pieces

CHANGELOG = """\
# Changelog

## [Unreleased]
{unreleased}
## [0.2.0] - 2026-12-01

### Added

- Packages.

## [0.1.0]

- First.
"""


@pytest.mark.parametrize(
    ("tag", "unreleased", "complaint"),
    [
        ("v0.2.0", "", None),
        ("0.2.0", "", "has to be v0.2.0"),
        ("v0.2.1", "", "has to be v0.2.0"),
        ("v0.2.0", "\n- Something.\n", "belongs under"),
    ],
)
def test_a_release_has_one_version(tag: str, unreleased: str, complaint: str | None) -> None:
    changelog = CHANGELOG.format(unreleased=unreleased)
    if complaint is None:
        pieces.check(tag, "0.2.0", changelog)
    else:
        with pytest.raises(PackagingError, match=complaint):
            pieces.check(tag, "0.2.0", changelog)


def test_a_version_that_the_changelog_does_not_tell_of_is_none() -> None:
    with pytest.raises(PackagingError, match="tells nothing"):
        pieces.check("v0.3.0", "0.3.0", CHANGELOG.format(unreleased=""))


def test_the_notes_of_a_release_are_its_section() -> None:
    changelog = CHANGELOG.format(unreleased="")
    assert pieces.notes("0.2.0", changelog) == "### Added\n\n- Packages.\n"
    assert pieces.notes("0.1.0", changelog) == "- First.\n"
    assert not pieces.notes("0.2", changelog)


def test_what_the_lock_file_holds_is_asked_for_by_its_hashes() -> None:
    lock = (project.ROOT / "uv.lock").read_text(encoding="utf-8")
    line = pieces.locked("uv", lock)
    assert re.match(r"uv==\d+\.\d+\.\d+ --hash=sha256:[0-9a-f]{64} --hash=sha256:", line)
    with pytest.raises(PackagingError, match="no such-package"):
        pieces.locked("such-package", lock)


def test_the_newest_python_of_a_series_is_by_number() -> None:
    index = "".join(
        f'<a href="{name}/">{name}/</a>\n' for name in ("3.14.10", "3.14.9", "3.140.11", "3.15.0", "3.14.x")
    )
    assert pieces.newest_python("3.14", index) == "3.14.10"
    with pytest.raises(PackagingError, match=r"no Python 3\.16"):
        pieces.newest_python("3.16", index)


def test_winget_is_told_where_the_setup_is_and_what_it_hashes_to() -> None:
    files = pieces.winget("0.2.0", "https://example.org/it.exe", "ab" * 32)
    assert set(files) == {
        f"{pieces.PACKAGE}{end}.yaml" for end in ("", ".installer", ".locale.fr-FR", ".locale.en-US")
    }
    assert (
        files[f"{pieces.PACKAGE}.installer.yaml"]
        == """\
# yaml-language-server: $schema=https://aka.ms/winget-manifest.installer.1.10.0.schema.json
PackageIdentifier: "AmifNetcheck.AmifNetcheck"
PackageVersion: "0.2.0"
Platform:
- "Windows.Desktop"
MinimumOSVersion: "10.0.17763.0"
InstallerType: "nullsoft"
Scope: "user"
InstallModes:
- "interactive"
- "silent"
UpgradeBehavior: "install"
Commands:
- "amif-netcheck"
Installers:
- Architecture: "x64"
  InstallerUrl: "https://example.org/it.exe"
  InstallerSha256: "ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB"
ManifestType: "installer"
ManifestVersion: "1.10.0"
"""
    )
    for name, text in files.items():
        kinds = {
            "": "version",
            ".installer": "installer",
            ".locale.fr-FR": "defaultLocale",
            ".locale.en-US": "locale",
        }
        assert f'ManifestType: "{kinds[name.removeprefix(pieces.PACKAGE).removesuffix(".yaml")]}"' in text


WORKFLOW = Path(project.ROOT, ".github", "workflows", "release.yml")


def test_the_workflow_takes_every_action_by_its_commit() -> None:
    used = re.findall(r"uses: (\S+)(.*)", WORKFLOW.read_text(encoding="utf-8"))
    assert len(used) > 10
    for action, comment in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r"\s+# v\d+\.\d+\.\d+", comment), action


def test_the_workflow_has_no_more_rights_than_each_job_needs() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    rights = re.findall(r"^ +([a-z-]+): write\b", text, re.MULTILINE)
    assert rights == ["contents", "id-token", "attestations", "id-token"], "of the draft three, of PyPI one"
    assert "write-all" not in text
    assert "permissions:\n  contents: read\n" in text


def test_the_workflow_runs_steps_that_there_are() -> None:
    steps = set(re.findall(r"tools\.release ([\w-]+)", WORKFLOW.read_text(encoding="utf-8")))
    main = Path(project.ROOT, "tools", "release", "__main__.py").read_text(encoding="utf-8")
    assert steps == set(re.findall(r'add_parser\(\s*"([\w-]+)"', main))
    for module in re.findall(r"-m (tools\.\w+)", WORKFLOW.read_text(encoding="utf-8")):
        assert Path(project.ROOT, *module.split("."), "__main__.py").is_file()
