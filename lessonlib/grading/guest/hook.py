"""The audit hook of a submission's process, and the seal of its messages.

Nothing here can be reached by a name. A learner's code can find the grader's classes, and through
them its modules' namespaces, and change what it likes there; so all that the hook uses, built-ins
too, are variables of `install`, which only frames and the garbage collector lead to. To look at
those raises an audit event (PEP 578), and so does the exchange of a function's code.

The key that seals messages is among these variables. Whoever wants a seal asks for it by an audit
event: it is given only where no code of a learner's has asked, and what had been changed of the
grader's own code by then is told first.
"""

import _thread
import os
import sys
from collections.abc import Callable, Iterable
from functools import partial
from types import FunctionType, MethodType, ModuleType
from typing import NamedTuple

from lessonlib.grading.protocol.wire import SEAL, VERDICT

MAX_EACH = 8  # lines of each code: all of them together fit into a pipe that nobody reads
GROWS = {"__warningregistry__", "__slotnames__", "__annotations_cache__", "__abstractmethods__"}
_names_of = type.__dict__["__dict__"].__get__  # of a class; its own class has no say
_FRAMES = {"tb_frame", "gi_frame", "cr_frame", "ag_frame", "f_code"}
_INNARDS = {"__code__", "__defaults__", "__kwdefaults__"}
_NATIVE = {"cffi", "_cffi_backend", "_testcapi", "_testinternalcapi", "_testbuffer", "_xxtestfuzz"}
_EVENTS = {
    "frames": "sys._getframe sys._current_frames sys._current_exceptions",
    "objects": "gc.get_objects gc.get_referrers gc.get_referents",
    "tracing": "sys.settrace sys.monitoring.register_callback",
    "hook": "sys.addaudithook",
    "disguise": "code.__new__ marshal.loads",
    "fork": "os.fork os.forkpty",
    "memory": "ctypes.dlopen ctypes.dlsym ctypes.dlsym/handle ctypes.cdata ctypes.string_at "
    "ctypes.wstring_at ctypes.call_function ctypes.cast",
}
# Functions that hand out what only they read: (end of the file's name, names; none means all).
_HELPERS = {
    "inspect.py": {"stack", "trace", "getouterframes", "getinnerframes", "getframeinfo",
                   "currentframe"},
    "traceback.py": {"walk_stack", "walk_tb", "extract_stack", "format_stack", "print_stack",
                     "extract", "_extract_from_extended_frame_gen", "extended_frame_gen"},
    "logging/__init__.py": {"currentframe", "<lambda>"},
    "asyncio/base_tasks.py": set(),
    "asyncio/tasks.py": {"get_stack"},
    "ctypes/__init__.py": set(),
    "bdb.py": set(),
    "guest/evidence.py": set(),
}  # fmt: skip
_QUIET_HELPERS = {"walk_tb", "extract"}  # on the way of `traceback.print_exc`, which is innocent


class Hook(NamedTuple):
    """What the hook's owner may ask of it.

    kinds:       of files: "library", "instructor" or "learner".
    testing:     its one item says whether a test runs.
    note:        writes a code and a place to the pipe.
    kind:        whose code is in a file of this name.
    is_learners: whether a function, or the class of an object, comes from a learner's code.
    """

    kinds: dict[str, str]
    testing: list[bool]
    note: Callable[[str, str], None]
    kind: Callable[[str], str]
    is_learners: Callable[[object], bool]


def install(
    descriptor: int, roots: tuple[str, ...], seal: Callable | None, own: Iterable[ModuleType]
) -> Hook:
    """Install the hook in this process, for good.

    descriptor: the writing end of the evidence pipe.
    roots:      of the files of libraries.
    seal:       seals (body, turn, place) of a message.
    own:        modules of the grader's, which nobody is to change.
    """
    write, getframe, ident, process, here = (
        os.write, sys._getframe, _thread.get_ident, os.getpid, os.getpid(),
    )  # fmt: skip
    kinds: dict[str, str] = {}
    sent: dict[str, set] = {}
    busy: set[int] = set()
    testing, intact = [False], _unchanged(own)
    type_of, is_kind_of, size, new_set, any_error, no_pipe, octets = (
        type, issubclass, len, set, Exception, OSError, bytes,
    )  # fmt: skip
    names_of, function, partial_, wrapped = (
        _names_of, FunctionType, partial, (partial, MethodType, staticmethod, classmethod),
    )  # fmt: skip
    frames, innards, native, quiet_helpers, most = (
        _FRAMES, _INNARDS, _NATIVE, frozenset(_QUIET_HELPERS), MAX_EACH,
    )  # fmt: skip
    codes = {event: code for code, names in _EVENTS.items() for event in names.split()}
    helpers = [("/" + end, frozenset(names), end == "bdb.py") for end, names in _HELPERS.items()]
    libraries, seal_event, verdict = ("<frozen ", *roots), SEAL, VERDICT
    printable = octets(n if 32 <= n < 127 else 63 for n in range(256))

    # Below here no name is looked up outside `install`: a test says so.

    def note(code, where):
        places = sent.setdefault(code, new_set())
        if where not in places and size(places) < most:
            places.add(where)
            line = f"{code} {where[:100]}".encode("ascii", "replace").translate(printable)
            try:
                write(descriptor, line + b"\n")
            except no_pipe:  # the host sees that the pipe has ended
                pass

    def kind(file):
        known = kinds.get(file)
        if known is None:
            known = kinds[file] = "library" if file.startswith(libraries) else "learner"
        return known

    def is_learners(value):
        while type_of(value) in wrapped:
            value = value.func if type_of(value) is partial_ else value.__func__
        if type_of(value) is function:
            return kind(value.__code__.co_filename) == "learner"
        own_kind = value if is_kind_of(type_of(value), type_of) else type_of(value)
        for each in names_of(own_kind).values():
            if type_of(each) is function and kind(each.__code__.co_filename) == "learner":
                return True
        return False

    def is_helper(code, quiet):
        for end, names, debugger in helpers:
            if code.co_filename.endswith(end):
                hidden = quiet and code.co_name in quiet_helpers
                hands_out = not names or (code.co_name in names and not hidden)
                return hands_out and not (debugger and quiet)
        return False

    def blame(code, frame, any_way):
        whose = kind(frame.f_code.co_filename)
        quiet = not testing[0] or frame.f_code.co_name in quiet_helpers
        while whose == "library" and (any_way or is_helper(frame.f_code, quiet)):
            frame = frame.f_back
            whose = kind(frame.f_code.co_filename) if frame is not None else "nobody"
        if whose == "learner":
            name = frame.f_code.co_filename.rpartition("/")[2]
            note(code, f"{name}:{frame.f_lineno}")

    def reads(owner, name):
        if name == "__kwdefaults__":  # a dictionary: it can be changed without being set
            return "" if is_learners(owner) else "code"
        return "frames" if name in frames else ""

    def sets(owner, name, value):
        inside = name in innards or (name == "__bases__" and is_kind_of(type_of(owner), type_of))
        return "code" if inside and not is_learners(owner) else ""

    def imports(name, *rest):
        return "memory" if name.partition(".")[0] in native else ""

    def executes(code):
        return "grader" if "/lessonlib/grading/" in code.co_filename else ""

    def compiles(source, name):
        name = name.decode("utf-8", "replace") if type_of(name) is octets else name or ""
        return "disguise" if kind(name) != "learner" else ""

    def profiles(*rest):
        return "tracing" if testing[0] else ""  # cProfile does so, too: see `after_cell`

    looks = {
        "object.__getattr__": reads, "object.__setattr__": sets, "import": imports,
        "exec": executes, "compile": compiles, "sys.setprofile": profiles,
    }  # fmt: skip

    def sealed(box, frame):
        body, turn, place = box
        if process() != here:
            if body[:1] != verdict:  # only an answer to a check is sealed in a fork
                box.append(seal(body, turn, place))
            return
        while frame is not None:
            if kind(frame.f_code.co_filename) == "learner":
                return note("grader", "seal")
            frame = frame.f_back
        if not intact():
            note("grader", "changed")
        box.append(seal(body, turn, place))

    def hook(event, args):
        if event not in codes and event not in looks and event != seal_event:
            return
        me = ident()
        if me in busy:
            return
        busy.add(me)
        try:
            if event == seal_event:
                sealed(args[0], getframe(1))
                return
            code = codes.get(event) or looks[event](*args)
            if code:
                blame(code, getframe(1), code == "grader" or args[1:2] == ("__code__",))
        except any_error:  # what cannot be looked at is no evidence
            pass
        finally:
            busy.discard(me)

    sys.addaudithook(hook)
    return Hook(kinds, testing, note, kind, is_learners)


def _unchanged(modules: Iterable[ModuleType]) -> Callable[[], bool]:
    """Return a function that says whether these modules, and their classes, are as they are now."""
    spaces = [vars(module) for module in modules]
    classes = [value for space in spaces for value in space.values() if isinstance(value, type)
               and value.__module__ == space["__name__"]]  # fmt: skip
    spaces += [_names_of(each) for each in classes]
    spaces += [space["__builtins__"] for space in spaces
               if isinstance(space.get("__builtins__"), dict)]  # fmt: skip
    known = [(space, dict(space)) for space in spaces]
    size, grows = len, frozenset(GROWS)

    def intact():
        for space, items in known:
            for name, value in items.items():
                if space.get(name) is not value and name not in grows:
                    return False
            if size(space) > size(items):
                for name in space:
                    if name not in items and name not in grows:
                        return False
        return True

    return intact
