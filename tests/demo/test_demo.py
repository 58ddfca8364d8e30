"""`make demo`, as a whole: what its last service counted against counts made here, by other code."""

import csv
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CARRIED = ROOT / "tests" / "data" / "horizon-2021.jsonl"


def demo(*words, want=0, **settings):
    done = subprocess.run([ROOT / "deploy" / "demo.sh", *map(str, words)], stdin=subprocess.DEVNULL, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900,
                          env={**os.environ, **settings})
    assert done.returncode == want, done.stdout
    assert not (ROOT / ".mosaic-demo").exists(), "the demo left its state behind"
    return json.loads((ROOT / "build" / "demo.json").read_text()) if want == 0 else done.stdout


def count(file):
    """The totals of a file of events, none of which is refused."""
    total = dict.fromkeys(("participations", "organisations", "projects", "cooperative_projects", "coordinators",
                           "grant_minor", "cost_minor"), 0)
    for line in file.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if event["type"] != "mosaic.application.submitted.v1":
            continue
        plan = event["data"].get("plan")
        if plan is None:
            total["organisations"] += 1
            continue
        partners = plan["partners"]
        total["projects"] += 1
        total["participations"] += len(partners)
        total["cooperative_projects"] += len({p["organisation"] for p in partners}) > 1
        total["coordinators"] += sum(p["role"] == "coordinator" for p in partners)
        total["grant_minor"] += sum(p.get("grant", 0) for p in partners)
        total["cost_minor"] += sum(p.get("cost", 0) for p in partners)
    return total


def test_the_carried_file_gives_the_known_totals():
    result = demo()
    expected = count(CARRIED)
    assert {name: result[name] for name in expected} == expected
    assert result["rejected"] == {}
    assert expected == {
        "participations": 2570, "organisations": 2016, "projects": 131, "cooperative_projects": 118,
        "coordinators": 132, "grant_minor": 110168768525, "cost_minor": 155109054124,
    }


# --- made-up tables in the two column sets ------------------------------------------------------------

DASHBOARD = {
    "project_id": "1001", "project_acronym": "MADEUP", "project_title": "A made-up project, with a comma",
    "partner_role": "PARTICIPANT",
    "partner_type": "BENEFICIARY", "pic": "900000001", "legal_name": "MADE UP \"QUOTED\" GmbH",
    "legal_entity_type": "PRC", "country_code": "AT", "eu_contribution": "100.5", "h2020_total_cost": "200.25",
    "signature_date": "01/06/2021", "call_deadline_date": "15/01/2021", "project_start_date": "01/07/2021",
    "project_end_date": "30/06/2024",
}
CORDIS = {
    "project_id": "2001", "pic": "900000001", "partner_role": "Participant", "signature_date": "NA",
    "call_deadline_date": "NA", "eu_contribution": "NA", "legal_name": "MADE UP\nIN TWO LINES",
    "legal_entity_type": "HES", "country_code": "NA", "project_acronym": "MADEUP", "start_date": "2014-03-01",
    "end_date": "2016-02-29",
}


def table(path, usual, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(usual))
        writer.writeheader()
        writer.writerows({**usual, **row} for row in rows)
    return path


def test_bad_rows_cost_only_themselves_and_each_is_told(tmp_path):
    sound = [
        {"pic": "900000001", "partner_role": "COORDINATOR"},
        {"pic": "900000002", "eu_contribution": "-"},
        {"pic": "900000003", "eu_contribution": "0.005", "h2020_total_cost": "99999.99000000001"},
        {"pic": "900000003", "partner_type": "THIRDPARTY"},
        {"project_id": "1002", "pic": "900000004", "partner_role": "COORDINATOR", "project_title": "Alone"},
    ]
    bad = [
        {"pic": "12"},
        {"pic": "90000000X"},
        {"pic": "900000005", "eu_contribution": "many"},
        {"pic": "900000006", "h2020_total_cost": "-1"},
        {"pic": "900000007", "partner_role": "BYSTANDER"},
        {"pic": "900000008", "signature_date": "31/02/2021"},
    ]
    result = demo(table(tmp_path / "bad rows.csv", DASHBOARD, sound[:2] + bad + sound[2:]))
    assert result["participations"] == 5
    assert result["organisations"] == 4
    assert (result["projects"], result["cooperative_projects"], result["coordinators"]) == (2, 1, 2)
    assert result["grant_minor"] == 10050 * 3 + 1
    assert result["cost_minor"] == 20025 * 4 + 9999999
    assert sum(result["rejected"].values()) == len(bad)


def test_the_other_column_set_and_a_project_without_a_coordinator_on_kafka_3_9(tmp_path):
    rows = [
        {"pic": "900000001", "partner_role": "Coordinator", "eu_contribution": "149775"},
        {"pic": "900000002", "partner_role": "Partner"},
        {"project_id": "2002", "pic": "900000003"},
        {"project_id": "2002", "pic": "900000004"},
    ]
    result = demo(table(tmp_path / "other.csv", CORDIS, rows), MOSAIC_KAFKA_VERSION="3.9.2")
    assert (result["projects"], result["participations"], result["coordinators"]) == (1, 2, 1)
    assert result["organisations"] == 4
    assert result["grant_minor"] == 14977500
    assert sum(result["rejected"].values()) >= 1


def test_a_project_whose_grants_together_are_no_amount_is_refused_and_accounted_for(tmp_path):
    most = "90071992547409.91"  # 2^53 - 1 cents
    rows = [
        {"project_id": "3001", "pic": "900000001", "partner_role": "COORDINATOR", "eu_contribution": most},
        {"project_id": "3001", "pic": "900000002", "eu_contribution": "0.01"},
        {"project_id": "3002", "pic": "900000002", "partner_role": "COORDINATOR", "eu_contribution": most},
        {"project_id": "3002", "pic": "900000003", "eu_contribution": "NA"},
        {"project_id": "3003", "pic": "900000003", "partner_role": "COORDINATOR", "eu_contribution": "1"},
    ]
    result = demo(table(tmp_path / "dear.csv", DASHBOARD, rows))
    assert (result["projects"], result["participations"], result["cooperative_projects"]) == (2, 3, 1)
    assert (result["organisations"], result["grant_minor"]) == (3, 2**53 - 1 + 100)
    assert result["rejected"] == result["input"]["rejected"] == {"amount_fits": 1}


def test_a_file_that_is_not_there_or_no_table_is_a_sentence(tmp_path):
    assert "no readable file" in demo(tmp_path / "none.csv", want=1)
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    told = demo(other, want=1)
    assert "other.csv: The column" in told and "starting" not in told
    events = tmp_path / "other.jsonl"
    events.write_text(CARRIED.read_text(encoding="utf-8") + "{}\n", encoding="utf-8")
    told = demo(events, want=1)
    assert "line 4164: " in told and "starting" not in told


def test_a_second_demo_at_the_same_time_says_so():
    lock = open(ROOT / "build" / "demo.lock", "a")
    subprocess.run(["flock", "-n", str(lock.fileno())], pass_fds=[lock.fileno()], check=True)
    assert "another demo runs" in demo(want=1)
    lock.close()
