"""Records as read from Kafka, and the skipping that the delivery guarantee documents."""

import dataclasses
import functools
import json


@dataclasses.dataclass(frozen=True)
class Record:
    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes
    value: bytes
    headers: dict

    def header(self, name):
        value = self.headers.get(name)
        return None if value is None else value.decode()

    @property
    def type(self):
        return self.header("ce_type")

    @property
    def source(self):
        return self.header("ce_source")

    @property
    def id(self):
        return self.header("ce_id")

    @property
    def sequence(self):
        return self.header("ce_sequence")

    @property
    def number(self):
        value = self.header("ce_number")
        return None if value is None else int(value)

    @functools.cached_property
    def data(self):
        return None if self.value is None else json.loads(self.value)


def without_repeats(records):
    """What a consumer counts: per (partition, source) only sequences above the highest one seen."""
    highest, kept = {}, []
    for record in records:
        place = (record.topic, record.partition, record.source)
        if record.sequence <= highest.get(place, ""):
            continue
        highest[place] = record.sequence
        kept.append(record)
    return kept


def by_key(records):
    """key -> its records in log order; a key always lies on one partition."""
    grouped = {}
    for record in records:
        grouped.setdefault(record.key.decode(), []).append(record)
    return grouped
