"""Rules as data: a DMN model published as an event decides from its day on; one that is unsound is refused with every
reason and changes nothing.

The rules of these tests hold for one day each, in years that nothing else uses, so that all tests may share a platform."""

import random
import re
import subprocess
from xml.sax.saxutils import escape

import pytest
from support.events import upstream
from test_eligibility import Cluster, failed

REJECTIONS = "mosaic.rejections.v1"


def model(verdict, extra=""):
    """A DMN model whose verdict is one FEEL expression."""
    return ('<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="m" namespace="urn:m">'
            '<inputData id="a" name="Application"><variable id="av" name="Application"/></inputData>' + extra +
            '<decision id="d" name="Verdict"><variable id="v" name="Verdict"/>'
            '<informationRequirement id="r"><requiredInput href="#a"/></informationRequirement>'
            f'<literalExpression id="l"><text>{escape(verdict)}</text></literalExpression></decision></definitions>')


REFUSES = '{answer: "refused", findings: [{rule: "closed", held: false, read: "day=" + string(Application.submitted on)}]}'
GRANTS = '{answer: "eligible", asked: 5, amount: 5, currency: "RUB", findings: []}'


class Office(Cluster):
    """Publishes rules for one day of its year."""

    def rules(self, verdict, on="05-10", known_on="01-01", measure="joint-project", **other):
        version = other.pop("version", None) or f"{measure}/{self.unique('v')}".lower()
        self.event = upstream("rule-set.published", self.unique("event"), **{
            "measure": measure, "version": version, "valid_from": self.day(on), "valid_until": self.day(on),
            "known_on": self.day(known_on), "model": model(verdict), **other})
        self.platform.publish(self.event)
        return version

    def stored(self, version):
        return self.platform.sql("select count(*) from eligibility.rule_set where version = %s", (version,))[0][0]

    def rejection(self):
        """Of the rules published last."""
        self.settle()
        found, = [r.data for r in self.platform.outputs(REJECTIONS) if r.data.get("event_id") == self.event.id]
        return found


@pytest.fixture
def office(platform, unique, fresh_inn):
    used = {year for year, in platform.sql("select year from eligibility.budget")}
    year = random.choice([y for y in range(2030, 2190) if y not in used])
    office = Office(platform, unique, fresh_inn, year)
    office.budget(10_000)
    return office


def test_the_rules_the_project_carries_are_published_once_and_can_be_published_again(platform):
    wanted = {"membership/1", "joint-project/1", "horizon-project/1", "export-grant/2020-03-31",
              "export-grant/2021-03-01"}
    platform.wait_caught_up()
    platform.stack("rules")
    platform.wait_caught_up()
    stored = [v for v, in platform.sql("select version from eligibility.rule_set")]
    assert wanted <= set(stored) and len(stored) == len(set(stored))


def test_an_unsound_model_is_refused_with_every_reason_and_changes_nothing(office):
    two_faults = model('if 1 then "x" else Aplication.amount',
                       extra='<decision id="e" name="Other"><variable id="ev" name="Other"/>'
                             '<literalExpression id="el"><text>1 + </text></literalExpression></decision>')
    version = office.rules("", model=two_faults)
    reasons = [r for r in office.rejection()["reasons"] if r["code"] == "rules_unsound"]
    text = " ".join(r["message"] for r in reasons)
    assert len(reasons) >= 2 and "Aplication" in text and "Other" in text
    assert all(r["pointer"] == "/model" for r in reasons)
    assert office.stored(version) == 0
    application = office.project(office.member(), office.member())
    office.settle()
    assert office.assessments(application)[0]["rule_version"] == "joint-project/1"


@pytest.mark.parametrize("xml", [
    "no xml at all",
    "<definitions",
    "<html/>",
    '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><definitions '
    'xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="&b;" namespace="urn:m"/>',
    '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions '
    'xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="&x;" namespace="urn:m"/>',
    model("(" * 10_000 + "1" + ")" * 10_000),
    model("1").replace("Verdict", "Judgement"),
    model("1").replace('"Application"', '"Weather"'),
], ids=["text", "cut-short", "other-root", "entity-bomb", "external-entity", "deep", "no-verdict", "unknown-input"])
def test_what_cannot_be_rules_is_refused_with_a_reason(office, xml):
    version = office.rules("", model=xml)
    reasons = office.rejection()["reasons"]
    assert {r["code"] for r in reasons} == {"rules_unsound"}
    assert all("root:" not in r["message"] for r in reasons)
    assert office.stored(version) == 0


def test_rules_published_before_an_application_decide_it_and_explain_themselves(office):
    version = office.rules(REFUSES)
    office.settle()
    applicant, partner = office.member(), office.member()
    that_day, next_day = office.project(applicant, partner), office.project(applicant, partner, on="05-11")
    office.settle()
    refused, = office.assessments(that_day)
    assert refused["verdict"] == "refused" and refused["rule_version"] == version
    assert failed(refused) == ["closed"]
    assert refused["findings"][-1]["read"] == f"day={office.day('05-10')}"
    eligible, = office.assessments(next_day)
    assert eligible["verdict"] == "eligible" and eligible["rule_version"] == "joint-project/1"


def test_rules_that_come_after_an_application_of_their_time_decide_it_again(office):
    application = office.project(office.member(), office.member(), amount=700)
    office.settle()
    assert office.outcomes(application) == ["approved"]
    version = office.rules(GRANTS, known_on="05-01")
    office.settle()
    first, second = office.assessments(application)
    assert (first["amount"], second["amount"]) == (700, 5)
    assert second["cause"] == "rules" and second["rule_version"] == version
    assert office.purse()[1] == 5


def test_decisions_made_before_the_rules_were_known_stand(office):
    application = office.project(office.member(), office.member(), amount=700)
    office.settle()
    office.rules(REFUSES, known_on="06-01")
    office.settle()
    assert len(office.assessments(application)) == 1


def test_a_version_is_never_overwritten(office):
    version = office.rules(REFUSES)
    office.settle()
    office.rules(GRANTS, version=version)
    office.settle()
    application = office.project(office.member(), office.member())
    office.settle()
    assert office.assessments(application)[0]["verdict"] == "refused"
    assert office.stored(version) == 1
    letters = office.platform.read("mosaic.reference.v1.eligibility.dlq")
    assert "never overwritten" in letters[-1].header("mosaic-dlq-reason")


def test_rules_survive_a_restart_and_a_second_instance_has_them(office, platform):
    version = office.rules(REFUSES)
    office.settle()
    platform.service("stop", "eligibility")
    platform.service("start", "eligibility")
    platform.service("start", "eligibility", instance=2)
    applications = [office.project(office.member(), office.member()) for _ in range(6)]
    office.settle()
    platform.service("stop", "eligibility", instance=2)
    assert {office.assessments(a)[0]["rule_version"] for a in applications} == {version}


def test_mosaicctl_says_of_a_model_what_intake_would_say(platform, tmp_path):
    sound, unsound = tmp_path / "sound.dmn", tmp_path / "unsound.dmn"
    sound.write_text(model(GRANTS))
    unsound.write_text(model("Aplication.amount > "))
    program = platform.programs / "mosaicctl"
    good = subprocess.run([program, "rules", "check", sound], capture_output=True, text=True)
    assert good.returncode == 0 and "sound" in good.stdout
    bad = subprocess.run([program, "rules", "check", sound, unsound], capture_output=True, text=True)
    assert bad.returncode == 1 and re.search(r"unsound.dmn.*error", bad.stderr)
