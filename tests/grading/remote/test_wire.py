"""Messages: what is sent arrives, and whatever else arrives is refused in time."""

import json
import socket
import struct
import threading
import time

import pytest

from lessonlib.grading.remote.wire import MAX_MESSAGE, Broken, Late, Wire


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def framed(data: bytes) -> bytes:
    return struct.pack("!Q", len(data)) + data


def test_a_message_arrives_as_it_was_sent(ends):
    ours, theirs = map(Wire, ends)
    message = {"do": "run", "source": "x = 'ä\\n'", "seconds": 1.5, "aside": {"f": "died"}}
    ours.send(message)
    assert theirs.receive(1.0) == message


def test_messages_arrive_one_by_one_and_in_order(ends):
    ours, theirs = map(Wire, ends)
    for number in range(3):
        ours.send({"number": number})
    assert [theirs.receive(1.0)["number"] for _ in range(3)] == [0, 1, 2]


def test_a_message_larger_than_the_systems_buffers_arrives(ends):
    ours, theirs = map(Wire, ends)
    text = "a" * 3_000_000
    sender = threading.Thread(target=ours.send, args=({"text": text},))
    sender.start()
    assert theirs.receive(10.0) == {"text": text}
    sender.join()


@pytest.mark.parametrize(
    "data",
    [b"", b"no json", b"\xff\xfe", b"[1, 2]", b'"text"', b"17", b"null", b"{", b"[" * 100_000,
     b'{"a": ' * 20_000],
    ids=["empty", "text", "bytes", "list", "string", "number", "null", "cut off", "deep list",
         "deep object"],
)  # fmt: skip
def test_what_is_no_message_is_broken(ends, data):
    ours, theirs = ends
    theirs.sendall(framed(data))
    with pytest.raises(Broken):
        Wire(ours).receive(1.0)


def test_a_message_that_is_said_to_be_huge_is_broken_before_it_is_read(ends):
    ours, theirs = ends
    theirs.sendall(struct.pack("!Q", MAX_MESSAGE + 1))
    with pytest.raises(Broken, match=str(MAX_MESSAGE + 1)):
        Wire(ours).receive(1.0)


def test_nobody_on_the_other_side_is_broken_both_ways(ends):
    ours, theirs = ends
    theirs.close()
    with pytest.raises(Broken, match="gone"):
        Wire(ours).receive(1.0)
    with pytest.raises(Broken):
        Wire(ours).send({"text": "a" * 1_000_000})


def test_an_end_in_the_middle_of_a_message_is_broken(ends):
    ours, theirs = ends
    theirs.sendall(framed(json.dumps({"text": "abc"}).encode())[:-2])
    theirs.close()
    with pytest.raises(Broken, match="gone"):
        Wire(ours).receive(1.0)


def test_silence_is_late(ends):
    started = time.monotonic()
    with pytest.raises(Late):
        Wire(ends[0]).receive(0.05)
    assert time.monotonic() - started < 1.0


def test_a_message_that_trickles_in_is_late_all_the_same(ends):
    ours, theirs = ends
    stop = threading.Event()

    def trickle():
        theirs.sendall(struct.pack("!Q", 1000))
        while not stop.wait(0.02):
            theirs.sendall(b" ")

    sender = threading.Thread(target=trickle)
    sender.start()
    try:
        with pytest.raises(Late):
            Wire(ours).receive(0.2)
    finally:
        stop.set()
        sender.join()


def test_no_time_left_is_late_at_once(ends):
    ours, theirs = map(Wire, ends)
    theirs.send({})
    with pytest.raises(Late):
        ours.receive(0.0)


def test_who_does_not_read_is_late(ends):
    impatient = Wire(ends[0], patience=0.1)
    with pytest.raises(Late):
        impatient.send({"text": "a" * 10_000_000})


def test_after_hanging_up_the_other_side_hears_it(ends):
    ours, theirs = map(Wire, ends)
    ours.close()
    with pytest.raises(Broken):
        theirs.receive(1.0)
