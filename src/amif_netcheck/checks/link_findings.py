"""What `link` finds. A fault on the line has a place: `home`, between the computer and its box, or `beyond` it."""

from __future__ import annotations

from functools import partial

from amif_netcheck.checks import limits
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.checks.unknown import unknown_spec
from amif_netcheck.model.finding import Severity

HOME, BEYOND, SOMEWHERE = "home", "beyond", "unknown"
"""Values of `place`."""
BY_CABLE, HOME_BY_CABLE = "by_cable", "home_by_cable"
"""Variants for a computer that is on a cable already."""

UP, DOWN = "up", "down"
"""Values of `way`: what the others get, and what this person gets, which is a variant."""

LATE, LATE_BY_CABLE = "late", "late_by_cable"
"""Variants: most of what is made up was not lost, it came too late to be played."""

_PLACES = (HOME, BEYOND, HOME_BY_CABLE, BY_CABLE)
_WORDS = ("place", "medium")
_LOAD_WORDS = (*_WORDS, "grade", "grade_source")
_NOTE = (Severity.INFO,)
_FLOW = (Severity.INFO, Severity.WARNING, Severity.CRITICAL)
_LOAD = (Severity.INFO, Severity.WARNING)
_FAULT = (Severity.WARNING, Severity.CRITICAL)

_placed = partial(FindingSpec, variants=_PLACES, effort_min=3, vocabulary=_WORDS)

DELAY = _placed("link.delay", _FAULT, limits=(limits.DELAY,), vocabulary=(*_WORDS, "cause", "way"))
LATENCY = _placed("link.latency", _NOTE, limits=(limits.RTT,))
JITTER = _placed("link.jitter", _NOTE, limits=(limits.JITTER,))
LOSS = _placed(
    "link.loss",
    _FAULT,
    limits=(limits.CONCEALED,),
    variants=(*_PLACES, LATE, LATE_BY_CABLE),
    vocabulary=(*_WORDS, "way"),
)
SOME_LOSS = _placed("link.some_loss", _NOTE, limits=(limits.LOSS,))
LOSS_BURST = _placed("link.loss_burst", _FAULT, limits=(limits.LONGEST_LOSS,), vocabulary=(*_WORDS, "way"))
PICTURE_STILL = FindingSpec(
    "link.picture_still",
    _FAULT,
    limits=(limits.FROZEN,),
    variants=(DOWN,),
    effort_min=3,
    vocabulary=(*_WORDS, "way"),
)
PICTURE_POOR = FindingSpec(
    "link.picture_poor",
    _FAULT,
    limits=(limits.PICTURE,),
    variants=(DOWN,),
    effort_min=3,
    vocabulary=(*_WORDS, "way"),
)
DOWNLOAD = FindingSpec(
    "link.download", _FLOW, limits=(limits.DOWNLOAD,), variants=(BY_CABLE,), effort_min=3, vocabulary=_WORDS
)
UPLOAD = FindingSpec(
    "link.upload", _FLOW, limits=(limits.UPLOAD,), variants=(BY_CABLE,), effort_min=3, vocabulary=_WORDS
)
LOAD_DOWN = FindingSpec("link.load_down", _LOAD, limits=(limits.LOAD,), effort_min=2, vocabulary=_LOAD_WORDS)
LOAD_UP = FindingSpec("link.load_up", _LOAD, limits=(limits.LOAD,), effort_min=2, vocabulary=_LOAD_WORDS)
FAULTS = (
    *(DELAY, LATENCY, JITTER, LOSS, SOME_LOSS, LOSS_BURST),
    *(PICTURE_STILL, PICTURE_POOR, DOWNLOAD, UPLOAD, LOAD_DOWN, LOAD_UP),
)
"""What the line suffers from: consequences of whatever else uses it, or stands between."""

SERVICE_PICTURE = FindingSpec(
    "link.service_picture",
    _NOTE,
    variants=("slow_sharing",),
    nothing_to_do=True,
    vocabulary=("service", "size"),
)
GOOD = FindingSpec(
    "link.good",
    (Severity.OK,),
    variants=("rates", "graded", "library", "foretold"),
    vocabulary=("engine", "grade", "grade_source"),
)
RATES_UNKNOWN = FindingSpec("link.rates_unknown", (Severity.UNKNOWN,))
NO_NETWORK = FindingSpec("link.no_network", (Severity.CRITICAL,), explains_all=True, effort_min=2)
NO_NAMES = FindingSpec("link.no_names", (Severity.UNKNOWN,))
NO_ANSWER = FindingSpec("link.no_answer", (Severity.UNKNOWN,))
TOO_FEW = FindingSpec("link.too_few", (Severity.UNKNOWN,))
UNKNOWN = unknown_spec("link")

FINDINGS = (
    *FAULTS,
    *(GOOD, SERVICE_PICTURE, RATES_UNKNOWN, NO_NETWORK, NO_NAMES, NO_ANSWER, TOO_FEW, UNKNOWN),
)
