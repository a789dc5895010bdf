/* The page of the standing policy: what goes out by itself, and who signed that. */
#include "ident/account.h"
#include "isac/indicator.h"
#include "web/page_priv.h"

/* In whole sentences what the policy lets out: what is signed must be understood. */
static void put_policy(struct rq *r, struct lf_buf *b, const struct lf_policy *p)
{
    struct lf_text_value v[] = { { "n", number(r, p->min_evidence) },
                                 { "hours", number(r, p->max_life_hours) } };

    lf_html(b, "<h2>%</h2><ul class=\"plain-list\"><li>%</li><li>%</li><li>%", T(POLICY_SAYS),
            V(lf_text_fill(r->t->a, LF_T_POLICY_EVIDENCE, r->lang, v, 2)),
            V(lf_text_fill(r->t->a, LF_T_POLICY_LIFE, r->lang, v, 2)), T(POLICY_LEVEL));
    LF_PUT(b, " ");
    put_level(r, b, p->min_level);
    lf_html(b, "</li><li>%</li>", V(text(r, p->auto_report ? LF_T_POLICY_REPORTS : LF_T_POLICY_NO_REPORTS)));
    if (p->tlp.len)
        lf_html(b, "<li>%</li>",
                V(fill1(r, LF_T_POLICY_TLP, "tlp", lf_arena_printf(r->t->a, "TLP:%.*s", LF_FMT(p->tlp)))));
    lf_html(b, "<li>%</li></ul>", T(POLICY_REDACTED));
    if (p->nallow) {
        lf_html(b, "<p>%</p><p>", T(POLICY_ALLOWS));
        for (size_t i = 0; i < p->nallow; i++)
            lf_html(b, "<code class=\"badge\">%</code> ", V(p->allow[i]));
        lf_html(b, "</p>");
    }
    lf_html(b, "<dl class=\"facts\"><dt>%</dt><dd>%</dd><dt>%</dt><dd>", T(SIGNED_BY),
            V(account_name(r, p->signed_by)), T(SIGNED_AT));
    put_when_zone(r, b, p->signed_at);
    lf_html(b, "</dd><dt>%</dt><dd><code>%</code></dd></dl>", T(POLICY_ID), V(p->id));
}

static void put_policy_form(struct rq *r, struct lf_buf *b, const struct lf_policy *p)
{
    static const char *const tlps[] = { "amber", "amber+strict", "green", "clear", "red" };
    static const struct {
        enum lf_level level;
        enum lf_text text;
    } levels[] = { { LF_LEVEL_CRITICAL, LF_T_LEVEL_CRITICAL },
                   { LF_LEVEL_HIGH, LF_T_LEVEL_HIGH },
                   { LF_LEVEL_MEDIUM, LF_T_LEVEL_MEDIUM } };
    bool have = p->id.len > 0;
    enum lf_level level = have ? p->min_level : LF_LEVEL_HIGH;
    lf_view tlp = have ? p->tlp : LF_V("amber");

    lf_html(b,
            "<section class=\"panel\"><h2>%</h2><p class=\"quiet\">%</p><form class=\"stack\" "
            "method=\"post\" action=\"/policy\">",
            V(text(r, have ? LF_T_POLICY_REPLACE : LF_T_POLICY_SIGN)), T(POLICY_SIGN_LEAD));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"evidence\">%</label><input id=\"evidence\" name=\"evidence\" type=\"number\" "
            "min=\"2\" max=\"100\" required value=\"%\" aria-describedby=\"evidence-hint\"><span "
            "class=\"hint\" id=\"evidence-hint\">%</span></p>"
            "<p><label for=\"life\">%</label><input id=\"life\" name=\"life\" type=\"number\" min=\"1\" "
            "max=\"720\" required value=\"%\"></p><p><label for=\"level\">%</label><select id=\"level\" "
            "name=\"level\">",
            T(POLICY_MIN), V(number(r, have ? p->min_evidence : 2)), T(POLICY_MIN_HINT), T(POLICY_HOURS),
            V(number(r, have ? p->max_life_hours : 72)), T(POLICY_MIN_LEVEL));
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        lf_html(b, "<option value=\"%\"%>%</option>", LF_HC(lf_level_name(levels[i].level)),
                LF_RAW(levels[i].level == level ? LF_V(" selected") : LF_V("")), V(text(r, levels[i].text)));
    lf_html(b, "</select></p><p><label for=\"tlp\">%</label><select id=\"tlp\" name=\"tlp\">",
            T(POLICY_MARK));
    for (size_t i = 0; i < sizeof tlps / sizeof *tlps; i++)
        lf_html(b, "<option value=\"%\"%>TLP:%</option>", LF_HC(tlps[i]),
                LF_RAW(lf_view_is(tlp, tlps[i]) ? LF_V(" selected") : LF_V("")), LF_HC(tlps[i]));
    lf_html(b,
            "</select></p><p><label for=\"allow\">%</label><textarea id=\"allow\" name=\"allow\" "
            "spellcheck=\"false\" aria-describedby=\"allow-hint\">",
            T(POLICY_ALLOW));
    for (size_t i = 0; have && i < p->nallow; i++)
        lf_html(b, "%\n", V(p->allow[i]));
    lf_html(b,
            "</textarea><span class=\"hint\" id=\"allow-hint\">%</span></p><p><label><input "
            "type=\"checkbox\" name=\"report\" value=\"1\"%>%</label></p><p><button>%</button></p></form>"
            "</section>",
            T(POLICY_ALLOW_HINT), LF_RAW(!have || p->auto_report ? LF_V(" checked") : LF_V("")),
            T(POLICY_REPORT), T(POLICY_SIGN_DO));
}

enum lf_code page_policy(struct rq *r)
{
    struct lf_policy p;
    struct lf_buf b;

    LF_TRY(lf_policy_get(r->t, &p, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_POLICY), "/policy");
    lf_html(&b, "<h1>%</h1><p>%</p><div class=\"two\"><section class=\"panel\">", T(NAV_POLICY),
            T(POLICY_LEAD));
    if (p.id.len)
        put_policy(r, &b, &p);
    else
        lf_html(&b, "<h2>%</h2><p>%</p>", T(POLICY_NONE), T(POLICY_NONE_LEAD));
    lf_html(&b, "</section>");
    if (may(r, SIGN))
        put_policy_form(r, &b, &p);
    lf_html(&b, "</div>");
    return end_page(r, &b, 200);
}

enum lf_code page_policy_sign(struct rq *r)
{
    lf_view evidence, life, level, tlp, allow = field(r, "allow"), name, form, id;
    uint64_t n = 0, hours = 0;
    struct lf_json_w w;
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(need(r, "evidence", &evidence));
    LF_TRY(need(r, "life", &life));
    LF_TRY(need(r, "level", &level));
    LF_TRY(need(r, "tlp", &tlp));
    if (!lf_view_u64(lf_view_trim(evidence), &n) || !lf_view_u64(lf_view_trim(life), &hours) || n > 1000000 ||
        hours > 1000000)
        return lf_err_set(r->e, LF_BAD_INPUT, "evidence and hours are whole numbers");
    lf_buf_init(&b, 1 << 18);
    w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_begin(&w, "kinds", '[');
    lf_json_put_cstr(&w, NULL, lf_observable_kind_name(LF_OBS_DOMAIN));
    lf_json_close(&w);
    lf_json_put_int(&w, "min_evidence", (int64_t)n);
    lf_json_put_int(&w, "max_life_hours", (int64_t)hours);
    lf_json_begin(&w, "allow", '[');
    while (lf_view_split(&allow, '\n', &name)) {
        name = lf_view_trim(name);
        if (name.len)
            lf_json_put_str(&w, NULL, name);
    }
    lf_json_close(&w);
    lf_json_put_str(&w, "min_level", level);
    lf_json_put_bool(&w, "auto_report", field(r, "report").ptr != NULL);
    lf_json_put_str(&w, "tlp", tlp);
    lf_json_close(&w);
    rc = lf_buf_done(&b, r->e);
    form = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    LF_TRY(rc);
    LF_TRY(lf_policy_sign(r->t, form, &id, r->e));
    return redirect(r, LF_V("/policy?done=1"));
}
