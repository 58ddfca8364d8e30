"""mosaicctl against a running platform, watched with a client of our own choosing."""

import dataclasses
import json
import os
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import kafka
import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from support.events import ORGANISATIONS, PROJECTS, Event, upstream
from support.platform import ROOT

COMMANDS = ("import", "publish", "watch", "kpi", "positions", "dead-letters", "reconcile", "rules", "topics")
HEADER = ("project_id,project_acronym,project_title,partner_role,partner_type,pic,legal_name,legal_entity_type,"
          "country_code,eu_contribution,h2020_total_cost,signature_date,call_deadline_date,project_start_date,"
          "project_end_date\n")


@pytest.fixture
def ctl(platform):
    """ctl("kpi", "--json") -> the finished process."""
    def run(*arguments, stdin=None, env=None, timeout=120):
        return subprocess.run([str(platform.programs / "mosaicctl"), *map(str, arguments)], input=stdin, text=True,
                              capture_output=True, timeout=timeout, check=False,
                              env={**os.environ, **platform.env(), **(env or {})})
    return run


def line(event, **changes):
    """An event as a line of a file for `publish`."""
    whole = {"specversion": "1.0", "id": event.id, "source": event.source, "type": event.type, "data": event.data}
    return json.dumps({**whole, **changes}) + "\n"


def described(unique, organisation):
    return upstream("organisation.described", unique("ctl"), organisation=organisation, name="From a file",
                    category="it", known_on="2023-01-01")


# --- usage ---------------------------------------------------------------------------------------


def test_every_command_explains_itself(ctl):
    everything = ctl("--help")
    assert everything.returncode == 0
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", everything.stdout, re.M), command
    assert set(re.findall(r"^  ([a-z-]+) ", everything.stdout, re.M)) == set(COMMANDS)
    for command in COMMANDS:
        help_ = ctl(command, "--help")
        assert help_.returncode == 0 and help_.stdout.startswith(f"usage: mosaicctl {command}"), command
    assert re.fullmatch(r"mosaicctl \d+\.\d+\.\d+\n", ctl("--version").stdout)


@pytest.mark.parametrize("program", ["mosaicctl", "intake", "eligibility", "project-tracking", "kpi-aggregator"])
def test_h_is_help_for_every_program(platform, program):
    asked = [subprocess.run([platform.programs / program, word], capture_output=True, text=True, timeout=10, check=True)
             for word in ("-h", "--help")]
    assert asked[0].stdout == asked[1].stdout and f"usage: {program}" in asked[0].stdout


@pytest.mark.parametrize("arguments", [
    (), ("fly",), ("publish",), ("publish", "a", "b"), ("watch", "kpi", "--count", "x"), ("watch", "kpi", "--count"),
    ("kpi", "--fast"), ("kpi", "--json=yes"), ("import", "horizon"), ("import", "moon", "x"), ("positions", "resolve"),
    ("positions", "resolve", "register", "t", "0"), ("dead-letters", "burn"), ("topics",), ("positions", "--wait", "0"),
    ("kpi", "events"), ("kpi", "events", "x", "--by", "year"), ("kpi", "--by", "week"),
    ("kpi", "--period", "21"), ("kpi", "--period", "2021-13"), ("kpi", "--period", ""),
    ("dead-letters", "list", "--only", "0"), ("dead-letters", "replay", "--only", "-1/01"),
])
def test_wrong_usage_is_a_sentence_and_exit_code_2(ctl, arguments):
    done = ctl(*arguments)
    assert done.returncode == 2
    assert done.stderr.strip() and "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [("watch", "kpi"), ("kpi",), ("dead-letters", "list"), ("positions",),
                                       ("topics", "create")])
def test_a_broker_that_is_away_is_a_sentence(ctl, arguments):
    done = ctl(*arguments, env={"MOSAIC_KAFKA_BROKERS": "127.0.0.1:1"})
    assert done.returncode == 1 and "127.0.0.1:1" in done.stderr and done.stderr.count("\n") == 1


def test_a_missing_setting_is_named(ctl):
    for command, setting in (("kpi", "MOSAIC_KAFKA_BROKERS"), ("positions", "MOSAIC_ADMIN_DATABASE")):
        done = ctl(command, env={setting: ""})
        assert done.returncode == 2 and setting in done.stderr


def test_a_kafka_property_that_is_none_is_refused_by_whatever_asks_the_broker(ctl):
    for command in (("topics", "create"), ("kpi",)):
        done = ctl(*command, env={"MOSAIC_KAFKA_PROPERTY_SECURITY_PROTOCOL": "carrier pigeon"})
        assert done.returncode == 2 and "security.protocol" in done.stderr, command


def test_topics_have_the_contract_s_settings(ctl, platform):
    assert "0 created" in ctl("topics", "create").stdout
    channels = json.loads((ROOT / "schemas" / "asyncapi.json").read_text())["channels"].values()
    wanted = {c["address"]: c["bindings"]["kafka"]["topicConfiguration"] for c in channels}
    admin = kafka.KafkaAdminClient(bootstrap_servers=platform.brokers)
    try:
        answer = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name, None) for name in wanted],
                                        config_filter="all")
    finally:
        admin.close()
    found, = answer.values()
    for name, settings in wanted.items():
        have = {key: found[name][key]["value"] for key in settings}
        assert have == {key: ",".join(v) if isinstance(v, list) else str(v) for key, v in settings.items()}, name


def test_a_topic_that_does_not_exist_is_a_sentence(ctl):
    done = ctl("watch", "nowhere")
    assert done.returncode == 1 and done.stderr == "mosaicctl: there is no topic nowhere\n"


# --- publish -------------------------------------------------------------------------------------


def test_a_file_is_published_once_however_often_it_is_sent(ctl, platform, unique, fresh_inn, tmp_path):
    events = [described(unique, fresh_inn()) for _ in range(20)]
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(line(e).strip() for e in events) + "\n\n")
    for _ in range(2):
        done = ctl("publish", file)
        assert done.returncode == 0 and re.match(r"20 events published in \d+\.\d s, \d+/s\n", done.stderr)
    platform.wait_caught_up()
    origins = [r.header("ce_originid") for r in platform.outputs("mosaic.organisations.v1")]
    assert [origins.count(e.id) for e in events] == [1] * 20


def test_a_broken_line_stops_the_run_and_is_told_by_its_number(ctl, platform, unique, fresh_inn):
    first, last = described(unique, fresh_inn()), described(unique, fresh_inn())
    done = ctl("publish", "-", stdin=line(first) + '{"id": "x"}\n' + line(last))
    assert done.returncode == 1 and "line 2: " in done.stderr
    platform.wait_caught_up()
    origins = {r.header("ce_originid") for r in platform.outputs("mosaic.organisations.v1")}
    assert first.id in origins and last.id not in origins


def test_a_file_can_be_checked_without_sending_it(ctl, tmp_path):
    nowhere = {"MOSAIC_KAFKA_BROKERS": ""}
    broken = tmp_path / "events.jsonl"
    broken.write_text("not JSON\n")
    sound = ROOT / "tests" / "data" / "horizon-2021.jsonl"
    done = ctl("publish", sound, "--check", env=nowhere)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = ctl("publish", broken, "--check", env=nowhere)
    assert done.returncode == 1 and "line 1: " in done.stderr
    table = tmp_path / "table.csv"
    for text, code in ((HEADER, 0), ("a,b\n", 1)):
        table.write_text(text)
        done = ctl("import", "horizon", table, "--check", env=nowhere)
        assert (done.returncode, done.stdout) == (code, "") and bool(done.stderr) == bool(code)


def test_with_keep_going_the_rest_is_published(ctl, platform, unique, fresh_inn):
    first, last = described(unique, fresh_inn()), described(unique, fresh_inn())
    done = ctl("publish", "-", "--keep-going", stdin=line(first) + "not JSON\n" + line(last, type="x") + line(last))
    assert done.returncode == 1
    assert "line 2: " in done.stderr and "line 3: " in done.stderr and "2 broken lines" in done.stderr
    platform.wait_caught_up()
    origins = {r.header("ce_originid") for r in platform.outputs("mosaic.organisations.v1")}
    assert {first.id, last.id} <= origins


def test_what_intake_has_to_judge_is_published_as_it_is(ctl, platform, unique, fresh_inn):
    event = described(unique, fresh_inn())
    done = ctl("publish", "-", stdin=line(event, data={**event.data, "category": "dragon"}))
    assert done.returncode == 0
    platform.wait_caught_up()
    found = [r.data for r in platform.outputs("mosaic.rejections.v1") if r.data.get("event_id") == event.id]
    assert [[(r["code"], r["pointer"]) for r in f["reasons"]] for f in found] == [[("unknown_value", "/category")]]


def test_a_folder_and_a_missing_file_are_sentences(ctl, tmp_path):
    assert "is a folder" in ctl("publish", tmp_path).stderr
    assert "No such file" in ctl("publish", tmp_path / "none").stderr
    assert "No such file" in ctl("import", "horizon", tmp_path / "none").stderr


# --- import --------------------------------------------------------------------------------------


def test_a_table_that_does_not_hold_together_is_refused_before_anything_is_sent(ctl, tmp_path):
    file = tmp_path / "table.csv"
    file.write_text(HEADER + "1,2,3\n")
    done = ctl("import", "horizon", file)
    assert done.returncode == 1 and "Line 2 has 3 fields, the header has 15." in done.stderr
    file.write_text("a,b\n")
    assert 'The column "project_id" is missing' in ctl("import", "horizon", file).stderr


def test_import_can_write_a_file_that_publish_reads(ctl, tmp_path):
    table, events = tmp_path / "table.csv", tmp_path / "events.jsonl"
    table.write_text(HEADER + "9,A,T,COORDINATOR,BENEFICIARY,999644559,Agency,REC,FR,5,6,01/02/2021,01/02/2021,"
                     "01/01/2022,31/12/2022\n")
    assert ctl("import", "horizon", table, "--out", events).returncode == 0
    types = [json.loads(text)["type"] for text in events.read_text().splitlines()]
    assert types == ["mosaic.organisation.described.v1"] + ["mosaic.application.submitted.v1"] * 2
    assert ctl("import", "horizon", table, "--out", "/nowhere/x").returncode == 1


def test_vintages_become_baselines(ctl, tmp_path):
    for month, value in (("03", "1.5"), ("04", "1.7999999999999998")):
        folder = tmp_path / "kep" / "2020" / month
        folder.mkdir(parents=True)
        (folder / "dfq.csv").write_text(f",year,qtr,GDP\n2019-12-31,2019,4,{value}\n2020-03-31,2020,1,\n")
    out = tmp_path / "out.jsonl"
    assert ctl("import", "rosstat", tmp_path / "kep", "--out", out).returncode == 0
    data = [json.loads(text)["data"] for text in out.read_text().splitlines()]
    assert data == [{"indicator": "GDP", "period": "2019-Q4", "vintage": f"2020-{m}", "value": v}
                    for m, v in (("03", "1.5"), ("04", "1.8"))]
    assert "holds no folders" in ctl("import", "rosstat", tmp_path, "--out", out).stderr


def test_the_events_carried_for_the_demo_are_what_the_importer_says_they_are():
    events = [json.loads(text) for text in (ROOT / "tests" / "data" / "horizon-2021.jsonl").open(encoding="utf-8")]
    plans = [e["data"]["plan"] for e in events if "plan" in e["data"]]
    rows = [row for plan in plans for row in plan["partners"]]
    assert len({(e["source"], e["id"]) for e in events}) == len(events) == 4163
    assert (len(plans), len(rows)) == (131, 2570)
    assert len({row["organisation"] for row in rows}) == 2016
    assert sum(len({row["organisation"] for row in plan["partners"]}) > 1 for plan in plans) == 118
    assert sum(row["role"] == "coordinator" for row in rows) == 132
    assert sum(row.get("grant", 0) for row in rows) == 110168768525
    assert sum("grant" in row for row in rows) == 2426
    assert sum(row["cost"] for row in rows) == 155109054124


# --- looking -------------------------------------------------------------------------------------


def test_watch_shows_key_headers_and_data_and_disarms_control_characters(ctl, platform, unique, fresh_inn):
    event = upstream("organisation.described", unique("ctl"), organisation=fresh_inn(), known_on="2023-01-01",
                     category="it", name="\u001b[31mred\u009b")
    platform.publish(event)
    platform.wait_caught_up()
    text = ctl("watch", "upstream.organisations", "--from-beginning", "--until-end").stdout
    assert event.id in text and "\x1b" not in text and "\x9b" not in text
    done = ctl("watch", "mosaic.upstream.organisations.v1", "--from-beginning", "--until-end", "--json")
    records = [json.loads(text) for text in done.stdout.splitlines()]
    mine = [r for r in records if ["ce_id", event.id] in r["headers"]]
    assert [json.loads(r["value"]) for r in mine] == [event.data]
    assert mine[0]["key"] == event.data["organisation"]
    assert len(ctl("watch", "organisations", "--from-beginning", "--count", "1", "--json").stdout.splitlines()) == 1


def test_kpis_can_be_filtered(ctl, platform, unique, fresh_inn):
    organisation = fresh_inn()
    platform.publish([described(unique, organisation),
                      upstream("application.submitted", unique("ctl"), application=unique("A"), measure="membership",
                               organisation=organisation, submitted_on="2023-03-04")])
    platform.wait_caught_up()
    cells = [json.loads(text) for text in ctl("kpi", "--json").stdout.splitlines()]
    assert any(c["cell"] == "participants.joined:it:2023-03" for c in cells)
    some = [json.loads(text) for text in ctl("kpi", "--json", "--kpi", "participants", "--category", "it", "--period",
                                             "2023", "--by", "month").stdout.splitlines()]
    assert some == [c for c in cells if c["kpi"].startswith("participants.") and c["category"] == "it"
                    and c["period"].startswith("2023-")]
    table = ctl("kpi", "--kpi", "participants.joined", "--category", "it", "--period", "2023-03").stdout
    assert [re.split(r"\s{2,}", row)[0] for row in table.splitlines()] == ["kpi", "participants.joined"]


@pytest.mark.parametrize("words,told", [
    (("--kpi", "participant"), "--kpi participant fits no KPI; there are: .*participants.joined, "),
    (("--category", "IT"), "--category IT fits no KPI; there are: all, "),
    (("--period", "1999"), "--period 1999 fits no KPI; there are: 20"),
    (("--by", "year", "--period", "2023-03"), "each of the options fits some KPI, but all together fit none"),
])
def test_filters_that_fit_nothing_say_which_and_what_there_is(ctl, platform, unique, fresh_inn, words, told):
    organisation = fresh_inn()
    platform.publish([described(unique, organisation),
                      upstream("application.submitted", unique("ctl"), application=unique("A"), measure="membership",
                               organisation=organisation, submitted_on="2023-03-04")])
    platform.wait_caught_up()
    for form in ((), ("--json",)):
        done = ctl("kpi", *words, *form)
        assert (done.returncode, done.stdout) == (1, "")
        assert re.search(f"^mosaicctl: {told}", done.stderr, re.M), done.stderr


def foreign(platform, value, *headers):
    """Puts a record into the KPIs that no service of ours would write; its place as mosaicctl names it."""
    sent = platform.producer.send("mosaic.kpi.v1", key=b"foreign", value=value, partition=0,
                                  headers=[("ce_type", b"mosaic.kpi.value.v1"), *headers]).get(30)
    return f"0/{sent.offset}"


def passed_over(done):
    """How many records a command has passed over, and the place of the first."""
    told = re.fullmatch(r"mosaicctl: (\d+) records? of mosaic\.kpi\.v1 (?:are|is) no KPI value and passed over; "
                        r"(?:the first|it) is (\d+/\d+): [^\n\x1b]+\n", done.stderr)
    assert told or not done.stderr, done.stderr
    return (int(told[1]), told[2]) if told else (0, None)


def test_what_is_no_kpi_value_is_passed_over_and_counted(ctl, platform, tmp_path):
    before = ctl("kpi", "--json")
    count, first = passed_over(before)
    place = foreign(platform, b"no JSON \x1b")
    foreign(platform, b"{}")
    foreign(platform, json.dumps({
        "cell": "x:all:2021", "kpi": "x", "category": "all", "period": "2021", "granularity": "year", "unit": "count",
        "value": "1", "revision": 1, "formula_version": "1"}).encode(), ("ce_type", b"somebody.elses.v1"))
    shown = ctl("kpi", "--json")
    assert (shown.returncode, shown.stdout) == (0, before.stdout)
    assert passed_over(shown) == (count + 3, first or place)
    table = tmp_path / "table.csv"
    table.write_text(HEADER)
    compared = ctl("reconcile", table, "--out", tmp_path / "demo.json")
    assert "went in" in compared.stdout and passed_over(compared) == (count + 3, first or place)


def test_positions_tell_of_every_stage_and_partition(ctl, platform):
    platform.wait_caught_up()
    assert ctl("positions", "--wait", "60").returncode == 0
    rows = [json.loads(text) for text in ctl("positions", "--json").stdout.splitlines()]
    assert {r["stage"] for r in rows} == {"register", "assess", "allocate", "follow", "contribute", "aggregate"}
    channels = json.loads((ROOT / "schemas" / "asyncapi.json").read_text())["channels"].values()
    partitions = {c["address"]: c["bindings"]["kafka"]["partitions"] for c in channels}
    found = {}
    for r in rows:
        found.setdefault((r["stage"], r["topic"]), []).append(r["partition"])
    assert len(found) == 14
    assert all(sorted(numbers) == list(range(partitions[topic])) for (_, topic), numbers in found.items())
    assert all(r["claimed"] and r["next"] == r["end"] and r["outbox"] == 0 and r["halted"] is None for r in rows)
    assert len(ctl("positions").stdout.splitlines()) == len(rows) + 1


def test_positions_wait_gives_up_with_a_sentence(ctl, platform, unique, fresh_inn):
    platform.service("stop", "intake")
    try:
        platform.publish(described(unique, fresh_inn()))
        done = ctl("positions", "--wait", "1")
        assert done.returncode == 1 and "register is behind on mosaic.upstream.organisations.v1" in done.stderr
    finally:
        platform.service("start", "intake")
    platform.wait_caught_up()


@pytest.fixture
def halted(platform):
    """A partition that an operator has to look after; it runs again afterwards whatever happens."""
    place = "stage = 'register' and topic = 'mosaic.upstream.projects.v1' and partition = 5"
    platform.service("stop", "intake")
    platform.sql(f"update intake.position set halted = 'INPUT_DIVERGED', halted_at = now() where {place}")
    platform.service("start", "intake", wait=False)
    yield place
    platform.sql(f"update intake.position set halted = null where {place}")
    platform.service("wait", "intake")


def test_only_a_halted_partition_can_be_resolved(ctl):
    done = ctl("positions", "resolve", "register", "upstream.projects", "4", "--from", "keep", "--yes")
    assert done.returncode == 1 and "is not halted" in done.stderr


def test_a_halted_partition_goes_on_when_it_is_told_to_and_not_before(ctl, platform, halted, unique, fresh_inn):
    order = ("positions", "resolve", "register", "upstream.projects", "5", "--from", "keep")
    told = ctl(*order)
    assert told.returncode == 0 and "add --yes" in told.stdout
    assert platform.sql(f"select halted from intake.position where {halted}") == [("INPUT_DIVERGED",)]
    assert ctl("positions", "--wait", "5").stderr.startswith("mosaicctl: register mosaic.upstream.projects.v1/5 is halted")
    assert "not in it" in ctl(*order[:-1], "999999999").stderr
    assert ctl(*order, "--yes").returncode == 0
    platform.service("wait", "intake")
    assert ctl("positions", "--wait", "60").returncode == 0
    platform.publish(described(unique, fresh_inn()))
    platform.wait_caught_up()


DLQ = "mosaic.upstream.projects.v1.intake.dlq"


@pytest.fixture
def letter(platform, unique):
    """letter() sends what is no event to the partition of `halted`, so that its handling can be counted."""
    def send():
        value = unique("no event").encode()
        place = platform.producer.send(PROJECTS, key=b"k", value=value, partition=5).get(30)
        return value, place.offset
    return send


@pytest.fixture
def read_before(platform, letter):
    sent = [letter(), letter()]
    platform.wait_caught_up()
    return sent


def handled(platform, value):
    return sum(r.value == value for r in platform.read(DLQ))


def plant(platform, place):
    """A source that the partition has seen, and what the stage has yet to publish of it."""
    platform.sql("insert into intake.seen select stage, topic, partition, 'planted', 1, 0 from intake.position"
                 f" where {place}")
    platform.sql("insert into intake.outbox select stage, topic, partition, next, 0, '' from intake.position"
                 f" where {place}")


def planted(platform, place):
    """What is left of it, taken away."""
    seen = platform.sql(f"delete from intake.seen where {place} and source = 'planted' returning 1")
    outbox = platform.sql(f"delete from intake.outbox where {place} and outputs = 0 and payload = '' returning 1")
    return len(seen), len(outbox)


def resolve(*place):
    return ("positions", "resolve", "register", "upstream.projects", "5", "--from", *map(str, place))


def test_a_partition_goes_back_and_handles_again_what_it_has_seen(ctl, platform, read_before, halted):
    (first, at), (second, _) = read_before
    incarnation, = platform.sql(f"select incarnation from intake.position where {halted}")
    plant(platform, halted)
    assert "handled AGAIN" in ctl(*resolve(at)).stdout
    done = ctl(*resolve(at, "--yes"))
    assert done.returncode == 0 and planted(platform, halted) == (0, 0)
    platform.service("wait", "intake")
    platform.wait_caught_up()
    assert (handled(platform, first), handled(platform, second)) == (2, 2)
    assert platform.sql(f"select incarnation - 1 from intake.position where {halted}") == [incarnation]


def test_a_partition_that_goes_forward_leaves_out_what_is_between(ctl, platform, halted, letter):
    (lost, _), (kept, at) = letter(), letter()
    platform.sql("insert into intake.seen select stage, topic, partition, 'planted', 1, 0 from intake.position"
                 f" where {halted}")
    assert "LOST" in ctl(*resolve(at)).stdout
    assert ctl(*resolve(at, "--yes")).returncode == 0
    platform.service("wait", "intake")
    platform.wait_caught_up()
    assert (handled(platform, lost), handled(platform, kept)) == (0, 1)
    assert planted(platform, halted) == (1, 0)


def test_a_partition_that_somebody_else_has_changed_keeps_its_outbox(ctl, platform, read_before, halted):
    """The change is made after mosaicctl has looked and before it acts: it waits for the row's lock."""
    _, (_, at) = read_before
    plant(platform, halted)
    with platform.connect() as other, ThreadPoolExecutor() as pool:
        other.autocommit = False
        other.execute(f"update intake.position set halted = 'OPERATOR' where {halted}")
        late = pool.submit(ctl, *resolve(at, "--yes"))
        until = time.monotonic() + 4
        while not platform.sql("select 1 from pg_stat_activity where query like 'with moved%' and wait_event_type = 'Lock'"):
            assert time.monotonic() < until and not late.done(), "mosaicctl does not wait for the row"
            time.sleep(0.05)
        other.commit()
        done = late.result()
    assert done.returncode == 1 and "somebody else has changed it; nothing was done" in done.stderr
    assert "Done" not in done.stdout
    assert platform.sql(f"select halted from intake.position where {halted}") == [("OPERATOR",)]
    assert planted(platform, halted) == (1, 1)


@pytest.mark.parametrize("detail,then,told", [
    ("planted.v1 has 3 partitions and had 2", 3, "planted.v1 counts as one of 3 partitions"),
    ("planted.v1 has 3 partitions and had 1", 2, "planted.v1 counts as one of 3 partitions"),
    ("by hand", 2, "names no topic"),
])
def test_a_changed_number_of_partitions_is_taken_for_that_topic_alone(ctl, platform, halted, detail, then, told):
    others = platform.sql("select * from intake.output_topic order by topic")
    platform.sql("insert into intake.output_topic values ('planted.v1', 2)")
    platform.sql(f"update intake.position set halted = 'PARTITIONS_CHANGED', halted_detail = %s where {halted}", (detail,))
    done = ctl(*resolve("keep", "--yes"))
    assert done.returncode == 0 and told in done.stdout
    row, = platform.sql("delete from intake.output_topic where topic = 'planted.v1' returning partitions")
    assert row == (then,) and platform.sql("select * from intake.output_topic order by topic") == others != []
    platform.service("wait", "intake")


# --- dead letters --------------------------------------------------------------------------------


def test_dead_letters_are_listed_and_sent_again_once(ctl, platform, unique):
    value = unique("no event").encode() + b"\xff\x00"
    letter = Event(ORGANISATIONS, b"key \xff\x1b", value, (("x-own", b"\xfe"),))
    platform.publish(letter)
    platform.wait_caught_up()
    queue = f"{ORGANISATIONS}.intake.dlq"

    def mine(topic):
        return [r for r in platform.read(topic) if r.value == value]

    found, = mine(queue)
    place = f"{found.partition}/{found.offset}"
    listed = ctl("dead-letters", "list", queue, "--only", place)
    assert "no CloudEvent" in listed.stdout and "1 dead letters" in listed.stdout and "sent again" not in listed.stdout
    assert rf", {len(value)} bytes, key key \xff\x1b" in listed.stdout
    told = json.loads(ctl("dead-letters", "list", queue, "--only", place, "--json").stdout)
    assert told["key"] == {"hex": b"key \xff\x1b".hex()}

    assert ctl("dead-letters", "replay", queue, "--only", place).stdout == "1 sent again, 0 left alone\n"
    platform.wait_caught_up()
    first, again = mine(ORGANISATIONS)
    assert again.key == first.key and again.headers["x-own"] == b"\xfe"
    assert again.headers["mosaic-replayed-from"] == f"{queue}/{place}".encode()
    assert not [name for name in again.headers if name.startswith("mosaic-dlq")]

    assert "0 sent again, 1 left alone" in ctl("dead-letters", "replay", queue, "--only", place).stdout
    assert "(sent again)" in ctl("dead-letters", "list", queue, "--only", place).stdout
    assert "1 sent again" in ctl("dead-letters", "replay", queue, "--only", place, "--again").stdout
    assert len(mine(ORGANISATIONS)) == 3


@pytest.mark.parametrize("verb", ["list", "replay"])
def test_a_letter_that_is_not_there_is_refused_with_those_that_are(ctl, platform, letter, verb):
    letter()
    platform.wait_caught_up()
    done = ctl("dead-letters", verb, DLQ, "--only", "0/999999")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.match(rf"mosaicctl: there is no dead letter 0/999999; there (is|are) {DLQ} \d+/\d+", done.stderr)


def test_a_letter_of_an_inner_stage_has_its_effect_when_it_is_sent_again(ctl, platform, unique, fresh_inn):
    """The stage has seen the letter's sequence, and would take it for a repeat under its old name."""
    organisation, trace = fresh_inn(), b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    queue = "mosaic.participants.v1.kpi-aggregator.dlq"
    counted = "select source, id, origin_id from kpi_aggregator.entity_event where entity = %s"
    platform.sql("alter table kpi_aggregator.entity_event add constraint in_the_way "
                 f"check (entity <> 'organisation:{organisation}')")
    try:
        joining = upstream("application.submitted", unique("ctl"), application=unique("A"), measure="membership",
                           organisation=organisation, submitted_on="2024-02-03")
        platform.publish([described(unique, organisation),
                          dataclasses.replace(joining, headers=(*joining.headers, ("traceparent", trace)))])
        platform.wait_caught_up()
    finally:
        platform.sql("alter table kpi_aggregator.entity_event drop constraint in_the_way")
    letter = [r for r in platform.read(queue) if r.key == organisation.encode()][-1]
    assert not platform.sql(counted, (f"organisation:{organisation}",))
    assert letter.headers["ce_traceparent"] == trace, "handed on by two stages"

    place = f"{letter.partition}/{letter.offset}"
    assert "1 sent again" in ctl("dead-letters", "replay", queue, "--only", place).stdout
    platform.wait_caught_up()
    assert platform.sql(counted, (f"organisation:{organisation}",)) == [
        (f"mosaicctl/{queue}/{place}", "00000000000000000000.000000", letter.headers["ce_originid"].decode())]


# --- reconcile -----------------------------------------------------------------------------------


def test_what_does_not_reconcile_is_shown_and_fails(ctl, tmp_path):
    table, out = tmp_path / "table.csv", tmp_path / "demo.json"
    table.write_text(HEADER + "".join(f"{n},A,T,COORDINATOR,BENEFICIARY,{pic},Agency,REC,FR,5,6,01/02/2021,01/02/2021,"
                                      "01/01/2022,31/12/2022\n" for n, pic in ((7001, "999644559"), (7002, "NA"))))
    done = ctl("reconcile", table, "--out", out)
    assert done.returncode == 1 and "DIFFERENT" in done.stdout and "does NOT reconcile" in done.stdout
    found = json.loads(out.read_text())
    assert found["reconciled"] is False
    assert found["input"] == {"participations": 1, "organisations": 1, "projects": 1, "cooperative_projects": 0,
                              "coordinators": 1, "grant_minor": 500, "cost_minor": 600,
                              "rejected": {"identifier_malformed": 1}}


def test_a_broken_file_is_named(ctl, tmp_path):
    table, events = tmp_path / "table.csv", tmp_path / "events.jsonl"
    table.write_text(HEADER + "1,2\n")
    events.write_text("{}\n")
    for file, told in ((table, "Line 2 has 2 fields, the header has 15."), (events, "line 1: ")):
        done = ctl("reconcile", file, "--out", tmp_path / "demo.json")
        assert done.returncode == 1 and done.stderr.startswith(f"mosaicctl: {file}: {told}")
