/* The JSON API's part on the roster of responders. */
#include "web/api_priv.h"
#include "web/team.h"

enum lf_code responders_asked(struct rq *r, const struct lf_page *page, struct lf_responder_page *out)
{
    lf_view skill = lf_view_some(query(r, "skill"));
    struct lf_responder_filter f = { .words = lf_view_some(query(r, "q")),
                                     .free = lf_view_is(lf_view_some(query(r, "free")), "1") };

    if (skill.len)
        LF_TRY(lf_skills_parse(skill, &f.skills, r->e));
    return lf_responder_list(r->t, &f, page, out, r->e);
}

/* What is left out stays as it is; boxes of a form ("skill_law") are skills too. */
enum lf_code responder_set(struct rq *r, lf_view contact)
{
    lf_view skills = lf_view_some(field(r, "skills")), available = lf_view_some(field(r, "available"));
    struct lf_responder x = { .available = true };
    enum lf_code rc = lf_responder_get(r->t, contact, &x, r->e);

    if (rc != LF_OK && rc != LF_NOT_FOUND)
        return rc;
    x.contact = contact;
    for (enum lf_skill s = LF_SKILL_FORENSICS; s < LF_SKILLS; s++)
        if (field(r, lf_arena_cstr(r->t->a, lf_arena_printf(r->t->a, "skill_%s", lf_skill_name(s)))).len)
            skills = lf_arena_printf(r->t->a, "%.*s,%s", LF_FMT(skills), lf_skill_name(s));
    if (skills.len)
        LF_TRY(lf_skills_parse(skills, &x.skills, r->e));
    if (available.len && !lf_view_is(available, "yes") && !lf_view_is(available, "no"))
        return lf_err_set(r->e, LF_BAD_INPUT, "responder: \"available\" is yes or no");
    if (available.len)
        x.available = lf_view_is(available, "yes");
    if (field(r, "rest").ptr)
        LF_TRY(moment_field(r, "rest", &x.rest));
    if (field(r, "note").ptr)
        x.note = lf_view_trim(field(r, "note"));
    return lf_responder_put(r->t, &x, r->e);
}

enum lf_code api_responders(struct rq *r)
{
    struct lf_responder_page list;
    struct lf_page page;
    struct out o;

    LF_TRY(page_of(r, &page));
    LF_TRY(responders_asked(r, &page, &list));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < list.n; i++) {
        const struct lf_responder *x = &list.items[i];

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "contact", x->contact);
        lf_json_put_str(&o.w, "name", x->name);
        lf_json_put_str(&o.w, "unit", x->unit);
        lf_json_put_str(&o.w, "skills", lf_skills_said(r->t->a, x->skills));
        lf_json_put_bool(&o.w, "available", x->available);
        lf_json_put_time(&o.w, "rest", x->rest);
        put_text(&o.w, "note", x->note);
        put_text(&o.w, "team", x->team);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, list.next);
}

enum lf_code api_responder_import(struct rq *r)
{
    struct out o;
    lf_view csv;
    size_t n;

    LF_TRY(need(r, "csv", &csv));
    LF_TRY(lf_responder_import(r->t, csv, &n, r->e));
    begin(&o);
    lf_json_put_int(&o.w, "rows", (int64_t)n);
    return end(r, &o, 200);
}

enum lf_code api_responder_set(struct rq *r)
{
    LF_TRY(responder_set(r, r->id));
    return answer_empty(r, 204);
}

enum lf_code api_responder_remove(struct rq *r)
{
    LF_TRY(lf_responder_remove(r->t, r->id, r->e));
    return answer_empty(r, 204);
}
