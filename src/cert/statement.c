#include "cert/statement.h"

#include "cert/incident_priv.h"
#include "cert/notice.h"
#include "cert/people_priv.h"
#include "cert/report.h"
#include "cert/victim.h"
#include "cert/written_act.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "store/query_incident.h"
#include "store/query_statement.h"

enum { FORM_BYTES = 128 << 10, DEPUTIES = 3 };

bool lf_statement_may_write(const struct lf_task *t)
{
    return lf_view_eq(t->scope.org, t->self->org) && written_writer(t);
}

static enum lf_code none(lf_view id, struct lf_err *e)
{
    return lf_err_set(e, LF_NOT_FOUND, "statement: there is no statement %.*s",
                      LF_FMT(lf_view_first(id, 60)));
}

static enum lf_code of_ours(const struct lf_task *t, struct lf_err *e)
{
    if (!lf_view_eq(t->scope.org, t->self->org))
        return lf_err_set(e, LF_FORBIDDEN, "statement: these are for the node's own people");
    return LF_OK;
}

static bool is_out(const struct lf_statement *x)
{
    return x->shown.title.len > 0;
}

/* ---- who speaks ---- */

static bool same_person(const struct lf_contact *a, const struct lf_contact *b)
{
    return lf_view_eq(a->id, b->id) || (a->account.len && lf_view_eq(a->account, b->account));
}

enum lf_code lf_statement_speaker(struct lf_task *t, struct lf_statement_speaker *out, struct lf_err *e)
{
    struct lf_contact *media, *deputies;
    size_t n, ndeputies, all = 0;

    LF_TRY(of_ours(t, e));
    *out = (struct lf_statement_speaker){ 0 };
    LF_TRY(people_who(t, LF_WHO_MEDIA, 1, LF_V(""), &n, &media, e));
    if (!n)
        return LF_OK;
    out->name = media[0].name;
    for (int place = 1; place <= DEPUTIES && !out->deputy; place++) {
        LF_TRY(people_who(t, LF_WHO_DEPUTY, place, LF_V(""), &ndeputies, &deputies, e));
        all += ndeputies;
        for (size_t i = 0; i < ndeputies && !out->deputy; i++)
            out->deputy = same_person(&media[0], &deputies[i]);
    }
    out->deputy = out->deputy || !all; /* a node without a response centre has none */
    out->self = out->deputy && media[0].account.len && lf_view_eq(media[0].account, t->scope.account);
    return LF_OK;
}

static enum lf_code need_speaker(const struct lf_statement_speaker *s, struct lf_err *e)
{
    if (s->self)
        return LF_OK;
    if (!s->name.len)
        return lf_err_set(
            e, LF_FORBIDDEN,
            "statement: the media are told by the designated deputy convener alone, and nobody is "
            "designated; set who stands for the post of media in the contact network");
    if (!s->deputy)
        return lf_err_set(
            e, LF_FORBIDDEN,
            "statement: the media are told by the designated deputy convener alone; %.*s stands for the post "
            "of media and is no deputy convener; set one of them for it in the contact network",
            LF_FMT(lf_view_first(s->name, LF_CONTACT_FIELD)));
    return lf_err_set(
        e, LF_FORBIDDEN,
        "statement: the media are told by the designated deputy convener alone (002, 8.(6)); now that is "
        "%.*s",
        LF_FMT(lf_view_first(s->name, LF_CONTACT_FIELD)));
}

static enum lf_code may(struct lf_task *t, const struct lf_statement *x, enum lf_written_act act,
                        struct lf_err *e)
{
    struct lf_statement_speaker speaker;

    if (act == LF_WRITTEN_WRITE || act == LF_WRITTEN_SUBMIT ||
        (act == LF_WRITTEN_WITHDRAW && !is_out(x) && written_writer(t)) ||
        (act == LF_WRITTEN_RETURN && (t->scope.roles & (LF_ROLE_REVIEWER | LF_ROLE_SYSTEM))))
        return written_need_writer(t, e);
    LF_TRY(lf_statement_speaker(t, &speaker, e));
    return need_speaker(&speaker, e);
}

/* ---- forms ---- */

static lf_view write_form(struct lf_task *t, const struct lf_statement_form *f)
{
    struct lf_json_w w;
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, FORM_BYTES);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "title", f->title);
    lf_json_put_str(&w, "text", f->text);
    lf_json_put_str(&w, "reason", f->reason);
    lf_json_put_bool(&w, "named", f->named);
    lf_json_close(&w);
    out = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static enum lf_code read_form(struct lf_arena *a, lf_view text, struct lf_statement_form *out,
                              struct lf_err *e)
{
    const struct lf_json *v = NULL;

    if (text.len)
        LF_TRY(lf_json_parse(a, text, NULL, &v, e));
    *out = (struct lf_statement_form){ .title = lf_view_some(lf_json_str(v, "title")),
                                       .text = lf_view_some(lf_json_str(v, "text")),
                                       .reason = lf_view_some(lf_json_str(v, "reason")),
                                       .named = lf_json_bool(v, "named", false) };
    return LF_OK;
}

static enum lf_code check(struct lf_statement_form *f, struct lf_err *e)
{
    f->title = lf_view_trim(lf_view_some(f->title));
    f->text = lf_view_trim(lf_view_some(f->text));
    f->reason = lf_view_trim(lf_view_some(f->reason));
    if (!lf_view_is_text(f->title, 1, LF_STATEMENT_LINE) || lf_view_find_byte(f->title, '\n') != SIZE_MAX)
        return lf_err_set(e, LF_BAD_INPUT, "statement: title is one line of 1 to %d bytes",
                          LF_STATEMENT_LINE);
    if (!lf_view_is_text(f->text, 0, LF_STATEMENT_TEXT))
        return lf_err_set(e, LF_BAD_INPUT, "statement: text has at most %d bytes", LF_STATEMENT_TEXT);
    if (!lf_view_is_text(f->reason, 0, LF_WRITTEN_NOTE))
        return lf_err_set(e, LF_BAD_INPUT, "statement: reason has at most %d bytes", LF_WRITTEN_NOTE);
    return LF_OK;
}

/* ---- rows ---- */

struct gather {
    struct lf_task *t;
    struct lf_statement *items;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;
    struct lf_arena *a = g->t->a;
    struct lf_statement x = { .row = written_row(a, r),
                              .incident = lf_arena_copy(a, lf_row_text(r, 13)),
                              .exercise = lf_row_int(r, 14) != 0,
                              .number = lf_row_int(r, 15),
                              .first = lf_row_int(r, 16) };

    LF_TRY(read_form(a, lf_arena_copy(a, lf_row_text(r, 3)), &x.form, e));
    LF_TRY(read_form(a, lf_arena_copy(a, lf_row_text(r, 4)), &x.shown, e));
    g->items = lf_arena_grow(a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = x;
    return LF_OK;
}

/* Whether who asks has drafts too: who may write, and who is to release them. */
static enum lf_code whole(struct lf_task *t, bool *out, struct lf_err *e)
{
    struct lf_statement_speaker speaker = { 0 };

    LF_TRY(of_ours(t, e));
    LF_TRY(incident_need_reader(t, e));
    if (!written_writer(t))
        LF_TRY(lf_statement_speaker(t, &speaker, e));
    *out = written_writer(t) || speaker.self;
    return LF_OK;
}

/* As the asker may have it; false: not at all, as of a draft about a case that he may not see. */
static enum lf_code for_reader(struct lf_task *t, bool drafts, struct lf_statement *x, bool *there,
                               struct lf_err *e)
{
    struct incident_kept k;

    *there = x->row.version > 0 || drafts;
    if (x->incident.len) {
        LF_TRY(incident_find(t, &lf_q_incident_get, x->incident, &k, e));
        *there = *there && (k.there || x->row.version > 0);
        if (!k.there) {
            x->incident = LF_V("");
            drafts = false; /* a correction of what is out would tell more */
        }
    }
    if (drafts)
        return LF_OK;
    x->form = x->shown;
    if (x->row.state != LF_WRITTEN_WITHDRAWN) {
        x->row.state = LF_WRITTEN_PUBLISHED;
        x->row.note = LF_V("");
    }
    return LF_OK;
}

static enum lf_code find(struct lf_task *t, lf_view id, struct lf_statement *out, struct lf_err *e)
{
    struct gather g = { .t = t };

    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_statement_get, LF_ARGS(LF_TEXT(lf_view_some(id))), on_row, &g,
                     NULL, e));
    if (!g.n)
        return none(id, e);
    *out = g.items[0];
    return LF_OK;
}

/* For an act: as it is kept, if the asker may have it; of a case that he may not see he withdraws at most. */
static enum lf_code find_for(struct lf_task *t, lf_view id, enum lf_written_act act, struct lf_statement *out,
                             struct lf_err *e)
{
    struct lf_statement seen;
    bool drafts, there;

    LF_TRY(whole(t, &drafts, e));
    LF_TRY(find(t, id, out, e));
    seen = *out;
    LF_TRY(for_reader(t, drafts, &seen, &there, e));
    if (act != LF_WRITTEN_WITHDRAW && seen.incident.len != out->incident.len)
        there = false;
    return there ? LF_OK : none(id, e);
}

enum lf_code lf_statement_get(struct lf_task *t, lf_view id, struct lf_statement *out, struct lf_err *e)
{
    bool drafts, there;

    LF_TRY(whole(t, &drafts, e));
    LF_TRY(find(t, id, out, e));
    LF_TRY(for_reader(t, drafts, out, &there, e));
    return there ? LF_OK : none(id, e);
}

enum lf_code lf_statement_list(struct lf_task *t, int state, lf_view incident, const struct lf_page *page,
                               size_t *n, const struct lf_statement **out, lf_view *next, struct lf_err *e)
{
    size_t limit = lf_page_rows(page), kept = 0;
    struct gather g = { .t = t };
    int64_t before = INT64_MAX;
    bool drafts, there;

    LF_TRY(whole(t, &drafts, e));
    if (page->after.len && !lf_view_i64(page->after, &before))
        return lf_err_set(e, LF_BAD_INPUT, "after is not a place this list gave; begin without it");
    LF_TRY(lf_db_run(t->db, &t->scope, &lf_q_statement_list,
                     LF_ARGS(LF_INT(before), LF_INT(drafts ? state : -1), LF_INT(!drafts), text_arg(incident),
                             LF_INT(limit + 1)),
                     on_row, &g, NULL, e));
    *next = g.n > limit ? lf_arena_printf(t->a, "%lld", (long long)g.items[limit - 1].row.seq) : LF_V("");
    for (size_t i = 0; i < g.n && i < limit; i++) {
        LF_TRY(for_reader(t, drafts, &g.items[i], &there, e));
        if (there)
            g.items[kept++] = g.items[i];
    }
    *n = kept;
    *out = g.items;
    return LF_OK;
}

struct entries {
    struct lf_arena *a;
    struct lf_statement_entry *items;
    size_t n, cap;
};

static enum lf_code on_entry(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct entries *g = ctx;
    struct lf_statement_entry x = { .entry = written_entry(g->a, r) };

    LF_TRY(read_form(g->a, lf_arena_copy(g->a, lf_row_text(r, 5)), &x.form, e));
    g->items = lf_arena_grow(g->a, g->items, g->n, &g->cap, sizeof *g->items);
    g->items[g->n++] = x;
    return LF_OK;
}

enum lf_code lf_statement_history(struct lf_task *t, lf_view id, size_t *n,
                                  const struct lf_statement_entry **out, struct lf_err *e)
{
    struct entries g = { .a = t->a };
    struct lf_statement x;
    bool drafts, there;

    LF_TRY(whole(t, &drafts, e));
    LF_TRY(find(t, id, &x, e));
    LF_TRY(for_reader(t, drafts, &x, &there, e));
    if (!there || !drafts)
        return none(id, e);
    LF_TRY(
        lf_db_run(t->db, &t->scope, &lf_q_statement_event_list, LF_ARGS(LF_TEXT(id)), on_entry, &g, NULL, e));
    *n = g.n;
    *out = g.items;
    return LF_OK;
}

/* ---- for everyone ---- */

enum lf_code lf_statement_open_list(struct lf_task *t, int64_t before, size_t *n,
                                    const struct lf_statement **out, int64_t *next, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .t = t };

    LF_TRY(lf_db_run(t->db, &node, &lf_q_statement_open,
                     LF_ARGS(LF_INT(before ? before : INT64_MAX), LF_INT(LF_STATEMENTS_OPEN + 1)), on_row, &g,
                     NULL, e));
    *n = g.n > LF_STATEMENTS_OPEN ? LF_STATEMENTS_OPEN : g.n;
    *next = g.n > LF_STATEMENTS_OPEN ? g.items[LF_STATEMENTS_OPEN - 1].number : 0;
    *out = g.items;
    return LF_OK;
}

enum lf_code lf_statement_open_get(struct lf_task *t, int64_t number, struct lf_statement *out, size_t *n,
                                   const struct lf_written_entry **versions, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .t = t };
    struct entries v = { .a = t->a };
    struct lf_written_entry *list;

    LF_TRY(lf_db_run(t->db, &node, &lf_q_statement_open_get, LF_ARGS(LF_INT(number)), on_row, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "there is no statement of this number");
    LF_TRY(lf_db_run(
        t->db, &node, &lf_q_statement_versions,
        LF_ARGS(LF_TEXT(g.items[0].row.id), LF_INT(LF_WRITTEN_PUBLISH), LF_INT(LF_WRITTEN_WITHDRAW)),
        on_entry, &v, NULL, e));
    list = LF_NEW(t->a, struct lf_written_entry, v.n + 1);
    for (size_t i = 0; i < v.n; i++)
        list[i] = v.items[i].entry;
    *out = g.items[0];
    *n = v.n;
    *versions = list;
    return LF_OK;
}

/* ---- what must not be said ---- */

static enum lf_code not_red(struct lf_task *t, lf_view incident, struct lf_err *e)
{
    enum lf_tlp tlp;

    LF_TRY(lf_incident_marked(t, incident, &tlp, e));
    return tlp != LF_TLP_RED ? LF_OK
                             : lf_err_set(e, LF_CONFLICT,
                                          "statement: the incident is marked TLP:RED and is not spoken of in "
                                          "public; it would have to be marked anew first");
}

static enum lf_code fit_for_public(struct lf_task *t, const struct lf_statement *x, struct lf_err *e)
{
    const lf_view texts[] = { x->form.title, x->form.text, x->form.reason };
    struct lf_incident_full about;
    struct lf_form form;
    lf_view told;

    if (!x->form.text.len)
        return lf_err_set(e, LF_BAD_INPUT, "statement: say what is to be said, before it is handed in");
    if (x->first && !x->form.reason.len)
        return lf_err_set(e, LF_BAD_INPUT,
                          "statement: it was released before; say why it is corrected, which everyone reads");
    if (!x->incident.len)
        return LF_OK;
    LF_TRY(not_red(t, x->incident, e));
    LF_TRY(lf_incident_get(t, x->incident, &about, e));
    LF_TRY(lf_report_form(t, &form, e));
    told =
        victim_told(lf_report_values(t, &form, &about), texts, sizeof texts / sizeof *texts, t->self->name);
    if (!told.len || x->form.named)
        return LF_OK;
    return lf_err_set(e, LF_CONFLICT,
                      "statement: it says \"%.*s\", which tells who was attacked; take that out, or say that "
                      "they agree to be named",
                      LF_FMT(lf_utf8_first(told, 200)));
}

/* ---- writing ---- */

static enum lf_code keep(struct lf_task *t, struct lf_statement *x, enum lf_written_act act, lf_view note,
                         struct lf_err *e)
{
    struct lf_written_row *w = &x->row;
    lf_view form = write_form(t, &x->form);

    w->entries++;
    w->changed = lf_now(t->env);
    LF_TRY(lf_db_exec(t->db, &t->scope, &lf_q_statement_update,
                      LF_ARGS(LF_INT(w->state), LF_TEXT(form),
                              LF_TEXT(is_out(x) ? write_form(t, &x->shown) : LF_V("")), LF_INT(w->version),
                              text_arg(w->author), text_arg(w->reviewer), text_arg(w->note),
                              LF_INT(w->entries), LF_INT(w->changed), LF_INT(w->published), LF_INT(x->number),
                              LF_INT(x->first), LF_TEXT(w->id)),
                      e));
    LF_TRY(
        lf_db_exec(t->db, &t->scope, &lf_q_statement_event_add,
                   LF_ARGS(LF_TEXT(w->id), LF_INT(w->entries), LF_INT(w->changed), text_arg(t->scope.account),
                           LF_INT(act), text_arg(note), LF_TEXT(act == LF_WRITTEN_WRITE ? form : LF_V(""))),
                   e));
    return lf_audit_add(t, lf_arena_printf(t->a, "statement.%s", lf_written_act_name(act)), w->id, LF_V("{}"),
                        e);
}

enum lf_code lf_statement_add(struct lf_task *t, lf_view incident, bool exercise,
                              const struct lf_statement_form *form, lf_view *id, struct lf_err *e)
{
    struct lf_statement x = { .row = { .author = t->scope.account },
                              .form = *form,
                              .incident = lf_view_some(incident),
                              .exercise = exercise };
    struct incident_kept k;

    LF_TRY(of_ours(t, e));
    LF_TRY(written_need_writer(t, e));
    x.form.reason = LF_V("");
    LF_TRY(check(&x.form, e));
    if (x.incident.len) {
        LF_TRY(incident_find(t, &lf_q_incident_get, x.incident, &k, e));
        if (!k.there)
            return lf_err_set(e, LF_NOT_FOUND, "statement: there is no incident %.*s",
                              LF_FMT(lf_view_first(x.incident, 60)));
        LF_TRY(not_red(t, x.incident, e));
        x.exercise = x.exercise || k.row.exercise;
    }
    x.row.id = lf_uuid_new(t->env, t->a);
    LF_TRY(lf_db_exec(
        t->db, &t->scope, &lf_q_statement_insert,
        LF_ARGS(LF_TEXT(x.row.id), LF_INT(lf_now(t->env)), LF_TEXT(x.incident), LF_INT(x.exercise)), e));
    LF_TRY(keep(t, &x, LF_WRITTEN_WRITE, LF_V(""), e));
    *id = x.row.id;
    return LF_OK;
}

static enum lf_code step(struct lf_task *t, lf_view id, const struct written_act *a, struct lf_statement *x,
                         struct lf_err *e)
{
    struct written_act act = *a;

    LF_TRY(find_for(t, id, a->act, x, e));
    LF_TRY(may(t, x, a->act, e));
    act.noun = "statement";
    act.out = is_out(x);
    act.decided = true;
    return written_do(t, &act, &x->row, e);
}

enum lf_code lf_statement_write(struct lf_task *t, lf_view id, int64_t seen,
                                const struct lf_statement_form *form, struct lf_err *e)
{
    const struct written_act act = { .act = LF_WRITTEN_WRITE, .seen = seen };
    struct lf_statement x;

    LF_TRY(step(t, id, &act, &x, e));
    x.form = *form;
    if (!x.row.version)
        x.form.reason = LF_V("");
    LF_TRY(check(&x.form, e));
    return keep(t, &x, act.act, LF_V(""), e);
}

/* Who is to release it, or those who hear of what was said. */
static enum lf_code tell(struct lf_task *t, const struct lf_statement *x, enum lf_notice_kind kind,
                         lf_view detail, bool open, struct lf_err *e)
{
    lf_view path = open && x->number ? lf_arena_printf(t->a, "/open/statements/%lld", (long long)x->number)
                                     : lf_arena_printf(t->a, "/statements/%.*s", LF_FMT(x->row.id));

    return lf_notice_raise(
        t,
        &(struct lf_notice_new){
            .kind = kind,
            .key = lf_arena_printf(t->a, "statement/%.*s/%lld", LF_FMT(x->row.id), (long long)x->row.entries),
            .subject = x->row.id,
            .title = kind == LF_NOTICE_STATEMENT ? x->form.title : x->shown.title,
            .detail = detail,
            .path = path,
            .exercise = x->exercise },
        NULL, e);
}

static enum lf_code release(struct lf_task *t, struct lf_statement *x, struct lf_err *e)
{
    LF_TRY(fit_for_public(t, x, e));
    if (!x->first)
        x->first = x->row.published;
    if (!x->number && !x->exercise) {
        int64_t last;

        LF_TRY(lf_db_int(t->db, &t->scope, &lf_q_statement_last, LF_NO_ARGS, &last, e));
        x->number = last + 1;
    }
    x->shown = x->form;
    x->form.reason = LF_V(""); /* the next correction has its own */
    return LF_OK;
}

enum lf_code lf_statement_act(struct lf_task *t, lf_view id, int64_t seen, enum lf_written_act act,
                              lf_view note, bool open, struct lf_err *e)
{
    struct lf_statement x, was;

    LF_TRY(step(t, id, &(struct written_act){ .act = act, .seen = seen, .note = note }, &x, e));
    was = x;
    if (act == LF_WRITTEN_SUBMIT) {
        LF_TRY(fit_for_public(t, &x, e));
        LF_TRY(keep(t, &x, act, LF_V(""), e));
        return tell(t, &x, LF_NOTICE_STATEMENT, LF_V(""), false, e);
    }
    if (act == LF_WRITTEN_PUBLISH) {
        LF_TRY(release(t, &x, e));
        LF_TRY(keep(t, &x, act, x.shown.reason, e));
        return x.exercise ? LF_OK
                          : tell(t, &x, LF_NOTICE_STATEMENT_OUT,
                                 x.shown.reason.len ? x.shown.reason : x.shown.text, open, e);
    }
    if (act == LF_WRITTEN_WITHDRAW)
        x.shown = (struct lf_statement_form){ 0 };
    LF_TRY(keep(t, &x, act, x.row.note, e));
    was.row.entries = x.row.entries;
    return act != LF_WRITTEN_WITHDRAW || x.exercise || !is_out(&was)
               ? LF_OK
               : tell(t, &was, LF_NOTICE_STATEMENT_OFF, x.row.note, open, e);
}
