# ruff: noqa: E501 (the cells of notebooks, as text)
"""Those whose pages act, those who carry hidden tests out, and names that are more than names."""

from pathlib import Path

import nbformat
from hostile_kit import (
    NO_WORDS,
    PS1,
    add,
    file,
    name_of,
    notebook,
    ps1,
    ps2,
    right,
    words,
)  # fmt: skip

EVIL = "evil.example"  # where nothing of a page may come from, or go to without being asked


def markdown(text: str):
    """Return a Markdown cell."""
    return nbformat.v4.new_markdown_cell(text)


ACTS = {
    "javascript links": "[x](javascript:alert(1)) [y](JaVaScRiPt:alert(1)) [z](java\tscript:alert(1))"
        " [a](&#106;avascript:alert(1)) <a href='vbscript:alert(1)'>b</a>\n\n[c]\n\n"
        "[c]: javascript:alert(1)\n\n<javascript:alert(1)>",
    "data links": "[x](data:text/html,<script>alert(1)</script>) ![y](data:image/svg+xml,"
        "<svg/onload=alert(1)>) <object data='data:text/html,alert(1)'></object>",
    "something over the page": "<a href='http://evil.example' class='modal-backdrop' style='position:"
        "fixed;top:0;left:0;width:9999px;height:9999px'>Log in</a><div id='evil' class='modal show'>"
        "</div><dialog open>x</dialog>",
    "pictures from elsewhere": "![x](http://evil.example/x.png) ![y](//evil.example/y.png) "
        "<img src='/logout'> <img srcset='http://evil.example/z.png 2x'> "
        "<video poster='http://evil.example/v'></video> <input type=image src=//evil.example>",
    "frames and forms": "<iframe src='http://evil.example'></iframe><form action='/logout'>"
        "<button formaction='javascript:alert(1)'>x</button></form><base href='http://evil.example/'>"
        "<meta http-equiv='refresh' content='0;url=http://evil.example'><embed src=//evil.example>"
        "<link rel=stylesheet href=http://evil.example/x.css><portal src=//evil.example>",
    "events": "<img src=x onerror=alert(1)><details open ontoggle=alert(1)><svg onload=alert(1)>"
        "<body onload=alert(1)><marquee onstart=alert(1)>x</marquee><a autofocus onfocus=alert(1)>",
    "styles": "<style>@import 'http://evil.example/x'; body { display: none }</style>"
        "<p style=\"background:url('http://evil.example/y')\">x</p>"
        "<p style='" + "(" * 90_000 + "'>y</p>",
    "scripts": "<script>alert(1)</script><script src=//evil.example></script><svg><script>alert(1)"
        "</script></svg><math><mtext><script>alert(1)</script></mtext></math><noscript><p title=\""
        "</noscript><img src=x onerror=alert(1)>\">",
    "formulas": r"$\href{javascript:alert(1)}{x}$ $$\unicode{x3c}script\unicode{x3e}alert(1)$$"
        r" \(\class{modal-backdrop}{x}\) $\style{background:url(http://evil.example)}{x}$"
        r" $\require{html}\cssId{evil}{x}$",
    "nested tags": "<b>" * 50_000 + "x" + "</i>" * 50_000,
    "nested quotes": "> " * 20_000 + "x\n" + "- " * 5_000 + "x\n" + "[" * 20_000 + "](" * 20_000,
    "tricks of Markdown": "`" * 20_001 + "\n<!--\n--!><img src=x onerror=alert(1)>\n-->\n```{=html}\n"
        "<script>alert(1)</script>\n```\n[x](<javascript:alert(1)>)\n![](x 'y\" onerror=alert(1)')",
}  # fmt: skip
for _name, _text in ACTS.items():
    answered = notebook(PS1, last=[markdown(_text)])
    for _cell in answered.cells:
        if name_of(_cell) == "explain":
            _cell.source = f"My answer. {_text}"
    add(f"acts: {_name}", PS1, answered, stock=False)
    ps1(
        f"acts in an output: {_name}",
        stock=False,
        first=[
            f"from IPython.display import *\ntext = {_text!r}\n"
            "for kind in ('text/html', 'text/markdown', 'text/latex', 'image/svg+xml', 'text/plain',"
            " 'application/javascript', 'application/vnd.jupyter.widget-view+json', 'application/pdf'):\n"
            "    display({kind: text, 'text/plain': text}, raw=True)",
            f"text = {_text!r}\nprint(text)\nraise type(text[:200].replace(chr(0), ''), (Exception,), {{}})(text)",
        ],
    )


def _edited(change):
    made = right(PS1)
    change(made)
    return made


def _everywhere(made):
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    made.metadata.update(title=evil, authors=[{"name": evil}], widgets={"x": evil},
                         kernelspec={"name": evil, "display_name": evil, "language": evil},
                         language_info={"name": evil, "pygments_lexer": evil})  # fmt: skip
    for cell in made.cells:
        cell.metadata.update(
            tags=["x y", "raises-exception"], name=evil, slideshow={"slide_type": evil}
        )
    made.cells.append(nbformat.v4.new_raw_cell(evil, metadata={"format": "text/html"}))
    attached = markdown("![x](attachment:x.png) ![y](attachment:y)")
    attached["attachments"] = {
        "x.png": {"image/png": evil},
        "y": {"text/html": evil, "image/svg+xml": evil},
    }
    made.cells.append(attached)


add(
    "acts: in all of its metadata",
    PS1,
    _edited(_everywhere),
    state=("graded", "repaired"),
    stock=False,
)
ps1("acts: escapes for a terminal", words("raise ValueError('\\x1b]0;x\\x07\\x1b[2J\\r\\n\\u202e')"),
    NO_WORDS, first=["print('\\x1b]8;;http://evil.example\\x1b\\\\x\\x1b]8;;\\x1b\\\\ \\x9b31m')"],
    stock=False)  # fmt: skip

# --- hidden tests carried out --------------------------------------------------------------------

KEEP = {
    "a list": ("kept.append(text)", "print(kept)"),
    "a file": ("open('heard.txt', 'a').write(text)", "print(open('heard.txt').read())"),
    "a file name": ("open(f'heard {text}'[:200].replace('/', ''), 'w')", "import os\nprint(os.listdir())"),
    "a folder elsewhere": ("import os\nos.makedirs('/tmp/' + text.replace('/', ''), exist_ok=True)",
                           "import os\nprint(os.listdir('/tmp'), os.listdir('/dev/shm'))"),
    "the environment": ("import os\nos.environ['HEARD'] = os.environ.get('HEARD', '') + text",
                        "import os\nprint(os.environ.get('HEARD'))\n!echo $HEARD"),
    "a module": ("np.heard = getattr(np, 'heard', '') + text", "print(np.heard)"),
    "a thread": ("import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.3), "
                 "print(text))).start()", "import time\ntime.sleep(0.5)"),
    "descriptor one": ("import os\nos.write(1, text.encode())\nos.write(2, text.encode())", ""),
    "a warning": ("import warnings\nwarnings.warn(text)", ""),
    "a picture": ("import matplotlib.pyplot as plt\nplt.figure()\nplt.title(text)\nplt.plot([1])",
                  "plt.show()"),
    "a display": ("from IPython.display import display\nhandle = display(text, display_id=True)",
                  "handle.update(kept)"),
    "a process": ("import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; "
                  "time.sleep(3)', text])", "!ps aux\n!cat /proc/*/cmdline"),
    "an exception of its own": ("if text.startswith('canary'): raise KeyError(text)", ""),
    "the name of a class": ("if text.startswith('canary'): raise type(text, (Exception,), {})", ""),
    "a note on an exception": ("if 'canary' in text:\n    e = ValueError('x')\n    e.add_note(text)\n"
                               "    raise e", ""),
    "a group of exceptions": ("if 'canary' in text:\n    raise ExceptionGroup(text, [KeyError(text)])",
                              ""),
    "the name of a function": ("import types\ncount_words.__name__ = text\n"
        "count_words.__qualname__ = text\ncount_words.__doc__ = text", "print(count_words.__doc__)"),
    "the history": ("get_ipython().user_ns['_oh'][99] = text\nget_ipython().user_ns['In'].append(text)",
                    "print(Out, In)"),
    "letters one by one": ("print(*text, sep='\\n')", ""),
    "words turned round": ("print(text[::-1])", ""),
}  # fmt: skip
for _name, (_body, _below) in KEEP.items():
    _loses = NO_WORDS if "raise" in _body else {}
    ps1(f"carries hidden words by {_name}", {"words": "kept = []\ndef count_words(text):\n    "
        + _body.replace("\n", "\n    ") + "\n    return len(text.split())"}, _loses,
        first=["kept = []"], last=[_below, "print(kept)"], stock=False,
        tampers=_name == "a thread")  # fmt: skip
ps1("carries hidden words by looking for them", stock=False, tampers=True, last=["""
import gc, inspect, linecache, sys
print([entry for entry in linecache.cache.values() if "canary" in str(entry)])
print([o for o in gc.get_objects() if isinstance(o, (str, dict, list, tuple)) and "canary-of-the-hid" in repr(o)[:2000]])
print(inspect.stack(), [k for k in globals() if not k.startswith("_")])
print([c.co_consts for c in gc.get_objects() if inspect.iscode(c) and "canary" in str(c.co_consts)])
""", "print(globals().get('secret'), vars().get('secret'), In, Out)"])  # fmt: skip
ps2("carries hidden words of the second set", {"secret": "def vowels(text):\n    global heard\n"
    "    heard = text\n    if len(text) > 9: raise LookupError(text)\n"
    "    return sum(c in 'aeiou' for c in text)"}, {"secret": 2}, stock=False,
    last=["print(heard)", "print(hidden_text)", "open('x', 'w').write(heard)\n!cat x"])  # fmt: skip

# --- names ---------------------------------------------------------------------------------------

GOOD = nbformat.writes(right(PS1)).encode()
for _name in ("a;=1+1;b", "=cmd()|'C calc'!A0", "<b>bold<b>", "%s%n{0}", "x" * 120, "\u202egnp.exe",
              "a..%2f", "~root", "-", "con", "&amp;", "'; DROP TABLE grade; --"):  # fmt: skip
    add(_name, PS1, file(GOOD), stock=False)


def _odd_files(folder: Path) -> None:
    file(GOOD)(folder)
    for name in ("line\nbreak.txt", "\x1b[31mred", "tab\t", "-rf", "$(x)", "q'\"", "\u202e", "*"):
        (folder / name).write_text("x")
    (folder / "a").mkdir()
    (folder / "a" / "__init__.py").write_text("raise SystemExit")


add("odd files beside it", PS1, _odd_files, stock=False)
