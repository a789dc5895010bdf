/* Incidents and what is made of them at the doors of a node: each TLP, this node's own and a member's, for
 * every reader.  No word of one leaves that its marking keeps from the reader, one that is kept from him
 * answers as one that does not exist, and who may have it finds it.  docs/adr/0053 in plain sentences. */
#include "cert/analysis.h"
#include "cert/contact.h"
#include "cert/duty.h"
#include "cert/handover.h"
#include "cert/inbox.h"
#include "cert/incident.h"
#include "cert/incident_task.h"
#include "cert/inquiry.h"
#include "cert/manning.h"
#include "cert/meeting.h"
#include "cert/referral.h"
#include "cert/shift_log.h"
#include "cert/unit.h"
#include "fmt/json.h"
#include "isac/arrival.h"

#include "doors_world.h"

enum { TLPS = LF_TLP_RED + 1, OWNERS = 3, CASES = TLPS * OWNERS };
enum owner { OF_WRITER, OF_NODE, OF_MEMBER };

static struct one {
    enum lf_tlp tlp;
    enum owner owner;
    lf_view id, event, task, referral, mail, inquiry;
} cases[CASES];
static lf_view person;   /* of the contact network */
static lf_view analysis; /* a report of all incidents, which is out */

/* Beside the world's readers: two accounts that report, the first of which wrote OF_WRITER. */
enum asker { ANALYST, SEES, DOOR, SHARES, WRITER, COLLEAGUE, CHILD, NATION, ASKERS };
static const char *const asker_names[] = {
    "the analyst", "a viewer",         "the machine", "a program",
    "its author",  "another reporter", "the member",  "the node above"
};
static lf_view reporter_tokens[2], reporters[2];

static bool gets_it(const struct one *c, enum asker who)
{
    switch (who) {
    case ANALYST:
        return true;
    case SEES:
    case DOOR:
    case COLLEAGUE:
        return c->tlp != LF_TLP_RED;
    case WRITER:
        return c->tlp != LF_TLP_RED || c->owner == OF_WRITER;
    default:
        return false;
    }
}

static lf_view say(enum asker who, const char *method, lf_view path, const char *query, lf_view body,
                   int *status)
{
    static const enum reader as_reader[] = {
        HANDLER, VIEWER, MACHINE, PROGRAM, VIEWER, VIEWER, MEMBER, ABOVE
    };
    lf_view kept = tokens[VIEWER], out;

    if (who == WRITER || who == COLLEAGUE)
        tokens[VIEWER] = reporter_tokens[who - WRITER];
    out = ask(as_reader[who], method, path, query, "*/*", body, status);
    tokens[VIEWER] = kept;
    return out;
}

static void nothing_leaked(lf_view text, enum asker who, const char *door, bool *seen)
{
    for (size_t at = 0; at + 5 <= text.len; at++) {
        uint64_t number = 0;
        size_t end = at + 3;

        if (memcmp(text.ptr + at, "zqi", 3) != 0)
            continue;
        while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9')
            number = number * 10 + (uint64_t)(text.ptr[end++] - '0');
        /* What was asked for is shown again, without the dot. */
        if (end == at + 3 || number >= CASES || end == text.len || text.ptr[end] != '.')
            continue;
        CHECK(gets_it(&cases[number], who), "%s gives incident %d, %s, owner %d, to %s: %.*s", door,
              (int)number, lf_tlp_label(cases[number].tlp), cases[number].owner, asker_names[who],
              (int)(text.len - at > 120 ? 120 : text.len - at), text.ptr + at);
        if (seen)
            seen[number] = true;
    }
}

/* ---- the incidents ---- */

static void as_reporter(void)
{
    node_task(&d, LF_ROLE_REPORTER, reporters[0]);
}

/* The node's own are marked by an act, when all that is made of an incident has been made of them. */
static bool marked_late(size_t i)
{
    return cases[i].owner == OF_NODE && cases[i].tlp != LF_TLP_NONE;
}

static lf_view body_of(size_t i, bool marked)
{
    const char *tlp = marked && !marked_late(i) ? lf_tlp_name(cases[i].tlp) : "";

    return lf_arena_printf(
        &d.life,
        "{\"title\":\"zqi%zu.\",\"description\":\"zqi%zu. happened\",\"level\":2,"
        "\"observables\":[{\"type\":\"domain-name\",\"value\":\"zqi%zu.example.org\"}]%s%s%s}",
        i, i, i, *tlp ? ",\"tlp\":\"" : "", tlp, *tlp ? "\"" : "");
}

/* As a member's link hands it in: awareness with its TLP, then the report without a further word of it. */
static void from_member(size_t i)
{
    static const char *const kinds[] = { "aware", "reported" };
    struct lf_incident_peer peer = { .id = peers[0], .node = nodes[0], .tier = LF_V("provider") };
    uint8_t raw[LF_SIGN_SEED] = { 7 }, secret[LF_SIGN_SECRET];
    struct lf_err e = { 0 };
    bool fresh;

    lf_sign_keys(raw, peer.key, secret);
    cases[i].id = lf_arena_printf(&d.life, "incident--00000000-0000-4000-8000-%012zu", i);
    for (int k = 0; k < 2; k++) {
        struct lf_peer from = { .id = peers[0],
                                .node = nodes[0],
                                .name = nodes[0],
                                .tier = LF_V("provider"),
                                .kind = LF_PEER_CHILD };
        struct lf_incident_event ev = { .incident = cases[i].id,
                                        .node = nodes[0],
                                        .tier = LF_V("provider"),
                                        .org = LF_V("00000000-0000-4000-8000-0000000000aa"),
                                        .sequence = k + 1,
                                        .kind = lf_view_of(kinds[k]),
                                        .by = LF_V("reporter"),
                                        .account = LF_V("them"),
                                        .occurred = lf_now(&d.env) - LF_HOUR,
                                        .recorded = lf_now(&d.env) - LF_HOUR + k };

        ev.id = lf_arena_printf(&d.life, "incident-event--00000000-0000-4000-8000-%09zu%03d", i, k);
        as(MACHINE);
        CHECK_OK(lf_json_parse(&d.life, body_of(i, k == 0), NULL, &ev.body, &e), &e);
        CHECK_OK(lf_incident_event_sign(&d.life, &ev, peer.key, secret, &e), &e);
        as(MEMBER);
        CHECK_OK(lf_incident_event_receive(&d.t, &peer, ev.json, &fresh, &e), &e);
        CHECK_OK(lf_arrival_add(&d.t, &from, LF_V("incident-event"), ev.json, &e), &e);
        cases[i].event = ev.id;
    }
}

static void report(size_t i)
{
    struct lf_incident_full full;
    struct lf_err e = { 0 };
    lf_view id = LF_V("");

    if (cases[i].owner == OF_WRITER)
        as_reporter();
    else
        node_task(&d, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_incident_report(&d.t, body_of(i, true), &id, &e), &e);
    cases[i].id = lf_arena_copy(&d.life, id);
    as(HANDLER);
    CHECK_OK(lf_incident_get(&d.t, cases[i].id, &full, &e), &e);
    cases[i].event = lf_arena_copy(&d.life, full.events[0]->id);
}

static void work_at(size_t i)
{
    struct lf_incident_task task = { .incident = cases[i].id,
                                     .title = lf_arena_printf(&d.life, "ask about zqi%zu.", i),
                                     .detail = LF_V(""),
                                     .assignee = LF_V(""),
                                     .origin = LF_V("") };
    struct lf_referral to = { .incident = cases[i].id,
                              .kind = LF_REFERRAL_POLICE,
                              .recipient = LF_V("police"),
                              .way = LF_V(""),
                              .reference = LF_V(""),
                              .body = lf_arena_printf(&d.life, "of zqi%zu.", i),
                              .source = LF_V(""),
                              .mail = LF_V("") };
    struct lf_inquiry asks = { .incident = cases[i].id,
                               .tlp = cases[i].tlp,
                               .subject = lf_arena_printf(&d.life, "what of zqi%zu.", i),
                               .text = lf_arena_printf(&d.life, "zqi%zu. is what", i) };
    struct lf_err e = { 0 };
    lf_view id = LF_V("");

    as(HANDLER);
    CHECK_OK(lf_incident_task_add(&d.t, &task, &id, &e), &e);
    cases[i].task = lf_arena_copy(&d.life, id);
    as(HANDLER);
    CHECK_OK(lf_referral_add(&d.t, &to, &id, &e), &e);
    cases[i].referral = lf_arena_copy(&d.life, id);
    as(HANDLER);
    CHECK_OK(lf_inquiry_ask(&d.t, &asks, &id, &e), &e);
    cases[i].inquiry = lf_arena_copy(&d.life, id);
}

/* What names it beside: the log of a shift, a stay in the centre, a meeting, mail that answers a letter. */
static void name_it(size_t i)
{
    struct lf_shift_new log = { .id = LF_V(""), .incident = cases[i].id, .text = LF_V("seen") };
    struct lf_manning_new came = { .contact = person, .incident = cases[i].id, .note = LF_V("") };
    struct lf_meeting meets = { .incident = cases[i].id,
                                .title = LF_V("meets"),
                                .place = LF_V("here"),
                                .link = LF_V(""),
                                .zone = LF_V(""),
                                .convener = person,
                                .begins = lf_now(&d.env) + 9 * LF_DAY,
                                .ends = lf_now(&d.env) + 9 * LF_DAY + LF_HOUR };
    struct lf_mail_settings mail = { 0 };
    struct lf_err e = { 0 };
    lf_view id = LF_V("");
    bool fresh;

    node_task(&d, LF_ROLE_REVIEWER, LF_V("rev"));
    CHECK_OK(lf_shift_log_add(&d.t, LF_WHO_DESK, 1, &log, &id, &e), &e);
    CHECK_OK(lf_manning_arrive(&d.t, LF_WHO_DESK, 1, &came, &id, &e), &e);
    CHECK_OK(lf_manning_leave(&d.t, id, 0, &e), &e);
    CHECK_OK(lf_meeting_add(&d.t, &meets, person, LF_V("one"), &id, &e), &e);
    node_task(&d, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_inbox_follow(&d.t, lf_arena_printf(&d.life, "letter%zu", i), cases[i].id, &e), &e);
    CHECK_OK(
        lf_inbox_take(&d.t, &mail,
                      lf_arena_printf(&d.life,
                                      "From: a@example.org\r\nSubject: zqi%zu. answer\r\nMessage-ID: "
                                      "<answer%zu@example.org>\r\nIn-Reply-To: <letter%zu@example.org>\r\n"
                                      "\r\nof zqi%zu. it is\r\n",
                                      i, i, i, i),
                      &id, &fresh, &e),
        &e);
    cases[i].mail = lf_arena_copy(&d.life, id);
}

static void mark(size_t i)
{
    struct lf_incident_full full;
    struct lf_err e = { 0 };

    as(HANDLER);
    if (marked_late(i))
        CHECK_OK(lf_incident_event_add(
                     &d.t, cases[i].id, LF_V("marked"),
                     lf_arena_printf(&d.life, "{\"tlp\":\"%s\",\"reason\":\"r\"}", lf_tlp_name(cases[i].tlp)),
                     NULL, &e),
                 &e);
    CHECK_OK(lf_incident_get(&d.t, cases[i].id, &full, &e), &e);
    CHECK(full.row.tlp == cases[i].tlp, "incident %zu is marked %d and not %d", i, full.row.tlp,
          cases[i].tlp);
}

/* Who may have it may put its clocks right, whatever hangs on them. */
static void correct(size_t i)
{
    struct lf_err e = { 0 };
    char text[LF_TIME_TEXT];

    node_task(&d, LF_ROLE_ANALYST | LF_ROLE_REVIEWER, LF_V("other"));
    CHECK_OK(lf_db_save(d.db, &e), &e);
    CHECK_OK(lf_incident_event_add(&d.t, cases[i].id, LF_V("aware_corrected"),
                                   lf_arena_printf(&d.life, "{\"occurred_at\":\"%.*s\",\"reason\":\"r\"}",
                                                   LF_FMT(lf_time_micro(lf_now(&d.env) - 2 * LF_HOUR, text))),
                                   NULL, &e),
             &e);
    lf_db_undo(d.db);
}

static void fill(void)
{
    struct lf_unit unit = { .name = LF_V("unit") };
    struct lf_contact contact = { .name = LF_V("somebody") };
    struct lf_err e = { 0 };

    node_task(&d, LF_ROLE_ADMIN, LF_V("adm"));
    unit.tenant = d.self.org;
    CHECK_OK(lf_unit_put(&d.t, &unit, &contact.unit, &e), &e);
    CHECK_OK(lf_contact_put(&d.t, &contact, &person, &e), &e);
    person = lf_arena_copy(&d.life, person);

    for (int i = 0; i < 2; i++) {
        lf_view name = i ? LF_V("rep-two") : LF_V("rep-one"), id = LF_V(""), token = LF_V(""), tid;

        as(MACHINE);
        CHECK_OK(lf_account_create(&d.t, LF_V(""), name, name, LF_V("correct horse battery"),
                                   LF_ROLE_REPORTER, &id, &e),
                 &e);
        CHECK_OK(lf_token_create(&d.t, id, name, LF_ROLE_REPORTER, 0, &tid, &token, &e), &e);
        reporters[i] = lf_arena_copy(&d.life, id);
        reporter_tokens[i] = lf_arena_copy(&d.life, token);
    }
    for (size_t i = 0; i < CASES; i++) {
        cases[i] = (struct one){ .tlp = (enum lf_tlp)(i % TLPS), .owner = (enum owner)(i / TLPS) };
        if (cases[i].owner == OF_MEMBER)
            from_member(i);
        else
            report(i);
        work_at(i);
        name_it(i);
        mark(i);
        correct(i);
    }
}

/* A report of all, which every person of the organisation may read. */
static void analyse(void)
{
    const struct lf_incident_filter all = { 0 };
    struct lf_err e = { 0 };
    struct lf_analysis made;
    lf_view id;

    node_task(&d, LF_ROLE_ANALYST, LF_V("other"));
    CHECK_OK(lf_analysis_add(&d.t, LF_V("all"), LF_V(""), &all, &id, &e), &e);
    analysis = lf_arena_copy(&d.life, id);
    CHECK_OK(lf_analysis_get(&d.t, analysis, &made, &e), &e);
    made.form.findings = made.form.evaluation = LF_V("findings");
    CHECK_OK(lf_analysis_write(&d.t, analysis, 0, &made.form, &e), &e);
    CHECK_OK(lf_analysis_act(&d.t, analysis, 0, LF_WRITTEN_SUBMIT, LF_V(""), &e), &e);
    node_task(&d, LF_ROLE_REVIEWER, LF_V("another"));
    CHECK_OK(lf_analysis_act(&d.t, analysis, 0, LF_WRITTEN_PUBLISH, LF_V(""), &e), &e);
}

/* ---- the doors ---- */

/* What the second line looks through: its alerts are for all people. */
static void for_the_second_line(void)
{
    const struct lf_arrival *list;
    bool seen[CASES] = { false };
    struct lf_err e = { 0 };
    size_t n;

    node_task(&d, LF_ROLE_SYSTEM, LF_V("system"));
    CHECK_OK(lf_arrival_list(&d.t, 0, &n, &list, &e), &e);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < CASES; i++)
            if (lf_view_find(list[k].json, lf_arena_printf(&d.life, "\"zqi%zu.\"", i)) != SIZE_MAX)
                seen[i] = true;
    for (size_t i = 0; i < CASES; i++)
        CHECK(seen[i] == (cases[i].owner == OF_MEMBER && cases[i].tlp <= LF_TLP_AMBER),
              "the second line has incident %zu, %s, owner %d: %d", i, lf_tlp_label(cases[i].tlp),
              cases[i].owner, seen[i]);
}

static void lists(enum asker who)
{
    static const char *const queries[] = { "limit=200", "limit=200&q=zqi%zu", "limit=200&open=1",
                                           "limit=200&counted=1", "limit=200&which=running" };
    bool seen[CASES] = { false };
    char query[60];
    int status;

    for (size_t i = 0; i < nroutes; i++) {
        if (strcmp(routes[i].method, "GET") != 0 || strchr(routes[i].path, '{'))
            continue;
        nothing_leaked(say(who, "GET", lf_view_of(routes[i].path), "", LF_V(""), &status), who,
                       routes[i].path, NULL);
    }
    for (size_t q = 0; q < sizeof queries / sizeof *queries; q++)
        for (size_t i = 0; i < (q == 1 ? CASES : 1); i++) {
            snprintf(query, sizeof query, queries[q], i);
            nothing_leaked(say(who, "GET", LF_V("/api/v1/incidents"), query, LF_V(""), &status), who, query,
                           q ? NULL : seen);
            nothing_leaked(say(who, "GET", LF_V("/incidents"), query, LF_V(""), &status), who, query, NULL);
        }
    for (size_t i = 0; i < CASES; i++)
        CHECK(seen[i] == gets_it(&cases[i], who), "the list shows incident %zu, %s, owner %d, to %s: %d", i,
              lf_tlp_label(cases[i].tlp), cases[i].owner, asker_names[who], seen[i]);
    nothing_leaked(say(who, "GET", LF_V("/api/v1/rosters/desk/log"), "limit=200", LF_V(""), &status), who,
                   "the shift log", NULL);
    nothing_leaked(
        say(who, "GET", lf_arena_printf(&d.life, "/analyses/%.*s", LF_FMT(analysis)), "", LF_V(""), &status),
        who, "an analysis report", NULL);
    CHECK(who != ANALYST || status == 200, "the report is shown: %d", status);
    nothing_leaked(say(who, "GET", lf_arena_printf(&d.life, "/api/v1/analyses/%.*s", LF_FMT(analysis)), "",
                       LF_V(""), &status),
                   who, "an analysis report", NULL);
    for (const char *const *f = (const char *const[]){ "json", "csv", "xlsx", "stix", "iodef", NULL }; *f;
         f++) {
        snprintf(query, sizeof query, "format=%s", *f);
        nothing_leaked(say(who, "GET", LF_V("/api/v1/incident-export"), query, LF_V(""), &status), who, query,
                       NULL);
        CHECK(who != ANALYST || status == 200, "%s is written: %d", *f, status);
    }
}

static lf_view with_id(const char *pattern, lf_view id)
{
    const char *open = strchr(pattern, '{'), *close = strchr(pattern, '}');

    return lf_arena_printf(&d.life, "%.*s%.*s%s", (int)(open - pattern), pattern, LF_FMT(id), close + 1);
}

static void by_id(enum asker who, const struct one *c, lf_view id, const char *none)
{
    lf_view form = LF_V("{\"reason\":\"a reason\",\"note\":\"a note\",\"kind\":\"followed_up\",\"body\":{},"
                        "\"description\":\"d\",\"tlp\":\"clear\",\"title\":\"t\",\"recipient\":\"r\"}");

    for (size_t i = 0; i < nroutes; i++) {
        bool is_get = strcmp(routes[i].method, "GET") == 0;
        int status, status_none;
        struct lf_arena keep = { 0 };
        lf_view said;

        if (!strchr(routes[i].path, '{') || (gets_it(c, who) && !is_get))
            continue;
        said = lf_arena_copy(&keep, say(who, routes[i].method, with_id(routes[i].path, id), "",
                                        is_get ? LF_V("") : form, &status));
        nothing_leaked(said, who, routes[i].path, NULL);
        /* That there was an act, by its id, an administrator reads of the audit trail as well. */
        if (!gets_it(c, who) && !(who == DOOR && strstr(routes[i].path, "/history"))) {
            (void)say(who, routes[i].method, with_id(routes[i].path, lf_view_of(none)), "",
                      is_get ? LF_V("") : form, &status_none);
            CHECK(status == status_none, "%s %.*s of %s, owner %d, for %s: %d and not %d: %.*s",
                  routes[i].method, LF_FMT(with_id(routes[i].path, id)), lf_tlp_label(c->tlp), c->owner,
                  asker_names[who], status, status_none, LF_FMT(lf_view_first(said, 200)));
        }
        lf_arena_clear(&keep);
    }
}

static void an_incident_leaves_by_no_door_to_whom_its_marking_keeps_it_from(void)
{
    x = seed;
    open_doors();
    fill();
    analyse();
    for_the_second_line();
    for (int i = 0; i < ASKERS; i++) {
        enum asker who = (enum asker)i;

        lists(who);
        for (size_t k = 0; k < CASES; k++) {
            by_id(who, &cases[k], cases[k].id, "incident--00000000-0000-4000-8000-0000000fffff");
            by_id(who, &cases[k], cases[k].event, "incident-event--00000000-0000-4000-8000-0000000fffff");
            by_id(who, &cases[k], cases[k].task, "00000000-0000-4000-8000-0000000fffff");
            by_id(who, &cases[k], cases[k].referral, "00000000-0000-4000-8000-0000000fffff");
            by_id(who, &cases[k], cases[k].mail, "00000000-0000-4000-8000-0000000fffff");
            by_id(who, &cases[k], cases[k].inquiry, "00000000-0000-4000-8000-0000000fffff");
        }
    }
    close_doors();
}

int main(int argc, char **argv)
{
    if (argc > 1)
        seed = strtoull(argv[1], NULL, 10);
    printf("# seed %llu\n", (unsigned long long)seed);
    lf_crypto_init();
    RUN(an_incident_leaves_by_no_door_to_whom_its_marking_keeps_it_from);
    DONE();
}
