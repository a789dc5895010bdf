/* From an answer to the next question: what is behind a row, a value, a field. */
#include "engine/query_priv.h"

/* A name or a value in quotes, so that nothing in it is read. */
static void put_quoted(struct lf_buf *b, lf_view v)
{
    lf_buf_byte(b, '"');
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] == '"' || v.ptr[i] == '\\')
            lf_buf_byte(b, '\\');
        lf_buf_byte(b, v.ptr[i]);
    }
    lf_buf_byte(b, '"');
}

static void put_name(struct lf_buf *b, lf_view name)
{
    bool plain = name.len > 0 && !(name.ptr[0] >= '0' && name.ptr[0] <= '9');

    for (size_t i = 0; i < name.len; i++)
        plain = plain &&
                (lf_q_word_byte(name.ptr[i]) || (i > 0 && (name.ptr[i] == '.' || name.ptr[i] == '-')));
    if (plain)
        lf_buf_put(b, name);
    else
        put_quoted(b, name);
}

/* The base; in parentheses, because an OR in it reaches further than what follows. */
static void put_base(struct lf_buf *b, const struct lf_query_tree *q)
{
    if (q->root->kind == LF_Q_OR)
        lf_buf_byte(b, '(');
    lf_buf_put(b, q->base);
    if (q->root->kind == LF_Q_OR)
        lf_buf_byte(b, ')');
}

static bool all(const struct lf_query_tree *q)
{
    return q->root->kind == LF_Q_LEAF && q->root->ask == LF_QA_TRUE;
}

static lf_view taken(struct lf_arena *a, struct lf_buf *b)
{
    lf_view out = lf_arena_copy(a, lf_buf_view(b));

    lf_buf_clear(b);
    return out;
}

static void put_equal(struct lf_buf *b, lf_view field, lf_view value)
{
    if (b->len)
        lf_buf_byte(b, ' ');
    put_name(b, field);
    lf_buf_byte(b, '=');
    put_quoted(b, value);
}

void lf_query_narrow(const struct lf_query_tree *q, struct lf_arena *a, const lf_view *columns,
                     const lf_view *cells, size_t n, lf_view *text, lf_time *from, lf_time *to)
{
    const struct lf_q_stage *s = q->agg >= 0 ? &q->stages[q->agg] : NULL;
    struct lf_buf b;
    lf_time at;

    lf_buf_init(&b, LF_QUERY_TEXT * 8);
    if (!all(q))
        put_base(&b, q);
    for (size_t i = 0; s && i < n; i++) {
        if (s->span && lf_view_is(columns[i], "_time") && lf_time_parse(cells[i], &at, NULL) == LF_OK) {
            *from = at > *from ? at : *from;
            *to = at + s->span < *to ? at + s->span : *to;
            continue;
        }
        for (size_t k = 0; k < s->nkeys; k++)
            if (lf_view_eq(s->keys[k].name, columns[i]) && cells[i].ptr)
                put_equal(&b, columns[i], cells[i]);
    }
    if (!b.len)
        lf_buf_byte(&b, '*');
    *text = taken(a, &b);
}

lf_view lf_query_with(const struct lf_query_tree *q, struct lf_arena *a, lf_view field, lf_view value)
{
    struct lf_buf b;

    lf_buf_init(&b, LF_QUERY_TEXT * 8);
    if (!all(q))
        put_base(&b, q);
    put_equal(&b, field, value);
    return taken(a, &b);
}

lf_view lf_query_piped(const struct lf_query_tree *q, struct lf_arena *a, const char *pipe, lf_view field)
{
    struct lf_buf b;

    lf_buf_init(&b, LF_QUERY_TEXT * 8);
    if (all(q))
        lf_buf_byte(&b, '*');
    else
        lf_buf_put(&b, q->base);
    lf_buf_printf(&b, " | %s", pipe);
    if (field.len) {
        lf_buf_byte(&b, ' ');
        put_name(&b, field);
    }
    return taken(a, &b);
}
