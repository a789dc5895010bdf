#include "isac/station.h"

#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/indicator.h"
#include "isac/partner.h"
#include "isac/warning.h"
#include "model/role.h"
#include "store/query_station.h"

#define LATELY (30 * LF_DAY)

static const char *const states[LF_STATION_STATES] = { "watched", "controlled", "gone", "mistaken" };
static const char *const looks[LF_LOOKS] = { "none", "answers", "silent", "moved" };

const char *lf_station_state_name(enum lf_station_state s)
{
    return states[s];
}

const char *lf_station_look_name(enum lf_station_look l)
{
    return looks[l];
}

static bool parse(lf_view name, const char *const *names, size_t n, int *out)
{
    size_t at;

    if (!lf_view_among(name, names, n, &at))
        return false;
    *out = (int)at;
    return true;
}

bool lf_station_state_parse(lf_view name, int *out)
{
    return parse(name, states, LF_STATION_STATES, out);
}

bool lf_station_look_parse(lf_view name, int *out)
{
    return parse(name, looks, LF_LOOKS, out);
}

/* ---- who may ---- */

static enum lf_code may(const struct lf_task *t, bool write, struct lf_err *e)
{
    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "this is for this node's own people");
    return lf_ident_need(t,
                         write ? LF_ROLE_ANALYST | LF_ROLE_REVIEWER
                               : LF_ROLE_SYSTEM | LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REVIEWER |
                                     LF_ROLE_REPORTER | LF_ROLE_READER,
                         e);
}

/* ---- rows ---- */

struct gather {
    struct lf_arena *a;
    lf_time now;
    void *items;
    size_t n, cap;
};

static struct gather gathering(const struct lf_task *t)
{
    return (struct gather){ .a = t->a, .now = lf_now(t->env) };
}

static lf_view copied(const struct gather *g, const struct lf_row *r, int col)
{
    return lf_arena_copy(g->a, lf_view_some(lf_row_text(r, col)));
}

static enum lf_code on_station(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_station *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);
    struct lf_station *x = &list[g->n++];
    lf_time seen_here = lf_row_int(r, 24), seen_members = lf_row_int(r, 25);

    (void)e;
    *x = (struct lf_station){ .id = copied(g, r, 0),
                              .number = lf_row_int(r, 1),
                              .kind = (enum lf_observable_kind)lf_row_int(r, 2),
                              .value = copied(g, r, 3),
                              .port = lf_row_int(r, 4),
                              .family = copied(g, r, 5),
                              .side = (enum lf_network_side)lf_row_int(r, 6),
                              .country = copied(g, r, 7),
                              .operator= copied(g, r, 8),
                              .state = (enum lf_station_state)lf_row_int(r, 9),
                              .since = lf_row_int(r, 10),
                              .incident = copied(g, r, 11),
                              .indicator = copied(g, r, 12),
                              .days = lf_row_int(r, 13),
                              .due = lf_row_int(r, 14),
                              .looked = lf_row_int(r, 15),
                              .found = (enum lf_station_look)lf_row_int(r, 16),
                              .moved_to = copied(g, r, 17),
                              .account = copied(g, r, 18),
                              .created = lf_row_int(r, 19),
                              .changed = lf_row_int(r, 20),
                              .entries = lf_row_int(r, 21),
                              .here = lf_row_int(r, 22),
                              .members = lf_row_int(r, 23),
                              .seen = seen_here > seen_members ? seen_here : seen_members };
    x->late = x->due && x->due < g->now;
    x->back = x->state == LF_STATION_GONE && x->seen > x->since;
    return LF_OK;
}

static enum lf_code on_entry(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_station_entry *list = g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *list);

    (void)e;
    list[g->n++] = (struct lf_station_entry){ .at = lf_row_int(r, 0),
                                              .account = copied(g, r, 1),
                                              .state = (enum lf_station_state)lf_row_int(r, 2),
                                              .look = (enum lf_station_look)lf_row_int(r, 3),
                                              .note = copied(g, r, 4) };
    return LF_OK;
}

/* ---- reading ---- */

static enum lf_code find(struct lf_task *t, lf_view id, bool write, struct lf_station *out, struct lf_err *e)
{
    struct gather g = gathering(t);
    int64_t number = -1;

    LF_TRY(may(t, write, e));
    (void)lf_view_i64(id, &number);
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_station_get, LF_ARGS(LF_TEXT(lf_view_some(id)), LF_INT(number)),
                     on_station, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "station: there is no station %.*s",
                          LF_FMT(lf_view_first(id, 60)));
    *out = *(struct lf_station *)g.items;
    return LF_OK;
}

enum lf_code lf_station_get(struct lf_task *t, lf_view id, struct lf_station *out, size_t *n,
                            const struct lf_station_entry **entries, struct lf_err *e)
{
    struct gather g = gathering(t);

    LF_TRY(find(t, id, false, out, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_station_entry_list,
                     LF_ARGS(LF_TEXT(out->id), LF_INT(LF_STATION_ENTRIES)), on_entry, &g, NULL, e));
    *n = g.n;
    *entries = g.items;
    return LF_OK;
}

/* Who may not see the incident is not told that it has one. */
static enum lf_code of_incident(struct lf_task *t, lf_view incident, struct lf_err *e)
{
    struct lf_incident_full full;

    return incident.len ? lf_incident_get(t, incident, &full, e) : LF_OK;
}

enum lf_code lf_station_list(struct lf_task *t, const struct lf_station_filter *f, const struct lf_page *page,
                             size_t *n, const struct lf_station **out, lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page);
    struct gather g = gathering(t);
    const struct lf_station *list;
    int64_t before = INT64_MAX;

    LF_TRY(may(t, false, e));
    LF_TRY(of_incident(t, f->incident, e));
    if (page && page->after.len && !lf_view_i64(page->after, &before))
        return lf_err_set(e, LF_BAD_INPUT, "\"after\" is not what a list gave");
    if (f->words.len && !lf_view_is_text(f->words, 1, LF_STATION_FAMILY))
        return lf_err_set(e, LF_BAD_INPUT, "station: words that are looked for have at most %d bytes",
                          LF_STATION_FAMILY);
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_station_list,
                     LF_ARGS(LF_INT(before), LF_INT(f->state), LF_INT(f->side),
                             LF_TEXT(lf_view_some(f->incident)), LF_INT(f->late), LF_INT(g.now),
                             LF_TEXT(lf_view_some(lf_db_like(t->a, f->words))), LF_INT(f->back),
                             LF_INT(f->lately), LF_INT(g.now - LATELY), LF_INT(limit + 1)),
                     on_station, &g, NULL, e));
    list = g.items;
    *n = g.n > limit ? limit : g.n;
    *out = list;
    *next = g.n > limit ? lf_arena_printf(t->a, "%lld", (long long)list[limit - 1].number) : LF_V("");
    return LF_OK;
}

struct tally {
    struct lf_station_count *out;
    lf_time now;
};

static enum lf_code on_count(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct tally *x = ctx;
    int64_t state = lf_row_int(r, 0), side = lf_row_int(r, 1);

    (void)e;
    if (state >= 0 && state < LF_STATION_STATES && side >= 0 && side <= LF_SIDE_FOREIGN)
        x->out->of[state][side] = lf_row_int(r, 2);
    x->out->late += lf_row_int(r, 3);
    return LF_OK;
}

static enum lf_code on_seen(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct tally *x = ctx;
    int64_t state = lf_row_int(r, 0);
    lf_time since = lf_row_int(r, 1), seen = lf_row_int(r, 2);

    (void)e;
    x->out->back += state == LF_STATION_GONE && seen > since;
    x->out->lately += (state == LF_STATION_WATCHED || state == LF_STATION_CONTROLLED) &&
                      seen > x->now - LATELY;
    return LF_OK;
}

enum lf_code lf_station_count(struct lf_task *t, struct lf_station_count *out, struct lf_err *e)
{
    struct tally x = { .out = out, .now = lf_now(t->env) };

    *out = (struct lf_station_count){ 0 };
    LF_TRY(may(t, false, e));
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_station_count, LF_ARGS(LF_INT(x.now)), on_count, &x, NULL, e));
    return lf_db_run(t->db, &t->scope, &lf_q_station_seen, LF_NO_ARGS, on_seen, &x, NULL, e);
}

/* ---- what is entered ---- */

static bool is_line(lf_view v, size_t most)
{
    bool ok = lf_view_is_text(v, 0, most);

    for (size_t i = 0; ok && i < v.len; i++)
        ok = (unsigned char)v.ptr[i] >= 0x20 && v.ptr[i] != 0x7f;
    return ok;
}

static bool is_country(lf_view v)
{
    return v.len == 2 && v.ptr[0] >= 'A' && v.ptr[0] <= 'Z' && v.ptr[1] >= 'A' && v.ptr[1] <= 'Z';
}

static enum lf_code check(struct lf_station *x, struct lf_err *e)
{
    x->family = lf_view_some(lf_view_trim(x->family));
    x->country = lf_view_some(lf_view_trim(x->country));
    x->operator= lf_view_some(lf_view_trim(x->operator));
    if (!is_line(x->family, LF_STATION_FAMILY) || !is_line(x->operator, LF_STATION_FAMILY))
        return lf_err_set(e, LF_BAD_INPUT, "station: family and operator are one line of at most %d bytes",
                          LF_STATION_FAMILY);
    if (x->country.len && !is_country(x->country))
        return lf_err_set(e, LF_BAD_INPUT, "station: country is the two capital letters of ISO 3166: TW, JP");
    if (x->port < 0 || x->port > 65535)
        return lf_err_set(e, LF_BAD_INPUT, "station: port is 1 to 65535, or 0 where it is not known");
    if (x->days < 1 || x->days > LF_STATION_LONGEST)
        return lf_err_set(e, LF_BAD_INPUT, "station: days between looks are 1 to %d", LF_STATION_LONGEST);
    /* A country that a person gave is that side; the table's own word is kept where it said one. */
    if (x->country.len)
        x->side = lf_view_is(x->country, LF_PARTNER_HOME) ? LF_SIDE_DOMESTIC : LF_SIDE_FOREIGN;
    return LF_OK;
}

static enum lf_code note_ok(lf_view *note, size_t least, struct lf_err *e)
{
    *note = lf_view_some(lf_view_trim(*note));
    return lf_view_is_text(*note, least, LF_STATION_TEXT)
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT,
                            "station: say the grounds, in at most %d bytes: another state needs them",
                            LF_STATION_TEXT);
}

/* What the table knows of an address fills what was left out. */
static enum lf_code look_up(struct lf_task *t, struct lf_station *x, struct lf_err *e)
{
    struct lf_network found;
    lf_view host = x->kind == LF_OBS_URL ? lf_url_host(x->value) : x->value;
    enum lf_observable_kind kind;

    if (!lf_observable_guess(host, &kind) || (kind != LF_OBS_IPV4 && kind != LF_OBS_IPV6))
        return LF_OK;
    LF_TRY(lf_network_find(t, host, &found, e));
    if (!x->country.len)
        x->country = lf_view_some(found.country);
    if (!x->operator.len)
        x->operator= lf_view_some(found.operator);
    return LF_OK;
}

/* This node's own indicator of the value, released: found, or made anew where it has ended. */
static enum lf_code keep_looked_for(struct lf_task *t, struct lf_station *x, struct lf_err *e)
{
    struct lf_indicator_alert as = { .kind = x->kind,
                                     .value = x->value,
                                     .evidence = 1,
                                     .level = LF_LEVEL_HIGH,
                                     .alert = LF_V(""),
                                     .incident = x->incident,
                                     .happened = lf_now(t->env) };
    struct lf_indicator_row now;
    bool shared;

    LF_TRY(lf_warning_check(t, x->kind, x->value, e));
    LF_TRY(lf_indicator_from_alert(t, &as, &x->indicator, &shared, e));
    LF_TRY(lf_indicator_get(t, x->indicator, &now, e));
    return lf_view_is(now.state, "active") ? LF_OK : lf_indicator_release(t, x->indicator, e);
}

static enum lf_code add_entry(struct lf_task *t, const struct lf_station *x, enum lf_station_look look,
                              lf_view note, struct lf_err *e)
{
    return lf_db_exec(t->db, &t->scope, &lf_q_station_entry_add,
                      LF_ARGS(LF_TEXT(x->id), LF_INT(x->entries), LF_INT(lf_now(t->env)),
                              LF_TEXT(lf_view_some(t->scope.account)), LF_INT(x->state), LF_INT(look),
                              LF_TEXT(note)),
                      e);
}

/* The incident is one that the person sees, and whose observables may go to members. */
static enum lf_code incident_ok(struct lf_task *t, lf_view incident, struct lf_err *e)
{
    struct lf_incident_full full;

    if (!incident.len)
        return LF_OK;
    LF_TRY(lf_incident_get(t, incident, &full, e));
    if (full.row.exercise)
        return lf_err_set(e, LF_CONFLICT, "station: an exercise has no station: nothing real would be there");
    if (lf_incident_label(&full.row) == LF_TLP_RED)
        return lf_err_set(e, LF_CONFLICT,
                          "station: the incident is TLP:RED: what it names is not for members");
    return LF_OK;
}

static enum lf_code is_new(struct lf_task *t, const struct lf_station *x, struct lf_err *e)
{
    struct gather g = gathering(t);
    const lf_view *same;
    int64_t have;
    size_t n;

    LF_TRY(lf_db_texts(t->db, &t->scope, &lf_q_station_of_value, LF_ARGS(LF_INT(x->kind), LF_TEXT(x->value)),
                       g.a, 1, &n, &same, e));
    if (n)
        return lf_err_set(e, LF_CONFLICT, "station: it is station %.*s already", LF_FMT(same[0]));
    LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_station_size, LF_NO_ARGS, &have, e));
    return have < LF_STATIONS
               ? LF_OK
               : lf_err_set(e, LF_TOO_MANY, "station: a node keeps at most %d stations", LF_STATIONS);
}

enum lf_code lf_station_add(struct lf_task *t, const struct lf_station *in, lf_view note, lf_view *id,
                            struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    struct lf_station x = *in;

    LF_TRY(may(t, true, e));
    x.value = lf_view_some(lf_view_trim(x.value));
    x.incident = lf_view_some(lf_view_trim(x.incident));
    if ((x.kind != LF_OBS_DOMAIN && x.kind != LF_OBS_IPV4 && x.kind != LF_OBS_IPV6 && x.kind != LF_OBS_URL) ||
        !lf_observable_text(t->a, x.kind, x.value, &x.value))
        return lf_err_set(e, LF_BAD_INPUT, "station: value is an address, a domain name or a URL");
    x.days = x.days ? x.days : LF_STATION_DAYS;
    LF_TRY(look_up(t, &x, e));
    LF_TRY(check(&x, e));
    LF_TRY(note_ok(&note, 0, e));
    LF_TRY(incident_ok(t, x.incident, e));
    LF_TRY(is_new(t, &x, e));
    LF_TRY(keep_looked_for(t, &x, e));
    x.id = lf_uuid_new(t->env, t->a);
    x.state = LF_STATION_WATCHED;
    x.entries = 1;
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_station_add,
                      LF_ARGS(LF_TEXT(x.id), LF_INT(x.kind), LF_TEXT(x.value), LF_INT(x.port),
                              LF_TEXT(x.family), LF_INT(x.side), LF_TEXT(x.country), LF_TEXT(x.operator),
                              LF_INT(now), LF_TEXT(x.incident), LF_TEXT(x.indicator), LF_INT(x.days),
                              LF_INT(now + x.days * LF_DAY), LF_TEXT(lf_view_some(t->scope.account))),
                      e));
    LF_TRY(add_entry(t, &x, LF_LOOK_NONE, note, e));
    *id = x.id;
    return lf_audit_add(t, LF_V("station.add"), x.id, (lf_view){ 0 }, e);
}

/* ---- what is done ---- */

/* Where a look found it moved to, by its id or number; itself is no other place. */
static enum lf_code moved(struct lf_task *t, const struct lf_station_change *c, struct lf_station *x,
                          struct lf_err *e)
{
    lf_view to = lf_view_trim(c->moved_to);
    struct lf_station other;

    if (!to.len || c->look != LF_LOOK_MOVED)
        return LF_OK;
    LF_TRY(find(t, to, true, &other, e));
    if (lf_view_eq(other.id, x->id))
        return lf_err_set(e, LF_BAD_INPUT, "station: it did not move to itself");
    x->moved_to = other.id;
    return LF_OK;
}

/* Of one that was none nobody is told any longer; one that is opened again is looked for anew. */
static enum lf_code enter(struct lf_task *t, struct lf_station *x, enum lf_station_state to, struct lf_err *e)
{
    struct lf_indicator_row now;

    if (to == LF_STATION_MISTAKEN) {
        LF_TRY(lf_indicator_get(t, x->indicator, &now, e));
        if (!lf_view_is(now.state, "revoked") && !lf_view_is(now.state, "expired"))
            LF_TRY(lf_indicator_withdraw(t, x->indicator, e));
    } else if (to != LF_STATION_GONE) {
        LF_TRY(keep_looked_for(t, x, e));
    }
    x->state = to;
    x->since = lf_now(t->env);
    return LF_OK;
}

static void take(lf_view given, lf_view *out)
{
    if (given.ptr)
        *out = given;
}

enum lf_code lf_station_change(struct lf_task *t, lf_view id, const struct lf_station_change *c,
                               struct lf_err *e)
{
    lf_time now = lf_now(t->env);
    struct lf_audit_note audit;
    lf_view note = c->note;
    struct lf_station x;
    bool turned, stands;

    LF_TRY(find(t, id, true, &x, e));
    if (c->base && c->base != x.entries)
        return lf_err_set(e, LF_CONFLICT, "station: somebody changed it meanwhile; look again and repeat");
    turned = c->state >= 0 && c->state != (int)x.state;
    LF_TRY(note_ok(&note, turned, e));
    take(c->family, &x.family);
    take(c->country, &x.country);
    take(c->operator, & x.operator);
    x.port = c->port >= 0 ? c->port : x.port;
    x.days = c->days >= 0 ? c->days : x.days;
    if (c->country.ptr && !lf_view_trim(c->country).len)
        x.side = LF_SIDE_UNKNOWN;
    LF_TRY(check(&x, e));
    LF_TRY(moved(t, c, &x, e));
    if (turned)
        LF_TRY(enter(t, &x, (enum lf_station_state)c->state, e));
    stands = x.state == LF_STATION_WATCHED || x.state == LF_STATION_CONTROLLED;
    if (c->look) {
        x.looked = now;
        x.found = c->look;
        if (c->look == LF_LOOK_ANSWERS && stands && !turned) /* what answers does not fade */
            LF_TRY(keep_looked_for(t, &x, e));
    }
    if (!stands)
        x.due = 0;
    else if (c->look || turned || c->days >= 0)
        x.due = now + x.days * LF_DAY;
    x.entries++;
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_station_set,
                      LF_ARGS(LF_INT(x.port), LF_TEXT(x.family), LF_INT(x.side), LF_TEXT(x.country),
                              LF_TEXT(x.operator), LF_INT(x.state), LF_INT(x.since), LF_TEXT(x.indicator),
                              LF_INT(x.days), LF_INT(x.due), LF_INT(x.looked), LF_INT(x.found),
                              LF_TEXT(x.moved_to), LF_INT(now), LF_INT(x.entries), LF_TEXT(x.id)),
                      e));
    LF_TRY(add_entry(t, &x, c->look, note, e));
    lf_audit_open(&audit);
    lf_json_put_cstr(&audit.w, "state", states[x.state]);
    lf_json_put_cstr(&audit.w, "look", looks[c->look]);
    return lf_audit_close(&audit, t, LF_V("station.change"), x.id, e);
}
