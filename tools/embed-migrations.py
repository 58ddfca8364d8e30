#!/usr/bin/env python3
"""Writes numbered SQL files as a C table, so that a program carries the schema it needs.

usage: embed-migrations.py NAME OUT
NAME is `common` (common/io/migrations) or a service (services/NAME/migrations)."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ESCAPES = {'"': '\\"', "\\": "\\\\", "?": "\\?", "\t": "\\t"}


def fail(sentence):
    sys.exit(f"embed-migrations: {sentence}")


def read_folder(folder):
    """[(version, file name, text)], refused when the numbers do not run 1, 2, 3 ..."""
    files = sorted(folder.glob("*.sql"))
    for expected, file in enumerate(files, start=1):
        match = re.fullmatch(r"(\d{3})_[a-z0-9_]+\.sql", file.name)
        if match is None:
            fail(f"{file} is not named like 001_what_it_does.sql")
        if int(match[1]) != expected:
            fail(f"{file} should have number {expected:03}: numbers begin at 1 and leave no gap")
        text = file.read_text(encoding="utf-8")
        if "\0" in text:
            fail(f"{file} holds a NUL character")
        yield expected, file.name, text


def c_string(text):
    lines = ["".join(ESCAPES.get(c, c) for c in line) for line in text.splitlines()]
    return "\n".join(f'    "{line}\\n"' for line in lines) or '    ""'


def render(name, migrations):
    table = name.replace("-", "_") + "_migrations"
    parts = [
        f"/* Made by tools/embed-migrations.py from the SQL of {name}; changes here are lost. */",
        '#include "common/io/migrate.h"',
        "",
        '#pragma GCC diagnostic ignored "-Woverlength-strings"',
        "",
        f"extern const struct migration {table}[];",
        f"const struct migration {table}[] = {{",
    ]
    for version, file_name, text in migrations:
        parts.append(f'    {{{version}, "{file_name}",\n{c_string(text)}}},')
    parts += ["    {0, NULL, NULL},", "};", ""]
    return "\n".join(parts)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    name, out = sys.argv[1], pathlib.Path(sys.argv[2])
    folder = ROOT / ("common/io/migrations" if name == "common" else f"services/{name}/migrations")
    made = render(name, read_folder(folder))
    if not out.exists() or out.read_text(encoding="utf-8") != made:
        out.write_text(made, encoding="utf-8")


main()
