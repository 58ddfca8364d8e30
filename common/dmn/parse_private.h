/* parse_private: what the parts of the parser share. A function that returns NULL has put a finding; the first one
 * counts, the rest of the text is not looked at. Each leaves p->token at the first token it did not use. */
#ifndef MOSAIC_DMN_PARSE_PRIVATE_H
#define MOSAIC_DMN_PARSE_PRIVATE_H

#include "common/dmn/lex.h"
#include "common/dmn/parse.h"

struct parser {
    struct arena *arena;
    struct names *names;
    const struct text *text;
    struct findings *findings;
    struct token token;
    uint32_t depth;   /* of nested expressions, types */
    uint32_t filters; /* how many we are in: there names of components count */
    bool high_end;    /* in the upper end of a range, where '[' may close the range */
    bool failed;
};

/* parse.c: tokens */
void advance(struct parser *p);
void move_to(struct parser *p, uint32_t at); /* the token at or after that offset */
bool take(struct parser *p, enum token_kind kind);
bool expect(struct parser *p, enum token_kind kind, const char *what);
bool is_word(const struct parser *p, const char *word);
bool take_word(struct parser *p, const char *word);
bool expect_word(struct parser *p, const char *word);
struct str slice(const struct parser *p, uint32_t from, uint32_t to);
void *fail(struct parser *p, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void *fail_expected(struct parser *p, const char *what); /* "expected ..., but found ..." */
bool enter(struct parser *p);                            /* one level deeper; false: too deep */
void leave(struct parser *p);
bool is_comparison(enum token_kind kind, enum op *ret);

/* A list of pointers that grows while its items are read. */
struct node_list {
    struct node **items;
    size_t count, cap;
};
void node_list_add(struct parser *p, struct node_list *l, struct node *n);
struct node *node_with(struct parser *p, enum node_kind kind, uint32_t at,
                       struct node *const *items, size_t count);
struct node *node_const(struct parser *p, uint32_t at, struct value v);

/* parse_expression.c: operators by their precedence */
struct node *expression(struct parser *p);
struct node *arithmetic(struct parser *p); /* nothing looser than + and - */
struct node *range_rest(struct parser *p, uint32_t at, struct node *low, bool low_closed);
struct node *call_of(struct parser *p, uint32_t at, const char *builtin, struct node *argument);

/* parse_tests.c: unary tests */
struct node *tests_in_parentheses(struct parser *p, uint32_t at); /* after "in", at "(" */
struct node *tests_of_one(struct parser *p);                      /* after "in" */
struct node *half_range(struct parser *p); /* `< 5` where a value is wanted */
struct node *cell_tests(struct parser *p);

/* parse_primary.c: operands with what follows them */
struct node *postfix(struct parser *p);
/* parse_literal.c: numbers, texts, @"...", lists, ranges, contexts */
struct node *number_literal(struct parser *p);
struct node *string_literal(struct parser *p);
struct node *at_literal(struct parser *p);
struct node *bracket_literal(struct parser *p);
struct node *context_literal(struct parser *p);
/* parse_block.c: if, for, some, every, function */
struct node *if_expression(struct parser *p);
struct node *for_expression(struct parser *p);
struct node *quantified(struct parser *p, enum node_kind kind);
struct node *function_definition(struct parser *p);
/* parse_name.c */
bool name_known(struct parser *p, uint32_t *ret_end, struct str *ret_name);
struct node *name_operand(struct parser *p);
struct str member_name(struct parser *p); /* after a dot; no ptr: failed */
/* A name being defined: up to a token of `stop`, or the word `stop_word`; no ptr: failed. */
struct str new_name(struct parser *p, const char *what, const char *stop_word);
bool named_argument_here(const struct parser *p);
bool is_infix_word(const struct parser *p);
/* parse_type.c */
struct type_syntax *type_syntax(struct parser *p);

#endif
