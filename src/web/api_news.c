/* The JSON API's part on news at the desk. */
#include "web/news.h"

#include "fmt/csv.h"
#include "ident/account.h"
#include "ident/node.h"
#include "isac/feed.h"
#include "web/api_priv.h"

enum { MOST = 64 << 20, CSV_CELLS = 25 };

/* ---- what is asked ---- */

static enum lf_code choice(struct rq *r, lf_view given, bool (*parse)(lf_view, int *), const char *says,
                           int *out)
{
    return !given.len || parse(given, out) ? LF_OK : lf_err_set(r->e, LF_BAD_INPUT, "%s", says);
}

/* A feed by its name or id; what is none finds nothing. */
static lf_view feed_of(struct rq *r, lf_view given)
{
    struct lf_task own = lf_node_task(r->t);
    struct lf_err no = { 0 };
    struct lf_feed f;

    given = lf_view_some(lf_view_trim(given));
    if (!given.len || lf_view_is(given, "-") || !of_node(r))
        return given;
    return lf_feed_get(&own, given, &f, &no) == LF_OK ? f.id : given;
}

enum lf_code news_filter(struct rq *r, struct lf_news_filter *out)
{
    lf_view country = lf_view_some(lf_view_trim(query(r, "country"))), did = query(r, "did");
    struct lf_news_filter f = lf_news_any();

    LF_TRY(choice(r, query(r, "state"), lf_news_state_parse,
                  "state is open, new, assessed, watched, dropped, drafted or warned", &f.state));
    LF_TRY(choice(r, query(r, "severity"), lf_news_severity_parse,
                  "severity is low, medium, high or critical", &f.severity));
    if (country.len && country.len != 2 && !lf_view_is(country, "foreign"))
        return lf_err_set(r->e, LF_BAD_INPUT, "country is two letters of ISO 3166, or foreign");
    if (did.len && !lf_view_is(did, "assessed") && !lf_view_is(did, "warned"))
        return lf_err_set(r->e, LF_BAD_INPUT, "did is assessed or warned");
    f.country = country;
    f.assessed = lf_view_is(did, "assessed");
    f.warned = lf_view_is(did, "warned");
    f.feed = feed_of(r, query(r, "source"));
    f.first = lf_view_is(query(r, "first"), "1");
    f.cve = lf_view_some(lf_view_trim(query(r, "cve")));
    f.words = lf_view_some(query(r, "q"));
    f.overdue = lf_view_is(query(r, "overdue"), "1");
    f.grown = lf_view_is(query(r, "grown"), "1");
    f.exploited = lf_view_is(query(r, "exploited"), "1");
    LF_TRY(moment_asked(r, "from", &f.from));
    LF_TRY(moment_asked(r, "to", &f.to));
    if (query(r, "to").len == 10) /* a day, to its end */
        f.to += LF_DAY;
    *out = f;
    return LF_OK;
}

enum lf_code news_year(struct rq *r, int *year)
{
    lf_view given = lf_view_some(lf_view_trim(query(r, "year")));
    int64_t n = 0;

    if (given.len && (!lf_view_i64(given, &n) || n < 1971 || n > 2198))
        return lf_err_set(r->e, LF_BAD_INPUT, "year is four digits: 2026");
    *year = (int)n;
    return LF_OK;
}

/* ---- in ---- */

enum lf_code news_add(struct rq *r, lf_view *id, bool *joined)
{
    lf_view tlp = lf_view_some(lf_view_trim(field(r, "tlp"))), cve = lf_view_some(field(r, "cve"));
    struct lf_news_in x = { .summary = lf_view_some(field(r, "summary")),
                            .link = lf_view_some(field(r, "link")),
                            .country = lf_view_some(lf_view_trim(field(r, "country"))),
                            .ncves = 1,
                            .cves = &cve };

    LF_TRY(need(r, "title", &x.title));
    LF_TRY(need(r, "source", &x.name));
    LF_TRY(moment_field(r, "published", &x.published));
    if (tlp.len && !lf_tlp_parse(tlp, &x.tlp))
        return lf_err_set(r->e, LF_BAD_INPUT, "tlp is clear, green, amber, amber+strict or red");
    return lf_news_add(r->t, &x, id, joined, r->e);
}

/* Of a body "sectors", of a form a field for each. */
static lf_view sectors(struct rq *r)
{
    lf_view rest = lf_view_of(lf_advisory_fields[lf_advisory_field(LF_V("sectors"))].choices), one,
            out = lf_view_some(field(r, "sectors"));

    while (lf_view_split(&rest, ' ', &one)) {
        const char *name = lf_arena_cstr(r->t->a, lf_arena_printf(r->t->a, "sectors_%.*s", LF_FMT(one)));

        if (field(r, name).len)
            out = lf_arena_printf(r->t->a, "%.*s %.*s", LF_FMT(out), LF_FMT(one));
    }
    return lf_view_trim(out);
}

/* -1 when it is left out. */
static enum lf_code base_of(struct rq *r, int64_t *base)
{
    bool said = r->json ? lf_json_get(r->json, LF_V("base")) != NULL : field(r, "base").len > 0;

    *base = -1;
    if (!said)
        return LF_OK;
    LF_TRY(whole_field(r, "base", base));
    return *base >= 0 ? LF_OK
                      : lf_err_set(r->e, LF_BAD_INPUT,
                                   "base is the number of entries of the history that one has seen");
}

enum lf_code news_act(struct rq *r, lf_view *advisory)
{
    struct lf_news_do d = { .text = lf_view_some(field(r, "text")), .sectors = sectors(r) };
    int act = LF_NEWS_NOTE, relevance = LF_NEWS_NOT_OURS, likelihood = LF_NEWS_LOW, impact = LF_NEWS_LOW;
    const char *degree = "likelihood and impact are low, medium or high";
    lf_view name, of[3] = { 0 }, kind = lf_view_some(field(r, "kind"));

    LF_TRY(need(r, "act", &name));
    LF_TRY(choice(r, name, lf_news_act_parse, "act is assess, drop, watch, draft, reopen or note", &act));
    if (act == LF_NEWS_ASSESS) {
        LF_TRY(need(r, "relevance", &of[0]));
        LF_TRY(need(r, "likelihood", &of[1]));
        LF_TRY(need(r, "impact", &of[2]));
        LF_TRY(
            choice(r, of[0], lf_news_relevance_parse, "relevance is none, indirect or direct", &relevance));
        LF_TRY(choice(r, of[1], lf_news_degree_parse, degree, &likelihood));
        LF_TRY(choice(r, of[2], lf_news_degree_parse, degree, &impact));
    }
    d.kind = LF_ADVISORY_EWA;
    if (kind.len && !lf_advisory_kind_parse(kind, &d.kind))
        return lf_err_set(r->e, LF_BAD_INPUT, "kind is ANA, DEF, INT, EWA or FBI");
    LF_TRY(moment_field(r, "until", &d.until));
    LF_TRY(moment_field(r, "reply_by", &d.reply_by));
    LF_TRY(base_of(r, &d.base));
    d.act = (enum lf_news_act)act;
    d.relevance = (enum lf_news_relevance)relevance;
    d.likelihood = (enum lf_news_degree)likelihood;
    d.impact = (enum lf_news_degree)impact;
    return lf_news_act(r->t, r->id, &d, advisory, r->e);
}

/* ---- out ---- */

static void put_words(struct lf_json_w *w, const char *key, lf_view words)
{
    lf_view one;

    lf_json_begin(w, key, '[');
    while (lf_view_split(&words, ' ', &one))
        if (one.len)
            lf_json_put_str(w, NULL, one);
    lf_json_close(w);
}

static lf_view name_of(struct rq *r, lf_view account)
{
    struct lf_account who;

    return account.len && lf_account_colleague(r->t, account, &who, NULL) == LF_OK ? who.name : LF_V("");
}

static void put_row(struct rq *r, struct lf_json_w *w, const struct lf_news *x)
{
    lf_json_put_str(w, "id", x->id);
    lf_json_put_cstr(w, "state", lf_news_state_name(x->state));
    lf_json_put_str(w, "title", x->title);
    put_text(w, "summary", x->summary);
    put_words(w, "cves", x->cves);
    put_text(w, "tlp", lf_view_of(lf_tlp_name(x->tlp)));
    lf_json_put_bool(w, "exploited", x->exploited);
    lf_json_put_time(w, "published", x->published);
    lf_json_put_time(w, "came", x->came);
    put_text(w, "feed", x->feed);
    put_text(w, "by", name_of(r, x->author));
    lf_json_put_int(w, "sources", x->sources);
    lf_json_put_bool(w, "overdue", x->overdue);
    lf_json_put_bool(w, "grown", x->grown);
    if (x->severity) {
        lf_json_put_cstr(w, "relevance", lf_news_relevance_name(x->relevance));
        lf_json_put_cstr(w, "likelihood", lf_news_degree_name(x->likelihood));
        lf_json_put_cstr(w, "impact", lf_news_degree_name(x->impact));
        lf_json_put_cstr(w, "severity", lf_news_severity_name(x->severity));
        put_words(w, "sectors", x->sectors);
        lf_json_put_str(w, "judgement", x->judgement);
        put_text(w, "assessor", name_of(r, x->assessor));
        lf_json_put_time(w, "assessed", x->assessed);
    }
    put_text(w, "reason", x->reason);
    lf_json_put_time(w, "until", x->watch);
    put_text(w, "advisory", x->advisory);
    if (x->given_up)
        lf_json_put_bool(w, "given_up", true);
    lf_json_put_time(w, "warned", x->warned);
    if (x->warned)
        lf_json_put_int(w, "took_s", x->took / LF_SECOND);
    lf_json_put_int(w, "entries", x->entries);
}

static lf_view moment_text(struct rq *r, lf_time at)
{
    return at ? lf_time_milli(at, LF_NEW(r->t->a, char, LF_TIME_TEXT)) : LF_V("");
}

static void put_cells(struct rq *r, struct lf_buf *b, const lf_view *cells, size_t n)
{
    for (size_t k = 0; k < n; k++)
        lf_csv_put(b, lf_csv_clean(r->t->a, lf_view_some(cells[k])), k + 1 == n);
}

static void put_csv(struct rq *r, struct lf_buf *b, const struct lf_news *x)
{
    bool judged = x->severity != LF_NEWS_UNJUDGED;

    put_cells(r, b,
              (const lf_view[CSV_CELLS]){
                  x->id,
                  lf_view_of(lf_news_state_name(x->state)),
                  x->title,
                  x->summary,
                  x->cves,
                  lf_view_of(lf_tlp_name(x->tlp)),
                  lf_view_of(x->exploited ? "yes" : "no"),
                  moment_text(r, x->published),
                  moment_text(r, x->came),
                  x->feed,
                  x->country,
                  lf_arena_printf(r->t->a, "%lld", (long long)x->sources),
                  lf_view_of(x->overdue ? "yes" : "no"),
                  lf_view_of(judged ? lf_news_relevance_name(x->relevance) : ""),
                  lf_view_of(judged ? lf_news_degree_name(x->likelihood) : ""),
                  lf_view_of(judged ? lf_news_degree_name(x->impact) : ""),
                  lf_view_of(lf_news_severity_name(x->severity)),
                  x->sectors,
                  x->judgement,
                  moment_text(r, x->assessed),
                  x->reason,
                  moment_text(r, x->watch),
                  x->advisory,
                  moment_text(r, x->warned),
                  x->warned ? lf_arena_printf(r->t->a, "%lld", (long long)(x->took / LF_SECOND)) : LF_V(""),
              },
              CSV_CELLS);
}

/* All that the filter leaves: a file has no pages. */
static enum lf_code csv(struct rq *r, const struct lf_news_filter *f)
{
    static const char *const head[CSV_CELLS] = {
        "id",         "state",    "title",    "summary", "cves",      "tlp",      "exploited",
        "published",  "came",     "feed",     "country", "sources",   "overdue",  "relevance",
        "likelihood", "impact",   "severity", "sectors", "judgement", "assessed", "reason",
        "until",      "advisory", "warned",   "took_s"
    };
    struct lf_page page = { .limit = LF_PAGE_MOST };
    lf_view heads[CSV_CELLS], next = LF_V("");
    const struct lf_news *list;
    enum lf_code rc;
    struct lf_buf b;
    size_t n;

    for (size_t i = 0; i < CSV_CELLS; i++)
        heads[i] = lf_view_of(head[i]);
    lf_buf_init(&b, MOST);
    LF_PUT(&b, "\xef\xbb\xbf");
    put_cells(r, &b, heads, CSV_CELLS);
    do {
        rc = lf_news_list(r->t, f, &page, &n, &list, &next, r->e);
        for (size_t i = 0; rc == LF_OK && i < n; i++)
            put_csv(r, &b, &list[i]);
        page.after = next;
    } while (rc == LF_OK && next.len && !b.over);
    if (rc == LF_OK)
        return answer_csv(r, LF_V("news"), &b);
    lf_buf_clear(&b);
    return rc;
}

enum lf_code api_news_list(struct rq *r)
{
    const struct lf_news *list;
    struct lf_news_filter f;
    struct lf_page page;
    struct out o;
    lf_view next;
    bool as_csv;
    size_t n;

    LF_TRY(format_of(r, &as_csv));
    LF_TRY(news_filter(r, &f));
    if (as_csv)
        return csv(r, &f);
    LF_TRY(page_of(r, &page));
    LF_TRY(lf_news_list(r->t, &f, &page, &n, &list, &next, r->e));
    begin_list(&o, MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        put_row(r, &o.w, &list[i]);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}

static void put_source(struct lf_json_w *w, const struct lf_news_source *s)
{
    lf_json_open(w, '{');
    lf_json_put_str(w, "name", s->name);
    put_text(w, "feed", s->feed);
    put_text(w, "country", s->country);
    lf_json_put_str(w, "title", s->title);
    put_text(w, "link", s->link);
    put_text(w, "object", s->object);
    lf_json_put_time(w, "published", s->published);
    lf_json_put_time(w, "at", s->at);
    lf_json_put_time(w, "changed", s->changed);
    lf_json_close(w);
}

static void put_entry(struct rq *r, struct lf_json_w *w, const struct lf_news_entry *y)
{
    lf_json_open(w, '{');
    lf_json_put_int(w, "seq", y->seq);
    lf_json_put_time(w, "at", y->at);
    put_text(w, "by", name_of(r, y->account));
    lf_json_put_cstr(w, "act", lf_news_act_name(y->act));
    lf_json_put_cstr(w, "state", lf_news_state_name(y->state));
    put_text(w, "text", y->body);
    if (y->detail.len)
        lf_json_put_raw(w, "detail", y->detail);
    lf_json_close(w);
}

enum lf_code api_news(struct rq *r)
{
    const struct lf_news_source *sources;
    const struct lf_news_entry *entries;
    size_t n, nentries;
    struct lf_news x;
    struct out o;

    LF_TRY(lf_news_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_news_sources(r->t, x.id, &n, &sources, r->e));
    LF_TRY(lf_news_history(r->t, x.id, &nentries, &entries, r->e));
    begin_most(&o, MOST);
    put_row(r, &o.w, &x);
    lf_json_begin(&o.w, "from", '[');
    for (size_t i = 0; i < n; i++)
        put_source(&o.w, &sources[i]);
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "history", '[');
    for (size_t i = 0; i < nentries; i++)
        put_entry(r, &o.w, &entries[i]);
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_news_add(struct rq *r)
{
    struct out o;
    bool joined;
    lf_view id;

    LF_TRY(news_add(r, &id, &joined));
    begin(&o);
    lf_json_put_str(&o.w, "id", id);
    lf_json_put_bool(&o.w, "joined", joined);
    return end(r, &o, 201);
}

enum lf_code api_news_act(struct rq *r)
{
    lf_view advisory;
    struct out o;

    LF_TRY(news_act(r, &advisory));
    if (!advisory.len)
        return answer_empty(r, 204);
    begin(&o);
    lf_json_put_str(&o.w, "advisory", advisory);
    return end(r, &o, 200);
}

static void put_count(struct lf_json_w *w, const struct lf_news_count *c)
{
    lf_json_put_int(w, "came", c->came);
    lf_json_put_int(w, "assessed", c->assessed);
    lf_json_put_int(w, "dropped", c->dropped);
    lf_json_put_int(w, "warned", c->warned);
    lf_json_put_int(w, "past", c->past);
    if (c->warned)
        lf_json_put_int(w, "median_s", c->took / LF_SECOND);
}

static void put_named(struct lf_json_w *w, const char *key, const struct lf_news_count *c)
{
    lf_json_begin(w, key, '{');
    put_count(w, c);
    lf_json_close(w);
}

enum lf_code api_news_counts(struct rq *r)
{
    struct lf_news_counts c;
    struct out o;
    int year;

    LF_TRY(news_year(r, &year));
    LF_TRY(lf_news_count(r->t, year, &c, r->e));
    begin_most(&o, MOST);
    put_named(&o.w, "all", &c.all);
    put_named(&o.w, "domestic", &c.home);
    put_named(&o.w, "foreign", &c.foreign);
    lf_json_begin(&o.w, "periods", '[');
    for (size_t i = 0; i < c.n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_int(&o.w, "year", c.periods[i].year);
        if (c.periods[i].month)
            lf_json_put_int(&o.w, "month", c.periods[i].month);
        put_count(&o.w, &c.periods[i]);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "sources", '[');
    for (size_t i = 0; i < c.nsources; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "source", c.sources[i].feed.len ? c.sources[i].feed : LF_V("-"));
        put_text(&o.w, "name", c.sources[i].name);
        put_text(&o.w, "country", c.sources[i].country);
        put_count(&o.w, &c.sources[i]);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}
