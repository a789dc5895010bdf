/* Advisories in the console: the list, the form of each kind, one with its review and history. */
#include "isac/advisory.h"

#include "fmt/uri.h"
#include "isac/bulletin.h"
#include "web/page_priv.h"

struct word {
    const char *name;
    enum lf_text text;
};

static const enum lf_text kind_texts[LF_ADVISORY_KINDS] = { LF_T_ADV_ANA, LF_T_ADV_DEF, LF_T_ADV_INT,
                                                            LF_T_ADV_EWA, LF_T_ADV_FBI };
static const enum lf_text kind_hints[LF_ADVISORY_KINDS] = { LF_T_ADV_ANA_HINT, LF_T_ADV_DEF_HINT,
                                                            LF_T_ADV_INT_HINT, LF_T_ADV_EWA_HINT,
                                                            LF_T_ADV_FBI_HINT };
static const enum lf_text state_texts[LF_ADVISORY_STATES] = { LF_T_ADV_DRAFT, LF_T_ADV_REVIEW,
                                                              LF_T_ADV_RETURNED, LF_T_ADV_PUBLISHED,
                                                              LF_T_ADV_WITHDRAWN };
static const enum lf_text act_texts[LF_ADVISORY_ACTS] = { LF_T_ADV_WROTE,        LF_T_ADV_SUBMITTED,
                                                          LF_T_ADV_DID_RETURN,   LF_T_ADV_DID_PUBLISH,
                                                          LF_T_ADV_DID_WITHDRAW, LF_T_ADV_DID_ATTACH,
                                                          LF_T_ADV_DID_DETACH };

/* In the order of lf_advisory_fields. */
static const enum lf_text field_texts[LF_ADVISORY_FIELDS] = {
    LF_T_ADV_TITLE,    LF_T_ADV_REPLY_TO, LF_T_ADV_MEMBER,   LF_T_ADV_VERDICT,  LF_T_ADV_INCIDENT,
    LF_T_ADV_CATEGORY, LF_T_ADV_TEXT,     LF_T_ADV_SEVERITY, LF_T_ADV_HAPPENED, LF_T_ADV_PAGE,
    LF_T_ADV_VALUES,   LF_T_ADV_METHOD,   LF_T_ADV_PLATFORM, LF_T_ADV_CVE,      LF_T_ADV_MEASURES,
    LF_T_ADV_DONE_AT,  LF_T_ADV_REPLY_BY, LF_T_ADV_SECTORS,  LF_T_ADV_TLP,      LF_T_ADV_LINKS
};

static const struct word choices[] = {
    { "statistics", LF_T_ADV_C_STATISTICS },
    { "malicious-site", LF_T_ADV_C_SITE },
    { "intrusion", LF_T_ADV_C_INTRUSION },
    { "fraud", LF_T_ADV_C_FRAUD },
    { "vulnerability", LF_T_ADV_C_VULNERABILITY },
    { "protection", LF_T_ADV_C_PROTECTION },
    { "news", LF_T_ADV_C_NEWS },
    { "low", LF_T_LEVEL_LOW },
    { "medium", LF_T_LEVEL_MEDIUM },
    { "high", LF_T_LEVEL_HIGH },
    { "critical", LF_T_LEVEL_CRITICAL },
    { "false-alarm", LF_T_ADV_V_FALSE },
    { "confirmed", LF_T_ADV_V_CONFIRMED },
    { "undetermined", LF_T_ADV_V_UNDETERMINED },
    { "communications", LF_T_SECTOR_COMMUNICATIONS },
    { "energy", LF_T_SECTOR_ENERGY },
    { "utilities", LF_T_SECTOR_UTILITIES },
    { "transportation", LF_T_SECTOR_TRANSPORTATION },
    { "financial-services", LF_T_SECTOR_FINANCE },
    { "healthcare", LF_T_SECTOR_HEALTHCARE },
    { "government", LF_T_SECTOR_GOVERNMENT },
    { "emergency-services", LF_T_SECTOR_EMERGENCY },
    { "technology", LF_T_SECTOR_TECHNOLOGY },
    { "education", LF_T_SECTOR_EDUCATION },
    { "clear", LF_T_TLP_CLEAR },
    { "green", LF_T_TLP_GREEN },
    { "amber", LF_T_TLP_AMBER },
    { "amber+strict", LF_T_TLP_STRICT },
    { "red", LF_T_TLP_RED },
};

lf_view advisory_word(const struct rq *r, lf_view name)
{
    for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
        if (lf_view_is(name, choices[i].name))
            return text(r, choices[i].text);
    return name;
}

/* Of replies the measures were taken already. */
static enum lf_text label_of(enum lf_advisory_kind kind, size_t field)
{
    return kind == LF_ADVISORY_FBI && field_texts[field] == LF_T_ADV_MEASURES ? LF_T_ADV_TAKEN
                                                                              : field_texts[field];
}

static void put_state(struct rq *r, struct lf_buf *b, const struct lf_advisory_row *x)
{
    static const struct {
        const char *tone, *sign;
    } looks[LF_ADVISORY_STATES] = {
        { "", "✎" }, { "warn", "◷" }, { "bad", "↩" }, { "good", "✓" }, { "", "–" }
    };

    badge(b, looks[x->state].tone, looks[x->state].sign, text(r, state_texts[x->state]));
    if (x->exercise) {
        lf_html(b, " ");
        badge(b, "info", "◇", text(r, LF_T_EXERCISE));
    }
}

/* ---- the list ---- */

/* What the list was asked for, to go on with on its next page. */
static const char *filter_link(struct rq *r)
{
    static const char *const fields[] = { "kind", "state", "words" };
    struct lf_buf b;
    const char *out;

    lf_buf_init(&b, 64 << 10);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (query(r, fields[i]).len) {
            lf_buf_printf(&b, "&%s=", fields[i]);
            lf_uri_encode(&b, query(r, fields[i]));
        }
    out = lf_arena_cstr(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

enum lf_code page_advisories(struct rq *r)
{
    const struct lf_advisory_row *items;
    struct lf_page page;
    struct lf_buf b;
    lf_view next;
    int kind, state;
    size_t n;

    LF_TRY(page_of(r, &page));
    LF_TRY(advisory_filter(r, &kind, &state));
    LF_TRY(lf_advisory_list(r->t, kind, state, query(r, "words"), &page, &n, &items, &next, r->e));
    begin_page(r, &b, text(r, LF_T_NAV_ADVISORIES), "/advisories");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>", T(NAV_ADVISORIES),
            T(ADVISORIES_LEAD));
    if (may(r, ACT)) {
        lf_html(&b, "<section class=\"panel\"><h2>%</h2><ul>", T(ADV_NEW));
        for (size_t i = 0; i < LF_ADVISORY_KINDS; i++)
            lf_html(&b, "<li><a href=\"/advisories/new?kind=%\">%</a> <span class=\"quiet\">%</span></li>",
                    LF_HC(lf_advisory_kind_name((enum lf_advisory_kind)i)), V(text(r, kind_texts[i])),
                    V(text(r, kind_hints[i])));
        lf_html(&b, "</ul></section>");
    }
    lf_html(&b,
            "<section class=\"panel\"><form class=\"stack wide\" method=\"get\" action=\"/advisories\"><div "
            "class=\"row\"><p><label "
            "for=\"kind\">%</label><select id=\"kind\" name=\"kind\"><option value=\"\">%</option>",
            T(ADV_KIND), T(ADV_ANY));
    for (int i = 0; i < LF_ADVISORY_KINDS; i++)
        lf_html(&b, "<option value=\"%\"%>%</option>", LF_HC(lf_advisory_kind_name((enum lf_advisory_kind)i)),
                LF_RAW(i == kind ? LF_V(" selected") : LF_V("")), V(text(r, kind_texts[i])));
    lf_html(&b,
            "</select></p><p><label for=\"state\">%</label><select id=\"state\" name=\"state\"><option "
            "value=\"\">%</option>",
            T(STATE), T(ADV_ANY));
    for (int i = 0; i < LF_ADVISORY_STATES; i++)
        lf_html(&b, "<option value=\"%\"%>%</option>",
                LF_HC(lf_advisory_state_name((enum lf_advisory_state)i)),
                LF_RAW(i == state ? LF_V(" selected") : LF_V("")), V(text(r, state_texts[i])));
    lf_html(&b,
            "</select></p><p><label for=\"words\">%</label><input id=\"words\" name=\"words\" "
            "maxlength=\"200\" value=\"%\"></p><p><button>%</button></p></div></form>",
            T(ALERTS_WORDS), V(query(r, "words")), T(ALERTS_FIND));
    if (!n)
        lf_html(&b, "<p class=\"empty\">%</p>", T(NO_ADVISORIES));
    else
        lf_html(&b,
                "<table class=\"rows\"><caption>%</caption><thead><tr><th scope=\"col\">%</th><th "
                "scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th><th scope=\"col\">%</th>"
                "</tr></thead><tbody>",
                T(ADVISORIES_CAPTION), T(ADV_KIND), T(ADV_TITLE), T(STATE), T(ORIGIN), T(TIME));
    for (size_t i = 0; i < n; i++) {
        const struct lf_advisory_row *x = &items[i];

        lf_html(&b, "<tr><td data-label=\"%\">%</td><td class=\"wrap\" data-label=\"%\"><a href=\"%\">%</a>",
                T(ADV_KIND), V(text(r, kind_texts[x->kind])), T(ADV_TITLE),
                V(path2(r, "/advisories/", x->id, "")), V(x->title.len ? x->title : x->id));
        lf_html(&b, "</td><td data-label=\"%\">", T(STATE));
        put_state(r, &b, x);
        lf_html(&b, "</td><td data-label=\"%\">%</td><td data-label=\"%\">", T(ORIGIN),
                V(text(r, x->origin.len ? LF_T_ORIGIN_PEER : LF_T_ORIGIN_OWN)), T(TIME));
        put_when(r, &b, x->published ? x->published : x->changed);
        lf_html(&b, "</td></tr>");
    }
    if (n)
        lf_html(&b, "</tbody></table>");
    put_next_with(r, &b, filter_link(r), next);
    lf_html(&b, "</section>");
    return end_page(r, &b, 200);
}

/* ---- the form ---- */

/* What a field holds in the form that is shown: as it was typed, else as it is kept. */
static lf_view held(struct rq *r, const struct lf_advisory_form *f, size_t i, bool typed)
{
    struct lf_buf b;
    lf_view out;

    if (typed) {
        lf_view v = field(r, lf_advisory_fields[i].key);

        return v.ptr ? v : LF_V("");
    }
    lf_buf_init(&b, LF_ADVISORY_FORM * 8);
    for (size_t k = 0; k < f->n[i]; k++) {
        if (k)
            LF_PUT(&b, "\n");
        lf_buf_put(&b, f->text[i][k]);
    }
    out = lf_arena_copy(r->t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static bool ticked(struct rq *r, const struct lf_advisory_form *f, size_t i, lf_view name, bool typed)
{
    if (typed)
        return field(r, lf_arena_printf(r->t->a, "%s_%.*s", lf_advisory_fields[i].key, LF_FMT(name)).ptr).ptr;
    for (size_t k = 0; k < f->n[i]; k++)
        if (lf_view_eq(f->text[i][k], name))
            return true;
    return false;
}

/* "2026-11-21T10:48:00" of Taipei, for a browser's own field; what is no time stays. */
static lf_view local_of(struct rq *r, lf_view v)
{
    char *out = LF_NEW(r->t->a, char, LF_TIME_TEXT);
    lf_time t;

    return lf_time_parse(v, &t, NULL) == LF_OK ? lf_view_first(lf_time_milli(t + LF_TAIPEI, out), 19) : v;
}

static void put_choices(struct rq *r, struct lf_buf *b, const struct lf_advisory_form *f, size_t i,
                        bool typed)
{
    const struct lf_advisory_field *x = &lf_advisory_fields[i];
    lf_view rest = lf_view_of(x->choices), one, now = held(r, f, i, typed);

    if (x->type == LF_FIELD_CHOICE)
        lf_html(b, "<option value=\"\">%</option>", T(ADV_CHOOSE));
    while (lf_view_split(&rest, ' ', &one)) {
        if (x->type == LF_FIELD_CHOICE)
            lf_html(b, "<option value=\"%\"%>%</option>", V(one),
                    LF_RAW(lf_view_eq(one, now) ? LF_V(" selected") : LF_V("")), V(advisory_word(r, one)));
        else
            lf_html(b, "<label><input type=\"checkbox\" name=\"%_%\" value=\"1\"%>%</label>", LF_HC(x->key),
                    V(one), LF_RAW(ticked(r, f, i, one, typed) ? LF_V(" checked") : LF_V("")),
                    V(advisory_word(r, one)));
    }
}

static void put_field(struct rq *r, struct lf_buf *b, enum lf_advisory_kind kind,
                      const struct lf_advisory_form *f, size_t i, bool typed)
{
    const struct lf_advisory_field *x = &lf_advisory_fields[i];
    bool needed = x->needed & (1u << kind), list = lf_advisory_is_list(x->type);
    lf_view label = text(r, label_of(kind, i)), now;

    if (needed)
        label = fill1(r, LF_T_ADV_NEEDED, "field", label);
    if (x->type == LF_FIELD_SOME) {
        lf_html(b, "<fieldset><legend>%</legend>", V(label));
        put_choices(r, b, f, i, typed);
        lf_html(b, "</fieldset>");
        return;
    }
    now = held(r, f, i, typed);
    lf_html(b, "<p><label for=\"%\">%</label>", LF_HC(x->key), V(label));
    if (x->type == LF_FIELD_CHOICE) {
        lf_html(b, "<select id=\"%\" name=\"%\">", LF_HC(x->key), LF_HC(x->key));
        put_choices(r, b, f, i, typed);
        lf_html(b, "</select>");
    } else if (x->type == LF_FIELD_LONG || list) {
        lf_html(b, "<textarea id=\"%\" name=\"%\" rows=\"%\"%>%</textarea>", LF_HC(x->key), LF_HC(x->key),
                LF_HC(list ? "3" : "4"),
                LF_RAW(list ? lf_arena_printf(r->t->a, " aria-describedby=\"%s-hint\"", x->key) : LF_V("")),
                V(now));
        if (list)
            lf_html(b, "<span class=\"hint\" id=\"%-hint\">%</span>", LF_HC(x->key),
                    V(text(r, x->type == LF_FIELD_VALUES ? LF_T_ADV_ONE_VALUE_A_LINE : LF_T_ADV_ONE_A_LINE)));
    } else if (x->type == LF_FIELD_TIME) {
        lf_html(b, "<input id=\"%\" name=\"%\" type=\"datetime-local\" step=\"1\" value=\"%\">",
                LF_HC(x->key), LF_HC(x->key), V(typed ? now : local_of(r, now)));
    } else {
        lf_html(b, "<input id=\"%\" name=\"%\" maxlength=\"500\" autocomplete=\"off\" value=\"%\">",
                LF_HC(x->key), LF_HC(x->key), V(now));
    }
    lf_html(b, "</p>");
}

/* `typed`: what the person sent is shown again, with what was wrong with it. */
static enum lf_code form_page(struct rq *r, int status, enum lf_advisory_kind kind,
                              const struct lf_advisory_form *f, bool typed, lf_view to)
{
    struct lf_buf b;

    begin_page(r, &b, text(r, kind_texts[kind]), "/advisories");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p class=\"quiet\">%</p></div>", V(text(r, kind_texts[kind])),
            V(text(r, kind_hints[kind])));
    if (status != 200)
        lf_html(&b,
                "<p class=\"say bad\" role=\"alert\"><span aria-hidden=\"true\">!</span> %</p><pre "
                "lang=\"en\" tabindex=\"0\">%</pre>",
                T(E_BAD_INPUT), LF_HC(r->e->text));
    lf_html(&b, "<section class=\"panel\"><form class=\"stack\" method=\"post\" action=\"%\">", V(to));
    put_csrf(r, &b);
    lf_html(&b, "<input type=\"hidden\" name=\"kind\" value=\"%\">", LF_HC(lf_advisory_kind_name(kind)));
    for (size_t i = 0; i < LF_ADVISORY_FIELDS; i++)
        if (lf_advisory_fields[i].on & (1u << kind))
            put_field(r, &b, kind, f, i, typed);
    if (lf_view_is(to, "/advisories/new"))
        lf_html(&b, "<p><label><input type=\"checkbox\" name=\"exercise\" value=\"1\"%>%</label></p>",
                LF_RAW(field(r, "exercise").ptr ? LF_V(" checked") : LF_V("")), T(ADV_EXERCISE));
    lf_html(&b, "<p class=\"quiet\">%</p><p><button>%</button></p></form></section>", T(ADV_KEEP_LEAD),
            T(ADV_KEEP));
    return end_page(r, &b, status);
}

static enum lf_code sent_form(struct rq *r, enum lf_advisory_kind kind, struct lf_advisory_form *f)
{
    *f = (struct lf_advisory_form){ 0 };
    for (size_t i = 0; i < LF_ADVISORY_FIELDS; i++) {
        const struct lf_advisory_field *x = &lf_advisory_fields[i];
        lf_view v = field(r, x->key);

        if (!(x->on & (1u << kind)))
            continue;
        if (x->type == LF_FIELD_SOME) {
            lf_view rest = lf_view_of(x->choices), one;

            v = LF_V("");
            while (lf_view_split(&rest, ' ', &one))
                if (ticked(r, f, i, one, true))
                    v = lf_arena_printf(r->t->a, "%.*s\n%.*s", LF_FMT(v), LF_FMT(one));
        }
        if (x->type == LF_FIELD_TIME && v.len)
            LF_TRY(local_time(r, v, &v));
        if (v.len)
            LF_TRY(lf_advisory_put(r->t->a, f, kind, i, v, r->e));
    }
    return LF_OK;
}

/* What the person typed is not lost; the code undoes the task. */
static enum lf_code again(struct rq *r, enum lf_code rc, enum lf_advisory_kind kind, lf_view to)
{
    const struct lf_advisory_form none = { 0 };
    struct lf_err kept = *r->e;

    if (rc != LF_BAD_INPUT && rc != LF_TOO_BIG)
        return rc;
    LF_TRY(form_page(r, lf_code_http(rc), kind, &none, true, to));
    *r->e = kept;
    return rc;
}

static enum lf_code kind_of(struct rq *r, lf_view name, enum lf_advisory_kind *kind)
{
    return lf_advisory_kind_parse(name, kind)
               ? LF_OK
               : lf_err_set(r->e, LF_BAD_INPUT, "kind is ANA, DEF, INT, EWA or FBI");
}

/* ?reply_to= begins an answer to another. */
enum lf_code page_advisory_new(struct rq *r)
{
    struct lf_advisory_form f = { 0 };
    lf_view about = query(r, "reply_to");
    enum lf_advisory_kind kind;

    LF_TRY(kind_of(r, query(r, "kind"), &kind));
    if (kind == LF_ADVISORY_FBI && about.len)
        LF_TRY(lf_advisory_put(r->t->a, &f, kind, lf_advisory_field(LF_V("reply_to")), about, r->e));
    return form_page(r, 200, kind, &f, false, LF_V("/advisories/new"));
}

enum lf_code page_advisory_new_do(struct rq *r)
{
    struct lf_advisory_form f;
    enum lf_advisory_kind kind;
    enum lf_code rc;
    lf_view id;

    LF_TRY(kind_of(r, field(r, "kind"), &kind));
    rc = sent_form(r, kind, &f);
    if (rc == LF_OK)
        rc = lf_advisory_draft(r->t, kind, &f, field(r, "exercise").ptr != NULL, &id, r->e);
    if (rc == LF_OK)
        return redirect(r, path2(r, "/advisories/", id, "?done=1"));
    return again(r, rc, kind, LF_V("/advisories/new"));
}

enum lf_code page_advisory_edit(struct rq *r)
{
    struct lf_advisory_form f;
    struct lf_advisory_row x;

    LF_TRY(lf_advisory_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_advisory_form_of(r->t, &x, &f, r->e));
    return form_page(r, 200, x.kind, &f, false, path2(r, "/advisories/", r->id, "/edit"));
}

enum lf_code page_advisory_edit_do(struct rq *r)
{
    struct lf_advisory_form f;
    struct lf_advisory_row x;
    enum lf_code rc;

    LF_TRY(lf_advisory_get(r->t, r->id, &x, r->e));
    rc = sent_form(r, x.kind, &f);
    if (rc == LF_OK)
        rc = lf_advisory_edit(r->t, r->id, &f, r->e);
    if (rc == LF_OK)
        return redirect(r, path2(r, "/advisories/", r->id, "?done=1"));
    return again(r, rc, x.kind, path2(r, "/advisories/", r->id, "/edit"));
}

/* ---- one ---- */

static void put_value(struct rq *r, struct lf_buf *b, size_t i, lf_view v)
{
    enum lf_advisory_type type = lf_advisory_fields[i].type;
    lf_time at;

    if (type == LF_FIELD_TIME && lf_time_parse(v, &at, NULL) == LF_OK)
        put_when_zone(r, b, at);
    else if (type == LF_FIELD_CHOICE || type == LF_FIELD_SOME)
        lf_html(b, "%", V(advisory_word(r, v)));
    else if (type == LF_FIELD_ID && lf_view_starts(v, LF_V("report--")))
        lf_html(b, "<a href=\"%\"><code>%</code></a>", V(path2(r, "/advisories/", v, "")), V(v));
    else if (type == LF_FIELD_LINKS || type == LF_FIELD_VALUES || type == LF_FIELD_ID)
        lf_html(b, "<code>%</code>", V(v)); /* never a link: it may be the attacker's */
    else
        lf_html(b, "<span class=\"lines\">%</span>", V(v));
}

static void put_form(struct rq *r, struct lf_buf *b, enum lf_advisory_kind kind,
                     const struct lf_advisory_form *f)
{
    lf_html(b, "<dl class=\"facts\">");
    for (size_t i = 1; i < LF_ADVISORY_FIELDS; i++) { /* the title stands above */
        if (!f->n[i])
            continue;
        lf_html(b, "<dt>%</dt><dd class=\"wrap\">", V(text(r, label_of(kind, i))));
        for (size_t k = 0; k < f->n[i]; k++) {
            if (k)
                lf_html(b, "<br>");
            put_value(r, b, i, f->text[i][k]);
        }
        lf_html(b, "</dd>");
    }
    lf_html(b, "</dl>");
}

static void put_reason(struct rq *r, struct lf_buf *b, const struct lf_advisory_row *x, const char *act,
                       enum lf_text label)
{
    lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
            V(path2(r, "/advisories/", x->id, lf_arena_printf(r->t->a, "/%s", act).ptr)));
    put_csrf(r, b);
    lf_html(b,
            "<p><label for=\"why-%\">%</label><textarea id=\"why-%\" name=\"reason\" required "
            "maxlength=\"600\"></textarea></p><p><button class=\"second\">%</button></p></form>",
            LF_HC(act), T(ADV_REASON), LF_HC(act), V(text(r, label)));
}

static void put_acts(struct rq *r, struct lf_buf *b, const struct lf_advisory_row *x,
                     const struct lf_advisory_form *f)
{
    bool writes = x->state != LF_ADVISORY_REVIEW && x->state != LF_ADVISORY_WITHDRAWN;
    bool mine = lf_view_eq(x->author, r->t->scope.account);

    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(ACT));
    if (x->published && f->n[lf_advisory_field(LF_V("reply_by"))])
        lf_html(b, "<p><a href=\"%\">%</a></p>", V(path2(r, "/bulletins/", x->id, "")), T(BUL_COLLATION));
    else if (may(r, ACT) && writes && x->kind != LF_ADVISORY_FBI)
        lf_html(b, "<p><a href=\"%\">%</a></p>", V(path2(r, "/bulletins/", x->id, "/audience")),
                T(BUL_AUDIENCE));
    if (may(r, ACT) && writes)
        lf_html(b, "<p><a href=\"%\">%</a></p>", V(path2(r, "/advisories/", x->id, "/edit")), T(ADV_EDIT));
    if (may(r, ACT) && (x->state == LF_ADVISORY_DRAFT || x->state == LF_ADVISORY_RETURNED)) {
        struct lf_err missing = { 0 };

        if (lf_advisory_complete(x->kind, f, &missing) == LF_OK)
            put_button(r, b, path2(r, "/advisories/", x->id, "/submit"), LF_T_ADV_SUBMIT, "");
        else
            lf_html(b, "<p class=\"quiet\">%</p>", T(ADV_INCOMPLETE));
    }
    if (may(r, SIGN) && x->state == LF_ADVISORY_REVIEW && mine)
        lf_html(b, "<p class=\"quiet\">%</p>", T(ADV_FOUR_EYES));
    if (may(r, SIGN) && x->state == LF_ADVISORY_REVIEW && !mine) {
        lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\">",
                V(path2(r, "/advisories/", x->id, "/publish")));
        put_csrf(r, b);
        if (f->n[lf_advisory_field(LF_V("values"))] && !x->exercise)
            lf_html(b, "<p><label><input type=\"checkbox\" name=\"look_for\" value=\"1\">%</label></p>",
                    T(ADV_LOOK_FOR));
        lf_html(b, "<p><button>%</button></p></form>", T(ADV_PUBLISH));
    }
    if (may(r, SIGN) && x->state == LF_ADVISORY_REVIEW)
        put_reason(r, b, x, "return", LF_T_ADV_RETURN);
    if (x->state != LF_ADVISORY_WITHDRAWN && may(r, x->published ? SIGN : ACT))
        put_reason(r, b, x, "withdraw", LF_T_ADV_WITHDRAW);
    lf_html(b, "</section>");
}

/* Files, and the form for another while it may have one. */
static void put_files(struct rq *r, struct lf_buf *b, const struct lf_advisory_row *x,
                      const struct lf_advisory_attachment *files, size_t n)
{
    bool writes = !x->origin.len && may(r, ACT) &&
                  (x->state == LF_ADVISORY_DRAFT || x->state == LF_ADVISORY_RETURNED);

    if (!n && !writes)
        return;
    lf_html(b, "<section class=\"panel\"><h2>%</h2>", T(ADV_FILES));
    if (n)
        LF_PUT(b, "<ul class=\"plain-list\">");
    for (size_t i = 0; i < n; i++) {
        lf_html(b,
                "<li class=\"wrap\"><a href=\"/api/v1/advisories/%/files?n=%\" download>%</a> "
                "<span class=\"quiet\">% · %</span><br><small>SHA-256 <code>%</code></small>",
                V(x->id), V(number(r, files[i].seq)), V(files[i].name), V(files[i].type),
                V(fill1(r, LF_T_BYTES_N, "n", number(r, files[i].size))), V(files[i].sha256));
        if (writes) {
            lf_html(b, "<form method=\"post\" action=\"%\">",
                    V(path2(r, "/advisories/", x->id, "/files/remove")));
            put_csrf(r, b);
            lf_html(b,
                    "<input type=\"hidden\" name=\"n\" value=\"%\"><button class=\"second "
                    "small\">%</button></form>",
                    V(number(r, files[i].seq)), T(ADV_DID_DETACH));
        }
        LF_PUT(b, "</li>");
    }
    if (n)
        LF_PUT(b, "</ul>");
    if (writes) {
        lf_html(b, "<form class=\"stack\" method=\"post\" action=\"%\" enctype=\"multipart/form-data\">",
                V(path2(r, "/advisories/", x->id, "/files")));
        put_csrf(r, b);
        lf_html(b,
                "<p><label for=\"file\">%</label><input id=\"file\" name=\"file\" type=\"file\" required "
                "aria-describedby=\"file-hint\"><span class=\"hint\" id=\"file-hint\">%</span></p>"
                "<p><button class=\"second\">%</button></p></form>",
                T(F_FILE), V(fill1(r, LF_T_ADV_FILE_HINT, "n", number(r, LF_ADVISORY_FILES))),
                T(ADV_DID_ATTACH));
    }
    LF_PUT(b, "</section>");
}

static enum lf_code put_history(struct rq *r, struct lf_buf *b, const struct lf_advisory_row *x)
{
    const struct lf_advisory_event *events;
    size_t n;

    LF_TRY(lf_advisory_history(r->t, x->id, &n, &events, r->e));
    lf_html(b, "<section class=\"panel\"><h2>%</h2><ol class=\"line\">", T(HISTORY));
    for (size_t i = 0; i < n; i++) {
        lf_html(b, "<li><p><strong>%</strong> <span class=\"quiet\">%</span></p><p>",
                V(text(r, act_texts[events[i].act])), V(account_name(r, events[i].account)));
        put_when_zone(r, b, events[i].at);
        lf_html(b, "</p>");
        if (events[i].note.len)
            lf_html(b, "<p class=\"wrap\">%</p>", V(events[i].note));
        if (events[i].form.len)
            lf_html(b, "<details><summary>%</summary><pre tabindex=\"0\">%</pre></details>", T(ADV_THE_TEXT),
                    V(events[i].form));
        lf_html(b, "</li>");
    }
    lf_html(b, "</ol></section>");
    return LF_OK;
}

enum lf_code page_advisory(struct rq *r)
{
    const struct lf_advisory_attachment *files;
    struct lf_advisory_form f;
    struct lf_advisory_row x;
    struct lf_buf b;
    size_t n;
    enum lf_code rc;

    LF_TRY(lf_advisory_get(r->t, r->id, &x, r->e));
    LF_TRY(lf_advisory_form_of(r->t, &x, &f, r->e));
    LF_TRY(lf_advisory_files(r->t, r->id, 0, &n, &files, r->e));
    LF_TRY(lf_bulletin_open(r->t, r->id, r->e));
    begin_page(r, &b, x.title.len ? x.title : text(r, kind_texts[x.kind]), "/advisories");
    lf_html(&b, "<div class=\"head\"><h1>%</h1><p>", V(x.title.len ? x.title : x.id));
    put_state(r, &b, &x);
    lf_html(&b, "</p></div><div class=\"two\"><section class=\"panel\"><h2>%</h2>",
            V(text(r, kind_texts[x.kind])));
    if (x.note.len)
        lf_html(&b, "<p class=\"say wrap\">%</p>", V(fill1(r, LF_T_ADV_WHY, "reason", x.note)));
    put_form(r, &b, x.kind, &f);
    if (x.published) {
        lf_html(&b, "<p class=\"quiet\">% ", T(ADV_PUBLISHED_AT));
        put_when_zone(r, &b, x.published);
        lf_html(&b, "</p>");
    }
    if (x.json.len)
        lf_html(&b, "<details><summary>STIX 2.1</summary><pre tabindex=\"0\">%</pre></details>", V(x.json));
    lf_html(&b, "</section><div>");
    if (!x.origin.len)
        put_acts(r, &b, &x, &f);
    else if (x.state == LF_ADVISORY_PUBLISHED && f.n[lf_advisory_field(LF_V("reply_by"))])
        lf_html(&b, "<section class=\"panel\"><h2>%</h2><p><a href=\"/bulletins/%\">%</a></p></section>",
                T(ACT), V(x.id), T(ADV_REPLY));
    else if (may(r, ACT) && x.state == LF_ADVISORY_PUBLISHED)
        lf_html(
            &b,
            "<section class=\"panel\"><h2>%</h2><p><a href=\"/advisories/new?kind=FBI&amp;reply_to=%\">%</a>"
            "</p></section>",
            T(ACT), V(x.id), T(ADV_REPLY));
    put_files(r, &b, &x, files, n);
    rc = x.origin.len ? LF_OK : put_history(r, &b, &x);
    if (rc != LF_OK) {
        lf_buf_clear(&b);
        return rc;
    }
    lf_html(&b, "</div></div>");
    return end_page(r, &b, 200);
}

static enum lf_code acted(struct rq *r)
{
    return redirect(r, path2(r, "/advisories/", r->id, "?done=1"));
}

enum lf_code page_advisory_submit(struct rq *r)
{
    LF_TRY(lf_advisory_submit(r->t, r->id, r->e));
    return acted(r);
}

enum lf_code page_advisory_return(struct rq *r)
{
    LF_TRY(lf_advisory_return(r->t, r->id, lf_view_some(field(r, "reason")), r->e));
    return acted(r);
}

enum lf_code page_advisory_publish(struct rq *r)
{
    LF_TRY(advisory_publish(r));
    return acted(r);
}

enum lf_code page_advisory_withdraw(struct rq *r)
{
    LF_TRY(lf_advisory_withdraw(r->t, r->id, lf_view_some(field(r, "reason")), r->e));
    return acted(r);
}

enum lf_code page_advisory_attach(struct rq *r)
{
    struct lf_multipart_part part;
    struct lf_advisory_file f;

    LF_TRY(need_file(r, "file", &part));
    f = (struct lf_advisory_file){ .name = part.file,
                                   .type = part.type.len ? part.type : LF_V("application/octet-stream"),
                                   .bytes = part.body };
    LF_TRY(lf_advisory_attach(r->t, r->id, &f, r->e));
    return acted(r);
}

enum lf_code page_advisory_detach(struct rq *r)
{
    int64_t seq;

    if (!lf_view_i64(lf_view_some(field(r, "n")), &seq))
        return lf_err_set(r->e, LF_BAD_INPUT, "\"n\" is missing or empty; send it as text");
    LF_TRY(lf_advisory_detach(r->t, r->id, seq, r->e));
    return acted(r);
}
