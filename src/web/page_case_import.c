/* One file of old cases that is taken in a slice at a time: how far it is, and what became of it. */
#include "cert/case_import.h"
#include "fmt/csv.h"
#include "web/page_priv.h"

enum { SHOWN = 100 };

static bool is_over(const struct lf_case_import *x)
{
    return x->state >= LF_CASE_IMPORT_DONE;
}

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_case_import *x)
{
    static const struct {
        const char *tone, *sign;
        enum lf_text text;
    } looks[LF_CASE_IMPORT_STATES] = { { "info", "◐", LF_T_CASES_READING },
                                       { "info", "◐", LF_T_CASES_TAKING },
                                       { "good", "✓", LF_T_CASES_DONE },
                                       { "warn", "–", LF_T_CASES_STOPPED },
                                       { "bad", "!", LF_T_CASES_FAILED } };

    badge(b, looks[x->state].tone, looks[x->state].sign, text(r, looks[x->state].text));
    if (x->dry) {
        LF_PUT(b, " ");
        badge(b, "", "?", text(r, LF_T_CASES_DRY));
    }
}

static lf_view name_of(const struct rq *r, const struct lf_case_import *x)
{
    return x->name.len ? x->name : text(r, LF_T_CASES_NO_NAME);
}

void put_case_imports(struct rq *r, struct lf_buf *b, const struct lf_case_import *list, size_t n)
{
    if (!n)
        return;
    lf_html(b,
            "<section class=\"panel\"><table class=\"rows\"><caption>%</caption><thead><tr><th "
            "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th "
            "scope=\"col\">%</th></tr></thead><tbody>",
            T(CASES_LIST), T(F_FILE), T(STATE), T(CASES_MADE), T(CASES_GIVEN));
    for (size_t i = 0; i < n; i++) {
        lf_html(b,
                "<tr><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a></td><td data-label=\"%\"><span>",
                T(F_FILE), V(path2(r, "/imports/", list[i].id, "")), V(name_of(r, &list[i])), T(STATE));
        put_state(r, b, &list[i]);
        lf_html(b, "</span></td><td data-label=\"%\">%</td><td data-label=\"%\">", T(CASES_MADE),
                V(number(r, list[i].made)), T(CASES_GIVEN));
        put_when(r, b, list[i].created);
        LF_PUT(b, "</td></tr>");
    }
    LF_PUT(b, "</tbody></table></section>");
}

static void put_progress(struct rq *r, struct lf_buf *b, const struct lf_case_import *x)
{
    const struct lf_text_value n[] = {
        { "place", number(r, x->place) },     { "total", number(r, x->total) },
        { "made", number(r, x->made) },       { "already", number(r, x->already) },
        { "refused", number(r, x->refused) }, { "lost", number(r, x->lost) }
    };

    lf_html(b, "<section class=\"panel\"><p role=\"status\">");
    put_state(r, b, x);
    lf_html(b, " %</p>",
            V(lf_text_fill(r->t->a, x->dry ? LF_T_CASES_WOULD : LF_T_CASES_COUNTS, r->lang, n,
                           sizeof n / sizeof *n)));
    if (x->trouble.len)
        lf_html(b,
                "<p class=\"say bad\" role=\"alert\"><span aria-hidden=\"true\">!</span> <span "
                "lang=\"en\">%</span></p>",
                V(x->trouble));
    if (!is_over(x)) {
        if (x->state == LF_CASE_IMPORT_TAKING)
            lf_html(b, "<p><progress max=\"%\" value=\"%\" aria-label=\"%\"></progress></p>",
                    V(lf_arena_printf(r->t->a, "%lld", (long long)(x->total ? x->total : 1))),
                    V(lf_arena_printf(r->t->a, "%lld", (long long)x->place)), T(SEARCH_PROGRESS));
        lf_html(b, "<p><a class=\"button\" href=\"%\">%</a></p>", V(path2(r, "/imports/", x->id, "")),
                T(SEARCH_REFRESH));
        put_button(r, b, path2(r, "/imports/", x->id, "/stop"), LF_T_CASES_STOP, "second");
    }
    if (x->dry && x->state == LF_CASE_IMPORT_DONE && x->made)
        put_button(r, b, path2(r, "/imports/", x->id, "/take"), LF_T_CASES_TAKE, "");
    LF_PUT(b, "</section>");
}

static void put_facts(struct rq *r, struct lf_buf *b, const struct lf_case_import *x)
{
    lf_html(b,
            "<section class=\"panel\"><dl class=\"facts\"><dt>%</dt><dd "
            "class=\"wrap\">%</dd><dt>%</dt><dd>%</dd>",
            T(F_FILE), V(name_of(r, x)), T(FEED_FORMAT), V(x->format));
    if (x->mapping.len)
        lf_html(b, "<dt>%</dt><dd class=\"wrap\">%</dd>", T(IMPORT_MAPPING), V(x->mapping));
    lf_html(b, "<dt>%</dt><dd>% ", T(CASES_GIVEN), V(account_name(r, x->account)));
    put_when_zone(r, b, x->created);
    if (x->ended) {
        lf_html(b, "</dd><dt>%</dt><dd>", T(CASES_ENDED));
        put_when_zone(r, b, x->ended);
    }
    LF_PUT(b, "</dd></dl></section>");
}

static void put_notes(struct rq *r, struct lf_buf *b, const struct lf_case_import *x,
                      const struct lf_case_import_note *list, size_t n, bool lost)
{
    size_t shown = 0;

    for (size_t i = 0; i < n && shown < SHOWN; i++) {
        if (list[i].lost != lost)
            continue;
        if (!shown++)
            lf_html(b, "<section class=\"panel\"><h2>%</h2><ul>",
                    V(text(r, lost ? LF_T_IMPORT_LOSSES : LF_T_CASES_REFUSED)));
        if (lost)
            lf_html(b, "<li class=\"wrap\">%: %<br><span class=\"quiet\" lang=\"en\">%</span></li>",
                    V(list[i].where), V(lf_csv_clean(r->t->a, list[i].value)), V(list[i].why));
        else
            lf_html(b, "<li class=\"wrap\"><span lang=\"en\">%</span></li>",
                    V(lf_csv_clean(r->t->a, list[i].why)));
    }
    if (!shown)
        return;
    LF_PUT(b, "</ul>");
    if ((int64_t)shown < (lost ? x->lost : x->refused))
        lf_html(b, "<p class=\"quiet\">%</p>", V(fill1(r, LF_T_CASES_MORE, "n", number(r, (int64_t)shown))));
    LF_PUT(b, "</section>");
}

enum lf_code page_case_import(struct rq *r)
{
    const struct lf_case_import_note *list;
    struct lf_case_import x;
    struct lf_buf b;
    size_t n;

    LF_TRY(lf_case_import_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_case_import_notes(r->t, r->id, &n, &list, r->e));
    begin_page(r, &b, text(r, LF_T_IMPORT_OLD), "/incidents");
    lf_html(&b, "<h1>%</h1>", T(IMPORT_OLD));
    put_progress(r, &b, &x);
    put_notes(r, &b, &x, list, n, false);
    put_notes(r, &b, &x, list, n, true);
    if (n)
        lf_html(&b, "<p><a class=\"button second\" href=\"/api/v1/incident-imports/%/report\">%</a></p>",
                V(x.id), T(CASES_REPORT));
    put_facts(r, &b, &x);
    return end_page(r, &b, 200);
}

enum lf_code page_case_import_stop(struct rq *r)
{
    LF_TRY(lf_case_import_stop(r->t, r->id, r->e));
    return redirect(r, path2(r, "/imports/", r->id, ""));
}

enum lf_code page_case_import_take(struct rq *r)
{
    LF_TRY(lf_case_import_take(r->t, r->id, r->e));
    return redirect(r, path2(r, "/imports/", r->id, ""));
}
