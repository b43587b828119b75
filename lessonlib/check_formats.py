"""What `lessonlib check` says to programs: JSON, or JUnit's XML as services for CI read it."""

import json
from dataclasses import asdict
from xml.etree import ElementTree

from lessonlib.earned import Earned
from lessonlib.printable import printable
from lessonlib.progress_tables import ANSI


def written(lesson: str, results: list[Earned], how: str) -> str:
    """Return a lesson's results as `json` or `junit`."""
    told = [{**asdict(each), "passed": each.passed, "message": _plain(each)} for each in results]
    if how == "junit":
        return _junit(lesson, told)
    points, most = (
        sum(getattr(each, name) for each in results) for name in ("points", "max_points")
    )
    summary = {"lesson": lesson, "points": points, "max_points": most, "exercises": told}
    return json.dumps(summary, indent=2, ensure_ascii=False)


def _plain(result: Earned) -> str:
    return printable(ANSI.sub("", result.message))


def _junit(lesson: str, told: list[dict]) -> str:
    """Return a suite with a test for each exercise; one that is not answered is skipped."""
    failed = [each for each in told if each["answered"] and not each["passed"]]
    skipped = [each for each in told if not each["answered"]]
    suite = ElementTree.Element("testsuite", name=lesson, tests=str(len(told)),
                                failures=str(len(failed)), skipped=str(len(skipped)))  # fmt: skip
    for each in told:
        case = ElementTree.SubElement(suite, "testcase", classname=lesson, name=each["exercise"])
        points = f"{each['points']:g} of {each['max_points']:g} points"
        ElementTree.SubElement(case, "system-out").text = points
        if each in failed:
            ElementTree.SubElement(case, "failure", message=points).text = each["message"]
        elif each in skipped:
            ElementTree.SubElement(case, "skipped", message="not answered yet")
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=False)
