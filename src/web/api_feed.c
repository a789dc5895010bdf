/* The JSON API's part on feeds, and where objects came from. */
#include "isac/feed.h"
#include "web/api_priv.h"

enum { MIB = 1 << 20 };

/* A whole number from the JSON body, as a number or as text, or from the form. */
static enum lf_code whole(struct rq *r, const char *name, int64_t otherwise, int64_t *out)
{
    const struct lf_json *v = lf_json_get(r->json, lf_view_of(name));
    lf_view text = lf_view_trim(r->json ? lf_json_text(v) : field(r, name));

    *out = otherwise;
    if (!text.len || (v && lf_json_kind(v) == LF_JSON_NULL))
        return LF_OK;
    if (!lf_view_i64(text, out) || *out < 0 || *out > INT32_MAX)
        return lf_err_set(r->e, LF_BAD_INPUT, "\"%s\" is a whole number from 0", name);
    return LF_OK;
}

static bool yes(struct rq *r, const char *name)
{
    const struct lf_json *v = lf_json_get(r->json, lf_view_of(name));
    lf_view text = field(r, name);

    if (v && lf_json_kind(v) != LF_JSON_STRING)
        return lf_json_kind(v) == LF_JSON_TRUE;
    return text.len && !lf_view_is(text, "no") && !lf_view_is(text, "false") && !lf_view_is(text, "0");
}

/* "5m", "1h", "1d", "300" seconds. */
static enum lf_code span_of(struct rq *r, const char *name, lf_time otherwise, lf_time *out)
{
    static const char units[] = "smhd";
    static const lf_time ones[] = { LF_SECOND, LF_MINUTE, LF_HOUR, LF_DAY };
    const struct lf_json *v = lf_json_get(r->json, lf_view_of(name));
    lf_view text = lf_view_trim(r->json ? lf_json_text(v) : field(r, name));
    lf_time one = LF_SECOND;
    int64_t n;

    *out = otherwise;
    if (!text.len || (v && lf_json_kind(v) == LF_JSON_NULL))
        return LF_OK;
    for (size_t i = 0; i < 4; i++)
        if (text.ptr[text.len - 1] == units[i]) {
            one = ones[i];
            text.len--;
            break;
        }
    if (!lf_view_i64(text, &n) || n < 0 || n > LF_FEED_LONGEST / LF_SECOND)
        return lf_err_set(r->e, LF_BAD_INPUT, "\"%s\" is a time such as 15m, 1h or 1d; 0: only by hand",
                          name);
    *out = n * one;
    return LF_OK;
}

static enum lf_code auth_of(struct rq *r, enum lf_feed_auth *out)
{
    lf_view v = field(r, "auth");

    *out = LF_FEED_OPEN;
    if (!v.len)
        return LF_OK;
    for (int i = LF_FEED_OPEN; i <= LF_FEED_KEY; i++)
        if (lf_view_is(v, lf_feed_auth_name((enum lf_feed_auth)i))) {
            *out = (enum lf_feed_auth)i;
            return LF_OK;
        }
    return lf_err_set(r->e, LF_BAD_INPUT, "\"auth\" is open, basic, bearer or key");
}

enum lf_code feed_put(struct rq *r, lf_view id, lf_view *out)
{
    struct lf_feed f = { .id = id };
    int64_t sure, most;

    LF_TRY(need(r, "name", &f.name));
    LF_TRY(need(r, "url", &f.url));
    f.name = lf_view_trim(f.name);
    f.url = lf_view_trim(f.url);
    f.format = field(r, "format").len ? field(r, "format") : LF_V("auto");
    f.mapping = field(r, "mapping");
    f.tlp = lf_view_trim(field(r, "tlp"));
    f.grade = lf_view_trim(field(r, "grade"));
    f.collection = field(r, "collection").len ? field(r, "collection") : LF_V("library");
    f.login = field(r, "login");
    f.secret = field(r, "secret");
    f.pin = lf_view_trim(field(r, "pin"));
    f.gone = yes(r, "gone");
    f.private = yes(r, "private");
    LF_TRY(whole(r, "confidence", -1, &sure));
    f.confidence = sure;
    LF_TRY(whole(r, "timeout_s", 60, &f.patience));
    LF_TRY(whole(r, "most_bytes", 16 * MIB, &most));
    f.most = most;
    LF_TRY(span_of(r, "every", LF_HOUR, &f.every));
    LF_TRY(auth_of(r, &f.auth));
    return lf_feed_put(r->t, &f, out, r->e);
}

static void put_feed(struct rq *r, struct lf_json_w *w, const struct lf_feed *f)
{
    lf_time now = lf_now(r->t->env);

    lf_json_open(w, '{');
    lf_json_put_str(w, "id", f->id);
    lf_json_put_str(w, "name", f->name);
    lf_json_put_str(w, "url", f->url);
    lf_json_put_str(w, "format", f->format);
    put_text(w, "mapping", f->mapping);
    put_text(w, "tlp", f->tlp);
    put_text(w, "grade", f->grade);
    if (f->confidence >= 0)
        lf_json_put_int(w, "confidence", f->confidence);
    lf_json_put_str(w, "collection", f->collection);
    lf_json_put_int(w, "every_s", f->every / LF_SECOND);
    lf_json_put_bool(w, "gone", f->gone);
    lf_json_put_cstr(w, "auth", lf_feed_auth_name(f->auth));
    put_text(w, "login", f->login);
    put_text(w, "pin", f->pin);
    lf_json_put_bool(w, "private", f->private);
    lf_json_put_int(w, "most_bytes", f->most);
    lf_json_put_int(w, "timeout_s", f->patience);
    lf_json_put_cstr(w, "state", !f->run ? "new" : f->failures ? "failing" : "ok");
    lf_json_put_time(w, "ran", f->ran);
    lf_json_put_time(w, "ok", f->ok);
    if (f->ok)
        lf_json_put_int(w, "age_s", now > f->ok ? (now - f->ok) / LF_SECOND : 0);
    if (f->next < LF_TIME_MAX)
        lf_json_put_time(w, "next", f->next);
    lf_json_put_int(w, "failures", f->failures);
    put_text(w, "trouble", f->trouble);
    put_text(w, "position", f->position);
    put_text(w, "sha256", f->sha256);
    lf_json_begin(w, "last", '{');
    lf_json_put_int(w, "new", f->fresh);
    lf_json_put_int(w, "changed", f->other);
    lf_json_put_int(w, "same", f->same);
    lf_json_put_int(w, "refused", f->refused);
    lf_json_put_int(w, "lost", f->lost);
    lf_json_put_int(w, "ended", f->ended);
    lf_json_close(w);
    lf_json_put_raw(w, "notes", f->notes.len ? f->notes : LF_V("[]"));
    lf_json_close(w);
}

static enum lf_code say(struct rq *r, lf_view id, int status)
{
    struct lf_json_w w;
    struct lf_feed f;
    struct lf_buf b;

    LF_TRY(lf_feed_get(r->t, id, &f, r->e));
    lf_buf_init(&b, JSON_MOST);
    w = lf_json_w(&b);
    put_feed(r, &w, &f);
    return answer_json(r, status, &b);
}

enum lf_code api_feeds(struct rq *r)
{
    struct lf_feed *items;
    struct out o;
    size_t n;

    LF_TRY(lf_feed_list(r->t, &n, &items, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++)
        put_feed(r, &o.w, &items[i]);
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_feed_runs(struct rq *r)
{
    struct lf_feed_run *v;
    struct out o;
    size_t n;

    LF_TRY(lf_feed_runs(r->t, r->id, &n, &v, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_int(&o.w, "run", v[i].run);
        lf_json_put_time(&o.w, "began", v[i].began);
        lf_json_put_time(&o.w, "over", v[i].over);
        lf_json_put_cstr(&o.w, "state", v[i].trouble.len ? "failed" : v[i].unchanged ? "unchanged" : "ok");
        put_text(&o.w, "trouble", v[i].trouble);
        lf_json_put_int(&o.w, "new", v[i].fresh);
        lf_json_put_int(&o.w, "changed", v[i].other);
        lf_json_put_int(&o.w, "same", v[i].same);
        lf_json_put_int(&o.w, "refused", v[i].refused);
        lf_json_put_int(&o.w, "lost", v[i].lost);
        lf_json_put_int(&o.w, "ended", v[i].ended);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}

enum lf_code api_feed_add(struct rq *r)
{
    lf_view id;

    LF_TRY(feed_put(r, LF_V(""), &id));
    return say(r, id, 201);
}

enum lf_code api_feed(struct rq *r)
{
    return say(r, r->id, 200);
}

enum lf_code api_feed_set(struct rq *r)
{
    lf_view id;

    LF_TRY(feed_put(r, r->id, &id));
    return say(r, id, 200);
}

enum lf_code api_feed_remove(struct rq *r)
{
    LF_TRY(lf_feed_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}

enum lf_code api_feed_run(struct rq *r)
{
    LF_TRY(lf_feed_run(r->t, r->id, r->e));
    return say(r, r->id, 202);
}

enum lf_code api_provenance(struct rq *r)
{
    struct lf_provenance *v;
    struct out o;
    size_t n;

    LF_TRY(lf_feed_provenance(r->t, r->id, &n, &v, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "feed", v[i].feed);
        put_text(&o.w, "name", v[i].name);
        put_text(&o.w, "url", v[i].url);
        put_text(&o.w, "grade", v[i].grade);
        put_text(&o.w, "document", v[i].part);
        lf_json_put_time(&o.w, "first", v[i].first);
        lf_json_put_time(&o.w, "fetched", v[i].at);
        lf_json_put_str(&o.w, "sha256", v[i].sha256);
        lf_json_put_time(&o.w, "ended", v[i].ended);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, LF_V(""));
}
