/* The JSON API's part on indicators: what is looked for, and what was seen of it. */
#include "fmt/stix_pattern.h"
#include "isac/indicator.h"
#include "isac/present.h"
#include "isac/sighting.h"
#include "isac/warning.h"
#include "isac/watch.h"
#include "shield/block.h"
#include "soc/alert_work.h"
#include "web/api_priv.h"

/* Plainly, so that nobody waits for a block that does not come. */
static void put_blocks(struct lf_json_w *w, enum lf_observable_kind kind)
{
    bool blocks = lf_block_can(kind);

    lf_json_put_bool(w, "blockable", blocks);
    if (!blocks)
        lf_json_put_cstr(w, "block_note",
                         "looked for in every event and not blocked: this node blocks domain names only");
}

static void put_indicator(struct lf_json_w *w, const struct lf_indicator_row *i, bool whole)
{
    if (!whole)
        lf_json_open(w, '{');
    lf_json_put_str(w, "id", i->id);
    lf_json_put_cstr(w, "kind", lf_observable_kind_name(i->kind));
    lf_json_put_str(w, "value", i->value);
    lf_json_put_str(w, "state", i->state);
    lf_json_put_int(w, "evidence", i->evidence);
    put_text(w, "origin", i->origin);
    put_text(w, "alert", i->alert);
    put_text(w, "incident", i->incident);
    put_text(w, "derived_from", i->derived_from);
    lf_json_put_time(w, "created", i->created);
    lf_json_put_time(w, "modified", i->modified);
    lf_json_put_time(w, "valid_until", i->valid_until);
    if (i->held)
        lf_json_put_bool(w, "block_held_back", true); /* too little sure: isac/present.h */
    if (whole)
        put_blocks(w, i->kind);
    if (whole && i->json.len)
        lf_json_put_raw(w, "stix", i->json);
    if (!whole)
        lf_json_close(w);
}

static enum lf_code put_confidence(struct rq *r, struct lf_json_w *w, const struct lf_indicator_row *i)
{
    struct lf_present p;

    LF_TRY(lf_present_of(r->t, i, &p, r->e));
    lf_json_put_int(w, "confidence", p.now.confidence);
    lf_json_begin(w, "confidence_of", '{');
    lf_json_put_int(w, "base", p.of.base);
    lf_json_put_int(w, "graded", p.of.graded);
    lf_json_put_int(w, "seen", p.now.seen);
    lf_json_put_int(w, "judged", p.now.judged);
    lf_json_put_int(w, "age_percent", p.now.age);
    lf_json_close(w);
    lf_json_put_time(w, "fades", p.of.since + lf_confidence_life(p.of.kind));
    return LF_OK;
}

static void put_seen(struct lf_json_w *w, const struct lf_sighting_row *s)
{
    lf_json_put_int(w, "count", s->count);
    if (s->count) {
        lf_json_put_time(w, "first_seen", s->first);
        lf_json_put_time(w, "last_seen", s->last);
        put_text(w, "last_value", s->value);
        put_text(w, "warning_list", s->list);
    }
}

/* How often it was seen in this node's own events (`count` 0 when never), in the archive when it
 * was new, and by members. */
static enum lf_code put_sightings(struct rq *r, struct lf_json_w *w, const struct lf_indicator_row *of)
{
    struct lf_sighting_row own, archive;
    const struct lf_sighting_member *m;
    struct lf_sighting_sum sum;
    size_t n;

    LF_TRY(lf_sighting_get(r->t, r->id, &own, r->e));
    LF_TRY(lf_sighting_archive(r->t, r->id, &archive, r->e));
    LF_TRY(lf_sighting_members(r->t, r->id, &n, &m, r->e));
    LF_TRY(lf_sighting_sum(r->t, r->id, &sum, r->e));
    lf_json_begin(w, "sightings", '{');
    put_seen(w, &own);
    if (archive.count) {
        lf_json_begin(w, "archive", '{');
        lf_json_put_cstr(w, "note", "found in the archive");
        put_seen(w, &archive);
        lf_json_close(w);
    }
    if (n) {
        lf_json_put_int(w, "members_count", sum.count);
        lf_json_begin(w, "members", '[');
        for (size_t i = 0; i < n; i++) {
            lf_json_open(w, '{');
            put_text(w, "where", m[i].node);
            put_text(w, "name", m[i].name);
            lf_json_put_int(w, "count", m[i].count);
            lf_json_put_time(w, "first_seen", m[i].first);
            lf_json_put_time(w, "last_seen", m[i].last);
            lf_json_close(w);
        }
        lf_json_close(w);
    }
    lf_json_close(w);
    return put_confidence(r, w, of);
}

enum lf_code indicator_filter(struct rq *r, struct lf_indicator_filter *out)
{
    static const char *const states[] = { "draft", "waiting", "provisional", "active", "revoked", "expired" };
    lf_view kind = lf_view_trim(query(r, "kind")), from = lf_view_trim(query(r, "from")),
            to = lf_view_trim(query(r, "to"));
    struct lf_indicator_filter f = { .kind = -1,
                                     .part = lf_view_trim(query(r, "q")),
                                     .state = lf_view_trim(query(r, "state")) };
    enum lf_observable_kind known;
    bool state = !f.state.len;

    f.asked = f.part.len || f.state.len || kind.len || from.len || to.len;
    if (kind.len) {
        if (!lf_observable_kind_parse(kind, &known))
            return lf_err_set(r->e, LF_BAD_INPUT, "no kind \"%.*s\"", LF_FMT(lf_view_first(kind, 40)));
        f.kind = (int)known;
    }
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        state |= lf_view_is(f.state, states[i]);
    if (!state)
        return lf_err_set(r->e, LF_BAD_INPUT, "no state \"%.*s\"", LF_FMT(lf_view_first(f.state, 40)));
    if (from.len)
        LF_TRY(lf_alert_when(r->t, from, false, &f.from, r->e));
    if (to.len)
        LF_TRY(lf_alert_when(r->t, to, true, &f.to, r->e));
    *out = f;
    return LF_OK;
}

enum lf_code api_indicators(struct rq *r)
{
    struct lf_indicator_filter filter;
    struct lf_indicator_page list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(indicator_filter(r, &filter));
    LF_TRY(lf_indicator_seek(r->t, &filter, &page, &list, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.n; i++)
        put_indicator(&o.w, &list.items[i], false);
    return end_list(r, &o, list.next);
}

enum lf_code api_indicator(struct rq *r)
{
    struct lf_indicator_row row;
    struct out o;
    lf_view warned;

    LF_TRY(lf_indicator_get(r->t, r->id, &row, r->e));
    LF_TRY(lf_warning_of(r->t, row.kind, row.value, &warned, r->e));
    begin(&o);
    put_indicator(&o.w, &row, true);
    put_text(&o.w, "kept_back_by", warned);
    PUT_TRY(&o.b, put_sightings(r, &o.w, &row));
    return end(r, &o, 200);
}

/* A STIX pattern: the one value it asks for, or else itself. */
static enum lf_code pattern_of(struct rq *r, lf_view text, struct lf_observable *out)
{
    struct lf_stix_pattern p;
    struct lf_err bad;

    if (lf_stix_pattern_parse(r->t->a, text, &p, &bad) != LF_OK)
        return lf_err_set(r->e, LF_BAD_INPUT, "pattern: %s", bad.text);
    if (lf_observable_of_pattern(r->t->a, &p, out))
        return out->kind == LF_OBS_DOMAIN ? lf_block_check(r->t, out->value, r->e) : LF_OK;
    out->kind = LF_OBS_PATTERN;
    if (lf_observable_text(r->t->a, out->kind, text, &out->value))
        return LF_OK;
    return lf_err_set(r->e, LF_UNACCEPTED, "a pattern has at most %d bytes, and sums of the right length",
                      LF_OBSERVABLE_PATTERN);
}

/* What the form or body asks for: a value, its kind said or guessed, or a STIX pattern. */
static enum lf_code asked(struct rq *r, struct lf_observable *out)
{
    lf_view value = lf_view_trim(field(r, "value")), kind = field(r, "kind"), pattern = field(r, "pattern");

    if (pattern.len && value.len)
        return lf_err_set(r->e, LF_BAD_INPUT, "send a value or a pattern, not both");
    if (pattern.len || (value.len && (value.ptr[0] == '[' || value.ptr[0] == '(')))
        return pattern_of(r, pattern.len ? pattern : value, out);
    LF_TRY(need(r, "value", &value));
    value = lf_view_trim(value);
    if (kind.len && lf_view_is(kind, lf_observable_kind_name(LF_OBS_PATTERN)))
        return pattern_of(r, value, out);
    if (kind.len && !lf_view_is(kind, "auto")) {
        if (!lf_observable_kind_parse(kind, &out->kind))
            return lf_err_set(
                r->e, LF_BAD_INPUT,
                "no kind \"%.*s\"; domain-name, ipv4-addr, ipv6-addr, ipv4-net, ipv6-net, url, "
                "email-addr, file-md5, file-sha1, file-sha256, file-sha512, ja3, ja4 and stix-pattern are",
                LF_FMT(lf_view_first(kind, 40)));
    } else if (!lf_observable_guess(value, &out->kind)) {
        out->kind = LF_OBS_DOMAIN; /* whose refusal says what is wrong with it */
    }
    if (out->kind == LF_OBS_DOMAIN)
        LF_TRY(lf_block_check(r->t, value, r->e));
    if (!lf_observable_text(r->t->a, out->kind, value, &out->value))
        return lf_err_set(r->e, LF_BAD_INPUT, "\"%.*s\" is no %s that can be looked for%s",
                          LF_FMT(lf_view_first(value, 200)), lf_observable_kind_name(out->kind),
                          out->kind == LF_OBS_NET4 || out->kind == LF_OBS_NET6
                              ? ": a network has at least 8 bits (IPv6: 16)"
                              : "");
    out->kind = lf_observable_narrow(out->kind, &out->value);
    return LF_OK;
}

enum lf_code indicator_release(struct rq *r, lf_view id)
{
    lf_view reason = lf_view_trim(field(r, "reason"));

    return reason.len ? lf_indicator_release_warned(r->t, id, reason, r->e)
                      : lf_indicator_release(r->t, id, r->e);
}

/* A person's own: one source, so a draft until somebody releases it. */
enum lf_code indicator_add(struct rq *r, bool release, struct added *out)
{
    struct lf_indicator_alert alert = { .evidence = 1,
                                        .level = LF_LEVEL_HIGH,
                                        .alert = LF_V(""),
                                        .incident = LF_V(""),
                                        .happened = lf_now(r->t->env) };
    bool shared = false;

    LF_TRY(asked(r, &out->what));
    alert.kind = out->what.kind;
    alert.value = out->what.value;
    LF_TRY(lf_indicator_from_alert(r->t, &alert, &out->id, &shared, r->e));
    return release ? indicator_release(r, out->id) : LF_OK;
}

enum lf_code api_indicator_add(struct rq *r)
{
    struct added made;
    struct out o;

    LF_TRY(indicator_add(r, lf_json_bool(r->json, "release", false), &made));
    begin(&o);
    lf_json_put_str(&o.w, "id", made.id);
    lf_json_put_cstr(&o.w, "kind", lf_observable_kind_name(made.what.kind));
    lf_json_put_str(&o.w, "value", made.what.value);
    put_blocks(&o.w, made.what.kind);
    return end(r, &o, 201);
}

enum lf_code api_indicator_release(struct rq *r)
{
    LF_TRY(indicator_release(r, r->id));
    return answer_empty(r, 204);
}

enum lf_code api_indicator_withdraw(struct rq *r)
{
    LF_TRY(lf_indicator_withdraw(r->t, r->id, r->e));
    return answer_empty(r, 204);
}
