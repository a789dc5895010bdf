/* What correlations need to know of an event. */
#include "engine/correlation_priv.h"
#include "engine/rule_priv.h"

/* ---- fields ---- */

static int by_field(const void *x, const void *y)
{
    const unsigned *a = x, *b = y;

    return *a < *b ? -1 : *a > *b;
}

bool lf_sighting_of(struct lf_ruleset *rs, struct lf_arena *a, const struct lf_event *ev,
                    const struct lf_rule *const *hits, size_t nhits, struct lf_sighting *out)
{
    const struct lf_correlations *all = lf_ruleset_correlation_list(rs);
    struct lf_at m = { .a = a };
    size_t nrules = 0, nfields = 0, n = 0, cap = 0;
    unsigned *rules, *fields;

    if (!all || all->n == 0)
        return false;
    if (rs->delta) { /* no correlation names what is in a delta */
        nhits = lf_delta_base_hits(rs, a, hits, nhits, &hits);
        rs = lf_ruleset_base(rs);
    }
    m.rs = rs;
    for (size_t i = 0; i < nhits; i++) {
        const struct lf_correlation_uses *u = &all->uses[hits[i]->number];

        nrules += u->n > 0;
        nfields += u->n > 0 ? u->nfields : 0;
    }
    if (nrules == 0)
        return false;
    rules = LF_NEW(a, unsigned, nrules);
    fields = LF_NEW(a, unsigned, nfields + 1);
    nrules = nfields = 0;
    for (size_t i = 0; i < nhits; i++) {
        const struct lf_correlation_uses *u = &all->uses[hits[i]->number];

        if (u->n == 0)
            continue;
        rules[nrules++] = hits[i]->number;
        for (size_t k = 0; k < u->nfields; k++)
            fields[nfields++] = u->fields[k];
    }
    qsort(fields, nfields, sizeof *fields, by_field);
    *out = (struct lf_sighting){ .at = ev->happened,
                                 .arrived = ev->recorded,
                                 .position = ev->position,
                                 .rules = rules,
                                 .nrules = nrules };
    lf_fields_begin(&m, ev);
    for (size_t i = 0; i < nfields; i++) {
        const struct lf_slot *s;

        if (i > 0 && fields[i] == fields[i - 1])
            continue;
        s = lf_slot_of(&m, fields[i]);
        for (size_t k = 0; k < s->n && k < LF_CORRELATION_VALUES; k++) {
            enum lf_json_kind kind = lf_json_kind(s->values[k].json);

            if (kind == LF_JSON_NULL)
                continue;
            out->values = lf_arena_grow(a, out->values, n, &cap, sizeof *out->values);
            out->values[n++] = (struct lf_sighting_value){ .field = fields[i],
                                                           .number = kind == LF_JSON_NUMBER,
                                                           .text = s->values[k].text };
        }
    }
    out->nvalues = n;
    return true;
}

struct lf_sighting lf_sighting_copy(struct lf_arena *a, const struct lf_sighting *s)
{
    struct lf_sighting out = *s;

    out.rules = LF_NEW(a, unsigned, s->nrules + 1);
    memcpy(out.rules, s->rules, s->nrules * sizeof *s->rules);
    out.values = LF_NEW(a, struct lf_sighting_value, s->nvalues + 1);
    for (size_t i = 0; i < s->nvalues; i++) {
        out.values[i] = s->values[i];
        out.values[i].text = lf_arena_copy(a, s->values[i].text);
    }
    return out;
}

/* ---- time ---- */

/* YYYY-MM-DD, T or a blank, hh:mm:ss, perhaps a fraction, perhaps a zone: Z, UTC, or
 * +hh:mm, +hhmm, +hh, perhaps behind a blank. */
static bool written_time(lf_view t, lf_time *out)
{
    char text[64];
    size_t n;

    t = lf_view_trim(t);
    if (t.len < 19 || t.len > 40)
        return false;
    if (lf_view_ends(t, LF_V(" UTC")))
        t = lf_view_first(t, t.len - 4);
    memcpy(text, t.ptr, t.len);
    n = t.len;
    if (text[10] == ' ')
        text[10] = 'T';
    for (size_t i = 19; i < n; i++)
        if (text[i] == ',') /* a fraction as some write it */
            text[i] = '.';
    for (size_t i = 19; i + 1 < n; i++)
        if (text[i] == ' ' && (text[i + 1] == '+' || text[i + 1] == '-')) {
            memmove(text + i, text + i + 1, --n - i);
            break;
        }
    if (n >= 22 && (text[n - 3] == '+' || text[n - 3] == '-')) {
        memcpy(text + n, ":00", 3);
        n += 3;
    } else if (n >= 24 && (text[n - 5] == '+' || text[n - 5] == '-') && !memchr(text + n - 5, ':', 5)) {
        memmove(text + n - 1, text + n - 2, 2);
        text[n - 2] = ':';
        n++;
    } else if (text[n - 1] != 'Z' && text[n - 1] != 'z' &&
               !(n > 6 && text[n - 3] == ':' && n > 19 && (text[n - 6] == '+' || text[n - 6] == '-'))) {
        text[n++] = 'Z';
    }
    return lf_time_parse((lf_view){ text, n }, out, NULL) == LF_OK;
}

static bool epoch_time(lf_view t, lf_time *out)
{
    struct lf_decimal d;
    uint64_t whole = 0, part = 0;
    size_t digits = 0;

    if (!lf_decimal_parse(t, false, &d) || d.negative || !lf_view_u64(d.whole, &whole))
        return false;
    for (; digits < 6; digits++)
        part = part * 10 + (digits < d.part.len ? (uint64_t)(d.part.ptr[digits] - '0') : 0);
    if (whole < UINT64_C(100000000000))
        *out = (lf_time)(whole * 1000000 + part);
    else if (whole < UINT64_C(100000000000000))
        *out = (lf_time)(whole * 1000 + part / 1000);
    else if (whole < UINT64_C(100000000000000000))
        *out = (lf_time)whole;
    else
        *out = (lf_time)(whole / 1000);
    return *out > 0 && *out <= LF_TIME_MAX;
}

static bool time_of(const struct lf_json *v, lf_time *out)
{
    if (lf_json_kind(v) == LF_JSON_NUMBER)
        return epoch_time(lf_json_text(v), out);
    return lf_json_kind(v) == LF_JSON_STRING &&
           (written_time(lf_json_text(v), out) || epoch_time(lf_json_text(v), out));
}

bool lf_record_time(const struct lf_json *doc, lf_time *out)
{
    static const char *const names[] = { "timestamp", "time",      "ts",        "TimeCreated",   "SystemTime",
                                         "UtcTime",   "EventTime", "eventTime", "event.created", "date" };
    const struct lf_json *event = lf_json_get(doc, LF_V("Event")), *created;

    created = lf_json_get(lf_json_get(event ? event : doc, LF_V("System")), LF_V("TimeCreated"));
    if (time_of(lf_json_get(doc, LF_V("@timestamp")), out) ||
        time_of(lf_json_get(lf_json_get(created, LF_V("#attributes")), LF_V("SystemTime")), out) ||
        time_of(lf_json_get(doc, LF_V("TimeCreated_SystemTime")), out))
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (time_of(lf_json_get(doc, lf_view_of(names[i])), out))
            return true;
    return time_of(lf_json_path(doc, "event.created"), out);
}
