/* One playbook in the console: what is in force, its history, its form, and what may be done to it.  The form
 * has a group of fields for each step and some empty ones; its order is by their numbers. */
#include "cert/playbook.h"

#include "web/page_step.h"

struct form {
    lf_view id, zh, en, classes;
    unsigned levels;
    struct step_rows steps;
};

/* ---- a playbook as a form ---- */

static struct form *form_of(struct rq *r, const struct lf_playbook *p)
{
    struct form *f = LF_NEW(r->t->a, struct form, 1);

    *f = (struct form){ .id = p->id, .zh = p->zh, .en = p->en, .levels = p->levels };
    for (size_t i = 0; i < p->nclasses; i++)
        f->classes =
            lf_arena_printf(r->t->a, "%.*s%s%.*s", LF_FMT(f->classes), i ? " " : "", LF_FMT(p->classes[i]));
    step_rows_of(r, &f->steps, p->steps, p->nsteps);
    return f;
}

/* As it was typed. */
static struct form *form_typed(struct rq *r)
{
    struct form *f = LF_NEW(r->t->a, struct form, 1);

    *f = (struct form){ .id = lf_view_trim(lf_view_some(r->id.len ? r->id : field(r, "id"))),
                        .zh = lf_view_trim(lf_view_some(field(r, "zh"))),
                        .en = lf_view_trim(lf_view_some(field(r, "en"))),
                        .classes = lf_view_trim(lf_view_some(field(r, "classes"))) };
    for (int level = 1; level <= 4; level++)
        if (field(r, lf_arena_printf(r->t->a, "level.%d%c", level, 0).ptr).len)
            f->levels |= 1u << level;
    step_rows_typed(r, &f->steps);
    return f;
}

/* The document that the form stands for; whether it is right is looked at where it is kept. */
static enum lf_code document_of(struct rq *r, struct form *f, lf_view *out)
{
    lf_view rest = f->classes, word;
    enum lf_code rc;
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, LF_PLAYBOOK_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "format", "lianfang-playbook/1");
    lf_json_begin(&w, "playbooks", '[');
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "id", f->id);
    lf_json_put_str(&w, "zh", f->zh);
    lf_json_put_str(&w, "en", f->en);
    if (f->classes.len) {
        lf_json_begin(&w, "classes", '[');
        while (lf_view_split(&rest, ' ', &word))
            if (word.len)
                lf_json_put_str(&w, NULL, word);
        lf_json_close(&w);
    }
    if (f->levels) {
        lf_json_begin(&w, "levels", '[');
        for (int level = 1; level <= 4; level++)
            if (f->levels & (1u << level))
                lf_json_put_int(&w, NULL, level);
        lf_json_close(&w);
    }
    step_rows_json(r, &w, &f->steps, false);
    lf_json_close(&w);
    lf_json_close(&w);
    lf_json_close(&w);
    rc = lf_buf_done(&b, r->e);
    *out = rc == LF_OK ? lf_arena_copy(r->t->a, lf_buf_view(&b)) : LF_V("");
    lf_buf_clear(&b);
    return rc;
}

/* ---- the form ---- */

static void put_form(struct rq *r, struct lf_buf *b, const struct form *f, bool new_one, int64_t seen)
{
    lf_html(b, "<section class=\"panel\"><form class=\"stack wide\" method=\"post\" action=\"%\">",
            V(new_one ? LF_V("/playbooks/new") : path2(r, "/playbooks/", f->id, "/edit")));
    put_csrf(r, b);
    lf_html(b, "<input type=\"hidden\" name=\"seen\" value=\"%\">", V(number(r, seen)));
    if (new_one)
        lf_html(b,
                "<p><label for=\"id\">%</label><input id=\"id\" name=\"id\" value=\"%\" required "
                "maxlength=\"40\" "
                "pattern=\"[a-z0-9_\\-]+\" spellcheck=\"false\" autocapitalize=\"none\" "
                "aria-describedby=\"id-hint\">"
                "<span class=\"hint\" id=\"id-hint\">%</span></p>",
                T(PB_ID), V(f->id), T(PB_ID_HINT));
    lf_html(
        b,
        "<p><label for=\"zh\">%</label><input id=\"zh\" name=\"zh\" value=\"%\" required maxlength=\"200\" "
        "lang=\"zh-TW\"></p><p><label for=\"en\">%</label><input id=\"en\" name=\"en\" value=\"%\" required "
        "maxlength=\"200\" lang=\"en\"></p><p><label for=\"classes\">%</label><input id=\"classes\" "
        "name=\"classes\" value=\"%\" maxlength=\"1300\" spellcheck=\"false\" "
        "aria-describedby=\"classes-hint\">"
        "<span class=\"hint\" id=\"classes-hint\">%</span></p><fieldset><legend>%</legend>",
        T(PB_ZH), V(f->zh), T(PB_NAME_EN), V(f->en), T(PB_CLASSES), V(f->classes), T(PB_CLASSES_HINT),
        T(PB_LEVELS));
    for (int level = 1; level <= 4; level++)
        lf_html(b, "<label><input type=\"checkbox\" name=\"level.%\" value=\"1\"%> %</label> ",
                V(number(r, level)), LF_RAW(f->levels & (1u << level) ? LF_V(" checked") : LF_V("")),
                V(number(r, level)));
    LF_PUT(b, "</fieldset>");
    put_step_rows(r, b, &f->steps, false);
    lf_html(b, "<p><button>%</button></p></form></section>", T(KB_SAVE));
}

/* ---- one ---- */

/* The text that was written last, else what is in force; *seen: the last version of one's own, 0: none. */
static enum lf_code newest(struct rq *r, const struct lf_playbook **out, int64_t *seen)
{
    const struct lf_playbook_version *versions;
    size_t n, one;

    LF_TRY(lf_playbook_history(r->t, r->id, &n, &versions, r->e));
    *seen = n ? versions->version : 0;
    for (size_t i = 0; i < n && versions[i].act != LF_PLAYBOOK_REMOVE; i++)
        if (versions[i].json.len)
            return lf_playbook_read(r->t->a, versions[i].json, &one, out, r->e);
    LF_TRY(lf_playbook_list(r->t, &n, out, r->e));
    for (size_t i = 0; i < n; i++, (*out)++)
        if (lf_view_eq((*out)->id, r->id))
            return LF_OK;
    return lf_err_set(r->e, LF_NOT_FOUND, "there is no playbook %.*s", LF_FMT(lf_view_first(r->id, 80)));
}

static enum lf_code sheet(struct rq *r, int status, bool new_one)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_playbook *now = NULL;
    struct form *f;
    struct lf_buf b;
    int64_t seen = 0;

    if (!new_one)
        LF_TRY(newest(r, &now, &seen));
    f = status != 200 || !now ? form_typed(r) : form_of(r, now);
    begin_page(r, &b, text(r, new_one ? LF_T_PB_NEW : LF_T_PB_EDIT), "/tasks");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p><a href=\"/playbooks\">%</a></p></div>",
            V(text(r, new_one ? LF_T_PB_NEW : LF_T_PB_EDIT)), T(PLAYBOOKS));
    if (status != 200)
        put_refusal(r, &b, why);
    if (status == 409 && now) { /* what the other wrote stands beside what was typed */
        lf_html(&b, "<details open><summary>%</summary><section class=\"panel\"><h2>%</h2>", T(KB_NOW),
                V(playbook_name(r, now)));
        put_steps(r, &b, now->steps, now->nsteps, false);
        LF_PUT(&b, "</section></details>");
    }
    put_form(r, &b, f, new_one, seen);
    return end_page(r, &b, status);
}

static enum lf_code new_sheet(struct rq *r, int status)
{
    return sheet(r, status, true);
}

static enum lf_code edit_sheet(struct rq *r, int status)
{
    return sheet(r, status, false);
}

enum lf_code page_playbook_new(struct rq *r)
{
    return new_sheet(r, 200);
}

enum lf_code page_playbook_edit(struct rq *r)
{
    return edit_sheet(r, 200);
}

static enum lf_code save(struct rq *r)
{
    struct form *f = form_typed(r);
    lf_view json;
    int64_t seen;

    LF_TRY(whole_field(r, "seen", &seen));
    LF_TRY(document_of(r, f, &json));
    LF_TRY(lf_playbook_write(r->t, f->id, seen, json, r->e));
    return redirect(r, path2(r, "/playbooks/", f->id, "?done=1"));
}

enum lf_code page_playbook_add(struct rq *r)
{
    enum lf_code rc = save(r);

    return rc == LF_OK ? rc : page_again(r, rc, new_sheet);
}

enum lf_code page_playbook_write(struct rq *r)
{
    enum lf_code rc = save(r);

    return rc == LF_OK ? rc : page_again(r, rc, edit_sheet);
}

static void put_act(struct rq *r, struct lf_buf *b, const char *act, enum lf_text label, int64_t seen,
                    const char *class)
{
    lf_html(b, "<form class=\"inline\" method=\"post\" action=\"%\">",
            V(path2(r, "/playbooks/", r->id, act)));
    put_csrf(r, b);
    lf_html(b, "<input type=\"hidden\" name=\"seen\" value=\"%\"><button class=\"%\">%</button></form> ",
            V(number(r, seen)), LF_HC(class), V(text(r, label)));
}

static void put_versions(struct rq *r, struct lf_buf *b, const struct lf_playbook_version *list, size_t n)
{
    static const enum lf_text did[LF_PLAYBOOK_ACTS] = { LF_T_PB_DID_WRITE, LF_T_PB_DID_PUBLISH,
                                                        LF_T_PB_DID_RETIRE, LF_T_PB_DID_REMOVE };

    lf_html(b, "<section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(KB_HISTORY));
    for (size_t i = 0; i < n; i++) {
        const struct lf_playbook *p;
        size_t one;

        lf_html(b, "<li><p><strong>%</strong> <span class=\"quiet\">%</span></p><p>",
                V(text(r, did[list[i].act])),
                V(list[i].account.len ? account_name(r, list[i].account) : LF_V("")));
        put_when(r, b, list[i].at);
        LF_PUT(b, "</p>");
        if (list[i].json.len && lf_playbook_read(r->t->a, list[i].json, &one, &p, NULL) == LF_OK) {
            lf_html(b, "<details><summary>%</summary>", T(KB_AS_WRITTEN));
            put_steps(r, b, p->steps, p->nsteps, false);
            LF_PUT(b, "</details>");
        }
        LF_PUT(b, "</li>");
    }
    LF_PUT(b, "</ol></section>");
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_playbook *list, *written, *now = NULL;
    const struct lf_playbook_version *versions;
    size_t n, nversions;
    int64_t seen;
    struct lf_buf b;

    LF_TRY(lf_playbook_list(r->t, &n, &list, r->e));
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(list[i].id, r->id))
            now = &list[i];
    LF_TRY(newest(r, &written, &seen));
    LF_TRY(lf_playbook_history(r->t, r->id, &nversions, &versions, r->e));
    begin_page(r, &b, playbook_name(r, written), "/tasks");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>", V(playbook_name(r, written)));
    if (now)
        badge(&b, "good", "✓", text(r, LF_T_PB_IN_FORCE));
    else
        badge(&b, "", "–",
              text(r, nversions && versions->act == LF_PLAYBOOK_RETIRE ? LF_T_PB_RETIRED : LF_T_PB_NOT_YET));
    if (nversions && versions->act == LF_PLAYBOOK_WRITE) {
        LF_PUT(&b, " ");
        badge(&b, "info", "○", text(r, LF_T_PB_DRAFT_WAITS));
    }
    lf_html(&b, "</p><p><a href=\"/playbooks\">%</a></p></div>", T(PLAYBOOKS));
    if (status != 200)
        put_refusal(r, &b, why);
    lf_html(&b, "<div class=\"two\"><div><section class=\"panel\"><h2>%</h2>",
            V(text(r, nversions && versions->act == LF_PLAYBOOK_WRITE ? LF_T_KB_DRAFT : LF_T_PB_STEPS)));
    put_steps(r, &b, written->steps, written->nsteps, false);
    lf_html(
        &b,
        "</section></div><div><section class=\"panel\"><h2>%</h2><p><a class=\"button\" href=\"%\">%</a></p>",
        T(ACT), V(path2(r, "/playbooks/", r->id, "/edit")), T(PB_EDIT));
    if (nversions && versions->act != LF_PLAYBOOK_PUBLISH && versions->act != LF_PLAYBOOK_REMOVE)
        put_act(r, &b, "/publish", LF_T_PB_PUBLISH, seen, "");
    if (now)
        put_act(r, &b, "/retire", LF_T_PB_RETIRE, seen, "second");
    if (nversions && (versions->act == LF_PLAYBOOK_RETIRE || (now && now->own)))
        put_act(r, &b, "/remove", LF_T_PB_REMOVE, seen, "second");
    LF_PUT(&b, "</section>");
    if (nversions)
        put_versions(r, &b, versions, nversions);
    LF_PUT(&b, "</div></div>");
    return end_page(r, &b, status);
}

enum lf_code page_playbook(struct rq *r)
{
    return show(r, 200);
}

static enum lf_code do_act(struct rq *r, enum lf_playbook_act what)
{
    enum lf_code rc;
    int64_t seen;

    LF_TRY(whole_field(r, "seen", &seen));
    rc = lf_playbook_act(r->t, r->id, seen, what, r->e);
    return rc == LF_OK ? redirect(r, path2(r, "/playbooks/", r->id, "?done=1")) : page_again(r, rc, show);
}

enum lf_code page_playbook_publish(struct rq *r)
{
    return do_act(r, LF_PLAYBOOK_PUBLISH);
}

enum lf_code page_playbook_retire(struct rq *r)
{
    return do_act(r, LF_PLAYBOOK_RETIRE);
}

enum lf_code page_playbook_remove(struct rq *r)
{
    LF_TRY(lf_playbook_remove(r->t, r->id, r->e));
    return redirect(r, LF_V("/playbooks"));
}
