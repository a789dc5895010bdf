#include "base/map.h"
#include "engine/incident_priv.h"
#include "model/vital.h"

#include <stdlib.h>

#define COUNT(x) (sizeof(x) / sizeof(x)[0])

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
    uint64_t *held;        /* n rows of bits: all that its node held when it recorded the event */
    const uint64_t **seen; /* such a row each: what its author had seen */
    size_t *order;         /* indexes as applied */
    bool *parent;          /* some other event saw it directly */
};

static bool saw(const struct graph *g, size_t later, size_t earlier)
{
    return (g->seen[later][earlier / 64] >> (earlier % 64)) & 1;
}

static bool concurrent(const struct graph *g, size_t a, size_t b)
{
    return a != b && !saw(g, a, b) && !saw(g, b, a);
}

static void add_edge(struct graph *g, uint64_t before, uint64_t after)
{
    g->edge[g->nedges][0] = before;
    g->edge[g->nedges++][1] = after;
}

static const struct lf_json *base_of(const struct lf_incident_event *ev)
{
    const struct lf_json *v = lf_json_get(ev->body, LF_V("base"));

    return v && lf_json_kind(v) == LF_JSON_ARRAY && lf_json_items(v) <= LF_INCIDENT_PARENTS ? v : NULL;
}

static void gather_edges(struct lf_arena *a, struct graph *g, struct lf_map *ids)
{
    const struct lf_incident_event **own = LF_NEW(a, const struct lf_incident_event *, g->n);
    size_t most = 0, group = 0, before = 0, before_n = 0;

    for (size_t i = 0; i < g->n; i++)
        most += g->ev[i]->nparents + 1 + (base_of(g->ev[i]) ? lf_json_items(base_of(g->ev[i])) : 0);
    g->edge = lf_arena_zalloc(a, lf_arena_mul(most + 1, sizeof *g->edge), _Alignof(size_t));
    for (size_t i = 0; i < g->n; i++) {
        const struct lf_json *base = base_of(g->ev[i]);
        uint64_t p;

        own[i] = g->ev[i];
        for (size_t k = 0; k < g->ev[i]->nparents; k++) {
            if (!lf_map_get(ids, g->ev[i]->parents[k], &p))
                g->missing++;
            else if (p != i)
                add_edge(g, p, i);
        }
        for (size_t k = 0; base && k < lf_json_items(base); k++)
            if (lf_map_get(ids, lf_json_text(lf_json_item(base, k)), &p) && p != i)
                add_edge(g, p, i);
    }
    /* A node recorded its own events one after the other.  Two of one number are a node that
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
            add_edge(g, p, c);
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
    for (size_t done = 0, low = 0; done < g->n; done++) {
        size_t pick = g->n;

        while (placed[low]) /* all before it are */
            low++;
        for (size_t i = low; i < g->n && pick == g->n; i++)
            if (!placed[i] && !waits[i])
                pick = i;
        /* A circle of parents can only be forged.  Cut it where the key is least,
         * so that every node cuts it at the same place. */
        if (pick == g->n)
            pick = low;
        placed[pick] = true;
        g->order[done] = pick;
        for (size_t k = first[pick]; k; k = next[k - 1]) {
            size_t after = g->edge[k - 1][1];

            g->parent[pick] = true;
            if (placed[after])
                continue;
            waits[after]--;
            for (size_t w = 0; w < g->words; w++)
                g->held[after * g->words + w] |= g->held[pick * g->words + w];
            g->held[after * g->words + pick / 64] |= (uint64_t)1 << (pick % 64);
        }
    }
}

/* An author saw what the node held, or, with a `base`, that and what those who wrote it held. */
static void look_over_shoulders(struct lf_arena *a, struct graph *g, struct lf_map *ids)
{
    g->seen = LF_NEW(a, const uint64_t *, g->n);
    for (size_t i = 0; i < g->n; i++) {
        const struct lf_json *base = base_of(g->ev[i]);
        uint64_t *row, p;

        g->seen[i] = g->held + i * g->words;
        if (!base)
            continue;
        row = LF_NEW(a, uint64_t, g->words);
        for (size_t k = 0; k < lf_json_items(base); k++) {
            if (!lf_map_get(ids, lf_json_text(lf_json_item(base, k)), &p) || p == i)
                continue;
            for (size_t w = 0; w < g->words; w++)
                row[w] |= g->held[p * g->words + w];
            row[p / 64] |= (uint64_t)1 << (p % 64);
        }
        g->seen[i] = row;
    }
}

/* ---- before anything is applied: what was undone, what is opinion ---- */

/* An act whose author may do it as far as role and content go. */
static bool well_formed(const struct lf_incident_event *ev)
{
    return lf_incident_role_fits(ev->tier, ev->by) && lf_incident_content(ev, NULL) == LF_OK;
}

static bool by_reviewers(const struct lf_incident_event *ev)
{
    return lf_view_is(ev->by, "reviewer") || lf_view_is(ev->by, "national");
}

static lf_view other_of(const struct lf_incident_event *ev)
{
    return lf_json_str(
        ev->body, lf_view_is(ev->kind, "merged") || lf_view_is(ev->kind, "unmerged") ? "into" : "incident");
}

static void look_ahead(const struct graph *g, uint8_t *fate)
{
    for (size_t u = 0; u < g->n; u++) {
        const struct lf_incident_event *ev = g->ev[u];
        bool merge = lf_view_is(ev->kind, "unmerged"), absorb = lf_view_is(ev->kind, "unabsorbed");
        bool direct = lf_view_is(ev->kind, "reviewed") && lf_view_is(ev->by, "national");

        if ((!merge && !absorb && !direct) || !by_reviewers(ev) || !well_formed(ev))
            continue;
        for (size_t i = 0; i < g->n; i++) {
            const struct lf_incident_event *x = g->ev[i];

            if (direct && lf_view_is(x->kind, "reviewed") && lf_view_is(x->by, "reviewer") &&
                concurrent(g, i, u))
                fate[i] = LF_OUTCOME_OPINION;
            if (merge && lf_view_is(x->kind, "merged") && saw(g, u, i))
                fate[i] = LF_OUTCOME_UNDONE;
            if (absorb && lf_view_is(x->kind, "absorbed") && saw(g, u, i) &&
                lf_view_eq(other_of(x), other_of(ev)))
                fate[i] = LF_OUTCOME_UNDONE;
        }
    }
}

/* ---- applying ---- */

/* The texts of one field that nobody who saw them has written over. */
static const char *const fields[] = { "title", "description", "impact", "measures" };
enum { FIELDS = 4, LIVE = 16 };

struct fold {
    struct lf_arena *a;
    struct lf_incident_state s;
    const struct graph *g;
    const uint8_t *fate; /* what look_ahead() found, by event; 0 = nothing */
    int aware_rank;
    lf_time own_aware, absorbed_aware; /* 0 = none */
    size_t merge_at, end_at;           /* events that last set them; SIZE_MAX = none */
    uint8_t *merge_outcome;            /* of the merge that stands */
    bool *edit;                        /* accepted reports and supplements, by event */
    size_t live[FIELDS][LIVE], nlive[FIELDS];
    size_t marks[LIVE], nmarks; /* the reporter's words on the TLP that none who wrote one later had seen */
    enum lf_tlp reviewers;      /* the strictest of those who review */
    struct lf_incident_measure *measures;
    size_t measures_room;
};

static void set_aware(struct fold *f)
{
    f->s.aware_at = f->own_aware;
    if (f->own_aware && f->absorbed_aware && f->absorbed_aware < f->own_aware)
        f->s.aware_at = f->absorbed_aware;
}

/* False: the word on the level does not count. */
static bool set_level(struct fold *f, const struct lf_incident_event *ev)
{
    int level = lf_incident_event_level(ev), rank = incident_rank(ev->by);

    if (lf_view_is(ev->kind, "absorbed")) {
        if (level > f->s.level)
            f->s.level = level;
        return true;
    }
    if (lf_view_is(ev->kind, "reviewed") && !level) {
        if (f->s.level && rank > f->s.level_rank)
            f->s.level_rank = rank; /* confirms what stands */
        return true;
    }
    if (!level)
        return true;
    if (!rank || rank < f->s.level_rank) {
        if (level != f->s.level)
            f->s.conflicts++;
        return false;
    }
    f->s.level = level;
    f->s.level_rank = rank;
    return true;
}

static lf_view written(const struct fold *f, size_t i, size_t field)
{
    return lf_json_str(f->g->ev[i]->body, fields[field]);
}

static void set_text(struct fold *f, size_t i, const struct lf_incident_event *ev)
{
    for (size_t k = 0; k < FIELDS; k++) {
        size_t kept = 0;
        bool rival = false;

        if (!written(f, i, k).len)
            continue;
        for (size_t n = 0; n < f->nlive[k]; n++) {
            size_t other = f->live[k][n];

            if (saw(f->g, i, other) || lf_view_eq(written(f, other, k), written(f, i, k)))
                continue;
            rival = true;
            f->live[k][kept++] = other;
        }
        f->s.conflicts += rival;
        /* So many at once are no people; the oldest goes, as an event it is kept. */
        if (kept == LIVE)
            memmove(f->live[k], f->live[k] + 1, --kept * sizeof f->live[k][0]);
        f->live[k][kept++] = i;
        f->nlive[k] = kept;
    }
    if (lf_json_str(ev->body, "category").len && lf_json_str(ev->body, "category").len <= 64)
        f->s.category = lf_json_str(ev->body, "category");
    if (lf_json_str(ev->body, "alert").len)
        f->s.alert = lf_json_str(ev->body, "alert");
    if (lf_json_bool(ev->body, "corroborated", false))
        f->s.corroborated = true;
}

/* What somebody chose as the type of the reference taxonomy; false: another's word goes before it. */
static bool set_rsit(struct fold *f, const struct lf_incident_event *ev)
{
    const struct lf_json *v = lf_view_is(ev->kind, "classified")
                                  ? lf_json_get(ev->body, LF_V("rsit"))
                                  : lf_json_get(lf_json_get(ev->body, LF_V("form")), LF_V("rsit"));
    int rank = incident_rank(ev->by);

    if (!v || lf_json_kind(v) != LF_JSON_STRING || lf_json_text(v).len > LF_INCIDENT_RSIT)
        return true;
    if (rank < f->s.rsit_rank)
        return false;
    f->s.rsit = lf_view_trim(lf_json_text(v));
    f->s.rsit_rank = rank;
    return true;
}

/* The vital functions; false: another's word goes before it. */
static bool set_vital(struct fold *f, const struct lf_incident_event *ev)
{
    const struct lf_json *v =
        lf_json_get(lf_view_is(ev->kind, "vital_corrected") ? ev->body : lf_json_get(ev->body, LF_V("form")),
                    LF_V("vital_functions"));
    int rank = incident_rank(ev->by);

    if (lf_json_kind(v) != LF_JSON_ARRAY)
        return true;
    if (rank < f->s.vital_rank)
        return false;
    f->s.vital = lf_vital_of(v);
    f->s.vital_rank = rank;
    return true;
}

static enum lf_tlp tlp_of(const struct lf_incident_event *ev)
{
    const struct lf_json *v = lf_json_get(ev->body, LF_V("tlp"));
    enum lf_tlp tlp = LF_TLP_NONE;

    return v && !lf_tlp_parse(lf_json_text(v), &tlp) ? LF_TLP_RED : tlp;
}

static void set_tlp(struct fold *f, size_t i, const struct lf_incident_event *ev)
{
    enum lf_tlp said = tlp_of(ev);
    size_t kept = 0;

    if (said == LF_TLP_NONE)
        return;
    if (incident_rank(ev->by) > 1) {
        f->reviewers = said > f->reviewers ? said : f->reviewers;
    } else {
        for (size_t n = 0; n < f->nmarks; n++)
            if (!saw(f->g, i, f->marks[n]))
                f->marks[kept++] = f->marks[n];
        if (kept == LIVE) /* so many at once are no people: the strictest stays */
            kept = tlp_of(f->g->ev[f->marks[LIVE - 1]]) > said ? LIVE : LIVE - 1;
        if (kept < LIVE)
            f->marks[kept++] = i;
        f->nmarks = kept;
    }
    f->s.tlp = f->reviewers;
    for (size_t n = 0; n < f->nmarks; n++)
        if (tlp_of(f->g->ev[f->marks[n]]) > f->s.tlp)
            f->s.tlp = tlp_of(f->g->ev[f->marks[n]]);
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

static void set_measure(struct fold *f, const struct lf_incident_event *ev)
{
    lf_view id = lf_json_str(ev->body, "measure"), v;
    struct lf_incident_measure *m = NULL;

    for (size_t i = 0; i < f->s.nmeasures; i++)
        if (lf_view_eq(f->measures[i].id, id))
            m = &f->measures[i];
    if (!m) {
        if (f->s.nmeasures == f->measures_room) {
            size_t room = f->measures_room ? f->measures_room * 2 : 8;
            struct lf_incident_measure *more = LF_NEW(f->a, struct lf_incident_measure, room);

            if (f->s.nmeasures)
                memcpy(more, f->measures, f->s.nmeasures * sizeof *more);
            f->measures = more, f->measures_room = room;
            f->s.measures = more;
        }
        m = &f->measures[f->s.nmeasures++];
        *m = (struct lf_incident_measure){ .id = id };
    }
    if (lf_view_is(ev->kind, "measure_planned")) {
        if ((v = lf_json_str(ev->body, "what")).len)
            m->what = v;
        if ((v = lf_view_trim(lf_json_str(ev->body, "owner"))).len)
            m->owner = v;
        if ((v = lf_json_str(ev->body, "due")).len)
            m->due = v;
    }
    m->done |= lf_view_is(ev->kind, "measure_done");
    m->verified |= lf_view_is(ev->kind, "measure_verified");
}

/* One that did not see the merge, or the end, is not bound by it. */
static enum lf_code allowed(struct fold *f, size_t i, struct incident_may *rows)
{
    const struct lf_incident_event *ev = f->g->ev[i];
    struct lf_incident_state s = f->s;

    if (f->merge_at != SIZE_MAX && s.merged_into.len && !lf_view_is(ev->kind, "merged") &&
        concurrent(f->g, f->merge_at, i))
        s.merged_into = (lf_view){ 0 }, s.merged_same = false;
    LF_TRY(incident_may(&s, ev->kind, ev->by, rows, NULL));
    if (!well_formed(ev))
        return LF_UNACCEPTED;
    return incident_guard(&s, ev, NULL);
}

static enum lf_incident_outcome refused(struct fold *f, size_t i, enum lf_code rc)
{
    const struct lf_incident_event *ev = f->g->ev[i];
    bool late = f->end_at != SIZE_MAX && concurrent(f->g, f->end_at, i) && well_formed(ev);

    if (late && lf_view_is(ev->kind, "merged") && by_reviewers(ev)) {
        f->s.conflicts++;
        return LF_OUTCOME_VOID;
    }
    if (late && rc == LF_CONFLICT && lf_incident_writes_text(ev->kind)) {
        f->s.conflicts++;
        if (incident_is_edit(ev->kind)) {
            set_text(f, i, ev);
            set_tlp(f, i, ev);
        }
        return LF_OUTCOME_ENTRY;
    }
    f->s.refused++;
    return LF_OUTCOME_REFUSED;
}

static enum lf_incident_outcome apply(struct fold *f, size_t i, uint8_t *outcome)
{
    const struct lf_incident_event *ev = f->g->ev[i];
    struct lf_incident_state *s = &f->s;
    struct incident_may rows = { 0 };
    struct incident_row const *r, *h;
    bool counts = true;
    enum lf_code rc;
    lf_time when;

    if (f->fate[i] == LF_OUTCOME_OPINION)
        s->conflicts++; /* the nation's own stands */
    if (f->fate[i])
        return (enum lf_incident_outcome)f->fate[i];
    if (lf_view_is(ev->kind, "unmerged") && !s->merged_into.len && by_reviewers(ev) && well_formed(ev))
        for (size_t k = 0; k < f->g->n; k++)
            if (f->fate[k] == LF_OUTCOME_UNDONE && lf_view_is(f->g->ev[k]->kind, "merged") && saw(f->g, i, k))
                return LF_OUTCOME_APPLIED; /* as if the merge had never been */
    rc = allowed(f, i, &rows);
    r = rows.review, h = rows.handling;
    if (rc == LF_UNACCEPTED && incident_may(s, ev->kind, ev->by, &rows, NULL) == LF_UNACCEPTED)
        return LF_OUTCOME_UNKNOWN; /* a kind of a later version: kept, without effect here */
    if (rc != LF_OK)
        return refused(f, i, rc);
    if (lf_view_is(ev->kind, "aware_corrected")) {
        if (incident_rank(ev->by) < f->aware_rank || !incident_rank(ev->by))
            return LF_OUTCOME_OUTRANKED;
        f->own_aware = ev->occurred;
        f->aware_rank = incident_rank(ev->by);
        set_aware(f);
        return LF_OUTCOME_APPLIED;
    }
    if (lf_view_is(ev->kind, "aware")) {
        f->own_aware = ev->occurred;
        f->aware_rank = incident_rank(ev->by);
        set_aware(f);
    }
    if (lf_view_is(ev->kind, "returned") && answered_meanwhile(f, i)) {
        s->conflicts++;
        return LF_OUTCOME_ANSWERED;
    }
    if (carries_level(ev->kind))
        counts = set_level(f, ev);
    if (r && r->to != STAY)
        s->review = (enum lf_review)r->to;
    if (h && h->to != STAY)
        s->handling = (enum lf_handling)h->to;
    f->edit[i] = incident_is_edit(ev->kind);
    if (lf_view_is(ev->kind, "reported") && !s->reported_at)
        s->reported_at = ev->recorded;
    if (lf_view_is(ev->kind, "aware") || f->edit[i])
        set_text(f, i, ev);
    if (lf_view_is(ev->kind, "aware") || f->edit[i] || lf_view_is(ev->kind, "marked"))
        set_tlp(f, i, ev);
    if (f->edit[i] || lf_view_is(ev->kind, "followed_up")) { /* the rest of the report counts all the same */
        (void)set_rsit(f, ev);
        (void)set_vital(f, ev);
    }
    if (lf_view_is(ev->kind, "classified"))
        counts = set_rsit(f, ev);
    if (lf_view_is(ev->kind, "vital_corrected"))
        counts = set_vital(f, ev);
    if (lf_view_is(ev->kind, "reopened")) {
        s->handling = LF_HANDLING_RESPONDING;
        f->end_at = SIZE_MAX;
    }
    if (lf_view_is(ev->kind, "archived")) {
        s->handling = LF_HANDLING_CLOSED;
        f->end_at = i;
    }
    if (lf_view_is(ev->kind, "closed") || lf_view_is(ev->kind, "not_incident")) {
        f->end_at = i;
        if (s->merged_into.len) { /* allowed only because it did not see the merge: that falls */
            s->merged_into = (lf_view){ 0 };
            s->merged_same = false;
            *f->merge_outcome = LF_OUTCOME_VOID;
            s->conflicts++;
        }
    }
    if (lf_view_is(ev->kind, "merged")) {
        s->merged_into = other_of(ev);
        s->merged_same = lf_json_bool(ev->body, "same_agency", false);
        f->merge_at = i;
        f->merge_outcome = outcome;
    }
    if (lf_view_is(ev->kind, "unmerged"))
        s->merged_into = (lf_view){ 0 }, s->merged_same = false;
    if (lf_view_is(ev->kind, "absorbed") &&
        lf_time_parse(lf_json_str(ev->body, "aware_at"), &when, NULL) == LF_OK &&
        (!f->absorbed_aware || when < f->absorbed_aware)) {
        f->absorbed_aware = when;
        set_aware(f);
    }
    if (lf_view_starts(ev->kind, LF_V("measure_")))
        set_measure(f, ev);
    return counts ? LF_OUTCOME_APPLIED : LF_OUTCOME_OUTRANKED;
}

/* The text shown of each field is the last in order; what it did not see stands beside it. */
static void show_texts(struct fold *f)
{
    lf_view *const shown[FIELDS] = { &f->s.title, &f->s.description, &f->s.impact, &f->s.measures_taken };
    struct lf_incident_rival *rivals = LF_NEW(f->a, struct lf_incident_rival, FIELDS * LIVE);

    for (size_t k = 0; k < FIELDS; k++) {
        if (f->nlive[k])
            *shown[k] = written(f, f->live[k][f->nlive[k] - 1], k);
        for (size_t n = 0; f->nlive[k] > 1 && n < f->nlive[k]; n++)
            rivals[f->s.nrivals++] = (struct lf_incident_rival){ fields[k], written(f, f->live[k][n], k),
                                                                 f->g->ev[f->live[k][n]]->id };
    }
    f->s.rivals = rivals;
}

enum lf_code lf_incident_fold(struct lf_arena *a, const struct lf_incident_event *events, size_t n,
                              struct lf_incident_state *out, const struct lf_incident_event **order,
                              struct lf_err *e)
{
    struct graph g = { 0 };
    struct fold f = { .a = a, .merge_at = SIZE_MAX, .end_at = SIZE_MAX };
    uint8_t *fate, *outcomes;
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
    g.held = LF_NEW(a, uint64_t, g.n * g.words);
    g.order = LF_NEW(a, size_t, g.n);
    g.parent = LF_NEW(a, bool, g.n);
    f.edit = LF_NEW(a, bool, g.n);
    gather_edges(a, &g, &ids);
    place(a, &g);
    look_over_shoulders(a, &g, &ids);
    lf_map_clear(&ids);

    fate = LF_NEW(a, uint8_t, g.n);
    outcomes = LF_NEW(a, uint8_t, g.n);
    look_ahead(&g, fate);
    f.fate = fate;
    f.g = &g;
    f.s.incident = events[0].incident;
    f.s.org = g.ev[g.order[0]]->org;
    f.s.node = g.ev[g.order[0]]->node;
    f.s.tier = g.ev[g.order[0]]->tier;
    f.s.exercise = lf_json_bool(g.ev[g.order[0]]->body, "exercise", false);
    (void)lf_incident_exercise_read(g.ev[g.order[0]]->body, &f.s.exercise_of);
    f.s.imported = lf_json_get(g.ev[g.order[0]]->body, LF_V("imported")) != NULL;
    f.s.first = g.ev[g.order[0]]->recorded;
    f.s.last = g.ev[g.order[g.n - 1]]->recorded;
    f.s.nevents = g.n;
    f.s.missing = g.missing;
    f.s.conflicts = g.twice;
    for (size_t i = 0; i < g.n; i++) {
        outcomes[i] = (uint8_t)apply(&f, g.order[i], &outcomes[i]);
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
    f.s.outcomes = outcomes;
    show_texts(&f);
    *out = f.s;
    return LF_OK;
}
