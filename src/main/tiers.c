/* The simulated three tiers: the world is federation.c's, the people and fate follow a script. */
#include "main/tiers_priv.h"

#include <stdio.h>
#include <stdlib.h>

#include "cert/incident.h"
#include "fmt/json.h"

enum {
    TEMPLATE_SEED = 0x74656d706c617465,
    BODY = 512,
    BEFORE = 32, /* seconds before a step in which all wake: the links' polls come round once */
    AWAKE = 8,   /* seconds in which a step is watched */
    CALM = 90,   /* awake seconds with a whole way in which a receipt must come */
    PAUSE = 6, /* seconds between two acts upon one incident: clocks count whole ones, and machines differ */
    QUIET = 600, /* awake seconds until everything is the same again */
};

struct lf_tiers {
    struct fed w; /* nobody runs in it */
};

struct fed_node *tiers_node(struct tiers_run *x, enum fed_tier tier)
{
    for (unsigned i = 0; i < x->w.n; i++)
        if (x->w.node[i].tier == tier)
            return &x->w.node[i];
    LF_BUG("three nodes without each tier");
}

/* ---- made once -------------------------------------------------------------------- */

enum lf_code lf_tiers_create(struct lf_tiers **out, struct lf_err *e)
{
    const struct lf_federation_options o = { .seed = TEMPLATE_SEED, .nodes = TIERS };
    struct lf_federation_result r;
    struct lf_tiers *t = calloc(1, sizeof *t);

    LF_ASSERT(t);
    fed_open(&t->w, &o, &r, FED_BEGINNING);
    t->w.faults = false;
    for (unsigned i = 0; i < t->w.n; i++) {
        t->w.node[i].view.skew = 0;
        fed_start(&t->w.node[i]);
    }
    for (int i = 0; i < 200 && !t->w.over && !fed_settled(&t->w); i++) {
        fed_operators(&t->w);
        fed_let(&t->w, LF_SECOND);
    }
    fed_let(&t->w, 30 * LF_SECOND);
    t->w.r = NULL;
    if (t->w.over || !fed_settled(&t->w)) {
        (void)lf_err_set(e, LF_CONFLICT, "the three nodes were not joined: %s", r.broken);
        lf_tiers_destroy(t);
        return LF_CONFLICT;
    }
    for (unsigned i = 0; i < t->w.n; i++) {
        lf_core_destroy(t->w.node[i].core);
        t->w.node[i].core = NULL;
    }
    *out = t;
    return LF_OK;
}

void lf_tiers_destroy(struct lf_tiers *t)
{
    if (!t)
        return;
    fed_close(&t->w);
    free(t);
}

/* ---- people ------------------------------------------------------------------------- */

int tiers_act_of(const struct lf_json *body)
{
    lf_view text = lf_json_str(body, "reason");
    uint64_t n;

    if (!lf_view_starts(text, LF_V("step ")) || !lf_view_u64(lf_view_from(text, 5), &n) || n >= TIERS_ACTS)
        return -1;
    return (int)n;
}

/* What one sees of an incident at a node. */
struct sight {
    struct tiers_run *x;
    unsigned incident;
    uint32_t acts;
    bool there, forwarded, receipt;
};

static enum lf_code find(struct sight *s, struct lf_task *t, struct lf_err *e)
{
    struct lf_incident_page page;
    char title[32];

    (void)snprintf(title, sizeof title, "case %u", s->incident);
    LF_TRY(lf_incident_list(t, NULL, &(struct lf_page){ .limit = 20 }, &page, e));
    for (size_t i = 0; i < page.n; i++)
        if (lf_view_is(page.items[i].title, title))
            (void)snprintf(s->x->incident[s->incident], FED_ID, "%.*s", LF_FMT(page.items[i].id));
    return LF_OK;
}

static enum lf_code see(void *ctx, struct lf_task *t, struct lf_err *e)
{
    struct sight *s = ctx;
    const char *id = s->x->incident[s->incident];
    struct lf_incident_full full;
    enum lf_code rc;

    if (!id[0])
        LF_TRY(find(s, t, e));
    if (!id[0])
        return LF_OK;
    rc = lf_incident_get(t, lf_view_of(id), &full, e);
    if (rc == LF_NOT_FOUND)
        return LF_OK;
    if (rc != LF_OK)
        return rc;
    s->there = true;
    for (size_t i = 0; i < full.nevents; i++) {
        const struct lf_incident_event *ev = full.events[i];
        int act = tiers_act_of(ev->body);

        s->forwarded |= lf_view_is(ev->kind, "forwarded");
        s->receipt |= lf_view_is(ev->kind, "received_by_reviewer");
        /* The report of a form is two events; its draft is the first alone. */
        if (act < 0 || (size_t)act >= s->x->script->n ||
            (lf_view_is(ev->kind, "aware") && !s->x->script->act[act].draft))
            continue;
        s->acts |= (uint32_t)1 << act;
    }
    return LF_OK;
}

static bool look(struct tiers_run *x, enum fed_tier tier, unsigned incident, struct sight *s)
{
    *s = (struct sight){ .x = x, .incident = incident };
    return fed_look(tiers_node(x, tier), see, s);
}

static void ask(struct tiers_run *x, size_t i)
{
    const struct tiers_act *a = &x->script->act[i];
    struct fed_node *n = tiers_node(x, a->who);
    char path[BODY], body[BODY], more[BODY] = "", when[LF_TIME_TEXT], subject[16];
    bool report = strcmp(a->kind, "report") == 0;
    size_t k = 0;

    if (a->level)
        k += (size_t)snprintf(more + k, sizeof more - k, ",\"level\":%d", a->level);
    if (a->occurred >= 0) {
        lf_view text = lf_time_micro(FED_BEGINNING + LF_HOUR + a->occurred, when);

        (void)snprintf(more + k, sizeof more - k, ",\"%s\":\"%.*s\"", report ? "aware_at" : "occurred_at",
                       LF_FMT(text));
    }
    (void)snprintf(subject, sizeof subject, "%zu", i);
    if (report) {
        (void)snprintf(path, sizeof path, "/api/v1/incidents");
        (void)snprintf(body, sizeof body, "{\"title\":\"case %u\",\"reason\":\"step %zu\",\"draft\":%s%s}",
                       a->incident, i, a->draft ? "true" : "false", more);
    } else {
        (void)snprintf(path, sizeof path, "/api/v1/incidents/%s/events", x->incident[a->incident]);
        (void)snprintf(body, sizeof body, "{\"kind\":\"%s\",\"body\":{\"reason\":\"step %zu\"%s}}", a->kind,
                       i, more);
    }
    x->act[i].asked = true;
    x->asked_at[a->incident] = lf_sim_tick(x->w.sim);
    fed_ask_of(n, FED_STEP, "POST", lf_view_of(path), lf_view_of(body), subject, 0);
}

static void stepped(struct fed *w, const struct fed_ask *a, int status, lf_view body)
{
    struct tiers_run *x = (struct tiers_run *)((char *)w - offsetof(struct tiers_run, w));
    uint64_t i = 0;

    LF_ASSERT(lf_view_u64(lf_view_of(a->subject), &i) && i < x->script->n);
    if (status / 100 != 2) {
        w->r->refused++;
        fed_broke(w, "node %u refused step %llu, %s, with %d: %.*s", a->node, (unsigned long long)i,
                  x->script->act[i].kind, status, LF_FMT(body));
        return;
    }
    w->r->events++;
    x->act[i].done = true;
}

static bool waits(const struct tiers_run *x, size_t i)
{
    char subject[16];

    (void)snprintf(subject, sizeof subject, "%zu", i);
    for (const struct fed_ask *a = x->w.asks; a; a = a->next)
        if (a->act == FED_STEP && strcmp(a->subject, subject) == 0)
            return true;
    return false;
}

static bool may(const struct tiers_act *a, const struct sight *s)
{
    if (strcmp(a->kind, "report") == 0)
        return true;
    return s->there && (s->acts & a->needs) == a->needs && (!a->forwarded || s->forwarded);
}

/* Does what can be done of the first n steps.  Who was not answered looks whether it was done. */
static void press(struct tiers_run *x, size_t n, bool first)
{
    for (size_t i = 0; i < n && !x->w.over; i++) {
        const struct tiers_act *a = &x->script->act[i];
        bool newest = first && i + 1 == n;
        lf_time now = lf_sim_tick(x->w.sim);
        struct sight s;

        if (x->act[i].done || waits(x, i))
            continue;
        if (x->asked_at[a->incident] && now < x->asked_at[a->incident] + PAUSE * LF_SECOND) {
            x->did[i].waited = true;
            continue;
        }
        if (!look(x, a->who, a->incident, &s)) {
            x->did[i].waited = true;
            continue;
        }
        if (x->act[i].asked) {
            x->did[i].waited = true;
            if (s.acts >> i & 1) {
                x->act[i].done = true;
                continue;
            }
        }
        if (!may(a, &s)) {
            x->did[i].waited = true;
            continue;
        }
        if (!newest)
            x->did[i].waited = true;
        ask(x, i);
    }
}

/* ---- the way to the reviewer ----------------------------------------------------------- */

static bool closed(struct tiers_run *x)
{
    struct fed_node *provider = tiers_node(x, FED_PROVIDER), *sector = tiers_node(x, FED_SECTOR);
    lf_time now = lf_sim_tick(x->w.sim);

    return !provider->core || !sector->core || now < provider->cut_out;
}

static void watch(struct tiers_run *x, bool awake)
{
    bool shut = closed(x), back = lf_sim_tick(x->w.sim) >= tiers_node(x, FED_PROVIDER)->cut_in;

    for (unsigned i = 0; i < x->script->incidents && !x->w.over; i++) {
        struct tiers_receipt *r = &x->receipt[i];
        struct sight s;

        if (!r->reported || r->sights == 2)
            continue;
        if (!look(x, FED_SECTOR, i, &s)) {
            r->whole = 0;
            continue;
        }
        if (s.receipt) {
            /* Seen twice: the first may not have been committed yet. */
            if (!r->sights++)
                r->by = lf_sim_tick(x->w.sim);
            continue;
        }
        r->sights = 0;
        if (shut)
            r->whole = 0;
        if (shut && !r->opened)
            r->held = lf_sim_tick(x->w.sim);
        r->opened |= !shut;
        if (!shut && back && awake)
            r->whole += LF_SECOND;
        if (r->whole > CALM * LF_SECOND)
            fed_broke(&x->w, "case %u is not received %d s after the way to its reviewer is whole", i, CALM);
    }
}

/* Whether the report itself is kept: from here on it is on its way. */
static void reports(struct tiers_run *x)
{
    for (size_t i = 0; i < x->script->n; i++) {
        const struct tiers_act *a = &x->script->act[i];
        struct tiers_receipt *r = &x->receipt[a->incident];

        if (!x->act[i].done || r->reported || a->draft ||
            (strcmp(a->kind, "report") != 0 && strcmp(a->kind, "reported") != 0))
            continue;
        r->reported = true;
        r->held = lf_sim_tick(x->w.sim) - LF_SECOND; /* at the least */
    }
}

/* ---- time goes on ------------------------------------------------------------------------ */

static void sleep_until(struct tiers_run *x, lf_time at)
{
    lf_time now = lf_sim_tick(x->w.sim);

    if (at <= now)
        return;
    x->w.asleep_until = at;
    fed_let(&x->w, at - now);
}

static void fate(struct tiers_run *x, const struct tiers_act *a)
{
    struct fed_node *n = tiers_node(x, a->victim);
    lf_time until = a->at + a->span;

    switch (a->fate) {
    case TIERS_CUT_BOTH:
    case TIERS_CUT_OUT:
    case TIERS_CUT_IN:
        x->w.r->cuts++;
        fed_say(&x->w, "the link of node %u is cut %s for %.0f s", n->id,
                a->fate == TIERS_CUT_BOTH  ? "both ways"
                : a->fate == TIERS_CUT_OUT ? "upwards"
                                           : "downwards",
                (double)a->span / 1e6);
        if (a->fate != TIERS_CUT_IN && n->cut_out < until)
            n->cut_out = until;
        if (a->fate != TIERS_CUT_OUT && n->cut_in < until)
            n->cut_in = until;
        break;
    case TIERS_KILL:
        fed_crash(n, "all at once");
        break;
    case TIERS_KILL_AT_WRITE:
        lf_simdisk_crash_at(n->disk, a->writes);
        break;
    }
}

static void second(struct tiers_run *x, size_t n, bool first)
{
    press(x, n, first);
    fed_let(&x->w, LF_SECOND);
    reports(x);
    watch(x, true);
}

static bool all_done(const struct tiers_run *x)
{
    for (size_t i = 0; i < x->script->n; i++)
        if (!x->act[i].done)
            return false;
    return true;
}

/* Nobody holds what another has not: asked before the costly comparison. */
static bool same_sights(struct tiers_run *x)
{
    for (unsigned i = 0; i < x->script->incidents; i++)
        for (int tier = FED_PROVIDER; tier <= FED_NATION; tier++) {
            struct sight s;

            if (!look(x, (enum fed_tier)tier, i, &s) || !s.there)
                return false;
            for (size_t k = 0; k < x->script->n; k++)
                if (x->script->act[k].incident == i && !(s.acts >> k & 1))
                    return false;
        }
    return true;
}

static void begin(struct tiers_run *x, const struct lf_tiers *t, const struct lf_federation_options *o,
                  struct lf_federation_result *r)
{
    fed_open(&x->w, o, r, FED_BEGINNING + LF_HOUR);
    x->w.faults = false; /* the network itself is quick: fate is the script's */
    x->w.stepped = stepped;
    for (unsigned i = 0; i < x->w.n; i++) {
        struct fed_node *n = &x->w.node[i];

        n->view.skew = x->script->skew[n->tier];
        n->joined = n->policy = true;
        lf_simdisk_copy(n->disk, t->w.node[i].disk);
        fed_start(n);
    }
    fed_let(&x->w, 5 * LF_SECOND);
}

static void live(struct tiers_run *x)
{
    const struct tiers_script *s = x->script;

    for (size_t i = 0; i < s->n && !x->w.over; i++) {
        const struct tiers_act *a = &s->act[i];

        sleep_until(x, a->at - BEFORE * LF_SECOND);
        fed_let(&x->w, (BEFORE - 2) * LF_SECOND);
        watch(x, false);
        if (x->cut)
            fate(x, a);
        fed_let(&x->w, a->at - lf_sim_tick(x->w.sim));
        for (int k = 0; k < AWAKE && !x->w.over; k++)
            second(x, i + 1, k == 0);
    }
    if (!x->w.over)
        fed_mend(&x->w);
    for (int k = 0; k < QUIET && !x->w.over && !(all_done(x) && same_sights(x)); k++)
        second(x, s->n, false);
    /* What the nodes say themselves of the last act comes after it. */
    for (int k = 0; k < QUIET / 20 && !x->w.over; k++) {
        fed_let(&x->w, 4 * LF_SECOND);
        x->w.r->broken[0] = '\0';
        if (tiers_gather(x) && tiers_alike(x))
            return;
        x->w.over = k + 1 == QUIET / 20;
    }
    if (!x->w.over && !x->w.r->broken[0])
        fed_broke(&x->w, "not all steps were done ten minutes after all faults were mended");
}

void lf_tiers_run(const struct lf_tiers *t, const struct lf_federation_options *asked,
                  struct lf_tiers_result *out)
{
    struct lf_federation_options o = { .seed = asked->seed, .nodes = TIERS, .verbose = asked->verbose };
    struct lf_federation_result peaceful;
    struct tiers_script script;
    struct tiers_run *peace = calloc(1, sizeof *peace), *cut = calloc(1, sizeof *cut);

    LF_ASSERT(peace && cut);
    *out = (struct lf_tiers_result){ 0 };
    tiers_script(&script, o.seed);
    peace->script = cut->script = &script;
    cut->cut = true;

    begin(peace, t, &o, &peaceful);
    live(peace);
    fed_close(&peace->w);
    if (peaceful.broken[0]) {
        (void)snprintf(out->f.broken, sizeof out->f.broken, "without any fault: %.800s", peaceful.broken);
        goto out;
    }
    o.forgetful = asked->forgetful;
    begin(cut, t, &o, &out->f);
    live(cut);
    out->incidents = script.incidents;
    out->acts = script.n;
    for (size_t i = 0; i < script.n; i++)
        out->waited += cut->did[i].waited;
    if (!out->f.broken[0] && tiers_compare(peace, cut, &out->late)) {
        out->f.ok = true;
        tiers_hash(cut, out->f.hash);
    }
    fed_close(&cut->w);
out:
    free(peace);
    free(cut);
}
