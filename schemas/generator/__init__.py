"""Turns the schema files into C: structs, decoder tables, writers and the topic table."""
