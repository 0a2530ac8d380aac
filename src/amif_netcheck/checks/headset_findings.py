"""What `headset` finds of devices, and how such a finding is made."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from amif_netcheck.checks import limits, limits_sound, sound_test
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.checks.unknown import unknown_spec
from amif_netcheck.model.facts import Direction, SoundDevice
from amif_netcheck.model.finding import Finding, ParamValue, Severity
from amif_netcheck.model.fix import FixKind

EVIDENCE = ("facts.headset.devices",)
NAMED, PACKAGE = "named", "package"
_OK = (Severity.OK,)
_NOTE = (Severity.INFO,)
_WARNING = (Severity.WARNING,)
_CRITICAL = (Severity.CRITICAL,)
_UNTOLD = (Severity.UNKNOWN,)
_CHOOSE = (FixKind.CHOOSE_DEVICE,)

_device = partial(FindingSpec, vocabulary=("device_kind", "device_bus"), private={"device": "device"})
_named_device = partial(_device, variants=(NAMED,), private_variants=(NAMED,))

IN_USE = _named_device("headset.in_use", _OK)
NOT_CHOSEN = _named_device(
    "headset.not_chosen",
    _WARNING,
    effort_min=1,
    fixes=_CHOOSE,
    directions=(Direction.OUTPUT, Direction.INPUT),
)
OUTPUT_ELSEWHERE = _named_device(
    "headset.output_elsewhere", _WARNING, effort_min=1, fixes=_CHOOSE, directions=(Direction.OUTPUT,)
)
INPUT_ELSEWHERE = _named_device(
    "headset.input_elsewhere", _WARNING, effort_min=1, fixes=_CHOOSE, directions=(Direction.INPUT,)
)
OWN_MICROPHONE = _device("headset.own_microphone", _NOTE, effort_min=2)
WEBCAM_MICROPHONE = _device("headset.webcam_microphone", _NOTE, effort_min=2)
LOUDSPEAKER = _device("headset.loudspeaker", _NOTE, effort_min=2)
BUILT_IN = _device("headset.built_in", _NOTE, effort_min=2)
UNSEEN = _device("headset.unseen", _UNTOLD)
UNTOLD = _device("headset.untold", _UNTOLD)
NO_MICROPHONE = FindingSpec("headset.no_microphone", _CRITICAL, effort_min=2)
NO_OUTPUT = FindingSpec("headset.no_output", _CRITICAL, effort_min=2)
INPUT_MUTED = _device("headset.input_muted", _CRITICAL, effort_min=1)
INPUT_LOW = _device(
    "headset.input_low",
    (Severity.INFO, Severity.WARNING),
    limits=(limits_sound.INPUT_VOLUME, limits_sound.INPUT_VOLUME_DB),
    effort_min=1,
)
INPUT_NOTHING = _device(
    "headset.input_nothing",
    _CRITICAL,
    limits=(limits_sound.INPUT_NOTHING, limits_sound.INPUT_NOTHING_DB),
    effort_min=1,
)
OUTPUT_MUTED = _device("headset.output_muted", _WARNING, effort_min=1)
TELEPHONE_SOUND = _device("headset.telephone_sound", _WARNING, limits=(limits_sound.RATE,), effort_min=2)
BATTERY = _device(
    "headset.battery", (Severity.INFO, Severity.WARNING), limits=(limits_sound.BATTERY,), effort_min=2
)
REFUSED = FindingSpec(
    "headset.microphone_refused",
    _CRITICAL,
    explains=(sound_test.NO_SIGNAL, sound_test.SILENT),
    effort_min=2,
)
CALLS_ELSEWHERE = _named_device("headset.calls_elsewhere", _WARNING, effort_min=1)
CALLS_ONLY = _named_device("headset.calls_only", _WARNING, effort_min=1)
CALLS_APART = _named_device("headset.calls_apart", _NOTE, effort_min=1)
NO_DEVICE = FindingSpec("headset.no_device", _UNTOLD)
NO_SERVER = FindingSpec("headset.no_server", _UNTOLD, vocabulary=(PACKAGE,))
NO_LIBRARY = FindingSpec("headset.no_library", _UNTOLD, variants=(PACKAGE,), vocabulary=(PACKAGE,))
REMOTE = FindingSpec("headset.remote", _UNTOLD, vocabulary=(PACKAGE,))
STOPPED = FindingSpec("headset.stopped", _UNTOLD, vocabulary=(PACKAGE,))
UNKNOWN = unknown_spec("headset")
FINDINGS = (
    *(IN_USE, NOT_CHOSEN, OUTPUT_ELSEWHERE, INPUT_ELSEWHERE),
    *(OWN_MICROPHONE, WEBCAM_MICROPHONE, LOUDSPEAKER, BUILT_IN, UNSEEN, UNTOLD),
    *(REFUSED, NO_MICROPHONE, NO_OUTPUT, INPUT_MUTED, INPUT_NOTHING, INPUT_LOW, OUTPUT_MUTED),
    *(CALLS_ELSEWHERE, CALLS_ONLY, CALLS_APART, TELEPHONE_SOUND, BATTERY),
    *(NO_DEVICE, NO_SERVER, NO_LIBRARY, REMOTE, STOPPED, *sound_test.FINDINGS, UNKNOWN),
)


def limit_finding(spec: FindingSpec, value: float, device: SoundDevice) -> list[Finding]:
    """The finding when `value` is beyond the spec's limit, the first of several."""
    limit = spec.limits[0]
    severity, crossed = limits.judge(value, limit)
    if crossed is None:
        return []
    return [device_finding(spec, device, limits.comparison(value, limit, crossed), severity)]


def device_finding(
    spec: FindingSpec,
    device: SoundDevice | None,
    params: Mapping[str, ParamValue] | None = None,
    severity: Severity | None = None,
) -> Finding:
    """With the device that it is about."""
    about: dict[str, ParamValue] = {}
    if device is not None:
        about = {"device": device.name, "device_kind": device.kind.value, "device_bus": device.bus.value}
    named = device is not None and device.name and NAMED in spec.variants
    return spec.finding(
        *EVIDENCE, severity=severity, variant=NAMED if named else "", params={**(params or {}), **about}
    )
