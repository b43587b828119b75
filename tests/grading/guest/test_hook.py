"""The hook and its seal: out of reach of names, and open to nobody else."""

import dis
import os
import sys
import types

import pytest

from lessonlib.grading.guest import hook as hook_module
from lessonlib.grading.guest.hook import install
from lessonlib.grading.protocol.wire import SEAL


def functions_in(code: types.CodeType):
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from functions_in(constant)


@pytest.mark.parametrize("maker", [install, hook_module._unchanged])
def test_what_the_hook_runs_looks_no_name_up(maker):
    inner = [code for code in functions_in(maker.__code__) if not code.co_name.startswith("<")]
    assert inner
    for code in inner:
        looked_up = [i.argval for i in dis.get_instructions(code) if "GLOBAL" in i.opname
                     or i.opname in ("LOAD_NAME", "IMPORT_NAME")]  # fmt: skip
        assert looked_up == [], code.co_name


def in_child(check) -> int:
    """Run a function in a fork, for a hook cannot be removed; return how it ended."""
    pid = os.fork()
    if pid == 0:
        try:
            check()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def made_module(text: str) -> types.ModuleType:
    module = types.ModuleType("lessonlib.grading.example")
    exec(compile(text, "<frozen example>", "exec"), vars(module))
    return module


def hooked(own=()) -> int:
    """Install a hook that seals with 'seal' and return the end of its pipe."""
    reads, writes = os.pipe()
    os.set_blocking(reads, False)
    here = (os.path.dirname(sys.prefix), os.path.dirname(__file__), os.path.dirname(os.__file__))
    install(writes, ("/", "<string>", *here), lambda *asked: b"seal", own)
    return reads


def asked(file: str = "<frozen x>") -> list:
    names = {"box": [b"vpassed -", 1, 1]}
    exec(compile(f"import sys; sys.audit({SEAL!r}, box)", file, "exec"), names)
    return names["box"][3:]


def told(reads: int) -> bytes:
    try:
        return os.read(reads, 10_000)
    except BlockingIOError:
        return b""


def test_the_grader_gets_a_seal():
    def check():
        reads = hooked()
        assert asked() == [b"seal"]
        assert told(reads) == b""

    assert in_child(check) == 0


def test_a_learners_cell_gets_none_and_is_told_of():
    def check():
        reads = hooked()
        assert asked("<ipython-input-1>") == []
        assert b"grader seal" in told(reads)

    assert in_child(check) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda module: setattr(module, "limit", 2),
        lambda module: setattr(module, "len", max),
        lambda module: setattr(module.Kind, "method", None),
        lambda module: setattr(module.Kind, "__getattribute__", lambda *_: 1),
    ],
)
def test_a_change_of_the_graders_code_is_told_before_a_seal(change):
    def check():
        module = made_module("limit = 1\nclass Kind:\n    def method(self): ...")
        reads = hooked([module])
        assert asked() == [b"seal"] and told(reads) == b""
        change(module)
        assert asked() == [b"seal"]
        assert b"grader changed" in told(reads)

    assert in_child(check) == 0


def test_a_fork_gets_no_seal_for_a_verdict():
    def check():
        hooked()
        assert in_child(lambda: asked() == [] or 1 / 0) == 0

    assert in_child(check) == 0
