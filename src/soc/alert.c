#include "soc/alert.h"

#include "engine/query.h"
#include "fmt/json.h"
#include "ident/audit.h"
#include "model/role.h"
#include "soc/alert_priv.h"
#include "soc/asset.h"
#include "soc/exclusion.h"
#include "soc/withheld.h"
#include "store/query_alert.h"

enum { NOTE_MOST = LF_ALERT_NOTE };

static const char *const states[] = { "new", "acknowledged", "closed" };
/* By bit of enum lf_grounds. */
static const char *const grounds[] = { "tuning", "host-important", "host-minor", "intelligence" };

const char *lf_alert_state_name(enum lf_alert_state s)
{
    return (size_t)s < sizeof states / sizeof *states ? states[s] : "?";
}

bool lf_alert_state_parse(lf_view text, enum lf_alert_state *out)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (lf_view_is(text, states[i])) {
            *out = (enum lf_alert_state)i;
            return true;
        }
    return false;
}

static const char *const verdicts[LF_VERDICTS] = { "", "true_positive", "false_positive", "benign" };

const char *lf_verdict_name(enum lf_verdict v)
{
    return (unsigned)v < LF_VERDICTS ? verdicts[v] : "?";
}

bool lf_verdict_parse(lf_view text, enum lf_verdict *out)
{
    for (int i = 1; i < LF_VERDICTS; i++)
        if (lf_view_is(text, verdicts[i])) {
            *out = (enum lf_verdict)i;
            return true;
        }
    return false;
}

static enum lf_code may(const struct lf_task *t, unsigned roles, const char *what, struct lf_err *e)
{
    if (t->scope.roles & roles)
        return LF_OK;
    return lf_err_set(e, LF_FORBIDDEN, "alert: this account may not %s alerts", what);
}

enum lf_code alert_may_see(const struct lf_task *t, struct lf_err *e)
{
    return may(t,
               LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER | LF_ROLE_READER |
                   LF_ROLE_SYSTEM,
               "see", e);
}

/* ---- reading ---- */

/* SQL NULL is "unknown"; here an empty text is meant. */
static lf_view kept(struct lf_arena *a, const struct lf_row *r, int col)
{
    return lf_row_null(r, col) ? (lf_view){ NULL, 0 } : lf_arena_copy(a, lf_row_text(r, col));
}

static void read_alert(struct lf_arena *a, const struct lf_row *r, struct lf_alert *out)
{
    *out = (struct lf_alert){
        .id = kept(a, r, 0),
        .number = (uint64_t)lf_row_int(r, 1),
        .rule = kept(a, r, 2),
        .title = kept(a, r, 3),
        .level = (enum lf_level)lf_row_int(r, 4),
        .host = kept(a, r, 5),
        .has_observable = !lf_row_null(r, 6),
        .observable_kind = (enum lf_observable_kind)lf_row_int(r, 6),
        .observable = kept(a, r, 7),
        .count = lf_row_int(r, 8),
        .first = lf_row_int(r, 9),
        .last = lf_row_int(r, 10),
        .raised = lf_row_int(r, 11),
        .state = (enum lf_alert_state)lf_row_int(r, 12),
        .handled_by = kept(a, r, 13),
        .note = kept(a, r, 14),
        .corroborated = lf_row_int(r, 15) != 0,
        .rule_level = (enum lf_level)lf_row_int(r, 16),
        .grounds = (unsigned)lf_row_int(r, 17),
        .owner = kept(a, r, 18),
        .verdict = (enum lf_verdict)lf_row_int(r, 19),
        .merged_into = kept(a, r, 20),
        .asset = kept(a, r, 21),
        .handled_at = lf_row_int(r, 22),
    };
}

/* Rows that are looked through at once. */
enum { BLOCK = 64 };

static struct lf_alert alert_copy(struct lf_arena *a, const struct lf_alert *from)
{
    struct lf_alert to = *from;
    lf_view *texts[] = { &to.id,         &to.rule, &to.title, &to.host,  &to.observable,
                         &to.handled_by, &to.note, &to.owner, &to.asset, &to.merged_into };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = lf_arena_copy(a, *texts[i]);
    return to;
}

struct gather {
    struct lf_arena *a;
    struct lf_alert *alerts;
    struct lf_alert_event *events;
    size_t n, max;
};

static enum lf_code on_alert(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->max)
        read_alert(g->a, r, &g->alerts[g->n++]);
    return LF_OK;
}

enum lf_code alert_kept(struct lf_task *t, lf_view id, struct lf_alert *out, struct lf_err *e)
{
    struct lf_alert one = { 0 };
    struct gather g = { .a = t->a, .alerts = &one, .max = 1 };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_alert_get, LF_ARGS(LF_TEXT(id)), on_alert, &g, NULL, e));
    if (g.n == 0)
        return lf_err_set(e, LF_NOT_FOUND, "alert: there is no alert \"%.*s\"", LF_FMT(id));
    *out = one;
    return LF_OK;
}

static lf_time hour_of(lf_time at)
{
    return at - at % LF_HOUR;
}

/* As one sees it who may not have its indicator. */
static enum lf_code withhold(struct lf_withheld *w, struct lf_task *t, struct lf_alert *a, struct lf_err *e)
{
    LF_TRY(lf_withheld(w, t, a->rule, &a->withheld, e));
    if (!a->withheld)
        return LF_OK;
    a->rule = a->title = a->observable = a->note = LF_V("");
    a->has_observable = false;
    a->first = hour_of(a->first);
    a->last = hour_of(a->last);
    a->raised = hour_of(a->raised);
    return LF_OK;
}

enum lf_code lf_alert_get(struct lf_task *t, lf_view id, struct lf_alert *out, struct lf_err *e)
{
    struct lf_withheld w = { 0 };
    struct lf_alert one;

    LF_TRY(alert_may_see(t, e));
    LF_TRY(alert_kept(t, id, &one, e));
    LF_TRY(withhold(&w, t, &one, e));
    *out = one;
    return LF_OK;
}

static enum lf_code key_of(const struct lf_page *page, int64_t otherwise, int64_t *out, struct lf_err *e)
{
    *out = otherwise;
    if (page && page->after.len > 0 && (!lf_view_i64(page->after, out) || *out < 0))
        return lf_err_set(e, LF_BAD_INPUT, "alert: \"%.*s\" is no place in a list; give \"next\" as it came",
                          LF_FMT(page->after));
    return LF_OK;
}

enum lf_code lf_alert_when(const struct lf_task *t, lf_view text, bool ends, lf_time *out, struct lf_err *e)
{
    return lf_query_time(text, lf_now(t->env), ends, out, e);
}

/* As LIKE takes it, in small letters, with '!' before what it would take for more. */
static enum lf_code pattern(struct lf_task *t, lf_view word, bool whole, lf_view *out, struct lf_err *e)
{
    char *p;
    size_t n = 0;

    *out = LF_V("");
    if (word.len == 0)
        return LF_OK;
    if (!lf_view_is_text(word, 0, LF_ALERT_WORD))
        return lf_err_set(e, LF_BAD_INPUT, "alert: what is looked for is text of at most %d bytes",
                          LF_ALERT_WORD);
    if (!whole) {
        *out = lf_db_like(t->a, word);
        return LF_OK;
    }
    p = lf_arena_alloc(t->a, 2 * word.len + 1, 1);
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];

        if (c == '*') {
            p[n++] = '%';
            continue;
        }
        if (c == '%' || c == '_' || c == '!')
            p[n++] = '!';
        p[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    *out = (lf_view){ p, n };
    return LF_OK;
}

/* Whether small letters are part of a text, whose ASCII letters' case does not count. */
static bool has(lf_view text, lf_view small)
{
    for (size_t at = 0; at + small.len <= text.len; at++) {
        size_t i = 0;

        while (i < small.len &&
               (text.ptr[at + i] >= 'A' && text.ptr[at + i] <= 'Z' ? text.ptr[at + i] | 0x20
                                                                   : text.ptr[at + i]) == small.ptr[i])
            i++;
        if (i == small.len)
            return true;
    }
    return false;
}

static lf_view small_of(struct lf_arena *a, lf_view word)
{
    char *p = lf_arena_alloc(a, word.len + 1, 1);

    for (size_t i = 0; i < word.len; i++)
        p[i] = (char)(word.ptr[i] >= 'A' && word.ptr[i] <= 'Z' ? word.ptr[i] | 0x20 : word.ptr[i]);
    return (lf_view){ p, word.len };
}

/* What a filter is to the statement; `small`: its words, in small letters. */
struct sought {
    lf_view host, words[LF_ALERT_WORDS], titles[LF_ALERT_WORDS], small[LF_ALERT_WORDS];
};

/* Whether a withheld alert fits by what of it is shown.  The statement has found it by what it is, an hour
 * about it: all that fits so is among that. */
static bool fits(const struct lf_alert_filter *f, const struct sought *s, const struct lf_alert *a)
{
    if (f->rule.len || a->last < f->from || (f->to && a->first >= f->to))
        return false;
    for (size_t i = 0; i < f->nwords; i++) {
        lf_view word = s->small[i];

        if (word.len && !has(a->host, word) && !has(a->owner, word) && !has(a->asset, word))
            return false;
    }
    return true;
}

static enum lf_code seek(struct lf_task *t, const struct lf_alert_filter *f, struct sought *s,
                         struct lf_err *e)
{
    LF_TRY(pattern(t, f->host, true, &s->host, e));
    if (f->rule.len > LF_ALERT_WORD || !lf_view_is_utf8(f->rule) || f->owner.len > LF_ALERT_WORD ||
        !lf_view_is_utf8(f->owner) || f->nwords > LF_ALERT_WORDS)
        return lf_err_set(e, LF_BAD_INPUT,
                          "alert: at most %d words are looked for, and texts of at most %d bytes",
                          LF_ALERT_WORDS, LF_ALERT_WORD);
    for (size_t i = 0; i < LF_ALERT_WORDS; i++) {
        s->words[i] = s->titles[i] = s->small[i] = LF_V("");
        if (i >= f->nwords)
            continue;
        LF_TRY(pattern(t, f->words[i].text, false, &s->words[i], e));
        s->titles[i] = lf_view_some(f->words[i].titles);
        s->small[i] = small_of(t->a, f->words[i].text);
    }
    return LF_OK;
}

/* Rows behind a number, as they are. */
static enum lf_code find(struct lf_task *t, const struct lf_alert_filter *f, const struct sought *s,
                         int64_t before, struct gather *g, struct lf_err *e)
{
    g->n = 0;
    return lf_db_run(t->db, &t->scope, f->open_only ? &lf_q_alert_list_open : &lf_q_alert_list,
                     LF_ARGS(LF_INT(before), LF_INT(f->least), LF_INT(f->has_state ? (int)f->state : 0),
                             LF_INT(f->has_state ? (int)f->state : LF_ALERT_CLOSED), LF_INT(f->from),
                             LF_INT(f->to ? f->to : INT64_MAX), LF_TEXT(lf_view_some(f->rule)),
                             LF_TEXT(f->nobodys     ? LF_V("")
                                     : f->owner.len ? f->owner
                                                    : LF_V("*")),
                             LF_TEXT(s->host), LF_TEXT(s->words[0]), LF_TEXT(s->titles[0]),
                             LF_TEXT(s->words[1]), LF_TEXT(s->titles[1]), LF_TEXT(s->words[2]),
                             LF_TEXT(s->titles[2]), LF_TEXT(s->words[3]), LF_TEXT(s->titles[3]),
                             LF_INT((int64_t)g->max)),
                     on_alert, g, NULL, e);
}

enum lf_code lf_alert_list(struct lf_task *t, const struct lf_alert_filter *filter,
                           const struct lf_page *page, struct lf_alert **out, size_t *n, lf_view *next,
                           struct lf_err *e)
{
    static const struct lf_alert_filter all = { 0 };
    const struct lf_alert_filter *f = filter ? filter : &all;
    size_t limit = lf_page_rows(page), kept = 0;
    struct lf_alert items_of_block[BLOCK], *items;
    struct lf_arena block = { 0 };
    struct gather g = { .a = &block, .alerts = items_of_block, .max = limit < BLOCK ? limit + 1 : BLOCK };
    enum lf_code rc = LF_OK;
    struct lf_withheld w = { 0 };
    struct sought s;
    bool hidden;
    int64_t before;

    LF_TRY(alert_may_see(t, e));
    LF_TRY(key_of(page, INT64_MAX, &before, e));
    LF_TRY(seek(t, f, &s, e));
    LF_TRY(lf_withheld(&w, t, f->rule, &hidden, e));
    items = LF_NEW(t->a, struct lf_alert, limit + 1);
    g.n = hidden ? 0 : g.max; /* nothing is found by a rule that is not shown */
    while (rc == LF_OK && g.n == g.max && kept <= limit) {
        /* until the page is full: a short one would tell of what was found and is not shown */
        lf_arena_reset(&block);
        rc = find(t, f, &s, before, &g, e);
        for (size_t i = 0; rc == LF_OK && i < g.n && kept <= limit; i++) {
            struct lf_alert *a = &g.alerts[i];

            before = (int64_t)a->number;
            rc = withhold(&w, t, a, e);
            if (rc == LF_OK && (a->withheld ? fits(f, &s, a) : !f->to || a->first < f->to))
                items[kept++] = alert_copy(t->a, a);
        }
    }
    lf_arena_clear(&block);
    if (rc != LF_OK)
        return rc;
    *out = items;
    *n = kept > limit ? limit : kept;
    *next = kept > limit ? lf_arena_printf(t->a, "%llu", (unsigned long long)items[limit - 1].number)
                         : (lf_view){ "", 0 };
    return LF_OK;
}

static enum lf_code on_event(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    if (g->n < g->max)
        g->events[g->n++] = (struct lf_alert_event){
            .position = (uint64_t)lf_row_int(r, 0),
            .rule = kept(g->a, r, 1),
            .happened = lf_row_int(r, 2),
            .recorded = lf_row_int(r, 3),
            .sender = kept(g->a, r, 4),
            .event = kept(g->a, r, 5),
            .observables = kept(g->a, r, 6),
            .second_sender = kept(g->a, r, 7),
            .second_event = kept(g->a, r, 8),
            .second_happened = lf_row_int(r, 9),
        };
    return LF_OK;
}

static struct lf_alert_event event_copy(struct lf_arena *a, const struct lf_alert_event *from)
{
    struct lf_alert_event to = *from;
    lf_view *texts[] = { &to.rule, &to.sender, &to.event, &to.observables };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = lf_arena_copy(a, *texts[i]);
    if (to.second_sender.ptr) {
        to.second_sender = lf_arena_copy(a, to.second_sender);
        to.second_event = lf_arena_copy(a, to.second_event);
    }
    return to;
}

enum lf_code lf_alert_events(struct lf_task *t, lf_view id, const struct lf_page *page,
                             struct lf_alert_event **out, size_t *n, lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page), kept = 0;
    struct lf_alert_event events_of_block[BLOCK], *items;
    struct lf_arena block = { 0 };
    struct gather g = { .a = &block, .events = events_of_block, .max = limit < BLOCK ? limit + 1 : BLOCK };
    enum lf_code rc = LF_OK;
    struct lf_withheld w = { 0 };
    struct lf_alert alert;
    lf_view rule = LF_V(""); /* behind the place that the page was given there is every rule */
    bool hidden;
    int64_t after;

    LF_TRY(alert_may_see(t, e));
    LF_TRY(alert_kept(t, id, &alert, e));
    LF_TRY(key_of(page, -1, &after, e));
    after += after < INT64_MAX;
    LF_TRY(lf_withheld(&w, t, alert.rule, &hidden, e));
    items = LF_NEW(t->a, struct lf_alert_event, limit + 1);
    g.n = g.max;
    while (rc == LF_OK && g.n == g.max && kept <= limit) {
        /* One that was merged into another brings evidence that not everybody may have; what the alert's own
         * rule found is not even read when that is hidden. */
        lf_arena_reset(&block);
        g.n = 0;
        rc = lf_db_run(t->db, &t->scope, &lf_q_alert_events,
                       LF_ARGS(LF_TEXT(id), LF_INT(after), LF_TEXT(rule),
                               LF_TEXT(hidden ? alert.rule : LF_V("")), LF_INT((int64_t)g.max)),
                       on_event, &g, NULL, e);
        for (size_t i = 0; rc == LF_OK && i < g.n && kept <= limit; i++) {
            bool other;

            after = (int64_t)g.events[i].position;
            rc = lf_withheld(&w, t, g.events[i].rule, &other, e);
            if (rc == LF_OK && !other)
                items[kept++] = event_copy(t->a, &g.events[i]);
        }
        if (rc == LF_OK && g.n)
            rule = lf_arena_copy(t->a, g.events[g.n - 1].rule);
    }
    lf_arena_clear(&block);
    if (rc != LF_OK)
        return rc;
    *out = items;
    *n = kept > limit ? limit : kept;
    *next = kept > limit ? lf_arena_printf(t->a, "%llu", (unsigned long long)items[limit - 1].position)
                         : (lf_view){ "", 0 };
    return LF_OK;
}

/* ---- raising ---- */

struct known {
    struct lf_arena *a;
    lf_view alert, origin; /* origin: merged into `alert`, and what the finding would have joined */
    bool second;
};

static enum lf_code on_known(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct known *k = ctx;

    (void)e;
    k->alert = lf_arena_copy(k->a, lf_row_text(r, 0));
    k->second = lf_row_int(r, 1) != 0;
    return LF_OK;
}

static enum lf_code on_id(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct known *k = ctx;

    (void)e;
    k->alert = lf_arena_copy(k->a, lf_row_text(r, 0));
    return LF_OK;
}

static enum lf_code on_joined(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct known *k = ctx;

    LF_TRY(on_id(ctx, r, e));
    k->origin = lf_arena_copy(k->a, lf_row_text(r, 1));
    return LF_OK;
}

static lf_view observables_json(struct lf_arena *a, const struct lf_finding *f)
{
    struct lf_buf b;
    struct lf_json_w w;
    lf_view v;

    lf_buf_init(&b, 1 << 18);
    w = lf_json_w(&b);
    lf_json_open(&w, '[');
    for (size_t i = 0; i < f->nobservables; i++) {
        lf_json_open(&w, '{');
        lf_json_put_cstr(&w, "type", lf_observable_kind_name(f->observables[i].kind));
        lf_json_put_str(&w, "value", f->observables[i].value);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    v = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return v;
}

static struct lf_arg kind_arg(const struct lf_finding *f)
{
    return f->nobservables > 0 ? LF_INT(f->observables[0].kind) : LF_NULL;
}

static lf_view first_of(const struct lf_finding *f)
{
    return f->nobservables > 0 ? f->observables[0].value : LF_V("");
}

/* What an indicator found joins the alert of another rule when people merged the two.  That alert is shown by
 * its own rule, so nothing that it says comes from what its reader may not have (markings are explained and
 * change later): its observable and level stay, and of the
 * time it has the hour, as a withheld alert has. */
static enum lf_code joins_another(struct lf_task *t, const struct lf_finding *f, lf_view id,
                                  struct lf_alert *other, bool *does, struct lf_err *e)
{
    *does = false;
    if (!lf_withheld_may_be(f->rule))
        return LF_OK;
    LF_TRY(alert_kept(t, id, other, e));
    *does = !lf_view_eq(other->rule, f->rule);
    return LF_OK;
}

static enum lf_code corroborate(struct lf_task *t, const struct lf_finding *f, lf_view id, bool *newly,
                                struct lf_err *e)
{
    struct lf_alert other = { 0 };
    int64_t changed = 0;
    bool joined;

    LF_TRY(joins_another(t, f, id, &other, &joined, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_alert_corroborate,
                     LF_ARGS(!joined                ? kind_arg(f)
                             : other.has_observable ? LF_INT(other.observable_kind)
                                                    : LF_NULL,
                             LF_TEXT(joined ? lf_view_some(other.observable) : first_of(f)), LF_TEXT(id)),
                     NULL, NULL, &changed, e));
    *newly = changed > 0;
    return LF_OK;
}

static enum lf_code raise_new(struct lf_task *t, const struct lf_finding *f, enum lf_level level,
                              unsigned why, lf_view asset, lf_view *id, struct lf_err *e)
{
    int64_t number;

    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_alert_next_number, LF_NO_ARGS, &number, e));
    *id = lf_uuid_new(t->env, t->a);
    return lf_db_exec(t->db, &t->scope, &lf_q_alert_add,
                      LF_ARGS(LF_TEXT(*id), LF_INT(number), LF_TEXT(lf_view_some(f->rule)),
                              LF_TEXT(lf_view_some(f->title)), LF_INT(level), LF_TEXT(lf_view_some(f->host)),
                              kind_arg(f), LF_TEXT(first_of(f)), LF_INT(f->happened), LF_INT(lf_now(t->env)),
                              LF_INT(f->level), LF_INT(why), LF_TEXT(asset)),
                      e);
}

/* The open alert that the finding joins; *out stays empty when it is to raise one,
 * and *none is set when it is to do neither. */
static enum lf_code find_alert(struct lf_task *t, const struct lf_finding *f, const struct lf_tuning *tuning,
                               struct known *out, bool *none, struct lf_err *e)
{
    struct known k = { .a = t->a };
    lf_time now = lf_now(t->env);
    int64_t n;

    *none = tuning->state != LF_RULE_LIVE;
    if (*none)
        return LF_OK;
    if (tuning->group)
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_alert_open,
                         LF_ARGS(LF_TEXT(f->rule), LF_TEXT(lf_view_some(f->host)), LF_TEXT(first_of(f)),
                                 LF_INT(f->happened - tuning->group), LF_INT(f->happened + tuning->group)),
                         on_id, &k, NULL, e));
    if (tuning->group && !k.alert.ptr)
        LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_alert_joined,
                         LF_ARGS(LF_TEXT(f->rule), LF_TEXT(lf_view_some(f->host)), LF_TEXT(first_of(f)),
                                 LF_INT(f->happened - tuning->group), LF_INT(f->happened + tuning->group)),
                         on_joined, &k, NULL, e));
    *out = k;
    if (k.alert.ptr)
        return LF_OK;
    if (tuning->suppress) {
        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_alert_closed_since,
                         LF_ARGS(LF_TEXT(f->rule), LF_TEXT(lf_view_some(f->host)), LF_TEXT(first_of(f)),
                                 LF_INT(now - tuning->suppress)),
                         &n, e));
        *none = n > 0;
        if (*none)
            return LF_OK;
    }
    if (tuning->per_hour == LF_TUNING_PER_HOUR) /* unlimited: nothing is counted */
        return LF_OK;
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_alert_raised_since,
                     LF_ARGS(LF_TEXT(f->rule), LF_INT(now - LF_HOUR), LF_INT(tuning->per_hour + 1)), &n, e));
    if (n < tuning->per_hour)
        return LF_OK;
    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_alert_newest_open, LF_ARGS(LF_TEXT(f->rule)), on_id, &k, NULL, e));
    *out = k;
    *none = !k.alert.ptr;
    return LF_OK;
}

enum lf_code lf_alert_raise(struct lf_task *t, const struct lf_finding *f, bool known, struct lf_alert *out,
                            bool *is_new, bool *newly_corroborated, struct lf_err *e)
{
    struct known k = { .a = t->a };
    struct lf_tuning tuning;
    unsigned why;
    enum lf_level level;
    struct lf_asset asset;
    bool fresh = false, newly = false, changed = true, second = f->second_sender.ptr != NULL;
    bool none = false, joined = false;
    struct lf_alert other = { 0 };
    struct lf_arg second_sender = second ? LF_TEXT(f->second_sender) : LF_NULL;
    struct lf_arg second_event = second ? LF_TEXT(lf_view_some(f->second_event)) : LF_NULL;
    struct lf_arg second_time = second ? LF_INT(f->second_happened) : LF_NULL;

    LF_TRY(may(t, LF_ROLE_SYSTEM, "raise", e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_alert_kept, LF_ARGS(LF_INT(f->position), LF_TEXT(f->rule)),
                     on_known, &k, NULL, e));
    if (k.alert.ptr) {
        /* A replay, or the second evidence that came later. */
        changed = second && !k.second;
        if (changed) {
            LF_TRY(
                lf_db_exec(t->db, &t->scope, &lf_q_alert_event_second,
                           LF_ARGS(second_sender, second_event, second_time,
                                   LF_TEXT(observables_json(t->a, f)), LF_INT(f->position), LF_TEXT(f->rule)),
                           e));
            LF_TRY(corroborate(t, f, k.alert, &newly, e));
        }
    } else {
        LF_TRY(lf_exclusion_keeps_back(t, f, &none, e));
        if (none) {
            *out = (struct lf_alert){ .id = LF_V("") };
            *is_new = *newly_corroborated = false;
            return LF_OK;
        }
        LF_TRY(lf_tuning_get(t, f->rule, &tuning, e));
        LF_TRY(find_alert(t, f, &tuning, &k, &none, e));
        if (none) {
            *out = (struct lf_alert){ .id = LF_V("") };
            *is_new = *newly_corroborated = false;
            return lf_tuning_keep_back(t, &tuning, f, e);
        }
        LF_TRY(lf_asset_of(t, f, &asset, e));
        level = lf_severity(f->level, &tuning, asset.weight - LF_ASSET_USUAL, known, &why);
        fresh = !k.alert.ptr;
        if (fresh)
            LF_TRY(raise_new(t, f, level, why, asset.name, &k.alert, e));
        if (!fresh)
            LF_TRY(joins_another(t, f, k.alert, &other, &joined, e));
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_alert_count_finding,
                          LF_ARGS(LF_INT(joined ? f->happened - f->happened % LF_HOUR : f->happened),
                                  LF_INT(joined ? LF_LEVEL_INFO : level), LF_INT(why),
                                  LF_TEXT(joined ? other.asset : asset.name), LF_TEXT(k.alert)),
                          e));
        LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_alert_event_add,
                          LF_ARGS(LF_INT(f->position), LF_TEXT(f->rule), LF_TEXT(k.alert),
                                  LF_INT(f->happened), LF_INT(f->recorded), LF_TEXT(lf_view_some(f->sender)),
                                  LF_TEXT(lf_view_some(f->event)), LF_TEXT(observables_json(t->a, f)),
                                  second_sender, second_event, second_time, LF_TEXT(lf_view_some(k.origin)),
                                  LF_INT(level), LF_INT(why), LF_TEXT(lf_view_some(asset.name))),
                          e));
        if (second)
            LF_TRY(corroborate(t, f, k.alert, &newly, e));
    }
    LF_TRY(alert_kept(t, k.alert, out, e));
    *is_new = fresh;
    *newly_corroborated = newly;
    if (changed)
        t->effects |= LF_FX_ALERT;
    return LF_OK;
}

/* ---- people ---- */

enum lf_code alert_set_state(struct lf_task *t, lf_view id, enum lf_alert_state state,
                             enum lf_verdict verdict, lf_view note, const char *action, struct lf_err *e)
{
    struct lf_alert alert;
    int64_t changed = 0;
    struct lf_buf b;
    struct lf_json_w w;
    lf_view detail;

    LF_TRY(may(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST, "handle", e));
    LF_TRY(alert_kept(t, id, &alert, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_alert_set_state,
                     LF_ARGS(LF_INT(state), LF_TEXT(t->scope.account), LF_TEXT(note), LF_INT(lf_now(t->env)),
                             LF_INT(verdict), LF_TEXT(id)),
                     NULL, NULL, &changed, e));
    if (changed == 0)
        return lf_err_set(e, LF_CONFLICT, "alert: \"%.*s\" is %s already", LF_FMT(id),
                          lf_alert_state_name(alert.state));
    if (!action)
        return LF_OK;
    lf_buf_init(&b, 3 * NOTE_MOST * 2);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "was", lf_alert_state_name(alert.state));
    if (verdict)
        lf_json_put_cstr(&w, "verdict", lf_verdict_name(verdict));
    if (note.len > 0)
        lf_json_put_str(&w, "note", note);
    lf_json_close(&w);
    detail = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    LF_TRY(lf_audit_add(t, lf_view_of(action), id, detail, e));
    t->effects |= LF_FX_ALERT;
    return LF_OK;
}

enum lf_code lf_alert_acknowledge(struct lf_task *t, lf_view id, struct lf_err *e)
{
    LF_TRY(alert_set_state(t, id, LF_ALERT_ACKNOWLEDGED, LF_VERDICT_NONE, LF_V(""), "alert.acknowledge", e));
    return alert_note(t, id, LF_ACT_ACKNOWLEDGE, LF_V(""), e);
}

enum lf_code lf_alert_close_as(struct lf_task *t, lf_view id, enum lf_verdict verdict, lf_view note,
                               struct lf_err *e)
{
    if (!lf_view_is_text(note, 0, NOTE_MOST))
        return lf_err_set(e, LF_BAD_INPUT, "alert: a note is text of at most %d bytes", NOTE_MOST);
    LF_TRY(alert_set_state(t, id, LF_ALERT_CLOSED, verdict, lf_view_some(note), "alert.close", e));
    return alert_note(t, id, LF_ACT_CLOSE,
                      lf_arena_printf(t->a, "%s%s%.*s", lf_verdict_name(verdict),
                                      verdict && note.len ? ": " : "", LF_FMT(lf_view_some(note))),
                      e);
}

enum lf_code lf_alert_close(struct lf_task *t, lf_view id, lf_view note, struct lf_err *e)
{
    return lf_alert_close_as(t, id, LF_VERDICT_NONE, note, e);
}

enum lf_code lf_alert_merged(struct lf_task *t, lf_view id, struct lf_alert **out, size_t *n,
                             struct lf_err *e)
{
    struct gather g = { .a = t->a,
                        .alerts = LF_NEW(t->a, struct lf_alert, LF_ALERT_MERGED),
                        .max = LF_ALERT_MERGED };
    struct lf_withheld w = { 0 };

    LF_TRY(alert_may_see(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_alert_merged, LF_ARGS(LF_TEXT(id), LF_INT(LF_ALERT_MERGED)),
                     on_alert, &g, NULL, e));
    for (size_t i = 0; i < g.n; i++)
        LF_TRY(withhold(&w, t, &g.alerts[i], e));
    *out = g.alerts;
    *n = g.n;
    return LF_OK;
}

/* ---- counts and the checkpoint ---- */

static enum lf_code on_counts(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    int64_t *n = ctx;

    (void)e;
    n[0] = lf_row_int(r, 0);
    n[1] = lf_row_int(r, 1);
    return LF_OK;
}

enum lf_code lf_alert_counts(struct lf_task *t, int64_t *open, int64_t *fresh, struct lf_err *e)
{
    int64_t n[2] = { 0, 0 };

    LF_TRY(alert_may_see(t, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_alert_counts, LF_NO_ARGS, on_counts, n, NULL, e));
    *open = n[0];
    *fresh = n[1];
    return LF_OK;
}

enum lf_code lf_alert_checkpoint(struct lf_task *t, uint64_t position, struct lf_err *e)
{
    LF_TRY(may(t, LF_ROLE_SYSTEM, "checkpoint", e));
    if (position > INT64_MAX)
        return lf_err_set(e, LF_BAD_INPUT, "alert: a journal position past what can be kept");
    return lf_db_exec(t->db, &t->scope, &lf_q_alert_checkpoint_set, LF_ARGS(LF_INT(position)), e);
}

enum lf_code lf_alert_checkpoint_get(struct lf_task *t, uint64_t *position, struct lf_err *e)
{
    struct lf_err why = { 0 };
    int64_t at = 0;
    enum lf_code rc = lf_db_int(t->db, &t->scope, &lf_q_alert_checkpoint_get, LF_NO_ARGS, &at, &why);

    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return lf_err_set(e, rc, "%s", why.text);
    *position = (uint64_t)at;
    return LF_OK;
}

/* ---- as JSON ---- */

void lf_alert_json(struct lf_json_w *w, const struct lf_alert *al)
{
    char text[LF_TIME_TEXT];

    lf_json_open(w, '{');
    lf_json_put_str(w, "id", al->id);
    lf_json_put_int(w, "number", (int64_t)al->number);
    lf_json_put_str(w, "rule", al->rule);
    lf_json_put_str(w, "title", al->title);
    lf_json_put_cstr(w, "level", lf_level_name(al->level));
    lf_json_put_cstr(w, "rule_level", lf_level_name(al->rule_level));
    lf_json_begin(w, "grounds", '[');
    for (size_t i = 0; i < sizeof grounds / sizeof *grounds; i++)
        if (al->grounds & 1u << i)
            lf_json_put_cstr(w, NULL, grounds[i]);
    lf_json_close(w);
    lf_json_put_str(w, "host", lf_view_some(al->host));
    if (al->has_observable) {
        lf_json_begin(w, "observable", '{');
        lf_json_put_cstr(w, "type", lf_observable_kind_name(al->observable_kind));
        lf_json_put_str(w, "value", al->observable);
        lf_json_close(w);
    } else {
        lf_json_put_null(w, "observable");
    }
    lf_json_put_int(w, "count", al->count);
    lf_json_put_str(w, "first", lf_time_micro(al->first, text));
    lf_json_put_str(w, "last", lf_time_micro(al->last, text));
    lf_json_put_str(w, "raised", lf_time_micro(al->raised, text));
    lf_json_put_cstr(w, "state", lf_alert_state_name(al->state));
    lf_json_put_str(w, "handled_by", lf_view_some(al->handled_by));
    lf_json_put_str(w, "note", lf_view_some(al->note));
    lf_json_put_bool(w, "corroborated", al->corroborated);
    lf_json_put_str(w, "owner", lf_view_some(al->owner));
    if (al->withheld)
        lf_json_put_bool(w, "withheld", true);
    if (al->verdict)
        lf_json_put_cstr(w, "verdict", lf_verdict_name(al->verdict));
    if (al->merged_into.len)
        lf_json_put_str(w, "merged_into", al->merged_into);
    if (al->asset.len)
        lf_json_put_str(w, "asset", al->asset);
    lf_json_close(w);
}
