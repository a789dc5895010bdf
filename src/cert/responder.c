#include "cert/responder.h"

#include "cert/document_priv.h"
#include "cert/people_priv.h"
#include "ident/audit.h"
#include "ident/node.h"
#include "soc/import.h"
#include "store/query_responder.h"

static const char *const names[] = { "forensics", "malware",      "network", "system",        "ot",
                                     "cloud",     "intelligence", "law",     "communication", "command" };
static const char *const zh[] = { "數位鑑識", "惡意程式分析", "網路", "系統與復原", "工控",
                                  "雲端",     "情資分析",     "法律", "對外溝通",   "指揮協調" };

static_assert(sizeof names / sizeof *names == LF_SKILLS && sizeof zh / sizeof *zh == LF_SKILLS,
              "each skill has its words");

const char *lf_skill_name(enum lf_skill s)
{
    return names[s];
}

bool lf_skill_parse(lf_view name, enum lf_skill *out)
{
    size_t at;

    if (!lf_view_among(name, names, LF_SKILLS, &at) && !lf_view_among(name, zh, LF_SKILLS, &at))
        return false;
    *out = (enum lf_skill)at;
    return true;
}

/* The next word of the list; what is between words is no matter. */
static lf_view next_word(lf_view *rest)
{
    static const char *const between[] = { ",", ";", "、", "，", "；", "\n" };
    size_t len = 0, skip = 0;
    lf_view word;

    while (len < rest->len && !skip) {
        for (size_t i = 0; i < sizeof between / sizeof *between && !skip; i++)
            if (lf_view_starts(lf_view_from(*rest, len), lf_view_of(between[i])))
                skip = strlen(between[i]);
        len += !skip;
    }
    word = lf_view_trim(lf_view_first(*rest, len));
    *rest = lf_view_from(*rest, len + skip);
    return word;
}

enum lf_code lf_skills_parse(lf_view words, unsigned *out, struct lf_err *e)
{
    unsigned bits = 0;
    enum lf_skill s;

    while (words.len) {
        lf_view word = next_word(&words);

        if (word.len && !lf_skill_parse(word, &s))
            return lf_err_set(
                e, LF_BAD_INPUT,
                "responder: \"%.*s\" is no skill; there are forensics, malware, network, system, "
                "ot, cloud, intelligence, law, communication and command",
                LF_FMT(lf_view_first(word, 40)));
        if (word.len)
            bits |= 1U << s;
    }
    if (!bits)
        return lf_err_set(e, LF_BAD_INPUT, "responder: say at least one skill");
    *out = bits;
    return LF_OK;
}

lf_view lf_skills_said(struct lf_arena *a, unsigned skills)
{
    lf_view out = LF_V("");

    for (enum lf_skill s = LF_SKILL_FORENSICS; s < LF_SKILLS; s++)
        if (skills >> s & 1)
            out = lf_arena_printf(a, "%.*s%s%s", LF_FMT(out), out.len ? "," : "", names[s]);
    return out;
}

struct gather {
    struct lf_arena *a;
    struct lf_responder *v;
    size_t n, cap;
};

static enum lf_code on_row(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct gather *g = ctx;

    (void)e;
    g->v = lf_arena_grow(g->a, g->v, g->n, &g->cap, sizeof *g->v);
    g->v[g->n++] = (struct lf_responder){ .contact = lf_arena_copy(g->a, lf_row_text(r, 0)),
                                          .skills = (unsigned)lf_row_int(r, 1),
                                          .available = lf_row_int(r, 2) != 0,
                                          .rest = lf_row_int(r, 3),
                                          .note = lf_arena_copy(g->a, lf_row_text(r, 4)),
                                          .name = lf_arena_copy(g->a, lf_row_text(r, 5)),
                                          .unit = lf_arena_copy(g->a, lf_row_text(r, 6)),
                                          .team = lf_arena_copy(g->a, lf_row_text(r, 7)) };
    return LF_OK;
}

enum lf_code lf_responder_get(struct lf_task *t, lf_view contact, struct lf_responder *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };

    LF_TRY(people_of_node(t, e));
    LF_TRY(lf_db_run(t->db, &node, &lf_q_responder_get, LF_ARGS(LF_TEXT(contact)), on_row, &g, NULL, e));
    if (!g.n)
        return lf_err_set(e, LF_NOT_FOUND, "responder: this person is not on the roster");
    *out = g.v[0];
    return LF_OK;
}

enum lf_code lf_responder_list(struct lf_task *t, const struct lf_responder_filter *f,
                               const struct lf_page *page, struct lf_responder_page *out, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    struct gather g = { .a = t->a };
    size_t most = lf_page_rows(page);
    lf_view name, id;

    LF_TRY(people_of_node(t, e));
    if (!lf_page_pair_of(page ? page->after : LF_V(""), &name, &id))
        return lf_err_set(e, LF_BAD_INPUT, "\"after\" is not what a list gave");
    LF_TRY(lf_db_run(t->db, &node, &lf_q_responder_list,
                     LF_ARGS(LF_TEXT(lf_view_some(name)), LF_TEXT(lf_view_some(id)),
                             LF_TEXT(people_pattern(t->a, f->words)), LF_INT(f->skills), LF_INT(f->free),
                             LF_INT(lf_now(t->env)), LF_INT(most + 1)),
                     on_row, &g, NULL, e));
    *out = (struct lf_responder_page){ .n = g.n > most ? most : g.n, .items = g.v };
    if (g.n > most)
        out->next = lf_page_pair(t->a, g.v[most - 1].name, g.v[most - 1].contact);
    return LF_OK;
}

static enum lf_code keep(struct lf_task *t, const struct lf_responder *r, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);

    LF_TRY(document_text("responder", "note", r->note, 0, LF_RESPONDER_NOTE, e));
    if (!r->skills || r->skills >> LF_SKILLS)
        return lf_err_set(e, LF_BAD_INPUT, "responder: say at least one skill");
    return lf_db_exec(t->db, &node, &lf_q_responder_put,
                      LF_ARGS(LF_TEXT(r->contact), LF_INT(r->skills), LF_INT(r->available), LF_INT(r->rest),
                              LF_TEXT(lf_view_some(r->note)), LF_INT(lf_now(t->env))),
                      e);
}

static enum lf_code roster_fits(struct lf_task *t, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    int64_t n;

    LF_TRY(lf_db_int(t->db, &node, &lf_q_responder_count, LF_NO_ARGS, &n, e));
    return n <= LF_RESPONDERS
               ? LF_OK
               : lf_err_set(e, LF_TOO_MANY, "responder: the roster has at most %d people", LF_RESPONDERS);
}

enum lf_code lf_responder_put(struct lf_task *t, const struct lf_responder *r, struct lf_err *e)
{
    struct lf_contact c;

    LF_TRY(people_need(t, LF_V(""), e));
    LF_TRY(people_contact(t, r->contact, &c, e));
    LF_TRY(keep(t, r, e));
    LF_TRY(roster_fits(t, e));
    return lf_audit_add(t, LF_V("responder.set"), r->contact, (lf_view){ 0 }, e);
}

enum lf_code lf_responder_remove(struct lf_task *t, lf_view contact, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    int64_t changed = 0;

    LF_TRY(people_need(t, LF_V(""), e));
    LF_TRY(
        lf_db_run(t->db, &node, &lf_q_responder_remove, LF_ARGS(LF_TEXT(contact)), NULL, NULL, &changed, e));
    if (!changed)
        return lf_err_set(e, LF_NOT_FOUND, "responder: this person is not on the roster");
    return lf_audit_add(t, LF_V("responder.remove"), contact, (lf_view){ 0 }, e);
}

/* ---- from a file ---- */

enum cell { UNIT, NAME, SKILLS, AVAILABLE, NOTE };

static enum lf_code who(struct lf_task *t, lf_view unit, lf_view name, lf_view *id, struct lf_err *e)
{
    struct lf_scope node = lf_node_rows(t);
    const lf_view *found;
    struct lf_unit u;
    size_t n;

    LF_TRY(lf_unit_find(t, unit, unit, &u, e));
    LF_TRY(lf_db_texts(t->db, &node, &lf_q_responder_in_unit,
                       LF_ARGS(LF_TEXT(u.id), LF_TEXT(lf_view_some(name))), t->a, 2, &n, &found, e));
    if (n != 1)
        return lf_err_set(
            e, LF_BAD_INPUT,
            n ? "responder: there are several of the name \"%.*s\" in that organisation; give the id"
              : "responder: \"%.*s\" is no contact of that organisation; add the person there first",
            LF_FMT(lf_view_first(name, 80)));
    *id = found[0];
    return LF_OK;
}

static enum lf_code take(void *ctx, struct lf_task *t, const lf_view cell[LF_IMPORT_COLUMNS],
                         struct lf_err *e)
{
    static const char *const yes[] = { "", "yes", "是" }, *const no[] = { "no", "否" };
    struct lf_responder r = { .note = cell[NOTE] }, before;
    size_t at;

    (void)ctx;
    LF_TRY(who(t, cell[UNIT], cell[NAME], &r.contact, e));
    LF_TRY(lf_skills_parse(cell[SKILLS], &r.skills, e));
    r.available = lf_view_among(lf_view_some(cell[AVAILABLE]), yes, 3, &at);
    if (!r.available && !lf_view_among(cell[AVAILABLE], no, 2, &at))
        return lf_err_set(e, LF_BAD_INPUT, "responder: \"available\" is yes or no");
    if (lf_responder_get(t, r.contact, &before, NULL) == LF_OK)
        r.rest = before.rest;
    return keep(t, &r, e);
}

enum lf_code lf_responder_import(struct lf_task *t, lf_view csv, size_t *rows, struct lf_err *e)
{
    static const struct lf_import what = {
        .noun = "responder",
        .bytes = LF_RESPONDER_CSV,
        .rows = LF_RESPONDERS,
        .columns = { [UNIT] = { "unit", "單位全銜" },
                     [NAME] = { "name", "姓名" },
                     [SKILLS] = { "skills", "專長" },
                     [AVAILABLE] = { "available", "可徵調" },
                     [NOTE] = { "note", "備註" } },
        .take = take,
    };

    LF_TRY(people_need(t, LF_V(""), e));
    LF_TRY(lf_import_csv(t, &what, csv, rows, e));
    LF_TRY(roster_fits(t, e));
    return lf_audit_add(t, LF_V("responder.import"), LF_V(""), lf_arena_printf(t->a, "{\"rows\":%zu}", *rows),
                        e);
}
