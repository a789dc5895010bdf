/* The first draft of an article, from what its case says, without what names the victim and its people. */
#include "cert/article_priv.h"
#include "cert/incident_priv.h"
#include "cert/report.h"
#include "cert/victim.h"
#include "cert/written_act.h"

enum { NAMES = 256, TEXT_BYTES = LF_ARTICLE_TEXT };

enum lf_code article_not_red(enum lf_tlp tlp, struct lf_err *e)
{
    if (tlp == LF_TLP_RED)
        return lf_err_set(e, LF_CONFLICT,
                          "案件標示 TLP:RED，不能成為知識庫文章；請先變更標記。The incident is marked "
                          "TLP:RED and becomes no "
                          "article, which all people here read; mark it anew first");
    return LF_OK;
}

enum lf_code article_closed(const struct lf_incident *row, struct lf_err *e)
{
    LF_TRY(article_not_red(row->tlp, e));
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
    bool more; /* than there is room for: the draft says so */
};

static void add_name(struct names *x, lf_view v)
{
    if (v.len < 4) /* two Chinese characters, or four Latin ones */
        return;
    if (x->n < NAMES)
        x->of[x->n++] = v;
    else
        x->more = true;
}

static bool of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == '@' || c == '+';
}

/* A word without the points and dashes of the sentence around it. */
static lf_view bare(lf_view word)
{
    while (word.len && (word.ptr[0] == '.' || word.ptr[0] == '-'))
        word = lf_view_from(word, 1);
    while (word.len && (word.ptr[word.len - 1] == '.' || word.ptr[word.len - 1] == '-'))
        word.len--;
    return word;
}

/* A host, and what stands over it when it is of the web. */
static void add_host(struct names *x, lf_view host)
{
    add_name(x, host);
    if (lf_view_eq_nocase(lf_view_first(host, 4), LF_V("www.")))
        add_name(x, lf_view_from(host, 4));
}

static void add_part(struct names *x, lf_view part, bool hosts)
{
    lf_view host = lf_url_host(part), one;

    if (host.len) {
        add_name(x, part);
        add_host(x, host);
        return;
    }
    /* Behind a host stands a path, and a word of it names nobody. */
    for (bool first = true; lf_view_split(&part, '/', &one); first = false)
        if (!hosts)
            add_name(x, bare(one));
        else if (first)
            add_host(x, bare(lf_view_first(one, lf_view_find_byte(one, ':'))));
}

/* How long the separator is that stands here; 0: none does. */
static size_t separator(lf_view at)
{
    static const char *const wide[] = { "、", "，", "；", "：", "（", "）", "／", "　",
                                        "「", "」", "【", "】", "《", "》", "。" };

    if ((unsigned char)at.ptr[0] < 0x80)
        return strchr(",;\n\r\t ()[]<>\"", at.ptr[0]) != NULL;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (lf_view_starts(at, lf_view_of(wide[i])))
            return strlen(wide[i]);
    return 0;
}

/* What is typed into a field of several values: "192.0.2.7, 192.0.2.8". */
static void add_names(struct names *x, lf_view v, bool hosts)
{
    while (v.len) {
        size_t n = 0;

        while (n < v.len && !separator(lf_view_from(v, n)))
            n++;
        if (n)
            add_part(x, lf_view_first(v, n), hosts);
        v = lf_view_from(v, n < v.len ? n + separator(lf_view_from(v, n)) : n);
    }
}

static void names_of(struct lf_task *t, const struct lf_json *values, struct names *out)
{
    static const char *const whole[] = { "agency",       "reported_for", "behalf_agency", "behalf_who",
                                         "contact_name", "staff",        "vendor",        "maintainer" };
    static const char *const parts[] = { "agency",      "contact_name",  "contact_phone",
                                         "contact_fax", "contact_email", "host_ip",
                                         "behalf_who",  "staff",         "ip_external" };
    static const char *const hosts[] = { "domain", "url" };

    *out = (struct names){ 0 };
    add_name(out, lf_view_trim(lf_view_some(t->self->name)));
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        add_name(out, lf_view_trim(lf_view_some(lf_json_str(values, whole[i]))));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        add_names(out, lf_view_some(lf_json_str(values, parts[i])), false);
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        add_names(out, lf_view_some(lf_json_str(values, hosts[i])), true);
}

/* The length of the longest name that stands here.  One that ends in a letter or digit ends with its word. */
static size_t name_at(const struct names *x, lf_view at)
{
    size_t longest = 0;

    for (size_t i = 0; i < x->n; i++) {
        lf_view name = x->of[i], rest;

        if (name.len <= longest || !victim_begins(at, name))
            continue;
        rest = lf_view_from(at, name.len);
        if (!rest.len || !of_word(name.ptr[name.len - 1]) || !of_word(rest.ptr[0]) || rest.ptr[0] == '.' ||
            rest.ptr[0] == '-' || rest.ptr[0] == '@')
            longest = name.len;
    }
    return longest;
}

/* A name, or a host below one. */
static bool is_theirs(const struct names *x, lf_view word)
{
    size_t dot;

    if (word.len && name_at(x, word) == word.len)
        return true;
    while ((dot = lf_view_find_byte(word, '.')) != SIZE_MAX) {
        word = lf_view_from(word, dot + 1);
        if (word.len && lf_view_find_byte(word, '.') != SIZE_MAX && name_at(x, word) == word.len)
            return true;
    }
    return false;
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

static void put_word(struct lf_buf *b, const struct names *x, lf_view word)
{
    lf_view core = bare(word);
    size_t before = (size_t)(core.ptr - word.ptr);

    if (!core.len || (!names_someone(core) && !is_theirs(x, core))) {
        lf_buf_put(b, word);
        return;
    }
    lf_buf_put(b, lf_view_first(word, before));
    LF_PUT(b, "○○");
    lf_buf_put(b, lf_view_from(word, before + core.len));
}

/* Puts `text` with ○○ where somebody is named. */
static void put_blurred(struct lf_buf *b, const struct names *x, lf_view text)
{
    while (text.len) {
        size_t n = name_at(x, text), word = 0;

        if (n) {
            LF_PUT(b, "○○");
            text = lf_view_from(text, n);
            continue;
        }
        /* Names may begin within a word of Chinese, never within one of Latin letters. */
        while (word < text.len && of_word(text.ptr[word]))
            word++;
        n = word ? word : lf_utf8_len(text.ptr[0]);
        if (word)
            put_word(b, x, lf_view_first(text, word));
        else
            lf_buf_put(b, lf_view_first(text, n));
        text = lf_view_from(text, n);
    }
}

lf_view article_blurred(struct lf_task *t, const struct lf_json *values, lf_view text)
{
    struct names x;
    struct lf_buf b;
    lf_view out;

    names_of(t, values, &x);
    lf_buf_init(&b, text.len * 4 + 16); /* ○○ is 6 bytes, the shortest name 4 */
    put_blurred(&b, &x, text);
    out = lf_arena_copy(t->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
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
        lf_view host = lf_url_host(seen[i].value);

        if (is_theirs(&d->names, seen[i].value) || names_someone(seen[i].value) ||
            is_theirs(&d->names, bare(host)) || names_someone(host) ||
            lf_buf_view(&d->b).len + seen[i].value.len + 40 > TEXT_BYTES)
            continue;
        if (lf_buf_view(&d->b).len)
            LF_PUT(&d->b, "\n");
        lf_buf_printf(&d->b, "%s ", lf_observable_kind_name(seen[i].kind));
        lf_buf_put(&d->b, seen[i].value);
    }
    return taken(d);
}

enum lf_code lf_incident_outline(struct lf_task *t, const struct lf_incident_full *x, lf_view theirs,
                                 bool english, struct lf_article_form *out, struct lf_err *e)
{
    static const char *const measures[] = { "containment", "solution", "remedies" };
    static const char *const lessons[] = { "improve_management", "improve_technical", "improve_people",
                                           "improve_resources" };
    struct drafting d = { .t = t, .en = english };
    const struct lf_form_field *classes;
    const struct lf_form_choice *c;
    struct lf_article_form f = { 0 };
    struct lf_form form;

    LF_TRY(written_need_writer(t, e));
    if (x->row.tlp == LF_TLP_RED)
        return lf_err_set(e, LF_CONFLICT,
                          "incident: it is marked TLP:RED, others are not told of it; mark it anew first");
    LF_TRY(lf_report_form(t, &form, e));
    d.form = &form;
    d.values = lf_report_values(t, &form, x);
    names_of(t, d.values, &d.names);
    add_name(&d.names, lf_view_trim(lf_view_some(theirs)));
    classes = lf_form_field(&form, LF_V("category"));
    c = classes ? lf_form_choice(classes, x->row.category) : NULL;
    f.v[LF_ARTICLE_TITLE] = c ? (english ? c->say.en : c->say.zh) : LF_V("");
    f.v[LF_ARTICLE_CATEGORY] = x->row.category;
    f.v[LF_ARTICLE_RSIT] = lf_report_rsit(t, &form, x);
    if (x->row.level)
        f.v[LF_ARTICLE_LEVEL] = lf_arena_printf(t->a, "%d", x->row.level);
    f.v[LF_ARTICLE_TECHNIQUES] = article_techniques(t, x);
    if (x->row.exercise)
        f.v[LF_ARTICLE_TAGS] = english ? LF_V("exercise") : LF_V("演練");
    lf_buf_init(&d.b, 256 << 10);
    if (d.names.more)
        lf_buf_put(&d.b, english ? LF_V("[The report has more names than were looked for: read every line.]")
                                 : LF_V("【報告中的名稱過多，未能全部遮蔽，請逐句確認】"));
    put_part(&d, x->state.description);
    put_part(&d, lf_json_str(d.values, "investigation"));
    f.v[LF_ARTICLE_HAPPENED] = taken(&d);
    put_choice(&d, "cause");
    put_part(&d, lf_json_str(d.values, "cause_text"));
    f.v[LF_ARTICLE_CAUSE] = taken(&d);
    put_part(&d, x->state.measures_taken);
    put_fields(&d, measures, sizeof measures / sizeof *measures);
    f.v[LF_ARTICLE_MEASURES] = taken(&d);
    f.v[LF_ARTICLE_INDICATORS] = indicators(&d, x);
    put_fields(&d, lessons, sizeof lessons / sizeof *lessons);
    for (size_t i = 0; i < x->state.nmeasures; i++)
        put_part(&d, x->state.measures[i].what.len ? x->state.measures[i].what : x->state.measures[i].id);
    f.v[LF_ARTICLE_LESSONS] = taken(&d);
    lf_buf_clear(&d.b);
    *out = f;
    return LF_OK;
}

enum lf_code lf_article_prefill(struct lf_task *t, lf_view incident, bool english,
                                struct lf_article_form *out, struct lf_err *e)
{
    struct lf_incident_full x;

    LF_TRY(written_need_writer(t, e));
    LF_TRY(lf_incident_get(t, incident, &x, e));
    LF_TRY(article_closed(&x.row, e));
    return lf_incident_outline(t, &x, LF_V(""), english, out, e);
}
