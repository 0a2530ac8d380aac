"""What can be found: each finding is declared once, beside the check that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field

from amif_netcheck.checks.limits import Limit
from amif_netcheck.model.facts import Direction
from amif_netcheck.model.finding import Finding, ParamValue, Severity
from amif_netcheck.model.fix import FixKind

_ALWAYS_OURS = ("reason", "source")
"""Why something is unknown, and the source of a limit."""


@dataclass(frozen=True, eq=False)
class FindingSpec:
    """One kind of finding; all tables of findings are derived from these.

    `code`: the check's id, a dot and a name; its words are those of `advice`. `severities`: those that it may have.

    `limits`: those that it is held against. `variants`: the other words that it may have, see `Finding.variant`;
    `private_variants` are those among them that tell a private param, and do not outlast its redaction.

    `explains`: the findings that it is a cause of, which are to be fixed after it; none whose fault is at `not_at`
    (`home`: between the computer and its box; `beyond` it). `explains_all`: nothing else can be known or mended before it.

    `effort_min`: how long mending takes, in minutes, for someone who never did it; None where that is longer than any.
    `nothing_to_do`: worth knowing, but nothing to mend. `fixes`: what can be done on this computer for the person, the
    gentlest first; `directions`: of the device to choose.

    `vocabulary`: params with words of the program, which are never private; a reason and a source always are such.
    `private`: params that are private whatever the facts say of them, by kind (`device`, `host`, `authority`). All other
    texts come from outside.
    """

    code: str
    severities: tuple[Severity, ...]
    _: KW_ONLY
    limits: tuple[Limit, ...] = ()
    variants: tuple[str, ...] = ()
    private_variants: tuple[str, ...] = ()
    explains: tuple[FindingSpec, ...] = ()
    explains_all: bool = False
    not_at: str = ""
    effort_min: int | None = None
    nothing_to_do: bool = False
    fixes: tuple[FixKind, ...] = ()
    directions: tuple[Direction, ...] = ()
    vocabulary: tuple[str, ...] = ()
    private: Mapping[str, str] = field(default_factory=dict)

    @property
    def check(self) -> str:
        """The id of the check that makes it."""
        return self.code.partition(".")[0]

    def is_ours(self, param: str) -> bool:
        """Is this param a word of the program, whatever a computer is called?"""
        return param in _ALWAYS_OURS or param in self.vocabulary

    def public_variant(self, variant: str) -> str:
        """`variant`, or the usual words where it would tell what is private."""
        return "" if variant in self.private_variants else variant

    def finding(
        self,
        *evidence: str,
        severity: Severity | None = None,
        variant: str = "",
        params: Mapping[str, ParamValue] | None = None,
    ) -> Finding:
        """One of this kind; `severity` may be left out where only one is possible.

        Raises:
            ValueError: a severity or variant that was not declared.
        """
        if severity is None and len(self.severities) == 1:
            severity = self.severities[0]
        if severity is None or severity not in self.severities:
            raise ValueError(f"{self.code}: {severity} is not declared")
        if variant and variant not in self.variants:
            raise ValueError(f"{self.code}: variant {variant} is not declared")
        return Finding(
            code=self.code, severity=severity, variant=variant, params=dict(params or {}), evidence=evidence
        )
