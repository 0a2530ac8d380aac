"""What a run is to do, and within which times."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.live import LiveValues
from amif_netcheck.measure.names import Names
from amif_netcheck.meeting.appointment import UNKNOWN, Appointment
from amif_netcheck.model.desk import NO_DESK, Desk
from amif_netcheck.model.facts import SoundCue
from amif_netcheck.model.report import Mode, System
from amif_netcheck.probes.context import Context, SoundTest
from amif_netcheck.run.checklist import CHECKLIST, IDS, IN_ORDER, CheckSpec
from amif_netcheck.run.probing import PROBES, ProbeSpec
from amif_netcheck.sound.recorder import ReplayableRecording

TIMEOUT_S = 20.0
CALL_TIMEOUT_S = 30.0
"""With a test server of one's own, which may play a call."""
QUICK_TIMEOUT_S = 5.0
SOUND_TEST_TIMEOUT_S = 19.0
"""A run with a sound test takes at least so long: one speaks, hushes and listens."""
GRACE_S = 0.3
"""A probe that keeps its own deadline gets this long to hand its facts over."""


@dataclass(frozen=True)
class RunPlan:
    """What to run. `asked` are check ids in the checklist's order; `probes` may be replaced by others.

    `appointment` is for the front end alone, `notes` are what it says once before the run, in the person's language.

    `site` is the IT desk's label for reports from here, `desk` what else its settings say, and `token_key` its key for
    tokens of reports without private data. `requested` are probes that run on request only. `system` and `demo` are those of a recorded machine; without them it is this one.
    """

    context: Context
    asked: tuple[str, ...] = IDS
    requested: tuple[str, ...] = ()
    timeout_s: float = TIMEOUT_S
    mode: Mode = Mode.FULL
    probes: dict[str, ProbeSpec] = field(default_factory=lambda: dict(PROBES))
    system: System | None = None
    demo: str = ""
    site: str = ""
    desk: Desk = NO_DESK
    token_key: str | None = None
    appointment: Appointment = UNKNOWN
    notes: tuple[str, ...] = ()
    looks: dict[str, ProbeSpec] = field(default_factory=dict)
    """Of a recorded machine: what answers in a probe's place while somebody looks again and again."""

    def again(self, asked: tuple[str, ...] | None = None) -> RunPlan:
        """The same plan for another run, which nothing has stopped yet; of the checks `asked` alone, where given."""
        context = replace(
            self.context,
            platform=self.context.platform.renewed(),
            names=Names(offline=self.context.offline),
            ledger=Ledger(),
            live=LiveValues(),
            stop=threading.Event(),
        )
        return replace(self, context=context, asked=self.asked if asked is None else asked)

    @property
    def entries(self) -> tuple[CheckSpec, ...]:
        """The lines of the checklist that were asked for."""
        return tuple(entry for entry in CHECKLIST if entry.id in self.asked)

    @property
    def in_order(self) -> tuple[CheckSpec, ...]:
        """The same in the order of judging."""
        return tuple(entry for entry in IN_ORDER if entry.id in self.asked)

    @property
    def subjects(self) -> tuple[str, ...]:
        """The probes those lines need, each once, and those they use that were requested."""
        needed = [subject for entry in self.entries for subject in entry.needs]
        used = [subject for entry in self.entries for subject in entry.uses if subject in self.requested]
        return tuple(dict.fromkeys((*needed, *used)))

    def awaits(self, entry: CheckSpec) -> tuple[str, ...]:
        """The subjects that have to be in before a line is judged."""
        return (*entry.needs, *(subject for subject in entry.uses if subject in self.subjects))

    def usual_s(self, subject: str) -> float:
        """When a probe usually ends, in seconds since the start."""
        probe = self.probes[subject]
        return min(probe.quick_usual_s if self.context.quick else probe.usual_s, self.deadline_s(subject))

    def deadline_s(self, subject: str) -> float:
        """A probe's deadline in seconds since the start, within the run's."""
        probe = self.probes[subject]
        own = probe.quick_deadline_s if self.context.quick else probe.deadline_s
        return max(0.0, min(own, self.timeout_s - GRACE_S))


def with_sound_test(
    plan: RunPlan,
    on_cue: Callable[[SoundCue], None],
    on_recorded: Callable[[ReplayableRecording], None] | None = None,
) -> RunPlan:
    """A run of `headset` alone with its sound test.

    `on_cue` is called, in a thread of ours, with what to do now; `on_recorded` is given, there too, a recording to hear again.
    """
    again = plan.again(("headset",))
    return replace(
        again,
        requested=("sound_test",),
        timeout_s=max(plan.timeout_s, SOUND_TEST_TIMEOUT_S),
        context=replace(again.context, sound_test=SoundTest.YES, on_cue=on_cue, on_recorded=on_recorded),
    )
