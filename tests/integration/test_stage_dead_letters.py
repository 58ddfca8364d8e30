"""What cannot be handled goes aside, with its bytes and a reason; the next event is handled."""

import json

import pytest

from harness import IN, IN_DLQ, LARGEST, MIDDLE, MIDDLE_DLQ, OUT, header, until, without_repeats


def plain(n):
    return json.dumps({"n": n}).encode()


def dead_letters(relay, topic):
    found = {}
    for r in relay.read(topic):
        place = tuple(header(r, "mosaic-dlq-" + x) for x in ("topic", "partition", "offset"))
        found.setdefault(place, r)
    return list(found.values())


def send_among_others(relay, *events):
    """The events given, with plain ones before, between and behind them, all before the relay starts."""
    relay.send(200)
    for event_id, kind in events:
        relay.send_one(event_id, "k1", kind, plain(0))
        relay.send(150)


@pytest.mark.parametrize("kind,reason", [
    ("relay.poison.v1", "invalid input syntax for type integer"),
    ("relay.large.v1", "too large for relay.middle.v1"),
    ("relay.dead.v1", "asked to give it up: bad-1"),
])
def test_one_bad_event_costs_only_itself(relay, kind, reason):
    send_among_others(relay, ("bad-1", kind))
    relay.start()
    relay.wait_through()
    relay.check()
    letter, = dead_letters(relay, IN_DLQ)
    assert reason in header(letter, "mosaic-dlq-reason")
    assert header(letter, "ce_id") == "bad-1" and letter.key == b"k1" and letter.value == plain(0)
    assert header(letter, "mosaic-dlq-topic") == IN
    assert (header(letter, "mosaic-dlq-service"), header(letter, "mosaic-dlq-stage")) == ("relay", "first")


def test_an_event_refused_once_is_tried_again_alone(relay):
    """As the first of two threads is that insert the same key: the second then sees what the first has written."""
    relay.send(200)
    relay.send(1, kind="relay.clash.v1")
    relay.send(150)
    relay.start(MOSAIC_THREADS="1")
    relay.wait_through()
    relay.check()
    assert dead_letters(relay, IN_DLQ) == []


def test_many_bad_events_are_all_found(relay):
    bad = [(f"bad-{n}", kind) for n, kind in enumerate(["relay.poison.v1", "relay.dead.v1", "relay.large.v1"] * 5)]
    send_among_others(relay, *bad)
    instance = relay.start()
    relay.wait_through()
    relay.check()
    assert sorted(header(r, "ce_id") for r in dead_letters(relay, IN_DLQ)) == sorted(event_id for event_id, _ in bad)
    assert instance.metric("mosaic_stage_dead_letters_total") == len(bad)


@pytest.mark.parametrize("value,headers", [
    (b"neither", []),
    (None, [("ce_specversion", b"1.0"), ("ce_id", b"x"), ("ce_source", b"test"), ("ce_type", b"relay.plain.v1")]),
    (b"{}", [("ce_specversion", b"1.0"), ("ce_id", b""), ("ce_type", b"relay.plain.v1")]),
    (b"\xff\x00\xfe" * 1000, [("x", b"\xff\x00"), ("empty", b"")]),
    (b"y" * (3 << 20), []),
])
def test_what_is_no_event_is_kept_byte_for_byte(relay, value, headers):
    relay.send(100)
    relay.producer.send(IN, key=b"odd\xff", value=value, headers=headers, partition=4)
    relay.send(100)
    relay.start()
    relay.wait_through()
    relay.check()
    letter, = dead_letters(relay, IN_DLQ)
    assert (letter.key, letter.value) == (b"odd\xff", value)
    assert list(letter.headers[: len(headers)]) == headers
    assert header(letter, "mosaic-dlq-partition") == "4"
    assert header(letter, "mosaic-dlq-reason")


HUGE = LARGEST[IN] - 300  # with the rest of its record as much as the topic takes
HALF = LARGEST[IN] // 2


@pytest.mark.parametrize("key,value,headers,omitted", [
    (b"k", b"v" * HUGE, [("x", b"y")], f"the value, {HUGE} bytes"),
    (b"k", None, [("x", b"y" * HUGE)], f"the headers, {HUGE + 9} bytes"),
    (b"k", None, [(f"x{n:03}", b"y" * 17466) for n in range(240)], f"the headers, {240 * 17478} bytes"),
    (b"k" * HUGE, None, [], f"the end of the key, {HUGE - 1024} bytes"),
    (b"k" * HALF, b"v" * 9, [("x", b"y" * (HALF - 300))],
     f"the value, 9 bytes; the headers, {HALF - 291} bytes"),
])
def test_a_record_as_large_as_its_topic_takes_goes_aside_in_part(relay, key, value, headers, omitted):
    """With the reason there is no topic that would take it whole; it must not halt its partition."""
    relay.send(100)
    relay.producer.send(IN, key=key, value=value, headers=headers, partition=4)
    relay.send(100)
    instance = relay.start(ready=True)
    relay.wait_through()
    letter, = until("given up", 20, lambda: dead_letters(relay, IN_DLQ))
    assert header(letter, "mosaic-dlq-omitted") == omitted
    assert letter.key == (key[:1024] if "key" in omitted else key)
    assert letter.value == (None if "value" in omitted else value)
    assert list(letter.headers[: -7]) == ([] if "headers" in omitted else headers)
    assert header(letter, "mosaic-dlq-reason")
    assert relay.halts() == [] and instance.is_ready()
    relay.check()


@pytest.mark.parametrize("value,headers,kept,omitted", [
    (b"neither", 248, 248, None),
    (b"neither", 300, 248, "the last 52 headers"),
    (b"v" * (LARGEST[IN] - 5500), 300, 248, f"the value, {LARGEST[IN] - 5500} bytes; the last 52 headers"),
])
def test_headers_there_is_no_room_for_are_counted(relay, value, headers, kept, omitted):
    sent = [(f"x{n:03}", b"y" * 9) for n in range(headers)]
    relay.producer.send(IN, key=b"k", value=value, headers=sent)
    relay.start()
    letter, = until("given up", 20, lambda: dead_letters(relay, IN_DLQ))
    assert list(letter.headers[:kept]) == sent[:kept] and letter.headers[kept][0] == "mosaic-dlq-reason"
    assert header(letter, "mosaic-dlq-omitted") == omitted


def test_an_internal_event_without_a_sequence_is_given_up(relay):
    relay.start(ready=True)
    headers = [("ce_specversion", b"1.0"), ("ce_id", b"x"), ("ce_source", b"test"), ("ce_type", b"relay.plain.v1")]
    relay.producer.send(MIDDLE, key=b"k", value=plain(1), headers=headers).get(10)
    relay.send(50)
    relay.wait_through()
    relay.check()
    letter, = dead_letters(relay, MIDDLE_DLQ)
    assert "no sequence" in header(letter, "mosaic-dlq-reason")


def test_repeats_of_an_internal_event_are_skipped(relay):
    instance = relay.start(ready=True)
    relay.send(300)
    relay.wait_through()
    for r in relay.read(MIDDLE):
        relay.producer.send(MIDDLE, key=r.key, value=r.value, headers=list(r.headers), partition=r.partition)
    relay.send(50)
    relay.wait_through()
    until("repeats seen", 20, lambda: instance.metric("mosaic_stage_skipped_total") >= 300)
    relay.check()


def test_a_handler_that_waits_is_asked_again(relay):
    relay.send(100)
    relay.send_one("patience", "k1", "relay.wait.v1", plain(10**6))
    relay.sent += 1
    instance = relay.start()
    relay.wait_through()
    assert instance.metric("mosaic_stage_retries_total") >= 3
    assert relay.taken("second") == relay.sent and dead_letters(relay, IN_DLQ) == []


def test_a_schema_that_breaks_and_is_mended_loses_nothing(relay):
    instance = relay.start(ready=True)
    relay.send(200)
    relay.wait_through()
    relay.sql("alter table relay.taken rename to hidden")
    relay.send(200)
    until("not ready", 20, lambda: not instance.is_ready())
    relay.sql("alter table relay.hidden rename to taken")
    relay.wait_through()
    relay.check()
    assert dead_letters(relay, IN_DLQ) == []
    until("ready again", 20, instance.is_ready)
    assert len(without_repeats(relay.read(OUT))) == 400
