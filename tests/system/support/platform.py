"""A running platform: started and stopped through deploy/local/stack.sh, read through clients that
are not ours (kafka-python, psycopg)."""

import logging
import os
import pathlib
import shlex
import subprocess
import time
import urllib.request

import kafka
import psycopg

from .records import Record, without_repeats

# Brokers come and go on purpose here; what matters is told by exceptions.
logging.getLogger("kafka").setLevel(logging.CRITICAL)

ROOT = pathlib.Path(__file__).resolve().parents[3]
STACK = ROOT / "deploy" / "local" / "stack.sh"
SERVICES = ("intake", "eligibility", "project-tracking", "kpi-aggregator")

# Which topics each stage reads, as drawn in the design; the tests wait for all of them.
STAGES = {
    ("intake", "register"): ("upstream.organisations", "upstream.projects", "upstream.reference"),
    ("eligibility", "assess"): ("organisations", "reference"),
    ("eligibility", "allocate"): ("assessments", "reference"),
    ("project-tracking", "follow"): ("decisions", "project-changes"),
    ("kpi-aggregator", "contribute"): ("participants", "decisions", "projects", "rejections"),
    ("kpi-aggregator", "aggregate"): ("contributions",),
}
OUTPUTS = (
    "organisations", "project-changes", "reference", "rejections", "assessments", "decisions",
    "participants", "projects", "contributions", "kpi", "kpi-revisions",
)


def topic_name(short):
    return f"mosaic.{short}.v1"


def schema_of(service):
    return service.replace("-", "_")


class Platform:
    """`state` is the stack's folder; `programs` the folder of the built services."""

    def __init__(self, state, programs=None):
        self.state = pathlib.Path(state)
        self.programs = pathlib.Path(programs or ROOT / "build" / "release" / "bin")
        self._producer = None
        self._sql = None

    def fresh(self):
        """The same platform without any connection, for another process."""
        return Platform(self.state, self.programs)

    # --- control -----------------------------------------------------------------------------

    def stack(self, *arguments, check=True, settings=None):
        """Runs stack.sh; its complaints are part of the exception."""
        words = [str(STACK), *arguments, *(f"{k}={v}" for k, v in (settings or {}).items())]
        env = dict(os.environ, MOSAIC_STATE=str(self.state), MOSAIC_BIN=str(self.programs))
        done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"{shlex.join(words)} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def up(self):
        self.stack("up")

    def wipe(self):
        self.close()
        self.stack("wipe")

    def start_services(self, **settings):
        self.stack("services", "start", settings=settings)

    def stop_services(self):
        self.stack("services", "stop")

    def service(self, verb, name, instance=1, wait=True, check=True, **settings):
        """start, stop, kill or wait for one instance of a service."""
        words = ["service", verb, name, "--instance", str(instance)]
        if verb == "start" and not wait:
            words.append("--no-wait")
        self.stack(*words, check=check, settings=settings)

    def env(self):
        lines = self.stack("env").splitlines()
        pairs = (shlex.split(line)[1].split("=", 1) for line in lines if line.startswith("export "))
        return dict(pairs)

    def pid(self, part, instance=1):
        """Process id of a running part ("kafka", "postgres", a service), or None."""
        name = part if instance == 1 else f"{part}-{instance}"
        try:
            pid, started, _ = (self.state / "run" / f"{name}.pid").read_text().split()
            stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
        except (OSError, ValueError):
            return None
        fields = stat.rsplit(")", 1)[1].split()
        return int(pid) if fields[19] == started and fields[0] != "Z" else None

    def http(self, service, path, instance=1):
        name = service if instance == 1 else f"{service}-{instance}"
        port = (self.state / "run" / f"{name}.port").read_text().strip()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.read().decode()

    def log(self, service, instance=1):
        """The text an instance has logged so far."""
        name = service if instance == 1 else f"{service}-{instance}"
        return (self.state / "log" / f"{name}.log").read_text(errors="replace")

    # --- the database ------------------------------------------------------------------------

    def connect(self):
        """A new autocommit connection that may read every schema."""
        env = self.env()
        password = pathlib.Path(env["MOSAIC_ADMIN_DATABASE_PASSWORD_FILE"]).read_text().strip()
        return psycopg.connect(env["MOSAIC_ADMIN_DATABASE"], password=password, autocommit=True)

    def sql(self, query, parameters=None):
        """Rows of one query, over a connection that is made anew when it was lost."""
        for attempt in (1, 2):
            try:
                if self._sql is None or self._sql.closed:
                    self._sql = self.connect()
                cursor = self._sql.execute(query, parameters)
                return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError:
                self._sql = None
                if attempt == 2:
                    raise

    # --- Kafka -------------------------------------------------------------------------------

    @property
    def brokers(self):
        return "127.0.0.1:" + (self.state / "kafka" / "port").read_text().strip()

    @property
    def producer(self):
        if self._producer is None:
            self._producer = kafka.KafkaProducer(
                bootstrap_servers=self.brokers, acks="all", linger_ms=5, retries=1000,
                max_request_size=4 * 1024 * 1024,
                delivery_timeout_ms=300_000, max_block_ms=300_000, enable_idempotence=True,
                batch_size=256 * 1024)
        return self._producer

    def publish(self, events):
        """Sends one event or many, in order per key, and waits until the broker has all of them.
        Returns (partition, offset) of each."""
        single = not isinstance(events, (list, tuple))
        sent = [self.send(event) for event in ([events] if single else events)]
        self.producer.flush()
        places = [(m.partition, m.offset) for m in (future.get(timeout=300) for future in sent)]
        return places[0] if single else places

    def send(self, event):
        return self.producer.send(event.topic, key=event.key, value=event.value,
                                  headers=list(event.headers))

    def consumer(self):
        return kafka.KafkaConsumer(
            bootstrap_servers=self.brokers, enable_auto_commit=False, group_id=None,
            auto_offset_reset="earliest", check_crcs=False,
            fetch_max_bytes=64 * 1024 * 1024, max_partition_fetch_bytes=8 * 1024 * 1024,
            max_poll_records=5000)

    def read(self, topic):
        """Every record of a topic from its beginning to its present end, per partition in order."""
        records = []
        consumer = self.consumer()
        try:
            partitions = [kafka.TopicPartition(topic, p)
                          for p in consumer.partitions_for_topic(topic) or ()]
            consumer.assign(partitions)
            ends = consumer.end_offsets(partitions)
            begins = consumer.beginning_offsets(partitions)
            consumer.seek_to_beginning()
            open_ = {p for p in partitions if begins[p] < ends[p]}
            while open_:
                for place, batch in consumer.poll(timeout_ms=500).items():
                    records.extend(_record(r) for r in batch)
                open_ = {p for p in open_ if consumer.position(p) < ends[p]}
        finally:
            consumer.close()
        records.sort(key=lambda r: (r.partition, r.offset))
        return records

    def outputs(self, topic):
        """What a consumer of an internal topic counts: its records after the documented skipping."""
        return without_repeats(self.read(topic))

    # --- waiting -----------------------------------------------------------------------------

    def lag(self):
        """[(service, stage, topic, partition, missing)] of what is not handled yet, and the rows
        still in outboxes. Exact: a stage commits its position and its outputs in one transaction, so whoever
        finds positions at the ends, then empty outboxes, and the ends unmoved meanwhile, finds the platform at rest."""
        topics = {topic_name(t) for stage in STAGES.values() for t in stage}
        consumer = self.consumer()
        try:
            ends = _ends(consumer, topics)
            behind = self._behind(ends)
            if not behind and _ends(consumer, topics) != ends:
                behind.append(("", "", "written meanwhile", -1, 1))
        finally:
            consumer.close()
        return behind

    def _behind(self, ends):
        behind = []
        for (service, stage), topics in STAGES.items():
            schema = schema_of(service)
            nexts = {(t, p): n for t, p, n in self.sql(
                f"select topic, partition, next from {schema}.position where stage = %s", (stage,))}
            for short in topics:
                for (topic, partition), end in ends.items():
                    missing = end - nexts.get((topic, partition), 0)
                    if topic == topic_name(short) and missing > 0:
                        behind.append((service, stage, topic, partition, missing))
            waiting = self.sql(f"select count(*) from {schema}.outbox where stage = %s", (stage,))
            if waiting[0][0] > 0:
                behind.append((service, stage, "outbox", -1, waiting[0][0]))
        return behind

    def wait_caught_up(self, seconds=60):
        """Until every stage has handled everything and every output is acknowledged."""
        deadline = time.monotonic() + seconds
        while behind := self.lag():
            if time.monotonic() > deadline:
                raise TimeoutError(f"the platform is still behind after {seconds} s: {behind}")
            time.sleep(0.1)

    def close(self):
        if self._producer is not None:
            self._producer.close()
        if self._sql is not None:
            self._sql.close()
        self._producer = self._sql = None


def _ends(consumer, topics):
    partitions = [kafka.TopicPartition(t, p)
                  for t in topics for p in consumer.partitions_for_topic(t) or ()]
    return {(p.topic, p.partition): end for p, end in consumer.end_offsets(partitions).items()}


def _record(r):
    headers = {name: value for name, value in r.headers}
    return Record(r.topic, r.partition, r.offset, r.timestamp, r.key, r.value, headers)
