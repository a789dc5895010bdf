/* Evidence of an incident in the console: the list with each chain of custody, forms, and a sheet to print.
 */
#include "cert/evidence.h"
#include "cert/incident_file.h"
#include "cert/report.h"
#include "web/page_priv.h"

static const enum lf_text seal_texts[LF_SEALS] = { LF_T_SEAL_NONE, LF_T_SEAL_INTACT, LF_T_SEAL_BROKEN,
                                                   LF_T_SEAL_RENEWED };

static void put_fact(struct rq *r, struct lf_buf *b, enum lf_text label, lf_view v)
{
    if (v.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\">%</dd>", V(text(r, label)), V(v));
}

static lf_view file_name(const struct lf_incident_file *files, size_t n, lf_view event)
{
    for (size_t i = 0; i < n; i++)
        if (lf_view_eq(files[i].event, event))
            return files[i].name;
    return event;
}

static void put_seal(struct rq *r, struct lf_buf *b, const struct lf_custody *c)
{
    if (c->seal == LF_SEAL_BROKEN)
        badge(b, "bad", "!", text(r, LF_T_SEAL_BROKEN));
    else
        lf_html(b, "%", V(text(r, seal_texts[c->seal])));
    if (c->seal_number.len)
        lf_html(b, "<br><small>%</small>", V(c->seal_number));
}

/* When it was written down, which may be much later, and by whom. */
static void put_recorded(struct rq *r, struct lf_buf *b, const struct lf_custody *c)
{
    lf_html(b, "<br><small>% ", T(CUSTODY_RECORDED));
    put_when(r, b, c->recorded);
    if (c->account.len && lf_view_eq(c->node, r->t->self->node))
        lf_html(b, " %", V(account_name(r, c->account)));
    LF_PUT(b, "</small>");
}

static void put_link(struct rq *r, struct lf_buf *b, const struct lf_custody *c, bool paper)
{
    lf_html(b, "<tr><td data-label=\"%\"><span>", T(CUSTODY_WHEN));
    put_when_zone(r, b, c->at);
    if (!paper)
        put_recorded(r, b, c);
    lf_html(
        b,
        "</span></td><td class=\"wrap\" data-label=\"%\">%</td><td class=\"wrap\" data-label=\"%\">%</td><td "
        "class=\"wrap\" data-label=\"%\"><span>%",
        T(CUSTODY_FROM), V(c->from.len ? c->from : LF_V("–")), T(CUSTODY_TO), V(c->to), T(CUSTODY_WHY),
        V(c->from.len ? c->reason : text(r, LF_T_CUSTODY_TAKEN)));
    if (c->broken) {
        LF_PUT(b, "<br>");
        badge(b, "bad", "!", text(r, LF_T_CUSTODY_BROKEN));
    }
    lf_html(b, "</span></td><td data-label=\"%\"><span>", T(SEAL));
    put_seal(r, b, c);
    lf_html(b, "</span></td><td class=\"wrap\" data-label=\"%\">%</td>", T(EVIDENCE_PLACE),
            V(c->place.len ? c->place : LF_V("–")));
    if (paper)
        lf_html(b, "<td data-label=\"%\">＿＿＿＿＿＿</td>", T(CUSTODY_SIGN));
    LF_PUT(b, "</tr>");
}

static void put_chain(struct rq *r, struct lf_buf *b, const struct lf_evidence *it, bool paper)
{
    static const enum lf_text heads[] = { LF_T_CUSTODY_WHEN, LF_T_CUSTODY_FROM, LF_T_CUSTODY_TO,
                                          LF_T_CUSTODY_WHY,  LF_T_SEAL,         LF_T_EVIDENCE_PLACE };

    lf_html(b, "<table class=\"rows\"><caption>%</caption><thead><tr>", T(CUSTODY_CAPTION));
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        lf_html(b, "<th scope=\"col\">%</th>", V(text(r, heads[i])));
    if (paper)
        lf_html(b, "<th scope=\"col\">%</th>", T(CUSTODY_SIGN));
    LF_PUT(b, "</tr></thead><tbody>");
    for (size_t i = 0; i < it->nlinks; i++)
        put_link(r, b, &it->links[i], paper);
    LF_PUT(b, "</tbody></table>");
}

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_evidence *it,
                      const struct lf_incident_file *files, size_t nfiles)
{
    lf_html(b, "<h2>% %</h2><dl class=\"facts\">", V(fill1(r, LF_T_EVIDENCE_N, "n", number(r, it->number))),
            V(it->what));
    put_fact(r, b, LF_T_CUSTODY_HOLDER, it->holder);
    put_fact(r, b, LF_T_EVIDENCE_PLACE, it->place);
    put_fact(r, b, LF_T_EVIDENCE_IDENTIFIER, it->identifier);
    put_fact(r, b, LF_T_EVIDENCE_FOUND, it->found);
    put_fact(r, b, LF_T_EVIDENCE_METHOD, it->method);
    if (it->file.len)
        put_fact(r, b, LF_T_EVIDENCE_FILE, file_name(files, nfiles, it->file));
    put_fact(r, b, LF_T_EVIDENCE_SHA256, it->sha256);
    put_fact(r, b, LF_T_EVIDENCE_NOTE, it->note);
    LF_PUT(b, "</dl>");
}

/* ---- forms ---- */

/* A field of one of several forms of the page: `of` keeps their ids apart. */
struct form_line {
    const char *name;
    enum lf_text label;
    const char *rest;
};

static void put_lines(struct rq *r, struct lf_buf *b, const char *of, bool typed,
                      const struct form_line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++)
        lf_html(b, "<p><label for=\"%-%\">%</label><input id=\"%-%\" name=\"%\" value=\"%\"%></p>",
                LF_HC(lines[i].name), LF_HC(of), V(text(r, lines[i].label)), LF_HC(lines[i].name), LF_HC(of),
                LF_HC(lines[i].name), V(typed ? lf_view_some(field(r, lines[i].name)) : LF_V("")),
                LF_RAW(lf_view_of(lines[i].rest)));
}

static void put_seal_choice(struct rq *r, struct lf_buf *b, const char *of, lf_view chosen)
{
    lf_html(b, "<p><label for=\"seal-%\">%</label><select id=\"seal-%\" name=\"seal\">", LF_HC(of), T(SEAL),
            LF_HC(of));
    for (size_t i = 0; i < LF_SEALS; i++) {
        const char *name = lf_seal_name((enum lf_seal)i);

        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(name),
                LF_RAW(lf_view_is(chosen, name) ? LF_V(" selected") : LF_V("")), V(text(r, seal_texts[i])));
    }
    LF_PUT(b, "</select></p>");
}

static void put_move_form(struct rq *r, struct lf_buf *b, const struct lf_evidence *it)
{
    static const struct form_line lines[] = {
        { "to", LF_T_CUSTODY_TO, " required maxlength=\"66\"" },
        { "reason", LF_T_CUSTODY_WHY, " required maxlength=\"600\"" },
        { "place", LF_T_EVIDENCE_PLACE, " maxlength=\"66\"" },
        { "seal_number", LF_T_SEAL_NUMBER, " maxlength=\"66\"" },
        { "at", LF_T_CUSTODY_AT, " type=\"datetime-local\"" },
    };
    const char *of = lf_arena_printf(r->t->a, "%lld", (long long)it->links[0].recorded).ptr;
    bool typed = lf_view_eq(lf_view_some(field(r, "evidence")), it->event);

    lf_html(b, "<details%><summary>%</summary><form class=\"stack\" method=\"post\" action=\"%\">",
            LF_RAW(typed ? LF_V(" open") : LF_V("")), T(CUSTODY_MOVE),
            V(path2(r, "/incidents/", r->id, "/evidence/hand-over")));
    put_csrf(r, b);
    lf_html(b,
            "<input type=\"hidden\" name=\"evidence\" value=\"%\"><input type=\"hidden\" name=\"from\" "
            "value=\"%\">",
            V(it->event), V(it->holder));
    put_lines(r, b, of, typed, lines, sizeof lines / sizeof *lines);
    put_seal_choice(r, b, of, typed ? lf_view_some(field(r, "seal")) : LF_V(""));
    lf_html(b, "<p><button>%</button></p></form></details>", T(CUSTODY_MOVE));
}

static void put_add_form(struct rq *r, struct lf_buf *b, const struct lf_incident_file *files, size_t nfiles)
{
    static const struct form_line first[] = {
        { "what", LF_T_EVIDENCE_WHAT, " required maxlength=\"66\"" },
        { "identifier", LF_T_EVIDENCE_IDENTIFIER, " maxlength=\"66\"" },
        { "found", LF_T_EVIDENCE_FOUND, " maxlength=\"66\"" },
        { "taken_by", LF_T_EVIDENCE_TAKEN_BY, " required maxlength=\"66\"" },
        { "taken_at", LF_T_EVIDENCE_TAKEN_AT, " type=\"datetime-local\"" },
        { "method", LF_T_EVIDENCE_METHOD, " required maxlength=\"600\"" },
        { "place", LF_T_EVIDENCE_PLACE, " maxlength=\"66\" aria-describedby=\"place-hint\"" },
    };
    static const struct form_line seal[] = {
        { "seal_number", LF_T_SEAL_NUMBER, " maxlength=\"66\"" },
        { "note", LF_T_EVIDENCE_NOTE, " maxlength=\"600\"" },
        { "sha256", LF_T_EVIDENCE_SHA256, " maxlength=\"64\" aria-describedby=\"sum-hint\"" },
    };
    bool typed = !field(r, "evidence").ptr;
    lf_view chosen = lf_view_some(field(r, "file"));

    lf_html(b,
            "<section class=\"panel no-print\"><h2>%</h2><form class=\"stack\" method=\"post\" action=\"%\">",
            T(EVIDENCE_ADD), V(path2(r, "/incidents/", r->id, "/evidence")));
    put_csrf(r, b);
    put_lines(r, b, "new", typed, first, sizeof first / sizeof *first);
    lf_html(b,
            "<p class=\"hint\" id=\"place-hint\">%</p><p><label for=\"file\">%</label><select id=\"file\" "
            "name=\"file\"><option value=\"\">%</option>",
            T(EVIDENCE_PLACE_HINT), T(EVIDENCE_FILE), T(EVIDENCE_THING));
    for (size_t i = 0; i < nfiles; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", V(files[i].event),
                LF_RAW(lf_view_eq(chosen, files[i].event) ? LF_V(" selected") : LF_V("")), V(files[i].name));
    LF_PUT(b, "</select></p>");
    put_seal_choice(r, b, "new", typed ? lf_view_some(field(r, "seal")) : LF_V(""));
    put_lines(r, b, "new", typed, seal, sizeof seal / sizeof *seal);
    lf_html(b, "<p class=\"hint\" id=\"sum-hint\">%</p><p><button>%</button></p></form></section>",
            T(EVIDENCE_SHA256_HINT), T(EVIDENCE_ADD));
}

/* ---- pages ---- */

struct sheet {
    struct lf_incident_full x;
    const struct lf_incident_file *files;
    const struct lf_evidence *list;
    size_t nfiles, n;
};

static enum lf_code load(struct rq *r, struct sheet *s)
{
    LF_TRY(lf_incident_get(r->t, r->id, &s->x, r->e));
    LF_TRY(lf_incident_file_list(r->t, &s->x, &s->nfiles, &s->files, r->e));
    s->n = lf_evidence_list(r->t->a, &s->x, &s->list);
    return LF_OK;
}

static enum lf_code show(struct rq *r, int status)
{
    lf_view why = lf_arena_copy(r->t->a, lf_view_of(r->e->text));
    struct sheet s;
    struct lf_buf b;

    LF_TRY(load(r, &s));
    begin_page(r, &b, text(r, LF_T_EVIDENCES), "/incidents");
    lf_html(&b,
            "<div class=\"head\"><h1>%</h1><p><a href=\"%\">%</a></p><p class=\"quiet\">%</p><p><a "
            "href=\"%\">%</a></p></div>",
            T(EVIDENCES), V(path2(r, "/incidents/", r->id, "")),
            V(s.x.row.title.len ? title_text(r, s.x.row.title) : s.x.row.id), T(EVIDENCE_LEAD),
            V(path2(r, "/incidents/", r->id, "/evidence/print")), T(EVIDENCE_PRINT));
    if (s.x.state.exercise)
        put_exercise_banner(r, &b, &s.x.state.exercise_of);
    if (status != 200)
        put_refusal(r, &b, why);
    if (!s.n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(EVIDENCE_NONE));
    for (size_t i = 0; i < s.n; i++) {
        LF_PUT(&b, "<section class=\"panel\">");
        put_facts(r, &b, &s.list[i], s.files, s.nfiles);
        put_chain(r, &b, &s.list[i], false);
        if (may(r, ACT))
            put_move_form(r, &b, &s.list[i]);
        LF_PUT(&b, "</section>");
    }
    if (may(r, ACT))
        put_add_form(r, &b, s.files, s.nfiles);
    return end_page(r, &b, status);
}

enum lf_code page_evidence(struct rq *r)
{
    return show(r, 200);
}

enum lf_code page_evidence_print(struct rq *r)
{
    struct sheet s;
    struct lf_buf b;

    LF_TRY(load(r, &s));
    begin_page(r, &b, text(r, LF_T_EVIDENCES), "/incidents");
    lf_html(&b, "<div class=\"paper\"><h1>%</h1><p class=\"no-print hint\">%</p>", T(EVIDENCES),
            T(PRINT_HINT));
    if (s.x.state.exercise)
        put_exercise_banner(r, &b, &s.x.state.exercise_of);
    lf_html(&b, "<p>% <strong>%</strong></p><p>%: % · %</p>", T(REPORT_NUMBER), V(lf_report_number(&s.x)),
            T(INCIDENT), V(s.x.row.id), V(title_text(r, s.x.row.title)));
    if (!s.n)
        lf_html(&b, "<p>%</p>", T(EVIDENCE_NONE));
    for (size_t i = 0; i < s.n; i++) {
        put_facts(r, &b, &s.list[i], s.files, s.nfiles);
        put_chain(r, &b, &s.list[i], true);
    }
    lf_html(&b, "<p class=\"signs\">%＿＿＿＿＿＿＿＿ %＿＿＿＿＿＿＿＿</p></div>", T(PRINT_SIGNED),
            T(PRINT_DATE));
    return end_page(r, &b, 200);
}

static enum lf_code done(struct rq *r, enum lf_code rc)
{
    return rc == LF_OK ? redirect(r, path2(r, "/incidents/", r->id, "/evidence?done=1"))
                       : page_again(r, rc, show);
}

enum lf_code page_evidence_add(struct rq *r)
{
    lf_view id;

    return done(r, evidence_add(r, &id));
}

enum lf_code page_evidence_move(struct rq *r)
{
    return done(r, evidence_move(r));
}
