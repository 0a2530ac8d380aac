"""JUnit's XML, which continuous integration and test dashboards read: a test case for each check.

A check that found something to fix is a failure, one that could not tell in whole is skipped with the reason, one that was
not asked for is left out. The shape is that of github.com/testmoapp/junitxml, which tools agree on.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from amif_netcheck.advice.lookup import say
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.verdicts import worst_first
from amif_netcheck.model.finding import BAD
from amif_netcheck.model.report import CheckResult, Report, Status
from amif_netcheck.output.escape import for_terminal
from amif_netcheck.output.output_format import Manner, OutputFormat, Written, plainly


def _write(report: Report, manner: Manner) -> Written:
    asked = [result for result in report.checks if result.status is not Status.SKIPPED]
    cases = [_case(result, report, manner) for result in asked]
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": "0",
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
        "time": f"{report.duration_s:.3f}",
    }
    top = ET.Element("testsuites", {"name": "amif-netcheck", **counts})
    suite = ET.SubElement(
        top,
        "testsuite",
        {"name": "amif-netcheck", **counts, "timestamp": for_terminal(report.generated_at)},
    )
    suite.extend(cases)
    ET.indent(top)
    return plainly(report, ET.tostring(top, encoding="utf-8", xml_declaration=True) + b"\n")


def _case(result: CheckResult, report: Report, manner: Manner) -> ET.Element:
    language = manner.language
    case = ET.Element(
        "testcase",
        {
            "classname": f"amif-netcheck.{result.id}",
            "name": language.text(TIPS[result.id].title),
            "time": f"{result.duration_s:.3f}",
        },
    )
    findings = worst_first(result)
    told = [(finding, say(finding, language, report.system.os, desk=report.desk)) for finding in findings]
    lines = [line for _, words in told for line in (words.summary, *words.steps)]
    if findings and findings[0].severity in BAD:
        failure = ET.SubElement(
            case,
            "failure",
            {"type": findings[0].severity.value, "message": for_terminal(told[0][1].summary)},
        )
        failure.text = "\n".join(for_terminal(line) for line in lines)
    elif result.status is Status.UNKNOWN:
        message = told[0][1].summary if told else ""
        ET.SubElement(case, "skipped", {"message": for_terminal(message)})
    elif lines:
        ET.SubElement(case, "system-out").text = "\n".join(for_terminal(line) for line in lines)
    return case


FORMAT = OutputFormat(_write)
