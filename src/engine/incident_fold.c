#include "engine/incident_fold.h"

#include "base/map.h"

/* ---- the tables ---- */

enum { RPT = 1, SYS = 2, REV = 4, NAT = 8, SUP = 16, ANYONE = 31 };

static const struct {
    const char *name;
    unsigned bit;
    int rank; /* whose word on the level counts */
} roles[] = {
    { "reporter", RPT, 1 }, { "system", SYS, 1 },    { "reviewer", REV, 2 },
    { "national", NAT, 3 }, { "supporter", SUP, 0 },
};

#define DRAFT (1u << LF_REVIEW_DRAFT)
#define REPORTED (1u << LF_REVIEW_REPORTED)
#define RETURNED (1u << LF_REVIEW_RETURNED)
#define CONFIRMED (1u << LF_REVIEW_CONFIRMED)
#define FORWARDED (1u << LF_REVIEW_FORWARDED)
#define NOT_INCIDENT (1u << LF_REVIEW_NOT_INCIDENT)
#define RESPONDING (1u << LF_HANDLING_RESPONDING)
#define CONTROLLED (1u << LF_HANDLING_CONTROLLED)
#define RECOVERED (1u << LF_HANDLING_RECOVERED)
#define FINAL (1u << LF_HANDLING_FINAL)
#define CLOSED (1u << LF_HANDLING_CLOSED)

enum { STAY = -1 };

struct row {
    const char *kind;
    unsigned from;           /* states, as bits */
    unsigned who, who_major; /* roles at level 1–2 (or none stated), and at 3–4 */
    int to;
    const char *rule; /* where the incident model says so */
};

/* Review 審核. */
static const struct row review_table[] = {
    { "reported", DRAFT | REPORTED | RETURNED, RPT | SYS, RPT | SYS, LF_REVIEW_REPORTED, "R0, R2 to R1" },
    { "reported", CONFIRMED | FORWARDED, RPT | SYS, RPT | SYS, STAY, "a further report, R3, R4" },
    { "supplemented", REPORTED | RETURNED, RPT | SYS, RPT | SYS, LF_REVIEW_REPORTED, "R1 edited, R2 to R1" },
    { "supplemented", DRAFT | CONFIRMED | FORWARDED, RPT | SYS, RPT | SYS, STAY, "a further entry" },
    { "received_by_reviewer", DRAFT | REPORTED | RETURNED | CONFIRMED | FORWARDED, SYS | REV | NAT,
      SYS | REV | NAT, STAY, "the reviewer's receipt" },
    { "returned", REPORTED, REV | NAT, REV | NAT, LF_REVIEW_RETURNED, "R1 to R2" },
    { "reviewed", REPORTED | RETURNED, REV | NAT, REV | NAT, LF_REVIEW_CONFIRMED, "R1, R2 to R3" },
    { "reviewed", CONFIRMED | FORWARDED, NAT, NAT, LF_REVIEW_CONFIRMED, "re-review, R3, R4 to R3" },
    { "forwarded", CONFIRMED, SYS | REV | NAT, SYS | REV | NAT, LF_REVIEW_FORWARDED, "R3 to R4" },
    { "not_incident", REPORTED | RETURNED | CONFIRMED | FORWARDED, REV | NAT, NAT, LF_REVIEW_NOT_INCIDENT,
      "R1-R4 to X1; level 3-4 by the nation" },
    { "reopened", NOT_INCIDENT, RPT | REV | NAT, RPT | REV | NAT, LF_REVIEW_REPORTED, "X1 to H1" },
};

/* Handling 應變; never waits for review. */
static const struct row handling_table[] = {
    { "controlled", RESPONDING, RPT | SYS, RPT | SYS, LF_HANDLING_CONTROLLED, "H1 to H2" },
    { "recovered", RESPONDING | CONTROLLED, RPT | SYS, RPT | SYS, LF_HANDLING_RECOVERED, "H1, H2 to H3" },
    { "final_submitted", CONTROLLED | RECOVERED, RPT, RPT, LF_HANDLING_FINAL, "H2, H3 to H4" },
    { "final_returned", FINAL, REV | NAT, REV | NAT, LF_HANDLING_RECOVERED, "H4 to H3" },
    { "closed", FINAL, REV | NAT, NAT, LF_HANDLING_CLOSED, "H4 with R4 to H5; level 3-4 by the nation" },
    { "reopened", CLOSED, RPT | REV | NAT, RPT | REV | NAT, LF_HANDLING_RESPONDING, "H5 to H1" },
};

/* Across both tracks: no state of its own. */
static const struct {
    const char *kind;
    unsigned who;
} across[] = {
    { "aware", RPT | SYS | REV | NAT },
    { "aware_corrected", RPT | SYS | REV | NAT },
    { "level_changed", RPT | SYS | REV | NAT },
    { "followed_up", RPT | SYS },
    { "support_requested", RPT | SYS },
    { "support_given", SUP | REV | NAT },
    { "arrived_on_site", SUP | REV | NAT },
    { "obstacle_begins", RPT | SYS },
    { "obstacle_ends", RPT | SYS },
    { "answered", REV | NAT },
    { "intermediate_requested", REV | NAT },
    { "intermediate_submitted", RPT },
    { "progress_submitted", RPT },
    { "extended", REV | NAT },
    { "absorbed", REV | NAT },
    { "merged", REV | NAT },
    { "unmerged", REV | NAT },
};

#define COUNT(x) (sizeof(x) / sizeof(x)[0])

const char *lf_review_name(enum lf_review r)
{
    static const char *const names[] = { "draft",     "reported",  "returned",
                                         "confirmed", "forwarded", "not_incident" };

    return (unsigned)r < COUNT(names) ? names[r] : "unknown";
}

const char *lf_handling_name(enum lf_handling h)
{
    static const char *const names[] = { "responding", "controlled", "recovered", "final", "closed" };

    return (unsigned)h < COUNT(names) ? names[h] : "unknown";
}

static unsigned role_bit(lf_view by)
{
    for (size_t i = 0; i < COUNT(roles); i++)
        if (lf_view_is(by, roles[i].name))
            return roles[i].bit;
    return 0;
}

static int role_rank(lf_view by)
{
    for (size_t i = 0; i < COUNT(roles); i++)
        if (lf_view_is(by, roles[i].name))
            return roles[i].rank;
    return 0;
}

bool lf_incident_role_fits(lf_view tier, lf_view by)
{
    unsigned may = RPT | SYS | SUP;

    if (lf_view_is(tier, "sector"))
        may |= REV;
    else if (lf_view_is(tier, "nation"))
        may |= REV | NAT;
    return (role_bit(by) & may) != 0;
}

/* ---- what may be done ---- */

struct match {
    bool known, state, role;
    const struct row *row; /* the one that fits */
    const char *rule;
};

static void look(const struct row *table, size_t n, lf_view kind, unsigned state, unsigned who, bool major,
                 struct match *m)
{
    m->row = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!lf_view_is(kind, table[i].kind))
            continue;
        m->known = true;
        if (!m->rule)
            m->rule = table[i].rule;
        if (!(table[i].from & state))
            continue;
        m->state = true;
        m->rule = table[i].rule;
        if (!((major ? table[i].who_major : table[i].who) & who))
            continue;
        m->role = true;
        m->row = &table[i];
        return;
    }
}

struct may {
    const struct row *review, *handling;
};

static enum lf_code may(const struct lf_incident_state *s, lf_view kind, lf_view by, struct may *out,
                        struct lf_err *e)
{
    unsigned who = role_bit(by);
    bool major = s->level >= 3;
    struct match m = { 0 };
    struct may found = { 0 };

    look(review_table, COUNT(review_table), kind, 1u << s->review, who, major, &m);
    found.review = m.row;
    look(handling_table, COUNT(handling_table), kind, 1u << s->handling, who, major, &m);
    found.handling = m.row;
    for (size_t i = 0; i < COUNT(across); i++) {
        if (!lf_view_is(kind, across[i].kind))
            continue;
        m = (struct match){ .known = true,
                            .state = true,
                            .role = (across[i].who & who) != 0,
                            .rule = "acts across both tracks" };
    }
    if (!m.known)
        return lf_err_set(e, LF_UNACCEPTED, "no rule knows the act \"%.*s\"", LF_FMT(kind));
    if (s->merged_into.len && !lf_view_is(kind, "unmerged") && !lf_view_is(kind, "aware_corrected"))
        return lf_err_set(e, LF_CONFLICT, "the incident was merged into %.*s; act there, or undo the merge",
                          LF_FMT(s->merged_into));
    if ((s->review == LF_REVIEW_NOT_INCIDENT || s->handling == LF_HANDLING_CLOSED) &&
        !lf_view_is(kind, "reopened") && !lf_view_is(kind, "aware_corrected"))
        return lf_err_set(e, LF_CONFLICT, "the incident is %s; reopen it first (rule: H5, X1 to H1)",
                          s->handling == LF_HANDLING_CLOSED ? "closed" : "dropped as not an incident");
    if (lf_view_is(kind, "unmerged") && !s->merged_into.len)
        return lf_err_set(e, LF_CONFLICT, "the incident is not merged");
    if (lf_view_is(kind, "aware") && s->aware_at)
        return lf_err_set(e, LF_CONFLICT, "awareness is recorded already; correct it with aware_corrected");
    if (lf_view_is(kind, "aware_corrected") && !s->aware_at)
        return lf_err_set(e, LF_CONFLICT, "no awareness is recorded that could be corrected");
    if (!m.state)
        return lf_err_set(e, LF_CONFLICT, "\"%.*s\" does not follow review %s, handling %s (rule: %s)",
                          LF_FMT(kind), lf_review_name(s->review), lf_handling_name(s->handling), m.rule);
    if (!m.role)
        return lf_err_set(e, LF_FORBIDDEN, "\"%.*s\" is not for the role %.*s%s (rule: %s)", LF_FMT(kind),
                          LF_FMT(by), major ? " at level 3-4" : "", m.rule);
    if (lf_view_is(kind, "closed") && s->review != LF_REVIEW_FORWARDED)
        return lf_err_set(
            e, LF_CONFLICT,
            "closing needs both tracks finished; review is %s, not forwarded (rule: H4 with R4)",
            lf_review_name(s->review));
    *out = found;
    return LF_OK;
}

enum lf_code lf_incident_may(const struct lf_incident_state *s, lf_view kind, lf_view by, struct lf_err *e)
{
    struct may ignored;

    return may(s, kind, by, &ignored, e);
}

/* ---- what an event must carry ---- */

static bool has_text(const struct lf_json *body, const char *key)
{
    return lf_view_trim(lf_json_str(body, key)).len > 0;
}

static bool text_or_absent(const struct lf_json *body, const char *key)
{
    const struct lf_json *v = lf_json_get(body, lf_view_of(key));

    return !v || lf_json_kind(v) == LF_JSON_STRING;
}

static enum lf_code needs(struct lf_err *e, const struct lf_incident_event *ev, const char *what)
{
    return lf_err_set(e, LF_UNACCEPTED, "\"%.*s\" needs %s", LF_FMT(ev->kind), what);
}

enum lf_code lf_incident_content(const struct lf_incident_event *ev, struct lf_err *e)
{
    const struct lf_json *b = ev->body, *list;
    lf_time when;

    if (lf_json_get(b, LF_V("level")) && !lf_incident_event_level(ev))
        return needs(e, ev, "a level that is an integer from 1 to 4");
    if (!text_or_absent(b, "stage") || !text_or_absent(b, "channel") || !text_or_absent(b, "mode") ||
        !text_or_absent(b, "title") || !text_or_absent(b, "description") || !text_or_absent(b, "reason"))
        return needs(e, ev, "stage, channel, mode, title, description and reason to be text");
    if (lf_view_is(ev->kind, "level_changed") && !lf_incident_event_level(ev))
        return needs(e, ev, "the new level");
    if (lf_view_is(ev->kind, "reported")) {
        lf_view channel = lf_json_str(b, "channel");

        if (channel.ptr && !lf_view_is(channel, "platform") && !lf_view_is(channel, "other"))
            return needs(e, ev, "a channel that is platform or other");
        if (lf_view_is(channel, "other") && !has_text(b, "reason"))
            return needs(e, ev, "the reason why the platform was not used");
    }
    if ((lf_view_is(ev->kind, "aware_corrected") || lf_view_is(ev->kind, "returned") ||
         lf_view_is(ev->kind, "final_returned") || lf_view_is(ev->kind, "not_incident") ||
         lf_view_is(ev->kind, "reopened")) &&
        !has_text(b, "reason"))
        return needs(e, ev, "a reason");
    if (lf_json_get(b, LF_V("until")) &&
        (lf_time_parse(lf_json_str(b, "until"), &when, e) != LF_OK || when < ev->recorded + LF_SECOND))
        return needs(e, ev, "an until that is a time after now");
    if (lf_json_get(b, LF_V("aware_at")) &&
        (lf_time_parse(lf_json_str(b, "aware_at"), &when, e) != LF_OK || when > ev->recorded))
        return needs(e, ev, "an aware_at that is a time, not in the future");
    if (lf_view_is(ev->kind, "extended")) {
        list = lf_json_get(b, LF_V("consent"));
        if (!has_text(b, "clock") || !has_text(b, "until") || !list || lf_json_kind(list) != LF_JSON_ARRAY)
            return needs(e, ev, "clock, until and consent (a list of roles)");
        for (size_t i = 0; i < lf_json_count(list); i++)
            if (lf_json_kind(lf_json_item(list, i)) != LF_JSON_STRING)
                return needs(e, ev, "consent to be a list of roles");
    }
    if (lf_view_is(ev->kind, "absorbed") && !has_text(b, "aware_at"))
        return needs(e, ev, "the aware_at of the other incident");
    if (lf_view_is(ev->kind, "merged") && !has_text(b, "into"))
        return needs(e, ev, "into: the incident it is merged into");
    if (lf_json_get(b, LF_V("same_agency")) &&
        lf_json_bool(b, "same_agency", true) != lf_json_bool(b, "same_agency", false))
        return needs(e, ev, "same_agency to be true or false");
    return LF_OK;
}

/* When each event counts as recorded: not before its parents. */
static lf_time *causal_times(struct lf_arena *a, const struct lf_incident_event *const *events, size_t n)
{
    lf_time *at = LF_NEW(a, lf_time, n + 1);
    size_t *stack = LF_NEW(a, size_t, n + 1), *next = LF_NEW(a, size_t, n + 1);
    bool *seen = LF_NEW(a, bool, n + 1);
    struct lf_map ids;

    lf_map_init(&ids, 0x7163);
    for (size_t i = 0; i < n; i++) {
        at[i] = events[i]->recorded;
        lf_map_set(&ids, events[i]->id, i);
    }
    for (size_t first = 0; first < n; first++) {
        size_t depth = 0;

        if (seen[first])
            continue;
        seen[first] = true;
        stack[depth++] = first;
        while (depth) {
            size_t i = stack[depth - 1];
            uint64_t parent;

            if (next[i] < events[i]->nparents) {
                /* One that is looked at already is done, or stands in a circle: no cause. */
                if (lf_map_get(&ids, events[i]->parents[next[i]++], &parent)) {
                    if (!seen[parent]) {
                        next[i]--;
                        seen[parent] = true;
                        stack[depth++] = (size_t)parent;
                    } else if (at[parent] > at[i]) {
                        at[i] = at[parent];
                    }
                }
                continue;
            }
            depth--;
        }
    }
    lf_map_clear(&ids);
    return at;
}

void lf_incident_history(struct lf_arena *a, struct lf_buf *b, const struct lf_incident_event *const *events,
                         const lf_time *received, size_t n, lf_view tier)
{
    static const char *const copied[] = { "level", "stage", "channel", "mode",
                                          "until", "clock", "consent", "same_agency" };
    struct lf_json_w w = lf_json_w(b);
    const lf_time *recorded = causal_times(a, events, n);

    lf_json_open(&w, '[');
    for (size_t i = 0; i < n; i++) {
        const struct lf_incident_event *ev = events[i];
        const struct lf_json *v;
        char text[LF_TIME_TEXT];

        lf_json_open(&w, '{');
        lf_json_put_str(&w, "id", ev->id);
        lf_json_put_str(&w, "time", lf_time_whole(recorded[i], text));
        lf_json_put_str(&w, "kind", ev->kind);
        lf_json_put_str(&w, "by", ev->by);
        lf_json_put_str(&w, "tier", ev->tier);
        lf_json_put_str(&w, "occurred_at", lf_time_whole(ev->occurred, text));
        if (received[i] && !lf_view_eq(ev->tier, tier)) {
            /* A receipt before the record is skew between two machines. */
            lf_time at = received[i] > recorded[i] ? received[i] : recorded[i];
            char key[16];

            snprintf(key, sizeof key, "%.*s", LF_FMT(tier));
            lf_json_begin(&w, "receipts", '{');
            lf_json_put_str(&w, key, lf_time_whole(at, text));
            lf_json_close(&w);
        }
        for (size_t k = 0; k < COUNT(copied); k++)
            if ((v = lf_json_get(ev->body, lf_view_of(copied[k]))) != NULL)
                lf_json_put(&w, copied[k], v);
        /* That there is one counts; its length must not: many would outgrow a history. */
        if (lf_view_trim(lf_json_str(ev->body, "reason")).len)
            lf_json_put_str(&w, "reason", lf_view_first(lf_view_trim(lf_json_str(ev->body, "reason")), 64));
        if (lf_view_is(ev->kind, "absorbed") && (v = lf_json_get(ev->body, LF_V("aware_at"))) != NULL)
            lf_json_put(&w, "aware_at", v);
        lf_json_close(&w);
    }
    lf_json_close(&w);
}

/* ---- order ---- */

static int by_key(const void *pa, const void *pb)
{
    const struct lf_incident_event *a = *(const struct lf_incident_event *const *)pa;
    const struct lf_incident_event *b = *(const struct lf_incident_event *const *)pb;
    int c;

    if (a->recorded != b->recorded)
        return a->recorded < b->recorded ? -1 : 1;
    if ((c = lf_view_cmp(a->node, b->node)) != 0)
        return c;
    if (a->sequence != b->sequence)
        return a->sequence < b->sequence ? -1 : 1;
    if ((c = lf_view_cmp(a->id, b->id)) != 0)
        return c;
    return lf_view_cmp(a->json, b->json);
}

static int by_node(const void *pa, const void *pb)
{
    const struct lf_incident_event *a = *(const struct lf_incident_event *const *)pa;
    const struct lf_incident_event *b = *(const struct lf_incident_event *const *)pb;
    int c;

    if ((c = lf_view_cmp(a->node, b->node)) != 0)
        return c;
    if (a->sequence != b->sequence)
        return a->sequence < b->sequence ? -1 : 1;
    return lf_view_cmp(a->id, b->id);
}

/* The events of a fold: different ones in key order, what each saw, and in which
 * order they count. */
struct graph {
    size_t n, words, missing, twice;
    const struct lf_incident_event **ev; /* key order */
    size_t (*edge)[2];                   /* before, after */
    size_t nedges;
    uint64_t *seen; /* n rows of bits: all that the event had seen */
    size_t *order;  /* indexes as applied */
    bool *parent;   /* some other event saw it directly */
};

static bool saw(const struct graph *g, size_t later, size_t earlier)
{
    return (g->seen[later * g->words + earlier / 64] >> (earlier % 64)) & 1;
}

static bool concurrent(const struct graph *g, size_t a, size_t b)
{
    return a != b && !saw(g, a, b) && !saw(g, b, a);
}

static void gather_edges(struct lf_arena *a, struct graph *g, struct lf_map *ids)
{
    const struct lf_incident_event **own = LF_NEW(a, const struct lf_incident_event *, g->n);
    size_t most = 0, group = 0, before = 0, before_n = 0;

    for (size_t i = 0; i < g->n; i++)
        most += g->ev[i]->nparents + 1;
    g->edge = lf_arena_zalloc(a, lf_arena_mul(most + 1, sizeof *g->edge), _Alignof(size_t));
    for (size_t i = 0; i < g->n; i++) {
        own[i] = g->ev[i];
        for (size_t k = 0; k < g->ev[i]->nparents; k++) {
            uint64_t p;

            if (!lf_map_get(ids, g->ev[i]->parents[k], &p))
                g->missing++;
            else if (p != i)
                g->edge[g->nedges++][0] = p, g->edge[g->nedges - 1][1] = i;
        }
    }
    /* A node always saw its own events before.  Two of one number are a node that
     * says two things; neither is put before the other. */
    qsort(own, g->n, sizeof *own, by_node);
    for (size_t i = 0; i < g->n; i++) {
        bool same_node = i > 0 && lf_view_eq(own[i]->node, own[i - 1]->node);

        if (!same_node) {
            group = i, before_n = 0;
        } else if (own[i]->sequence != own[i - 1]->sequence) {
            before = group, before_n = i - group;
            group = i;
        } else {
            g->twice++;
        }
        if (before_n && g->nedges < most) {
            uint64_t p = 0, c = 0;

            /* One edge is enough for order: from the last of the number before. */
            (void)lf_map_get(ids, own[before + before_n - 1]->id, &p);
            (void)lf_map_get(ids, own[i]->id, &c);
            g->edge[g->nedges][0] = p;
            g->edge[g->nedges++][1] = c;
        }
    }
}

static void place(struct lf_arena *a, struct graph *g)
{
    size_t *waits = LF_NEW(a, size_t, g->n);
    bool *placed = LF_NEW(a, bool, g->n);
    size_t *first = LF_NEW(a, size_t, g->n + 1), *next = LF_NEW(a, size_t, g->nedges + 1);

    /* Edges of each event as a chain; 0 ends it, so numbers are one up. */
    for (size_t k = 0; k < g->nedges; k++) {
        waits[g->edge[k][1]]++;
        next[k] = first[g->edge[k][0]];
        first[g->edge[k][0]] = k + 1;
    }
    for (size_t done = 0; done < g->n; done++) {
        size_t pick = g->n;

        for (size_t i = 0; i < g->n && pick == g->n; i++)
            if (!placed[i] && !waits[i])
                pick = i;
        /* A circle of parents can only be forged.  Cut it where the key is least,
         * so that every node cuts it at the same place. */
        for (size_t i = 0; i < g->n && pick == g->n; i++)
            if (!placed[i])
                pick = i;
        placed[pick] = true;
        g->order[done] = pick;
        for (size_t k = first[pick]; k; k = next[k - 1]) {
            size_t after = g->edge[k - 1][1];

            g->parent[pick] = true;
            if (placed[after])
                continue;
            waits[after]--;
            for (size_t w = 0; w < g->words; w++)
                g->seen[after * g->words + w] |= g->seen[pick * g->words + w];
            g->seen[after * g->words + pick / 64] |= (uint64_t)1 << (pick % 64);
        }
    }
}

/* ---- applying ---- */

struct fold {
    struct lf_incident_state s;
    const struct graph *g;
    int aware_rank;
    size_t title_at, review_at, merge_at; /* events that last set them; SIZE_MAX = none */
    bool *edit;                           /* accepted reports and supplements, by event */
};

static void set_level(struct fold *f, const struct lf_incident_event *ev)
{
    int level = lf_incident_event_level(ev), rank = role_rank(ev->by);

    if (lf_view_is(ev->kind, "absorbed")) {
        if (level > f->s.level)
            f->s.level = level;
        return;
    }
    if (lf_view_is(ev->kind, "reviewed") && !level) {
        if (f->s.level && rank > f->s.level_rank)
            f->s.level_rank = rank; /* confirms what stands */
        return;
    }
    if (!level || !rank)
        return;
    if (rank < f->s.level_rank) {
        if (level != f->s.level)
            f->s.conflicts++;
        return;
    }
    f->s.level = level;
    f->s.level_rank = rank;
}

static void set_text(struct fold *f, size_t i, const struct lf_incident_event *ev)
{
    lf_view title = lf_json_str(ev->body, "title"), text = lf_json_str(ev->body, "description");

    if (title.len) {
        if (f->title_at != SIZE_MAX && concurrent(f->g, f->title_at, i) && !lf_view_eq(title, f->s.title))
            f->s.conflicts++; /* both are kept, as events; the later shows until resolved */
        f->s.title = title;
        f->title_at = i;
    }
    if (text.len)
        f->s.description = text;
    if (lf_json_str(ev->body, "alert").len)
        f->s.alert = lf_json_str(ev->body, "alert");
    if (lf_json_bool(ev->body, "corroborated", false))
        f->s.corroborated = true;
}

static bool carries_level(lf_view kind)
{
    static const char *const kinds[] = { "aware",    "level_changed", "absorbed",
                                         "reported", "supplemented",  "reviewed" };

    for (size_t i = 0; i < COUNT(kinds); i++)
        if (lf_view_is(kind, kinds[i]))
            return true;
    return false;
}

/* The edit answers the return when neither saw the other. */
static bool answered_meanwhile(const struct fold *f, size_t i)
{
    for (size_t k = 0; k < f->g->n; k++)
        if (f->edit[k] && concurrent(f->g, k, i))
            return true;
    return false;
}

static void apply(struct fold *f, size_t i)
{
    const struct lf_incident_event *ev = f->g->ev[i];
    struct lf_incident_state *s = &f->s;
    struct may rows = { 0 };
    enum lf_code rc;
    lf_time when;

    if (lf_view_is(ev->kind, "closed") && s->merged_into.len && f->merge_at != SIZE_MAX &&
        concurrent(f->g, f->merge_at, i)) {
        lf_view into = s->merged_into;

        s->merged_into = (lf_view){ 0 };
        if (may(s, ev->kind, ev->by, &rows, NULL) != LF_OK)
            s->merged_into = into;
        else
            s->conflicts++;
    }
    rc = may(s, ev->kind, ev->by, &rows, NULL);
    if (rc == LF_UNACCEPTED)
        return; /* a kind of a later version: kept, without effect here */
    if (rc != LF_OK || !lf_incident_role_fits(ev->tier, ev->by) || lf_incident_content(ev, NULL) != LF_OK) {
        if (lf_view_is(ev->kind, "reviewed") && f->review_at != SIZE_MAX && concurrent(f->g, f->review_at, i))
            s->conflicts++; /* the nation's stands; the reviewer's is kept as opinion */
        else
            s->refused++;
        return;
    }
    if (lf_view_is(ev->kind, "aware_corrected")) {
        if (role_rank(ev->by) < f->aware_rank) {
            s->refused++;
            return;
        }
        s->aware_at = ev->occurred;
        f->aware_rank = role_rank(ev->by);
        return;
    }
    if (lf_view_is(ev->kind, "aware")) {
        s->aware_at = ev->occurred;
        f->aware_rank = role_rank(ev->by);
    }
    if (lf_view_is(ev->kind, "returned") && answered_meanwhile(f, i)) {
        s->conflicts++;
        return;
    }
    if (carries_level(ev->kind))
        set_level(f, ev);
    if (rows.review && rows.review->to != STAY)
        s->review = (enum lf_review)rows.review->to;
    if (rows.handling && rows.handling->to != STAY)
        s->handling = (enum lf_handling)rows.handling->to;
    if (lf_view_is(ev->kind, "reported") || lf_view_is(ev->kind, "supplemented"))
        f->edit[i] = true;
    if (lf_view_is(ev->kind, "reported") && !s->reported_at)
        s->reported_at = ev->recorded;
    if (lf_view_is(ev->kind, "aware") || f->edit[i])
        set_text(f, i, ev);
    if (lf_view_is(ev->kind, "reviewed"))
        f->review_at = i;
    if (lf_view_is(ev->kind, "reopened"))
        s->handling = LF_HANDLING_RESPONDING;
    if (lf_view_is(ev->kind, "merged")) {
        s->merged_into = lf_json_str(ev->body, "into");
        f->merge_at = i;
    }
    if (lf_view_is(ev->kind, "unmerged"))
        s->merged_into = (lf_view){ 0 };
    if (lf_view_is(ev->kind, "absorbed") && s->aware_at &&
        lf_time_parse(lf_json_str(ev->body, "aware_at"), &when, NULL) == LF_OK && when < s->aware_at)
        s->aware_at = when;
}

enum lf_code lf_incident_fold(struct lf_arena *a, const struct lf_incident_event *events, size_t n,
                              struct lf_incident_state *out, const struct lf_incident_event **order,
                              struct lf_err *e)
{
    struct graph g = { 0 };
    struct fold f = { .title_at = SIZE_MAX, .review_at = SIZE_MAX, .merge_at = SIZE_MAX };
    struct lf_map ids;
    size_t nheads = 0, skip;
    lf_view *heads;

    if (n == 0)
        return lf_err_set(e, LF_BAD_INPUT, "incident: no events");
    for (size_t i = 1; i < n; i++)
        if (!lf_view_eq(events[i].incident, events[0].incident))
            return lf_err_set(e, LF_BAD_INPUT, "incident: events of %.*s and %.*s together",
                              LF_FMT(events[0].incident), LF_FMT(events[i].incident));
    g.ev = LF_NEW(a, const struct lf_incident_event *, n);
    for (size_t i = 0; i < n; i++)
        g.ev[i] = &events[i];
    qsort(g.ev, n, sizeof *g.ev, by_key);
    lf_map_init(&ids, 0x1f01d);
    for (size_t i = 0; i < n; i++) {
        uint64_t there;

        if (lf_map_get(&ids, g.ev[i]->id, &there))
            continue; /* the same again; of a forged other the least counts, everywhere */
        lf_map_set(&ids, g.ev[i]->id, g.n);
        g.ev[g.n++] = g.ev[i];
    }
    if (g.n > LF_INCIDENT_EVENTS) {
        lf_map_clear(&ids);
        return lf_err_set(e, LF_BAD_INPUT, "incident: more than %d events", LF_INCIDENT_EVENTS);
    }
    g.words = (g.n + 63) / 64;
    g.seen = LF_NEW(a, uint64_t, g.n * g.words);
    g.order = LF_NEW(a, size_t, g.n);
    g.parent = LF_NEW(a, bool, g.n);
    f.edit = LF_NEW(a, bool, g.n);
    gather_edges(a, &g, &ids);
    lf_map_clear(&ids);
    place(a, &g);

    f.g = &g;
    f.s.incident = events[0].incident;
    f.s.org = g.ev[g.order[0]]->org;
    f.s.node = g.ev[g.order[0]]->node;
    f.s.tier = g.ev[g.order[0]]->tier;
    f.s.exercise = lf_json_bool(g.ev[g.order[0]]->body, "exercise", false);
    f.s.first = g.ev[g.order[0]]->recorded;
    f.s.last = g.ev[g.order[g.n - 1]]->recorded;
    f.s.nevents = g.n;
    f.s.missing = g.missing;
    f.s.conflicts = g.twice;
    for (size_t i = 0; i < g.n; i++) {
        apply(&f, g.order[i]);
        if (order)
            order[i] = g.ev[g.order[i]];
        nheads += !g.parent[g.order[i]];
    }
    /* More heads than an event may name: the last ones; the others stay heads. */
    skip = nheads > LF_INCIDENT_PARENTS ? nheads - LF_INCIDENT_PARENTS : 0;
    heads = LF_NEW(a, lf_view, nheads - skip + 1);
    for (size_t i = 0; i < g.n; i++) {
        if (g.parent[g.order[i]])
            continue;
        if (skip)
            skip--;
        else
            heads[f.s.nheads++] = g.ev[g.order[i]]->id;
    }
    f.s.heads = heads;
    *out = f.s;
    return LF_OK;
}
