/* The second line: one attack as several members see it, each a part.
 *
 * What members hand in (isac/arrival.h) goes as events through the same rules and the
 * same correlator as a node's own logs, with the member as a field; the rules are
 * rules/second-line.  What fires is an alert of this node, one for each group, and, where
 * the group is an observable, an indicator under the standing policy: at least as many
 * members as the policy asks for independent senders have seen it.  An indicator names
 * no member, and nothing else of this goes down: no member learns of another.
 *
 * The correlator is memory only.  It is made anew from the arrivals that are kept, and
 * a finding is known by arrival and rule, so that making it anew says nothing twice. */
#include <stdlib.h>

#include "engine/detect.h"
#include "engine/observable.h"
#include "isac/arrival.h"
#include "isac/indicator.h"
#include "proc/core_priv.h"
#include "soc/alert.h"

#define RULES(X) X(campaign) X(member_reports) X(same_domain) X(same_malware) X(same_source)
#define DECLARE(name)                                                                                        \
    extern const char second_line_##name[];                                                                  \
    extern const size_t second_line_##name##_len;
RULES(DECLARE)

enum { GROUPS = 8 /* of one firing; so many findings one arrival and rule may make */ };
/* Findings of arrivals have positions of their own, past those of any journal. */
#define POSITIONS (UINT64_C(1) << 62)

struct second_line {
    struct lf_ruleset *rules;
    struct lf_correlator *correlator;
    int64_t seen;    /* the last arrival */
    uint64_t alerts; /* raised since the start */
};

void lf_core_second_forget(struct lf_core *c)
{
    if (!c->second)
        return;
    lf_correlator_destroy(c->second->correlator);
    lf_ruleset_drop(c->second->rules);
    free(c->second);
    c->second = NULL;
}

void lf_core_second_health(const struct lf_core *c, struct lf_json_w *json)
{
    struct lf_correlator_stats s;

    if (!c->second)
        return;
    lf_correlator_stats(c->second->correlator, &s);
    lf_json_begin(json, "second_line", '{');
    lf_json_put_int(json, "seen", (int64_t)s.seen);
    lf_json_put_int(json, "groups", (int64_t)s.groups);
    lf_json_put_int(json, "bytes", (int64_t)s.bytes);
    lf_json_put_int(json, "evicted", (int64_t)s.evicted);
    lf_json_put_int(json, "late", (int64_t)s.late);
    lf_json_put_int(json, "alerts", (int64_t)c->second->alerts);
    lf_json_close(json);
}

void lf_core_second_rules(struct lf_core *c, const struct lf_rule_file *files, size_t n)
{
    bool same = n == c->nsecond_files;

    for (size_t i = 0; same && i < n; i++)
        same = lf_view_eq(files[i].name, c->second_files[i].name) &&
               lf_view_eq(files[i].text, c->second_files[i].text);
    if (same)
        return;
    lf_core_second_forget(c);
    lf_arena_clear(&c->second_arena);
    c->second_files = LF_NEW(&c->second_arena, struct lf_rule_file, n + 1);
    for (size_t i = 0; i < n; i++)
        c->second_files[i] = (struct lf_rule_file){ lf_arena_copy(&c->second_arena, files[i].name),
                                                    lf_arena_copy(&c->second_arena, files[i].text) };
    c->nsecond_files = n;
    c->effects |= LF_FX_ARRIVAL;
}

static enum lf_code make(struct lf_core *c, struct lf_err *e)
{
    /* Reports come hours after what they report, and there are few. */
    const struct lf_correlator_limits limits = { .bytes = 32 << 20, .lateness = 7 * LF_DAY };
    struct lf_rule_file *files = LF_NEW(&c->arena, struct lf_rule_file, c->nsecond_files + 8);
    struct second_line *s;
    size_t n = c->nsecond_files;
    uint64_t seed;

    /* The node's own first: of two rules of one id the first is loaded. */
    for (size_t i = 0; i < n; i++)
        files[i] = c->second_files[i];

#define ONE(name)                                                                                            \
    files[n++] = (struct lf_rule_file){ LF_V("second-line/" #name ".yml"),                                   \
                                        { second_line_##name, second_line_##name##_len } };
    RULES(ONE)
    s = calloc(1, sizeof *s);
    if (!s)
        LF_BUG("no memory for the second line");
    if (lf_ruleset_build(files, n, &s->rules, e) != LF_OK) {
        free(s);
        return e->code;
    }
    for (size_t i = 0; i < lf_ruleset_count(s->rules); i++) {
        const struct lf_rule *r = lf_ruleset_rule(s->rules, i);
        char file[300], why[300];

        if (!r->refused.ptr || lf_view_starts(r->file, LF_V("second-line/")))
            continue; /* a delivered one that is refused was replaced */
        lf_log(c->env->log, LF_LOG_WARN, "LF2017", "rule_refused=%s reason=%s",
               lf_log_text(r->file, file, sizeof file), lf_log_text(r->refused, why, sizeof why));
    }
    lf_random(c->env, &seed, sizeof seed);
    s->correlator = lf_correlator_create(s->rules, &limits, seed);
    c->second = s;
    return LF_OK;
}

/* "kind:value" as records have it, or a value by the field it is grouped by. */
static bool observable_of(lf_view field, lf_view value, struct lf_observable *out)
{
    lf_view kind = field, rest = value;

    if (lf_view_is(field, "observable") && !lf_view_split(&rest, ':', &kind))
        return false;
    if (lf_view_is(kind, "domain"))
        out->kind = LF_OBS_DOMAIN;
    else if (lf_view_is(kind, "url"))
        out->kind = LF_OBS_URL;
    else if (lf_view_is(kind, "sha256") || lf_view_is(kind, "file.hash.sha256"))
        out->kind = LF_OBS_SHA256;
    else if (lf_view_is(kind, "ip") || lf_view_is(kind, "source.ip"))
        out->kind = lf_view_find_byte(rest, ':') == SIZE_MAX ? LF_OBS_IPV4 : LF_OBS_IPV6;
    else
        return false;
    out->value = rest;
    return true;
}

/* One group of a firing: an alert, and what it is about as an indicator. */
static enum lf_code raise(struct lf_core *c, struct lf_task *t, const struct lf_arrival *at, size_t nth,
                          const struct lf_json *group, struct lf_finding *f, struct lf_err *e)
{
    const struct lf_json *by = lf_json_get(group, LF_V("group"));
    lf_view value = lf_json_text(lf_json_member(by, 0));
    struct lf_alert alert;
    struct lf_observable about;
    bool is_new, corroborated, shared, known;
    int64_t members = 0;
    lf_view id;

    known = lf_json_members(by) == 1 && observable_of(lf_json_key(by, 0), value, &about);
    f->position = POSITIONS + (uint64_t)at->seq * GROUPS + nth;
    f->nobservables = 0;
    f->host = LF_V("");
    if (known)
        f->observables[f->nobservables++] = about;
    else /* alerts of different groups are different alerts */
        f->host = lf_view_first(value, 256);
    while (f->host.len > 0 && !lf_view_is_utf8(f->host))
        f->host.len--;
    /* That intelligence knows it is no further word: it is what the members themselves
     * handed in. */
    LF_TRY(lf_alert_raise(t, f, false, &alert, &is_new, &corroborated, e));
    c->second->alerts += is_new;
    if (alert.id.len == 0 || !is_new || !known || !lf_observable_ok(about.kind, about.value))
        return LF_OK;
    (void)lf_json_int(group, "value", &members);
    struct lf_indicator_alert brief = {
        .kind = about.kind,
        .value = about.value,
        .evidence = members,
        .level = alert.level,
        .alert = alert.id,
        .incident = LF_V(""),
        .happened = f->happened,
    };
    return lf_indicator_from_alert(t, &brief, &id, &shared, e);
}

static enum lf_code see(struct lf_core *c, struct lf_task *t, const struct lf_arrival *at, struct lf_err *e)
{
    struct second_line *s = c->second;
    struct lf_event ev = {
        .sender = LF_V("members"),
        .position = (uint64_t)at->seq,
        .happened = at->happened,
        .recorded = at->received,
    };
    const struct lf_json *groups;
    struct lf_finding *found;
    struct lf_err bad;
    size_t n;

    if (lf_json_parse(t->a, at->json, NULL, &ev.doc, &bad) != LF_OK)
        return LF_OK; /* our own writing; nothing to be done about it here */
    lf_event_add_source(&ev, (lf_view){ "", 0 }, LF_V("lianfang"), LF_V("second-line"));
    n = lf_detect_with(s->rules, NULL, s->correlator, t->a, &ev, &found);
    for (size_t i = 0; i < n; i++) {
        const struct lf_json *doc;

        if (lf_json_parse(t->a, found[i].event, NULL, &doc, &bad) != LF_OK)
            continue;
        groups = lf_json_get(doc, LF_V("lianfang.correlation"));
        for (size_t k = 0; k < lf_json_items(groups) && k < GROUPS; k++) {
            struct lf_finding f = found[i];

            LF_TRY(raise(c, t, at, k, lf_json_item(groups, k), &f, e));
        }
    }
    s->seen = at->seq;
    return LF_OK;
}

/* Who hands in more than is taken is told to people, once an hour. */
static enum lf_code tell_over(struct lf_task *t, struct lf_err *e)
{
    const struct lf_arrival_over *over;
    size_t n;

    LF_TRY(lf_arrival_over(t, &n, &over, e));
    for (size_t i = 0; i < n; i++) {
        struct lf_finding f = {
            .position = POSITIONS + (POSITIONS >> 1) + 2 * (uint64_t)(over[i].hour / LF_HOUR) + over[i].ended,
            .happened = over[i].hour,
            .recorded = lf_now(t->env),
            .sender = LF_V("members"),
            .rule = lf_arena_printf(t->a, "lianfang-member-flood %.*s", LF_FMT(over[i].peer)),
            .title = LF_V("A member hands in more reports than are correlated"),
            .level = LF_LEVEL_MEDIUM,
            .host = lf_view_first(over[i].name, 250),
            .event = lf_arena_printf(
                t->a,
                "{\"lianfang.kind\":\"member-flood\",\"peer\":\"%.*s\",\"taken\":%lld,\"not_taken\":%lld}",
                LF_FMT(over[i].peer), (long long)over[i].most, (long long)over[i].over),
        };
        struct lf_alert alert;
        bool is_new, corroborated;

        while (f.host.len > 0 && !lf_view_is_utf8(f.host))
            f.host.len--;
        LF_TRY(lf_alert_raise(t, &f, false, &alert, &is_new, &corroborated, e));
        LF_TRY(lf_arrival_over_told(t, &over[i], e));
    }
    return LF_OK;
}

enum lf_code lf_core_second_line(struct lf_core *c, struct lf_task *t, const void *arg, struct lf_err *e)
{
    const struct lf_arrival *list;
    size_t n;

    (void)arg;
    LF_TRY(tell_over(t, e));
    do {
        LF_TRY(lf_arrival_list(t, c->second ? c->second->seen : 0, &n, &list, e));
        if (n && !c->second)
            LF_TRY(make(c, e));
        for (size_t i = 0; i < n; i++)
            LF_TRY(see(c, t, &list[i], e));
        /* What fired before this is in the store with this task. */
        if (n)
            lf_correlator_forget(c->second->correlator, (uint64_t)c->second->seen);
    } while (n == LF_ARRIVAL_LIST);
    return LF_OK;
}
