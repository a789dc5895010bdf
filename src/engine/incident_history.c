/* An incident's events as the history that the clock engine reads. */
#include "base/map.h"
#include "engine/clock_priv.h"
#include "engine/incident_fold.h"

#include <stdio.h>

/* When each event counts as recorded: not before its parents.  `ids` says where each stands. */
static lf_time *causal_times(struct lf_arena *a, const struct lf_incident_event *const *events, size_t n,
                             const struct lf_map *ids)
{
    lf_time *at = LF_NEW(a, lf_time, n + 1);
    size_t *stack = LF_NEW(a, size_t, n + 1), *next = LF_NEW(a, size_t, n + 1);
    bool *seen = LF_NEW(a, bool, n + 1);

    for (size_t i = 0; i < n; i++)
        at[i] = events[i]->recorded;
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
                if (lf_map_get(ids, events[i]->parents[next[i]++], &parent)) {
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
    return at;
}

/* When this tier had each event, as the clocks sort by it.  What was held up on the way comes all in one
 * second, and within a second they sort by kind (contract A4): a cause whose kind stands behind its effect's
 * then counts from the second before, unless it was not recorded yet. */
static lf_time *causal_receipts(struct lf_arena *a, const struct lf_incident_event *const *events, size_t n,
                                const struct lf_map *ids, const lf_time *recorded, const lf_time *received,
                                lf_view tier)
{
    lf_time *had = LF_NEW(a, lf_time, n + 1);
    uint64_t p;

    for (size_t i = 0; i < n; i++) {
        bool here = !received[i] || lf_view_eq(events[i]->tier, tier);

        /* A receipt before the record is skew between two machines. */
        had[i] = here || received[i] < recorded[i] ? recorded[i] : received[i];
        /* One that came before its cause counts when that is there, too. */
        for (size_t k = 0; !here && k < events[i]->nparents; k++)
            if (lf_map_get(ids, events[i]->parents[k], &p) && had[p] > had[i])
                had[i] = had[p];
    }
    /* Effects stand behind their causes: what they move is looked at after them. */
    for (size_t i = n; i > 0; i--) {
        const struct lf_incident_event *effect = events[i - 1];

        for (size_t k = 0; k < effect->nparents; k++) {
            lf_time by = had[i - 1] - had[i - 1] % LF_SECOND;

            if (!lf_map_get(ids, effect->parents[k], &p) || !received[p] || lf_view_eq(events[p]->tier, tier))
                continue;
            if (lf_clock_kind(events[p]->kind) > lf_clock_kind(effect->kind))
                by -= LF_SECOND;
            if (had[p] - had[p] % LF_SECOND > by && recorded[p] <= by)
                had[p] = by;
        }
    }
    return had;
}

/* What the clocks may see: all that has an effect.  A refused act has none, an undone merge never was. */
static bool counts(enum lf_incident_outcome o)
{
    return o != LF_OUTCOME_REFUSED && o != LF_OUTCOME_VOID && o != LF_OUTCOME_UNDONE &&
           o != LF_OUTCOME_ENTRY && o != LF_OUTCOME_UNKNOWN;
}

void lf_incident_history(struct lf_arena *a, struct lf_buf *b, const struct lf_incident_state *s,
                         const struct lf_incident_event *const *events, const lf_time *received, lf_view tier)
{
    static const char *const copied[] = { "level", "stage", "channel", "mode",
                                          "until", "clock", "consent", "same_agency" };
    struct lf_json_w w = lf_json_w(b);
    const lf_time *recorded, *had;
    struct lf_map ids;

    lf_map_init(&ids, 0x7163);
    for (size_t i = 0; i < s->nevents; i++)
        lf_map_set(&ids, events[i]->id, i);
    recorded = causal_times(a, events, s->nevents, &ids);
    had = causal_receipts(a, events, s->nevents, &ids, recorded, received, tier);
    lf_map_clear(&ids);
    lf_json_open(&w, '[');
    for (size_t i = 0; i < s->nevents; i++) {
        const struct lf_incident_event *ev = events[i];
        bool opinion = s->outcomes[i] == LF_OUTCOME_OPINION;
        const struct lf_json *v;
        char text[LF_TIME_TEXT];

        if (!counts(s->outcomes[i]))
            continue;

        lf_json_open(&w, '{');
        lf_json_put_str(&w, "id", ev->id);
        lf_json_put_str(&w, "time", lf_time_whole(recorded[i], text));
        lf_json_put_str(&w, "kind", ev->kind);
        lf_json_put_str(&w, "by", ev->by);
        lf_json_put_str(&w, "tier", ev->tier);
        lf_json_put_str(&w, "occurred_at", lf_time_whole(ev->occurred, text));
        if (received[i] && !lf_view_eq(ev->tier, tier)) {
            char key[16];

            snprintf(key, sizeof key, "%.*s", LF_FMT(tier));
            lf_json_begin(&w, "receipts", '{');
            lf_json_put_str(&w, key, lf_time_whole(had[i], text));
            lf_json_close(&w);
        }
        for (size_t k = 0; k < sizeof copied / sizeof copied[0]; k++)
            if ((v = lf_json_get(ev->body, lf_view_of(copied[k]))) != NULL && !(k == 0 && opinion))
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
