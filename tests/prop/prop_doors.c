/* The doors of a node, as they are: every route of the table, TAXII, MISP's API, the national exchange, every
 * format that is written, digests, files of transfer, what goes up and questions to the archive.  Whoever
 * asks, no word of an object leaves that its markings keep from it, and a hidden object answers as one that
 * does not exist.  What may leave is there.  The rules are rights_world.h's, in plain sentences. */
#include "fmt/json.h"
#include "isac/digest.h"
#include "isac/format.h"
#include "isac/indicator.h"
#include "isac/link.h"
#include "isac/national.h"
#include "isac/object_search.h"
#include "isac/question.h"
#include "isac/question_priv.h"
#include "isac/transfer.h"
#include "isac/watch.h"
#include "model/extension.h"
#include "shield/block.h"
#include "soc/alert_work.h"
#include "store/query_digest.h"

#include "doors_world.h"

enum { MOST = 400 };
static struct thing things[MOST];
static size_t nthings;

/* What an object says, in words that stand nowhere else. */
static const char *const said[] = { "zqn", "zqd", "zql", "zqv" };

static lf_view indicator_id(unsigned number)
{
    return lf_arena_printf(&d.life, "indicator--00000000-0000-4000-8000-%012u", number);
}

static lf_view indicator_text(const struct thing *o)
{
    struct lf_buf b;

    lf_buf_init(&b, 8192);
    lf_buf_printf(
        &b,
        "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"%.*s\",\"created_by_ref\":"
        "\"%.*s\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00.000Z\","
        "\"name\":\"zqn%u.\",\"description\":\"zqd%u.\",\"labels\":[\"free\",\"zql%u.\"],"
        "\"pattern\":\"[domain-name:value = 'zqv%u.example.org']\",\"pattern_type\":\"stix\","
        "\"valid_from\":\"2026-01-01T00:00:00Z\",\"indicator_types\":[\"malicious-activity\"]",
        LF_FMT(indicator_id(o->number)), LF_FMT(nodes[0]), o->number, o->number, o->number, o->number);
    return end_marked(&b, o, "pattern");
}

/* ---- what came out ---- */

static const struct thing *thing_of(uint64_t number)
{
    return number >= 1000 && number - 1000 < nthings ? &things[number - 1000] : NULL;
}

/* Every word in it must be for the reader.  `seen`, when given, notes whose names are there. */
static void nothing_leaked(lf_view text, enum reader r, const char *door, bool *seen)
{
    for (size_t at = 0; at + 7 <= text.len; at++) {
        const struct thing *o;
        size_t which = 0, end = at + 3;
        uint64_t number = 0;
        bool description, label, may;
        int want;

        if (text.ptr[at] != 'z' || text.ptr[at + 1] != 'q')
            continue;
        while (which < 4 && text.ptr[at + 2] != said[which][2])
            which++;
        while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9')
            number = number * 10 + (uint64_t)(text.ptr[end++] - '0');
        o = which < 4 ? thing_of(number) : NULL;
        if (!o)
            continue;
        expect(o, r, &want, &description, &label);
        may = want != NOTHING && (which != 1 || description) && (which != 2 || label);
        CHECK(may, "%s gives %s%u, %s, marked %d %d (%d %d %d), to %s; seed %llu: %.*s", door, said[which],
              o->number, whose_names[o->whose], o->whole[0], o->whole[1], o->description, o->label, o->name,
              reader_names[r], (unsigned long long)seed, (int)(text.len - at > 160 ? 160 : text.len - at),
              text.ptr + at);
        if (seen && which == 3)
            seen[number - 1000] = true;
    }
}

static void everything_is_there(const bool *seen, enum reader r, const char *door, bool programs)
{
    for (size_t i = 0; i < nthings; i++) {
        bool description, label;
        int want;

        if (!programs && things[i].whose == BY_PROGRAM)
            continue;
        expect(&things[i], r, &want, &description, &label);
        CHECK(seen[i] == (want != NOTHING), "%s: object %u, %s, marked %d %d (%d %d %d), for %s; seed %llu",
              door, things[i].number, whose_names[things[i].whose], things[i].whole[0], things[i].whole[1],
              things[i].description, things[i].label, things[i].name, reader_names[r],
              (unsigned long long)seed);
    }
}

/* ---- what lies in it ---- */

/* As each comes: a program's by TAXII, a node's by its link, the machine's own into a collection. */
static void put_thing(const struct thing *o)
{
    lf_view json = indicator_text(o), members;
    struct lf_err e = { 0 };
    struct lf_collection c;
    struct lf_stix s;
    struct lf_peer p;
    bool fresh;

    put(o->whose, json);
    if (o->whose == BY_PROGRAM) {
        as(PROGRAM);
        CHECK_OK(lf_stix_read(&d.arena, json, &s, &e), &e);
        /* It is looked for, as with a POST; the number is any that no other has. */
        CHECK_OK(lf_watch_post(&d.t, &s, (int64_t)o->number + 1000000, true, &e), &e);
        return;
    }
    as(MACHINE);
    CHECK_OK(lf_collection_find(&d.t, LF_V("members"), &c, &e), &e);
    members = lf_arena_copy(&d.life, c.id);
    CHECK_OK(lf_stix_read(&d.arena, json, &s, &e), &e);
    CHECK_OK(lf_object_add(&d.t, members,
                           o->whose == BY_MEMBER  ? peers[0]
                           : o->whose == BY_ABOVE ? peers[2]
                                                  : LF_V(""),
                           &s, json, &fresh, &e),
             &e);
    as(MACHINE);
    if (o->whose == BY_MACHINE) { /* handed in by the machine's operator */
        CHECK_OK(lf_stix_read(&d.arena, json, &s, &e), &e);
        CHECK_OK(lf_watch_post(&d.t, &s, (int64_t)o->number + 2000000, true, &e), &e);
        return;
    }
    CHECK_OK(lf_peer_get(&d.t, o->whose == BY_MEMBER ? peers[0] : peers[2], &p, &e), &e);
    CHECK_OK(lf_link_take(&d.t, &p, LF_V("indicator"), json, &e), &e);
}

/* A report of the five types about each, for the national exchange and MISP; unmarked, so all have it. */
static void put_report(const struct thing *o)
{
    put(BY_MACHINE,
        lf_arena_printf(
            &d.life,
            "{\"type\":\"report\",\"spec_version\":\"2.1\",\"id\":\"report--00000000-0000-4000-8000-"
            "%012u\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":\"2026-01-01T00:00:00."
            "000Z\",\"name\":\"about\",\"published\":\"2026-01-01T00:00:00Z\",\"object_refs\":["
            "\"%.*s\"],\"labels\":[\"lianfang:EWA\"],\"extensions\":{\"" LF_EXTENSION_ID
            "\":{\"extension_type\":\"property-extension\",\"intelligence_type\":\"EWA\"}}}",
            o->number, LF_FMT(indicator_id(o->number))));
}

/* ---- what is made of indicators: alerts, and the audit trail ---- */

static lf_view alert_of[MOST];  /* of each thing; empty: it is not looked for */
static lf_view joined_of[MOST]; /* the alert of another rule that it was merged into; mostly empty */

/* An alert as a hit makes it, with what people wrote of it, and the block.  What accounts handed in is looked
 * for only when it is for all people; what peers gave an analyst may have released. */
static void hit(const struct thing *o, size_t i)
{
    lf_view id = indicator_id(o->number), value = lf_arena_printf(&d.life, "zqv%u.example.org", o->number);
    struct lf_observable seen = { .kind = LF_OBS_DOMAIN, .value = value };
    struct lf_finding f = {
        .position = 100000 + o->number,
        .rule = id,
        .title = lf_arena_printf(&d.life, "indicator hit: %.*s", LF_FMT(value)),
        .level = LF_LEVEL_MEDIUM,
        .host = LF_V("www"),
        .sender = LF_V("resolver"),
        .happened = lf_now(&d.env) - LF_HOUR - (lf_time)o->number * LF_SECOND,
        .recorded = lf_now(&d.env),
        .event = lf_arena_printf(&d.life, "{\"query\":\"%.*s\"}", LF_FMT(value)),
        .nobservables = 1,
        .observables = { seen },
    };
    struct lf_watch_row watched;
    struct lf_alert alert;
    struct lf_err e = { 0 };
    bool fresh, newly, hidden;

    alert_of[i] = LF_V("");
    as(MACHINE);
    if ((o->whose == BY_PROGRAM || o->whose == BY_MACHINE) &&
        (lf_watch_get(&d.t, id, &watched, &e) != LF_OK || watched.state == LF_WATCH_OVER))
        return;
    CHECK_OK(lf_alert_raise(&d.t, &f, false, &alert, &fresh, &newly, &e), &e);
    alert_of[i] = lf_arena_copy(&d.life, alert.id);
    CHECK_OK(lf_block_add(&d.t, value, id, false, 0, NULL, &e), &e);
    as(HANDLER);
    if (o->number % 3 == 0)
        CHECK_OK(lf_alert_comment(&d.t, alert_of[i],
                                  lf_arena_printf(&d.arena, "asked about zqv%u.", o->number), &e),
                 &e);
    if (o->number % 5 == 0)
        CHECK_OK(lf_alert_close_as(&d.t, alert_of[i], LF_VERDICT_FALSE,
                                   lf_arena_printf(&d.arena, "zqv%u. is ours", o->number), &e),
                 &e);
    joined_of[i] = LF_V("");
    as(HANDLER);
    CHECK_OK(lf_indicator_hidden(&d.t, id, &hidden, &e), &e);
    if (o->number % 5 && o->number % 4 == 0 &&
        !hidden) { /* into one of another rule, of the hour before and low */
        as(MACHINE);
        f.position += 100000;
        f.rule = lf_arena_printf(&d.life, "rule-%u", o->number);
        f.title = LF_V("another");
        f.level = LF_LEVEL_LOW;
        f.happened -= f.happened % LF_HOUR + LF_HOUR;
        f.observables[0].value = LF_V("192.0.2.9");
        f.observables[0].kind = LF_OBS_IPV4;
        f.event = LF_V("{}");
        CHECK_OK(lf_alert_raise(&d.t, &f, false, &alert, &fresh, &newly, &e), &e);
        joined_of[i] = lf_arena_copy(&d.life, alert.id);
        as(HANDLER);
        d.t.hides = lf_indicator_hidden;
        CHECK_OK(lf_alert_merge(&d.t, alert_of[i], joined_of[i], &e), &e);
    }
    as(MACHINE);
    if (o->number % 7 == 0)
        CHECK_OK(lf_block_withdraw(&d.t, id, NULL, &e), &e);
}

static void fill(bool pairs)
{
    bool more = true;

    nthings = 0;
    if (pairs)
        for (int w = 0; w < WHOSES; w++)
            for (int m = 0; m < MARKS; m++)
                for (int part = 0; part < 4; part++) {
                    struct thing *o = &things[nthings];

                    *o = (struct thing){ .number = 1000 + (unsigned)nthings, .whose = (enum whose)w };
                    o->whole[0] = part ? NONE : (enum mark)m;
                    if (part == 1)
                        o->description = (enum mark)m;
                    else if (part == 2)
                        o->label = (enum mark)m;
                    else if (part == 3)
                        o->name = (enum mark)m;
                    nthings++;
                }
    else
        for (unsigned i = 0; i < 150; i++) {
            struct thing *o = &things[nthings];

            *o = (struct thing){ .number = 1000 + i, .whose = (enum whose)roll(WHOSES) };
            for (size_t k = 0; k < 2; k++)
                o->whole[k] = roll(2) ? (enum mark)roll(MARKS) : NONE;
            if (roll(2))
                o->description = (enum mark)roll(MARKS);
            if (roll(2))
                o->label = (enum mark)roll(MARKS);
            if (!roll(4))
                o->name = (enum mark)roll(MARKS);
            nthings++;
        }
    for (size_t i = 0; i < nthings; i++) {
        put_thing(&things[i]);
        put_report(&things[i]);
        hit(&things[i], i);
    }
    while (more) { /* what a question changes is undone: the index is made before */
        struct lf_err e = { 0 };

        as(MACHINE);
        CHECK_OK(lf_object_search_turn(&d.t, &more, &e), &e);
    }
}

/* ---- by HTTP: alerts and the audit trail ---- */

/* Everybody who sees alerts sees each, and what it names who may have that. */
static void by_alerts(enum reader r)
{
    static const char *const asked[] = { "q=zqv%u", "q=www+zqv%u.example.org",
                                         "rule=indicator--00000000-0000-4000-8000-%012u" };
    bool seen[MOST] = { false }, more = true;
    char next[40] = "", query[200];
    size_t rows = 0, raised = 0;
    int status;

    while (more) {
        const struct lf_json *tree = NULL;
        lf_view body;

        snprintf(query, sizeof query, "limit=40%s%s", *next ? "&after=" : "", next);
        body = get(r, LF_V("/api/v1/alerts"), query, "*/*", &status);
        nothing_leaked(body, r, "alerts", seen);
        if (status != 200) {
            CHECK(r > MACHINE, "%s sees no alerts: %d", reader_names[r], status);
            return;
        }
        CHECK_OK(lf_json_parse(&d.arena, body, NULL, &tree, NULL), &(struct lf_err){ 0 });
        rows += lf_json_items(lf_json_get(tree, LF_V("items")));
        more = lf_json_str(tree, "next").len > 0;
        snprintf(next, sizeof next, "%.*s", LF_FMT(lf_json_str(tree, "next")));
    }
    for (size_t i = 0; i < nthings; i++) {
        const struct thing *o = &things[i];
        bool description, label;
        struct lf_arena keep = { 0 };
        lf_view body;
        int want;

        if (!alert_of[i].len)
            continue;
        if (joined_of[i]
                .len) { /* of another rule: everybody's, so it says nothing of what was merged into it */
            raised++;
            body = get(r, lf_arena_printf(&d.life, "/api/v1/alerts/%.*s", LF_FMT(joined_of[i])), "", "*/*",
                       &status);
            CHECK(status == 200 && lf_view_find(body, LF_V("\"level\":\"low\"")) != SIZE_MAX,
                  "the level of %u is told to %s: %.*s", o->number, reader_names[r], LF_FMT(body));
            CHECK(lf_view_find(body, LF_V(":00:00.000000Z\",\"raised\":")) != SIZE_MAX &&
                      lf_view_find(body, LF_V("withheld")) == SIZE_MAX,
                  "the time of %u is told to %s: %.*s", o->number, reader_names[r], LF_FMT(body));
            nothing_leaked(body, r, "an alert that another was merged into", NULL);
        }
        raised++;
        expect(o, r, &want, &description, &label);
        CHECK(seen[i] == (want != NOTHING), "the alerts name %u, %s, marked %d %d (%d %d %d), to %s: %d",
              o->number, whose_names[o->whose], o->whole[0], o->whole[1], o->description, o->label, o->name,
              reader_names[r], seen[i]);
        if (want == NOTHING || i % 13 == 0) {
            body = get(r, lf_arena_printf(&d.life, "/api/v1/alerts/%.*s", LF_FMT(alert_of[i])), "", "*/*",
                       &status);
            CHECK(status == 200, "%s gets no alert %u: %d", reader_names[r], o->number, status);
            nothing_leaked(body, r, "an alert", NULL);
            CHECK((lf_view_find(body, LF_V("\"withheld\":true")) != SIZE_MAX) == (want == NOTHING),
                  "alert %u says wrongly to %s that it is withheld", o->number, reader_names[r]);
            nothing_leaked(
                get(r, lf_arena_printf(&d.life, "/alerts/%.*s", LF_FMT(alert_of[i])), "", "*/*", &status), r,
                "an alert's page", NULL);
            nothing_leaked(get(r, lf_arena_printf(&d.life, "/api/v1/alerts/%.*s/ticket", LF_FMT(alert_of[i])),
                               "", "*/*", &status),
                           r, "an alert's ticket", NULL);
            CHECK(want != NOTHING || status == 403, "a ticket of %u for %s: %d", o->number, reader_names[r],
                  status);
            nothing_leaked(get(r,
                               lf_arena_printf(&d.life, "/api/v1/alerts/%.*s/history", LF_FMT(alert_of[i])),
                               "", "*/*", &status),
                           r, "an alert's history", NULL);
        }
        for (size_t k = 0; k < 3 && want == NOTHING && i % 3 == k; k++) {
            snprintf(query, sizeof query, asked[k], o->number);
            body = lf_arena_copy(&keep, get(r, LF_V("/api/v1/alerts"), query, "*/*", &status));
            snprintf(query, sizeof query, asked[k], 9999u);
            CHECK(alike(body, get(r, LF_V("/api/v1/alerts"), query, "*/*", &status)),
                  "alerts?%s tells %s of %u", query, reader_names[r], o->number);
        }
        lf_arena_clear(&keep);
    }
    CHECK(rows == raised, "%s sees %zu alerts of %zu", reader_names[r], rows, raised);
}

/* The number of names says as much as the list. */
static void by_blocks(enum reader r)
{
    struct lf_page page = { .limit = 200 };
    int64_t names = 0, listed = 0;
    struct lf_block *items;
    struct lf_err e = { 0 };
    lf_view after;
    size_t n;

    if (r > MACHINE)
        return;
    do {
        as(r);
        d.t.hides = lf_indicator_hidden;
        CHECK_OK(lf_block_list(&d.t, true, &page, &items, &n, &after, &e), &e);
        page.after = lf_arena_copy(&d.life, lf_view_some(after));
        listed += (int64_t)n;
    } while (page.after.len);
    as(r);
    d.t.hides = lf_indicator_hidden;
    CHECK_OK(lf_block_count(&d.t, &names, &e), &e);
    CHECK(names == listed, "%s is told of %lld names and sees %lld", reader_names[r], (long long)names,
          (long long)listed);
}

/* The administrator (the machine's own door is one) reads of it what he may have. */
static void by_audit(enum reader r)
{
    char next[40] = "", query[80];
    bool more = true;
    int status;

    while (more) {
        const struct lf_json *tree = NULL;
        lf_view body;

        snprintf(query, sizeof query, "limit=200%s%s", *next ? "&after=" : "", next);
        nothing_leaked(get(r, LF_V("/audit"), query, "*/*", &status), r, "the audit trail's page", NULL);
        body = get(r, LF_V("/api/v1/audit"), query, "*/*", &status);
        nothing_leaked(body, r, "the audit trail", NULL);
        if (status != 200)
            return;
        CHECK_OK(lf_json_parse(&d.arena, body, NULL, &tree, NULL), &(struct lf_err){ 0 });
        more = lf_json_str(tree, "next").len > 0;
        snprintf(next, sizeof next, "%.*s", LF_FMT(lf_json_str(tree, "next")));
    }
}

/* ---- by HTTP ---- */

static void by_every_list(enum reader r)
{
    for (size_t i = 0; i < nroutes; i++) {
        int status;

        if (strcmp(routes[i].method, "GET") != 0 || strchr(routes[i].path, '{'))
            continue;
        nothing_leaked(get(r, lf_view_of(routes[i].path), "", "*/*", &status), r, routes[i].path, NULL);
    }
}

/* By a value, a name and a word: it is found, or the answer is that of a word nobody wrote. */
static void find(const struct thing *o, enum reader r, const char *page)
{
    static const char *const asked[] = { "value=zqv%u.example.org", "name=zqn%u", "q=zqd%u", "q=zql%u" };
    bool description, label, sees = r < MEMBER && (roles[r] & SEE) != 0;
    int want;

    expect(o, r, &want, &description, &label);
    for (size_t i = 0; i < 4; i++) {
        bool has = want != NOTHING && (i != 2 || description) && (i != 3 || label);
        struct lf_arena keep = { 0 };
        char query[100];
        lf_view body;
        int status;

        snprintf(query, sizeof query, asked[i], o->number);
        body = lf_arena_copy(&keep, get(r, lf_view_of(page), query, "*/*", &status));
        if (has && sees)
            CHECK(lf_view_find(body, LF_V("indicator--")) != SIZE_MAX, "%s?%s finds nothing for %s", page,
                  query, reader_names[r]);
        if (!has) {
            snprintf(query, sizeof query, asked[i], 9999u);
            CHECK(alike(body, get(r, lf_view_of(page), query, "*/*", &status)),
                  "%s tells %s that %u is there, %s, marked %d %d (%d %d %d): %.*s", page, reader_names[r],
                  o->number, whose_names[o->whose], o->whole[0], o->whole[1], o->description, o->label,
                  o->name, LF_FMT(lf_view_first(body, 300)));
        }
        lf_arena_clear(&keep);
    }
}

static void by_search(enum reader r)
{
    static const char *const pages[] = { "/api/v1/objects", "/objects" };
    char query[300], next[64] = "";
    int status;

    for (size_t p = 0; p < 2; p++) {
        bool seen[MOST] = { false };

        for (bool more = true; more;) {
            const struct lf_json *tree;
            lf_view body;

            snprintf(query, sizeof query, "type=indicator&limit=50%s%s", *next ? "&after=" : "", next);
            body = get(r, lf_view_of(pages[p]), query, "*/*", &status);
            nothing_leaked(body, r, pages[p], seen);
            more = !p && status == 200 && lf_json_parse(&d.arena, body, NULL, &tree, NULL) == LF_OK &&
                   lf_json_str(tree, "next").len;
            *next = '\0';
            if (more)
                snprintf(next, sizeof next, "%.*s", LF_FMT(lf_json_str(tree, "next")));
        }
        for (size_t i = roll(9); i < nthings; i += 9)
            find(&things[i], r, pages[p]);
    }
}

static void by_taxii(enum reader r)
{
    lf_view base = lf_arena_printf(&d.life, "/taxii2/root/collections/%.*s/", LF_FMT(collection));
    bool seen[MOST] = { false };
    char next[200] = "", query[300];
    int status;

    nothing_leaked(get(r, LF_V("/taxii2/root/collections/"), "", TAXII, &status), r, "collections", NULL);
    for (bool more = true; more;) {
        const struct lf_json *tree = NULL;
        lf_view body;

        snprintf(query, sizeof query, "limit=%u%s%s", 20 + roll(40), *next ? "&next=" : "", next);
        body = get(r, lf_arena_printf(&d.life, "%.*sobjects/", LF_FMT(base)), query, TAXII, &status);
        CHECK(status == 200, "%s reads by TAXII: %d %.*s", reader_names[r], status, LF_FMT(body));
        nothing_leaked(body, r, "TAXII objects", seen);
        more = lf_json_parse(&d.arena, body, NULL, &tree, NULL) == LF_OK && lf_json_bool(tree, "more", false);
        snprintf(next, sizeof next, "%.*s", LF_FMT(lf_json_str(tree, "next")));
    }
    everything_is_there(seen, r, "TAXII objects", true);
    nothing_leaked(get(r, lf_arena_printf(&d.life, "%.*smanifest/", LF_FMT(base)), "", TAXII, &status), r,
                   "TAXII manifest", NULL);
}

/* What says CLEAR, of itself and of each part that is marked for some. */
static bool clear(const enum mark *marks, size_t n, bool part)
{
    bool open = part;

    for (size_t i = 0; i < n; i++) {
        if (marks[i] != NONE && marks[i] != STATEMENT && marks[i] != WHITE && marks[i] != CLEAR)
            return false;
        open |= marks[i] == WHITE || marks[i] == CLEAR;
    }
    return open;
}

/* Without an account, at the root of what is public: what the author says the world may have, and no name of
 * who reported where a part is kept back. */
static void by_nobody(void)
{
    static const char *const shut[] = { "/taxii2/root/", "/taxii2/members/", "/taxii2/peers/",
                                        "/taxii2/public/status/00000000-0000-4000-8000-000000000001/" };
    lf_view base = lf_arena_printf(&d.life, "/taxii2/public/collections/%.*s/", LF_FMT(collection)), body;
    bool seen[MOST] = { false };
    char next[200] = "", query[300];
    int status;

    for (size_t i = 0; i < sizeof shut / sizeof *shut; i++) {
        (void)get(STRANGER, lf_view_of(shut[i]), "", TAXII, &status);
        CHECK(status == 401, "a stranger has %d at %s", status, shut[i]);
    }
    for (bool more = true; more;) {
        const struct lf_json *tree = NULL;

        snprintf(query, sizeof query, "limit=%u%s%s", 20 + roll(40), *next ? "&next=" : "", next);
        body = get(STRANGER, lf_arena_printf(&d.life, "%.*sobjects/", LF_FMT(base)), query, TAXII, &status);
        CHECK(status == 200, "a stranger reads what is public: %d %.*s", status, LF_FMT(body));
        for (size_t i = 0; i < nthings; i++) {
            const struct thing *o = &things[i];
            bool whole = clear(o->whole, 2, false), named = clear(&o->name, 1, true);
            lf_view words[4];

            for (size_t k = 0; k < 4; k++)
                words[k] = lf_arena_printf(&d.arena, "%s%u.", said[k], o->number);
            seen[i] = seen[i] || lf_view_find(body, words[3]) != SIZE_MAX;
            for (size_t k = 0; k < 4; k++) {
                bool may = whole && named && (k != 1 || clear(&o->description, 1, true)) &&
                           (k != 2 || clear(&o->label, 1, true));

                CHECK(may || lf_view_find(body, words[k]) == SIZE_MAX,
                      "a stranger has %s%u, %s, marked %d %d (%d %d %d); seed %llu", said[k], o->number,
                      whose_names[o->whose], o->whole[0], o->whole[1], o->description, o->label, o->name,
                      (unsigned long long)seed);
            }
        }
        more = lf_json_parse(&d.arena, body, NULL, &tree, NULL) == LF_OK && lf_json_bool(tree, "more", false);
        snprintf(next, sizeof next, "%.*s", LF_FMT(lf_json_str(tree, "next")));
    }
    for (size_t i = 0; i < nthings; i++)
        CHECK(seen[i] == (clear(things[i].whole, 2, false) && clear(&things[i].name, 1, true)),
              "a stranger and object %u, %s, marked %d %d (%d %d %d): %d; seed %llu", things[i].number,
              whose_names[things[i].whose], things[i].whole[0], things[i].whole[1], things[i].description,
              things[i].label, things[i].name, seen[i], (unsigned long long)seed);
}

static void by_misp(enum reader r)
{
    static const char *const paths[] = { "/misp/all/events/index", "/misp/all/events/restSearch",
                                         "/misp/all/attributes/restSearch", "/misp/all/sightings/restSearch",
                                         "/misp/events/restSearch" };
    int status;

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        nothing_leaked(ask(r, "POST", lf_view_of(paths[i]), "", "application/json",
                           LF_V("{\"returnFormat\":\"json\",\"limit\":5000}"), &status),
                       r, paths[i], NULL);
    for (size_t i = 0; i < nthings; i += 11) {
        lf_view body = get(
            r,
            lf_arena_printf(&d.life, "/misp/all/events/view/00000000-0000-4000-8000-%012u", things[i].number),
            "", "application/json", &status);

        nothing_leaked(body, r, "MISP events/view", NULL);
    }
}

static void by_every_format(enum reader r)
{
    const struct lf_format *f;
    char query[100];
    int status;

    for (size_t i = 0; (f = lf_format_at(i)); i++) {
        bool seen[MOST] = { false };

        if (!f->write)
            continue;
        snprintf(query, sizeof query, "format=%s&collection=all", f->name);
        nothing_leaked(get(r, LF_V("/api/v1/exchange/export"), query, "*/*", &status), r, query, seen);
        if ((r == HANDLER || r == MACHINE) &&
            strcmp(f->name, "national") != 0) /* that one holds one report */
            CHECK(status == 200, "%s is written: %d", f->name, status);
        if (status == 200 && (!strcmp(f->name, "stix") || !strcmp(f->name, "csv")))
            everything_is_there(seen, r, query, true);
    }
}

/* ---- a hidden object answers as none ---- */

static lf_view with_id(const char *pattern, lf_view id)
{
    const char *open = strchr(pattern, '{'), *close = strchr(pattern, '}');

    return lf_arena_printf(&d.life, "%.*s%.*s%s", (int)(open - pattern), pattern, LF_FMT(id), close + 1);
}

static void compare(enum reader r, const char *method, lf_view path, lf_view none, const char *accept,
                    lf_view body, const struct thing *o)
{
    int status, status_none;
    struct lf_arena keep = { 0 };
    lf_view said_of = lf_arena_copy(&keep, ask(r, method, path, "", accept, body, &status));
    lf_view said_none = ask(r, method, none, "", accept, body, &status_none);

    CHECK(status == status_none && alike(said_of, said_none),
          "%s %.*s, %s, marked %d %d (%d %d %d), for %s: %d %.*s and not %d %.*s", method, LF_FMT(path),
          whose_names[o->whose], o->whole[0], o->whole[1], o->description, o->label, o->name, reader_names[r],
          status, LF_FMT(lf_view_first(said_of, 300)), status_none, LF_FMT(lf_view_first(said_none, 300)));
    lf_arena_clear(&keep);
}

static void hidden_answers_as_none(enum reader r)
{
    static const char *const taxii[] = { "objects/{id}/", "objects/{id}/versions/" };
    lf_view form =
        LF_V("{\"reason\":\"a reason\",\"note\":\"a note\",\"state\":\"draft\",\"verdict\":\"benign\"}");
    const lf_view none = indicator_id(999999999);

    for (size_t tries = 0; tries < 25; tries++) {
        const struct thing *o = &things[roll((unsigned)nthings)];
        lf_view id = indicator_id(o->number);
        bool description, label;
        int want;

        expect(o, r, &want, &description, &label);
        for (size_t i = 0; i < nroutes; i++) {
            bool is_get = strcmp(routes[i].method, "GET") == 0;
            int status;

            if (!strchr(routes[i].path, '{'))
                continue;
            /* What is looked for has a row of its own, and goes by the id that it came with, as its hits do.
             */
            if (want == ALL || (want == WITHOUT_NAME &&
                                (strstr(routes[i].path, "/indicators/") ||
                                 strstr(routes[i].path, "/tunings/") || strstr(routes[i].path, "/rules/")))) {
                if (is_get)
                    nothing_leaked(get(r, with_id(routes[i].path, id), "", "*/*", &status), r, routes[i].path,
                                   NULL);
                continue;
            }
            compare(r, routes[i].method, with_id(routes[i].path, id), with_id(routes[i].path, none), "*/*",
                    is_get ? LF_V("") : form, o);
        }
        for (size_t i = 0; i < 2 && want != ALL; i++) {
            lf_view base =
                lf_arena_printf(&d.life, "/taxii2/root/collections/%.*s/%s", LF_FMT(collection), taxii[i]);
            const char *path = lf_arena_cstr(&d.life, base);

            compare(r, "GET", with_id(path, id), with_id(path, none), TAXII, LF_V(""), o);
        }
    }
}

/* ---- the other doors ---- */

static void by_national(enum reader r)
{
    struct lf_err e = { 0 };
    struct lf_collection c;
    lf_time last, after = -1;
    bool more = true;
    struct lf_buf b;
    size_t n, all = 0;

    as(r);
    CHECK_OK(lf_collection_find(&d.t, LF_V("all"), &c, &e), &e);
    lf_buf_init(&b, 64 << 20);
    while (more) {
        lf_buf_reset(&b);
        CHECK_OK(lf_national_page(&d.t, &c, after, LF_TIME_MAX, &b, &n, &last, &more, &e), &e);
        nothing_leaked(lf_buf_view(&b), r, "the national exchange", NULL);
        after = last;
        all += n;
    }
    CHECK(all == nthings, "%s is given %zu reports of %zu by the national exchange", reader_names[r], all,
          nthings);
    lf_buf_clear(&b);
}

struct mail {
    lf_view text;
    size_t n;
};

/* The body is Base64, each line by itself. */
static enum lf_code take_mail(void *ctx, const struct lf_row *row, struct lf_err *e)
{
    struct mail *m = ctx;
    lf_view all = lf_row_text(row, 3), rest, line;
    size_t head = lf_view_find(all, LF_V("\r\n\r\n"));
    struct lf_buf b;

    lf_buf_init(&b, 8 << 20);
    lf_buf_put(&b, lf_view_first(all, head));
    rest = lf_view_from(all, head + 4);
    while (rest.len && lf_view_split(&rest, '\n', &line)) {
        lf_view text = LF_V("");

        CHECK_OK(lf_unbase64(&d.arena, lf_view_trim(line), &text, e), e);
        lf_buf_put(&b, text);
    }
    m->text = lf_arena_copy(&d.arena, lf_buf_view(&b));
    m->n++;
    CHECK(lf_view_find(m->text, LF_V("zqn")) != SIZE_MAX, "a digest tells of nothing");
    lf_buf_clear(&b);
    return LF_OK;
}

static void by_digest(enum reader r)
{
    const struct lf_mail_settings mail = { .server = LF_V("smtps://mail.example:465"),
                                           .from = LF_V("node@example.org") };
    struct lf_digest in = { .account = LF_V(""),
                            .address = LF_V("somebody@example.org"),
                            .english = true,
                            .collection = LF_V("all"),
                            .tlp = LF_TLP_RED };
    struct mail got = { .text = LF_V("") };
    struct lf_err e = { 0 };
    lf_view id = LF_V("");
    lf_time next;

    as(r);
    in.account = d.t.scope.account;
    as(MACHINE);
    CHECK_OK(lf_db_save(d.db, &e), &e);
    CHECK_OK(lf_digest_add(&d.t, &in, &id, &e), &e);
    CHECK_OK(lf_db_exec(d.db, &d.t.scope, &lf_q_digest_made,
                        LF_ARGS(LF_INT(1), LF_INT(0), LF_INT(-1), LF_TEXT(LF_V("")), LF_TEXT(id)), &e),
             &e); /* it is due, and everything is new */
    CHECK_OK(lf_digest_turn(&d.t, &mail, &next, &e), &e);
    CHECK_OK(lf_db_run(d.db, &d.t.scope, &lf_q_mail_due,
                       LF_ARGS(LF_INT(LF_TIME_MAX), LF_INT(1), LF_INT(1), LF_INT(10)), take_mail, &got, NULL,
                       &e),
             &e);
    CHECK(got.n == 1, "%s gets a mail: %zu", reader_names[r], got.n);
    nothing_leaked(got.text, r, "a digest", NULL);
    lf_db_undo(d.db);
}

static void by_file(enum reader r)
{
    struct lf_transfer_made made = { .text = LF_V("") };
    bool seen[MOST] = { false };
    struct lf_err e = { 0 };

    as(MACHINE);
    CHECK_OK(lf_db_save(d.db, &e), &e);
    for (size_t i = 0; i < nthings && r == ABOVE; i++) /* what goes up by itself is ours */
        if (things[i].whose == BY_MACHINE) {
            as(MACHINE);
            CHECK_OK(lf_link_send(&d.t, indicator_id(things[i].number), 1, indicator_text(&things[i]), &e),
                     &e);
        }
    as(MACHINE);
    CHECK_OK(lf_transfer_export(&d.t, peers[r - MEMBER], -1, &made, &e), &e);
    nothing_leaked(made.text, r, "a file of transfer", seen);
    for (size_t i = 0; i < nthings && r == ABOVE; i++) {
        bool description, label;
        int want;

        expect(&things[i], r, &want, &description, &label);
        CHECK(seen[i] == (things[i].whose == BY_MACHINE && want == ALL), "up: object %u, %s, marked %d %d",
              things[i].number, whose_names[things[i].whose], things[i].whole[0], things[i].whole[1]);
    }
    if (r != ABOVE)
        everything_is_there(seen, r, "a file of transfer", false);
    lf_db_undo(d.db);
}

static bool open_mark(enum mark m)
{
    return m != STRICT && m != RED1 && m != RED && m != UNKNOWN && m != WATER && m != TOP;
}

/* The node above asks the archive here for every value: of what it may not have nothing is told, and of what
 * everybody may have everything. */
static void by_question(void)
{
    struct lf_question_row q = { .origin = peers[ABOVE - MEMBER] };
    struct lf_question what = { .kind = LF_QUESTION_INDICATORS, .nvalues = nthings };
    struct lf_err e = { 0 };
    lf_view *values = LF_NEW(&d.life, lf_view, nthings);
    const lf_view *hidden;
    size_t n;
    bool many;

    as(MACHINE);
    what.values = values;
    for (size_t i = 0; i < nthings; i++)
        values[i] = lf_arena_printf(&d.arena, "zqv%u.example.org", things[i].number);
    CHECK_OK(lf_question_hidden(&d.t, &q, &what, &hidden, &n, &many, &e), &e);
    CHECK(!many, "it is not run");
    for (size_t i = 0; i < nthings; i++) {
        const struct thing *o = &things[i];
        bool is = false, description, label, open;
        int want;

        for (size_t k = 0; k < n; k++)
            is = is || lf_view_eq(hidden[k], what.values[i]);
        expect(o, ABOVE, &want, &description, &label);
        open = open_mark(o->whole[0]) && open_mark(o->whole[1]) && open_mark(o->description) &&
               open_mark(o->label) && open_mark(o->name);
        if (want == NOTHING && !open)
            CHECK(is, "a question tells of %u, %s, marked %d %d (%d %d %d)", o->number, whose_names[o->whose],
                  o->whole[0], o->whole[1], o->description, o->label, o->name);
        if (open || o->whose == BY_ABOVE)
            CHECK(!is, "a question tells nothing of %u, %s, marked %d %d (%d %d %d)", o->number,
                  whose_names[o->whose], o->whole[0], o->whole[1], o->description, o->label, o->name);
    }
}

static void every_door(bool pairs)
{
    x = seed;
    open_doors();
    fill(pairs);
    for (int i = 0; i < READERS; i++) {
        enum reader r = (enum reader)i;

        by_every_list(r);
        by_alerts(r);
        by_audit(r);
        by_blocks(r);
        by_search(r);
        if (r != ABOVE) /* this node knocks there, not the other way */
            by_taxii(r);
        by_misp(r);
        by_every_format(r);
        hidden_answers_as_none(r);
        by_national(r);
        if (r < MEMBER && r != MACHINE)
            by_digest(r);
        if (r >= MEMBER)
            by_file(r);
    }
    by_nobody();
    by_question();
    close_doors();
}

static void every_marking_and_every_part_by_every_door(void)
{
    every_door(true);
}

static void markings_in_any_number_by_every_door(void)
{
    every_door(false);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        seed = strtoull(argv[1], NULL, 10);
    printf("# seed %llu\n", (unsigned long long)seed);
    lf_crypto_init();
    RUN(every_marking_and_every_part_by_every_door);
    RUN(markings_in_any_number_by_every_door);
    DONE();
}
