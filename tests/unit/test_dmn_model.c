/* model: evaluating decisions by their requirements, services, imports. */
#include "tests/unit/dmn_world.h"

static struct world lending(void)
{
    struct world w = {0};
    struct dmn_source sources[] = {
        {STR("lending.dmn"), world_file(&w, "tests/dmn/lending.dmn")},
        {STR("money.dmn"), world_file(&w, "tests/dmn/money.dmn")},
        {STR("terms.dmn"), world_file(&w, "tests/dmn/terms.dmn")},
    };
    world_load(&w, sources, COUNT(sources), false);
    for (size_t i = 0; i < w.findings.count; i++)
        fail_msg("%.*s: %.*s", STR_ARG(w.findings.items[i].place),
                 STR_ARG(w.findings.items[i].sentence));
    assert_non_null(w.model);
    return w;
}

static struct value number(const char *text)
{
    struct number n;
    assert_true(number_parse(str_of(text), &n));
    return value_number(n);
}

static struct value loan(struct world *w, const char *principal, const char *months)
{
    struct entry entries[] = {{STR("principal"), number(principal)},
                              {STR("yearly rate"), number("0.06")},
                              {STR("months"), number(months)}};
    return value_context(&w->arena, entries, COUNT(entries));
}

static void test_a_decision_rests_on_those_of_imported_models(void **state)
{
    struct world w = lending();
    struct entry inputs[] = {{STR("Loan"), loan(&w, "100000", "360")},
                             {STR("Credit score"), number("650")}};
    (void)state;
    assert_string_equal(world_ask(&w, "Risk class", inputs, 2), "\"middle\"");
    assert_string_equal(world_ask(&w, "Monthly payment", inputs, 2), "599.55");
    assert_string_equal(world_ask(&w, "Offer", inputs, 2), "{approved: true, per month: 599.55}");
    assert_string_equal(world_ask(&w, "Offers by score", inputs, 2), "[false, true, true]");
    inputs[1].value = number("100");
    assert_string_equal(world_ask(&w, "Offer", inputs, 2), "{approved: false, per month: null}");
    arena_done(&w.arena);
}

static void test_an_input_that_is_not_allowed_is_null(void **state)
{
    struct world w = lending();
    struct entry inputs[] = {{STR("Loan"), loan(&w, "100000", "1000")}};
    (void)state;
    assert_string_equal(world_ask(&w, "Monthly payment", inputs, 1), "null");
    inputs[0].value = loan(&w, "-1", "12"); /* allowed values two models away */
    assert_string_equal(world_ask(&w, "Monthly payment", inputs, 1), "null");
    inputs[0].value = value_string(STR("a loan"));
    assert_string_equal(world_ask(&w, "Monthly payment", inputs, 1), "null");
    assert_string_equal(world_ask(&w, "Monthly payment", NULL, 0), "null");
    arena_done(&w.arena);
}

static void test_a_decision_given_from_outside_stands_in(void **state)
{
    struct world w = lending();
    struct entry inputs[] = {{STR("Risk class"), value_string(STR("low"))},
                             {STR("Monthly payment"), number("1.005")}};
    (void)state;
    assert_string_equal(world_ask(&w, "Offer", inputs, 2), "{approved: true, per month: 1}");
    arena_done(&w.arena);
}

static const char *invoke(struct world *w, const char *name, const struct entry *arguments,
                          size_t count)
{
    struct value v;
    world_start(w);
    assert_int_equal(dmn_invoke(&w->eval, w->model, str_of(name), arguments, count, &v), DMN_OK);
    return world_show(w, v);
}

static void test_a_service_is_invoked_from_outside(void **state)
{
    struct world w = lending();
    struct entry arguments[] = {{STR("Credit score"), number("700")},
                                {STR("Loan"), loan(&w, "1200", "12")}};
    (void)state;
    assert_string_equal(invoke(&w, "Offer service", arguments, 2),
                        "{approved: true, per month: 103.28}");
    struct entry x = {STR("x"), number("1.005")};
    assert_string_equal(invoke(&w, "ns:money#rounded", &x, 1), "1.01");
    struct value v;
    assert_int_equal(dmn_invoke(&w.eval, w.model, STR("Offer"), NULL, 0, &v), DMN_UNKNOWN);
    arena_done(&w.arena);
}

static void test_elements_are_found_by_name_import_and_namespace(void **state)
{
    struct world w = lending();
    uint32_t a = 0, b = 0;
    (void)state;
    assert_true(dmn_find(w.model, STR("Offer"), &a));
    assert_true(dmn_find(w.model, STR("common terms.payment by month"), &a));
    assert_true(dmn_find(w.model, STR("ns:terms#payment by month"), &b));
    assert_int_equal(a, b);
    assert_true(dmn_find(w.model, STR("common terms.rounded"), &a)); /* imported without a name */
    assert_false(dmn_find(w.model, STR("rounded"), &a));
    assert_false(dmn_find(w.model, STR(""), &a));
    arena_done(&w.arena);
}

static void test_the_trace_tells_which_decisions_were_made(void **state)
{
    struct world w = lending();
    struct entry inputs[] = {{STR("Credit score"), number("650")}};
    struct buf b = {.arena = &w.arena};
    (void)state;
    (void)world_ask(&w, "Offer", inputs, 1);
    for (const struct decision_trace *d = w.eval.trace->decisions; d != NULL; d = d->next)
        buf_fmt(&b, "%.*s;", STR_ARG(d->name));
    assert_string_equal(arena_dup(&w.arena, buf_view(&b)).ptr, "Risk class;Monthly payment;Offer;");
    arena_done(&w.arena);
}

static void test_a_service_is_called_from_expressions_as_a_function(void **state)
{
    static const struct world_case cases[] = {
        {"by position, input data first", "{p: 12, q: 1}"},
        {"by name", "{p: 12, q: 1}"},
        {"what the caller knows stays as it is", "[12, 7]"},
        {"too few arguments", "null"},
        {"several outputs are entries", "1"},
        {"a function it gives keeps what it was made from", "51"},
        {"a service handed on as a value", "34"},
    };
    (void)state;
    world_expect("tests/dmn/services.dmn", cases, COUNT(cases));
}

static const char endless[] =
    "<businessKnowledgeModel id='f' name='f'><encapsulatedLogic><formalParameter name='n'/>"
    "<literalExpression><text>f(n + 1)</text></literalExpression></encapsulatedLogic>"
    "</businessKnowledgeModel><decision id='d' name='d'><knowledgeRequirement>"
    "<requiredKnowledge href='#f'/></knowledgeRequirement><literalExpression><text>f(1)</text>"
    "</literalExpression></decision>";

static void test_endless_recursion_ends_at_the_limit(void **state)
{
    struct world w = {0};
    struct dmn_source source = {STR("m.dmn"), world_wrap(&w, endless)};
    struct value v;
    (void)state;
    world_load(&w, &source, 1, false);
    world_start(&w);
    assert_int_equal(dmn_evaluate(&w.eval, w.model, STR("d"), NULL, 0, &v), DMN_LIMIT);
    assert_true(is_null(v));
    assert_int_equal(w.eval.stopped, STOP_DEPTH);
    arena_done(&w.arena);
}

static const char circle[] =
    "<decision id='a' name='a'><informationRequirement><requiredDecision href='#b'/>"
    "</informationRequirement><literalExpression><text>b</text></literalExpression></decision>"
    "<decision id='b' name='b'><informationRequirement><requiredDecision href='#a'/>"
    "</informationRequirement><literalExpression><text>a</text></literalExpression></decision>";

static void test_a_circle_in_a_leniently_loaded_model_gives_null(void **state)
{
    struct world w = {0};
    struct dmn_source source = {STR("m.dmn"), world_wrap(&w, circle)};
    (void)state;
    world_load(&w, &source, 1, true);
    assert_string_equal(world_ask(&w, "a", NULL, 0), "null");
    arena_done(&w.arena);
}

static void test_a_default_import_brings_its_names(void **state)
{
    struct world w = {0};
    struct dmn_source sources[] = {
        {STR("m.dmn"),
         world_wrap(&w, "<import namespace='ns:other'/>"
                        "<decision id='d' name='d'><variable name='d' typeRef='tOther'/>"
                        "<informationRequirement><requiredDecision href='ns:other#x'/>"
                        "</informationRequirement><literalExpression><text>the x + 1</text>"
                        "</literalExpression></decision>")},
        {STR("broken.dmn"), STR("<no")},
        {STR("other.dmn"),
         STR("<definitions xmlns='" NAMESPACE "' name='other' namespace='ns:other'>"
             "<import namespace='ns:m' name='back'/>"
             "<itemDefinition name='tOther'><typeRef>number</typeRef></itemDefinition>"
             "<decision id='x' name='the x'><literalExpression><text>41</text>"
             "</literalExpression></decision></definitions>")},
    };
    (void)state;
    world_load(&w, sources, COUNT(sources), false);
    assert_int_equal(w.findings.warnings, 1); /* the broken file that nobody imports */
    assert_string_equal(world_ask(&w, "d", NULL, 0), "42");
    arena_done(&w.arena);
}

static void test_a_decision_found_once_is_evaluated_many_times_by_index(void **state)
{
    struct world w = lending();
    struct value v, score = number("700");
    uint32_t decision = 0, input = 0;
    (void)state;
    assert_true(dmn_find(w.model, STR("Risk class"), &decision));
    assert_true(dmn_find(w.model, STR("Credit score"), &input));
    for (int i = 0; i < 3; i++) {
        world_start(&w);
        assert_int_equal(dmn_evaluate_at(&w.eval, w.model, decision, &score, &input, 1, &v),
                         DMN_OK);
        assert_string_equal(world_show(&w, v), "\"low\"");
    }
    assert_int_equal(dmn_evaluate_at(&w.eval, w.model, 1000, &score, &input, 1, &v), DMN_UNKNOWN);
    arena_done(&w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_input_that_is_not_allowed_is_null),
        cmocka_unit_test(test_a_circle_in_a_leniently_loaded_model_gives_null),
        cmocka_unit_test(test_endless_recursion_ends_at_the_limit),
        cmocka_unit_test(test_a_decision_rests_on_those_of_imported_models),
        cmocka_unit_test(test_a_decision_given_from_outside_stands_in),
        cmocka_unit_test(test_a_service_is_invoked_from_outside),
        cmocka_unit_test(test_elements_are_found_by_name_import_and_namespace),
        cmocka_unit_test(test_the_trace_tells_which_decisions_were_made),
        cmocka_unit_test(test_a_service_is_called_from_expressions_as_a_function),
        cmocka_unit_test(test_a_default_import_brings_its_names),
        cmocka_unit_test(test_a_decision_found_once_is_evaluated_many_times_by_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
