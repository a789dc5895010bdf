/* Numbers from a row that counts, by the block: lf_db_take. */
#include "store/db_priv.h"

enum { BLOCK_MOST = 4096 };

void lf_db_numbers_drop(struct lf_db *db)
{
    memset(db->numbers, 0, sizeof db->numbers);
}

static bool is_row(const struct lf_db_numbers *r, const struct lf_query *q, lf_view name)
{
    return r->q == q && lf_view_eq((lf_view){ r->name, r->name_len }, name);
}

/* The row's place, brought to the front; a row that has none gets that of the one not used for longest. */
static struct lf_db_numbers *place(struct lf_db *db, const struct lf_query *q, lf_view name)
{
    struct lf_db_numbers it = { .q = q, .name_len = name.len }, *all = db->numbers;
    size_t i = 0;

    memcpy(it.name, name.ptr, name.len);
    while (i < LF_DB_NUMBERS - 1 && all[i].q && !is_row(&all[i], q, name))
        i++;
    if (is_row(&all[i], q, name))
        it = all[i];
    memmove(all + 1, all, i * sizeof *all);
    all[0] = it;
    return all;
}

/* Counts `n` on; *last is the last of them. */
static enum lf_code count_on(struct lf_db *db, const struct lf_scope *scope, const struct lf_query *q,
                             const struct lf_arg *args, size_t nargs, int64_t n, int64_t *last,
                             struct lf_err *e)
{
    struct lf_arg all[LF_DB_PARAMS];

    all[0] = LF_INT(n);
    memcpy(all + 1, args, nargs * sizeof *args);
    return lf_db_int(db, scope, q, all, nargs + 1, last, e);
}

enum lf_code lf_db_take(struct lf_db *db, const struct lf_scope *scope, const struct lf_query *q,
                        const struct lf_arg *args, size_t nargs, int64_t n, int64_t *first, struct lf_err *e)
{
    struct lf_db_numbers *row;
    int64_t last;
    lf_view name;

    LF_ASSERT(n > 0 && nargs > 0 && nargs < LF_DB_PARAMS && args[nargs - 1].kind == LF_ARG_TEXT);
    name = args[nargs - 1].v;
    if (!db->in_transaction || !name.len || name.len > sizeof row->name) {
        LF_TRY(count_on(db, scope, q, args, nargs, n, &last, e));
        *first = last - n + 1;
        return LF_OK;
    }
    row = place(db, q, name);
    if (row->left < n) {
        int64_t again = row->taken < BLOCK_MOST ? row->taken : BLOCK_MOST, many = again > n ? again : n;

        LF_TRY(count_on(db, scope, q, args, nargs, many, &last, e));
        row->next = last - many + 1;
        row->left = many;
        row->taken += many;
    }
    *first = row->next;
    row->next += n;
    row->left -= n;
    return LF_OK;
}
