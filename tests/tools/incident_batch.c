/* Judges histories by the line, for the slow reference in tests/integ/reference:
 *
 *   incident_batch RULES…      reads one JSON object a line and answers with one
 *   {"rules":0,"at":"…","history":[…]}     → what `lianfang clock` prints; {"error":code}
 *   {"events":[…]}                         → the state they fold to
 *
 * `rules` is the place of the rule set among the arguments. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/clock.h"
#include "engine/incident_fold.h"

enum { RULES = 8, EVENTS = 64 };

static lf_view whole(struct lf_arena *a, const char *path)
{
    FILE *f = fopen(path, "rb");
    char *bytes = LF_NEW(a, char, 1 << 20);
    size_t n = f ? fread(bytes, 1, 1 << 20, f) : 0;

    if (f)
        (void)fclose(f);
    return (lf_view){ bytes, n };
}

static int64_t number(const struct lf_json *o, const char *key)
{
    int64_t n = 0;

    (void)lf_json_int(o, key, &n);
    return n;
}

static void state(struct lf_arena *a, const struct lf_json *list, struct lf_buf *out)
{
    struct lf_incident_event ev[EVENTS] = { 0 };
    const struct lf_incident_event *order[EVENTS];
    struct lf_incident_state s = { 0 };
    struct lf_json_w w = lf_json_w(out);
    size_t n = lf_json_items(list);
    struct lf_err e;

    for (size_t i = 0; i < n && i < EVENTS; i++) {
        const struct lf_json *j = lf_json_item(list, i), *parents = lf_json_get(j, LF_V("parents"));
        lf_view *p = LF_NEW(a, lf_view, lf_json_items(parents) + 1);

        for (size_t k = 0; k < lf_json_items(parents); k++)
            p[k] = lf_json_text(lf_json_item(parents, k));
        ev[i] = (struct lf_incident_event){ .id = lf_json_str(j, "id"),
                                            .incident = LF_V("incident--x"),
                                            .node = lf_json_str(j, "node"),
                                            .tier = lf_json_str(j, "tier"),
                                            .sequence = number(j, "sequence"),
                                            .nparents = lf_json_items(parents),
                                            .parents = p,
                                            .kind = lf_json_str(j, "kind"),
                                            .by = lf_json_str(j, "by"),
                                            .occurred = number(j, "occurred"),
                                            .recorded = number(j, "recorded"),
                                            .body = lf_json_get(j, LF_V("body")) };
    }
    lf_json_open(&w, '{');
    if (n > EVENTS || lf_incident_fold(a, ev, n, &s, order, &e) != LF_OK) {
        lf_json_put_cstr(&w, "error", "fold");
        lf_json_close(&w);
        return;
    }
    lf_json_put_cstr(&w, "review", lf_review_name(s.review));
    lf_json_put_cstr(&w, "handling", lf_handling_name(s.handling));
    lf_json_put_int(&w, "level", s.level);
    lf_json_put_int(&w, "level_rank", s.level_rank);
    lf_json_put_str(&w, "merged", s.merged_into.ptr ? s.merged_into : LF_V(""));
    lf_json_put_bool(&w, "merged_same", s.merged_same);
    lf_json_put_int(&w, "tlp", s.tlp);
    lf_json_put_str(&w, "rsit", s.rsit);
    lf_json_put_int(&w, "rsit_rank", s.rsit_rank);
    lf_json_put_int(&w, "vital", s.vital);
    lf_json_put_int(&w, "vital_rank", s.vital_rank);
    lf_json_put_int(&w, "reported_at", s.reported_at);
    lf_json_put_int(&w, "aware_at", s.aware_at);
    lf_json_put_str(&w, "title", s.title.ptr ? s.title : LF_V(""));
    lf_json_put_str(&w, "description", s.description.ptr ? s.description : LF_V(""));
    lf_json_put_str(&w, "impact", s.impact.ptr ? s.impact : LF_V(""));
    lf_json_put_str(&w, "measures", s.measures_taken.ptr ? s.measures_taken : LF_V(""));
    lf_json_begin(&w, "order", '[');
    for (size_t i = 0; i < s.nevents; i++)
        lf_json_put_str(&w, NULL, order[i]->id);
    lf_json_close(&w);
    lf_json_begin(&w, "outcomes", '[');
    for (size_t i = 0; i < s.nevents; i++)
        lf_json_put_cstr(&w, NULL, lf_incident_outcome_name((enum lf_incident_outcome)s.outcomes[i]));
    lf_json_close(&w);
    lf_json_begin(&w, "rivals", '[');
    for (size_t i = 0; i < s.nrivals; i++) {
        lf_json_open(&w, '[');
        lf_json_put_cstr(&w, NULL, s.rivals[i].field);
        lf_json_put_str(&w, NULL, s.rivals[i].event);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_begin(&w, "measures_done", '[');
    for (size_t i = 0; i < s.nmeasures; i++) {
        const struct lf_incident_measure *m = &s.measures[i];

        lf_json_open(&w, '[');
        lf_json_put_str(&w, NULL, m->id);
        lf_json_put_str(&w, NULL, m->owner.ptr ? m->owner : LF_V(""));
        lf_json_put_str(&w, NULL, m->due.ptr ? m->due : LF_V(""));
        lf_json_put_bool(&w, NULL, m->done);
        lf_json_put_bool(&w, NULL, m->verified);
        lf_json_close(&w);
    }
    lf_json_close(&w);
    lf_json_close(&w);
}

int main(int argc, char **argv)
{
    const struct lf_json *rules[RULES] = { NULL }, *line;
    struct lf_arena a = { 0 }, each = { 0 };
    char *text = NULL;
    size_t room = 0;
    ssize_t n;

    for (int i = 1; i < argc && i <= RULES; i++)
        if (lf_json_parse(&a, whole(&a, argv[i]), NULL, &rules[i - 1], NULL) != LF_OK)
            return 2;
    while ((n = getline(&text, &room, stdin)) > 0) {
        struct lf_clock_result r = { 0 };
        struct lf_buf out;
        lf_time at = 0;
        struct lf_err e = { 0 };

        lf_buf_init(&out, 16 << 20);
        if (lf_json_parse(&each, (lf_view){ text, (size_t)n }, NULL, &line, &e) != LF_OK)
            LF_PUT(&out, "{\"error\":\"json\"}");
        else if (lf_json_get(line, LF_V("events")))
            state(&each, lf_json_get(line, LF_V("events")), &out);
        else if (lf_clock_time(lf_json_str(line, "at"), &at, &e) == LF_OK &&
                 lf_clock_judge(&each, rules[number(line, "rules") % RULES],
                                lf_json_get(line, LF_V("history")), at, &r, &e) == LF_OK)
            lf_clock_write(&r, &out);
        else
            lf_buf_printf(&out, "{\"error\":\"%s\"}", lf_code_name(e.code));
        printf("%.*s\n", (int)out.len, out.ptr);
        lf_buf_clear(&out);
        lf_arena_reset(&each);
    }
    free(text);
    lf_arena_clear(&each);
    lf_arena_clear(&a);
    return 0;
}
