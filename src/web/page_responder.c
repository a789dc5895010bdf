/* The roster of responders in the console. */
#include "cert/contact.h"
#include "web/page_priv.h"
#include "web/shift.h"
#include "web/team.h"

enum lf_text skill_text(enum lf_skill s)
{
    static const enum lf_text words[] = {
        LF_T_SKILL_FORENSICS,    LF_T_SKILL_MALWARE, LF_T_SKILL_NETWORK,
        LF_T_SKILL_SYSTEM,       LF_T_SKILL_OT,      LF_T_SKILL_CLOUD,
        LF_T_SKILL_INTELLIGENCE, LF_T_SKILL_LAW,     LF_T_SKILL_COMMUNICATION,
        LF_T_SKILL_COMMAND
    };

    static_assert(sizeof words / sizeof *words == LF_SKILLS, "each skill has its words");
    return words[s];
}

void put_skills(struct rq *r, struct lf_buf *b, unsigned skills)
{
    const char *between = "";

    for (enum lf_skill s = LF_SKILL_FORENSICS; s < LF_SKILLS; s++)
        if (skills >> s & 1) {
            lf_buf_put(b, lf_view_of(between));
            lf_html(b, "%", V(text(r, skill_text(s))));
            between = r->lang == LF_LANG_ZH ? "、" : ", ";
        }
}

static void put_filter(struct rq *r, struct lf_buf *b)
{
    struct filter_choice of[LF_SKILLS + 1] = { { "", LF_T_TEAM_ALL } };

    for (enum lf_skill s = LF_SKILL_FORENSICS; s < LF_SKILLS; s++)
        of[s + 1] = (struct filter_choice){ lf_skill_name(s), skill_text(s) };
    LF_PUT(b, "<form class=\"filter\" method=\"get\" action=\"/responders\" role=\"search\">");
    put_filter_input(r, b, "q", LF_T_RESPONDER_NAME, " maxlength=\"100\"");
    put_filter_choice(r, b, "skill", LF_T_RESPONDER_SKILLS, of, LF_SKILLS + 1,
                      lf_view_some(query(r, "skill")));
    lf_html(b,
            "<label><input type=\"checkbox\" name=\"free\" value=\"1\"%> %</label> <button "
            "class=\"second\">%</button></form>",
            LF_RAW(lf_view_is(lf_view_some(query(r, "free")), "1") ? LF_V(" checked") : LF_V("")),
            T(RESPONDER_FREE_ONLY), T(UNIT_SEARCH_DO));
}

static void put_row(struct rq *r, struct lf_buf *b, const struct lf_responder *x)
{
    struct lf_text_value named[] = { { "act", text(r, LF_T_REMOVE) }, { "task", x->name } };

    lf_html(b, "<tr><td class=\"wrap\" data-label=\"%\"><span>%", T(CONTACT_NAME), V(x->name));
    if (x->note.len)
        lf_html(b, "<br><small>%</small>", V(x->note));
    lf_html(
        b, "</span></td><td class=\"wrap\" data-label=\"%\">%</td><td class=\"wrap\" data-label=\"%\"><span>",
        T(UNIT_NAME), V(x->unit), T(RESPONDER_SKILLS));
    put_skills(r, b, x->skills);
    lf_html(b, "</span></td><td data-label=\"%\"><span>", T(RESPONDER_STANDS));
    if (x->team.len) {
        badge(b, "warn", "●", text(r, LF_T_RESPONDER_BUSY));
        lf_html(b, " <a href=\"%\">%</a>", V(path2(r, "/teams/", x->team, "")), T(TEAMS));
    } else if (!x->available) {
        badge(b, "warn", "–", text(r, LF_T_RESPONDER_AWAY));
    } else if (x->rest > lf_now(r->t->env)) {
        badge(b, "warn", "…", text(r, LF_T_RESPONDER_RESTS));
        LF_PUT(b, " ");
        put_when(r, b, x->rest);
    } else {
        badge(b, "good", "✓", text(r, LF_T_RESPONDER_FREE));
    }
    lf_html(b, "</span></td><td data-label=\"%\">", T(ACT));
    if (may(r, SIGN_MANAGE)) {
        LF_PUT(b, "<form class=\"inline\" method=\"post\" action=\"/responders/remove\">");
        put_csrf(r, b);
        lf_html(
            b,
            "<button class=\"second small\" name=\"contact\" value=\"%\" aria-label=\"%\">%</button></form>",
            V(x->contact), V(lf_text_fill(r->t->a, LF_T_TASK_NAMED, r->lang, named, 2)), T(REMOVE));
    }
    LF_PUT(b, "</td></tr>");
}

static void put_forms(struct rq *r, struct lf_buf *b)
{
    bool away = lf_view_is(lf_view_some(field(r, "available")), "no");

    lf_html(b,
            "<div class=\"two\"><section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" "
            "action=\"/responders\">",
            T(RESPONDER_ADD));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"contact\">%</label><input id=\"contact\" name=\"contact\" required value=\"%\" "
            "aria-describedby=\"ch\"><span class=\"hint\" id=\"ch\">%</span></p><fieldset><legend>%</legend>",
            T(CONTACT_NAME), V(lf_view_some(field(r, "contact"))), T(RESPONDER_CONTACT_HINT),
            T(RESPONDER_SKILLS));
    for (enum lf_skill s = LF_SKILL_FORENSICS; s < LF_SKILLS; s++) {
        const char *name = lf_arena_cstr(r->t->a, lf_arena_printf(r->t->a, "skill_%s", lf_skill_name(s)));

        lf_html(b, "<label><input type=\"checkbox\" name=\"%\" value=\"1\"%> %</label> ", LF_HC(name),
                LF_RAW(field(r, name).len ? LF_V(" checked") : LF_V("")), V(text(r, skill_text(s))));
    }
    lf_html(
        b,
        "</fieldset><p><label for=\"available\">%</label><select id=\"available\" name=\"available\"><option "
        "value=\"yes\">%</option><option value=\"no\"%>%</option></select></p><p><label "
        "for=\"note\">%</label><input id=\"note\" name=\"note\" maxlength=\"66\" "
        "value=\"%\"></p><p><button>%</button></p></form></section>",
        T(RESPONDER_STANDS), T(RESPONDER_FREE), LF_RAW(away ? LF_V(" selected") : LF_V("")),
        T(RESPONDER_AWAY), T(ROSTER_NOTE), V(lf_view_some(field(r, "note"))), T(RESPONDER_ADD));
    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><form class=\"stack\" method=\"post\" "
            "action=\"/responders/import\">",
            T(RESPONDER_IMPORT));
    put_csrf(r, b);
    lf_html(
        b,
        "<p id=\"uh\" class=\"hint\">%</p><p><label for=\"csv\">CSV</label><textarea id=\"csv\" "
        "name=\"csv\" rows=\"8\" required spellcheck=\"false\" "
        "aria-describedby=\"uh\">%</textarea></p><p><button class=\"second\">%</button></p></form></section>"
        "</div>",
        T(RESPONDER_IMPORT_HINT), V(lf_view_some(field(r, "csv"))), T(RESPONDER_IMPORT));
}

static enum lf_code list_page(struct rq *r, int status)
{
    static const char *const kept[] = { "q", "skill", "free" };
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct lf_responder_page list;
    struct lf_page page;
    struct lf_buf b;

    LF_TRY(page_of(r, &page));
    LF_TRY(responders_asked(r, &page, &list));
    begin_page(r, &b, text(r, LF_T_RESPONDERS), "/rosters");
    lf_html(&b,
            "<p><a href=\"/rosters\">%</a> · <a href=\"/teams\">%</a></p><div class=\"head\"><h1>%</h1><p "
            "class=\"quiet\">%</p></div>",
            T(ROSTERS), T(TEAMS), T(RESPONDERS), T(RESPONDERS_LEAD));
    if (status != 200)
        put_refusal(r, &b, why);
    put_filter(r, &b);
    LF_PUT(&b, "<section class=\"panel\">");
    if (!list.n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(RESPONDER_NONE));
    else
        lf_html(
            &b,
            "<table class=\"rows\"><caption class=\"unseen\">%</caption><thead><tr><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(RESPONDERS), T(CONTACT_NAME), T(UNIT_NAME), T(RESPONDER_SKILLS), T(RESPONDER_STANDS), T(ACT));
    for (size_t i = 0; i < list.n; i++)
        put_row(r, &b, &list.items[i]);
    if (list.n)
        LF_PUT(&b, "</tbody></table>");
    LF_PUT(&b, "</section>");
    put_next_with(r, &b, lf_arena_cstr(r->t->a, query_again(r, kept, 3)), list.next);
    if (may(r, SIGN_MANAGE))
        put_forms(r, &b);
    return end_page(r, &b, status);
}

enum lf_code page_responders(struct rq *r)
{
    return list_page(r, 200);
}

static enum lf_code set(struct rq *r)
{
    lf_view contact;

    LF_TRY(contact_field(r, "contact", &contact));
    return responder_set(r, contact);
}

static enum lf_code done(struct rq *r, enum lf_code rc)
{
    return rc == LF_OK ? redirect(r, LF_V("/responders?done=1")) : page_again(r, rc, list_page);
}

enum lf_code page_responder_set(struct rq *r)
{
    return done(r, set(r));
}

enum lf_code page_responder_import(struct rq *r)
{
    size_t n;

    return done(r, lf_responder_import(r->t, lf_view_some(field(r, "csv")), &n, r->e));
}

enum lf_code page_responder_remove(struct rq *r)
{
    lf_view contact;

    LF_TRY(need(r, "contact", &contact));
    return done(r, lf_responder_remove(r->t, contact, r->e));
}
