/* The page on the node itself: what its workers say of themselves. */
#include "web/page_priv.h"

static const struct {
    const char *key;
    enum lf_text text;
} health_words[] = {
    { "up_s", LF_T_W_UP },
    { "cpu_ms", LF_T_W_CPU },
    { "peak_rss_kb", LF_T_W_MEMORY },
    { "seccomp", LF_T_W_SECCOMP },
    { "landlock", LF_T_W_LANDLOCK },
    { "waiting_polls", LF_T_W_POLLS },
    { "calls_open", LF_T_W_CALLS_OPEN },
    { "calls_done", LF_T_W_CALLS_DONE },
    { "calls_failed", LF_T_W_CALLS_FAILED },
    { "queries", LF_T_W_QUERIES },
    { "transfers", LF_T_W_TRANSFERS },
    { "notifies", LF_T_W_NOTIFIES },
    { "names", LF_T_W_NAMES },
    { "serial", LF_T_W_SERIAL },
    { "unconfirmed", LF_T_W_UNCONFIRMED },
    { "received", LF_T_W_RECEIVED },
    { "malformed", LF_T_W_MALFORMED },
    { "dropped", LF_T_W_DROPPED },
    { "hosts_behind_relays", LF_T_W_HOSTS },
    { "journal_bytes", LF_T_W_JOURNAL },
    { "journal_stuck", LF_T_W_STUCK },
    { "archive_blocks", LF_T_W_ARCHIVE_BLOCKS },
    { "archive_unsealed", LF_T_W_ARCHIVE_UNSEALED },
    { "archive_damaged", LF_T_W_ARCHIVE_DAMAGED },
    { "archive_removed", LF_T_W_ARCHIVE_REMOVED },
    { "archive_held", LF_T_W_ARCHIVE_HELD },
    { "archive_held_bytes", LF_T_W_ARCHIVE_HELD_BYTES },
    { "archive_over", LF_T_W_ARCHIVE_OVER },
    { "detection_lag", LF_T_W_LAG },
    { "findings", LF_T_W_FINDINGS },
    { "damaged", LF_T_W_DAMAGED },
    { "rules", LF_T_W_RULES },
    { "rules_refused", LF_T_W_RULES_REFUSED },
    { "rules_delta_files", LF_T_W_RULES_DELTA },
    { "rules_compiling", LF_T_W_RULES_COMPILING },
    { "evidence_dropped", LF_T_W_EVIDENCE_DROPPED },
    { "connections", LF_T_W_CONNECTIONS },
    { "connections_refused", LF_T_W_CONNECTIONS_REFUSED },
    { "connections_lost_step", LF_T_W_LOST_STEP },
    { "handshakes_failed", LF_T_W_HANDSHAKES },
    { "udp_kernel_drops", LF_T_W_UDP_DROPS },
    { "paused", LF_T_W_PAUSED },
    { "relp_answered", LF_T_W_RELP },
    { "udp_buffer", LF_T_W_UDP_BUFFER },
    { "unmatched", LF_T_W_UNMATCHED },
    { "searches_running", LF_T_W_SEARCHES },
    { "searches_done", LF_T_W_SEARCHES_DONE },
    { "hunts_done", LF_T_W_HUNTS_DONE },
    { "questions_done", LF_T_W_QUESTIONS_DONE },
    { "indicators", LF_T_W_INDICATORS },
    { "indicators_whole", LF_T_W_INDICATORS_WHOLE },
    { "indicator_bytes", LF_T_W_INDICATOR_BYTES },
    { "indicator_hits", LF_T_W_INDICATOR_HITS },
    { "warning_entries", LF_T_W_WARNING_ENTRIES },
    { "sightings_lost", LF_T_W_SIGHTINGS_LOST },
    { "followed", LF_T_W_FOLLOWED },
    { "followed_open", LF_T_W_FOLLOWED_OPEN },
    { "waiting", LF_T_W_WAITING },
    { "requests", LF_T_W_REQUESTS },
    { "refused", LF_T_W_REFUSED },
    { "unavailable", LF_T_W_UNAVAILABLE },
    { "departed", LF_T_W_DEPARTED },
    { "cut", LF_T_W_CUT },
};

/* These are for programs, or are said better elsewhere on the page. */
static bool is_for_programs(lf_view key)
{
    static const char *const names[] = { "worker",       "pid",           "landlock_network",
                                         "journal_next", "journal_first", "archive_holds" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lf_view_is(key, names[i]))
            return true;
    return false;
}

/* What must be zero on a healthy node. */
static bool is_loss(lf_view key)
{
    static const char *const names[] = { "dropped",          "damaged",          "archive_damaged",
                                         "evidence_dropped", "udp_kernel_drops", "rules_refused" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lf_view_is(key, names[i]))
            return true;
    return false;
}

lf_view duration(const struct rq *r, int64_t s)
{
    if (s < 120)
        return fill1(r, LF_T_SECONDS, "n", number(r, s));
    if (s < 7200)
        return fill1(r, LF_T_MINUTES, "n", number(r, s / 60));
    return s < 172800 ? fill1(r, LF_T_HOURS, "n", number(r, s / 3600))
                      : fill1(r, LF_T_DAYS, "n", number(r, s / 86400));
}

static void put_counter(struct rq *r, struct lf_buf *b, lf_view key, const struct lf_json *one)
{
    const struct lf_json *v = lf_json_get(one, key);
    char name[64];
    int64_t n = 0;
    bool on;

    (void)snprintf(name, sizeof name, "%.*s", LF_FMT(lf_view_first(key, sizeof name - 1)));
    (void)lf_json_int(one, name, &n); /* stays 0 for what is no number */
    on = lf_json_bool(one, name, false);
    if (is_loss(key) && n > 0)
        badge(b, "bad", "!", number(r, n));
    else if (lf_view_is(key, "journal_stuck") || lf_view_is(key, "paused"))
        badge(b, on ? "bad" : "good", on ? "!" : "✓", text(r, on ? LF_T_YES : LF_T_NO));
    else if (lf_view_is(key, "seccomp") || lf_view_is(key, "landlock"))
        badge(b, on || n > 0 ? "good" : "warn", on || n > 0 ? "✓" : "!",
              text(r, on || n > 0 ? LF_T_IN_FORCE : LF_T_NOT_IN_FORCE));
    else if (lf_json_kind(v) == LF_JSON_TRUE || lf_json_kind(v) == LF_JSON_FALSE)
        lf_html(b, "%", V(text(r, on ? LF_T_YES : LF_T_NO)));
    else if (lf_view_is(key, "up_s"))
        lf_html(b, "%", V(duration(r, n)));
    else if (lf_view_is(key, "peak_rss_kb"))
        lf_html(b, "% MiB", V(number(r, n / 1024)));
    else if (lf_view_is(key, "journal_bytes"))
        lf_html(b, "% KiB", V(number(r, n / 1024)));
    else if (lf_view_is(key, "cpu_ms"))
        lf_html(b, "% ms", V(number(r, n)));
    else
        lf_html(b, "%", V(lf_json_text(v)));
}

static void put_senders(struct rq *r, struct lf_buf *b, const struct lf_json *senders)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(SENDERS));
    if (lf_json_items(senders) == 0) {
        lf_html(b, "<p class=\"empty\">%</p></section>", T(NO_SENDERS));
        return;
    }
    lf_html(b,
            "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th scope=\"col\" "
            "class=\"num\">%</th><th scope=\"col\" class=\"num\">%</th><th scope=\"col\" "
            "class=\"num\">%</th></tr></thead><tbody>",
            T(SENDERS_CAPTION), T(NAME), T(W_RECEIVED), T(W_MALFORMED), T(W_DROPPED));
    for (size_t i = 0; i < lf_json_items(senders); i++) {
        const struct lf_json *s = lf_json_item(senders, i);
        static const char *const names[] = { "received", "malformed", "dropped" };
        static const enum lf_text labels[] = { LF_T_W_RECEIVED, LF_T_W_MALFORMED, LF_T_W_DROPPED };

        lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\">%</td>", T(NAME), V(lf_json_str(s, "name")));
        for (size_t k = 0; k < 3; k++)
            lf_html(b, "<td class=\"num\" data-label=\"%\">%</td>", V(text(r, labels[k])),
                    V(lf_json_text(lf_json_get(s, lf_view_of(names[k])))));
        lf_html(b, "</tr>");
    }
    lf_html(b, "</tbody></table></section>");
}

static lf_view worker_name(const struct rq *r, lf_view name)
{
    static const struct {
        const char *name;
        enum lf_text text;
    } words[] = { { "parent", LF_T_WORKER_PARENT }, { "core", LF_T_WORKER_CORE },
                  { "front", LF_T_WORKER_FRONT },   { "intake", LF_T_WORKER_INTAKE },
                  { "search", LF_T_WORKER_SEARCH }, { "relay", LF_T_WORKER_RELAY },
                  { "dns", LF_T_WORKER_DNS } };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (lf_view_is(name, words[i].name))
            return text(r, words[i].text);
    return name;
}

static void put_worker(struct rq *r, struct lf_buf *b, lf_view name, const struct lf_json *one)
{
    lf_html(b, "<section class=\"panel\"><h2>%</h2><dl class=\"facts counters\">", V(worker_name(r, name)));
    for (size_t k = 0; k < lf_json_members(one) && lf_json_kind(one) == LF_JSON_OBJECT; k++) {
        lf_view key = lf_json_key(one, k), label = key;
        enum lf_json_kind kind = lf_json_kind(lf_json_member(one, k));

        if (is_for_programs(key) || kind == LF_JSON_ARRAY || kind == LF_JSON_OBJECT)
            continue;
        for (size_t i = 0; i < sizeof health_words / sizeof *health_words; i++)
            if (lf_view_is(key, health_words[i].key))
                label = text(r, health_words[i].text);
        lf_html(b, "<dt>%</dt><dd>", V(label));
        put_counter(r, b, key, one);
        lf_html(b, "</dd>");
    }
    lf_html(b, "</dl></section>");
}

enum lf_code page_health(struct rq *r)
{
    lf_view said = r->w->parts.health ? r->w->parts.health(r->w->parts.ctx, r->t->a) : LF_V("{}");
    const struct lf_json *all = NULL;
    struct lf_buf b;

    LF_TRY(lf_json_parse(r->t->a, said.len ? said : LF_V("{}"), NULL, &all, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_HEALTH), "/health");
    lf_html(&b,
            "<h1>%</h1><section class=\"panel\"><dl "
            "class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>%</dd><dt>%</dt><dd>"
            "<code>%</code></dd><dt>%</dt><dd>%</dd></dl></section>",
            T(NAV_HEALTH), T(NAME), V(r->t->self->name), T(TIER), V(tier_text(r, r->t->self->tier)),
            T(NODE_ID), V(r->t->self->node), T(VERSION), LF_HC(LF_VERSION));
    put_senders(r, &b, lf_json_get(lf_json_get(all, LF_V("intake")), LF_V("senders")));
    lf_html(&b, "<div class=\"tiles\">");
    for (size_t i = 0; i < lf_json_members(all); i++)
        put_worker(r, &b, lf_json_key(all, i), lf_json_member(all, i));
    lf_html(&b, "</div>");
    if (lf_json_members(all) == 0)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_HEALTH));
    return end_page(r, &b, 200);
}
