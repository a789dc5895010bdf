/* What MISP's clients ask for: filters in the body, read and held against events and attributes. */
#include "isac/warning.h"
#include "web/misp_priv.h"

bool misp_is_parameter(lf_view w)
{
    return lf_view_find_byte(w, ':') != SIZE_MAX;
}

const struct lf_json *misp_asked(const struct misp *m, const char *name)
{
    const struct lf_json *request = lf_json_get(m->body, LF_V("request"));

    return lf_json_get(request ? request : m->body, lf_view_of(name));
}

static bool truth(const struct lf_json *v)
{
    lf_view t = lf_json_text(v);

    return lf_json_kind(v) == LF_JSON_TRUE || lf_view_is(t, "1") || lf_view_is(t, "true");
}

bool misp_asked_yes(const struct misp *m, const char *name, bool *given)
{
    const struct lf_json *v = misp_asked(m, name);

    *given = v && lf_json_kind(v) != LF_JSON_NULL;
    return truth(v);
}

bool misp_asked_number(const struct misp *m, const char *name, uint64_t *out)
{
    return lf_view_u64(lf_json_text(misp_asked(m, name)), out);
}

static enum lf_code moment(struct misp *m, const char *name, lf_view t, bool end, lf_time *out)
{
    static const char units[] = "smhd";
    static const lf_time ones[] = { LF_SECOND, LF_MINUTE, LF_HOUR, LF_DAY };
    uint64_t n;

    if (lf_view_u64(t, &n)) {
        *out = n < (uint64_t)(LF_TIME_MAX / LF_SECOND) ? (lf_time)n * LF_SECOND : LF_TIME_MAX;
        if (end && *out < LF_TIME_MAX)
            *out += LF_SECOND - 1;
        return LF_OK;
    }
    for (size_t i = 0; t.len && i < 4; i++)
        if (t.ptr[t.len - 1] == units[i] && lf_view_u64(lf_view_first(t, t.len - 1), &n) && n < 100000000) {
            *out = lf_now(m->t->env) - (lf_time)n * ones[i];
            return LF_OK;
        }
    if (t.len == 10)
        t = lf_arena_printf(m->t->a, "%.*sT%s", LF_FMT(t), end ? "23:59:59.999999Z" : "00:00:00Z");
    if (lf_time_parse(t, out, NULL) != LF_OK)
        return lf_err_set(m->e, LF_BAD_INPUT, "\"%s\": no time \"%.*s\"", name, LF_FMT(lf_view_first(t, 60)));
    return LF_OK;
}

enum lf_code misp_asked_range(struct misp *m, const char *name, lf_time *from, lf_time *to)
{
    const struct lf_json *v = misp_asked(m, name);
    size_t n = lf_json_kind(v) == LF_JSON_ARRAY ? lf_json_items(v) : 0;

    if (n > 2)
        return lf_err_set(m->e, LF_BAD_INPUT, "\"%s\": one time, or a list of two", name);
    if (n == 2)
        LF_TRY(moment(m, name, lf_json_text(lf_json_item(v, 1)), true, to));
    v = n ? lf_json_item(v, 0) : v;
    return lf_json_text(v).len ? moment(m, name, lf_json_text(v), false, from) : LF_OK;
}

enum lf_code misp_asked_day(struct misp *m, const char *name, bool end, lf_time *out)
{
    lf_view t = lf_json_text(misp_asked(m, name));

    return t.len ? moment(m, name, t, end, out) : LF_OK;
}

enum lf_code misp_only_known(struct misp *m, const char *const *known)
{
    /* What an answer has besides, and how it is ordered: it has that or not, and says nothing wrong. */
    static const char *const harmless[] = { "returnFormat",
                                            "page",
                                            "limit",
                                            "enforceWarninglist",
                                            "includeEventUuid",
                                            "includeUuid",
                                            "includeEventTags",
                                            "includeProposals",
                                            "includeDecayScore",
                                            "includeFullModel",
                                            "includeCorrelations",
                                            "includeContext",
                                            "includeSightings",
                                            "includeGalaxy",
                                            "includeAttribute",
                                            "includeEvent",
                                            "includeEventCorrelations",
                                            "includeFeedCorrelations",
                                            "includeWarninglistHits",
                                            "includeServerCorrelations",
                                            "sgReferenceOnly",
                                            "with_attachments",
                                            "withAttachments",
                                            "minimal",
                                            "noEventInfo",
                                            "sort",
                                            "desc",
                                            "direction",
                                            "deleted",
                                            "excludeGalaxy",
                                            "excludeLocalTags",
                                            "headerless",
                                            "requested_attributes",
                                            "includeSightingdb" };
    const struct lf_json *request = lf_json_get(m->body, LF_V("request")), *q = request ? request : m->body;
    lf_view format = lf_json_text(misp_asked(m, "returnFormat"));

    for (size_t i = 0; lf_json_kind(q) == LF_JSON_OBJECT && i < lf_json_members(q); i++) {
        lf_view key = lf_json_key(q, i);
        const struct lf_json *v = lf_json_member(q, i);
        /* Nothing is asked by what is empty, and by a switch that is off. */
        bool ok = lf_json_kind(v) == LF_JSON_NULL || lf_json_kind(v) == LF_JSON_FALSE ||
                  (lf_view_is(key, "excludeDecayed") && lf_view_is(lf_json_text(v), "0")) ||
                  ((lf_json_kind(v) == LF_JSON_STRING || lf_json_kind(v) == LF_JSON_ARRAY) &&
                   !lf_json_text(v).len && !lf_json_size(v));

        for (size_t k = 0; k < sizeof harmless / sizeof *harmless; k++)
            ok = ok || lf_view_is(key, harmless[k]);
        for (size_t k = 0; known[k]; k++)
            ok = ok || lf_view_is(key, known[k]);
        if (lf_json_kind(v) == LF_JSON_ARRAY && lf_json_items(v) > LISTED)
            return lf_err_set(m->e, LF_TOO_BIG, "a filter lists at most %d values", LISTED);
        if (!ok)
            return lf_err_set(m->e, LF_BAD_INPUT, "this node does not filter by \"%.*s\"",
                              LF_FMT(lf_view_first(key, 60)));
    }
    if (format.len && !lf_view_is(format, "json"))
        return lf_err_set(m->e, LF_BAD_INPUT, "returnFormat is json here");
    return LF_OK;
}

size_t misp_texts(const struct lf_json *v, size_t i, lf_view *out)
{
    size_t n = lf_json_kind(v) == LF_JSON_ARRAY ? lf_json_items(v) : v && lf_json_text(v).len ? 1 : 0;

    if (i < n)
        *out = lf_json_text(lf_json_kind(v) == LF_JSON_ARRAY ? lf_json_item(v, i) : v);
    return n;
}

/* ---- what is wanted ---- */

static bool same_letter(char a, char b)
{
    return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == (b >= 'A' && b <= 'Z' ? b | 0x20 : b);
}

/* Linear but for what a '%' takes back: the last of them alone is tried again. */
bool misp_like(lf_view wanted, lf_view text)
{
    size_t w = 0, t = 0, star = SIZE_MAX, at = 0;

    while (t < text.len) {
        if (w < wanted.len && wanted.ptr[w] == '%') {
            star = w++;
            at = t;
        } else if (w < wanted.len && same_letter(wanted.ptr[w], text.ptr[t])) {
            w++;
            t++;
        } else if (star != SIZE_MAX) {
            w = star + 1;
            t = ++at;
        } else {
            return false;
        }
    }
    while (w < wanted.len && wanted.ptr[w] == '%')
        w++;
    return w == wanted.len;
}

bool misp_wants(const struct lf_json *filter, misp_has_fn has, const void *ctx)
{
    static const char *const words[] = { "OR", "AND", "NOT" };
    bool any = false, met = false;
    lf_view one = LF_VIEW("");

    if (lf_json_kind(filter) == LF_JSON_OBJECT) {
        for (size_t i = 0; i < lf_json_members(filter); i++) {
            const struct lf_json *list = lf_json_member(filter, i);
            size_t word = 0, n = misp_texts(list, 0, &one);

            while (word < 3 && !lf_view_eq_nocase(lf_json_key(filter, i), lf_view_of(words[word])))
                word++;
            for (size_t k = 0; k < n; k++) {
                bool is;

                (void)misp_texts(list, k, &one);
                is = has(ctx, one);
                if ((word == 1 && !is) || (word == 2 && is))
                    return false;
                any |= word == 0;
                met |= word == 0 && is;
            }
        }
        return !any || met;
    }
    for (size_t k = 0; k < misp_texts(filter, k, &one); k++) {
        if (lf_view_starts(one, LF_V("!"))) {
            if (has(ctx, lf_view_from(one, 1)))
                return false;
            continue;
        }
        any = true;
        met |= has(ctx, one);
    }
    return !any || met;
}

static bool has_text(const void *ctx, lf_view wanted)
{
    return misp_like(wanted, *(const lf_view *)ctx);
}

bool misp_wants_text(const struct lf_json *filter, lf_view text)
{
    return misp_wants(filter, has_text, &text);
}

/* Of "a|b" each half is a value too. */
static bool has_value(const void *ctx, lf_view wanted)
{
    lf_view v = *(const lf_view *)ctx;
    size_t bar = lf_view_find_byte(v, '|');

    return misp_like(wanted, v) || (bar != SIZE_MAX && (misp_like(wanted, lf_view_first(v, bar)) ||
                                                        misp_like(wanted, lf_view_from(v, bar + 1))));
}

static bool tagged(const struct lf_json *o, lf_view wanted)
{
    const struct lf_json *tags = lf_json_get(o, LF_V("Tag"));

    for (size_t i = 0; lf_json_kind(tags) == LF_JSON_ARRAY && i < lf_json_items(tags); i++)
        if (misp_like(wanted, lf_json_str(lf_json_item(tags, i), "name")))
            return true;
    return false;
}

struct pair {
    const struct lf_json *event, *attribute;
};

static bool has_tag(const void *ctx, lf_view wanted)
{
    const struct pair *p = ctx;

    return tagged(p->event, wanted) || (p->attribute && tagged(p->attribute, wanted));
}

struct tags_of_all {
    const struct lf_json *event;
};

struct tag_look {
    lf_view wanted;
    bool met;
};

static void look_tag(void *ctx, const struct lf_json *event, const struct lf_json *a)
{
    struct tag_look *l = ctx;

    (void)event;
    l->met |= tagged(a, l->wanted);
}

static bool event_or_its(const void *ctx, lf_view wanted)
{
    const struct tags_of_all *t = ctx;
    struct tag_look l = { .wanted = wanted };

    if (tagged(t->event, wanted))
        return true;
    misp_each_attribute(t->event, look_tag, &l);
    return l.met;
}

static bool has_org(const void *ctx, lf_view wanted)
{
    const struct lf_json *orgc = lf_json_get(ctx, LF_V("Orgc"));

    return misp_like(wanted, lf_json_str(orgc, "name")) ||
           lf_view_eq_nocase(wanted, lf_json_str(orgc, "uuid"));
}

void misp_each_attribute(const struct lf_json *event, misp_attribute_fn fn, void *ctx)
{
    const struct lf_json *list = lf_json_get(event, LF_V("Attribute")),
                         *objects = lf_json_get(event, LF_V("Object"));

    for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++)
        fn(ctx, event, lf_json_item(list, i));
    for (size_t k = 0; lf_json_kind(objects) == LF_JSON_ARRAY && k < lf_json_items(objects); k++) {
        list = lf_json_get(lf_json_item(objects, k), LF_V("Attribute"));
        for (size_t i = 0; lf_json_kind(list) == LF_JSON_ARRAY && i < lf_json_items(list); i++)
            fn(ctx, event, lf_json_item(list, i));
    }
}

static bool eventinfo(const struct misp *m, const struct lf_json *event)
{
    lf_view info = lf_json_str(event, "info"), one = LF_VIEW("");
    const struct lf_json *wanted = misp_asked(m, "eventinfo");

    /* MISP looks for it as it is unless it has wildcards; its index for a part. */
    if (lf_json_kind(wanted) == LF_JSON_STRING && lf_view_find_byte(lf_json_text(wanted), '%') == SIZE_MAX &&
        lf_view_find_byte(lf_json_text(wanted), '!') != 0) {
        one = lf_arena_printf(m->t->a, "%%%.*s%%", LF_FMT(lf_json_text(wanted)));
        return misp_like(one, info);
    }
    return misp_wants_text(wanted, info);
}

bool misp_event_fits(const struct misp *m, const struct misp_when *when, const struct lf_json *event)
{
    struct tags_of_all all = { event };
    struct pair alone = { event, NULL };
    const struct lf_json *tag = misp_asked(m, "tag");
    lf_time day = 0;

    if ((when->from || when->to) &&
        (lf_time_parse(lf_arena_printf(m->t->a, "%.*sT00:00:00Z", LF_FMT(lf_json_str(event, "date"))), &day,
                       NULL) != LF_OK ||
         (when->from && day < when->from - when->from % LF_DAY) || (when->to && day > when->to)))
        return false;
    return eventinfo(m, event) && misp_wants(misp_asked(m, "org"), has_org, event) &&
           misp_wants(misp_asked(m, "tags"), event_or_its, &all) && misp_wants(tag, has_tag, &alone) &&
           misp_wants(misp_asked(m, "event_tags"), has_tag, &alone) &&
           misp_wants_text(misp_asked(m, "threatlevel"), lf_json_str(event, "threat_level_id")) &&
           misp_wants_text(misp_asked(m, "threat_level_id"), lf_json_str(event, "threat_level_id")) &&
           misp_wants_text(misp_asked(m, "analysis"), lf_json_str(event, "analysis")) &&
           misp_wants_text(misp_asked(m, "distribution"), lf_json_str(event, "distribution"));
}

bool misp_attribute_fits(const struct misp *m, const struct lf_json *event, const struct lf_json *a)
{
    bool given, ids = misp_asked_yes(m, "to_ids", &given);
    lf_view value = lf_json_text(lf_json_get(a, LF_V("value")));
    struct pair both = { event, a };

    return misp_wants(misp_asked(m, "value"), has_value, &value) &&
           misp_wants_text(misp_asked(m, "type"), lf_json_str(a, "type")) &&
           misp_wants_text(misp_asked(m, "category"), lf_json_str(a, "category")) &&
           misp_wants(misp_asked(m, "tags"), has_tag, &both) &&
           (!given || ids == lf_json_bool(a, "to_ids", false)) && misp_shown(m, a);
}

/* ---- what is shown ---- */

/* A warning list has the value, or of "a|b" a half.  When that cannot be known it is as if one had it. */
static bool listed(const struct misp *m, const struct lf_json *a)
{
    lf_view rest = lf_json_text(lf_json_get(a, LF_V("value"))), one;

    while (rest.len && lf_view_split(&rest, '|', &one)) {
        enum lf_observable_kind kind;
        lf_view value, list;
        struct lf_err e;

        if (lf_observable_guess(one, &kind) && lf_observable_text(m->t->a, kind, one, &value) &&
            (lf_warning_of(m->t, kind, value, &list, &e) != LF_OK || list.len))
            return true;
    }
    return false;
}

/* 1: those too; "only"; a list, or several in the address: [0, 1] is both, [1] the deleted alone. */
void misp_shown_asked(struct misp *m)
{
    const struct lf_json *v = misp_asked(m, "deleted");
    bool with = false, without = false, given;

    m->unlisted = misp_asked_yes(m, "enforceWarninglist", &given);
    for (size_t i = 0; lf_json_kind(v) == LF_JSON_ARRAY && i < lf_json_items(v); i++)
        *(truth(lf_json_item(v, i)) ? &with : &without) = true;
    if (truth(v))
        with = without = true;
    with |= lf_view_is(lf_json_text(v), "only");
    for (size_t i = 0; i < m->nwords; i++) {
        lf_view w = m->word[i];

        if (lf_view_is(w, "deleted:1") || lf_view_is(w, "deleted:true"))
            with = without = true;
        else if (lf_view_is(w, "deleted[]:1") || lf_view_is(w, "deleted:only"))
            with = true;
        else if (lf_view_is(w, "deleted[]:0"))
            without = true;
    }
    m->deleted = !with ? MISP_STANDING : without ? MISP_BOTH : MISP_DELETED;
}

bool misp_shown(const struct misp *m, const struct lf_json *o)
{
    bool gone = lf_json_bool(o, "deleted", false);

    return (m->deleted == MISP_BOTH || gone == (m->deleted == MISP_DELETED)) &&
           !(m->unlisted && listed(m, o));
}
