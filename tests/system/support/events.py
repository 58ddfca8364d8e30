"""Upstream events as a stranger would send them: made up, reproducible, in CloudEvents binary mode."""

import dataclasses
import json

ORGANISATIONS = "mosaic.upstream.organisations.v1"
PROJECTS = "mosaic.upstream.projects.v1"
REFERENCE = "mosaic.upstream.reference.v1"
SOURCE = "urn:mosaic:system-test"


@dataclasses.dataclass(frozen=True)
class Event:
    """One record for an upstream topic."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple
    type: str = ""
    id: str = ""
    source: str = ""
    data: dict = None


def inn(number):
    """The `number`-th made-up Russian tax number: ten digits, the last one a weighted checksum."""
    digits = [int(d) for d in f"{number:09d}"]
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    check = sum(w * d for w, d in zip(weights, digits)) % 11 % 10
    return "inn:" + f"{number:09d}{check}"


def pic(number):
    return f"pic:{number:09d}"


def topic_and_key(kind, data):
    """Where an event of this kind (without the `mosaic.` and `.v1`) goes, by the documented keys."""
    if kind.startswith("project."):
        return PROJECTS, data.get("project")
    if kind == "budget.set":
        return REFERENCE, f"budget:{data.get('programme')}:{data.get('year')}"
    if kind == "business-day.started":
        return REFERENCE, "business-day"
    if kind == "rule-set.published":
        return REFERENCE, f"rules:{data.get('measure')}"
    if kind == "city-baseline.published":
        return REFERENCE, data.get("indicator")
    return ORGANISATIONS, data.get("organisation")


def upstream(kind, id, source=SOURCE, time="2024-01-01T00:00:00Z", key=None, value=None, **data):
    """upstream("membership.ended", "e-1", organisation=..., ended_on=...). `key` and `value` override
    what would be sent, for events that are wrong on purpose."""
    topic, usual = topic_and_key(kind, data)
    kind = f"mosaic.{kind}.v1"
    headers = (
        ("ce_specversion", b"1.0"),
        ("ce_id", id.encode()),
        ("ce_source", source.encode()),
        ("ce_type", kind.encode()),
        ("ce_time", time.encode()),
        ("content-type", b"application/json"),
    )
    if value is None:
        value = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    key = str(usual if key is None else key).encode()
    return Event(topic, key, value, headers, kind, id, source, data)
