/* The rules in force, and the techniques of MITRE ATT&CK they look for. */
#include "soc/rulebook.h"
#include "web/api_priv.h"
#include "web/rule_priv.h"

static const char *const covers[] = { "live", "trial", "retired", "none" };

enum lf_code coverage_ask(struct rq *r, struct coverage_ask *out)
{
    bool known = false;

    *out = (struct coverage_ask){ .tactic = lf_view_some(query(r, "tactic")),
                                  .show = lf_view_some(query(r, "show")) };
    for (size_t i = 0; i < sizeof covers / sizeof *covers; i++)
        known = known || lf_view_is(out->show, covers[i]);
    if (out->show.len && !known && !lf_view_is(out->show, "covered"))
        return lf_err_set(r->e, LF_BAD_INPUT, "show is live, trial, retired, none or covered, not \"%.*s\"",
                          LF_FMT(out->show));
    LF_TRY(rulebook(r, &out->book));
    LF_TRY(lf_rulebook_coverage(out->book, r->t, &out->all, r->e));
    known = !out->tactic.len;
    for (size_t i = 0; i < out->all.ntactics; i++)
        known = known || lf_view_eq(out->all.tactics[i].tactic, out->tactic);
    if (!known)
        return lf_err_set(r->e, LF_BAD_INPUT, "ATT&CK has no tactic called \"%.*s\"", LF_FMT(out->tactic));
    return LF_OK;
}

bool coverage_shows(const struct coverage_ask *ask, const struct lf_technique_cover *c)
{
    const char *is = lf_cover_name(c);

    if (ask->tactic.len && !lf_technique_of(c->technique, ask->tactic))
        return false;
    return !ask->show.len || lf_view_is(ask->show, is) ||
           (lf_view_is(ask->show, "covered") && strcmp(is, "none") != 0);
}

enum lf_code rulebook(struct rq *r, struct lf_rulebook **out)
{
    *out = r->w->parts.rules;
    return *out ? LF_OK : lf_err_set(r->e, LF_AWAY, "this node has no list of its rules");
}

enum lf_code rule_ask(struct rq *r, struct lf_rule_ask *out)
{
    lf_view state = query(r, "state");

    *out = (struct lf_rule_ask){ .technique = lf_view_trim(lf_view_some(query(r, "technique"))),
                                 .words = lf_view_some(query(r, "q")) };
    if (!lf_view_is_utf8(out->words) || !lf_view_is_utf8(out->technique))
        return lf_err_set(r->e, LF_BAD_INPUT, "what is looked for is not UTF-8");
    if (!state.len)
        return LF_OK;
    out->has_state = true;
    if (!lf_rule_state_parse(state, &out->state))
        return lf_err_set(r->e, LF_BAD_INPUT, "state is live, draft, test or retired, not \"%.*s\"",
                          LF_FMT(state));
    return LF_OK;
}

static void put_states(struct lf_json_w *w, const size_t n[LF_RULE_STATES])
{
    lf_json_begin(w, "rules", '{');
    for (int s = 0; s < LF_RULE_STATES; s++)
        lf_json_put_int(w, lf_rule_state_name((enum lf_rule_state)s), (int64_t)n[s]);
    lf_json_close(w);
}

enum lf_code api_coverage(struct rq *r)
{
    struct coverage_ask ask;
    struct out o;

    LF_TRY(coverage_ask(r, &ask));
    begin(&o);
    put_states(&o.w, ask.all.rules);
    lf_json_put_int(&o.w, "tagged", (int64_t)ask.all.tagged);
    if (ask.all.unlisted)
        lf_json_put_int(&o.w, "unlisted", (int64_t)ask.all.unlisted);
    lf_json_begin(&o.w, "tactics", '[');
    for (size_t i = 0; i < ask.all.ntactics; i++) {
        const struct lf_tactic_cover *c = &ask.all.tactics[i];

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "tactic", c->tactic);
        lf_json_put_int(&o.w, "techniques", (int64_t)c->techniques);
        lf_json_put_int(&o.w, "live", (int64_t)c->live);
        lf_json_put_int(&o.w, "trial", (int64_t)c->trial);
        lf_json_put_int(&o.w, "retired", (int64_t)c->retired);
        lf_json_put_int(&o.w, "none", (int64_t)c->none);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    lf_json_begin(&o.w, "techniques", '[');
    for (size_t i = 0; i < ask.all.ntechniques; i++) {
        const struct lf_technique_cover *c = &ask.all.techniques[i];

        if (!coverage_shows(&ask, c))
            continue;
        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "technique", c->technique->id);
        lf_json_put_str(&o.w, "name", c->technique->name);
        lf_json_put_cstr(&o.w, "cover", lf_cover_name(c));
        put_states(&o.w, c->rules);
        lf_json_close(&o.w);
    }
    lf_json_close(&o.w);
    return end(r, &o, 200);
}

enum lf_code api_rules(struct rq *r)
{
    struct lf_rulebook *book;
    struct lf_rule_row *rows;
    struct lf_rule_ask ask;
    struct lf_page page;
    struct out o;
    lf_view next;
    size_t n;

    LF_TRY(rule_ask(r, &ask));
    LF_TRY(page_of(r, &page));
    LF_TRY(rulebook(r, &book));
    LF_TRY(lf_rulebook_list(book, r->t, &ask, &page, &rows, &n, &next, r->e));
    begin_list(&o, JSON_MOST);
    for (size_t i = 0; i < n; i++) {
        const struct lf_rule_entry *x = &rows[i].rule;
        lf_view rest = x->techniques, id;

        lf_json_open(&o.w, '{');
        lf_json_put_str(&o.w, "rule", x->id);
        lf_json_put_str(&o.w, "title", x->title);
        lf_json_put_cstr(&o.w, "level", lf_level_name(x->level));
        lf_json_put_cstr(&o.w, "state", lf_rule_state_name(rows[i].state));
        lf_json_put_cstr(&o.w, "kind", x->correlation ? "correlation" : "detection");
        if (x->quiet)
            lf_json_put_bool(&o.w, "quiet", true);
        lf_json_begin(&o.w, "techniques", '[');
        while (lf_view_split(&rest, ' ', &id))
            lf_json_put_str(&o.w, NULL, id);
        lf_json_close(&o.w);
        lf_json_put_str(&o.w, "file", x->file);
        lf_json_close(&o.w);
    }
    return end_list(r, &o, next);
}
