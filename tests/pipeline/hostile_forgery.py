# ruff: noqa: E501 (the cells of notebooks, as text)
"""Forgers and middlemen: those who speak to the judge themselves, or keep others from speaking."""

from hostile_kit import LEFT, NO_WORDS, WRONG_WORDS, ps1, relu, words

# Everything that a process could find of its connection to the judge.
FIND = """
import gc, os, socket, struct, sys
def sockets():
    found = []
    for fd in range(3, 64):
        try:
            if os.readlink(f"/proc/self/fd/{fd}").startswith("socket"):
                found.append(fd)
        except OSError:
            try:
                socket.socket(fileno=os.dup(fd)).close()
                found.append(fd)
            except OSError:
                pass
    return found
def wires():
    return [o for o in gc.get_objects() if type(o).__name__ in ("Wire", "Session", "Runner")]
def closed_over(function, depth=3):
    for cell in function.__closure__ or ():
        value = cell.cell_contents
        yield value
        if depth and hasattr(value, "__closure__"):
            yield from closed_over(value, depth - 1)
"""
ANY_STATE = ("graded", "timed out", "killed")


def forger(name, body, lost=NO_WORDS, state=ANY_STATE, answer="0") -> None:
    """Add one that speaks to the judge where count_words should only return."""
    ps1(f"forges: {name}", words(f"{body}\nreturn {answer}"), lost, state,
        first=[FIND], tampers=True, harms=True, stock=False)  # fmt: skip


forger("garbage on every socket", "for fd in sockets(): os.write(fd, os.urandom(500))")
forger("lengths without an end", "for fd in sockets():\n"
       "    os.write(fd, struct.pack('!QQQ16s', 2**63, 1, 1, b'x' * 16))")  # fmt: skip
forger("megabytes of small frames", "for fd in sockets():\n    os.set_blocking(fd, False)\n"
       "    frame = struct.pack('!QQQ16s', 1, 1, 1, b'x' * 16) + b'v'\n    try:\n"
       "        for k in range(20_000): os.write(fd, frame * 100)\n"
       "    except OSError: pass")  # fmt: skip
forger("a verdict without a key", "for fd in sockets():\n    for turn in range(300):\n"
       "        os.write(fd, struct.pack('!QQQ16s', 2, turn, 1, b'x' * 16) + b'vp')")  # fmt: skip
forger("a verdict by the wire itself", "for o in wires():\n"
       "    if hasattr(o, 'send_body'): o.send_body(b'vpassed')\n"
       "    if hasattr(o, 'wire'): o.wire.send_body(b'vpassed\\n4.0')")  # fmt: skip
forger("every verdict that it can think of", "for o in wires():\n    w = getattr(o, 'wire', o)\n"
       "    for body in (b'vp', b'vpassed', b'vpassed 2.0', b'vpassed\\n', b'v\\x01', b'vp2.0', "
       "b'j{\"outcome\": \"passed\"}'):\n"
       "        try: w.send_body(body)\n        except Exception: pass")  # fmt: skip
forger("the key from closures", "for o in wires():\n    w = getattr(o, 'wire', o)\n"
       "    seal = getattr(w, '_seal', None)\n    if seal:\n"
       "        print(list(closed_over(seal)))\n        body = b'vpassed'\n"
       "        w.end.sendall(struct.pack('!QQQ16s', len(body), w.turn, w.sent + 1, "
       "seal(body, w.turn, w.sent + 1)) + body)")  # fmt: skip
forger("another runner", "import types\nfor o in wires():\n    for name in dir(type(o)):\n"
       "        if name in ('run', 'once', '_outcome', 'survivors'):\n"
       "            setattr(type(o), name, lambda *a, **k: (('passed', None, None), []))")  # fmt: skip
forger("the verdict's functions", "import sys\nfor module in list(sys.modules.values()):\n"
       "    for name in ('_verdict', '_outcome', 'encode', 'as_good_as'):\n"
       "        if hasattr(module, name): setattr(module, name, lambda *a, **k: b'vpassed')\n"
       "for f in [o for o in gc.get_objects() if type(o).__name__ == 'function'"
       " and o.__name__ == '_verdict']:\n    f.__code__ = (lambda outcome: b'p').__code__")  # fmt: skip
forger("a fork that answers later", "if os.fork() == 0:\n    os.setsid()\n    import time\n"
       "    time.sleep(0.05)\n    return 4")  # fmt: skip
forger("answers by two at a time", "os.fork()\nos.fork()", lost=NO_WORDS)
forger("hangs up", "os.closerange(3, 64)")
forger("another end for the connection", "a, b = socket.socketpair()\nfor fd in sockets():\n"
       "    if fd not in (a.fileno(), b.fileno()): os.dup2(a.fileno(), fd)")  # fmt: skip
forger("a program in its place", "os.execv('/bin/sleep', ['sleep', '1'])")
forger("Python in its place", "os.execv(sys.executable, [sys.executable, '-c', 'print(1)'])")
forger("reads what is meant for the judge's side", "for fd in sockets():\n"
       "    os.set_blocking(fd, False)\n    try: print(os.read(fd, 10**6))\n"
       "    except OSError: pass")  # fmt: skip
forger("nothing on the pipe of evidence", "for fd in range(3, 64):\n    if fd not in sockets():\n"
       "        try: os.close(fd)\n        except OSError: pass\n"
       "gc.get_objects()")  # fmt: skip
ps1("forges: an audit hook that stops the others", WRONG_WORDS, NO_WORDS, ANY_STATE, tampers=True,
    harms=True, stock=False, first=["import sys\ndef hook(event, args):\n    raise RuntimeError(event)\n"
    "try:\n    sys.addaudithook(hook)\nexcept Exception:\n    pass"])  # fmt: skip

# --- the same against checks, which are judged elsewhere -----------------------------------------

WRONG_RELU = {"relu": "def relu(z):\n    return z"}
LOST_RELU = {"relu": 1, "layer_forward": 1}
relu("forges: values for a check", {"relu": FIND + "def relu(z):\n    for o in wires():\n"
     "        w = getattr(o, 'wire', o)\n"
     "        try: w.send({'value': 0, 'after': [], 'printed': '', 'warnings': []})\n"
     "        except Exception: pass\n    return z"}, LOST_RELU, ANY_STATE, stock=False)  # fmt: skip
relu("forges: what a check compares", WRONG_RELU, LOST_RELU, harms=True, stock=False, first=[
    "import lessonlib.checks, sys\nfor name, module in list(sys.modules.items()):\n"
    "    if name.startswith('lessonlib'):\n        for key in list(vars(module)):\n"
    "            if callable(getattr(module, key)): setattr(module, key, lambda *a, **k: True)"],
    state=ANY_STATE)  # fmt: skip
relu("forges: reads the frames of a check", {"relu": "import sys\ndef relu(z):\n"
     "    frame = sys._getframe()\n    while frame:\n        for value in frame.f_locals.values():\n"
     "            reference = getattr(value, 'reference', None)\n"
     "            if callable(reference): return reference(z)\n        frame = frame.f_back\n"
     "    return z"}, LOST_RELU, stock=False)  # fmt: skip
relu("forges: another answer for each call", {"relu": "calls = []\ndef relu(z):\n"
     "    calls.append(1)\n    return np.maximum(z, 0) if len(calls) > 40 else z"},
     LOST_RELU, stock=False)  # fmt: skip
relu("forges: an answer from a thread", {"relu": "import threading, time\ndef relu(z):\n"
     "    def later():\n        time.sleep(0.2)\n        z[...] = 0\n"
     "    threading.Thread(target=later, daemon=True).start()\n    return z"}, LOST_RELU,
     stock=False)  # fmt: skip
relu("forges: an array that is another each time", {"relu": "class A(np.ndarray):\n"
     "    def __array__(self, *a, **k): return np.maximum(np.asarray(self), 0)\n"
     "    tobytes = tolist = lambda self: [0]\n    shape = property(lambda self: (1,))\n"
     "def relu(z):\n    return z.view(A)"}, LOST_RELU | {"downhill": 2}, stock=False)  # fmt: skip

# --- reaching out --------------------------------------------------------------------------------

ps1("calls home in other ways", stock=False, first=["""
import socket
NAMES = "AF_VSOCK AF_NETLINK AF_PACKET AF_ALG AF_BLUETOOTH AF_CAN AF_TIPC AF_QIPCRTR"
for family in (getattr(socket, n, 99) for n in NAMES.split()):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(family, kind)
            print("OPENED", family, kind)
        except (OSError, OverflowError):
            pass
""", """
with socket.socket(socket.AF_UNIX) as s:
    for path in ("/run/dbus/system_bus_socket", "/var/run/docker.sock", "\\0dbus", "/tmp/.X11-unix/X0"):
        try:
            s.connect(path)
            print("OPENED", path)
        except OSError:
            pass
""", """
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for address in (("169.254.169.254", 80), ("8.8.8.8", 53)):
    try:
        s.sendto(b"x", address)
        print("OPENED", address)
    except OSError:
        pass
"""])  # fmt: skip
ps1("asks for the rights of others", stock=False, tampers=True, first=[f"""
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for number in (101, 155, 161, 165, 166, 175, 246, 248, 250, 272, 304, 308, 310, 311, 321, 425, 435):
    print(number, libc.syscall(number, 0, 0, 0, 0, 0))
for name in ("setuid", "setgid", "seteuid"):
    try:
        getattr(os, name)(0)
    except OSError as error:
        print(error)
try:
    os.mkdir("/proc/{LEFT}")
    os.chroot("/")
except OSError as error:
    print(error)
"""])  # fmt: skip
