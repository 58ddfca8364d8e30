"""The published contract, checked with an independent JSON Schema validator: the one written in Rust,
since it has to look at hundreds of thousands of events. (tests/contract checks the schemas and their
examples with another one.)"""

import functools
import json

import jsonschema_rs

from .platform import ROOT

EVENTS = ROOT / "schemas" / "events"


@functools.cache
def _registry():
    resources = []
    for file in EVENTS.glob("*.json"):
        schema = json.loads(file.read_text())
        resources.append((schema["$id"], schema))
    return jsonschema_rs.Registry(resources)


@functools.cache
def validator(type_):
    """The validator of an event type, or None if the contract has no such type."""
    file = EVENTS / f"{type_.removeprefix('mosaic.')}.json"
    if not type_.startswith("mosaic.") or not file.exists():
        return None
    return jsonschema_rs.Draft202012Validator(json.loads(file.read_text()), registry=_registry(),
                                              validate_formats=True)


def is_valid(type_, data):
    return validator(type_).is_valid(data)


def fault(type_, data):
    """What is wrong with an event's data, or None."""
    checker = validator(type_)
    if checker is None:
        return f"{type_} is no type of the contract"
    error = next(checker.iter_errors(data), None)
    return error and f"{type_} at {list(error.instance_path)}: {error.message[:200]}"


def faults(records):
    """[(record, what is wrong)] of all that break their schema. Equal payloads are checked once."""
    known, found = {}, []
    for record in records:
        payload = record.type, record.value
        if payload not in known:
            known[payload] = fault(record.type, record.data)
        if known[payload] is not None:
            found.append((record, known[payload]))
    return found
