"""A partition halts rather than skip or guess; the others run on; an operator's order resolves it."""

import json
import time

from harness import IN, MIDDLE, OUT, header, until, without_repeats


def through_and_stopped(relay, count=1200):
    relay.send(count)
    instance = relay.start(ready=True)
    relay.wait_through()
    assert instance.stop() == 0


def tells(instance, name, topic, partitions):
    status, text = instance.http("/readyz?verbose")
    return (status == 503 and all(f"{topic} [{p}] is halted: {name}" in text for p in partitions)
            and instance.metric("mosaic_stage_halted_partitions") == len(partitions))


def halted(relay, instance, name, topic, partitions):
    """Waits for the halt of exactly these partitions and sees it wherever it is to be seen."""
    want = [(topic, p, name) for p in partitions]
    until(f"{name} on {partitions}: {relay.halts()}", 40, lambda: relay.halts() == want)
    # A halted partition that moves to another thread is nobody's for a moment.
    until("not ready, and every halt told", 20, lambda: tells(instance, name, topic, partitions))
    log = [json.loads(line) for line in instance.log().splitlines()]
    logged = [line["partition"] for line in log if line.get("halt") == name]
    assert sorted(logged) == sorted(partitions), "each halt is logged once"


def send_to(relay, partition, *ids):
    for event_id in ids:
        relay.send_one(event_id, f"own-{partition}", "relay.plain.v1", b'{"n": 0}', partition=partition)
    relay.producer.flush()


def test_a_log_that_has_lost_what_we_had_not_read_halts(relay):
    through_and_stopped(relay)
    ends = {tp.partition: e for tp, e in relay.ends(IN).items()}
    send_to(relay, 2, "lost-1", "lost-2", "kept-1")
    send_to(relay, 3, "other-1")
    relay.delete_records(IN, {2: ends[2] + 2})
    instance = relay.start()
    halted(relay, instance, "INPUT_EXPIRED", IN, [2])
    until("the others run on", 20, lambda: relay.taken("second") == 1201)
    relay.resolve(IN, 2, go_on_at=ends[2] + 2)
    until("resolved", 20, instance.is_ready)
    relay.wait_through(count=1202)
    sources = {header(r, "ce_source") for r in relay.read(MIDDLE)}
    assert {"relay/first/relay.in.v1/2", "relay/first/relay.in.v1/2/1"} <= sources


def test_a_log_that_expired_up_to_where_we_are_goes_on(relay):
    through_and_stopped(relay)
    relay.delete_records(IN, {tp.partition: e for tp, e in relay.ends(IN).items()})
    instance = relay.start(ready=True)
    relay.send(600)
    relay.wait_through()
    assert relay.halts() == [] and instance.is_ready()
    relay.check()


def test_a_log_that_is_shorter_than_what_we_read_halts(relay):
    through_and_stopped(relay)
    relay.make_topics(IN)
    send_to(relay, 1, "new-1")
    instance = relay.start()
    halted(relay, instance, "INPUT_TRUNCATED", IN, range(6))
    for partition in range(6):
        relay.resolve(IN, partition, go_on_at=0)
    until("resolved", 20, instance.is_ready)
    relay.wait_through(count=1201)


def test_another_log_under_the_same_name_halts(relay):
    through_and_stopped(relay)
    ends = {tp.partition: e for tp, e in relay.ends(IN).items()}
    relay.make_topics(IN)
    for p in ends:
        send_to(relay, p, *(f"new-{p}-{n}" for n in range(ends[p] + 3)))
    instance = relay.start()
    halted(relay, instance, "INPUT_DIVERGED", IN, range(6))
    assert relay.taken("first") == 1200
    for partition in range(6):
        relay.resolve(IN, partition, go_on_at=0)
    relay.wait_through(count=2400 + 18)
    until("resolved", 20, instance.is_ready)


def test_an_internal_topic_that_is_gone_back_on_is_handled_again(relay):
    """Its events are repeats to a stage that remembers them; whoever goes back wants them handled all the same."""
    through_and_stopped(relay)
    relay.sql("update relay.position set halted = 'OPERATOR', halted_at = now() where topic = %s", MIDDLE)
    instance = relay.start()
    until("it is running", 20, lambda: instance.http("/livez"))
    until("not ready", 20, lambda: tells(instance, "OPERATOR", MIDDLE, range(6)))
    for partition in range(6):
        relay.resolve(MIDDLE, partition, go_on_at=0)
    until("resolved", 20, instance.is_ready)
    relay.wait_through(count=2400)
    assert relay.taken("second") == 2400 and relay.taken("first") == 1200
    assert instance.metric("mosaic_stage_skipped_total") == 0
    assert len(without_repeats(relay.read(OUT))) == 2400


def test_a_log_one_record_shorter_halts(relay):
    """Nothing is out of range then: the end of the log is where the last record was."""
    through_and_stopped(relay)
    ends = {tp.partition: e for tp, e in relay.ends(IN).items()}
    relay.make_topics(IN)
    send_to(relay, 0, *(f"new-{n}" for n in range(ends[0] - 1)))
    instance = relay.start()
    halted(relay, instance, "INPUT_TRUNCATED", IN, range(6))


def test_more_partitions_in_an_output_topic_halt(relay):
    through_and_stopped(relay)
    relay.add_partitions(MIDDLE, 8)
    instance = relay.start()
    relay.send(300)
    halted(relay, instance, "PARTITIONS_CHANGED", IN, range(6))
    assert relay.taken("first") == 1200
    relay.sql("update relay.output_topic set partitions = 8 where topic = %s", MIDDLE)
    for partition in range(6):
        relay.resolve(IN, partition)
    until("resolved", 20, instance.is_ready)
    relay.wait_through()


def test_an_output_the_broker_never_takes_halts_its_partition_alone(relay):
    instance = relay.start(ready=True)
    relay.send(600)
    relay.wait_through()
    relay.configure(MIDDLE, max_message_bytes=3000)
    relay.send_one("large", "k5", "relay.plain.v1", json.dumps({"n": 10**6, "pad": "x" * 5000}).encode())
    relay.send(3000, pad=700)
    until("a halt", 40, relay.halts)
    (topic, partition, name), = relay.halts()
    halted(relay, instance, "OUTPUT_REFUSED", IN, [partition])
    own = [header(r, "ce_id") for r in relay.read(IN) if r.partition == partition]
    early = {f"e-{n}" for n in range(600)}
    others = 3601 - len([x for x in own if x not in early])
    until("the others run on", 40, lambda: relay.taken("second") >= others)
    relay.configure(MIDDLE, max_message_bytes=1 << 20)
    relay.resolve(IN, partition)
    relay.wait_through(count=3601)
    until("resolved", 20, instance.is_ready)
    ids = [header(r, "ce_originid") for r in without_repeats(relay.read(OUT))]
    assert len(ids) == len(set(ids)) == 3601
    assert topic == IN and name == "OUTPUT_REFUSED"


def test_nothing_gets_past_an_output_that_is_refused(relay):
    """Not even when it is the first thing a new producer writes, of which the broker knows nothing yet."""
    relay.configure(MIDDLE, max_message_bytes=3000)
    relay.send_one("large", "k5", "relay.plain.v1", json.dumps({"n": -1, "pad": "x" * 5000}).encode())
    relay.send(1000)
    instance = relay.start()
    partition = next(r.partition for r in relay.read(IN) if header(r, "ce_id") == "large")
    halted(relay, instance, "OUTPUT_REFUSED", IN, [partition])
    source = f"relay/first/{IN}/{partition}"
    assert not [r for r in relay.read(MIDDLE) if header(r, "ce_source") == source and r.key == b"k5"]
    relay.configure(MIDDLE, max_message_bytes=1 << 20)
    relay.resolve(IN, partition)
    relay.wait_through(count=1001)
    assert sorted(header(r, "ce_originid") for r in without_repeats(relay.read(OUT)) if r.key == b"k5")[-1] == "large"


def test_what_waits_for_a_halted_partition_is_lag(relay):
    through_and_stopped(relay)
    relay.sql("update relay.position set halted = 'OPERATOR', halted_at = now() where topic = %s and partition = 2", IN)
    instance = relay.start()
    until("running but for the halt", 20, lambda: instance.http("/livez") and tells(instance, "OPERATOR", IN, [2]))
    assert instance.metric("mosaic_stage_lag_records") == 0
    send_to(relay, 2, "a", "b", "c")
    until("three behind", 10, lambda: instance.metric("mosaic_stage_lag_records") == 3)
    relay.resolve(IN, 2)
    relay.wait_through(count=1203)
    until("none behind", 10, lambda: instance.metric("mosaic_stage_lag_records") == 0)


def test_a_halt_outlives_the_process(relay):
    through_and_stopped(relay)
    ends = {tp.partition: e for tp, e in relay.ends(IN).items()}
    send_to(relay, 2, "lost", "kept")
    relay.delete_records(IN, {2: ends[2] + 1})
    until("halted", 30, lambda: relay.start(ready=False) and relay.halts(), every=5)
    for instance in relay.instances:
        instance.kill()
    instance = relay.start()
    until("it is running", 20, lambda: instance.http("/livez"))
    until("seen again", 20, lambda: "INPUT_EXPIRED" in instance.http("/readyz?verbose")[1])
    time.sleep(0.5)
    assert relay.position(IN, 2)[0] == ends[2]
