"""Runs the relay against a real Kafka and PostgreSQL and checks its promises with clients that are not ours."""

import collections
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

import kafka
import psycopg
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewPartitions, NewTopic

ROOT = pathlib.Path(__file__).resolve().parents[3]
STACK = ROOT / "deploy" / "local" / "stack.sh"
BUILT = ROOT / "build" / "faults" / "tests" / "integration" / "relay" / "relay"
PROGRAM = pathlib.Path(os.environ.get("MOSAIC_RELAY", BUILT))  # another one: built with a sanitizer, say
IN, MIDDLE, OUT = "relay.in.v1", "relay.middle.v1", "relay.out.v1"
IN_DLQ, MIDDLE_DLQ = "relay.in.v1.relay.dlq", "relay.middle.v1.relay.dlq"
LARGEST = {IN: 4 << 20, MIDDLE: 1 << 20, OUT: 1 << 20, IN_DLQ: 4 << 20, MIDDLE_DLQ: 4 << 20}
PARTITIONS = {IN: 6, MIDDLE: 6, OUT: 6, IN_DLQ: 1, MIDDLE_DLQ: 1}
QUICK = {  # so that a paused member is given up soon
    "MOSAIC_KAFKA_PROPERTY_SESSION_TIMEOUT_MS": "2000",
    "MOSAIC_KAFKA_PROPERTY_HEARTBEAT_INTERVAL_MS": "300",
}


def build():
    if PROGRAM == BUILT:
        subprocess.run(["make", "-s", "MODE=faults", str(BUILT.relative_to(ROOT))], cwd=ROOT, check=True)


def until(what, seconds, condition, every=0.05):
    """Waits until condition() is true and returns what it returned."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(every)


class Instance:
    """One process of the relay."""

    def __init__(self, log, settings):
        self.log_path = log
        env = {k: v for k, v in os.environ.items() if not k.startswith("MOSAIC_")}
        for role in ("", "MIGRATE_"):
            env[f"MOSAIC_{role}DATABASE"] = os.environ["MOSAIC_ADMIN_DATABASE"]
        env["MOSAIC_DATABASE_PASSWORD_FILE"] = os.environ["MOSAIC_ADMIN_DATABASE_PASSWORD_FILE"]
        env["MOSAIC_MIGRATE_PASSWORD_FILE"] = os.environ["MOSAIC_ADMIN_DATABASE_PASSWORD_FILE"]
        env["MOSAIC_KAFKA_BROKERS"] = os.environ["MOSAIC_KAFKA_BROKERS"]
        env.update(QUICK, **settings)
        with open(log, "wb") as out:
            self.process = subprocess.Popen([PROGRAM], env=env, stdout=out, stderr=subprocess.STDOUT,
                                            stdin=subprocess.DEVNULL)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def signal(self, number):
        self.process.send_signal(number)

    def is_asleep(self):
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        return stat.rsplit(")", 1)[1].split()[0] == "T"

    def cpu_seconds(self):
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        return sum(map(int, stat.rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")

    def dies(self, seconds=30):
        """Waits for the end; True if it was killed."""
        return self.process.wait(seconds) == -signal.SIGKILL

    def stop(self, seconds=20):
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def kill(self):
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()

    def http(self, path):
        """Status and text, or None while nobody answers."""
        port = re.search(r'"part":"http".*"port":(\d+)', self.log())
        if not port:
            return None
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port[1]}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except OSError:
            return None

    def is_ready(self):
        answer = self.http("/readyz")
        return answer is not None and answer[0] == 200

    def ready(self, seconds=30):
        until("ready: " + str(self.http("/readyz?verbose")), seconds, self.is_ready)

    def metric(self, name):
        answer = self.http("/metrics")
        return sum(float(line.rsplit(" ", 1)[1]) for line in answer[1].splitlines() if line.startswith(name + "{"))


class Relay:
    """Topics, schema and processes of one test; all of them fresh."""

    def __init__(self, folder):
        self.folder = folder
        self.brokers = os.environ["MOSAIC_KAFKA_BROKERS"]
        self.instances = []
        self.sent = 0
        self._sql = None
        self.admin = KafkaAdminClient(bootstrap_servers=self.brokers)
        self._producer = None
        self.make_topics(*LARGEST)
        self.sql("drop schema if exists relay cascade")
        self.sql("create schema relay")

    def close(self):
        for instance in self.instances:
            instance.kill()
        if self._producer:
            self._producer.close()
        self.admin.close()

    # --- processes -----------------------------------------------------------------------------

    def start(self, ready=False, **settings):
        number = len(self.instances) + 1
        instance = Instance(self.folder / f"relay-{number}.log", {"MOSAIC_INSTANCE": str(number), **settings})
        self.instances.append(instance)
        if ready:
            instance.ready()
        return instance

    # --- topics --------------------------------------------------------------------------------

    def make_topics(self, *names):
        there = set(self.admin.list_topics()) & set(names)
        if there:
            self.admin.delete_topics(list(there))
            until("topics deleted", 20, lambda: not set(self.admin.list_topics()) & there)
        topics = [NewTopic(name=n, num_partitions=PARTITIONS[n], replication_factor=1,
                           topic_configs={"max.message.bytes": str(LARGEST[n])}) for n in names]
        for attempt in range(20):
            try:
                self.admin.create_topics(topics)
                return
            except kafka.errors.TopicAlreadyExistsError:
                if attempt == 19:
                    raise
                time.sleep(0.2)

    def configure(self, topic, **settings):
        changes = {k.replace("_", "."): str(v) for k, v in settings.items()}
        self.admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, changes)])

    def add_partitions(self, topic, total):
        self.admin.create_partitions({topic: NewPartitions(total_count=total)})

    def delete_records(self, topic, offsets):
        self.admin.delete_records({kafka.TopicPartition(topic, p): o for p, o in offsets.items()})

    @property
    def producer(self):
        if self._producer is None:
            self._producer = kafka.KafkaProducer(bootstrap_servers=self.brokers, acks="all", linger_ms=5,
                                                 max_request_size=8 << 20, retries=100)
        return self._producer

    def send(self, count, kind="relay.plain.v1", pad=200):
        """`count` more events, numbered on; the keys take turns."""
        for n in range(self.sent, self.sent + count):
            self.send_one(f"e-{n}", f"k{n % 97}", kind, json.dumps({"n": n, "pad": "x" * pad}).encode())
        self.sent += count
        self.producer.flush()

    def send_one(self, event_id, key, kind, value, extra=(), partition=None):
        headers = [("ce_specversion", b"1.0"), ("ce_id", event_id.encode()), ("ce_source", b"test"),
                   ("ce_type", kind.encode()), ("ce_time", b"2024-05-01T12:00:00Z"),
                   ("content-type", b"application/json"), *extra]
        return self.producer.send(IN, key=key.encode(), value=value, headers=headers, partition=partition)

    def ends(self, topic):
        consumer = kafka.KafkaConsumer(bootstrap_servers=self.brokers)
        try:
            found = consumer.partitions_for_topic(topic) or ()
            return consumer.end_offsets([kafka.TopicPartition(topic, p) for p in found])
        finally:
            consumer.close()

    def read(self, topic):
        """All records of a topic, in order per partition."""
        ends = self.ends(topic)
        consumer = kafka.KafkaConsumer(bootstrap_servers=self.brokers, enable_auto_commit=False,
                                       fetch_max_bytes=32 << 20, max_partition_fetch_bytes=8 << 20,
                                       auto_offset_reset="earliest", consumer_timeout_ms=1000)
        try:
            consumer.assign(list(ends))
            consumer.seek_to_beginning()
            records = []
            end = time.monotonic() + 60
            while any(consumer.position(tp) < e for tp, e in ends.items()):
                assert time.monotonic() < end, f"{topic} could not be read to its end"
                for found in consumer.poll(500, max_records=5000).values():
                    records.extend(found)
            return records
        finally:
            consumer.close()

    # --- the database --------------------------------------------------------------------------

    def sql(self, query, *parameters):
        for attempt in (1, 2):
            try:
                if self._sql is None or self._sql.closed:
                    password = pathlib.Path(os.environ["MOSAIC_ADMIN_DATABASE_PASSWORD_FILE"]).read_text().strip()
                    self._sql = psycopg.connect(os.environ["MOSAIC_ADMIN_DATABASE"], password=password,
                                                autocommit=True)
                done = self._sql.execute(query, parameters)
                return done.fetchall() if done.description else []
            except psycopg.OperationalError:
                self._sql = None
                if attempt == 2:
                    raise

    def taken(self, stage):
        return self.sql("select coalesce(sum(times), 0)::int from relay.taken where stage = %s", stage)[0][0]

    def position(self, topic, partition):
        return self.sql("select next, epoch, halted, halted_detail, incarnation, owner from relay.position"
                        " where topic = %s and partition = %s", topic, partition)[0]

    def halts(self):
        return self.sql("select topic, partition, halted from relay.position where halted is not null order by 1, 2")

    def resolve(self, topic, partition, go_on_at=None):
        """As mosaicctl does it. Going back forgets what was seen of the partition."""
        was = self.position(topic, partition)[0]
        to = was if go_on_at is None else go_on_at
        self.sql("with moved as (update relay.position set halted = null, halted_detail = null, halted_at = null,"
                 " fingerprint = null, next = %s, incarnation = incarnation + %s where topic = %s and partition = %s)"
                 " delete from relay.seen where topic = %s and partition = %s and %s",
                 to, int(to != was), topic, partition, topic, partition, to < was)

    # --- promises ------------------------------------------------------------------------------

    def is_through(self, count=None):
        try:
            outbox = self.sql("select count(*) from relay.outbox")[0][0]
            return self.taken("second") >= (count or self.sent) and outbox == 0
        except psycopg.errors.UndefinedTable:
            return False

    def is_at_the_ends(self):
        """Whatever is in the logs has been taken in, and nothing waits to be published. That says nothing of
        what was lost or doubled on the way."""
        # Before the ends, and in one statement, so that nothing can be under way between the stages unseen.
        places = self.sql("select topic, partition, next, (select count(*) from relay.outbox) from relay.position")
        ends = {(tp.topic, tp.partition): end for topic in (IN, MIDDLE) for tp, end in self.ends(topic).items()}
        return ({(topic, partition): place for topic, partition, place, _ in places} == ends
                and not any(waiting for *_, waiting in places))

    def wait_through(self, seconds=60, count=None):
        until("all events through", seconds, lambda: self.is_through(count), every=0.1)

    def check(self, count=None):
        """Every event has had its effect exactly once in both stages and is once in the last topic."""
        count = count or self.sent
        for stage in ("first", "second"):
            rows, least, most = self.sql("select count(*), coalesce(min(times), 0), coalesce(max(times), 0)"
                                         " from relay.taken where stage = %s", stage)[0]
            assert (rows, least, most) == (count, 1, 1), f"{stage}: {rows} events, taken in {least} to {most} times"
            total = self.sql("select sum(events)::int from relay.counter where stage = %s", stage)[0][0]
            assert total == count, f"{stage}: counters say {total}"
        outputs = without_repeats(self.read(OUT))
        ids = collections.Counter(header(r, "ce_originid") for r in outputs)
        assert sum(ids.values()) == len(ids) == count, f"{len(ids)} events among {sum(ids.values())} outputs"
        assert_order(outputs)


def header(record, name):
    return next((value.decode() for key, value in record.headers if key == name and value is not None), None)


def without_repeats(records):
    """The documented skipping: per partition and source only what has a higher sequence. A repeat must be
    the same bytes."""
    highest, first, kept = {}, {}, []
    for r in records:
        source, sequence = (r.partition, header(r, "ce_source")), header(r, "ce_sequence")
        assert header(r, "ce_id") == sequence
        content = (r.key, r.value, tuple(r.headers))
        if sequence > highest.get(source, ""):
            highest[source] = sequence
            first[source, sequence] = content
            kept.append(r)
        else:
            assert first.get((source, sequence)) == content, "a repeat differs from what it repeats"
    return kept


def assert_order(outputs):
    last = {}
    for r in outputs:
        number = json.loads(r.value)["n"]
        assert number > last.get(r.key, -1), f"order of {r.key} is broken at {number}"
        last[r.key] = number
