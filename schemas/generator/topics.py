"""topics.h and topics.c: the topic table, from schemas/asyncapi.json."""
import json
from pathlib import Path

from generator.text import NOTE, c_string


def load(path):
    document = json.loads(Path(path).read_text())
    return {("TOPIC_" + name).upper(): row(name, channel) for name, channel in document["channels"].items()}


def row(name, channel):
    kafka = channel["bindings"]["kafka"]
    config = kafka["topicConfiguration"]
    if kafka["topic"] != channel["address"]:
        raise ValueError(f"channel {name}: address and Kafka topic differ")
    known = {"cleanup.policy", "retention.ms", "max.message.bytes", "message.timestamp.type"}
    if set(config) != known:
        raise ValueError(f"channel {name}: topicConfiguration must give exactly {sorted(known)}")
    return [f".name = {{{c_string(channel['address'])}, {len(channel['address'])}}}",
            f".partitions = {kafka['partitions']}",
            f".replicas = {kafka['replicas']}",
            f".compacted = {'true' if config['cleanup.policy'] == ['compact'] else 'false'}",
            f".upstream = {'true' if channel.get('x-mosaic-upstream') else 'false'}",
            f".dead_letters = {'true' if 'x-mosaic-dead-letters-of' in channel else 'false'}",
            f".log_append_time = {'true' if config['message.timestamp.type'] == 'LogAppendTime' else 'false'}",
            f".retention_ms = INT64_C({config['retention.ms']})",
            f".max_message_bytes = {config['max.message.bytes']}"]


def header(topics):
    lines = "".join(f"extern const struct topic {name};\n" for name in topics)
    return (NOTE.format("schemas/asyncapi.json") +
            "/* topics: every topic of the platform. Static data. */\n"
            "#ifndef MOSAIC_GEN_TOPICS_H\n#define MOSAIC_GEN_TOPICS_H\n\n#include \"common/core/topic.h\"\n\n" + lines +
            "\n/* All of them, dead letter queues too; ends with NULL. */\n"
            "extern const struct topic *const TOPICS[];\n"
            "const struct topic *topic_by_name(struct str name); /* NULL: no such topic */\n\n#endif\n")


def source(topics):
    rows = "".join(f"const struct topic {name} = {{\n" + "".join(f"    {part},\n" for part in parts) + "};\n"
                   for name, parts in topics.items())
    table = "".join(f"    &{name},\n" for name in topics)
    return (NOTE.format("schemas/asyncapi.json") + "#include \"gen/topics.h\"\n\n" + rows +
            f"const struct topic *const TOPICS[] = {{\n{table}    NULL,\n}};\n\n"
            "const struct topic *topic_by_name(struct str name)\n{\n"
            "    for (size_t i = 0; TOPICS[i] != NULL; i++)\n"
            "        if (str_eq(TOPICS[i]->name, name))\n            return TOPICS[i];\n    return NULL;\n}\n")
