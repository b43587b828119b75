"""Idioms of ordinary tests of files, modules beside the notebook, processes, and time."""

# What the instructor put beside the notebook.
FILES = {
    "data/rain.csv": "day,mm\nMon,3.5\nTue,0\nWed,12\n",
    "words.txt": "apple\nbanana\ncherry\n",
    "geometry.py": '"""A module of the course."""\n\nUNIT = "cm"\n\n\ndef area(w, h):\n'
    '    """Return the area.\n\n    >>> area(2, 3)\n    6\n    """\n    return w * h\n',
    "checks/__init__.py": "from .plain import same\n",
    "checks/plain.py": "def same(a, b):\n    assert a == b, f'{a} is not {b}'\n",
}

TEXT = r"""
=== a module beside the notebook
--- given
import geometry
--- answer
def volume(w, h, d):
    return geometry.area(w, h) * d
--- wrong
def volume(w, h, d):
    return w + h + d
--- test
import geometry

assert volume(2, 3, 4) == 24
assert geometry.UNIT == "cm" and geometry.__name__ == "geometry"

=== a package beside the notebook tests
--- answer
def plus(a, b):
    return a + b
--- wrong
def plus(a, b):
    return a - b
--- test
from checks import same

same(plus(1, 2), 3)

=== a module beside the notebook is patched
--- answer
def box(w, h):
    return f"{geometry.area(w, h)} {geometry.UNIT}2"
--- wrong
def box(w, h):
    return f"{w * h} cm2"
--- test
from unittest.mock import patch

with patch("geometry.area", return_value=99):
    assert box(1, 2) == "99 cm2"
with patch.object(geometry, "UNIT", "m"):
    assert box(1, 2) == "2 m2"
assert geometry.area(1, 2) == 2

=== a module is imported again
--- given
import importlib
--- answer
geometry.UNIT = "mm"
unit_was = geometry.UNIT
--- wrong
unit_was = "cm"
--- test
assert unit_was == "mm"
importlib.reload(geometry)
assert geometry.UNIT == "cm"

=== a doctest in a module
--- answer
from geometry import area as area_of_box
--- wrong
def area_of_box(w, h):
    return w * h
--- test
import doctest

assert doctest.testmod(geometry).failed == 0
assert area_of_box is geometry.area

=== a data file by a relative path
--- answer
with open("data/rain.csv") as file:
    rainy = sum(float(line.split(",")[1]) > 0 for line in file.readlines()[1:])
--- wrong
rainy = 3
--- test
assert rainy == 2
with open("data/rain.csv") as file:
    assert len(file.readlines()) == 4, "the data file was changed"

=== csv
--- answer
import csv


def rain_of(path):
    with open(path, newline="") as file:
        return {row["day"]: float(row["mm"]) for row in csv.DictReader(file)}
--- wrong
def rain_of(path):
    return {"Mon": 3.5, "Tue": 0.0, "Wed": 12.0}
--- test
assert rain_of("data/rain.csv") == {"Mon": 3.5, "Tue": 0.0, "Wed": 12.0}
with open("made.csv", "w") as file:
    file.write("day,mm\nSun,1\n")
assert rain_of("made.csv") == {"Sun": 1.0}

=== pandas reads the file
--- answer
import pandas as pd

rain = pd.read_csv("data/rain.csv", index_col="day")
wettest = rain["mm"].idxmax()
--- wrong
wettest = "Mon"
rain = None
--- test
assert wettest == "Wed"
pd.testing.assert_frame_equal(rain, pd.read_csv("data/rain.csv").set_index("day"))

=== a file that the answer wrote
--- answer
with open("result.txt", "w") as file:
    print("42", file=file)
--- wrong
with open("result.txt", "w") as file:
    print("41", file=file)
--- test
from pathlib import Path

assert Path("result.txt").exists(), "you wrote no file"
assert Path("result.txt").read_text().strip() == "42"
assert int(open("result.txt").read()) == 42

=== a file that the test wrote
--- answer
def count_lines(path):
    with open(path) as file:
        return sum(1 for line in file if line.strip())
--- wrong
def count_lines(path):
    return 3
--- test
assert count_lines("words.txt") == 3
with open("made_by_test.txt", "w") as file:
    file.write("a\n\nb\n")
try:
    assert count_lines("made_by_test.txt") == 2
finally:
    import os

    os.remove("made_by_test.txt")
assert not os.path.exists("made_by_test.txt")

=== a missing file
--- answer
def read_or_empty(path):
    try:
        return open(path).read()
    except FileNotFoundError:
        return ""
--- wrong
def read_or_empty(path):
    return open(path).read()
--- test
assert read_or_empty("no such file") == ""
assert read_or_empty("words.txt").startswith("apple")

=== tempfile
--- answer
import json


def save(thing, path):
    with open(path, "w") as file:
        json.dump(thing, file)


def load_back(path):
    with open(path) as file:
        return json.load(file)
--- wrong
import json


def save(thing, path):
    save.kept = thing


def load_back(path):
    return save.kept
--- test
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "thing.json")
    save({"a": [1, None]}, path)
    assert os.listdir(folder) == ["thing.json"]
    assert load_back(path) == {"a": [1, None]}
with tempfile.NamedTemporaryFile("w+", suffix=".json") as file:
    file.write("[1]")
    file.flush()
    assert load_back(file.name) == [1]

=== paths
--- answer
from pathlib import Path


def text_files(folder):
    return sorted(path.name for path in Path(folder).glob("*.txt") if path.name == "words.txt")


here = Path("data") / "rain.csv"
--- wrong
def text_files(folder):
    return []


here = "data/rain.csv"
--- test
from pathlib import Path, PurePath

assert isinstance(here, PurePath) and here.suffix == ".csv" and here.exists()
assert text_files(".") == ["words.txt"]
assert here.resolve().parent.parent == Path.cwd()

=== the working folder
--- answer
import os

here_files = [name for name in os.listdir() if name == "words.txt"]
--- wrong
here_files = []
--- test
assert here_files == ["words.txt"]
old = os.getcwd()
os.chdir("data")
try:
    assert os.path.exists("rain.csv") and os.path.isfile("../words.txt")
finally:
    os.chdir(old)

=== os.environ
--- answer
import os


def token():
    return os.environ.get("COURSE_TOKEN", "none")
--- wrong
import os

_token = os.environ.get("COURSE_TOKEN", "none")


def token():
    return _token
--- test
from unittest.mock import patch

assert token() == "none"
os.environ["COURSE_TOKEN"] = "abc"
assert token() == "abc"
del os.environ["COURSE_TOKEN"]
with patch.dict("os.environ", {"COURSE_TOKEN": "x"}):
    assert token() == "x"

=== subprocess
--- answer
import subprocess
import sys


def run_python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
--- wrong
def run_python(code):
    return eval(code)
--- test
done = run_python("print(6 * 7)")
assert done.returncode == 0 and done.stdout.strip() == "42"
assert run_python("raise SystemExit(3)").returncode == 3

=== a pipe of programs
--- answer
sorted_words = subprocess.check_output("cat words.txt | sort -r | head -n 1", shell=True)
--- wrong
sorted_words = "cherry"
--- test
assert sorted_words.decode().strip() == "cherry"

=== a script beside the notebook, run by the test
--- answer
with open("script.py", "w") as file:
    file.write("import sys\nprint(sum(map(int, sys.argv[1:])))\n")
--- wrong
with open("script.py", "w") as file:
    file.write("print(3)\n")
--- test
import subprocess
import sys

told = subprocess.run([sys.executable, "script.py", "1", "2", "4"], capture_output=True, text=True)
assert told.stdout == "7\n", told.stdout + told.stderr

=== a pool of processes
--- answer
from multiprocessing import get_context


def cube(x):
    return x**3


def cubes(values):
    with get_context("fork").Pool(2) as pool:
        return pool.map(cube, values)
--- wrong
def cube(x):
    return x**3


def cubes(values):
    return list(values)
--- test
assert cubes(range(4)) == [0, 1, 8, 27]

=== sqlite
--- answer
import sqlite3


def store(connection, rows):
    connection.execute("CREATE TABLE fruit (name TEXT, n INTEGER)")
    connection.executemany("INSERT INTO fruit VALUES (?, ?)", rows)
    connection.commit()


query = "SELECT name FROM fruit WHERE n > 1 ORDER BY name"
--- wrong
import sqlite3


def store(connection, rows):
    connection.execute("CREATE TABLE fruit (name TEXT, n INTEGER)")


query = "SELECT * FROM fruit"
--- test
connection = sqlite3.connect(":memory:")
store(connection, [("fig", 2), ("apple", 5), ("lime", 1)])
assert connection.execute(query).fetchall() == [("apple",), ("fig",)]
assert pd.read_sql(query, connection)["name"].tolist() == ["apple", "fig"]
connection.close()

=== a database file across cells
--- answer
db = sqlite3.connect("shop.db")
with db:
    db.execute("CREATE TABLE IF NOT EXISTS t (x)")
    db.execute("DELETE FROM t")
    db.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
--- wrong
db = sqlite3.connect("shop.db")
with db:
    db.execute("CREATE TABLE IF NOT EXISTS t (x)")
--- test
other = sqlite3.connect("shop.db")
assert other.execute("SELECT sum(x) FROM t").fetchone() == (3,)
assert db.execute("SELECT count(*) FROM t").fetchone()[0] == 2
other.close()

=== json
--- answer
import json


def to_json(thing):
    return json.dumps(thing, sort_keys=True, indent=1)
--- wrong
def to_json(thing):
    return str(thing)
--- test
text = to_json({"b": [True, None], "a": "é"})
assert json.loads(text) == {"a": "é", "b": [True, None]}
assert text.index('"a"') < text.index('"b"') and "\\u00e9" in text

=== pickle to a file
--- answer
import pickle


def keep(thing, path):
    with open(path, "wb") as file:
        pickle.dump(thing, file)
--- wrong
def keep(thing, path):
    with open(path, "w") as file:
        file.write(repr(thing))
--- test
keep({1: {"x"}}, "kept.pkl")
with open("kept.pkl", "rb") as file:
    assert pickle.load(file) == {1: {"x"}}

=== arrays in files
--- answer
import numpy as np

np.save("weights.npy", np.arange(3))
np.savetxt("weights.csv", np.eye(2), delimiter=",")
--- wrong
import numpy as np

np.save("weights.npy", np.arange(4))
--- test
assert np.load("weights.npy").tolist() == [0, 1, 2]
assert np.loadtxt("weights.csv", delimiter=",").trace() == 2

=== zip and gzip
--- answer
import zipfile


def pack_up(path, texts):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(name, text)
--- wrong
def pack_up(path, texts):
    open(path, "w").write(str(texts))
--- test
import io
import zipfile

buffer = io.BytesIO()
pack_up(buffer, {"a.txt": "A"})
with zipfile.ZipFile(buffer) as archive:
    assert archive.namelist() == ["a.txt"] and archive.read("a.txt") == b"A"

=== a text stream instead of a file
--- answer
def longest_line(stream):
    return max((line.rstrip("\n") for line in stream), key=len)
--- wrong
def longest_line(stream):
    return stream.readline()
--- test
import io

assert longest_line(io.StringIO("a\nbbb\ncc\n")) == "bbb"
with open("words.txt") as file:
    assert longest_line(file) == "banana"

=== open is mocked
--- answer
def first_word(path):
    with open(path) as file:
        return file.read().split()[0]
--- wrong
def first_word(path):
    return "apple"
--- test
from unittest.mock import mock_open, patch

with patch("__main__.open", mock_open(read_data="lemon tree")) as opened:
    assert first_word("anything") == "lemon"
opened.assert_called_once_with("anything")
assert first_word("words.txt") == "apple"

=== a web page is mocked
--- answer
import urllib.request


def title_of(address):
    with urllib.request.urlopen(address) as page:
        text = page.read().decode()
    return text.split("<title>")[1].split("</title>")[0]
--- wrong
def title_of(address):
    return "Home"
--- test
import io
from unittest.mock import patch

with patch("urllib.request.urlopen", return_value=io.BytesIO(b"<title>Cats</title>")) as opened:
    assert title_of("http://example.org") == "Cats"
assert opened.call_args.args == ("http://example.org",)

=== a server on this machine
--- answer
import http.server


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello from " + self.path.encode())

    def log_message(self, *args):
        pass
--- wrong
class Hello(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass
--- test
import http.server
import threading
import urllib.request

server = http.server.HTTPServer(("127.0.0.1", 0), Hello)
thread = threading.Thread(target=server.serve_forever, daemon=True)
thread.start()
try:
    address = f"http://127.0.0.1:{server.server_port}/x"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    assert opener.open(address, timeout=5).read() == b"hello from /x"
finally:
    server.shutdown()
    server.server_close()

=== an alarm stops what takes too long
--- answer
def search(values, wanted):
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low if low < len(values) and values[low] == wanted else -1
--- wrong
def search(values, wanted):
    k = 0
    while True:
        if k < len(values) and values[k] == wanted:
            return k
--- test
import signal


class TooSlow(Exception):
    pass


def ring(number, frame):
    raise TooSlow


old = signal.signal(signal.SIGALRM, ring)
signal.alarm(1)
try:
    assert search([1, 3, 5], 5) == 2 and search([1, 3], 2) == -1
except TooSlow:
    raise AssertionError("your search did not come to an end")
finally:
    signal.alarm(0)
    signal.signal(signal.SIGALRM, old)

=== time is frozen
--- answer
import datetime


def year_now():
    return datetime.datetime.now().year
--- wrong
def year_now():
    return 2024
--- test
from unittest.mock import patch

with patch("datetime.datetime") as fake:
    fake.now.return_value.year = 1999
    assert year_now() == 1999
assert year_now() >= 2024

=== sys.argv and argparse
--- answer
import argparse


def parse(words):
    parser = argparse.ArgumentParser(prog="tool")
    parser.add_argument("name")
    parser.add_argument("-n", type=int, default=1)
    return parser.parse_args(words)
--- wrong
def parse(words):
    return words
--- test
import contextlib
import io

assert parse(["x", "-n", "3"]).n == 3 and vars(parse(["y"])) == {"name": "y", "n": 1}
with contextlib.redirect_stderr(io.StringIO()) as told:
    try:
        parse([])
    except SystemExit as leave:
        assert leave.code == 2
    else:
        raise AssertionError("it should end")
assert "usage: tool" in told.getvalue()

=== standard input is replaced
--- answer
import sys


def add_lines():
    return sum(int(line) for line in sys.stdin)
--- wrong
def add_lines():
    return 6
--- test
import io
import sys

sys.stdin, old = io.StringIO("1\n2\n3\n"), sys.stdin
try:
    assert add_lines() == 6
    sys.stdin = io.StringIO("5\n")
    assert add_lines() == 5
finally:
    sys.stdin = old

=== a module of the learner's own
--- answer
with open("mymodule.py", "w") as file:
    file.write("def secret():\n    return 'open'\n")
import mymodule
--- wrong
class mymodule:
    @staticmethod
    def secret():
        return "open"
--- test
import types

assert isinstance(mymodule, types.ModuleType)
assert mymodule.secret() == "open"
assert mymodule.__file__.endswith("mymodule.py")

=== a module is put together by hand
--- answer
import types

tools = types.ModuleType("tools")
tools.hammer = lambda: "bang"
sys.modules["tools"] = tools
--- wrong
tools = None
--- test
import tools as imported

assert imported.hammer() == "bang"
del sys.modules["tools"]

=== exec of a file beside the notebook
--- answer
scope_of_file = {}
exec(open("geometry.py").read(), scope_of_file)
--- wrong
scope_of_file = {"area": lambda w, h: w + h}
--- test
assert scope_of_file["area"](3, 5) == 15

=== versions and platform
--- answer
import platform

major = sys.version_info.major
system = platform.system()
--- wrong
major, system = "3", ""
--- test
assert major == 3 and sys.version_info >= (3, 8)
assert system == platform.system() and isinstance(system, str)

=== time passes
--- answer
import time


def stopwatch(function):
    started = time.perf_counter()
    function()
    return time.perf_counter() - started
--- wrong
def stopwatch(function):
    return 0.0
--- test
assert 0.04 < stopwatch(lambda: time.sleep(0.05)) < 2

=== locale, text and bytes
--- answer
def clean(text):
    import unicodedata

    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
--- wrong
def clean(text):
    return text
--- test
assert clean("Zoë Ångström") == "Zoe Angstrom"
assert "ß".upper() == "SS" and "名前".encode() == b"\xe5\x90\x8d\xe5\x89\x8d"
"""
