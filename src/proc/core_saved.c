/* Saved searches by the clock (soc/saved_search.h): started when due, their end taken. */
#include "proc/core_priv.h"
#include "soc/saved_search.h"

/* What a table of one row and no key counts: the query was given "count"; else its rows. */
static int64_t results_of(struct lf_arena *a, const struct lf_search_view *v, bool counted)
{
    const struct lf_json *t, *rows;
    int64_t left_out = 0, n;

    if (!v->table.len || lf_json_parse(a, v->table, NULL, &t, NULL) != LF_OK)
        return counted ? 0 : -1;
    rows = lf_json_get(t, LF_V("rows"));
    if (counted) {
        const struct lf_json *row = lf_json_item(rows, 0);

        if (lf_json_items(rows) == 0)
            return 0;
        return lf_view_i64(lf_json_text(lf_json_member(row, 0)), &n) ? n : -1;
    }
    (void)lf_json_int(t, "rows_left_out", &left_out);
    return (int64_t)lf_json_items(rows) + left_out;
}

static enum lf_code take(struct lf_core *c, struct lf_task *t, struct lf_saved_slot *slot, struct lf_err *e)
{
    struct lf_saved_run run = { .began = slot->began, .results = -1, .trouble = LF_V("") };
    lf_view search = lf_view_of(slot->search), alert;
    struct lf_search_view v;
    struct lf_err why;
    enum lf_code rc = lf_searches_get(c->searches, t, search, &v, &why);

    if (rc == LF_NOT_FOUND) { /* its start was taken back: it is due still */
        slot->saved[0] = '\0';
        return LF_OK;
    }
    if (rc == LF_OK && v.state == LF_SEARCH_RUNNING) {
        if (lf_now(t->env) - slot->began < LF_SAVED_PATIENCE && lf_now(t->env) >= slot->began)
            return LF_OK;
        run.trouble = LF_V("it was not done within ten minutes");
    } else if (rc != LF_OK || v.state != LF_SEARCH_DONE) {
        run.trouble = rc == LF_OK && v.error.len ? v.error : LF_V("the search ended without an answer");
    } else {
        run.results = results_of(t->a, &v, slot->counted);
        if (v.damage.len)
            run.trouble = v.damage;
    }
    rc = lf_saved_search_ran(t, lf_view_of(slot->saved), &run, &alert, e);
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc; /* the slot stays; it is tried again */
    lf_searches_drop(c->searches, t, search);
    slot->saved[0] = '\0';
    return LF_OK;
}

static void keep(char out[40], lf_view id)
{
    id = lf_view_first(id, 39);
    if (id.ptr && id.len)
        memcpy(out, id.ptr, id.len);
    out[id.len] = '\0';
}

enum lf_code lf_core_saved(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    struct lf_saved_search *due;
    size_t n = 0, busy = 0;

    (void)arg;
    for (size_t i = 0; i < LF_SAVED_SLOTS; i++) {
        if (c->saved[i].saved[0])
            LF_TRY(take(c, t, &c->saved[i], e));
        busy += c->saved[i].saved[0] != '\0';
    }
    if (busy == LF_SAVED_SLOTS || !c->up[LF_WORKER_SEARCH])
        return LF_OK;
    LF_TRY(lf_saved_search_due(t, 2 * LF_SAVED_SLOTS, &due, &n, e));
    for (size_t i = 0; i < n && busy < LF_SAVED_SLOTS; i++) {
        struct lf_saved_slot *slot = NULL;
        struct lf_err why = { 0 };
        lf_view search, counting, alert;
        bool running = false;
        enum lf_code rc;

        for (size_t k = 0; k < LF_SAVED_SLOTS; k++) {
            running = running || lf_view_is(due[i].id, c->saved[k].saved);
            if (!slot && !c->saved[k].saved[0])
                slot = &c->saved[k];
        }
        if (running || !slot)
            continue;
        counting = lf_saved_search_counting(t->a, due[i].query);
        rc = lf_searches_start_own(c->searches, t, counting, due[i].from, due[i].to, &search, &why);
        if (rc == LF_TOO_MANY) /* people come first: at the next look */
            return LF_OK;
        if (rc != LF_OK) {
            struct lf_saved_run run = { .began = lf_now(t->env),
                                        .results = -1,
                                        .trouble = lf_view_of(why.text) };

            LF_TRY(lf_saved_search_ran(t, due[i].id, &run, &alert, e));
            continue;
        }
        keep(slot->saved, due[i].id);
        keep(slot->search, search);
        slot->began = lf_now(t->env);
        slot->counted = counting.len != due[i].query.len;
        busy++;
    }
    return LF_OK;
}
