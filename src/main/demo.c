/* lianfang demo: one nation, two sectors, four providers, one real attack.
 *
 * The attack is an HTTP request that makes the weak web site at provider one run
 * a command which asks for a fresh name.  Nothing is announced to the nodes: they
 * see the web server's access log and the resolver's query log, like any log.
 * What is printed was observed: times of alert, report and block come from the
 * nodes' own records, the block itself from a process that asks all resolvers. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "fmt/json.h"
#include "main/commands.h"
#include "main/demo_world.h"
#include "sys/env.h"

enum { WAIT_MS = 20000, WATCH_MS = 1500 };

struct story {
    struct lf_demo d;
    struct lf_env env;
    bool json;
    char bad[64], forged[64];
    lf_time began, attack, alert, report, nation, intel, intel_at[LF_DEMO_MEMBERS];
    struct lf_demo_proof proof, forged_proof;
    bool forged_alert;
};

static const char benign[] = "www.benign.test";

/* Ctrl-C: what was started is ended, the directory removed. */
static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted = 1;
}

static lf_time now(const struct story *s)
{
    return lf_now(&s->env);
}

LF_PRINTF(2, 3) static void say(const struct story *s, const char *fmt, ...)
{
    va_list ap;

    if (s->json)
        return;
    va_start(ap, fmt);
    printf("%7.3f s  ", (double)(now(s) - s->began) / (double)LF_SECOND);
    vprintf(fmt, ap);
    putchar('\n');
    va_end(ap);
    fflush(stdout);
}

static double ms(lf_time from, lf_time to)
{
    return (double)(to - from) / 1000.0;
}

static enum lf_code call(struct lf_demo_node *n, const char *method, const char *path, lf_view body,
                         const struct lf_json **out, struct lf_err *e)
{
    enum lf_code rc = lf_client_call(&n->client, method, path, body, out, e);

    return rc == LF_OK ? rc : lf_err_at(e, "%s: %s %s", n->id, method, path);
}

/* Looks at a node until `seen` finds what it waits for in the answer. */
typedef bool (*seen_fn)(struct story *s, const struct lf_json *answer, void *arg);

static enum lf_code until(struct story *s, struct lf_demo_node *n, const char *path, seen_fn seen, void *arg,
                          const char *what, struct lf_err *e)
{
    lf_time end = now(s) + WAIT_MS * LF_MSEC;

    while (now(s) < end) {
        const struct lf_json *v = NULL;

        if (interrupted)
            return lf_err_set(e, LF_AWAY, "interrupted; everything it had started was ended");
        lf_arena_reset(&n->client.a);
        LF_TRY(call(n, "GET", path, (lf_view){ 0 }, &v, e));
        if (seen(s, v, arg))
            return LF_OK;
        poll(NULL, 0, 5);
    }
    return lf_err_set(e, LF_AWAY, "%s: %s did not come within %d s", n->id, what, WAIT_MS / 1000);
}

static const struct lf_json *items(const struct lf_json *v)
{
    return lf_json_get(v, LF_V("items"));
}

static lf_time time_of(const struct lf_json *v, const char *key)
{
    lf_time t = 0;

    return lf_time_parse(lf_json_str(v, key), &t, NULL) == LF_OK ? t : 0;
}

/* ---- setting the stage ------------------------------------------------------------ */

static bool linked(struct story *s, const struct lf_json *v, void *arg)
{
    (void)s;
    (void)arg;
    return lf_view_is(lf_json_str(v, "state"), "active");
}

static enum lf_code enrol(struct story *s, struct lf_err *e)
{
    for (int i = 1; i < LF_DEMO_NODES; i++) {
        struct lf_demo_node *child = &s->d.nodes[i], *parent = &s->d.nodes[child->parent];
        const struct lf_json *v = NULL;
        lf_view body;

        LF_TRY(call(parent, "POST", "/api/v1/peers/invitations", LF_V("{}"), &v, e));
        body = lf_arena_printf(&s->d.a, "{\"token\":\"%.*s\"}", LF_FMT(lf_json_str(v, "token")));
        LF_TRY(call(child, "POST", "/api/v1/parent", body, NULL, e));
    }
    for (int i = 1; i < LF_DEMO_NODES; i++)
        LF_TRY(until(s, &s->d.nodes[i], "/api/v1/parent", linked, NULL, "the link to its parent", e));
    return LF_OK;
}

static enum lf_code sign_policies(struct story *s, struct lf_err *e)
{
    for (int i = 0; i < LF_DEMO_NODES; i++)
        LF_TRY(call(
            &s->d.nodes[i], "POST", "/api/v1/policies",
            LF_V(
                "{\"kinds\":[\"domain-name\"],\"min_evidence\":2,\"max_life_hours\":72,"
                "\"allow\":[\"benign.test\"],\"min_level\":\"high\",\"auto_report\":true,\"tlp\":\"amber\"}"),
            NULL, e));
    return LF_OK;
}

/* ---- what each node saw ------------------------------------------------------------- */

static bool alert_of(struct story *s, const struct lf_json *v, void *arg)
{
    const char *name = arg;

    for (size_t i = 0; i < lf_json_items(items(v)); i++) {
        const struct lf_json *a = lf_json_item(items(v), i);

        if (lf_view_is(lf_json_str(a, "observable"), name) ||
            lf_view_is(lf_json_str(lf_json_get(a, LF_V("observable")), "value"), name)) {
            s->alert = time_of(a, "raised");
            return true;
        }
    }
    return false;
}

static bool reported(struct story *s, const struct lf_json *v, void *arg)
{
    lf_time *at = arg;

    for (size_t i = 0; i < lf_json_items(items(v)); i++) {
        const struct lf_json *x = lf_json_item(items(v), i);

        if (lf_json_str(x, "reported_at").len && lf_json_str(x, "received_at").len) {
            *at = time_of(x, "received_at");
            (void)s;
            return true;
        }
    }
    return false;
}

struct want_block {
    const char *name;
    lf_time *at;
};

static bool blocked(struct story *s, const struct lf_json *v, void *arg)
{
    const struct want_block *w = arg;

    (void)s;
    for (size_t i = 0; i < lf_json_items(items(v)); i++) {
        const struct lf_json *b = lf_json_item(items(v), i);

        if (lf_view_is(lf_json_str(b, "value"), w->name)) {
            *w->at = time_of(b, "created");
            return true;
        }
    }
    return false;
}

static enum lf_code attack(struct story *s, struct lf_err *e)
{
    struct lf_demo_probe probe;
    int status = 0;
    /* The attacker adds a command to the name the form asks for.  On one machine
     * resolvers live on ports of their own, so the command names the port. */
    lf_view path = lf_arena_printf(&s->d.a, "/lookup?host=%s%%3Bdig+%%40127.0.0.1+-p+%u+%s", benign,
                                   s->d.resolvers[0].port, s->bad);

    LF_TRY(lf_demo_probe_start(&s->d, &probe, s->bad, benign, WAIT_MS, false, e));
    LF_TRY(lf_demo_probe_ready(&probe, e));
    say(s, "the prober asked all resolvers for %s and %s", s->bad, benign);
    s->attack = now(s);
    LF_TRY(lf_demo_get(&s->d, path, &status, e));
    say(s, "ATTACK: one HTTP request made the web site at %s run a command (%d)", s->d.nodes[3].name, status);

    LF_TRY(lf_demo_probe_result(&probe, &s->proof, e));
    LF_TRY(until(s, &s->d.nodes[3], "/api/v1/alerts", alert_of, s->bad, "the alert", e));
    LF_TRY(
        until(s, &s->d.nodes[1], "/api/v1/incidents", reported, &s->report, "the report at the sector", e));
    LF_TRY(
        until(s, &s->d.nodes[0], "/api/v1/incidents", reported, &s->nation, "the report at the nation", e));
    for (int i = 0; i < LF_DEMO_MEMBERS; i++) {
        struct want_block w = { s->bad, &s->intel_at[i] };

        LF_TRY(until(s, &s->d.nodes[3 + i], "/api/v1/blocks", blocked, &w, "the block", e));
        if (s->intel_at[i] > s->intel)
            s->intel = s->intel_at[i];
    }
    return LF_OK;
}

/* A liar who can write one member's logs, but not the second evidence. */
static enum lf_code forge(struct story *s, struct lf_err *e)
{
    struct lf_demo_node *victim = &s->d.nodes[4];
    struct lf_demo_probe probe;
    lf_time kept = s->alert;
    lf_view line = lf_arena_printf(
        &s->d.a,
        "<134>1 2026-11-21T00:00:00Z site nginx - - - 198.51.100.7 - - [21/Nov/2026:00:00:00 +0000] "
        "\"GET /lookup?host=x%%3Bdig+%s HTTP/1.1\" 200 5 \"-\" \"-\"",
        s->forged);

    LF_TRY(lf_demo_probe_start(&s->d, &probe, s->forged, benign, WATCH_MS, true, e));
    LF_TRY(lf_demo_probe_ready(&probe, e));
    LF_TRY(lf_demo_forge(victim, line, e));
    LF_TRY(until(s, victim, "/api/v1/alerts", alert_of, s->forged, "the alert of the forged line", e));
    s->forged_alert = true;
    s->alert = kept;
    return lf_demo_probe_result(&probe, &s->forged_proof, e);
}

/* ---- telling ------------------------------------------------------------------------- */

static lf_time slowest(const struct lf_demo_proof *p)
{
    lf_time last = 0;

    for (int i = 0; i < LF_DEMO_MEMBERS; i++)
        if (p->blocked_at[i] > last)
            last = p->blocked_at[i];
    return last;
}

static bool judge(const struct story *s, int *blocked_members, bool *benign_ok)
{
    bool ok = s->forged_alert;

    *blocked_members = 0;
    *benign_ok = true;
    for (int i = 0; i < LF_DEMO_MEMBERS; i++) {
        *blocked_members += s->proof.blocked_at[i] != 0;
        *benign_ok = *benign_ok && s->proof.benign_ok[i] && s->forged_proof.benign_ok[i];
        ok = ok && s->proof.answered_before[i] && s->forged_proof.answered_before[i] &&
             !s->forged_proof.blocked_at[i];
    }
    return ok && *blocked_members == LF_DEMO_MEMBERS && *benign_ok;
}

static void tell_people(const struct story *s, bool ok, int blocked_members, bool benign_ok)
{
    static const char *const what[] = { "unbound", "BIND" };

    printf("\n  after the attack request was sent:\n");
    printf("  %8.1f ms  alert at %s\n", ms(s->attack, s->alert), s->d.nodes[3].name);
    printf("  %8.1f ms  report received and receipted at %s\n", ms(s->attack, s->report), s->d.nodes[1].name);
    printf("  %8.1f ms  report received at %s\n", ms(s->attack, s->nation), s->d.nodes[0].name);
    for (int i = 0; i < LF_DEMO_MEMBERS; i++)
        printf("  %8.1f ms  provisional indicator accepted at %s; %8.1f ms  its resolver (%s) answers: no "
               "such name\n",
               ms(s->attack, s->intel_at[i]), s->d.nodes[3 + i].name, ms(s->attack, s->proof.blocked_at[i]),
               what[s->d.resolvers[i].bind]);
    printf("\n  blocked at %d of %d members; %s kept working at all: %s\n", blocked_members, LF_DEMO_MEMBERS,
           benign, benign_ok ? "yes" : "NO");
    printf("  a forged log at one member alone raised an alert there and blocked nothing anywhere: %s\n",
           slowest(&s->forged_proof) ? "NO" : "yes");
    printf("  %s\n", ok ? "The attack on one was blocked at every other." : "FAILED");
}

static void tell_json(const struct story *s, bool ok, int blocked_members, bool benign_ok)
{
    struct lf_buf b;
    struct lf_json_w w;
    const struct {
        const char *key;
        double value;
    } figures[] = {
        { "attack_to_alert_ms", ms(s->attack, s->alert) },
        { "alert_to_report_ms", ms(s->alert, s->report) },
        { "report_to_intel_ms", ms(s->report, s->intel) },
        { "intel_to_block_ms", ms(s->intel, slowest(&s->proof)) },
        { "attack_to_block_ms", ms(s->attack, slowest(&s->proof)) },
        { "attack_to_nation_ms", ms(s->attack, s->nation) },
    };

    lf_buf_init(&b, 65536);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_int(&w, "nodes", LF_DEMO_NODES);
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        char text[32];

        snprintf(text, sizeof text, "%.1f", figures[i].value);
        lf_json_put_raw(&w, figures[i].key, lf_view_of(text));
    }
    lf_json_put_int(&w, "blocked_members", blocked_members);
    lf_json_put_int(&w, "members", LF_DEMO_MEMBERS);
    lf_json_put_bool(&w, "benign_ok", benign_ok);
    lf_json_put_bool(&w, "forged_blocked_nothing", s->forged_alert && !slowest(&s->forged_proof));
    lf_json_put_bool(&w, "ok", ok);
    lf_json_close(&w);
    printf("%.*s\n", LF_FMT(lf_buf_view(&b)));
    lf_buf_clear(&b);
}

static enum lf_code play(struct story *s, struct lf_err *e)
{
    LF_TRY(lf_demo_start_nodes(&s->d, e));
    say(s, "seven nodes answer: one nation, two sectors, four providers");
    LF_TRY(enrol(s, e));
    say(s, "each child enrolled at its parent with a one-time token; links are up");
    LF_TRY(sign_policies(s, e));
    say(s, "each node's reviewer signed the standing policy: two independent pieces of evidence, 72 hours at "
           "most");
    LF_TRY(lf_demo_start_resolvers(&s->d, e));
    say(s, "each provider's resolver follows its node: unbound at 1 and 3, BIND with TSIG at 2 and 4");
    LF_TRY(lf_demo_start_web(&s->d, e));
    say(s, "the weak web site at %s answers", s->d.nodes[3].name);
    LF_TRY(attack(s, e));
    say(s, "BLOCKED at every member");
    LF_TRY(forge(s, e));
    say(s, "a forged log line at %s was looked at for %.1f s", s->d.nodes[4].name, WATCH_MS / 1000.0);
    return LF_OK;
}

int lf_demo_main(int argc, char **argv)
{
    struct story s = { 0 };
    struct lf_err e = { 0 };
    uint8_t raw[8];
    enum lf_code rc;
    int blocked_members = 0;
    bool benign_ok = false, ok = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            s.json = true;
        } else if (strcmp(argv[i], "--help") == 0) {
            puts("usage: lianfang demo [--json]\n\n"
                 "Starts seven nodes, four resolvers and a weak web site on 127.0.0.1, attacks the\n"
                 "site, and shows when every member was told and every resolver blocked the name.\n"
                 "Exit 0: all blocked and the benign name kept working; 1: not so.");
            return 0;
        } else {
            fprintf(stderr, "lianfang demo: \"%s\" is not an option; --json is\n", argv[i]);
            return 2;
        }
    }
    sigaction(SIGINT, &(struct sigaction){ .sa_handler = on_signal }, NULL);
    sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_signal }, NULL);
    lf_env_real(&s.env, NULL);
    s.began = now(&s);
    lf_random(&s.env, raw, sizeof raw);
    snprintf(s.bad, sizeof s.bad, "c2-%02x%02x%02x%02x.test", raw[0], raw[1], raw[2], raw[3]);
    snprintf(s.forged, sizeof s.forged, "forged-%02x%02x%02x%02x.test", raw[4], raw[5], raw[6], raw[7]);
    rc = lf_demo_open(&s.d, &e);
    if (rc == LF_OK)
        rc = play(&s, &e);
    if (rc == LF_OK) {
        ok = judge(&s, &blocked_members, &benign_ok);
        if (s.json)
            tell_json(&s, ok, blocked_members, benign_ok);
        else
            tell_people(&s, ok, blocked_members, benign_ok);
    } else {
        fprintf(stderr, "lianfang demo: %s\n", e.text);
    }
    lf_demo_close(&s.d);
    return ok ? 0 : 1;
}
