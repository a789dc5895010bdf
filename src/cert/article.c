#include "cert/article.h"

#include "cert/article_priv.h"
#include "cert/incident_priv.h"
#include "cert/written_act.h"
#include "ident/audit.h"
#include "store/query_article.h"
#include "store/query_incident.h"

enum {
    WORDS = 4000 /* of one article */,
    ASKED = 4,
    ROWS_OF_TERM = 200,
    CANDIDATES = 1000,
    FORM_BYTES = 96 << 10
};

static const char *const fields[LF_ARTICLE_FIELDS] = { "title",      "category",   "rsit",     "level",
                                                       "techniques", "tags",       "happened", "cause",
                                                       "measures",   "indicators", "lessons" };

const char *lf_article_field_name(enum lf_article_field f)
{
    return fields[f];
}

bool lf_article_may_write(const struct lf_task *t)
{
    return written_writer(t);
}

static enum lf_code none(lf_view id, struct lf_err *e)
{
    return lf_err_set(e, LF_NOT_FOUND, "article: there is no article %.*s", LF_FMT(lf_view_first(id, 60)));
}

/* ---- forms ---- */

static lf_view write_form(struct lf_task *t, const struct lf_article_form *f)
{
    struct lf_json_w w;
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, FORM_BYTES * 2);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    for (size_t i = 0; i < LF_ARTICLE_FIELDS; i++)
        if (f->v[i].len)
            lf_json_put_str(&w, fields[i], f->v[i]);
    lf_json_close(&w);
    out = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static enum lf_code read_form(struct lf_arena *a, lf_view text, struct lf_article_form *out, struct lf_err *e)
{
    const struct lf_json *v = NULL;

    if (text.len)
        LF_TRY(lf_json_parse(a, text, NULL, &v, e));
    for (size_t i = 0; i < LF_ARTICLE_FIELDS; i++)
        out->v[i] = lf_view_some(lf_json_str(v, fields[i]));
    return LF_OK;
}

static bool is_technique(lf_view v)
{
    if ((v.len != 5 && v.len != 9) || (v.ptr[0] != 'T' && v.ptr[0] != 't') || (v.len == 9 && v.ptr[5] != '.'))
        return false;
    for (size_t i = 1; i < v.len; i++)
        if (i != 5 && (v.ptr[i] < '0' || v.ptr[i] > '9'))
            return false;
    return true;
}

/* One of a list with blanks or commas between, of either writing. */
static bool next_item(lf_view *list, lf_view *one)
{
    static const char *const seps[] = { " ", ",", "\n", "\r", "\t", "，", "、", "　" };

    *one = (lf_view){ list->ptr, 0 };
    while (list->len) {
        size_t skip = 0;

        for (size_t i = 0; i < sizeof seps / sizeof *seps && !skip; i++)
            if (lf_view_starts(*list, lf_view_of(seps[i])))
                skip = lf_view_of(seps[i]).len;
        if (skip && one->len) {
            *list = lf_view_from(*list, skip);
            return true;
        }
        if (!skip)
            one->len++;
        *list = lf_view_from(*list, skip ? skip : 1);
        if (skip)
            one->ptr = list->ptr;
    }
    return one->len > 0;
}

static enum lf_code check(struct lf_article_form *f, struct lf_err *e)
{
    lf_view list, one;

    for (size_t i = 0; i < LF_ARTICLE_FIELDS; i++) {
        bool line = i < LF_ARTICLE_HAPPENED;

        f->v[i] = lf_view_trim(lf_view_some(f->v[i]));
        if (!lf_view_is_text(f->v[i], i == LF_ARTICLE_TITLE, line ? LF_ARTICLE_LINE : LF_ARTICLE_TEXT))
            return lf_err_set(e, LF_BAD_INPUT, "article: %s has %d to %d bytes", fields[i],
                              i == LF_ARTICLE_TITLE, line ? LF_ARTICLE_LINE : LF_ARTICLE_TEXT);
    }
    if (f->v[LF_ARTICLE_LEVEL].len &&
        (f->v[LF_ARTICLE_LEVEL].len != 1 || f->v[LF_ARTICLE_LEVEL].ptr[0] < '1' ||
         f->v[LF_ARTICLE_LEVEL].ptr[0] > '4'))
        return lf_err_set(e, LF_BAD_INPUT, "article: level is 1 to 4");
    for (list = f->v[LF_ARTICLE_TECHNIQUES]; next_item(&list, &one);)
        if (!is_technique(one))
            return lf_err_set(e, LF_BAD_INPUT, "article: \"%.*s\" is no technique of ATT&CK, as T1566.001",
                              LF_FMT(lf_view_first(one, 40)));
    return LF_OK;
}

/* ---- rows ---- */

struct gather {
    struct lf_task *t;
    struct lf_article *items;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_arena *a = g->t->a;
    struct lf_article x = { .row = written_row(a, r), .incident = lf_arena_copy(a, lf_row_text(r, 13)) };

    LF_TRY(read_form(a, lf_arena_copy(a, lf_row_text(r, 3)), &x.form, e));
    LF_TRY(read_form(a, lf_arena_copy(a, lf_row_text(r, 4)), &x.shown, e));
    g->items = lf_arena_grow(a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = x;
    return LF_OK;
}

static bool is_out(const struct lf_article *x)
{
    return x->shown.v[LF_ARTICLE_TITLE].len > 0;
}

/* As the asker may have it. */
static enum lf_code for_reader(struct lf_task *t, struct lf_article *x, struct lf_err *e)
{
    struct incident_kept k;

    LF_TRY(incident_find(t, &lf_q_incident_get, x->incident, &k, e));
    if (!k.there)
        x->incident = LF_V("");
    if (lf_article_may_write(t))
        return LF_OK;
    x->form = x->shown;
    x->row.state = LF_WRITTEN_PUBLISHED;
    x->row.note = LF_V("");
    return LF_OK;
}

static enum lf_code find(struct lf_task *t, lf_view id, struct lf_article *out, struct lf_err *e)
{
    struct gather g = { .t = t };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_article_get, LF_ARGS(LF_TEXT(lf_view_some(id))), on_row, &g,
                     NULL, e));
    if (!g.n)
        return none(id, e);
    *out = g.items[0];
    return LF_OK;
}

enum lf_code lf_article_get(struct lf_task *t, lf_view id, struct lf_article *out, struct lf_err *e)
{
    LF_TRY(incident_need_reader(t, e));
    LF_TRY(find(t, id, out, e));
    if (!lf_article_may_write(t) && !is_out(out))
        return none(id, e);
    return for_reader(t, out, e);
}

static lf_view small(struct lf_task *t, const char *prefix, lf_view v)
{
    lf_view out = lf_arena_printf(t->a, "%s%.*s", prefix, LF_FMT(lf_utf8_first(v, 120)));
    char *p = LF_NEW(t->a, char, out.len + 1);

    for (size_t i = 0; i < out.len; i++)
        p[i] = out.ptr[i] >= 'A' && out.ptr[i] <= 'Z' ? (char)(out.ptr[i] + 32) : out.ptr[i];
    return (lf_view){ p, out.len };
}

static lf_view term_or_none(struct lf_task *t, const char *prefix, lf_view v)
{
    v = lf_view_trim(lf_view_some(v));
    return v.len ? small(t, prefix, v) : v;
}

enum lf_code lf_article_list(struct lf_task *t, const struct lf_article_filter *f, const struct lf_page *page,
                             size_t *n, const struct lf_article **out, lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page), nterms;
    lf_view terms[ASKED] = { { 0 } };
    struct gather g = { .t = t };
    int64_t before = INT64_MAX;

    LF_TRY(incident_need_reader(t, e));
    if (page->after.len && !lf_view_i64(page->after, &before))
        return lf_err_set(e, LF_BAD_INPUT, "after is not a place this list gave; begin without it");
    nterms = incident_terms(t->a, lf_view_some(f->words), false, terms, ASKED);
    *n = 0, *out = NULL, *next = LF_V("");
    if (lf_view_trim(f->words).len && !nterms)
        return LF_OK;
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_article_list,
                     LF_ARGS(LF_INT(before), LF_INT(lf_article_may_write(t) ? f->state : -1),
                             LF_INT(!lf_article_may_write(t)), text_arg(f->incident), text_arg(terms[0]),
                             text_arg(terms[1]), text_arg(terms[2]), text_arg(terms[3]),
                             LF_TEXT(term_or_none(t, "c:", f->category)),
                             LF_TEXT(term_or_none(t, "a:", f->technique)),
                             LF_TEXT(term_or_none(t, "g:", f->tag)), LF_INT(limit + 1)),
                     on_row, &g, NULL, e));
    *n = g.n > limit ? limit : g.n;
    for (size_t i = 0; i < *n; i++)
        LF_TRY(for_reader(t, &g.items[i], e));
    *out = g.items;
    if (g.n > limit)
        *next = lf_arena_printf(t->a, "%lld", (long long)g.items[limit - 1].row.seq);
    return LF_OK;
}

static enum lf_code on_entry(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct article_entries *g = ctx;
    struct lf_article_entry x = { .entry = written_entry(g->a, r) };

    LF_TRY(read_form(g->a, lf_arena_copy(g->a, lf_row_text(r, 5)), &x.form, e));
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = x;
    return LF_OK;
}

enum lf_code lf_article_history(struct lf_task *t, lf_view id, size_t *n, const struct lf_article_entry **out,
                                struct lf_err *e)
{
    struct article_entries g = { .a = t->a };
    struct lf_article x;

    LF_TRY(written_need_writer(t, e));
    LF_TRY(find(t, id, &x, e));
    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_article_event_list, LF_ARGS(LF_TEXT(id)), on_entry, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

/* ---- what it is found by ---- */

static enum lf_code add_term(struct lf_task *t, int64_t seq, lf_view term, struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_article_term_add, LF_ARGS(LF_TEXT(term), LF_INT(seq)), e);
}

/* T1566.001 is found by T1566 too, web_defaced by web. */
static enum lf_code add_with_parent(struct lf_task *t, int64_t seq, const char *prefix, lf_view v, char sep,
                                    struct lf_err *e)
{
    lf_view rest = v, head;

    LF_TRY(add_term(t, seq, small(t, prefix, v), e));
    return lf_view_split(&rest, sep, &head) ? add_term(t, seq, small(t, prefix, head), e) : LF_OK;
}

static enum lf_code index_shown(struct lf_task *t, const struct lf_article *x, struct lf_err *e)
{
    const struct lf_article_form *f = &x->shown;
    lf_view *terms = LF_NEW(t->a, lf_view, WORDS), list, one, text;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_article_term_clear, LF_ARGS(LF_INT(x->row.seq)), e));
    if (!f->v[LF_ARTICLE_TITLE].len)
        return LF_OK;
    lf_buf_init(&b, FORM_BYTES);
    for (size_t i = 0; i < LF_ARTICLE_FIELDS; i++) {
        lf_buf_put(&b, f->v[i]);
        LF_PUT(&b, " ");
    }
    text = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    n = incident_terms(t->a, text, true, terms, WORDS);
    for (size_t i = 0; i < n; i++)
        LF_TRY(add_term(t, x->row.seq, terms[i], e));
    if (f->v[LF_ARTICLE_CATEGORY].len)
        LF_TRY(add_with_parent(t, x->row.seq, "c:", f->v[LF_ARTICLE_CATEGORY], '_', e));
    if (f->v[LF_ARTICLE_RSIT].len)
        LF_TRY(add_term(t, x->row.seq, small(t, "r:", f->v[LF_ARTICLE_RSIT]), e));
    for (list = f->v[LF_ARTICLE_TECHNIQUES]; next_item(&list, &one);)
        LF_TRY(add_with_parent(t, x->row.seq, "a:", one, '.', e));
    for (list = f->v[LF_ARTICLE_TAGS]; next_item(&list, &one);)
        LF_TRY(add_term(t, x->row.seq, small(t, "g:", one), e));
    /* "domain-name evil.example": the value, whatever its kind is called. */
    for (list = f->v[LF_ARTICLE_INDICATORS]; next_item(&list, &one);)
        LF_TRY(add_term(t, x->row.seq, small(t, "o:", one), e));
    return LF_OK;
}

/* ---- writing ---- */

static enum lf_code keep(struct lf_task *t, struct lf_article *x, enum lf_written_act act, struct lf_err *e)
{
    struct lf_written_row *w = &x->row;
    lf_view form = write_form(t, &x->form);

    w->entries++;
    w->changed = lf_now(t->env);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_article_update,
                      LF_ARGS(LF_INT(w->state), LF_TEXT(form),
                              LF_TEXT(is_out(x) ? write_form(t, &x->shown) : LF_V("")), LF_INT(w->version),
                              text_arg(w->author), text_arg(w->reviewer), text_arg(w->note),
                              LF_INT(w->entries), LF_INT(w->changed), LF_INT(w->published), LF_TEXT(w->id)),
                      e));
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_article_event_add,
                      LF_ARGS(LF_TEXT(w->id), LF_INT(w->entries), LF_INT(w->changed),
                              text_arg(t->scope.account), LF_INT(act), text_arg(w->note),
                              LF_TEXT(act == LF_WRITTEN_WRITE ? form : LF_V(""))),
                      e));
    return lf_audit_add(t, lf_arena_printf(t->a, "article.%s", lf_written_act_name(act)), w->id, LF_V("{}"),
                        e);
}

enum lf_code lf_article_add(struct lf_task *t, lf_view incident, const struct lf_article_form *form,
                            lf_view *id, struct lf_err *e)
{
    struct lf_article_form own = *form;
    struct incident_kept k;
    struct lf_article x;
    lf_view made;

    LF_TRY(written_need_writer(t, e));
    LF_TRY(incident_find_own(t, incident, &k, e));
    LF_TRY(article_closed(&k.row, e));
    LF_TRY(check(&own, e));
    made = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_article_insert,
                      LF_ARGS(LF_TEXT(made), LF_TEXT(write_form(t, &own)), LF_TEXT(incident),
                              text_arg(t->scope.account), LF_INT(lf_now(t->env))),
                      e));
    LF_TRY(find(t, made, &x, e));
    LF_TRY(keep(t, &x, LF_WRITTEN_WRITE, e));
    *id = made;
    return LF_OK;
}

static enum lf_code step(struct lf_task *t, lf_view id, const struct written_act *a, struct lf_article *x,
                         struct lf_err *e)
{
    struct written_act act = *a;

    LF_TRY(written_need_writer(t, e));
    LF_TRY(find(t, id, x, e));
    act.noun = "article";
    act.out = is_out(x);
    return written_do(t, &act, &x->row, e);
}

enum lf_code lf_article_write(struct lf_task *t, lf_view id, int64_t seen, const struct lf_article_form *form,
                              struct lf_err *e)
{
    const struct written_act act = { .act = LF_WRITTEN_WRITE, .seen = seen };
    struct lf_article x;

    LF_TRY(step(t, id, &act, &x, e));
    x.form = *form;
    LF_TRY(check(&x.form, e));
    return keep(t, &x, act.act, e);
}

/* What is needed before another reads it. */
static enum lf_code complete(const struct lf_article *x, struct lf_err *e)
{
    if (!x->form.v[LF_ARTICLE_HAPPENED].len ||
        (!x->form.v[LF_ARTICLE_MEASURES].len && !x->form.v[LF_ARTICLE_LESSONS].len))
        return lf_err_set(e, LF_BAD_INPUT,
                          "article: say what happened, and measures or lessons, before it goes to review");
    return LF_OK;
}

enum lf_code lf_article_act(struct lf_task *t, lf_view id, int64_t seen, enum lf_written_act act,
                            lf_view note, struct lf_err *e)
{
    struct lf_article x;
    enum lf_tlp tlp;

    LF_TRY(step(t, id, &(struct written_act){ .act = act, .seen = seen, .note = note }, &x, e));
    if (act == LF_WRITTEN_SUBMIT)
        LF_TRY(complete(&x, e));
    if (act == LF_WRITTEN_PUBLISH) {
        LF_TRY(lf_incident_marked(t, x.incident, &tlp, e));
        LF_TRY(article_not_red(tlp, e));
        x.shown = x.form;
    }
    if (act == LF_WRITTEN_WITHDRAW)
        x.shown = (struct lf_article_form){ 0 };
    if (act == LF_WRITTEN_PUBLISH || act == LF_WRITTEN_WITHDRAW)
        LF_TRY(index_shown(t, &x, e));
    return keep(t, &x, act, e);
}

/* ---- what is like an incident ---- */

struct scores {
    size_t n;
    struct {
        int64_t seq, score;
    } of[CANDIDATES];
    int64_t weight;
};

static enum lf_code on_seq(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct scores *s = ctx;
    int64_t seq = lf_row_int(r, 0);
    size_t i = 0;

    (void)e;
    while (i < s->n && s->of[i].seq != seq)
        i++;
    if (i == CANDIDATES)
        return LF_OK;
    if (i == s->n)
        s->of[s->n++].seq = seq;
    s->of[i].score += s->weight;
    return LF_OK;
}

static enum lf_code weigh(struct lf_task *t, struct scores *s, lf_view term, int64_t weight, struct lf_err *e)
{
    s->weight = weight;
    return lf_db_run(t->db, &t->scope, &lf_q_article_of_term, LF_ARGS(LF_TEXT(term), LF_INT(ROWS_OF_TERM)),
                     on_seq, s, NULL, e);
}

static size_t best_of(const struct scores *s)
{
    size_t best = 0;

    for (size_t i = 1; i < s->n; i++)
        if (s->of[i].score > s->of[best].score ||
            (s->of[i].score == s->of[best].score && s->of[i].seq > s->of[best].seq))
            best = i;
    return best;
}

enum lf_code lf_article_alike(struct lf_task *t, const struct lf_incident_full *x, size_t *n,
                              const struct lf_article **out, struct lf_err *e)
{
    enum { MOST = 64 /* observables and techniques that are asked for */ };
    enum { OBSERVED = 8, TECHNIQUE = 4, TYPE = 2, CLASS = 3, FAMILY = 1 };
    struct scores *s = LF_NEW(t->a, struct scores, 1);
    const struct lf_observable *seen;
    struct gather g = { .t = t };
    lf_view techniques, rsit, one, family = x->row.category, head;
    size_t nseen;

    LF_TRY(incident_need_reader(t, e));
    nseen = incident_observables(t, x, &seen);
    for (size_t i = 0; i < nseen && i < MOST; i++)
        LF_TRY(weigh(t, s, small(t, "o:", seen[i].value), OBSERVED, e));
    techniques = article_techniques(t, x);
    for (size_t i = 0; i < MOST && next_item(&techniques, &one); i++)
        LF_TRY(weigh(t, s, small(t, "a:", one), TECHNIQUE, e));
    LF_TRY(article_rsit(t, x, &rsit, e));
    if (rsit.len)
        LF_TRY(weigh(t, s, small(t, "r:", rsit), TYPE, e));
    if (x->row.category.len)
        LF_TRY(weigh(t, s, small(t, "c:", x->row.category), CLASS, e));
    if (lf_view_split(&family, '_', &head))
        LF_TRY(weigh(t, s, small(t, "c:", head), FAMILY, e));
    while (s->n && g.n < LF_ARTICLE_ALIKE) {
        size_t best = best_of(s);

        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_article_by_seq, LF_ARGS(LF_INT(s->of[best].seq)), on_row, &g,
                         NULL, e));
        s->of[best] = s->of[--s->n];
    }
    for (size_t i = 0; i < g.n; i++)
        LF_TRY(for_reader(t, &g.items[i], e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}
