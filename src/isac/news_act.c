/* What the desk does with news: assessed, dropped, watched, made into a draft. */
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "isac/news_priv.h"
#include "store/query_news.h"

enum { WATCH_MOST = 366, DESCRIPTION = 20000, LINKS = 20 };

static enum lf_code text_ok(lf_view v, bool needed, struct lf_err *e)
{
    if (needed && !v.len)
        return lf_err_set(e, LF_BAD_INPUT, "news: say why, or what: the text is missing");
    return lf_view_is_text(v, 0, LF_NEWS_TEXT)
               ? LF_OK
               : lf_err_set(e, LF_BAD_INPUT, "news: the text has at most %d bytes", LF_NEWS_TEXT);
}

/* Sectors as advisories have them, each once. */
static enum lf_code sectors_of(struct lf_task *t, lf_view given, lf_view *out, struct lf_err *e)
{
    lf_view known = lf_view_of(lf_advisory_fields[lf_advisory_field(LF_V("sectors"))].choices), one, rest;
    char *text = lf_arena_cstr(t->a, given);
    struct lf_buf b;

    for (size_t i = 0; i < given.len; i++)
        text[i] = text[i] == ',' || text[i] == '\n' || text[i] == '\r' ? ' ' : text[i];
    given = (lf_view){ text, given.len };
    rest = given;
    while (lf_view_split(&rest, ' ', &one)) {
        lf_view all = known, k;
        bool is = !one.len;

        while (!is && lf_view_split(&all, ' ', &k))
            is = lf_view_eq(k, one);
        if (!is)
            return lf_err_set(e, LF_BAD_INPUT, "news: \"%.*s\" is no sector", LF_FMT(lf_utf8_first(one, 40)));
    }
    lf_buf_init(&b, 1000);
    while (lf_view_split(&known, ' ', &one)) {
        bool named = false;

        for (lf_view all = given, k; lf_view_split(&all, ' ', &k);)
            named = named || lf_view_eq(k, one);
        if (named && b.len)
            lf_buf_byte(&b, ' ');
        if (named)
            lf_buf_put(&b, one);
    }
    *out = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return LF_OK;
}

static enum lf_code assess(struct lf_task *t, const struct lf_news_do *d, struct lf_news *x,
                           struct lf_json_w *said, struct lf_err *e)
{
    LF_TRY(text_ok(d->text, true, e));
    LF_TRY(sectors_of(t, lf_view_some(d->sectors), &x->sectors, e));
    x->relevance = d->relevance;
    x->likelihood = d->likelihood;
    x->impact = d->impact;
    x->severity = lf_news_severity(d->likelihood, d->impact);
    x->judgement = d->text;
    x->assessor = lf_view_some(t->scope.account);
    x->assessed = lf_now(t->env);
    if (x->state != LF_NEWS_DRAFTED)
        x->state = LF_NEWS_ASSESSED;
    x->watch = 0;
    lf_json_put_cstr(said, "relevance", lf_news_relevance_name(x->relevance));
    lf_json_put_cstr(said, "likelihood", lf_news_degree_name(x->likelihood));
    lf_json_put_cstr(said, "impact", lf_news_degree_name(x->impact));
    lf_json_put_cstr(said, "severity", lf_news_severity_name(x->severity));
    lf_json_put_str(said, "sectors", x->sectors);
    return LF_OK;
}

static enum lf_code drop(const struct lf_news_do *d, struct lf_news *x, struct lf_err *e)
{
    LF_TRY(text_ok(d->text, true, e));
    x->state = LF_NEWS_DROPPED;
    x->reason = d->text;
    x->watch = 0;
    return LF_OK;
}

static enum lf_code watch(struct lf_task *t, const struct lf_news_do *d, struct lf_news *x,
                          struct lf_json_w *said, struct lf_err *e)
{
    lf_time now = lf_now(t->env);

    LF_TRY(text_ok(d->text, false, e));
    if (d->until <= now || d->until > now + WATCH_MOST * LF_DAY)
        return lf_err_set(e, LF_BAD_INPUT, "news: it is watched until a time to come, within %d days",
                          WATCH_MOST);
    x->state = LF_NEWS_WATCHED;
    x->watch = d->until;
    x->reason = d->text;
    lf_json_put_time(said, "until", d->until);
    return LF_OK;
}

static enum lf_code reopen(const struct lf_news_do *d, struct lf_news *x, struct lf_err *e)
{
    LF_TRY(text_ok(d->text, true, e));
    if (x->state == LF_NEWS_NEW || x->state == LF_NEWS_ASSESSED)
        return lf_err_set(e, LF_CONFLICT, "news: it is open");
    x->state = x->assessed ? LF_NEWS_ASSESSED : LF_NEWS_NEW;
    x->reason = x->advisory = LF_V("");
    x->watch = 0;
    return LF_OK;
}

/* ---- a draft ---- */

static enum lf_code put(struct lf_task *t, struct lf_advisory_form *form, enum lf_advisory_kind kind,
                        const char *key, lf_view text, struct lf_err *e)
{
    return text.len ? lf_advisory_put(t->a, form, kind, lf_advisory_field(lf_view_of(key)), text, e) : LF_OK;
}

/* One a line, as a list in a form is given. */
static lf_view lines(struct lf_task *t, lf_view words)
{
    char *out = lf_arena_cstr(t->a, words);

    for (size_t i = 0; i < words.len; i++)
        out[i] = out[i] == ' ' ? '\n' : out[i];
    return (lf_view){ out, words.len };
}

/* The item's text, the judgement, and where it came from: name, address, stored object. */
static lf_view description(struct lf_task *t, const struct lf_news *x, const struct lf_news_source *list,
                           size_t n)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, (size_t)LF_NEWS_SOURCES * 4096 + LF_NEWS_SUMMARY + LF_NEWS_TEXT + 100);
    lf_buf_put(&b, x->summary.len ? x->summary : x->title);
    LF_PUT(&b, "\n\n");
    lf_buf_put(&b, x->judgement);
    LF_PUT(&b, "\n");
    for (size_t i = 0; i < n; i++) {
        LF_PUT(&b, "\n");
        lf_buf_put(&b, list[i].name);
        if (list[i].link.len)
            lf_buf_printf(&b, " %.*s", LF_FMT(list[i].link));
        if (list[i].object.len)
            lf_buf_printf(&b, " %.*s", LF_FMT(list[i].object));
    }
    out = lf_arena_copy(t->a, lf_utf8_first(lf_view_trim(lf_buf_view(&b)), DESCRIPTION));
    lf_buf_clear(&b);
    return out;
}

/* Addresses that a form takes: a stranger's may be none by its letter, and is in the description anyway. */
static lf_view links(struct lf_task *t, enum lf_advisory_kind kind, const struct lf_news_source *list,
                     size_t n)
{
    struct lf_buf b;
    size_t took = 0;
    lf_view out;

    lf_buf_init(&b, (size_t)LINKS * (LF_RSS_LINK + 1));
    for (size_t i = 0; i < n && took < LINKS; i++) {
        struct lf_advisory_form scratch = { 0 };

        if (!list[i].link.len ||
            put(t, &scratch, kind, "references", list[i].link, &(struct lf_err){ 0 }) != LF_OK)
            continue;
        if (took++)
            lf_buf_byte(&b, '\n');
        lf_buf_put(&b, list[i].link);
    }
    out = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static enum lf_code fill(struct lf_task *t, const struct lf_news_do *d, const struct lf_news *x,
                         struct lf_advisory_form *form, struct lf_err *e)
{
    const struct lf_news_source *list;
    char time[LF_TIME_TEXT];
    size_t n;

    LF_TRY(lf_news_sources(t, x->id, &n, &list, e));
    LF_TRY(put(t, form, d->kind, "title", x->title, e));
    LF_TRY(put(t, form, d->kind, "description", description(t, x, list, n), e));
    LF_TRY(put(t, form, d->kind, "severity", lf_view_of(lf_news_severity_name(x->severity)), e));
    LF_TRY(put(t, form, d->kind, "cve", lines(t, x->cves), e));
    LF_TRY(put(t, form, d->kind, "sectors", lines(t, x->sectors), e));
    LF_TRY(put(t, form, d->kind, "references", links(t, d->kind, list, n), e));
    LF_TRY(put(t, form, d->kind, "tlp", lf_view_of(lf_tlp_name(x->tlp)), e));
    if (d->kind == LF_ADVISORY_ANA)
        LF_TRY(put(t, form, d->kind, "category", x->cves.len ? LF_V("vulnerability") : LF_V("news"), e));
    return d->reply_by ? put(t, form, d->kind, "reply_by", lf_time_milli(d->reply_by, time), e) : LF_OK;
}

static enum lf_code draft(struct lf_task *t, const struct lf_news_do *d, struct lf_news *x,
                          struct lf_json_w *said, struct lf_err *e)
{
    struct lf_advisory_form form = { 0 };

    if (d->kind != LF_ADVISORY_EWA && d->kind != LF_ADVISORY_ANA)
        return lf_err_set(e, LF_BAD_INPUT, "news: kind of a draft is EWA or ANA");
    if (!x->assessed)
        return lf_err_set(e, LF_CONFLICT, "news: it is assessed first; a warning says what was judged");
    if (d->reply_by && d->reply_by <= lf_now(t->env))
        return lf_err_set(e, LF_BAD_INPUT, "news: members answer by a time to come");
    LF_TRY(fill(t, d, x, &form, e));
    LF_TRY(lf_advisory_draft(t, d->kind, &form, false, &x->advisory, e));
    x->state = LF_NEWS_DRAFTED;
    x->watch = 0;
    lf_json_put_cstr(said, "kind", lf_advisory_kind_name(d->kind));
    lf_json_put_str(said, "advisory", x->advisory);
    return LF_OK;
}

/* ---- all ---- */

static enum lf_code allowed(const struct lf_news *x, const struct lf_news_do *d, struct lf_err *e)
{
    bool drafted = x->state == LF_NEWS_DRAFTED || x->state == LF_NEWS_WARNED;

    if (d->base >= 0 && d->base != x->entries)
        return lf_err_set(e, LF_CONFLICT,
                          "news: somebody else has done something with it since; look at it again");
    if (x->entries >= LF_NEWS_ENTRIES)
        return lf_err_set(e, LF_TOO_MANY, "news: its history has %d entries, and no room", LF_NEWS_ENTRIES);
    if (drafted && !x->given_up && d->act != LF_NEWS_NOTE && d->act != LF_NEWS_ASSESS)
        return lf_err_set(e, LF_CONFLICT,
                          "news: an advisory was made of it; withdraw the draft there to do something else");
    return LF_OK;
}

static enum lf_code save(struct lf_task *t, const struct lf_news *x, const struct lf_news_do *d, lf_view said,
                         struct lf_err *e)
{
    lf_time now = lf_now(t->env);

    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_news_set,
                   LF_ARGS(LF_INT(x->state), LF_INT(x->watch), LF_INT(x->relevance), LF_INT(x->likelihood),
                           LF_INT(x->impact), LF_INT(x->severity), LF_TEXT(x->sectors), LF_TEXT(x->judgement),
                           LF_TEXT(x->assessor), LF_INT(x->assessed), LF_TEXT(x->reason),
                           LF_TEXT(x->advisory), LF_INT(now), LF_INT(x->entries + 1), LF_TEXT(x->id)),
                   e));
    return lf_db_exec(t->db, &t->scope, &lf_q_news_entry_add,
                      LF_ARGS(LF_TEXT(x->id), LF_INT(x->entries + 1), LF_INT(now),
                              LF_TEXT(lf_view_some(t->scope.account)), LF_INT(d->act), LF_INT(x->state),
                              LF_TEXT(d->text), LF_TEXT(said)),
                      e);
}

static enum lf_code act(struct lf_task *t, const struct lf_news_do *d, struct lf_news *x,
                        struct lf_json_w *said, struct lf_err *e)
{
    switch (d->act) {
    case LF_NEWS_ASSESS:
        return assess(t, d, x, said, e);
    case LF_NEWS_DROP:
        return drop(d, x, e);
    case LF_NEWS_WATCH:
        return watch(t, d, x, said, e);
    case LF_NEWS_DRAFT:
        return draft(t, d, x, said, e);
    case LF_NEWS_REOPEN:
        return reopen(d, x, e);
    case LF_NEWS_NOTE:
    case LF_NEWS_ACTS:
        break;
    }
    return text_ok(d->text, true, e);
}

enum lf_code lf_news_act(struct lf_task *t, lf_view id, const struct lf_news_do *in, lf_view *advisory,
                         struct lf_err *e)
{
    struct lf_news_do d = *in;
    struct lf_audit_note note;
    struct lf_news x;
    struct lf_buf b;
    enum lf_code rc;

    d.text = lf_view_some(lf_view_trim(d.text));
    LF_TRY(news_may(t, true, e));
    LF_TRY(news_find(t, id, &x, e));
    LF_TRY(allowed(&x, &d, e));
    if (x.state == LF_NEWS_WARNED) /* what is kept of it */
        x.state = LF_NEWS_DRAFTED;
    lf_buf_init(&b, 4096);
    {
        struct lf_json_w said = lf_json_w(&b);

        lf_json_open(&said, '{');
        rc = act(t, &d, &x, &said, e);
        lf_json_close(&said);
    }
    if (rc == LF_OK)
        rc = save(t, &x, &d, lf_view_is(lf_buf_view(&b), "{}") ? LF_V("") : lf_buf_view(&b), e);
    lf_buf_clear(&b);
    LF_TRY(rc);
    if (advisory)
        *advisory = d.act == LF_NEWS_DRAFT ? x.advisory : LF_V("");
    lf_audit_open(&note);
    lf_json_put_cstr(&note.w, "act", lf_news_act_name(d.act));
    return lf_audit_close(&note, t, LF_V("news.act"), x.id, e);
}
