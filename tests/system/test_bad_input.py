"""Bad input at intake's door: every case gives a dead letter or a rejection with a reason that a person
understands, and the next event is handled. Sent and read with kafka-python, on a running platform."""

import json

import pytest

from support.contract import fault
from support.events import ORGANISATIONS, PROJECTS, REFERENCE, Event, upstream

SUBMITTED = "mosaic.application.submitted.v1"
REJECTIONS = "mosaic.rejections.v1"
ACCEPTED = "mosaic.organisations.v1"
DEAD = f"{ORGANISATIONS}.intake.dlq"


class Door:
    """Sends records to intake and tells what became of each."""

    def __init__(self, platform, unique, organisation):
        self.platform, self.unique, self.organisation = platform, unique, organisation

    def data(self, **changes):
        data = {"application": self.unique("A"), "organisation": self.organisation, "measure": "membership",
                "submitted_on": "2023-05-02", **changes}
        return {k: v for k, v in data.items() if v is not None}

    def record(self, value=None, headers=None, key=None, topic=ORGANISATIONS, type_=SUBMITTED, id=None):
        id = id or self.unique("event")
        if isinstance(value, dict):
            value = json.dumps(value).encode()
        if headers is None:
            headers = (("ce_specversion", b"1.0"), ("ce_id", id.encode()), ("ce_source", b"urn:bad-input"),
                       ("ce_type", type_.encode()), ("content-type", b"application/json"))
        return Event(topic, self.organisation.encode() if key is None else key, value, headers, id=id)

    def send(self, record):
        """Sends a record and, behind it under the same key, a sound one. Returns its place."""
        sound = upstream("organisation.described", self.unique("sound"), organisation=self.organisation,
                         name="Sound", category="it", known_on="2023-01-01")
        place, _ = self.platform.publish([record, sound])
        self.platform.wait_caught_up()
        accepted = [r.header("ce_originid") for r in self.platform.outputs(ACCEPTED)]
        assert accepted.count(sound.id) == 1, "the next event must be handled"
        return record.topic, *place

    def rejection(self, record):
        """The reasons of a record that is refused and nothing else."""
        place = self.send(record)
        found = [r for r in self.platform.outputs(REJECTIONS)
                 if (r.data["topic"], r.data["partition"], r.data["offset"]) == place]
        assert len(found) == 1, f"one rejection of {place}"
        assert fault("mosaic.event.rejected.v1", found[0].data) is None
        assert not self.dead_letters(place)
        for reason in found[0].data["reasons"]:
            assert len(reason["message"]) > 5
        return found[0]

    def codes(self, record):
        return {(r["code"], r["pointer"]) for r in self.rejection(record).data["reasons"]}

    def dead_letters(self, place):
        return [r for r in self.platform.read(f"{place[0]}.intake.dlq")
                if (r.header("mosaic-dlq-partition"), r.header("mosaic-dlq-offset")) == (str(place[1]), str(place[2]))]

    def dead_letter(self, record):
        """The reason of a record that is put aside, byte for byte, and nothing else."""
        place = self.send(record)
        found = self.dead_letters(place)
        assert len(found) == 1, f"one dead letter of {place}"
        assert found[0].value == record.value
        assert found[0].key == record.key
        assert all(found[0].headers.get(name) == value for name, value in record.headers)
        assert not [r for r in self.platform.outputs(REJECTIONS)
                    if (r.data["topic"], r.data["partition"], r.data["offset"]) == place]
        return found[0].header("mosaic-dlq-reason")

    def accepted(self, record):
        """The events that went on with this record's id."""
        self.send(record)
        return [r for r in self.platform.outputs(ACCEPTED) if r.header("ce_originid") == record.id]


@pytest.fixture
def door(platform, unique, fresh_inn):
    return Door(platform, unique, fresh_inn())


# --- what is no CloudEvent at all: a dead letter ------------------------------------------------


def test_a_record_without_ce_headers_is_a_dead_letter(door):
    reason = door.dead_letter(door.record(door.data(), headers=(("content-type", b"application/json"),)))
    assert "no CloudEvent" in reason


@pytest.mark.parametrize("missing", ["ce_id", "ce_source", "ce_type"])
def test_a_record_that_lacks_one_ce_header_is_a_dead_letter_that_names_it(door, missing):
    sound = door.record(door.data())
    headers = tuple(h for h in sound.headers if h[0] != missing)
    reason = door.dead_letter(door.record(door.data(), headers=headers))
    assert missing.removeprefix("ce_") in reason and "missing" in reason


def test_a_record_without_a_value_is_a_dead_letter(door):
    assert "no value" in door.dead_letter(door.record(None))


def test_a_structured_event_that_is_not_json_is_a_dead_letter(door):
    headers = (("content-type", b"application/cloudevents+json"),)
    assert "not JSON" in door.dead_letter(door.record(b"hello", headers=headers))


def test_a_structured_event_without_an_id_is_a_dead_letter(door):
    headers = (("content-type", b"application/cloudevents+json"),)
    event = {"specversion": "1.0", "source": "urn:bad-input", "type": SUBMITTED, "data": door.data()}
    assert "id" in door.dead_letter(door.record(event, headers=headers))


def test_an_id_that_is_no_text_is_a_dead_letter(door):
    sound = door.record(door.data())
    headers = tuple((n, b"\xff\xfe" if n == "ce_id" else v) for n, v in sound.headers)
    assert "UTF-8" in door.dead_letter(door.record(door.data(), headers=headers))


# --- what is an event, but not a good one: a rejection ------------------------------------------


def test_data_that_is_not_json_is_refused(door):
    assert door.codes(door.record(b"hello")) == {("not_json", "")}


def test_json_that_is_cut_short_is_refused(door):
    whole = json.dumps(door.data()).encode()
    rejection = door.rejection(door.record(whole[:-9]))
    assert [r["code"] for r in rejection.data["reasons"]] == ["not_json"]
    assert "cut short" in rejection.data["reasons"][0]["message"]


def test_data_nested_ten_thousand_deep_is_refused(door):
    assert door.codes(door.record(b"[" * 10_000 + b"]" * 10_000)) == {("too_deep", "")}
    assert door.codes(door.record(b'{"a":' * 10_000 + b"1" + b"}" * 10_000)) == {("too_deep", "")}


def test_data_of_two_megabytes_is_refused_and_told_how_much_is_taken(door):
    large = door.data(padding="x" * 2_000_000)
    rejection = door.rejection(door.record(large))
    assert [r["code"] for r in rejection.data["reasons"]] == ["too_large"]
    assert "1000000" in rejection.data["reasons"][0]["message"]


def test_repeated_keys_are_refused(door):
    text = json.dumps(door.data())
    assert door.codes(door.record((text[:-1] + ', "measure": "horizon-project"}').encode())) >= \
        {("repeated_key", "/measure")}


def test_a_nul_character_is_refused(door):
    data = json.dumps(door.data(application="A")).replace('"A"', '"A\\u0000B"').encode()
    assert ("nul_character", "/application") in door.codes(door.record(data))


def test_bytes_that_are_no_utf8_are_refused(door):
    data = json.dumps(door.data(application="A")).encode().replace(b'"A"', b'"\xff"')
    assert ("not_utf8", "") in door.codes(door.record(data))


@pytest.mark.parametrize("number", ["9007199254740993", "1e300", "12345678901234567890123"])
def test_numbers_beyond_2_to_the_53_are_refused(door, number):
    data = json.dumps(door.data(amount=0, currency="EUR")).replace('"amount": 0', f'"amount": {number}').encode()
    codes = door.codes(door.record(data))
    assert codes <= {("number_inexact", "/amount"), ("out_of_range", "/amount")} and codes


def test_the_largest_number_that_every_reader_keeps_is_taken(door):
    record = door.record(door.data(amount=9007199254740991, currency="EUR"))
    assert [r.data["amount"] for r in door.accepted(record)] == [9007199254740991]


def test_an_amount_with_a_fraction_is_refused(door):
    assert door.codes(door.record(door.data(amount=1.5, currency="EUR"))) == {("wrong_type", "/amount")}


def test_an_amount_below_zero_is_refused(door):
    assert door.codes(door.record(door.data(amount=-1, currency="EUR"))) == {("out_of_range", "/amount")}


@pytest.mark.parametrize("day", ["2023-02-29", "2023-13-01", "2023-00-10", "29.02.2024", "2023-5-2", "1899-12-31"])
def test_dates_that_do_not_exist_are_refused(door, day):
    codes = door.codes(door.record(door.data(submitted_on=day)))
    assert {pointer for _, pointer in codes} == {"/submitted_on"}
    assert {code for code, _ in codes} <= {"date_unknown", "pattern"}


def test_a_leap_day_is_taken(door):
    assert door.accepted(door.record(door.data(submitted_on="2024-02-29")))


def test_a_wrong_content_type_is_refused(door):
    sound = door.record(door.data())
    headers = tuple((n, b"text/xml" if n == "content-type" else v) for n, v in sound.headers)
    rejection = door.rejection(door.record(door.data(), headers=headers))
    assert any("text/xml" in r["message"] for r in rejection.data["reasons"])


def test_an_unknown_type_is_refused(door):
    rejection = door.rejection(door.record(door.data(), type_="mosaic.application.vanished.v1"))
    assert [r["code"] for r in rejection.data["reasons"]] == ["type_unknown"]
    assert rejection.data["event_type"] == "mosaic.application.vanished.v1"


def test_a_type_in_the_wrong_topic_is_refused_and_told_the_right_one(door):
    rejection = door.rejection(door.record({"day": "2023-05-02"}, type_="mosaic.business-day.started.v1",
                                           key=b"business-day"))
    assert [r["code"] for r in rejection.data["reasons"]] == ["type_misplaced"]
    assert REFERENCE in rejection.data["reasons"][0]["message"]


def test_a_key_that_does_not_fit_the_data_is_refused(door, fresh_inn):
    rejection = door.rejection(door.record(door.data(organisation=fresh_inn())))
    assert [r["code"] for r in rejection.data["reasons"]] == ["key_mismatch"]
    assert rejection.key == door.organisation.encode()


def test_a_record_without_a_key_is_refused(door):
    sound = door.record(door.data())
    record = Event(sound.topic, None, sound.value, sound.headers, id=sound.id)
    assert door.codes(record) == {("key_mismatch", "")}


@pytest.mark.parametrize("name, code", [
    ("inn:7707083894", "identifier_checksum"), ("inn:770708389", "identifier_malformed"),
    ("pic:99964455", "identifier_malformed"), ("vat:123", "identifier_scheme_unknown"),
    ("7707083893", "pattern"), ("", "pattern"),
])
def test_names_of_organisations_that_cannot_be_are_refused(door, name, code):
    record = door.record(door.data(organisation=name), key=name.encode())
    assert (code, "/organisation") in door.codes(record)


def test_all_reasons_are_told_at_once(door):
    codes = door.codes(door.record({"organisation": "inn:7707083894", "measure": "holiday", "amount": -5,
                                    "submitted_on": "2023-02-30"}))
    assert codes == {("missing", "/application"), ("identifier_checksum", "/organisation"), ("key_mismatch", ""),
                     ("unknown_value", "/measure"), ("out_of_range", "/amount"), ("date_unknown", "/submitted_on")}


def test_five_thousand_faults_are_told_as_a_hundred(door):
    partners = [{"organisation": f"pic:{i}", "role": "partner"} for i in range(4000)]
    plan = {"project": "P", "title": "T", "start_on": "2023-01-01", "end_on": "2023-12-31", "partners": partners}
    rejection = door.rejection(door.record(door.data(measure="horizon-project", plan=plan)))
    codes = [r["code"] for r in rejection.data["reasons"]]
    assert len(codes) == 101 and codes[-1] == "too_many"


def test_a_project_change_with_a_wrong_partner_is_refused(door):
    project = door.unique("P")
    record = door.record({"project": project, "requested_on": "2023-01-01",
                          "partner": {"organisation": "pic:NA", "role": "partner", "grant": "abc"}},
                         topic=PROJECTS, type_="mosaic.project.partner-join-requested.v1", key=project.encode())
    assert door.codes(record) == {("identifier_malformed", "/partner/organisation"), ("wrong_type", "/partner/grant")}


# --- what contradicts the register --------------------------------------------------------------


def test_an_application_that_was_never_submitted_cannot_be_amended_or_withdrawn(door):
    amended = door.data(amended_on="2023-06-01")
    assert door.codes(door.record(amended, type_="mosaic.application.amended.v1")) == \
        {("application_unknown", "/application")}
    withdrawn = {"application": door.unique("A"), "organisation": door.organisation, "withdrawn_on": "2023-06-01"}
    assert door.codes(door.record(withdrawn, type_="mosaic.application.withdrawn.v1")) == \
        {("application_unknown", "/application")}


def test_only_its_own_organisation_may_withdraw_an_application(door, platform, unique, fresh_inn):
    data = door.data()
    assert door.accepted(door.record(data))
    stranger = Door(platform, unique, fresh_inn())
    withdrawn = {"application": data["application"], "organisation": stranger.organisation,
                 "withdrawn_on": "2023-06-01"}
    assert stranger.codes(stranger.record(withdrawn, type_="mosaic.application.withdrawn.v1")) == \
        {("application_foreign", "/application")}


def test_an_application_is_submitted_once(door):
    data = door.data()
    assert door.accepted(door.record(data))
    assert door.codes(door.record(data)) == {("application_exists", "/application")}


def test_an_amendment_right_behind_its_application_is_taken_in_order(door):
    data = door.data()
    first = door.record(data)
    second = door.record({**data, "amended_on": "2023-06-01"}, type_="mosaic.application.amended.v1")
    door.platform.publish([first, second])
    assert [r.number for r in door.accepted(door.record(door.data()))] == [3]
    numbers = {r.header("ce_originid"): r.number for r in door.platform.outputs(ACCEPTED)}
    assert (numbers[first.id], numbers[second.id]) == (1, 2)


# --- repeats, and the other way to write an event -----------------------------------------------


def test_a_repeat_has_no_effect_even_with_other_data(door):
    record = door.record(door.data())
    assert len(door.accepted(record)) == 1
    assert len(door.accepted(record)) == 1
    again = door.record(door.data(), id=record.id)
    assert len(door.accepted(again)) == 1


def test_repeats_within_one_batch_count_once(door):
    record = door.record(door.data())
    door.platform.publish([record] * 50)
    assert len(door.accepted(record)) == 1


def test_a_refused_event_may_be_sent_again_corrected_under_its_id(door):
    wrong = door.record(door.data(submitted_on="2023-02-30"))
    door.rejection(wrong)
    assert len(door.accepted(door.record(door.data(), id=wrong.id))) == 1


def test_the_same_id_from_another_source_is_another_event(door):
    first = door.record(door.data())
    headers = tuple((n, b"urn:somebody-else" if n == "ce_source" else v) for n, v in first.headers)
    second = Event(first.topic, first.key, json.dumps(door.data()).encode(), headers, id=first.id)
    assert len(door.accepted(first)) == 1
    assert len(door.accepted(second)) == 2


def test_the_structured_mode_is_read_like_the_binary_one(door):
    id = door.unique("structured")
    event = {"specversion": "1.0", "id": id, "source": "urn:bad-input", "type": SUBMITTED,
             "datacontenttype": "application/json", "data": door.data()}
    headers = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)
    found = door.accepted(door.record(event, headers=headers, id=id))
    assert [(r.data, r.number) for r in found] == [(event["data"], 1)]
    assert len(door.accepted(door.record(door.data(), id=id))) == 1, "a repeat in the other mode is a repeat"


def test_a_structured_event_with_bad_data_is_refused(door):
    event = {"specversion": "1.0", "id": door.unique("structured"), "source": "urn:bad-input", "type": SUBMITTED,
             "data": door.data(submitted_on="2023-02-30")}
    headers = (("content-type", b"application/cloudevents+json"),)
    assert door.codes(door.record(event, headers=headers)) == {("date_unknown", "/submitted_on")}


def test_the_register_knows_what_was_accepted_and_nothing_else(door):
    record = door.record(door.data())
    refused = door.record(door.data(measure="holiday"))
    door.accepted(record)
    door.rejection(refused)
    known = """select count(*) from intake.accepted a, lateral (
        select substring(sha256(convert_to('urn:bad-input', 'UTF8') || '\\x00'::bytea || convert_to(%s, 'UTF8'))
                         for 16) as name) n
        where int8send(a.high) || int8send(a.low) = n.name"""
    assert door.platform.sql(known, (record.id,)) == [(1,)]
    assert door.platform.sql(known, (refused.id,)) == [(0,)]
