/* load_tests: the allowed values and constraints of types, parsed when every type and component name is known. */
#include "common/dmn/load.h"

void load_test_later(struct unit *u, const struct xml_node *xml, struct type *t, struct str place)
{
    u->tests =
        load_push(u->loader->arena, u->tests, &u->test_count, &u->test_cap, sizeof *u->tests);
    u->tests[u->test_count - 1] =
        (struct pending_tests){xml, t, place, xml_is(xml, "typeConstraint")};
}

static const struct node *tests_of(struct unit *u, const struct pending_tests *p)
{
    struct loader *l = u->loader;
    const char *what = p->constraint ? "type constraint" : "allowed values";
    struct boxed b = {.loader = l, .unit = u, .place = p->place};
    struct resolver r = {.arena = l->arena,
                         .types = &u->types,
                         .findings = l->findings,
                         .lenient = l->options.lenient};
    struct scope scope = {.question = p->type};
    struct marks mark = load_mark(l);
    struct node *n = boxed_tests(boxed_inside(b, "%s", what), p->xml);
    if (n != NULL)
        n = resolve(&r, n, &scope);
    return load_failed_since(l, mark) ? NULL : n;
}

void types_tests(struct unit *u)
{
    for (size_t i = 0; i < u->test_count; i++) {
        const struct pending_tests *p = &u->tests[i];
        const struct node *n = tests_of(u, p);
        if (p->constraint)
            p->type->constraint = n;
        else
            p->type->allowed = n;
    }
}
