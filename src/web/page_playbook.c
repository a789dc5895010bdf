/* Playbooks in the console: all of them as checklists, and on an incident's tasks those that fit. */
#include "cert/playbook.h"

#include "web/page_step.h"

lf_view playbook_name(const struct rq *r, const struct lf_playbook *p)
{
    return r->lang == LF_LANG_EN ? p->en : p->zh;
}

/* Own ones whose last text is not in force: drafts, and what was retired. */
static enum lf_code put_others(struct rq *r, struct lf_buf *b, const struct lf_playbook *list, size_t n)
{
    const struct lf_playbook_version *own;
    size_t nown, shown = 0;

    LF_TRY(lf_playbook_last(r->t, &nown, &own, r->e));
    for (size_t i = 0; i < nown; i++) {
        bool in_force = false;

        for (size_t k = 0; k < n; k++)
            in_force |= lf_view_eq(list[k].id, own[i].id);
        if (own[i].act == LF_PLAYBOOK_REMOVE || own[i].act == LF_PLAYBOOK_PUBLISH)
            continue;
        if (!shown++)
            lf_html(b, "<section class=\"panel\"><h2>%</h2><ul>", T(PB_OTHERS_OWN));
        lf_html(b, "<li class=\"wrap\"><a href=\"%\">%</a> ", V(path2(r, "/playbooks/", own[i].id, "")),
                V(own[i].id));
        badge(b, "", own[i].act == LF_PLAYBOOK_RETIRE ? "–" : "○",
              text(r, own[i].act == LF_PLAYBOOK_RETIRE ? LF_T_PB_RETIRED
                      : in_force                       ? LF_T_PB_DRAFT_WAITS
                                                       : LF_T_PB_NOT_YET));
        LF_PUT(b, "</li>");
    }
    if (shown)
        LF_PUT(b, "</ul></section>");
    return LF_OK;
}

enum lf_code page_playbooks(struct rq *r)
{
    const struct lf_playbook *list;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_playbook_list(r->t, &n, &list, r->e));
    begin_page(r, &b, text(r, LF_T_PLAYBOOKS), "/tasks");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div><div class=\"tiles\">",
            T(PLAYBOOKS), T(PLAYBOOKS_LEAD));
    for (size_t i = 0; i < n; i++) {
        lf_html(&b, "<section class=\"panel\" id=\"%\"><h2>%</h2>", V(list[i].id),
                V(playbook_name(r, &list[i])));
        if (may(r, MANAGE))
            lf_html(&b, "<p><a href=\"%\">%</a></p>", V(path2(r, "/playbooks/", list[i].id, "")), T(PB_EDIT));
        if (list[i].own) {
            LF_PUT(&b, "<p>");
            badge(&b, "info", "◇", text(r, LF_T_PB_OWN));
            LF_PUT(&b, "</p>");
        }
        put_steps(r, &b, list[i].steps, list[i].nsteps, false);
        LF_PUT(&b, "</section>");
    }
    LF_PUT(&b, "</div>");
    if (may(r, MANAGE)) {
        PUT_TRY(&b, put_others(r, &b, list, n));
        lf_html(&b, "<p><a class=\"button\" href=\"/playbooks/new\">%</a></p>", T(PB_NEW));
    }
    return end_page(r, &b, 200);
}

static void put_fit(struct rq *r, struct lf_buf *b, const struct lf_playbook_fit *x)
{
    const struct lf_playbook *p = x->playbook;
    lf_view name = playbook_name(r, p);

    lf_html(b, "<li class=\"wrap\"><a href=\"/playbooks#%\">%</a> ", V(p->id), V(name));
    if (x->applied)
        badge(b, "good", "✓", text(r, LF_T_PB_APPLIED));
    if (may(r, ACT)) {
        struct lf_text_value named[] = { { "act", text(r, LF_T_PB_APPLY) }, { "task", name } };

        lf_html(b, "<form class=\"inline\" method=\"post\" action=\"%\">",
                V(path2(r, "/incidents/", r->id, "/playbooks")));
        put_csrf(r, b);
        lf_html(b,
                "<button class=\"second small\" name=\"playbook\" value=\"%\" "
                "aria-label=\"%\">%</button></form>",
                V(p->id), V(lf_text_fill(r->t->a, LF_T_TASK_NAMED, r->lang, named, 2)), T(PB_APPLY));
    }
    LF_PUT(b, "</li>");
}

enum lf_code put_incident_playbooks(struct rq *r, struct lf_buf *b)
{
    const struct lf_playbook_fit *list;
    size_t n, fit = 0;

    LF_TRY(lf_playbook_of(r->t, r->id, &n, &list, r->e));
    lf_html(b, "<section class=\"panel\" id=\"playbooks\"><h2>%</h2><p class=\"quiet\">%</p>", T(PLAYBOOKS),
            T(PB_SUGGESTED));
    for (size_t i = 0; i < n; i++)
        fit += list[i].suggested;
    if (fit)
        LF_PUT(b, "<ul class=\"plain-list\">");
    else
        lf_html(b, "<p>%</p>", T(PB_NONE_FITS));
    for (size_t i = 0; i < n; i++)
        if (list[i].suggested)
            put_fit(r, b, &list[i]);
    if (fit)
        LF_PUT(b, "</ul>");
    if (fit < n)
        lf_html(b, "<details><summary>%</summary><ul class=\"plain-list\">", T(PB_OTHERS));
    for (size_t i = 0; i < n; i++)
        if (!list[i].suggested)
            put_fit(r, b, &list[i]);
    if (fit < n)
        LF_PUT(b, "</ul></details>");
    LF_PUT(b, "</section>");
    return LF_OK;
}

enum lf_code page_playbook_apply(struct rq *r)
{
    lf_view id;
    size_t added;

    LF_TRY(need(r, "playbook", &id));
    LF_TRY(lf_playbook_apply(r->t, r->id, id, r->lang == LF_LANG_EN, &added, r->e));
    return redirect(r, path2(r, "/incidents/", r->id, "/tasks?done=1"));
}
