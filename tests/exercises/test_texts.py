"""`slips.txt`: what it says, and what is wrong with it."""

import pytest

from lessonlib.errors import UserError
from lessonlib.exercises import texts

TEXT = """\
[20-toy: toy]

[toy.double]
1. The first hint
   goes on.
2. The second, about a # sign.

return x  # not doubled
    Nothing
    happened.

    A second paragraph.
for k in range(2):
    x = x
    return x
# two lines
    Said.
x[0] = 0; return 2 * x  # x overwritten
return x + x  # also right
return 2.0 * x  # no difference
    A float is as good.

[toy.other]
1. Only a hint.
"""


@pytest.fixture
def read(tmp_path):
    def read(text, exercise_id="toy.double"):
        path = tmp_path / f"slips{len(list(tmp_path.iterdir()))}.txt"
        path.write_text(text)
        return texts.section(path, exercise_id)

    return read


def test_hints_and_slips_are_read(read):
    section = read(TEXT)
    assert section.hints == ["The first hint goes on.", "The second, about a # sign."]
    assert [(slip.name, slip.why) for slip in section.mistakes] == [
        ("not doubled", "Nothing happened. A second paragraph."),
        ("two lines", "Said."),
        ("x overwritten", ""),
    ]
    assert [len(slip.lines) for slip in section.mistakes] == [1, 1, 1]
    assert section.mistakes[1].lines[0].number == 13
    assert section.mistakes[1].lines[0].code == "for k in range(2):\n    x = x\n    return x"
    (right,), (same,) = section.named("also right"), section.named("no difference")
    assert right.lines[0].code == "return x + x"
    assert same.why == "A float is as good."


def test_a_part_ends_where_the_next_begins(read):
    assert read(TEXT, "toy.other").hints == ["Only a hint."]
    assert read(TEXT, "toy.other").slips == []


def test_what_is_not_there_is_empty(read):
    assert read(TEXT, "toy.none").hints == []


HEAD = "[20-toy: toy]\n\n[toy.double]\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("return x\n", r"line 4: this slip has no name"),
        ("return x # one space\n", r"line 4: this slip has no name"),
        ("# a name\n", r"line 4: the slip 'a name' has no code"),
        ("return 1  # a\nreturn 2  # a\n", r"line 5: a second slip with the name 'a'"),
        ("    indented\n", r"line 4: this line is indented"),
        ("2. A hint\n", r"line 4: hints come first, numbered from 1"),
        ("return 1  # a\n1. A hint\n", r"line 5: hints come first"),
        ("[toy.double]\n", r"line 4: a second part for toy.double"),
    ],
)
def test_a_fault_has_its_line(read, text, message):
    with pytest.raises(UserError, match=rf"slips\d+\.txt, {message}"):
        read(HEAD + text)


def test_slips_below_each_other_share_an_explanation_and_the_last_needs_one(read):
    section = read(
        "[toy.it]\nreturn 1  # one\nreturn 2  # two\n    A number.\n"
        "return 3  # three\nreturn 4  # also right\n    It is four.\n",
        "toy.it",
    )
    assert {slip.name: slip.why for slip in section.mistakes} == {
        "one": "A number.",
        "two": "A number.",
        "three": "",
    }
