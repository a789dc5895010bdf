/* Members in the console, and whom a bulletin that is being written will ask. */
#include "isac/bulletin.h"

#include "web/page_priv.h"

static lf_view sectors(void)
{
    return lf_view_of(lf_advisory_fields[lf_advisory_field(LF_V("sectors"))].choices);
}

static bool word_in(lf_view words, lf_view word)
{
    lf_view one;

    while (lf_view_split(&words, ' ', &one))
        if (one.len && lf_view_eq(one, word))
            return true;
    return false;
}

/* Boxes named sector_energy …, level_A …; `have`: those that are ticked, a blank between. */
static void put_boxes(struct rq *r, struct lf_buf *b, const char *name, lf_view all, lf_view have,
                      enum lf_text legend)
{
    lf_view one;

    lf_html(b, "<fieldset><legend>%</legend>", V(text(r, legend)));
    while (lf_view_split(&all, ' ', &one))
        lf_html(b, "<label><input type=\"checkbox\" name=\"%_%\" value=\"1\"%>%</label>", LF_HC(name), V(one),
                LF_RAW(word_in(have, one) ? LF_V(" checked") : LF_V("")), V(advisory_word(r, one)));
    lf_html(b, "</fieldset>");
}

static lf_view ticked(struct rq *r, const char *name, lf_view all)
{
    lf_view out = LF_V(""), one;

    while (lf_view_split(&all, ' ', &one))
        if (field(r, lf_arena_printf(r->t->a, "%s_%.*s", name, LF_FMT(one)).ptr).ptr)
            out = out.len ? lf_arena_printf(r->t->a, "%.*s %.*s", LF_FMT(out), LF_FMT(one)) : one;
    return out;
}

static void put_levels(struct rq *r, struct lf_buf *b, lf_view now)
{
    static const char levels[] = "ABCDE";

    lf_html(b, "<p><label>% <select name=\"level\"><option value=\"\">–</option>", T(MEMBER_LEVEL));
    for (size_t i = 0; levels[i]; i++)
        lf_html(b, "<option%>%</option>",
                LF_RAW(now.len && now.ptr[0] == levels[i] ? LF_V(" selected") : LF_V("")),
                V(((lf_view){ &levels[i], 1 })));
    lf_html(b, "</select></label></p>");
}

static void put_form(struct rq *r, struct lf_buf *b, const struct lf_member *m)
{
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"/members\">");
    put_csrf(r, b);
    lf_html(b, "<input type=\"hidden\" name=\"id\" value=\"%\">", V(m->id));
    if (!m->peer.len)
        lf_html(b, "<p><label>% <input name=\"name\" required maxlength=\"200\" value=\"%\"></label></p>",
                T(MEMBER_NAME), V(m->name));
    put_boxes(r, b, "sector", sectors(), m->sectors, LF_T_MEMBER_SECTORS);
    put_levels(r, b, m->level);
    lf_html(b,
            "<p><label>% <input name=\"mail\" type=\"email\" maxlength=\"254\" value=\"%\"></label></p>"
            "<p><button>%</button></p></form>",
            T(MEMBER_MAIL), V(m->mail), T(MEMBER_KEEP));
}

static void put_sectors(struct rq *r, struct lf_buf *b, lf_view words)
{
    lf_view one;

    while (lf_view_split(&words, ' ', &one))
        if (one.len)
            lf_html(b, "<span class=\"tag\">%</span> ", V(advisory_word(r, one)));
}

enum lf_code page_members(struct rq *r)
{
    const struct lf_member none = { LF_V(""), LF_V(""), LF_V(""), LF_V(""), LF_V(""), LF_V("") };
    const struct lf_member *list;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_member_list(r->t, &n, &list, r->e));
    begin_page(r, &b, text(r, LF_T_MEMBERS), "/bulletins");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div><section class=\"panel\">",
            T(MEMBERS), T(MEMBERS_LEAD));
    if (!n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(MEMBER_NONE));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th></tr></thead><tbody>",
                T(MEMBERS_CAPTION), T(MEMBER_NAME), T(MEMBER_SECTORS), T(MEMBER_LEVEL), T(MEMBER_MAIL),
                T(ACT));
    for (size_t i = 0; i < n; i++) {
        const struct lf_member *m = &list[i];

        lf_html(&b, "<tr><td class=\"wrap\" data-label=\"%\">% ", T(MEMBER_NAME), V(m->name));
        if (m->peer.len)
            badge(&b, "info", "⇅", text(r, LF_T_MEMBER_NODE));
        lf_html(&b, "</td><td class=\"wrap\" data-label=\"%\">", T(MEMBER_SECTORS));
        put_sectors(r, &b, m->sectors);
        lf_html(&b, "</td><td data-label=\"%\">%</td><td class=\"wrap\" data-label=\"%\">%</td><td>",
                T(MEMBER_LEVEL), V(m->level), T(MEMBER_MAIL), V(m->mail));
        if (may(r, AUDIT)) {
            lf_html(&b, "<details><summary>%</summary>", T(ADV_EDIT));
            put_form(r, &b, m);
            lf_html(&b, "</details>");
            if (!m->peer.len)
                put_button(r, &b, path2(r, "/members/", m->id, "/remove"), LF_T_MEMBER_REMOVE,
                           "second small");
        }
        lf_html(&b, "</td></tr>");
    }
    if (n)
        lf_html(&b, "</tbody></table>");
    lf_html(&b, "</section>");
    if (may(r, AUDIT)) {
        lf_html(&b, "<section class=\"panel\"><h2>%</h2>", T(MEMBER_ADD));
        put_form(r, &b, &none);
        lf_html(&b, "</section>");
    }
    return end_page(r, &b, 200);
}

enum lf_code page_member_put(struct rq *r)
{
    struct lf_member m = { .id = lf_view_some(field(r, "id")),
                           .name = lf_view_some(field(r, "name")),
                           .sectors = ticked(r, "sector", sectors()),
                           .level = lf_view_some(field(r, "level")),
                           .mail = lf_view_trim(lf_view_some(field(r, "mail"))),
                           .peer = LF_V("") };
    lf_view id;

    LF_TRY(lf_member_put(r->t, &m, &id, r->e));
    return redirect(r, LF_V("/members?done=1"));
}

enum lf_code page_member_remove(struct rq *r)
{
    LF_TRY(lf_member_remove(r->t, r->id, r->e));
    return redirect(r, LF_V("/members?done=1"));
}

/* ---- an audience ---- */

/* A list of texts as words, a blank between. */
static lf_view words_of(struct rq *r, const struct lf_json *list)
{
    lf_view out = LF_V("");

    for (size_t i = 0; i < lf_json_items(list); i++)
        out = lf_arena_printf(r->t->a, "%.*s %.*s", LF_FMT(out), LF_FMT(lf_json_text(lf_json_item(list, i))));
    return out;
}

static bool is_named(const struct lf_json *list, lf_view id)
{
    for (size_t i = 0; i < lf_json_items(list); i++)
        if (lf_view_eq(lf_json_text(lf_json_item(list, i)), id))
            return true;
    return false;
}

enum lf_code page_audience(struct rq *r)
{
    const struct lf_member *all, *chosen;
    const struct lf_json *v;
    size_t nall, n;
    lf_view now;
    struct lf_buf b;

    LF_TRY(lf_bulletin_audience(r->t, r->id, &now, r->e));
    LF_TRY(lf_json_parse(r->t->a, now.len ? now : LF_V("{}"), NULL, &v, r->e));
    LF_TRY(lf_member_list(r->t, &nall, &all, r->e));
    LF_TRY(lf_member_choose(r->t, now, &n, &chosen, r->e));
    begin_page(r, &b, text(r, LF_T_BUL_AUDIENCE), "/bulletins");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div><div class=\"two\"><section "
            "class=\"panel\"><form "
            "class=\"stack\" method=\"post\" action=\"%\">",
            T(BUL_AUDIENCE), T(AUDIENCE_LEAD), V(path2(r, "/bulletins/", r->id, "/audience")));
    put_csrf(r, &b);
    put_boxes(r, &b, "sector", sectors(), words_of(r, lf_json_get(v, LF_V("sectors"))), LF_T_MEMBER_SECTORS);
    put_boxes(r, &b, "level", LF_V("A B C D E"), words_of(r, lf_json_get(v, LF_V("levels"))),
              LF_T_MEMBER_LEVEL);
    lf_html(&b,
            "<p><label>% <input name=\"assets\" maxlength=\"200\" "
            "value=\"%\"></label></p><fieldset><legend>%</legend>",
            T(AUDIENCE_ASSETS), V(lf_json_str(v, "assets")), T(AUDIENCE_NAMED));
    for (size_t i = 0; i < nall; i++)
        lf_html(&b, "<label><input type=\"checkbox\" name=\"member_%\" value=\"1\"%>%</label>", V(all[i].id),
                LF_RAW(is_named(lf_json_get(v, LF_V("members")), all[i].id) ? LF_V(" checked") : LF_V("")),
                V(all[i].name));
    lf_html(
        &b,
        "</fieldset><p><button>%</button></p></form></section><section class=\"panel\"><h2>% (%)</h2><ul>",
        T(AUDIENCE_KEEP), T(AUDIENCE_NOW), V(number(r, (int64_t)n)));
    for (size_t i = 0; i < n; i++)
        lf_html(&b, "<li>%</li>", V(chosen[i].name));
    lf_html(&b, "</ul><p><a href=\"%\">%</a></p></section></div>", V(path2(r, "/advisories/", r->id, "")),
            T(BUL_BACK));
    return end_page(r, &b, 200);
}

static void put_words(struct lf_json_w *w, const char *key, lf_view words)
{
    lf_view one;

    if (!words.len)
        return;
    lf_json_begin(w, key, '[');
    while (lf_view_split(&words, ' ', &one))
        lf_json_put_str(w, NULL, one);
    lf_json_close(w);
}

enum lf_code page_audience_do(struct rq *r)
{
    lf_view assets = lf_view_trim(lf_view_some(field(r, "assets"))), typed;
    const struct lf_member *all;
    const struct lf_json *v;
    struct lf_json_w w;
    struct lf_buf b;
    bool any = false;
    size_t n;

    LF_TRY(lf_member_list(r->t, &n, &all, r->e));
    lf_buf_init(&b, LF_AUDIENCE);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    put_words(&w, "sectors", ticked(r, "sector", sectors()));
    put_words(&w, "levels", ticked(r, "level", LF_V("A B C D E")));
    if (assets.len)
        lf_json_put_str(&w, "assets", assets);
    for (size_t i = 0; i < n; i++)
        if (field(r, lf_arena_printf(r->t->a, "member_%.*s", LF_FMT(all[i].id)).ptr).ptr) {
            if (!any)
                lf_json_begin(&w, "members", '[');
            any = true;
            lf_json_put_str(&w, NULL, all[i].id);
        }
    if (any)
        lf_json_close(&w);
    lf_json_close(&w);
    typed = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    LF_TRY(lf_json_parse(r->t->a, typed, NULL, &v, r->e));
    LF_TRY(lf_bulletin_address(r->t, r->id, v, r->e));
    return redirect(r, path2(r, "/bulletins/", r->id, "/audience?done=1"));
}
