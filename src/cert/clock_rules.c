#include "cert/clock_rules.h"

#include "base/buf.h"
#include "base/fnv.h"
#include "engine/clock.h"
#include "ident/node.h"
#include "store/query_clock_set.h"

enum {
    SETS_BYTES = LF_CLOCK_FILE_MOST * 4
}; /* of all together: those of a regime are read at each judgement */

/* rules/clock/, embedded by the build. */
#define DELIVERED(X) X(tw_2026) X(eu_nis2) X(us_federal)
#define DECLARE(name)                                                                                        \
    extern const char clock_##name[];                                                                        \
    extern const size_t clock_##name##_len;
DELIVERED(DECLARE)

struct set {
    lf_view ruleset, regime, file, json;
};

struct sets {
    struct lf_arena *a;
    size_t n, delivered;
    struct set items[LF_CLOCK_SETS_MOST];
};

static enum lf_code add(struct sets *x, lf_view file, const struct lf_json *set, struct lf_err *e)
{
    struct set s = { .ruleset = lf_json_str(set, "ruleset"), .regime = lf_clock_regime(set), .file = file };
    struct lf_buf b;
    size_t at = 0;

    if (!s.regime.len)
        return lf_err_set(e, LF_BAD_INPUT, "ruleset %.*s: regime, such as TW, is needed",
                          LF_FMT(lf_view_first(s.ruleset, 60)));
    while (at < x->n && !lf_view_eq(x->items[at].ruleset, s.ruleset))
        at++;
    if (at < x->n && at >= x->delivered)
        return lf_err_set(e, LF_BAD_INPUT, "ruleset %.*s is in %.*s too",
                          LF_FMT(lf_view_first(s.ruleset, 60)), LF_FMT(x->items[at].file));
    if (at == LF_CLOCK_SETS_MOST)
        return lf_err_set(e, LF_TOO_BIG, "more than %d rule sets", LF_CLOCK_SETS_MOST);
    lf_buf_init(&b, LF_CLOCK_FILE_MOST);
    lf_json_write(&b, set);
    if (lf_buf_done(&b, e) == LF_OK)
        s.json = lf_arena_copy(x->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    if (!s.json.len)
        return e ? e->code : LF_TOO_BIG;
    /* One of ours goes to the end: of two that fit a day the later counts. */
    if (at < x->delivered) {
        memmove(&x->items[at], &x->items[at + 1], (x->n - at - 1) * sizeof *x->items);
        x->n--, x->delivered--;
    }
    x->items[x->n++] = s;
    return LF_OK;
}

static enum lf_code add_file(struct sets *x, lf_view name, lf_view text, struct lf_err *e)
{
    const struct lf_json *v;
    enum lf_code rc = lf_clock_rules_read(x->a, text, &v, e);

    if (rc == LF_OK && lf_json_kind(v) != LF_JSON_ARRAY)
        rc = add(x, name, v, e);
    else
        for (size_t i = 0; rc == LF_OK && i < lf_json_items(v); i++)
            rc = add(x, name, lf_json_item(v, i), e);
    return rc == LF_OK ? rc : lf_err_at(e, "%.*s", LF_FMT(name));
}

/* The delivered ones and the files', and whether any is of the regime. */
static enum lf_code gather(struct sets *x, const struct lf_text_file *files, size_t n, lf_view regime,
                           struct lf_err *e)
{
    size_t total = 0;

#define TAKE(name) LF_TRY(add_file(x, LF_V(#name), (lf_view){ clock_##name, clock_##name##_len }, e));
    DELIVERED(TAKE)
    x->delivered = x->n;
    for (size_t i = 0; i < n; i++)
        LF_TRY(add_file(x, files[i].name, files[i].text, e));
    for (size_t i = 0; i < x->n; i++)
        total += x->items[i].json.len + 2; /* with what parts them */
    if (total > SETS_BYTES)
        return lf_err_set(e, LF_TOO_BIG, "the rule sets together have more than %d MiB; leave some out",
                          SETS_BYTES >> 20);
    for (size_t i = 0; i < x->n; i++)
        if (lf_view_eq(x->items[i].regime, regime))
            return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT,
                      "regime \"%.*s\" is of no rule set; say the regime of one of them, such as TW",
                      LF_FMT(lf_view_first(regime, 40)));
}

static enum lf_code parse_sets(struct lf_arena *a, const struct lf_buf *b, const struct lf_json **out,
                               struct lf_err *e)
{
    LF_TRY(lf_buf_done(b, e));
    return lf_json_parse(a, lf_arena_copy(a, lf_buf_view(b)), &(struct lf_json_limits){ .bytes = SETS_BYTES },
                         out, e);
}

enum lf_code lf_clock_rules_gather(struct lf_arena *a, const struct lf_text_file *files, size_t n,
                                   lf_view regime, const struct lf_json **out, struct lf_err *e)
{
    struct sets *x = LF_NEW(a, struct sets, 1);
    const char *between = "[";
    struct lf_buf b;
    enum lf_code rc;

    x->a = a;
    LF_TRY(gather(x, files, n, regime, e));
    lf_buf_init(&b, SETS_BYTES);
    for (size_t i = 0; i < x->n; i++)
        if (lf_view_eq(x->items[i].regime, regime)) {
            lf_buf_put(&b, lf_view_of(between));
            lf_buf_put(&b, x->items[i].json);
            between = ",";
        }
    LF_PUT(&b, "]");
    rc = parse_sets(a, &b, out, e);
    lf_buf_clear(&b);
    return rc;
}

static int64_t mark_of(const struct sets *x)
{
    uint64_t h = LF_FNV;

    for (size_t i = 0; i < x->n; i++)
        h = lf_fnv(h, x->items[i].json);
    return (int64_t)(h >> 1 | 1);
}

static const lf_view state_key = LF_VIEW("cert.clock_rules"); /* "<regime> <mark>" */

static enum lf_code store(struct lf_task *own, const struct sets *x, lf_view state, struct lf_err *e)
{
    LF_TRY(lf_db_exec(own->db, &own->scope, &lf_q_clock_set_clear, LF_NO_ARGS, e));
    for (size_t i = 0; i < x->n; i++)
        LF_TRY(lf_db_exec(own->db, &own->scope, &lf_q_clock_set_add,
                          LF_ARGS(LF_TEXT(x->items[i].ruleset), LF_TEXT(x->items[i].regime), LF_INT(i),
                                  LF_TEXT(x->items[i].json)),
                          e));
    return lf_setting_set(own, state_key, state, e);
}

enum lf_code lf_clock_rules_take(struct lf_task *t, const struct lf_text_file *files, size_t n,
                                 lf_view regime, bool *changed, struct lf_err *e)
{
    struct sets *x = LF_NEW(t->a, struct sets, 1);
    struct lf_task own = lf_node_task(t);
    lf_view state, before = { 0 };
    enum lf_code rc;

    x->a = t->a;
    LF_TRY(gather(x, files, n, regime, e));
    state = lf_arena_printf(t->a, "%.*s %lld", LF_FMT(regime), (long long)mark_of(x));
    rc = lf_setting_get(&own, state_key, &before, e);
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    *changed = !lf_view_eq(state, before);
    return *changed ? store(&own, x, state, e) : LF_OK;
}

enum lf_code lf_clock_rules_now(struct lf_task *t, struct lf_clock_rules_now *out, struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_clock_rules_now now = { .regime = LF_V("TW") }; /* before any were taken */
    lf_view state;
    enum lf_code rc = lf_setting_get(&own, state_key, &state, e);

    if (rc == LF_OK && (!lf_view_split(&state, ' ', &now.regime) || !lf_view_i64(state, &now.mark)))
        return lf_err_set(e, LF_IO, "setting %.*s is damaged", LF_FMT(state_key));
    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    *out = now;
    return LF_OK;
}

struct texts {
    struct lf_buf b;
    size_t n;
};

static enum lf_code take_text(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct texts *x = ctx;

    (void)e;
    if (x->n++)
        LF_PUT(&x->b, ",");
    lf_buf_put(&x->b, lf_row_text(r, 0));
    return LF_OK;
}

enum lf_code lf_clock_rules_of(struct lf_task *t, lf_view regime, const struct lf_json **out,
                               struct lf_err *e)
{
    struct texts x = { 0 };
    enum lf_code rc;

    lf_buf_init(&x.b, SETS_BYTES);
    LF_PUT(&x.b, "[");
    rc = lf_db_run(t->db, &t->scope, &lf_q_clock_set_of, LF_ARGS(LF_TEXT(regime)), take_text, &x, NULL, e);
    LF_PUT(&x.b, "]");
    if (rc == LF_OK && !x.n)
        rc = lf_err_set(e, LF_NOT_FOUND, "no clock rules of the regime %.*s are here", LF_FMT(regime));
    if (rc == LF_OK)
        rc = parse_sets(t->a, &x.b, out, e);
    lf_buf_clear(&x.b);
    return rc;
}
