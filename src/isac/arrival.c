#include "isac/arrival.h"

#include "cert/incident.h"
#include "fmt/json.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/rights.h"
#include "model/incident.h"
#include "model/indicator.h"
#include "model/role.h"
#include "store/query_intelligence.h"

enum { VALUE_MOST = 512, TEXT_MOST = 512 };

/* ---- one record being made ---- */

enum list { SOURCE_IP, DOMAIN, URL, HASH, MALWARE, TECHNIQUE, LISTS };
static const struct {
    const char *field, *kind;
} lists[LISTS] = {
    [SOURCE_IP] = { "source.ip", "ip" },
    [DOMAIN] = { "domain", "domain" },
    [URL] = { "url", "url" },
    [HASH] = { "file.hash.sha256", "sha256" },
    [MALWARE] = { "malware", "malware" },
    [TECHNIQUE] = { "technique", NULL },
};

struct made {
    struct lf_arena *a;
    size_t n[LISTS];
    lf_view value[LISTS][LF_ARRIVAL_VALUES];
};

/* Members write the same name in several ways: case and a final dot do not count. */
static lf_view plain(struct lf_arena *a, lf_view v, bool dot)
{
    char *out;

    v = lf_view_trim(v);
    if (dot && v.len > 0 && v.ptr[v.len - 1] == '.')
        v.len--;
    out = lf_arena_alloc(a, v.len + 1, 1);
    for (size_t i = 0; i < v.len; i++)
        out[i] = v.ptr[i] >= 'A' && v.ptr[i] <= 'Z' ? (char)(v.ptr[i] - 'A' + 'a') : v.ptr[i];
    return (lf_view){ out, v.len };
}

static void add(struct made *m, enum list l, lf_view v)
{
    if (v.len > VALUE_MOST || m->n[l] == LF_ARRIVAL_VALUES)
        return;
    if (l != URL) /* the path of a URL heeds case */
        v = plain(m->a, v, l == DOMAIN);
    if (v.len == 0)
        return;
    for (size_t i = 0; i < m->n[l]; i++)
        if (lf_view_eq(m->value[l][i], v))
            return;
    m->value[l][m->n[l]++] = v;
}

/* A text or a list of them. */
static void add_all(struct made *m, enum list l, const struct lf_json *v)
{
    if (lf_json_kind(v) == LF_JSON_STRING)
        add(m, l, lf_json_text(v));
    for (size_t i = 0; i < lf_json_items(v) && lf_json_kind(v) == LF_JSON_ARRAY; i++)
        if (lf_json_kind(lf_json_item(v, i)) == LF_JSON_STRING)
            add(m, l, lf_json_text(lf_json_item(v, i)));
}

static void add_observable(struct made *m, lf_view type, lf_view value)
{
    if (lf_view_is(type, "ipv4-addr") || lf_view_is(type, "ipv6-addr"))
        add(m, SOURCE_IP, value);
    else if (lf_view_is(type, "domain-name"))
        add(m, DOMAIN, value);
    else if (lf_view_is(type, "url"))
        add(m, URL, value);
    else if (lf_view_is(type, "file-sha256"))
        add(m, HASH, value);
    else if (lf_view_is(type, "malware"))
        add(m, MALWARE, value);
}

static bool worth(const struct made *m)
{
    size_t n = 0;

    for (int l = 0; l < LISTS; l++)
        n += m->n[l];
    return n > 0;
}

static void put_lists(struct lf_json_w *w, const struct made *m)
{
    for (int l = 0; l < LISTS; l++) {
        if (m->n[l] == 0)
            continue;
        lf_json_begin(w, lists[l].field, '[');
        for (size_t i = 0; i < m->n[l]; i++)
            lf_json_put_str(w, NULL, m->value[l][i]);
        lf_json_close(w);
    }
    lf_json_begin(w, "observable", '[');
    for (int l = 0; l < LISTS; l++)
        for (size_t i = 0; i < m->n[l] && lists[l].kind; i++)
            lf_json_put_str(w, NULL, lf_arena_printf(m->a, "%s:%.*s", lists[l].kind, LF_FMT(m->value[l][i])));
    lf_json_close(w);
}

static lf_view sector_of(const struct lf_task *t, const struct lf_peer *from)
{
    return lf_view_is(from->tier, "sector") ? from->name : t->self->name;
}

static void put_text(struct lf_json_w *w, const char *key, lf_view v)
{
    v = lf_view_first(v, TEXT_MOST);
    while (v.len > 0 && !lf_view_is_utf8(v))
        v.len--;
    if (v.len > 0)
        lf_json_put_str(w, key, v);
}

/* ---- keeping ---- */

static int64_t most_of(lf_view tier)
{
    return lf_view_is(tier, "sector") ? LF_ARRIVAL_SECTOR_HOUR : LF_ARRIVAL_HOUR;
}

static enum lf_code keep(struct lf_task *t, const struct lf_peer *from, lf_time happened, struct lf_buf *b,
                         struct lf_err *e)
{
    struct lf_scope node = lf_node_scope(t->self);
    lf_time now = lf_now(t->env);
    lf_view json = lf_arena_copy(t->a, lf_buf_view(b));
    bool over = b->over;
    int64_t lately;

    lf_buf_clear(b);
    if (over) /* more than anybody compares: nothing is half kept */
        return LF_OK;
    LF_TRY(lf_db_int(t->db, &node, &lf_q_arrival_of_peer_since,
                     LF_ARGS(LF_TEXT(from->id), LF_INT(now - LF_HOUR), LF_INT(most_of(from->tier))), &lately,
                     e));
    if (lately >= most_of(from->tier)) {
        t->effects |= LF_FX_ARRIVAL;
        return lf_db_exec(t->db, &node, &lf_q_arrival_over_add,
                          LF_ARGS(LF_TEXT(from->id), LF_INT(now - now % LF_HOUR)), e);
    }
    LF_TRY(lf_db_exec(t->db, &node, &lf_q_arrival_add,
                      LF_ARGS(LF_INT(now), LF_INT(happened), LF_TEXT(from->id), LF_TEXT(json)), e));
    t->effects |= LF_FX_ARRIVAL;
    return LF_OK;
}

static void head(struct lf_json_w *w, struct lf_task *t, const struct lf_peer *from, const char *kind,
                 lf_time happened, lf_view member)
{
    char text[LF_TIME_TEXT];

    lf_json_open(w, '{');
    lf_json_put_str(w, "@timestamp", lf_time_micro(happened, text));
    lf_json_put_cstr(w, "lianfang.kind", kind);
    if (member.len)
        lf_json_put_str(w, "member", member);
    if (lf_view_eq(member, from->node))
        put_text(w, "member.name", from->name);
    put_text(w, "sector", sector_of(t, from));
}

/* What happened cannot lie ahead, nor so far back that nothing else is still known. */
static lf_time sane(const struct lf_task *t, lf_time happened)
{
    lf_time now = lf_now(t->env);

    return happened > now || happened < now - LF_ARRIVAL_LIFE ? now : happened;
}

static enum lf_code add_incident(struct lf_task *t, const struct lf_peer *from, lf_view json,
                                 struct lf_err *e)
{
    struct lf_incident_event ev;
    enum lf_tlp tlp = LF_TLP_NONE;
    struct made m = { .a = t->a };
    const struct lf_json *seen, *level;
    struct lf_json_w w;
    struct lf_buf b;
    lf_time happened;

    LF_TRY(lf_incident_event_read(t->a, json, &ev, e));
    /* Awareness and reports tell what befell a member; the rest is about the handling. */
    if ((!lf_view_is(ev.kind, "aware") && !lf_view_is(ev.kind, "reported")) ||
        lf_json_bool(ev.body, "exercise", false))
        return LF_OK;
    seen = lf_json_get(ev.body, LF_V("observables"));
    for (size_t i = 0; i < lf_json_items(seen) && lf_json_kind(seen) == LF_JSON_ARRAY; i++)
        add_observable(&m, lf_json_str(lf_json_item(seen, i), "type"),
                       lf_json_str(lf_json_item(seen, i), "value"));
    add_all(&m, MALWARE, lf_json_get(ev.body, LF_V("malware")));
    add_all(&m, TECHNIQUE, lf_json_get(ev.body, LF_V("techniques")));
    if (!worth(&m))
        return LF_OK;
    /* What fires is an alert for all people here, and may become an indicator for others.  The TLP is the
     * incident's: another event of it may have said it. */
    LF_TRY(lf_incident_marked(t, ev.incident, &tlp, e));
    if (tlp > LF_TLP_AMBER)
        return LF_OK;
    happened = ev.occurred;
    if (lf_time_parse(lf_json_str(ev.body, "happened"), &happened, NULL) != LF_OK)
        happened = ev.occurred;
    happened = sane(t, happened);
    lf_buf_init(&b, LF_ARRIVAL_BYTES);
    w = lf_json_w(&b);
    head(&w, t, from, "incident", happened, ev.node);
    lf_json_put_str(&w, "incident", ev.incident);
    put_text(&w, "title", lf_json_str(ev.body, "title"));
    put_text(&w, "category", lf_json_str(ev.body, "category"));
    put_text(&w, "severity", lf_json_str(ev.body, "severity"));
    level = lf_json_get(ev.body, LF_V("level"));
    if (lf_json_kind(level) == LF_JSON_NUMBER)
        lf_json_put(&w, "incident.level", level);
    put_lists(&w, &m);
    lf_json_close(&w);
    return keep(t, from, happened, &b, e);
}

static enum lf_code add_indicator(struct lf_task *t, const struct lf_peer *from, lf_view json,
                                  struct lf_err *e)
{
    struct lf_indicator in;
    struct made m = { .a = t->a };
    struct lf_json_w w;
    struct lf_buf b;
    lf_time happened;

    if (lf_indicator_read(t->a, json, &in, NULL) != LF_OK || in.revoked)
        return LF_OK;
    add_observable(&m, lf_view_of(lf_observable_kind_name(in.kind)), in.value);
    if (!worth(&m))
        return LF_OK;
    happened = sane(t, in.created);
    lf_buf_init(&b, LF_ARRIVAL_BYTES);
    w = lf_json_w(&b);
    /* What a sector derived is of a member that it does not name: it counts for the
     * sector, and not as one more member beside the one that reported the incident. */
    head(&w, t, from, "indicator", happened,
         lf_view_is(from->tier, "provider") ? from->node : (lf_view){ "", 0 });
    put_lists(&w, &m);
    lf_json_close(&w);
    return keep(t, from, happened, &b, e);
}

enum lf_code lf_arrival_add(struct lf_task *t, const struct lf_peer *from, lf_view type, lf_view json,
                            struct lf_err *e)
{
    bool shown;

    if (from->kind != LF_PEER_CHILD)
        return LF_OK;
    if (lf_view_is(type, "incident-event"))
        return add_incident(t, from, json, e);
    if (!lf_view_is(type, "indicator"))
        return LF_OK;
    /* What is found here is an alert, which all our people see. */
    LF_TRY(lf_rights_text(lf_rights_of_people(t), from->id, json, &json, &shown, e));
    return shown ? add_indicator(t, from, json, e) : LF_OK;
}

/* ---- reading ---- */

struct rows {
    struct lf_arena *a;
    struct lf_arrival *items;
    size_t n;
};

static enum lf_code take(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct rows *x = ctx;

    (void)e;
    x->items[x->n++] = (struct lf_arrival){
        .seq = lf_row_int(r, 0),
        .received = lf_row_int(r, 1),
        .happened = lf_row_int(r, 2),
        .json = lf_arena_copy(x->a, lf_row_text(r, 3)),
    };
    return LF_OK;
}

enum lf_code lf_arrival_list(struct lf_task *t, int64_t after, size_t *n, const struct lf_arrival **out,
                             struct lf_err *e)
{
    struct rows x = { .a = t->a, .items = LF_NEW(t->a, struct lf_arrival, LF_ARRIVAL_LIST) };

    LF_TRY(lf_ident_need(t, LF_ROLE_SYSTEM, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_arrival_list, LF_ARGS(LF_INT(after), LF_INT(LF_ARRIVAL_LIST)),
                     take, &x, NULL, e));
    *n = x.n;
    *out = x.items;
    return LF_OK;
}

struct over_rows {
    struct lf_arena *a;
    struct lf_arrival_over *items;
    size_t n;
};

static enum lf_code take_over(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct over_rows *x = ctx;

    (void)e;
    x->items[x->n++] = (struct lf_arrival_over){
        .peer = lf_arena_copy(x->a, lf_row_text(r, 0)),
        .hour = lf_row_int(r, 1),
        .over = lf_row_int(r, 2),
        .name = lf_arena_copy(x->a, lf_row_text(r, 3)),
        .most = most_of(lf_row_text(r, 4)),
        .ended = lf_row_int(r, 5) > 0,
    };
    return LF_OK;
}

enum lf_code lf_arrival_over(struct lf_task *t, size_t *n, const struct lf_arrival_over **out,
                             struct lf_err *e)
{
    struct over_rows x = { .a = t->a, .items = LF_NEW(t->a, struct lf_arrival_over, LF_ARRIVAL_LIST) };

    LF_TRY(lf_ident_need(t, LF_ROLE_SYSTEM, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_arrival_over_list,
                     LF_ARGS(LF_INT(lf_now(t->env) - LF_HOUR), LF_INT(LF_ARRIVAL_LIST)), take_over, &x, NULL,
                     e));
    *n = x.n;
    *out = x.items;
    return LF_OK;
}

enum lf_code lf_arrival_over_told(struct lf_task *t, const struct lf_arrival_over *over, struct lf_err *e)
{
    LF_TRY(lf_ident_need(t, LF_ROLE_SYSTEM, e));
    return lf_db_exec(t->db, &t->scope, &lf_q_arrival_over_told,
                      LF_ARGS(LF_TEXT(over->peer), LF_INT(over->hour)), e);
}

enum lf_code lf_arrival_over_sum(struct lf_task *t, int64_t *out, struct lf_err *e)
{
    LF_TRY(lf_ident_need(t,
                         LF_ROLE_SYSTEM | LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER |
                             LF_ROLE_REVIEWER | LF_ROLE_READER,
                         e));
    return lf_db_int(t->db, &t->scope, &lf_q_arrival_over_sum, LF_NO_ARGS, out, e);
}

enum lf_code lf_arrival_expire(struct lf_task *t, struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    int64_t due;

    LF_TRY(lf_ident_need(t, LF_ROLE_SYSTEM, e));
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_arrival_over_due, LF_ARGS(LF_INT(now - LF_HOUR)), &due, e));
    if (due) /* a flood that ended: nothing that arrives would say so */
        t->effects |= LF_FX_ARRIVAL;
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_arrival_over_expire, LF_ARGS(LF_INT(now - LF_ARRIVAL_LIFE)), e));
    return lf_db_exec(t->db, &t->scope, &lf_q_arrival_expire, LF_ARGS(LF_INT(now - LF_ARRIVAL_LIFE)), e);
}
