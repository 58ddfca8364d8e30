/* explain: the account of an evaluation as JSON. */
#include "common/dmn/explain.h"
#include "common/dmn/table.h"

static void put_key(struct buf *b, const char *key)
{
    buf_json_str(b, str_of(key));
    buf_char(b, ':');
}

static void put_text(struct buf *b, const char *key, struct str s)
{
    put_key(b, key);
    buf_json_str(b, s.ptr != NULL ? s : STR(""));
}

/* A node as it was written, or as it would be. */
static void put_node(struct buf *b, struct arena *a, const char *key, const struct node *n)
{
    struct buf text = {.arena = a};
    if (n->text != NULL) {
        put_text(b, key, n->text->text);
        return;
    }
    node_write(&text, n);
    put_text(b, key, buf_view(&text));
}

static void put_decisions(struct buf *b, const struct trace *t)
{
    put_key(b, "decisions");
    buf_char(b, '[');
    for (const struct decision_trace *d = t->decisions; d != NULL; d = d->next) {
        buf_char(b, '{');
        put_text(b, "name", d->name);
        buf_str(b, STR(",\"value\":"));
        value_json(b, d->value);
        buf_str(b, d->next != NULL ? STR("},") : STR("}"));
    }
    buf_char(b, ']');
}

static void put_rule(struct buf *b, struct arena *a, const struct table_trace *t, size_t rule)
{
    const struct rule_trace *r = &t->rules[rule];
    const struct table_rule *written = &t->table->rules[rule];
    buf_fmt(b, "{\"rule\":%zu,\"held\":%s", rule + 1, r->held ? "true" : "false");
    if (written->line > 0)
        buf_fmt(b, ",\"line\":%u", written->line);
    if (!r->held && r->failed_input >= 0) {
        size_t column = (size_t)r->failed_input;
        buf_char(b, ',');
        put_text(b, "failed_input", t->table->inputs[column].label);
        buf_char(b, ',');
        put_node(b, a, "failed_test", written->tests[column]);
        buf_str(b, r->was_null ? STR(",\"gave\":null") : STR(",\"gave\":false"));
    }
    buf_char(b, '}');
}

static void put_table(struct buf *b, struct arena *a, const struct table_trace *t)
{
    buf_char(b, '{');
    put_text(b, "name", t->table->name);
    buf_str(b, STR(",\"inputs\":["));
    for (size_t i = 0; i < t->input_count; i++) {
        buf_str(b, i > 0 ? STR(",{") : STR("{"));
        put_text(b, "input", t->table->inputs[i].label);
        buf_str(b, STR(",\"value\":"));
        value_json(b, t->inputs[i]);
        buf_char(b, '}');
    }
    buf_str(b, STR("],\"rules\":["));
    for (size_t i = 0; i < t->rule_count; i++) {
        if (i > 0)
            buf_char(b, ',');
        put_rule(b, a, t, i);
    }
    buf_str(b, STR("],\"result\":"));
    value_json(b, t->result);
    buf_char(b, '}');
}

static void put_tables(struct buf *b, struct arena *a, const struct trace *t)
{
    put_key(b, "tables");
    buf_char(b, '[');
    for (const struct table_trace *i = t->tables; i != NULL; i = i->next) {
        put_table(b, a, i);
        if (i->next != NULL)
            buf_char(b, ',');
    }
    buf_char(b, ']');
}

static void put_values(struct buf *b, struct arena *a, const struct trace *t)
{
    put_key(b, "expressions");
    buf_char(b, '[');
    for (const struct value_trace *i = t->values; i != NULL; i = i->next) {
        struct buf text = {.arena = a};
        node_write(&text, i->node);
        buf_char(b, '{');
        put_text(b, "expression", buf_view(&text));
        if (i->node->text != NULL) {
            buf_char(b, ',');
            put_text(b, "place", i->node->text->place);
        }
        buf_str(b, STR(",\"value\":"));
        value_json(b, i->value);
        buf_str(b, i->next != NULL ? STR("},") : STR("}"));
    }
    buf_char(b, ']');
}

/* The latest comes first in the chain and last in the account. */
static void put_notes_in_order(struct buf *b, struct arena *a, const struct note *latest)
{
    size_t count = 0;
    for (const struct note *n = latest; n != NULL; n = n->next)
        count++;
    const struct note **notes = arena_array(a, count, sizeof(*notes));
    for (size_t i = count; i-- > 0; latest = latest->next)
        notes[i] = latest;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(b, ',');
        buf_json_str(b, notes[i]->text);
    }
}

static void put_notes(struct buf *b, const struct eval *e)
{
    put_key(b, "notes");
    buf_char(b, '[');
    put_notes_in_order(b, e->arena, e->notes);
    buf_char(b, ']');
}

static const char *stopped_text(enum stop s)
{
    switch (s) {
    case STOP_STEPS: return "steps";
    case STOP_DEPTH: return "depth";
    case STOP_MEMORY: return "memory";
    case STOP_NOT: break;
    }
    return NULL;
}

void explain_json(struct buf *b, const struct eval *e)
{
    const struct trace none = {0};
    const struct trace *t = e->trace != NULL ? e->trace : &none;
    buf_char(b, '{');
    put_decisions(b, t);
    buf_char(b, ',');
    put_tables(b, e->arena, t);
    buf_char(b, ',');
    if (t->expressions) {
        put_values(b, e->arena, t);
        buf_char(b, ',');
    }
    put_notes(b, e);
    if (e->stopped != STOP_NOT) {
        buf_str(b, STR(",\"limit\":"));
        buf_json_str(b, str_of(stopped_text(e->stopped)));
    }
    buf_char(b, '}');
}
