/* A judgement as rows and as the contract's object (A11). */
#include "engine/clock_priv.h"

lf_time lf_clock_used(lf_time started, lf_time due, int percent)
{
    int64_t from = started / LF_SECOND, whole = due / LF_SECOND - from;

    return (from + whole * percent / 100) * LF_SECOND;
}

size_t lf_clock_rows(const struct lf_clock_result *r)
{
    return ((const struct clock_work *)r->detail)->nrows;
}

struct lf_clock_row lf_clock_row(const struct lf_clock_result *r, size_t n)
{
    const struct clock_work *w = r->detail;
    const struct clock_inst *i = w->rows[n];
    const struct lf_json *clock = w->clock[w->row_clock[n]];
    struct lf_clock_row row = { .clock = lf_json_str(clock, "id"),
                                .who = lf_json_str(clock, "who"),
                                .state = "not_started",
                                .code = "not_started" };
    const struct lf_json *percents;
    int64_t now;

    row.zh = lf_json_str(clock_field(clock, "names"), "zh");
    row.en = lf_json_str(clock_field(clock, "names"), "en");
    row.zh = row.zh.len ? row.zh : row.clock;
    row.en = row.en.len ? row.en : row.clock;
    percents = clock_field(clock, "warn_percent");
    for (size_t k = 0; k < lf_json_items(percents) && row.nwarn < LF_CLOCK_WARNINGS; k++) {
        int64_t p = 0;

        (void)lf_view_i64(lf_json_text(lf_json_item(percents, k)), &p);
        row.warn[row.nwarn++] = (int)p;
    }
    row.id = lf_arena_printf(w->a, "%.*s#%zu", LF_FMT(row.clock), i ? i->number : (size_t)1);
    if (!i)
        return row;
    now = i->end != CLOCK_NEVER ? i->end : w->at;
    row.late_s = i->due != CLOCK_NEVER && now > i->due ? now - i->due : 0;
    row.rule = lf_json_str(i->variant, "id");
    row.started = i->start * LF_SECOND;
    row.due = i->due != CLOCK_NEVER ? i->due * LF_SECOND : 0;
    row.stopped = i->end != CLOCK_NEVER ? i->end * LF_SECOND : 0;
    row.state = row.late_s ? "breached" : i->stopped ? "met" : i->cancel ? "cancelled" : "running";
    row.code = row.late_s && i->stopped  ? "late"
               : row.late_s && i->cancel ? "overdue_cancelled"
               : row.late_s              ? "overdue"
               : i->stopped              ? "met"
               : i->due != CLOCK_NEVER   ? "running"
                                         : "running_no_limit";
    if (i->running && !row.late_s && row.due)
        row.consent = clock_field(clock_field(clock, "extension"), "consent");
    if (i->cancel && !row.late_s)
        row.code = lf_arena_cstr(w->a, lf_arena_printf(w->a, "cancelled_%s", i->cancel));
    if (i->running && !row.late_s && !i->variant && !i->fixed)
        row.state = "not_started", row.code = "not_at_this_level", row.started = 0;
    return row;
}

static void put_time(struct lf_json_w *j, const char *key, int64_t t, bool there)
{
    char text[LF_TIME_TEXT];

    if (there)
        lf_json_put_str(j, key, lf_time_whole(t, text));
    else
        lf_json_put_null(j, key);
}

void lf_clock_write(const struct lf_clock_result *r, struct lf_buf *b)
{
    const struct clock_work *w = r->detail;
    struct lf_json_w j = lf_json_w(b);

    lf_json_open(&j, '{');
    lf_json_put_str(&j, "ruleset", r->ruleset);
    put_time(&j, "at", w->at * LF_SECOND, true);
    put_time(&j, "aware_at", w->view[0].t0 != CLOCK_NEVER ? w->view[0].t0 * LF_SECOND : 0,
             w->view[0].t0 != CLOCK_NEVER);
    lf_json_put_cstr(&j, "state", w->view[0].state);
    lf_json_begin(&j, "level", '{');
    for (int x = 0; x < CLOCK_TIERS; x++)
        if (w->view[x].level)
            lf_json_put_int(&j, clock_tiers[x], w->view[x].level);
        else
            lf_json_put_null(&j, clock_tiers[x]);
    lf_json_close(&j);
    lf_json_begin(&j, "clocks", '[');
    for (size_t n = 0; n < w->nrows; n++) {
        struct lf_clock_row row = lf_clock_row(r, n);
        const struct clock_inst *i = w->rows[n];
        lf_time now = i ? (i->end != CLOCK_NEVER ? i->end : w->at) * LF_SECOND : 0;

        lf_json_open(&j, '{');
        lf_json_put_str(&j, "id", row.id);
        lf_json_put_str(&j, "clock", row.clock);
        lf_json_put_str(&j, "who", row.who);
        if (row.rule.ptr)
            lf_json_put_str(&j, "rule", row.rule);
        else
            lf_json_put_null(&j, "rule");
        put_time(&j, "started_at", row.started, i && !lf_view_is(lf_view_of(row.state), "not_started"));
        put_time(&j, "due_at", row.due, i && i->due != CLOCK_NEVER);
        if (i && i->due_code)
            lf_json_put_cstr(&j, "due_code", i->due_code);
        else
            lf_json_put_null(&j, "due_code");
        lf_json_begin(&j, "warned_at", '[');
        for (size_t k = 0; i && i->due != CLOCK_NEVER && i->due > i->start && k < row.nwarn; k++) {
            lf_time used = lf_clock_used(i->start * LF_SECOND, row.due, row.warn[k]);

            if (used <= now)
                put_time(&j, NULL, used, true);
        }
        lf_json_close(&j);
        put_time(&j, "stopped_at", row.stopped, i && i->end != CLOCK_NEVER);
        lf_json_put_cstr(&j, "state", row.state);
        lf_json_put_int(&j, "late_by_s", row.late_s);
        lf_json_put_cstr(&j, "code", row.code);
        lf_json_close(&j);
    }
    lf_json_close(&j);
    lf_json_begin(&j, "notes", '[');
    for (size_t i = 0; i < w->nnotes; i++) {
        lf_json_open(&j, '{');
        lf_json_put_int(&j, "event", (int64_t)w->notes[i].event);
        lf_json_put_cstr(&j, "code", w->notes[i].code);
        lf_json_close(&j);
    }
    lf_json_close(&j);
    lf_json_close(&j);
}
