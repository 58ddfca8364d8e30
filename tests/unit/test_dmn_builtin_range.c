/* builtin_range: the relations of points and ranges, each as the standard's own table has it. */
#include "tests/unit/dmn_builtin_steps.h"

#include <string.h>

/* "1" is a point, "(1..5]" a range; an end left out is unbounded. */
static struct value of(const char *s)
{
    size_t length = strlen(s);
    const char *dots = strstr(s, "..");
    if (dots == NULL)
        return num(s);
    struct range *r = arena_alloc(&mem, sizeof *r);
    struct str low = {s + 1, (size_t)(dots - s) - 1},
               high = {dots + 2, length - 3 - (size_t)(dots - s)};
    *r = (struct range){.low_closed = s[0] == '[',
                        .high_closed = s[length - 1] == ']',
                        .has_low = low.len > 0,
                        .has_high = high.len > 0};
    if (r->has_low)
        number_parse(low, &r->low.number), r->low.kind = VALUE_NUMBER;
    if (r->has_high)
        number_parse(high, &r->high.number), r->high.kind = VALUE_NUMBER;
    return (struct value){.kind = VALUE_RANGE, .range = r};
}

struct fact {
    const char *relation, *first, *second;
    bool holds;
};

static const struct fact facts[] = {
    {"before", "1", "10", true},
    {"before", "10", "1", false},
    {"before", "1", "[1..10]", false},
    {"before", "1", "(1..10]", true},
    {"before", "[1..10]", "10", false},
    {"before", "[1..10)", "10", true},
    {"before", "[1..10]", "[10..20]", false},
    {"before", "[1..10)", "[10..20]", true},
    {"before", "[1..10]", "(10..20]", true},
    {"before", "(..5]", "6", true},
    {"before", "6", "[..5)", false},
    {"after", "12", "[1..10]", true},
    {"after", "10", "[1..10)", true},
    {"after", "10", "[1..10]", false},
    {"after", "[11..20]", "10", true},
    {"after", "(11..20]", "11", true},
    {"after", "[11..20]", "[1..11)", true},
    {"meets", "[1..5]", "[5..10]", true},
    {"meets", "[1..5)", "[5..10]", false},
    {"meets", "[1..5]", "(5..10]", false},
    {"met by", "[5..10]", "[1..5]", true},
    {"met by", "(5..10]", "[1..5]", false},
    {"overlaps", "[1..5]", "[3..8]", true},
    {"overlaps", "[3..5]", "[1..8]", true},
    {"overlaps", "[1..5]", "[6..8]", false},
    {"overlaps", "[1..5]", "[5..8]", true},
    {"overlaps", "[1..5)", "[5..8]", false},
    {"overlaps", "(..5]", "[5..)", true},
    {"overlaps before", "[1..5]", "[3..8]", true},
    {"overlaps before", "[1..5)", "(1..5]", true},
    {"overlaps before", "[1..5]", "(1..5]", true},
    {"overlaps before", "[1..5)", "[1..5]", false},
    {"overlaps before", "[1..5]", "[1..5]", false},
    {"overlaps after", "[3..8]", "[1..5]", true},
    {"overlaps after", "(1..5]", "[1..5)", true},
    {"overlaps after", "[1..5]", "[1..5)", false},
    {"finishes", "10", "[1..10]", true},
    {"finishes", "10", "[1..10)", false},
    {"finishes", "[5..10)", "[1..10)", true},
    {"finishes", "[5..10)", "[1..10]", false},
    {"finishes", "[1..10]", "(1..10]", false},
    {"finished by", "[1..10]", "10", true},
    {"finished by", "[1..10]", "(1..10]", true},
    {"finished by", "[1..10)", "10", false},
    {"includes", "[1..10]", "10", true},
    {"includes", "[1..10)", "10", false},
    {"includes", "[1..10]", "(1..10)", true},
    {"includes", "(1..10]", "[1..5]", false},
    {"includes", "(..5)", "3", true},
    {"includes", "(..5)", "[3..)", false},
    {"during", "5", "[1..10]", true},
    {"during", "1", "(1..10]", false},
    {"during", "(1..10)", "[1..10]", true},
    {"starts", "1", "[1..10]", true},
    {"starts", "1", "(1..10]", false},
    {"starts", "(1..5]", "(1..10]", true},
    {"starts", "[1..10]", "[1..10)", false},
    {"started by", "[1..10]", "1", true},
    {"started by", "[1..10]", "[1..10)", true},
    {"started by", "[1..10]", "(1..5]", false},
    {"coincides", "5", "5", true},
    {"coincides", "3", "4", false},
    {"coincides", "[1..5]", "[1..5]", true},
    {"coincides", "(1..5)", "[1..5]", false},
};

static void test_every_fact_of_the_standards_table_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(facts); i++) {
        const struct fact *f = &facts[i];
        const char *given = shown(CALL(f->relation, of(f->first), of(f->second)));
        if (strcmp(given, f->holds ? "true" : "false") != 0)
            fail_msg("%s(%s, %s) gives %s", f->relation, f->first, f->second, given);
    }
}

static void test_what_cannot_be_ordered_gives_null(void **state)
{
    (void)state;
    assert_null_value(CALL("before", num("1"), text("a")));
    assert_null_value(CALL("before", NULL_VALUE, num("1")));
    assert_null_value(CALL("includes", range('[', 1, 5, ']'), text("a")));
    assert_null_value(CALL("includes", num("1"), range('[', 1, 5, ']')));
    assert_null_value(CALL("meets", num("1"), num("1")));
    assert_null_value(CALL("coincides", num("1"), range('[', 1, 5, ']')));
    assert_null_value(CALL("coincides", yes(), yes()));
}

static void test_named_arguments_choose_the_row(void **state)
{
    (void)state;
    assert_gives(CALL_NAMED("before", NAMES(STR("point"), STR("range")), num("1"),
                            range('[', 5, 9, ']')),
                 "true");
    assert_gives(CALL_NAMED("before", NAMES(STR("range2"), STR("range1")), range('[', 1, 3, ']'),
                            range('[', 5, 9, ']')),
                 "false");
    assert_null_value(
        CALL_NAMED("before", NAMES(STR("range1"), STR("point")), range('[', 1, 3, ']'), num("5")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_every_fact_of_the_standards_table_holds, reset),
        cmocka_unit_test_setup(test_what_cannot_be_ordered_gives_null, reset),
        cmocka_unit_test_setup(test_named_arguments_choose_the_row, reset),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
