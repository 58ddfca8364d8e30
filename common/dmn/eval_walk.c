/* eval_walk: lists as they are, ranges step by step (10.3.2.14: whole numbers and, since 1.5, dates; both directions). */
#include "common/dmn/eval_walk.h"

#define WHOLE_MAX (INT64_C(1) << 60) /* so that one step further is still a number */

static bool end_of(struct value v, bool *ret_days, int64_t *ret)
{
    *ret_days = v.kind == VALUE_DATE;
    if (v.kind == VALUE_DATE) {
        *ret = v.day;
        return true;
    }
    return v.kind == VALUE_NUMBER && number_to_i64(v.number, ret) && *ret > -WHOLE_MAX &&
           *ret < WHOLE_MAX;
}

static bool walk_between(struct eval *e, struct value from, struct value to, struct walk *w)
{
    bool from_days, to_days;
    if (!end_of(from, &from_days, &w->at) || !end_of(to, &to_days, &w->last) ||
        from_days != to_days) {
        eval_note(e, 0, "an iteration runs between two whole numbers or two dates");
        return false;
    }
    w->days = from_days;
    w->step = w->at <= w->last ? 1 : -1;
    return true;
}

/* An open end is left out; a range whose ends are in the wrong order holds nothing. */
static bool walk_range(struct eval *e, const struct range *r, struct walk *w)
{
    if (!r->has_low || !r->has_high || !walk_between(e, r->low, r->high, w))
        return false;
    if (w->step < 0) {
        w->step = 0;
        return true;
    }
    int64_t left_out = !r->low_closed + !r->high_closed;
    if (w->last - left_out < w->at)
        w->step = 0;
    w->at += !r->low_closed;
    w->last -= !r->high_closed;
    return true;
}

bool walk_open(struct eval *e, const struct iterator *it, struct frame *f, struct walk *ret)
{
    *ret = (struct walk){.next = 0};
    struct value v = eval_node(e, it->in, f);
    if (it->in_high != NULL)
        return walk_between(e, v, eval_node(e, it->in_high, f), ret);
    if (is_null(v)) {
        eval_note(e, it->in->at, "there is no list to go through");
        return false;
    }
    if (v.kind == VALUE_RANGE)
        return walk_range(e, v.range, ret);
    ret->single = v;
    ret->single_list = (struct list){.count = 1, .items = &ret->single};
    ret->list = v.kind == VALUE_LIST ? v.list : &ret->single_list;
    return true;
}

bool walk_next(struct walk *w, struct value *ret)
{
    if (w->list != NULL) {
        if (w->next == w->list->count)
            return false;
        *ret = w->list->items[w->next++];
        return true;
    }
    if (w->step == 0)
        return false;
    *ret = w->days ? value_date(w->at) : value_i64(w->at);
    if (w->at == w->last)
        w->step = 0;
    else
        w->at += w->step;
    return true;
}
