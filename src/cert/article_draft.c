/* The first draft of an article, from what its case says, without what names the victim and its people. */
#include "cert/article_priv.h"
#include "cert/incident_priv.h"
#include "cert/report.h"
#include "ident/ident.h"
#include "model/role.h"

enum { NAMES = 64, TEXT_BYTES = LF_ARTICLE_TEXT };

enum lf_code article_closed(const struct lf_incident *row, struct lf_err *e)
{
    if (lf_view_is(row->handling, "closed") || lf_view_is(row->handling, "follow_up_done"))
        return LF_OK;
    return lf_err_set(e, LF_CONFLICT, "article: it is made of a case that is closed");
}

lf_view article_techniques(struct lf_task *t, const struct lf_incident_full *x)
{
    lf_view out = LF_V("");

    for (size_t i = 0; i < x->nevents; i++) {
        const struct lf_json *v = lf_json_get(x->events[i]->body, LF_V("techniques"));
        size_t n = !v ? 0 : lf_json_kind(v) == LF_JSON_ARRAY ? lf_json_items(v) : 1;

        for (size_t k = 0; k < n && out.len < LF_ARTICLE_LINE; k++) {
            lf_view one = lf_json_text(lf_json_kind(v) == LF_JSON_ARRAY ? lf_json_item(v, k) : v);

            if (one.len && one.len < 12 && lf_view_find(out, one) == SIZE_MAX)
                out = lf_arena_printf(t->a, "%.*s%s%.*s", LF_FMT(out), out.len ? " " : "", LF_FMT(one));
        }
    }
    return out;
}

enum lf_code article_rsit(struct lf_task *t, const struct lf_incident_full *x, lf_view *out, struct lf_err *e)
{
    struct lf_form form;

    LF_TRY(lf_report_form(t, &form, e));
    *out = lf_report_rsit(t, &form, x);
    return LF_OK;
}

enum lf_code lf_incident_alike(struct lf_task *t, const struct lf_incident_full *x,
                               struct lf_incident_page *out, struct lf_err *e)
{
    struct lf_incident_filter same = { .category = x->row.category, .handling = LF_V("closed") };
    struct lf_incident_page list;
    struct lf_incident *kept = LF_NEW(t->a, struct lf_incident, LF_ARTICLE_ALIKE + 1);
    size_t n = 0;

    *out = (struct lf_incident_page){ 0 };
    if (!x->row.category.len)
        return LF_OK;
    LF_TRY(lf_incident_list(t, &same, &(struct lf_page){ .limit = LF_ARTICLE_ALIKE * 4 }, &list, e));
    for (size_t i = 0; i < list.n && n < LF_ARTICLE_ALIKE; i++)
        if (!list.items[i].exercise && !lf_view_eq(list.items[i].id, x->row.id))
            kept[n++] = list.items[i];
    *out = (struct lf_incident_page){ .n = n, .items = kept };
    return LF_OK;
}

/* ---- what is not said ---- */

struct names {
    lf_view of[NAMES];
    size_t n;
};

/* What is typed into a field of several values: "192.0.2.7, 192.0.2.8". */
static void add_names(struct names *x, lf_view v)
{
    static const char seps[] = ",;\n\r\t/ ";

    while (v.len) {
        size_t n = 0;

        while (n < v.len && !memchr(seps, v.ptr[n], sizeof seps - 1) &&
               !lf_view_starts(lf_view_from(v, n), LF_V("、")) &&
               !lf_view_starts(lf_view_from(v, n), LF_V("，")))
            n++;
        if (n >= 4 && x->n < NAMES) /* two Chinese characters, or four Latin ones */
            x->of[x->n++] = lf_view_first(v, n);
        v = lf_view_from(v, n < v.len ? n + 1 : n);
        while (v.len && ((unsigned char)v.ptr[0] & 0xc0) == 0x80)
            v = lf_view_from(v, 1);
    }
}

static void names_of(const struct lf_json *values, struct names *out)
{
    static const char *const whole[] = { "agency",       "reported_for", "behalf_agency", "behalf_who",
                                         "contact_name", "staff",        "vendor",        "maintainer" };
    static const char *const parts[] = { "agency",        "contact_name", "contact_phone", "contact_fax",
                                         "contact_email", "host_ip",      "domain",        "url",
                                         "behalf_who",    "staff",        "ip_external" };

    *out = (struct names){ 0 };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        lf_view v = lf_view_trim(lf_view_some(lf_json_str(values, whole[i])));

        if (v.len >= 4 && out->n < NAMES)
            out->of[out->n++] = v;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        add_names(out, lf_view_some(lf_json_str(values, parts[i])));
}

static size_t name_at(const struct names *x, lf_view at)
{
    size_t longest = 0;

    for (size_t i = 0; i < x->n; i++)
        if (x->of[i].len > longest && at.len >= x->of[i].len &&
            lf_view_eq_nocase(lf_view_first(at, x->of[i].len), x->of[i]))
            longest = x->of[i].len;
    return longest;
}

static bool of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == '@' || c == '+';
}

/* An address of mail, one of a network inside, or a telephone number. */
static bool names_someone(lf_view word)
{
    size_t digits = 0, dots = 0, others = 0;
    uint64_t second = 0;
    lf_view rest = word, one;

    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] == '@')
            return true;
        digits += word.ptr[i] >= '0' && word.ptr[i] <= '9';
        dots += word.ptr[i] == '.';
        others += word.ptr[i] != '.' && word.ptr[i] != '-' && word.ptr[i] != '+' &&
                  (word.ptr[i] < '0' || word.ptr[i] > '9');
    }
    if (others)
        return false;
    if (dots == 3)
        return lf_view_starts(word, LF_V("10.")) || lf_view_starts(word, LF_V("192.168.")) ||
               (lf_view_starts(word, LF_V("172.")) && lf_view_split(&rest, '.', &one) &&
                lf_view_split(&rest, '.', &one) && lf_view_u64(one, &second) && second >= 16 && second < 32);
    return !dots && digits >= 8 && digits <= 15 && word.len > digits; /* 02-2345-6789, +886… */
}

/* Puts `text` with ○○ where somebody is named. */
static void put_blurred(struct lf_buf *b, const struct names *x, lf_view text)
{
    while (text.len) {
        size_t n = name_at(x, text), word = 0;

        while (!n && word < text.len && of_word(text.ptr[word]))
            word++;
        if (!n && word && names_someone(lf_view_first(text, word)))
            n = word;
        if (n) {
            LF_PUT(b, "○○");
        } else {
            /* Names may begin within a word of Chinese, never within one of Latin letters. */
            n = word ? word : 1;
            lf_buf_put(b, lf_view_first(text, n));
        }
        text = lf_view_from(text, n);
    }
}

/* ---- the draft ---- */

struct drafting {
    struct lf_task *t;
    const struct lf_form *form;
    const struct lf_json *values;
    struct names names;
    bool en;
    struct lf_buf b;
};

static void put_part(struct drafting *d, lf_view text)
{
    text = lf_view_trim(lf_view_some(text));
    if (!text.len)
        return;
    if (lf_buf_view(&d->b).len)
        LF_PUT(&d->b, "\n");
    put_blurred(&d->b, &d->names, text);
}

/* A choice of the form in words. */
static void put_choice(struct drafting *d, const char *field)
{
    const struct lf_form_field *f = lf_form_field(d->form, lf_view_of(field));
    const struct lf_form_choice *c = f ? lf_form_choice(f, lf_view_some(lf_json_str(d->values, field)))
                                       : NULL;

    if (c)
        put_part(d, d->en ? c->say.en : c->say.zh);
}

static lf_view taken(struct drafting *d)
{
    lf_view v = lf_buf_view(&d->b);
    size_t n = v.len < TEXT_BYTES ? v.len : TEXT_BYTES;

    while (n && n < v.len && ((unsigned char)v.ptr[n] & 0xc0) == 0x80)
        n--; /* not within a character */
    v = lf_arena_copy(d->t->a, lf_view_first(v, n));
    lf_buf_clear(&d->b);
    lf_buf_init(&d->b, 256 << 10);
    return v;
}

static void put_fields(struct drafting *d, const char *const *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        put_part(d, lf_json_str(d->values, fields[i]));
}

static lf_view indicators(struct drafting *d, const struct lf_incident_full *x)
{
    const struct lf_observable *seen;
    size_t n = incident_observables(d->t, x, &seen);

    for (size_t i = 0; i < n; i++) {
        if (name_at(&d->names, seen[i].value) == seen[i].value.len || names_someone(seen[i].value) ||
            lf_buf_view(&d->b).len + seen[i].value.len + 40 > TEXT_BYTES)
            continue;
        if (lf_buf_view(&d->b).len)
            LF_PUT(&d->b, "\n");
        lf_buf_printf(&d->b, "%s %.*s", lf_observable_kind_name(seen[i].kind), LF_FMT(seen[i].value));
    }
    return taken(d);
}

enum lf_code lf_article_prefill(struct lf_task *t, lf_view incident, bool english,
                                struct lf_article_form *out, struct lf_err *e)
{
    static const char *const measures[] = { "containment", "solution", "remedies" };
    static const char *const lessons[] = { "improve_management", "improve_technical", "improve_people",
                                           "improve_resources" };
    struct drafting d = { .t = t, .en = english };
    const struct lf_form_field *classes;
    const struct lf_form_choice *c;
    struct lf_article_form f = { 0 };
    struct lf_incident_full x;
    struct lf_form form;

    LF_TRY(lf_ident_need(t, LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER | LF_ROLE_SYSTEM, e));
    LF_TRY(lf_incident_get(t, incident, &x, e));
    LF_TRY(article_closed(&x.row, e));
    LF_TRY(lf_report_form(t, &form, e));
    d.form = &form;
    d.values = lf_report_values(t, &form, &x);
    names_of(d.values, &d.names);
    classes = lf_form_field(&form, LF_V("category"));
    c = classes ? lf_form_choice(classes, x.row.category) : NULL;
    f.v[LF_ARTICLE_TITLE] = c ? (english ? c->say.en : c->say.zh) : LF_V("");
    f.v[LF_ARTICLE_CATEGORY] = x.row.category;
    f.v[LF_ARTICLE_RSIT] = lf_report_rsit(t, &form, &x);
    if (x.row.level)
        f.v[LF_ARTICLE_LEVEL] = lf_arena_printf(t->a, "%d", x.row.level);
    f.v[LF_ARTICLE_TECHNIQUES] = article_techniques(t, &x);
    if (x.row.exercise)
        f.v[LF_ARTICLE_TAGS] = english ? LF_V("exercise") : LF_V("演練");
    lf_buf_init(&d.b, 256 << 10);
    put_part(&d, x.state.description);
    put_part(&d, lf_json_str(d.values, "investigation"));
    f.v[LF_ARTICLE_HAPPENED] = taken(&d);
    put_choice(&d, "cause");
    put_part(&d, lf_json_str(d.values, "cause_text"));
    f.v[LF_ARTICLE_CAUSE] = taken(&d);
    put_part(&d, x.state.measures_taken);
    put_fields(&d, measures, sizeof measures / sizeof *measures);
    f.v[LF_ARTICLE_MEASURES] = taken(&d);
    f.v[LF_ARTICLE_INDICATORS] = indicators(&d, &x);
    put_fields(&d, lessons, sizeof lessons / sizeof *lessons);
    for (size_t i = 0; i < x.state.nmeasures; i++)
        put_part(&d, x.state.measures[i].what.len ? x.state.measures[i].what : x.state.measures[i].id);
    f.v[LF_ARTICLE_LESSONS] = taken(&d);
    lf_buf_clear(&d.b);
    *out = f;
    return LF_OK;
}
