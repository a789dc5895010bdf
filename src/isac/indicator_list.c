/* Indicators as people see them, and which of them stand above. */
#include "isac/indicator_priv.h"

#include "ident/node.h"
#include "isac/peer.h"
#include "isac/rights.h"
#include "isac/watch.h"
#include "store/query_intelligence.h"

enum lf_code indicator_pick(struct lf_task *t, lf_view id, struct indicator_kept *out, struct lf_err *e)
{
    struct lf_rights *rights;
    struct indicator_rows all;

    LF_TRY(lf_rights_open(t, LF_V(""), &rights, e));
    LF_TRY(indicator_find(t, &lf_q_indicator_of_id, LF_ARGS(LF_TEXT(id)), INDICATOR_OF_VALUE, &all, e));
    for (size_t i = 0; i < all.n; i++) {
        bool shown;

        *out = all.r[i];
        LF_TRY(lf_rights_text(rights, out->i.origin, all.r[i].i.json, &out->i.json, &shown, e));
        if (shown)
            return LF_OK;
    }
    return lf_err_set(e, LF_NOT_FOUND, "no indicator %.*s", LF_FMT(id));
}

struct said {
    struct lf_arena *a;
    struct {
        lf_view origin, json;
    } * x;
    size_t n, cap;
};

/* Rows of (origin, json). */
static enum lf_code take_said(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct said *s = ctx;

    (void)e;
    s->x = lf_arena_grow(s->a, s->x, s->n, &s->cap, sizeof *s->x);
    s->x[s->n].origin = lf_arena_copy(s->a, lf_row_text(r, 0));
    s->x[s->n++].json = lf_arena_copy(s->a, lf_row_text(r, 1));
    return LF_OK;
}

/* Whether the reader may have something of one of them. */
static enum lf_code any_shown(const struct said *s, struct lf_rights *rights, bool *shown, struct lf_err *e)
{
    lf_view text;

    *shown = false;
    for (size_t i = 0; i < s->n && !*shown; i++)
        LF_TRY(lf_rights_text(rights, s->x[i].origin, s->x[i].json, &text, shown, e));
    return LF_OK;
}

static enum lf_code hidden_from(struct lf_task *t, struct lf_rights *rights, lf_view id, bool *hidden,
                                struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    struct said s = { .a = t->a };
    bool shown;

    LF_TRY(lf_db_run(t->db, &scope, &lf_q_indicator_said, LF_ARGS(LF_TEXT(id)), take_said, &s, NULL, e));
    LF_TRY(any_shown(&s, rights, &shown, e));
    *hidden = s.n && !shown;
    return LF_OK;
}

enum lf_code lf_indicator_hidden(struct lf_task *t, lf_view id, bool *hidden, struct lf_err *e)
{
    struct lf_rights *rights;

    LF_TRY(lf_rights_open(t, LF_V(""), &rights, e));
    return hidden_from(t, rights, id, hidden, e);
}

enum lf_code lf_indicator_closed(struct lf_task *t, lf_view id, bool *closed, struct lf_err *e)
{
    return hidden_from(t, lf_rights_of_people(t), id, closed, e);
}

enum lf_code lf_indicator_value_hidden(struct lf_task *t, const struct lf_observable *o, bool *hidden,
                                       struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    struct said s = { .a = t->a };
    struct lf_rights *rights;
    bool shown;

    LF_TRY(lf_rights_open(t, LF_V(""), &rights, e));
    LF_TRY(lf_db_run(t->db, &scope, &lf_q_indicator_said_of_value,
                     LF_ARGS(LF_INT(o->kind), LF_TEXT(o->value)), take_said, &s, NULL, e));
    LF_TRY(any_shown(&s, rights, &shown, e));
    *hidden = s.n && !shown;
    return LF_OK;
}

enum lf_code lf_indicator_known(struct lf_task *t, const struct lf_observable *o, bool *known,
                                struct lf_err *e)
{
    struct lf_scope scope = lf_node_rows(t);
    struct said s = { .a = t->a };

    LF_TRY(lf_db_run(t->db, &scope, &lf_q_indicator_known, LF_ARGS(LF_INT(o->kind), LF_TEXT(o->value)),
                     take_said, &s, NULL, e));
    return any_shown(&s, lf_rights_of_people(t), known, e);
}

/* As LIKE has it: a part, whatever its letters' case. */
static lf_view like_of(struct lf_arena *a, lf_view part)
{
    char *out = LF_NEW(a, char, 2 * part.len + 3);
    size_t n = 0;

    if (!part.len)
        return LF_V("");
    out[n++] = '%';
    for (size_t i = 0; i < part.len; i++) {
        char c = part.ptr[i];

        if (c == '%' || c == '_' || c == '!')
            out[n++] = '!';
        out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 0x20) : c;
    }
    out[n++] = '%';
    return (lf_view){ out, n };
}

enum lf_code lf_indicator_list(struct lf_task *t, const struct lf_page *page, struct lf_indicator_page *out,
                               struct lf_err *e)
{
    return lf_indicator_seek(t, &(struct lf_indicator_filter){ .kind = -1 }, page, out, e);
}

enum lf_code lf_indicator_seek(struct lf_task *t, const struct lf_indicator_filter *f,
                               const struct lf_page *page, struct lf_indicator_page *out, struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    lf_view rest = page->after, at, id = { "", 0 }, origin = { "", 0 };
    int64_t modified = INT64_MAX;
    struct lf_indicator_row *items;
    struct lf_rights *rights;
    struct indicator_rows all;
    size_t n = 0;

    if (page->after.len && (!lf_view_split(&rest, ',', &at) || !lf_view_i64(at, &modified) ||
                            !lf_view_split(&rest, ',', &id) || !lf_view_split(&rest, ',', &origin)))
        return lf_err_set(e, LF_BAD_INPUT,
                          "after=%.*s is no place in this list; take it from next as it was given",
                          LF_FMT(page->after));
    if (f->part.len > LF_INDICATOR_PART || !lf_view_is_utf8(f->part))
        return lf_err_set(e, LF_BAD_INPUT, "q: a part of a value has at most %d bytes, in UTF-8",
                          LF_INDICATOR_PART);
    LF_TRY(lf_rights_open(t, LF_V(""), &rights, e));
    items = LF_NEW(t->a, struct lf_indicator_row, limit + 1);
    do { /* until the page is full: a short one would tell how many are not shown */
        LF_TRY(indicator_find(t, &lf_q_indicator_page,
                              LF_ARGS(LF_INT(modified), LF_TEXT(id), LF_TEXT(origin), LF_INT(f->from),
                                      LF_INT(f->to ? f->to : INT64_MAX), LF_INT(f->kind),
                                      LF_TEXT(lf_view_some(f->state)), LF_TEXT(like_of(t->a, f->part)),
                                      LF_INT(limit + 1)),
                              limit + 1, &all, e));
        for (size_t i = 0; i < all.n && n <= limit; i++) {
            bool shown;

            items[n] = all.r[i].i;
            LF_TRY(lf_rights_text(rights, items[n].origin, items[n].json, &items[n].json, &shown, e));
            n += shown;
        }
        if (all.n) {
            modified = all.r[all.n - 1].i.modified;
            id = all.r[all.n - 1].i.id;
            origin = all.r[all.n - 1].i.origin;
        }
    } while (n <= limit && all.n > limit);
    out->n = n > limit ? limit : n;
    out->items = items;
    out->next = (lf_view){ "", 0 };
    if (n > limit)
        out->next = lf_arena_printf(t->a, "%lld,%.*s,%.*s", (long long)items[limit - 1].modified,
                                    LF_FMT(items[limit - 1].id), LF_FMT(items[limit - 1].origin));
    return LF_OK;
}

enum lf_code lf_indicator_get(struct lf_task *t, lf_view id, struct lf_indicator_row *out, struct lf_err *e)
{
    static const char *const states[] = { "waiting", "watched", "over" };
    struct lf_watch_row w;
    struct indicator_kept r;
    enum lf_code rc = indicator_pick(t, id, &r, e);

    if (rc == LF_OK)
        *out = r.i;
    if (rc != LF_NOT_FOUND)
        return rc;
    LF_TRY(lf_watch_get(t, id, &w, e));
    *out = (struct lf_indicator_row){ .id = w.id,
                                      .origin = LF_V(""),
                                      .kind = w.kind,
                                      .value = w.value,
                                      .state = lf_view_of(states[w.state]),
                                      .alert = LF_V(""),
                                      .incident = LF_V(""),
                                      .derived_from = LF_V(""),
                                      .created = w.valid_from,
                                      .modified = w.version,
                                      .since = w.since,
                                      .valid_until = w.valid_until,
                                      .json = LF_V("") };
    return LF_OK;
}

enum lf_code lf_indicator_above(struct lf_task *t, lf_view id, struct lf_indicator_above *out,
                                struct lf_err *e)
{
    const struct indicator_kept *named = NULL;
    struct indicator_rows same, value;
    struct lf_indicator in;
    struct lf_peer up;
    enum lf_code rc = lf_peer_parent(t, &up, e);

    *out = (struct lf_indicator_above){ { "", 0 }, { "", 0 }, LF_OBS_DOMAIN };
    if (rc != LF_OK)
        return rc == LF_NOT_FOUND ? LF_OK : rc;
    LF_TRY(indicator_find(t, &lf_q_indicator_of_id, LF_ARGS(LF_TEXT(id)), INDICATOR_OF_VALUE, &same, e));
    if (!same.n)
        return LF_OK;
    LF_TRY(indicator_of_value(t, same.r[0].i.kind, same.r[0].i.value, &value, e));
    for (size_t i = 0; i < same.n && !named; i++)
        if (lf_view_eq(same.r[i].i.origin, up.id))
            named = &same.r[i];
    for (size_t i = 0; i < value.n && !named; i++)
        if (indicator_standing(&value.r[i]) && lf_view_eq(value.r[i].i.origin, up.id))
            return LF_OK;
    for (size_t i = 0; i < same.n && !named; i++)
        if (indicator_ours(&same.r[i]) && same.r[i].published)
            named = &same.r[i];
    /* A member's: the node above knows our copy of it. */
    for (size_t i = 0; i < value.n && !named; i++)
        if (indicator_derived(&value.r[i]) && value.r[i].published && indicator_standing(&value.r[i]))
            named = &value.r[i];
    if (!named)
        return LF_OK;
    out->id = named->i.id;
    out->kind = named->i.kind;
    if (lf_indicator_read(t->a, named->i.json, &in, e) == LF_OK)
        out->tlp = in.tlp;
    return LF_OK;
}
