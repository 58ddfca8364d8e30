/* load: from the elements of a model to decisions that can be asked; and every fault a model may have. */
#include "tests/unit/dmn_world.h"

static void test_boxed_expressions_give_what_their_text_would(void **state)
{
    static const struct world_case cases[] = {
        {"a context", "{a b: 1, c: 2}"},
        {"a context with a result cell", "2"},
        {"a list", "[1, \"x\"]"},
        {"an empty list", "[]"},
        {"a relation", "[{n: 1, the sum: 2}, {n: 3, the sum: 4}]"},
        {"a relation with types", "[{a: 1, b: null}]"},
        {"a conditional", "2"},
        {"a conditional with types", "null"},
        {"a filter", "[2, 3]"},
        {"a filter by entries with names of two words", "[{a b: 2}]"},
        {"an iterator", "[2, 4, 6]"},
        {"an iterator that looks back", "[1, 2, 6, 24]"},
        {"some", "true"},
        {"every", "false"},
        {"an invocation of a built-in function", "\"bc\""},
        {"a function called in its context", "[2, 3, null]"},
        {"a function written in Java", "null"},
        {"a result of another type", "null"},
        {"a singleton list where an element is wanted", "5"},
        {"an empty expression", "null"},
        {"no logic", "null"},
        {"a knowledge model called by name", "5"},
        {"a knowledge model that calls itself", "120"},
        {"two knowledge models that call each other", "true"},
        {"a table with parameters", "[8, 10]"},
    };
    (void)state;
    world_expect("tests/dmn/boxed.dmn", cases, COUNT(cases));
}

static void test_item_definitions_become_types(void **state)
{
    static const struct world_case cases[] = {
        {"one of the allowed values", "\"A\""},
        {"none of the allowed values", "null"},
        {"a type that refers to one with allowed values", "null"},
        {"a list of allowed values", "[\"A\", \"B\"]"},
        {"a list with another value", "null"},
        {"a list that breaks the constraint on the whole", "null"},
        {"a structure that holds itself", "{the value: 1, below: [{the value: 2, below: []}]}"},
        {"a wrong part far inside", "null"},
        {"a list type written out", "[1]"},
        {"allowed values of no type", "\"A\""},
        {"none of the allowed values of no type", "null"},
    };
    (void)state;
    world_expect("tests/dmn/types.dmn", cases, COUNT(cases));
}

static void test_version_1_1_writes_types_with_prefixes(void **state)
{
    struct world w = {0};
    (void)state;
    struct dmn_source source = {
        STR("old.dmn"),
        STR("<definitions xmlns='http://www.omg.org/spec/DMN/20151101/dmn.xsd' namespace='ns:old' "
            "xmlns:feel='http://www.omg.org/spec/FEEL/20140401' xmlns:own='ns:old' name='old'>"
            "<itemDefinition name='tAge'><typeRef>feel:number</typeRef></itemDefinition>"
            "<decision id='d' name='d'><variable name='d' typeRef='own:tAge'/>"
            "<literalExpression><text>[42]</text></literalExpression></decision></definitions>")};
    world_load(&w, &source, 1, false);
    assert_non_null(w.model);
    assert_string_equal(world_ask(&w, "d", NULL, 0), "42");
    arena_done(&w.arena);
}

#define ONE "<literalExpression><text>1</text></literalExpression>"
#define TEXT_A "<decision id='a' name='a'><literalExpression><text>"
#define TEXT_B "<decision id='b' name='b'><literalExpression><text>"
#define TEXT_END "</text></literalExpression></decision>"
#define NEED_A "<informationRequirement><requiredDecision href='#a'/></informationRequirement>"
#define NEED_B "<informationRequirement><requiredDecision href='#b'/></informationRequirement>"
#define INPUT "<input><inputExpression><text>1</text></inputExpression></input>"

static void test_each_fault_is_named_with_its_place(void **state)
{
    static const struct {
        const char *when, *body, *code, *says;
    } cases[] = {
        {"a name that is not required", TEXT_A "1" TEXT_END TEXT_B "a + 1" TEXT_END, "unknown_name",
         "decision 'b':2: the name 'a' is not known here"},
        {"a type that is not there",
         "<inputData id='i' name='i'><variable name='i' typeRef='tNone'/></inputData>",
         "unknown_type", "input 'i':2: there is no type 'tNone'"},
        {"a reference to nothing", "<decision id='b' name='b'>" NEED_A "</decision>", "reference",
         "decision 'b':2: it refers to '#a'"},
        {"the same name twice", TEXT_A "1" TEXT_END "<inputData id='i' name='a'/>", "duplicate",
         "another element of the model has the same name"},
        {"the same id twice", TEXT_A "1" TEXT_END "<inputData id='a' name='i'/>", "duplicate",
         "the id 'a' is used twice"},
        {"item definitions in a circle",
         "<itemDefinition name='a'><typeRef>b</typeRef></itemDefinition>"
         "<itemDefinition name='b'><typeRef>a</typeRef></itemDefinition>",
         "cycle", "item definition 'a':2: the item definition 'a' refers to itself"},
        {"a list of itself",
         "<itemDefinition name='a' isCollection='true'><typeRef>a</typeRef></itemDefinition>",
         "cycle", "item definition 'a':2: the item definition 'a' refers to itself"},
        {"decisions in a circle",
         "<decision id='a' name='a'>" NEED_B "</decision><decision id='b' name='b'>" NEED_A
         "</decision>",
         "cycle", "the requirements go in a circle: 'a' needs 'b' needs 'a'"},
        {"a decision that requires itself", "<decision id='a' name='a'>" NEED_A "</decision>",
         "cycle", "'a' needs 'a'"},
        {"a decision and a service in a circle",
         "<decisionService id='s' name='s'><outputDecision href='#d'/></decisionService>"
         "<decision id='d' name='d'><knowledgeRequirement><requiredKnowledge href='#s'/>"
         "</knowledgeRequirement></decision>",
         "cycle", "'s' needs 'd' needs 's'"},
        {"an import that no file has", "<import namespace='ns:gone' name='x'/>", "import",
         "m.dmn:2: the model imports 'ns:gone', but no file given has that namespace"},
        {"an import of itself", "<import namespace='ns:m' name='x'/>", "import",
         "the model imports its own namespace"},
        {"another language",
         "<decision id='d' name='d'><literalExpression expressionLanguage='http://python.org'>"
         "<text>1</text></literalExpression></decision>",
         "xml", "the expression is in another language than FEEL"},
        {"a context entry twice",
         "<decision id='d' name='d'><context><contextEntry><variable name='a'/>" ONE
         "</contextEntry><contextEntry><variable name='a'/>" ONE "</contextEntry></context>"
         "</decision>",
         "xml", "decision 'd', entry 'a':2: the context has two entries of that name"},
        {"a result cell in the middle",
         "<decision id='d' name='d'><context><contextEntry>" ONE "</contextEntry><contextEntry>"
         "<variable name='a'/>" ONE "</contextEntry></context></decision>",
         "xml", "it must be the last"},
        {"a relation's row that is short",
         "<decision id='d' name='d'><relation><column name='a'/><column name='b'/><row>" ONE
         "</row></relation></decision>",
         "xml", "decision 'd', row 1:2: the row has not one expression for each column"},
        {"a relation's row that is long",
         "<decision id='d' name='d'><relation><column name='a'/><row>" ONE ONE
         "</row></relation></decision>",
         "xml", "decision 'd', row 1"},
        {"a part of a conditional missing",
         "<decision id='d' name='d'><conditional><if>" ONE "</if><then>" ONE "</then>"
         "</conditional></decision>",
         "xml", "decision 'd', 'else':2: the expression is missing"},
        {"a table's rule that is short",
         "<decision id='d' name='d'><decisionTable>" INPUT "<output/>\n<rule><outputEntry>"
         "<text>1</text></outputEntry></rule></decisionTable></decision>",
         "xml", "decision 'd', rule 1:3: the rule has not one entry for each input and output"},
        {"a hit policy that is none",
         "<decision id='d' name='d'><decisionTable hitPolicy='LUCKY'><output/></decisionTable>"
         "</decision>",
         "xml", "the hit policy is none of those"},
        {"several outputs without names",
         "<decision id='d' name='d'><decisionTable><output/><output/></decisionTable></decision>",
         "xml", "of several outputs each needs a name"},
        {"a cell that is no FEEL",
         "<decision id='d' name='d'><decisionTable>" INPUT "<output/><rule><inputEntry><text>&gt;"
         "</text></inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable>"
         "</decision>",
         "syntax", "decision 'd', rule 1, input '1'"},
        {"a service without an output", "<decisionService id='s' name='s'/>", "service",
         "the decision service has no output decision"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        world_refuses(cases[i].when, cases[i].body, cases[i].code, cases[i].says);
}

static void test_a_service_without_an_input_it_needs_is_warned_of(void **state)
{
    struct world w = {0};
    struct dmn_source source = {
        STR("m.dmn"),
        world_wrap(&w,
                   "<inputData id='i' name='i'/><inputData id='j' name='j'/>"
                   "<decision id='a' name='a'><informationRequirement>"
                   "<requiredInput href='#i'/></informationRequirement><informationRequirement>"
                   "<requiredInput href='#j'/></informationRequirement>" ONE "</decision>"
                   "<decision id='b' name='b'>" NEED_A ONE "</decision>"
                   "<decisionService id='s' name='s'><outputDecision href='#b'/>"
                   "<encapsulatedDecision href='#a'/><inputData href='#j'/></decisionService>")};
    (void)state;
    world_load(&w, &source, 1, false);
    assert_non_null(w.model);
    assert_int_equal(w.findings.count, 1);
    assert_string_equal(w.findings.items[0].sentence.ptr,
                        "its decisions need the input 'i', which is none of the service's inputs: "
                        "in it 'i' is always null");
    arena_done(&w.arena);
}

static const char broken[] =
    TEXT_A "1 +" TEXT_END TEXT_B "none" TEXT_END
           "<decision id='c' name='c'><literalExpression><text>1 + 1" TEXT_END
           "<inputData id='i' name='i'><variable name='i' typeRef='tNone'/></inputData>";

static void test_all_errors_come_in_one_go(void **state)
{
    struct world w = {0};
    struct dmn_source source = {STR("m.dmn"), world_wrap(&w, broken)};
    (void)state;
    world_load(&w, &source, 1, false);
    assert_null(w.model);
    assert_int_equal(w.findings.errors, 3);
    arena_done(&w.arena);
}

static void test_loaded_leniently_the_rest_still_works(void **state)
{
    struct world w = {0};
    struct dmn_source source = {STR("m.dmn"), world_wrap(&w, broken)};
    (void)state;
    world_load(&w, &source, 1, true);
    assert_non_null(w.model);
    assert_int_equal(w.findings.errors, 0);
    assert_int_equal(w.findings.warnings, 3);
    assert_string_equal(world_ask(&w, "a", NULL, 0), "null");
    assert_string_equal(world_ask(&w, "b", NULL, 0), "null");
    assert_string_equal(world_ask(&w, "c", NULL, 0), "2");
    arena_done(&w.arena);
}

/* So many times the same bytes between a beginning and an end. */
static const char *many(struct arena *a, const char *begin, const char *part, size_t count,
                        const char *end)
{
    struct buf b = {.arena = a};
    buf_str(&b, str_of(begin));
    for (size_t i = 0; i < count; i++)
        buf_str(&b, str_of(part));
    buf_str(&b, str_of(end));
    buf_char(&b, '\0');
    return b.ptr;
}

static void test_models_made_to_harm_meet_a_limit(void **state)
{
    struct arena a = {0};
    (void)state;
    world_refuses("a long expression", many(&a, TEXT_A, "1+", 200000, "1" TEXT_END), "limit",
                  "the expression is longer than 256 KiB");
    world_refuses("many requirements",
                  many(&a, TEXT_A "1" TEXT_END "<decision id='b' name='b'>", NEED_A, 1001,
                       ONE "</decision>"),
                  "limit", "decision 'b':2: it has more than 1,000 requirements");
    world_refuses("many entries",
                  many(&a, "<decision id='b' name='b'><context>",
                       "<contextEntry>" ONE "</contextEntry>", 1001, "</context></decision>"),
                  "limit", "it has more than 1,000 parts of one kind");
    world_refuses("deep parentheses", many(&a, TEXT_A, "(", 1000, TEXT_END), "limit",
                  "decision 'a'");
    arena_done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_fault_is_named_with_its_place),
        cmocka_unit_test(test_all_errors_come_in_one_go),
        cmocka_unit_test(test_models_made_to_harm_meet_a_limit),
        cmocka_unit_test(test_boxed_expressions_give_what_their_text_would),
        cmocka_unit_test(test_item_definitions_become_types),
        cmocka_unit_test(test_version_1_1_writes_types_with_prefixes),
        cmocka_unit_test(test_a_service_without_an_input_it_needs_is_warned_of),
        cmocka_unit_test(test_loaded_leniently_the_rest_still_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
