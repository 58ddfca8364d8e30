/* chain: the table of support.dmn as a programmer would write it by hand, to measure against. */
#include "tests/bench/dmn/chain.h"

/* Turnover in cents, the share in percent. */
int64_t chain(const struct chain_row *r)
{
    if (r->turnover < 12000000 && r->staff < 10 && str_eq(r->region, STR("north")) &&
        str_eq(r->stage, STR("start-up")))
        return 35;
    if (r->turnover < 12000000 && r->staff < 10 && str_eq(r->region, STR("north")) &&
        (str_eq(r->stage, STR("growing")) || str_eq(r->stage, STR("settled"))))
        return 25;
    if (r->turnover < 12000000 && r->staff < 10 &&
        (str_eq(r->region, STR("south")) || str_eq(r->region, STR("east"))) &&
        str_eq(r->stage, STR("start-up")))
        return 30;
    if (r->turnover < 12000000 && r->staff < 10 &&
        (str_eq(r->region, STR("south")) || str_eq(r->region, STR("east"))) &&
        !str_eq(r->stage, STR("start-up")))
        return 20;
    if (r->turnover < 12000000 && r->staff >= 10 && str_eq(r->region, STR("north")))
        return 22;
    if (r->turnover < 12000000 && r->staff >= 10 && !str_eq(r->region, STR("north")) &&
        str_eq(r->stage, STR("start-up")))
        return 21;
    if (r->turnover < 12000000 && r->staff >= 10 && !str_eq(r->region, STR("north")))
        return 18;
    if (r->turnover >= 12000000 && r->turnover < 80000000 && r->staff < 10 &&
        str_eq(r->region, STR("north")) && str_eq(r->stage, STR("start-up")))
        return 28;
    if (r->turnover >= 12000000 && r->turnover < 80000000 && r->staff < 50 &&
        (str_eq(r->region, STR("north")) || str_eq(r->region, STR("west"))) &&
        str_eq(r->stage, STR("growing")))
        return 19;
    if (r->turnover >= 12000000 && r->turnover < 80000000 && r->staff < 50 &&
        str_eq(r->region, STR("south")) && str_eq(r->stage, STR("growing")))
        return 17;
    if (r->turnover >= 12000000 && r->turnover < 80000000 && r->staff >= 50 && r->staff <= 250 &&
        str_eq(r->stage, STR("start-up")))
        return 16;
    if (r->turnover >= 12000000 && r->turnover < 80000000 && r->staff >= 50 && r->staff <= 250 &&
        str_eq(r->region, STR("east")))
        return 15;
    if (r->turnover >= 12000000 && r->turnover < 80000000 && r->staff >= 50 && r->staff <= 250)
        return 14;
    if (r->turnover >= 12000000 && r->turnover < 80000000 && r->staff > 250)
        return 5;
    if (r->turnover >= 80000000 && r->turnover <= 200000050 && r->staff <= 250 &&
        str_eq(r->region, STR("north")))
        return 12;
    if (r->turnover >= 80000000 && r->turnover <= 200000050 && r->staff <= 250 &&
        (str_eq(r->stage, STR("start-up")) || str_eq(r->stage, STR("growing"))))
        return 10;
    if (r->turnover >= 80000000 && r->turnover <= 200000050)
        return 8;
    if (r->turnover > 200000050 && r->staff < 50 && str_eq(r->stage, STR("start-up")))
        return 6;
    if (r->turnover > 200000050 && str_eq(r->region, STR("north")))
        return 2;
    return 0;
}
