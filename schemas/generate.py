#!/usr/bin/env python3
"""Writes build/gen/{events,topics}.{h,c} from schemas/. Needs nothing but Python's own library.

The schema files are the contract; nobody writes a field's name, a bound or a topic's settings twice.
"""
import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))

from generator import decoders, header, topics, writers  # noqa: E402
from generator.model import Model  # noqa: E402
from generator.text import NOTE  # noqa: E402

INCLUDES = """#include "gen/events.h"

#include <assert.h>
#include <stddef.h>

#include "common/core/date.h"
#include "common/core/decode.h"

"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, help="folder for the generated files")
    out = Path(parser.parse_args().out)
    try:
        model, table = Model(HERE / "events"), topics.load(HERE / "asyncapi.json")
        files = {"events.h": header.header(model), "topics.h": topics.header(table), "topics.c": topics.source(table),
                 "events.c": NOTE.format("schemas/events") + INCLUDES + decoders.decoders(model) + "\n" + writers.writers(model)}
    except ValueError as e:
        sys.exit(f"schemas: {e}")
    out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (out / name).write_text(text)


if __name__ == "__main__":
    main()
