"""The kill test: a stream of events through the whole platform while every part of it is killed, paused
and cut off. Each fault must be seen to have hit; what the platform made of it is the oracle's to say."""

import contextlib
import os
import random
import signal
import threading
import time

from instances import Instance
from support.platform import SERVICES, schema_of

# In an order in which each finds what it needs: the second point is passed only by one that finds
# outputs which its predecessor had not published.
CRASH_POINTS = ("between_produce_and_ack", "during_republication", "after_commit", "before_commit",
                "before_ack_delete")
# Of each service the stage that could do harm if it still worked for partitions that are another's now.
SLEEPERS = {"intake": "register", "eligibility": "allocate", "project-tracking": "follow",
            "kpi-aggregator": "aggregate"}
HIT_SECONDS = 60


class Feeder(threading.Thread):
    """Sends the stream, a part of it each time it is allowed to; brokers may come and go."""

    def __init__(self, platform, events):
        super().__init__(daemon=True)
        self.platform, self.events = platform, events
        self.allowed, self.sent = 0, 0
        self.failure = None
        self.more = threading.Condition()

    def allow(self, count):
        with self.more:
            self.allowed = min(len(self.events), self.allowed + int(count))
            self.more.notify()

    def run(self):
        futures = []
        try:
            while self.sent < len(self.events):
                with self.more:
                    while self.sent == self.allowed:
                        self.more.wait()
                    until = self.allowed
                for event in self.events[self.sent:until]:
                    futures.append(self.platform.send(event))
                    if len(futures) % 50 == 0:
                        time.sleep(0.02)
                self.sent = until
            self.platform.producer.flush(timeout=300)
            for future in futures:
                future.get(timeout=300)
        except Exception as failure:  # told by finish(), in the test's own thread
            self.failure = failure

    def finish(self):
        self.allow(len(self.events))
        self.join(timeout=600)
        if self.failure is not None:
            raise AssertionError("the stream could not be sent") from self.failure
        assert not self.is_alive(), "the stream is not sent after 10 minutes"


class KillTest:
    def __init__(self, platform, scenario, say=print, seed=1, **settings):
        self.platform, self.scenario, self.say = platform, scenario, say
        self.random = random.Random(seed)
        self.settings = settings  # of every instance
        self.instances = {}
        self.hits = []            # (fault, how it was seen)
        self.began = time.monotonic()
        self.feeder = Feeder(platform, scenario.main)

    # --- instances ---------------------------------------------------------------------------

    def start(self, services=SERVICES, number=1, **settings):
        started = []
        for service in services:
            instance = self.instances.setdefault((service, number),
                                                 Instance(self.platform, service, number))
            started.append(instance.start(**self.settings, **settings))
        return started

    def running(self, service):
        return [i for (s, _), i in sorted(self.instances.items()) if s == service and i.runs]

    def ready(self):
        for instance in self.instances.values():
            if instance.runs:
                instance.wait_ready()

    def stop(self, number=None):
        """SIGTERM: each must finish what it does, and end by itself with exit code 0."""
        chosen = [i for (_, n), i in self.instances.items() if i.runs and number in (None, n)]
        for instance in chosen:
            instance.signal(signal.SIGTERM)
        for instance in chosen:
            self._saw_end(instance)

    def _saw_end(self, instance):
        code = instance.wait_exit(30)
        assert code == 0, f"{instance.name} ended with {code} on SIGTERM\n{instance.log()[-2000:]}"
        self.hit(f"SIGTERM {instance.name}", "exit code 0")

    def end(self):
        for instance in self.instances.values():
            instance.end()

    # --- telling -----------------------------------------------------------------------------

    def hit(self, fault, how):
        self.hits.append((fault, how))
        self.say(f"{time.monotonic() - self.began:6.1f} s  {self.feeder.sent:6} sent  "
                 f"{fault}: {how}")

    def feed(self, part):
        """Allows this part of the stream."""
        self.feeder.allow(part * len(self.scenario.main))

    @contextlib.contextmanager
    def flow(self):
        """Everything that runs has something to do meanwhile, and has moved before it is over."""
        before = self.progress()
        yield
        deadline = time.monotonic() + HIT_SECONDS
        while self.progress() <= before:
            assert time.monotonic() < deadline, "nothing moves any more"
            time.sleep(0.2)

    def progress(self):
        return sum(self.positions(s)[0] for s in SERVICES)

    def positions(self, service):
        """(records handled, sum of epochs) of all partitions of a service."""
        row, = self.platform.sql(f"select coalesce(sum(next), 0)::bigint, coalesce(sum(epoch), 0)::"
                                 f"bigint from {schema_of(service)}.position")
        return row

    # --- faults ------------------------------------------------------------------------------

    def kill_at_random(self, part):
        """SIGKILL of one instance of each service at some moment of its work."""
        with self.flow():
            self.feed(part)
            time.sleep(self.random.uniform(0.05, 0.6))
            for service in SERVICES:
                victim = self.random.choice(self.running(service))
                time.sleep(self.random.uniform(0, 0.4))
                victim.signal(signal.SIGKILL)
                self._saw_kill(victim, "SIGKILL")
                victim.start(**self.settings)
        self.ready()

    def _saw_kill(self, victim, fault):
        code = victim.wait_exit(HIT_SECONDS)
        assert code == -signal.SIGKILL, f"{fault} {victim.name}: exit code {code}"
        self.hit(f"{fault} {victim.name}", "ended by SIGKILL")

    def crash_at(self, points, part, times=(1, 2, 3), number=1):
        """Each service kills itself at one named point of its work after the other, when it passes it
        for the n-th time; as soon as it is dead the next point is its turn."""
        with self.flow():
            tours = {service: iter(points) for service in SERVICES}
            for service in SERVICES:
                self.instances[service, number].end()
                self._next_point(service, number, tours, times)
            self.feed(part)
            deadline = time.monotonic() + HIT_SECONDS
            while any(tours.values()):
                assert time.monotonic() < deadline, f"not passed: {self._unpassed(number, tours)}"
                time.sleep(0.02)
                for service in SERVICES:
                    victim = self.instances[service, number]
                    if tours[service] and not victim.runs:
                        self._saw_kill(victim, f"crash at {victim.point}")
                        self._next_point(service, number, tours, times)
                        self.feed(part / 4)
                        deadline = time.monotonic() + HIT_SECONDS
        self.ready()

    def _next_point(self, service, number, tours, times):
        victim = self.instances[service, number]
        victim.point = next(tours[service], None)
        if victim.point is None:
            tours[service] = None
            victim.start(**self.settings)
            return
        # Who republishes passes the point as soon as it starts, or never.
        nth = 1 if victim.point == "during_republication" else self.random.choice(times)
        victim.start(**self.settings, MOSAIC_CRASH_AT=f"{victim.point}:{nth}")

    def _unpassed(self, number, tours):
        return [f"{s} {self.instances[s, number].point}" for s in SERVICES if tours[s]]

    def pause_past_session(self, part, after=(0.3, 0.8)):
        """SIGSTOP of every first instance until the second ones have taken over, then SIGCONT."""
        first = [self.instances[s, 1] for s in SERVICES]
        with self.flow():
            self.feed(part)
            time.sleep(self.random.uniform(*after))
            before = {s: self.positions(s)[1] for s in SERVICES}
            for instance in first:
                instance.signal(signal.SIGSTOP)
            missing = [s for s in SERVICES if len(self.running(s)) < 2]
            self.start(missing, 2)
            self.feed(part / 2)
            for service in SERVICES:
                self._saw_takeover(service, before[service], part)
            for instance in first:
                instance.signal(signal.SIGCONT)
            self.feed(part)
        self.ready()
        for instance in first:
            assert instance.runs, f"{instance.name} ended after its pause:\n{instance.log()[-2000:]}"

    def _saw_takeover(self, service, before, part):
        self._wait(f"{service} is taken over", lambda: self.positions(service)[1] > before)
        handled, epochs = self.positions(service)
        self._wait(f"{service} goes on", lambda: self.positions(service)[0] > handled, part / 20)
        self.hit(f"SIGSTOP {service}/1", f"epochs {before} -> {epochs}, work goes on")

    def pause_in_batch(self, part, services=SERVICES):
        """One service after the other: its first instance stops itself with a batch in hand. The second one
        takes over, handles that batch and others; then the first one wakes up and goes on with its own."""
        for service in services:
            stage = SLEEPERS[service]
            sleeper = self.instances[service, 1]
            with self.flow():
                sleeper.signal(signal.SIGTERM)
                self._saw_end(sleeper)
                sleeper.start(**self.settings, MOSAIC_PAUSE_AT=f"before_begin@{stage}:3")
                self._wait(f"{service} is asleep", sleeper.is_asleep, part / 20)
                if len(self.running(service)) < 2:
                    self.start([service], 2)
                self._wait("all is taken over", lambda: not self._stage(service, "count(owner)", "%.1._"))
                handled = self._stage(service, "sum(next)")
                self.feed(part / 2)
                self._wait("work goes on", lambda: self._stage(service, "sum(next)") > handled)
                self.hit(f"asleep in a batch of {stage}", f"another goes on from {handled}")
                sleeper.signal(signal.SIGCONT)
            self.ready()

    def _wait(self, what, is_so, part=0):
        """Feeds that much meanwhile, again and again."""
        deadline = time.monotonic() + HIT_SECONDS
        while not is_so():
            self.feed(part)
            assert time.monotonic() < deadline, f"still not so: {what}\n{self._owners()}"
            time.sleep(0.1)

    def _owners(self):
        """Who works for which partitions, and how far: what a failure's reader asks first."""
        return "\n".join(f"{service} {row}" for service in SERVICES for row in self.platform.sql(
            "select stage, topic, partition, owner, epoch, next, halted from "
            f"{schema_of(service)}.position order by 1, 2, 3"))

    def _stage(self, service, what, owner="%"):
        """Of the positions of the stage that sleeps."""
        (value,), = self.platform.sql(f"select {what} from {schema_of(service)}.position "
                                      "where stage = %s and owner like %s", (SLEEPERS[service], owner))
        return value

    def kill_broker(self, part, away=1.0):
        with self.flow():
            self.feed(part)
            time.sleep(self.random.uniform(0.1, 0.5))
            before = self.platform.pid("kafka")
            self.platform.stack("kafka", "kill")
            time.sleep(away)
            assert self.platform.pid("kafka") is None
            self.platform.stack("kafka", "start")
            self.hit("broker killed", f"process {before} -> {self.platform.pid('kafka')}")
        self.ready()

    def kill_while_broker_pauses(self, part):
        """SIGSTOP of the broker, so that no output can be acknowledged, then SIGKILL of everyone who
        waits for that."""
        broker = self.platform.pid("kafka")
        with self.flow():
            self.feed(part)
            time.sleep(self.random.uniform(0.2, 0.4))
            os.kill(broker, signal.SIGSTOP)
            time.sleep(1)
            waiting = {s: self.outbox(s) for s in SERVICES}
            victims = [self.random.choice(self.running(s)) for s in SERVICES]
            for victim in victims:
                victim.signal(signal.SIGKILL)
            for victim in victims:
                self._saw_kill(victim, "SIGKILL while the broker pauses")
            os.kill(broker, signal.SIGCONT)
            for victim in victims:
                victim.start(**self.settings)
            self.hit("SIGSTOP broker", f"batches not acknowledged: {waiting}")
        self.ready()

    def outbox(self, service):
        (rows,), = self.platform.sql(f"select count(*) from {schema_of(service)}.outbox")
        return rows

    def kill_database(self, part, how=signal.SIGKILL, away=0.5):
        with self.flow():
            self.feed(part)
            time.sleep(self.random.uniform(0.1, 0.5))
            before = self.platform.pid("postgres")
            if how == signal.SIGKILL:
                self.platform.stack("postgres", "kill")
            else:
                self._shut_down_immediately(before)
            time.sleep(away)
            assert self.platform.pid("postgres") is None
            self.platform.stack("postgres", "start")
            self.hit(f"PostgreSQL {how.name}", f"process {before} -> {self.platform.pid('postgres')}")
        self.ready()

    def _shut_down_immediately(self, pid):
        os.kill(pid, signal.SIGQUIT)
        deadline = time.monotonic() + 20
        while self.platform.pid("postgres") is not None and time.monotonic() < deadline:
            time.sleep(0.05)

    def kill_both(self, part):
        with self.flow():
            self.feed(part)
            time.sleep(0.3)
            self.platform.stack("kafka", "kill")
            self.platform.stack("postgres", "kill")
            time.sleep(1)
            assert self.platform.pid("kafka") is None and self.platform.pid("postgres") is None
            self.platform.stack("postgres", "start")
            self.platform.stack("kafka", "start")
            self.hit("broker and PostgreSQL killed", "both were away and are back")
        self.ready()

    def cut_connections(self, part):
        with self.flow():
            self.feed(part)
            time.sleep(self.random.uniform(0.1, 0.5))
            cut, = self.platform.sql("select count(*) filter (where pg_terminate_backend(pid)) "
                                     "from pg_stat_activity where usename like 'mosaic\\_%\\_runtime'")
            assert cut[0] >= len(SERVICES), f"only {cut[0]} connections were there to cut"
            self.hit("pg_terminate_backend", f"{cut[0]} connections ended")

    # --- the whole of it ---------------------------------------------------------------------

    def begin(self):
        self.start()
        self.ready()
        self.platform.publish(self.scenario.first)
        self.platform.wait_caught_up(60)
        self.feeder.start()

    def finish(self, seconds=180):
        """Sends what is left, waits until all of it is handled, and stops every instance."""
        self.feeder.finish()
        self.ready()
        self.platform.wait_caught_up(seconds)
        self.platform.publish(self.scenario.last)
        self.platform.wait_caught_up(60)
        self.stop()
        halted = [row for s in SERVICES for row in self.platform.sql(
            f"select stage, topic, partition, halted from {schema_of(s)}.position "
            "where halted is not null")]
        assert not halted, f"partitions are halted: {halted}"


def everything(test, part):
    """All faults, one instance of each service in the first half, two in the second."""
    for _ in range(3):
        test.kill_at_random(part)
    test.crash_at(CRASH_POINTS, part)
    test.kill_broker(part)
    test.kill_database(part)
    test.cut_connections(part)
    test.pause_past_session(part)
    test.kill_at_random(part)
    test.cut_connections(part)
    test.kill_database(part, signal.SIGQUIT)
    test.pause_past_session(part)
    test.pause_in_batch(part / 2)
    test.kill_while_broker_pauses(part)
    test.kill_broker(part, away=4)
    test.kill_both(part)
    test.kill_at_random(part)
    test.stop(number=2)


def shorter(test, part):
    test.kill_at_random(part)
    test.crash_at(CRASH_POINTS[:3], part)
    test.cut_connections(part)
    test.kill_broker(part)
    test.kill_database(part)
    test.pause_past_session(part)
    test.pause_in_batch(part, ["kpi-aggregator"])


# For each planted bug the faults that must bring it to light.
def for_skip_epoch(test, part):
    test.pause_in_batch(3 * part, ["kpi-aggregator"])


def for_delete_early(test, part):
    for _ in range(3):
        test.kill_while_broker_pauses(part)


def for_ignore_sequence(test, part):
    test.crash_at(["between_produce_and_ack"] * 3, part, times=(2, 5))


# Small batches: more of them are under way when the fault hits.
BUG_SETTINGS = {"MOSAIC_BATCH_MAX": 10}
BUGS = {"skip_epoch": for_skip_epoch, "delete_early": for_delete_early,
        "ignore_sequence": for_ignore_sequence}
