"""What docs/clusters.md shows can be read by those it is for; its commands run in pipeline/."""

import ast
import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from lessonlib.cli import app
from lessonlib.grading.classroom.cluster import facts

PAGE = (Path(__file__).parents[2] / "docs/clusters.md").read_text(encoding="utf-8")


def shown(title):
    """Return the first indented block below a heading."""
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    lines = re.search(r"(?:^(?:    .*)?\n)+", section[section.index("\n    ") + 1 :], re.MULTILINE)[
        0
    ]
    return "".join(line[4:] + "\n" for line in lines.splitlines())


def options(command):
    return {word for word in command if word.startswith("--")}


def test_the_pods_of_kubernetes_start_workers_as_everybody_else():
    pod = yaml.safe_load(shown("Kubernetes"))["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    by_hand = shown("A department's machines").splitlines()[1].split()
    assert container["command"][:2] == by_hand[:2]
    assert options(container["command"]) == options(by_hand) - {"--nworkers"}
    assert {each["name"] for each in container["volumeMounts"]} == {
        v["name"] for v in pod["volumes"]
    }


def test_what_is_said_to_slurm_is_python():
    names = {node.id for node in ast.walk(ast.parse(shown("Slurm"))) if isinstance(node, ast.Name)}
    assert {"SLURMCluster", "cluster"} <= names


@pytest.mark.parametrize("line", re.findall(r"^    lessonlib (\w+) .*?(--\w+)", PAGE, re.MULTILINE))
def test_an_option_is_there(line):
    command, option = line
    assert option in CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).output


def test_what_has_to_be_the_same_is_said():
    said = PAGE.partition("| a worker has another ")[2].partition("|")[0].lower()
    assert all(name.split()[0].removesuffix("s") in said for name in map(str.lower, facts()))
