"""Messages: what is sent arrives, and whatever else arrives is refused or dropped in time."""

import json
import socket
import struct
import threading
import time
import tracemalloc

import pytest

from lessonlib.grading.protocol.wire import (
    MAX_BODY,
    TO_GUEST,
    TO_HOST,
    VERDICT,
    Broken,
    Late,
    Wire,
    decode,
    encode,
)

KEY = b"k" * 32


@pytest.fixture
def sockets():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def ends(sockets):
    """The judge's end and the submission's."""
    return Wire(sockets[0], KEY, TO_GUEST), Wire(sockets[1], KEY, TO_HOST)


def header(length, turn=0, place=1, digest=bytes(16)) -> bytes:
    return struct.pack("!QQQ16s", length, turn, place, digest)


# --- what arrives --------------------------------------------------------------------------------


def test_a_message_arrives_as_it_was_sent(ends):
    host, guest = ends
    message = {"do": "run", "source": "x = 'ä\\n'", "seconds": 1.5, "aside": {"f": "died"}}
    host.next_turn()
    host.send(message, [b"\0\xff", b""])
    assert guest.receive(1.0) == (message, [b"\0\xff", b""])
    guest.send({"answer": 1})
    assert host.receive(1.0) == ({"answer": 1}, [])


def test_messages_of_a_turn_arrive_one_by_one_and_in_order(ends):
    host, guest = ends
    host.next_turn()
    host.send({})
    guest.receive(1.0)
    for number in range(3):
        guest.send({"number": number})
    assert [host.receive(1.0)[0]["number"] for _ in range(3)] == [0, 1, 2]


def test_a_message_larger_than_the_systems_buffers_arrives(ends):
    host, guest = ends
    blob = bytes(3_000_000)
    sender = threading.Thread(target=host.send, args=({}, [blob]))
    sender.start()
    assert guest.receive(10.0) == ({}, [blob])
    sender.join()


def test_a_verdict_is_bytes_and_no_message(ends):
    host, guest = ends
    guest.send_body(VERDICT + b"passed -")
    assert host.receive_body(1.0) == b"vpassed -"
    guest.send_body(VERDICT + b"passed -")
    with pytest.raises(Broken, match="out of place"):
        host.receive(1.0)


# --- what is forged ------------------------------------------------------------------------------


@pytest.mark.parametrize("digest", [bytes(16), b"x" * 16])
def test_what_does_not_bear_the_digest_is_dropped(ends, sockets, digest):
    host, guest = ends
    body = encode({"forged": True})
    sockets[1].sendall(header(len(body), 0, 1, digest) + body)
    guest.send({"forged": False})
    assert host.receive(1.0) == ({"forged": False}, [])


def test_what_was_sent_the_other_way_cannot_be_sent_back(ends, sockets):
    host, guest = ends
    host.send({"x": 1})
    sockets[1].sendall(sockets[1].recv(1000))
    with pytest.raises(Late):
        host.receive(0.05)


def test_what_was_heard_once_is_not_heard_again(ends, sockets):
    host, guest = ends
    guest.send({"x": 1})
    copy = sockets[0].recv(1000)
    sockets[1].sendall(copy + copy)
    assert host.receive(1.0)[0] == {"x": 1}
    with pytest.raises(Late):
        host.receive(0.05)


def test_what_belongs_to_an_earlier_turn_is_dropped(ends):
    host, guest = ends
    host.next_turn()
    host.send({"do": "a"})
    guest.receive(1.0)
    guest.send({"of": "a"})
    host.next_turn()
    host.send({"do": "b"})
    guest.receive(1.0)
    guest.send({"of": "b"})
    assert host.receive(1.0)[0] == {"of": "b"}


def test_a_turn_that_was_not_begun_is_dropped(ends):
    host, guest = ends
    guest.turn = 5
    guest.send({"x": 1})
    with pytest.raises(Late):
        host.receive(0.05)


def test_another_key_opens_nothing(sockets):
    host = Wire(sockets[0], KEY, TO_GUEST)
    Wire(sockets[1], b"another", TO_HOST).send({"x": 1})
    with pytest.raises(Late):
        host.receive(0.05)


# --- what is no message --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [b"", b"no json", b"\xff\xfe", b"[1, 2]", b'"text"', b"17", b"null", b"{", b"[" * 100_000,
     b'{"a": ' * 20_000, b'{"a": "\xc3\xa4"}'],
    ids=["empty", "text", "bytes", "list", "string", "number", "null", "cut off", "deep list",
         "deep object", "more than ASCII"],
)  # fmt: skip
def test_what_is_no_message_is_broken(text):
    with pytest.raises(Broken):
        decode(struct.pack("!II", len(text), 0) + text)


@pytest.mark.parametrize(
    "body",
    [b"", b"\0" * 3, struct.pack("!II", 10, 0), struct.pack("!II", 2, 1) + b"{}",
     struct.pack("!IIQ", 2, 1, 5) + b"{}abc", struct.pack("!IIQ", 2, 1, 2**63) + b"{}",
     struct.pack("!II", 2, 2**32 - 1) + b"{}", struct.pack("!II", 2, 0) + b"{}more"],
)  # fmt: skip
def test_lengths_that_do_not_fit_are_broken(body):
    with pytest.raises(Broken):
        decode(body)


def strings(count):
    return json.dumps({"x": ["ab"] * count}).encode()


@pytest.mark.parametrize(
    "text",
    [b'{"x": [1, "' + b"a" * 90_000_000 + b'"]}', strings(12_000_000), b'{"x":[' + b"[]," * 4**11,
     b'{"x":' + b'{"":' * 4**11],
    ids=["long text", "small texts", "lists", "objects"],
)  # fmt: skip
def test_what_would_take_much_memory_is_broken_before_it_is_decoded(text):
    body = struct.pack("!II", len(text), 0) + text
    tracemalloc.start()
    with pytest.raises(Broken):
        decode(body)
    assert tracemalloc.get_traced_memory()[1] < 2**24 + 2**20
    tracemalloc.stop()


@pytest.mark.parametrize("length", [0, MAX_BODY + 1, 2**64 - 1])
def test_a_message_that_is_said_to_be_huge_or_empty_is_broken_before_it_is_read(
    ends, sockets, length
):
    sockets[1].sendall(header(length))
    with pytest.raises(Broken, match=str(length)):
        ends[0].receive(1.0)


# --- ends and times ------------------------------------------------------------------------------


def test_nobody_on_the_other_side_is_broken_both_ways(ends, sockets):
    sockets[1].close()
    with pytest.raises(Broken, match="gone"):
        ends[0].receive(1.0)
    with pytest.raises(Broken):
        ends[0].send({"text": "a" * 1_000_000})


def test_an_end_in_the_middle_of_a_message_is_broken(ends, sockets):
    sockets[1].sendall(header(100) + b"j")
    sockets[1].close()
    with pytest.raises(Broken, match="gone"):
        ends[0].receive(1.0)


def test_silence_is_late(ends):
    started = time.monotonic()
    with pytest.raises(Late):
        ends[0].receive(0.05)
    assert time.monotonic() - started < 1.0


def test_a_message_that_trickles_in_is_late_and_then_there(ends, sockets):
    host, guest = ends
    guest.send({"x": 1})
    whole = sockets[0].recv(1000)
    sockets[1].sendall(whole[:50])
    with pytest.raises(Late):
        host.receive(0.05)
    sockets[1].sendall(whole[50:])
    assert host.receive(1.0)[0] == {"x": 1}


def test_no_time_left_is_late_at_once(ends):
    ends[1].send({})
    with pytest.raises(Late):
        ends[0].receive(0.0)


def test_who_does_not_read_is_late(sockets):
    impatient = Wire(sockets[0], KEY, TO_GUEST, patience=0.1)
    with pytest.raises(Late):
        impatient.send({"text": "a" * 10_000_000})


def test_after_hanging_up_the_other_side_hears_it(ends):
    ends[0].close()
    with pytest.raises(Broken):
        ends[1].receive(1.0)
