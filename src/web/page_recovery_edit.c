/* The form of a recovery procedure. */
#include "cert/recovery.h"

#include "web/page_step.h"
#include "web/recovery.h"

struct form {
    lf_view id, zh, en, asset, owner, rto, rpo, every, needs, backup, workaround;
    struct step_rows steps;
};

static struct form *form_of(struct rq *r, const struct lf_recovery *p)
{
    struct form *f = LF_NEW(r->t->a, struct form, 1);

    *f = (struct form){ .id = p->id,
                        .zh = p->zh,
                        .en = p->en,
                        .asset = p->asset,
                        .owner = p->owner,
                        .rto = step_span(r, p->rto),
                        .rpo = step_span(r, p->rpo),
                        .every = step_span(r, p->every),
                        .needs = recovery_needs(r, p),
                        .backup = p->backup,
                        .workaround = p->workaround };
    step_rows_of(r, &f->steps, p->steps, p->nsteps);
    return f;
}

static lf_view typed(struct rq *r, const char *name)
{
    return lf_view_trim(lf_view_some(field(r, name)));
}

static struct form *form_typed(struct rq *r)
{
    struct form *f = LF_NEW(r->t->a, struct form, 1);

    *f = (struct form){ .id = r->id.len ? r->id : typed(r, "id"),
                        .zh = typed(r, "zh"),
                        .en = typed(r, "en"),
                        .asset = typed(r, "asset"),
                        .owner = typed(r, "owner"),
                        .rto = typed(r, "rto"),
                        .rpo = typed(r, "rpo"),
                        .every = typed(r, "every"),
                        .needs = typed(r, "needs"),
                        .backup = typed(r, "backup"),
                        .workaround = typed(r, "workaround") };
    step_rows_typed(r, &f->steps);
    return f;
}

/* The document that the form stands for; whether it is right is looked at where it is kept. */
static enum lf_code document_of(struct rq *r, struct form *f, lf_view *out)
{
    const struct {
        const char *name;
        lf_view value;
        bool must;
    } lines[] = { { "id", f->id, true },          { "zh", f->zh, true },
                  { "en", f->en, true },          { "asset", f->asset, false },
                  { "owner", f->owner, true },    { "rto", f->rto, true },
                  { "rpo", f->rpo, false },       { "every", f->every, false },
                  { "backup", f->backup, false }, { "workaround", f->workaround, false } };
    lf_view rest = f->needs, word;
    enum lf_code rc;
    struct lf_json_w w;
    struct lf_buf b;

    lf_buf_init(&b, LF_PLAYBOOK_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_cstr(&w, "format", "lianfang-recovery/1");
    lf_json_begin(&w, "recoveries", '[');
    lf_json_open(&w, '{');
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (lines[i].must || lines[i].value.len)
            lf_json_put_str(&w, lines[i].name, lines[i].value);
    lf_json_begin(&w, "needs", '[');
    while (lf_view_split(&rest, ' ', &word))
        if (word.len)
            lf_json_put_str(&w, NULL, word);
    lf_json_close(&w);
    step_rows_json(r, &w, &f->steps, true);
    lf_json_close(&w);
    lf_json_close(&w);
    lf_json_close(&w);
    rc = lf_buf_done(&b, r->e);
    *out = rc == LF_OK ? lf_arena_copy(r->t->a, lf_buf_view(&b)) : LF_V("");
    lf_buf_clear(&b);
    return rc;
}

static void put_input(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, lf_view value,
                      const char *more)
{
    lf_html(b, "<p><label for=\"%\">%</label><input id=\"%\" name=\"%\" value=\"%\"%></p>", LF_HC(name),
            V(text(r, label)), LF_HC(name), LF_HC(name), V(value), LF_RAW(lf_view_of(more)));
}

static void put_area(struct rq *r, struct lf_buf *b, const char *name, enum lf_text label, lf_view value)
{
    lf_html(b,
            "<p><label for=\"%\">%</label><textarea id=\"%\" name=\"%\" rows=\"3\" "
            "maxlength=\"2000\">%</textarea></p>",
            LF_HC(name), V(text(r, label)), LF_HC(name), LF_HC(name), V(value));
}

static void put_form(struct rq *r, struct lf_buf *b, const struct form *f, bool new_one, int64_t seen)
{
    lf_html(b, "<section class=\"panel\"><form class=\"stack wide\" method=\"post\" action=\"%\">",
            V(new_one ? LF_V("/recoveries/new") : path2(r, "/recoveries/", f->id, "/edit")));
    put_csrf(r, b);
    lf_html(b, "<input type=\"hidden\" name=\"seen\" value=\"%\">", V(number(r, seen)));
    if (new_one)
        put_input(r, b, "id", LF_T_PB_ID, f->id,
                  " required maxlength=\"40\" pattern=\"[a-z0-9_\\-]+\" spellcheck=\"false\" "
                  "autocapitalize=\"none\"");
    put_input(r, b, "zh", LF_T_PB_ZH, f->zh, " required maxlength=\"60\" lang=\"zh-TW\"");
    put_input(r, b, "en", LF_T_PB_NAME_EN, f->en, " required maxlength=\"60\" lang=\"en\"");
    put_input(r, b, "owner", LF_T_RC_OWNER, f->owner, " required maxlength=\"200\"");
    lf_html(b, "<p class=\"hint\" id=\"span-hint\">%</p>", T(RC_SPAN_HINT));
    put_input(r, b, "rto", LF_T_RC_RTO, f->rto, " required maxlength=\"8\" aria-describedby=\"span-hint\"");
    put_input(r, b, "rpo", LF_T_RC_RPO, f->rpo, " maxlength=\"8\" aria-describedby=\"span-hint\"");
    put_input(r, b, "every", LF_T_RC_EVERY, f->every, " maxlength=\"8\" aria-describedby=\"span-hint\"");
    lf_html(b, "<p class=\"hint\" id=\"needs-hint\">%</p>", T(RC_NEEDS_HINT));
    put_input(r, b, "needs", LF_T_RC_NEEDS, f->needs,
              " maxlength=\"700\" spellcheck=\"false\" aria-describedby=\"needs-hint\"");
    if (of_node(r))
        put_input(r, b, "asset", LF_T_RC_ASSET, f->asset, " maxlength=\"255\" spellcheck=\"false\"");
    put_area(r, b, "backup", LF_T_RC_BACKUP, f->backup);
    put_area(r, b, "workaround", LF_T_RC_WORKAROUND, f->workaround);
    put_step_rows(r, b, &f->steps, true);
    lf_html(b, "<p><button>%</button></p></form></section>", T(KB_SAVE));
}

enum lf_code recovery_written(struct rq *r, const struct lf_playbook_version *v, size_t n,
                              const struct lf_recovery **out)
{
    size_t one;

    for (size_t i = 0; i < n; i++)
        if (v[i].json.len)
            return lf_recovery_read(r->t->a, v[i].json, &one, out, r->e);
    return lf_err_set(r->e, LF_NOT_FOUND, "recovery: there is no procedure %.*s",
                      LF_FMT(lf_view_first(r->id, LF_PLAYBOOK_ID)));
}

static enum lf_code sheet(struct rq *r, int status, bool new_one)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    const struct lf_playbook_version *v;
    const struct lf_recovery *now = NULL;
    struct lf_buf b;
    int64_t seen = 0;
    size_t n;

    if (!new_one) {
        LF_TRY(lf_recovery_history(r->t, r->id, &n, &v, r->e));
        LF_TRY(recovery_written(r, v, n, &now));
        seen = v->version;
    }
    begin_page(r, &b, text(r, new_one ? LF_T_RC_NEW : LF_T_RC_EDIT), "/tasks");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p><a href=\"/recoveries\">%</a></p></div>",
            V(text(r, new_one ? LF_T_RC_NEW : LF_T_RC_EDIT)), T(RECOVERIES));
    if (status != 200)
        put_refusal(r, &b, why);
    if (status == 409 && now) { /* what the other wrote stands beside what was typed */
        lf_html(&b, "<details open><summary>%</summary><section class=\"panel\"><h2>%</h2>", T(KB_NOW),
                V(recovery_name(r, now->zh, now->en)));
        put_recovery(r, &b, now);
        LF_PUT(&b, "</section></details>");
    }
    put_form(r, &b, status != 200 || !now ? form_typed(r) : form_of(r, now), new_one, seen);
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

enum lf_code page_recovery_new(struct rq *r)
{
    return new_sheet(r, 200);
}

enum lf_code page_recovery_edit(struct rq *r)
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
    LF_TRY(lf_recovery_write(r->t, f->id, seen, json, r->e));
    return redirect(r, path2(r, "/recoveries/", f->id, "?done=1"));
}

enum lf_code page_recovery_add(struct rq *r)
{
    enum lf_code rc = save(r);

    return rc == LF_OK ? rc : page_again(r, rc, new_sheet);
}

enum lf_code page_recovery_write(struct rq *r)
{
    enum lf_code rc = save(r);

    return rc == LF_OK ? rc : page_again(r, rc, edit_sheet);
}
