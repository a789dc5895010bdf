/* Feeds in the console: what is fetched, how it goes, and what it brought. */
#include "isac/feed.h"
#include "isac/object.h"
#include "web/page_priv.h"

static void put_input(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, const char *more)
{
    lf_html(b,
            "<p><label for=\"f-%\">%</label><input id=\"f-%\" name=\"%\" autocomplete=\"off\" "
            "spellcheck=\"false\"%></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), LF_RAW(lf_view_of(more)));
}

static void put_box(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label)
{
    lf_html(b, "<p><label><input type=\"checkbox\" name=\"%\" value=\"yes\"> %</label></p>", LF_HC(name),
            V(text(r, label)));
}

static void put_formats(struct rq *r, struct lf_buf *b)
{
    const char *f;

    lf_html(b, "<p><label for=\"f-format\">%</label><select id=\"f-format\" name=\"format\">",
            T(FEED_FORMAT));
    for (size_t i = 0; (f = lf_feed_format(i)); i++)
        lf_html(b, "<option>%</option>", LF_HC(f));
    LF_PUT(b, "</select></p>");
}

static void put_everies(struct rq *r, struct lf_buf *b)
{
    static const struct {
        const char *every;
        enum lf_text word;
    } spans[] = { { "1h", LF_T_SAVED_1H },
                  { "15m", LF_T_SAVED_15M },
                  { "6h", LF_T_SAVED_6H },
                  { "1d", LF_T_SAVED_1D },
                  { "0", LF_T_FEED_BY_HAND } };

    lf_html(b, "<p><label for=\"f-every\">%</label><select id=\"f-every\" name=\"every\">", T(FEED_EVERY));
    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
        lf_html(b, "<option value=\"%\">%</option>", LF_HC(spans[i].every), V(text(r, spans[i].word)));
    LF_PUT(b, "</select></p>");
}

static enum lf_code put_collections(struct rq *r, struct lf_buf *b)
{
    const struct lf_collection *c;
    size_t n;

    LF_TRY(lf_collection_list(r->t, &n, &c, r->e));
    lf_html(b, "<p><label for=\"f-collection\">%</label><select id=\"f-collection\" name=\"collection\">",
            T(FEED_COLLECTION));
    for (size_t i = 0; i < n; i++)
        if (c[i].can_write)
            lf_html(b, "<option value=\"%\"%>%</option>", V(c[i].id),
                    LF_RAW(lf_view_is(c[i].alias, "library") ? LF_V(" selected") : LF_V("")),
                    V(collection_title(r, c[i].title)));
    LF_PUT(b, "</select></p>");
    return LF_OK;
}

static enum lf_code put_form(struct rq *r, struct lf_buf *b)
{
    static const char *const tlps[] = { "", "clear", "green", "amber", "amber+strict", "red" };
    static const char *const auths[] = { "open", "basic", "bearer", "key" };

    lf_html(b,
            "<section class=\"panel\"><details><summary>%</summary><form class=\"stack\" method=\"post\" "
            "action=\"/feeds\">",
            T(FEED_NEW));
    put_csrf(r, b);
    put_input(r, b, "name", LF_T_NAME, " required maxlength=\"100\"");
    put_input(r, b, "url", LF_T_FEED_URL, " required maxlength=\"2000\" inputmode=\"url\"");
    put_formats(r, b);
    lf_html(b,
            "<p><label for=\"f-mapping\">%</label><textarea id=\"f-mapping\" name=\"mapping\" "
            "spellcheck=\"false\"></textarea></p>",
            T(FEED_MAPPING));
    put_everies(r, b);
    LF_TRY(put_collections(r, b));
    lf_html(b, "<p><label for=\"f-tlp\">%</label><select id=\"f-tlp\" name=\"tlp\">", T(FEED_TLP));
    for (size_t i = 0; i < sizeof tlps / sizeof *tlps; i++)
        lf_html(b, "<option value=\"%\">%</option>", LF_HC(tlps[i]), i ? LF_HC(tlps[i]) : T(FEED_NO_TLP));
    LF_PUT(b, "</select></p>");
    put_input(r, b, "grade", LF_T_FEED_GRADE, " maxlength=\"2\" pattern=\"[A-F][1-6]\" placeholder=\"B2\"");
    put_input(r, b, "confidence", LF_T_FEED_CONFIDENCE, " maxlength=\"3\" inputmode=\"numeric\"");
    lf_html(b, "<p><label for=\"f-auth\">%</label><select id=\"f-auth\" name=\"auth\">", T(FEED_AUTH));
    for (size_t i = 0; i < sizeof auths / sizeof *auths; i++)
        lf_html(b, "<option>%</option>", LF_HC(auths[i]));
    LF_PUT(b, "</select></p>");
    put_input(r, b, "login", LF_T_FEED_LOGIN, " maxlength=\"300\"");
    put_input(r, b, "secret", LF_T_FEED_SECRET, " type=\"password\" maxlength=\"4000\"");
    put_box(r, b, "gone", LF_T_FEED_GONE);
    put_box(r, b, "private", LF_T_FEED_PRIVATE);
    lf_html(b, "<p><button>%</button></p></form></details></section>", T(FEED_ADD));
    return LF_OK;
}

static void put_counts(struct rq *r, struct lf_buf *b, const struct lf_feed *f)
{
    const struct {
        enum lf_text word;
        int64_t n;
    } counts[] = { { LF_T_FEED_FRESH, f->fresh }, { LF_T_FEED_OTHER, f->other },
                   { LF_T_FEED_SAME, f->same },   { LF_T_FEED_REFUSED, f->refused },
                   { LF_T_FEED_LOST, f->lost },   { LF_T_FEED_ENDED, f->ended } };

    lf_html(b, "<dt>%</dt><dd>", T(FEED_COUNTS));
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        lf_html(b, "% %<br>", V(text(r, counts[i].word)), V(number(r, counts[i].n)));
    LF_PUT(b, "</dd>");
}

/* In capitals, as TLP 2.0 wants a label written. */
static lf_view tlp_label(struct rq *r, lf_view tlp)
{
    char *text = lf_arena_cstr(r->t->a, lf_arena_printf(r->t->a, "TLP:%.*s", LF_FMT(tlp)));

    for (char *c = text; *c; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c & ~0x20);
    return lf_view_of(text);
}

static void put_notes(struct rq *r, struct lf_buf *b, const struct lf_feed *f)
{
    const struct lf_json *notes;

    if (!f->notes.len || lf_json_parse(r->t->a, f->notes, NULL, &notes, NULL) != LF_OK ||
        !lf_json_items(notes))
        return;
    lf_html(b, "<details><summary>%</summary><ul class=\"plain\">", T(FEED_NOTES));
    for (size_t i = 0; i < lf_json_items(notes); i++)
        lf_html(b, "<li class=\"wrap\"><code>%</code><br><small lang=\"en\">%</small></li>",
                V(lf_json_str(lf_json_item(notes, i), "what")),
                V(lf_json_str(lf_json_item(notes, i), "why")));
    LF_PUT(b, "</ul></details>");
}

static void put_feed(struct rq *r, struct lf_buf *b, const struct lf_feed *f)
{
    lf_html(b, "<section class=\"panel\"><h2>% ", V(f->name));
    if (f->failures)
        badge(b, "bad", "!", text(r, LF_T_FEED_FAILING));
    else
        badge(b, f->run ? "good" : "warn", f->run ? "✓" : "–",
              text(r, f->run ? LF_T_FEED_OK : LF_T_FEED_NOT_YET));
    lf_html(b,
            "</h2><dl class=\"facts\"><dt>%</dt><dd class=\"wrap\"><code>%</code></dd><dt>%</dt><dd>%</dd>",
            T(FEED_URL), V(f->url), T(FEED_FORMAT), V(f->format));
    if (f->tlp.len)
        lf_html(b, "<dt>%</dt><dd>%</dd>", T(FEED_TLP), V(tlp_label(r, f->tlp)));
    if (f->grade.len)
        lf_html(b, "<dt>%</dt><dd>%</dd>", T(FEED_GRADE), V(f->grade));
    lf_html(b, "<dt>%</dt><dd>", T(FEED_LAST_OK));
    put_when_zone(r, b, f->ok);
    if (f->trouble.len) {
        lf_html(b, "</dd><dt>%</dt><dd class=\"wrap\" lang=\"en\">%</dd><dt>%</dt><dd>%", T(FEED_TROUBLE),
                V(f->trouble), T(FEED_FAILURES), V(number(r, f->failures)));
    }
    lf_html(b, "</dd><dt>%</dt><dd>", T(FEED_NEXT));
    if (f->next < LF_TIME_MAX)
        put_when_zone(r, b, f->next);
    else
        lf_html(b, "%", T(FEED_BY_HAND));
    LF_PUT(b, "</dd>");
    if (f->ok)
        put_counts(r, b, f);
    LF_PUT(b, "</dl>");
    put_notes(r, b, f);
    if (may(r, TRIAGE)) {
        LF_PUT(b, "<p class=\"acts\">");
        put_button(r, b, path2(r, "/feeds/", f->id, "/run"), LF_T_FEED_RUN, "small");
        put_button(r, b, path2(r, "/feeds/", f->id, "/remove"), LF_T_FEED_REMOVE, "second small");
        LF_PUT(b, "</p>");
    }
    LF_PUT(b, "</section>");
}

enum lf_code page_feeds(struct rq *r)
{
    struct lf_feed *items;
    enum lf_code rc = LF_OK;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_feed_list(r->t, &n, &items, r->e));
    begin_page(r, &b, text(r, LF_T_FEEDS), "/indicators");
    lf_html(&b, "<h1>%</h1><p class=\"hint\">%</p>", T(FEEDS), T(FEEDS_HELP));
    if (may(r, TRIAGE))
        rc = put_form(r, &b);
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    if (!n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(FEEDS_NONE));
    for (size_t i = 0; i < n; i++)
        put_feed(r, &b, &items[i]);
    return end_page(r, &b, 200);
}

enum lf_code page_feed_add(struct rq *r)
{
    lf_view id;

    LF_TRY(feed_put(r, LF_V(""), &id));
    return redirect(r, LF_V("/feeds"));
}

enum lf_code page_feed_run(struct rq *r)
{
    LF_TRY(lf_feed_run(r->t, r->id, r->e));
    return redirect(r, LF_V("/feeds"));
}

enum lf_code page_feed_remove(struct rq *r)
{
    LF_TRY(lf_feed_remove(r->t, r->id, r->e));
    return redirect(r, LF_V("/feeds"));
}
