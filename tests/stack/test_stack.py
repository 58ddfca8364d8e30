"""The local stack as its user meets it: twice, at once, killed, interrupted, with a port taken."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
STACK = ROOT / "deploy" / "local" / "stack.sh"


class Stack:
    def __init__(self, state):
        self.state = pathlib.Path(state)

    def start(self, *words, **settings):
        env = {**os.environ, "MOSAIC_STATE": str(self.state), **settings}
        # Who runs in the background of a script has interrupts ignored, and so has what it starts.
        return subprocess.Popen([STACK, *words], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, start_new_session=True,
                                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))

    def run(self, *words, want=0, **settings):
        process = self.start(*words, **settings)
        text, _ = process.communicate(timeout=300)
        assert process.returncode == want, text
        return text

    def pid(self, part):
        return int((self.state / "run" / f"{part}.pid").read_text().split()[0])

    def status(self, want=None):
        process = self.start("status")
        text, _ = process.communicate(timeout=60)
        return {line.split()[0]: line.split()[1] for line in text.splitlines()}

    def topics(self):
        port = (self.state / "kafka" / "port").read_text().strip()
        env = {**os.environ, "MOSAIC_KAFKA_BROKERS": f"127.0.0.1:{port}"}
        done = subprocess.run([ROOT / "build/release/bin/mosaicctl", "topics", "create"], env=env, check=True,
                              capture_output=True, text=True)
        return done.stdout


@pytest.fixture
def fresh():
    folder = tempfile.mkdtemp(prefix="mosaic-stack-")
    stack = Stack(pathlib.Path(folder) / "a state")
    yield stack
    stack.run("wipe")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def stack():
    folder = tempfile.mkdtemp(prefix="mosaic-stack-")
    stack = Stack(folder + "/state")
    stack.run("up")
    yield stack
    stack.run("wipe")
    shutil.rmtree(folder)


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@contextlib.contextmanager
def taken_as_soon_as_free(port):
    with socket.socket() as taken:
        deadline = time.monotonic() + 20
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        while True:
            try:
                taken.bind(("127.0.0.1", port))
                break
            except OSError:
                assert time.monotonic() < deadline, f"port {port} does not become free"
                time.sleep(0.05)
        taken.listen()
        yield


def test_a_second_up_changes_nothing(stack):
    before = stack.pid("kafka"), stack.pid("postgres")
    assert "0 created" in stack.run("up")
    assert (stack.pid("kafka"), stack.pid("postgres")) == before


def test_what_was_killed_is_started_again_with_its_data(stack):
    port = (stack.state / "kafka" / "port").read_text()
    for part in ("kafka", "postgres"):
        os.kill(stack.pid(part), signal.SIGKILL)
    assert "0 created" in stack.run("up")
    assert (stack.state / "kafka" / "port").read_text() == port
    assert {part: state for part, state in stack.status().items() if part in ("kafka", "postgres")} == {
        "kafka": "running", "postgres": "running"}


def test_a_process_id_given_to_somebody_else_is_left_alone(stack):
    stranger = subprocess.Popen(["sleep", "300"])
    try:
        stack.run("postgres", "stop")
        boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        (stack.state / "run" / "postgres.pid").write_text(f"{stranger.pid} 1 {boot}\n")
        assert stack.status()["postgres"] == "stopped"
        stack.run("up")
        stack.run("postgres", "stop")
        assert stranger.poll() is None
        stack.run("up")
    finally:
        stranger.kill()
        stranger.wait()


def test_a_service_and_a_second_instance_of_it_start_and_stop(stack):
    text = stack.run("services", "start")
    assert text.count("is ready") == 4
    stack.run("service", "start", "intake", "--instance", "2", "MOSAIC_LOG_LEVEL=debug")
    assert stack.status()["intake-2"] == "running"
    stack.run("service", "kill", "intake", "--instance", "2")
    first = stack.pid("intake")
    assert "intake-2" in stack.status()
    stack.run("services", "start")
    assert stack.pid("intake") == first
    stack.run("services", "stop")
    assert stack.status()["intake"] == "stopped"


def test_services_follow_kafka_to_another_port(stack):
    stack.run("services", "start")
    before, port = stack.pid("intake"), int((stack.state / "kafka" / "port").read_text())
    os.kill(stack.pid("kafka"), signal.SIGKILL)
    with taken_as_soon_as_free(port):
        stack.run("up")
        text = stack.run("services", "start")
    assert text.count("is ready") == text.count("Kafka has moved to another port") == 4
    assert stack.pid("intake") != before
    stack.run("services", "stop")


def test_a_service_that_refuses_its_settings_is_told_with_its_last_words(stack):
    text = stack.run("service", "start", "intake", "MOSAIC_THREADS=many", want=1)
    assert "intake ended while starting" in text and "MOSAIC_THREADS" in text
    text = stack.run("services", "start", "MOSAIC_THREADS=many", want=1)
    assert {"kafka", "postgres"} <= told_to_run(text)
    stack.run("services", "stop")


def test_what_is_not_known_is_a_sentence(stack, tmp_path):
    assert "there is no service 'intakes'" in stack.run("service", "start", "intakes", want=1)
    for words in (("--instance",), ("--instance", "two"), ("--instance", "0"), ("--instance", "")):
        text = stack.run("service", "start", "intake", *words, want=1)
        assert "--instance needs a number" in text and "unbound" not in text
    assert "--bin needs the folder" in stack.run("service", "start", "intake", "--bin", want=1)
    assert "no stack in" in Stack(tmp_path / "none").run("env", want=1)
    assert "is left alone" in Stack(tmp_path).run("wipe", want=1)
    assert tmp_path.exists()


def test_each_role_reaches_its_own_schema_only(stack):
    stack.run("service", "start", "intake")
    env = dict(re.findall(r"^export (\w+)=(.*)$", stack.run("env"), re.M))
    conninfo = env["MOSAIC_INTAKE_DATABASE"].replace("\\", "")
    run = lambda sql: subprocess.run(["psql", "-X", "-q", "-d", conninfo, "-c", sql], text=True, capture_output=True,
                                     env={**os.environ, "PGPASSFILE": env["PGPASSFILE"]})
    for sql in ("select * from intake.position", "select * from intake.schema_version"):
        assert run(sql).returncode == 0, sql
    for sql in ("select * from eligibility.position", "create table intake.x (a int)", "create table public.x (a int)",
                "delete from intake.schema_version", "update intake.schema_version set checksum = 0"):
        assert "permission denied" in run(sql).stderr, sql
    stack.run("service", "stop", "intake")
    stack.run("up")  # prepares the database once more
    assert "permission denied" in run("delete from intake.schema_version").stderr
    stack.run("services", "stop")


def test_two_ups_at_once_start_one_stack(fresh):
    both = [fresh.start("up"), fresh.start("up")]
    texts = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], texts
    assert sum("starting Kafka" in text for text in texts) == 1


def told_to_run(text):
    told = re.search(r"^still running: (.*); '(.*)' stops it", text, re.M)
    return set(told[1].split()) if told else set()


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.5])
def test_an_interrupt_in_the_middle_says_what_runs_and_up_works_again(fresh, seconds):
    process = fresh.start("up")
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    text, _ = process.communicate(timeout=120)
    assert process.returncode in (0, 130), text
    assert "failed" not in text and "error" not in text
    runs = {part for part, state in fresh.status().items() if state == "running"}
    assert told_to_run(text) == (runs if process.returncode else set()), text
    fresh.run("up")
    pids = fresh.pid("kafka"), fresh.pid("postgres")
    fresh.run("down")
    assert not any(alive(pid) for pid in pids)


@pytest.mark.parametrize("port", ["99999", "0", "kafka", "-1"])
def test_what_is_no_port_is_a_sentence(fresh, port):
    text = fresh.run("up", want=1, MOSAIC_KAFKA_PORT=port)
    assert f"'{port}' is no port" in text and "Traceback" not in text


def test_a_taken_port_is_a_sentence(fresh):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        text = fresh.run("up", want=1, MOSAIC_KAFKA_PORT=port)
        assert f"port {port} on 127.0.0.1 is taken" in text and told_to_run(text) == {"postgres"}
    command, = re.findall(r"'(MOSAIC_STATE=.* down)' stops it", text)
    subprocess.run(["bash", "-c", command], cwd=ROOT, check=True, capture_output=True, timeout=60)
    assert "running" not in fresh.status().values()
