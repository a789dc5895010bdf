#include "engine/stix_clue.h"

#include <arpa/inet.h>

#include "engine/decimal.h"
#include "engine/stix_event_priv.h"
#include "engine/witness.h"
#include "fmt/json.h"
#include "fmt/nfc.h"

enum { TOUCHED = 512, VALUES = 2000 }; /* twice the table's rows and more */

/* Rows that a path may lead to. */
struct touched {
    const struct stix_row *row[TOUCHED];
    bool exact[TOUCHED]; /* the value itself, not what it stands in */
    size_t n;
};

static void touch(struct touched *t, const struct stix_row *row, bool exact)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->row[i] == row && t->exact[i] == exact)
            return;
    if (t->n < TOUCHED) {
        t->row[t->n] = row;
        t->exact[t->n++] = exact;
    }
}

/* ---- where a path leads ---- */

static bool of_type(enum stix_role r, lf_view type)
{
    const char *name = stix_role_type(r);

    if (name)
        return lf_view_is(type, name);
    return lf_view_is(type, "ipv4-addr") || lf_view_is(type, "ipv6-addr") || lf_view_is(type, "domain-name");
}

static bool row_of(const struct stix_row *row, enum stix_role r)
{
    return row->role == r || (row->role == R_HOLDER && (r == R_DLL || r == R_FILE || r == R_IMAGE));
}

static bool into_role(struct touched *t, enum stix_role r, const struct lf_stix_step *s, size_t n,
                      unsigned depth);

/* Step i of the path stands before key k of the row. */
static bool along(struct touched *t, const struct stix_place *p, size_t k, const struct lf_stix_step *s,
                  size_t n, unsigned depth)
{
    if (k == p->nkeys) {
        if (p->list && n > 0) {
            if (s->kind == LF_STIX_KEY)
                return false;
            s++;
            n--;
        }
        if (p->row->how == H_REF && n > 0)
            return into_role(t, p->row->to, s, n, depth + 1);
        if (n > 0)
            return false;
        if (p->row->how == H_REF)
            return into_role(t, p->row->to, NULL, 0, depth + 1);
        touch(t, p->row, true);
        return true;
    }
    if (n == 0) {
        touch(t, p->row, false);
        return true;
    }
    if (s->kind == LF_STIX_INDEX || (s->kind == LF_STIX_KEY && !lf_view_eq(s->key, p->key[k])))
        return false;
    s++;
    n--;
    if (p->one[k]) {
        if (n == 0) {
            touch(t, p->row, false);
            return true;
        }
        if (s->kind == LF_STIX_KEY || (s->kind == LF_STIX_INDEX && s->index != 0))
            return false;
        s++;
        n--;
    }
    return along(t, p, k + 1, s, n, depth);
}

/* n = 0: whatever makes the object be there. */
static bool into_role(struct touched *t, enum stix_role r, const struct lf_stix_step *s, size_t n,
                      unsigned depth)
{
    bool any = false;
    bool itself = n == 0 || (n == 1 && ((s->kind == LF_STIX_KEY && lf_view_is(s->key, "type")) ||
                                        s->kind == LF_STIX_ANY));

    if (depth > 8)
        return false; /* parent_ref.child_refs[*].parent_ref…: nobody asks so far */
    for (size_t i = 0; i < stix_nrows; i++) {
        struct stix_place p;

        if (!row_of(&stix_rows[i], r))
            continue;
        if (itself) {
            if (stix_rows[i].how != H_REF) {
                touch(t, &stix_rows[i], false);
                any = true;
            } else if (stix_ref_makes(&stix_rows[i])) {
                any = into_role(t, stix_rows[i].to, NULL, 0, depth + 1) || any;
            }
            continue;
        }
        stix_place_of(&stix_rows[i], &p);
        any = along(t, &p, 0, s, n, depth) || any;
    }
    return any;
}

/* ---- texts ---- */

/* Of a text beyond ASCII the events may have another normalisation form; of two signs one that no
 * longer looks the same (U+037E, U+1FEF). */
static bool plain_byte(char c)
{
    return (unsigned char)c < 0x80 && c != ';' && c != '`' && c != '\0';
}

/* Sigma's escapes. */
static void put_escaped(struct lf_buf *b, lf_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] == '\\' || v.ptr[i] == '*' || v.ptr[i] == '?')
            lf_buf_byte(b, '\\');
        lf_buf_byte(b, v.ptr[i]);
    }
}

struct clue {
    struct lf_arena *a;
    struct lf_buf *out; /* the list of maps of one search */
    size_t n;
};

static void put_item(struct clue *c, const char *field, const char *modifier, lf_view value)
{
    if (c->n++)
        LF_PUT(c->out, ", ");
    lf_buf_printf(c->out, "{\"%s%s\": ", field, modifier);
    lf_json_quote(c->out, value);
    LF_PUT(c->out, "}");
}

static void put_there(struct clue *c, const struct stix_row *r)
{
    for (size_t k = 0; k < STIX_FIELDS && r->fields[k]; k++) {
        if (c->n++)
            LF_PUT(c->out, ", ");
        lf_buf_printf(c->out, "{\"%s|exists\": true}", r->fields[k]);
    }
}

/* `text` is Sigma's, escaped. */
static void put_text(struct clue *c, const struct stix_row *r, const char *modifier, lf_view text)
{
    if (text.len == 0) {
        put_there(c, r);
        return;
    }
    for (size_t k = 0; k < STIX_FIELDS && r->fields[k]; k++)
        put_item(c, r->fields[k], modifier, text);
}

static lf_view escaped(struct clue *c, lf_view v)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, LF_STIX_PATTERN_MOST * 2);
    put_escaped(&b, v);
    out = lf_arena_copy(c->a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

/* What stands behind the hive: events write hives in short. */
static lf_view behind_hive(lf_view v)
{
    size_t at = lf_view_find_byte(v, '\\');

    return at == SIZE_MAX ? (lf_view){ "", 0 } : lf_view_from(v, at);
}

static void put_net(struct clue *c, const struct stix_row *r, const struct lf_stix_net *net)
{
    char text[INET6_ADDRSTRLEN];

    if (!inet_ntop(net->v6 ? AF_INET6 : AF_INET, net->raw, text, sizeof text)) {
        put_there(c, r);
        return;
    }
    put_text(c, r, "|cidr", lf_arena_printf(c->a, "%s/%u", text, net->bits));
    if (!net->v6) /* what an event writes as ::ffff:192.0.2.1 */
        put_text(c, r, "|cidr", LF_V("::ffff:0.0.0.0/96"));
}

static void put_equal(struct clue *c, const struct stix_row *r, const struct lf_stix_literal *l)
{
    struct lf_stix_net net;
    struct lf_decimal d;

    if (l->kind == LF_STIX_NUMBER && r->how == H_NUMBER) {
        if (lf_decimal_parse(l->text, false, &d) && d.part.len == 0) {
            for (size_t k = 0; k < STIX_FIELDS && r->fields[k]; k++) {
                if (c->n++)
                    LF_PUT(c->out, ", ");
                lf_buf_printf(c->out, "{\"%s\": %.*s}", r->fields[k], LF_FMT(l->text));
            }
            return;
        }
    }
    if (l->kind != LF_STIX_STRING || l->text.len == 0) {
        put_there(c, r);
        return;
    }
    switch (r->how) {
    case H_TEXT:
    case H_LOWER:
    case H_URL:
    case H_SUM:
        put_text(c, r, "", escaped(c, l->text));
        break;
    case H_BASE:
    case H_LOGIN:
    case H_VALUE_NAME:
        put_text(c, r, "|endswith", escaped(c, l->text));
        break;
    case H_DIR:
        put_text(c, r, "|startswith", escaped(c, l->text));
        break;
    case H_ADDRESS:
        if (lf_stix_net_parse(l->text, &net))
            put_net(c, r, &net);
        else
            put_there(c, r);
        break;
    case H_HOST:
    case H_ANSWER:
        put_text(c, r, "|contains",
                 lf_view_find_byte(l->text, ':') != SIZE_MAX ? LF_V(":") : escaped(c, l->text));
        break;
    case H_KEY:
        put_text(c, r, "|contains", escaped(c, behind_hive(l->text)));
        break;
    case H_MAIL:
    case H_SUMS:
        put_text(c, r, "|contains", escaped(c, l->text));
        break;
    case H_MAC:
    case H_NUMBER:
    case H_REF:
        put_there(c, r);
        break;
    }
}

/* LIKE as one of Sigma's texts: % and _ as *, and so is what is not plain. */
static void put_like(struct clue *c, const struct stix_row *r, lf_view text)
{
    struct lf_buf b;
    bool star = false, some = false;
    size_t from = 0;

    if (r->how == H_ADDRESS || r->how == H_ANSWER || r->how == H_HOST || r->how == H_MAC ||
        r->how == H_NUMBER) {
        put_there(c, r);
        return;
    }
    if (r->how == H_KEY) { /* nothing of the hive */
        size_t any = lf_view_find_byte(text, '%');

        from = lf_view_find_byte(text, '\\');
        if (from == SIZE_MAX || any < from) {
            put_there(c, r);
            return;
        }
    }
    lf_buf_init(&b, LF_STIX_PATTERN_MOST * 2 + 2);
    if (r->how != H_TEXT && r->how != H_LOWER && r->how != H_URL) {
        lf_buf_byte(&b, '*');
        star = true;
    }
    for (size_t i = from; i < text.len; i++) {
        char at = text.ptr[i];

        if (at == '%' || at == '_' || !plain_byte(at)) {
            if (!star)
                lf_buf_byte(&b, '*');
            star = true;
        } else {
            put_escaped(&b, (lf_view){ &text.ptr[i], 1 });
            star = false;
            some = true;
        }
    }
    if (!star && r->how != H_TEXT && r->how != H_LOWER && r->how != H_URL)
        lf_buf_byte(&b, '*');
    if (some)
        put_text(c, r, "", lf_arena_copy(c->a, lf_buf_view(&b)));
    else
        put_there(c, r);
    lf_buf_clear(&b);
}

static lf_view longest_plain(lf_view v)
{
    lf_view best = { "", 0 };

    for (size_t i = 0; i < v.len;) {
        size_t n = 0;

        while (i + n < v.len && plain_byte(v.ptr[i + n]))
            n++;
        if (n > best.len)
            best = (lf_view){ v.ptr + i, n };
        i += n + 1;
    }
    return best;
}

static void put_regex(struct clue *c, const struct stix_row *r, lf_view text)
{
    lf_view needs[LF_CLUES];
    float rate;
    size_t n;

    if (r->how == H_ADDRESS || r->how == H_ANSWER || r->how == H_HOST || r->how == H_MAC ||
        r->how == H_NUMBER || r->how == H_KEY) {
        put_there(c, r);
        return;
    }
    n = lf_regex_needs(c->a, text, needs, &rate);
    for (size_t i = 0; i < n; i++)
        if ((needs[i] = longest_plain(needs[i])).len < 2)
            n = 0;
    if (!n)
        put_there(c, r);
    for (size_t i = 0; i < n; i++)
        put_text(c, r, "|contains", escaped(c, needs[i]));
}

static void put_row(struct clue *c, const struct lf_stix_compare *t, const struct stix_row *r, bool exact)
{
    if (!exact || t->negated || t->nvalues > VALUES) {
        put_there(c, r);
        return;
    }
    switch (t->op) {
    case LF_STIX_EQ:
    case LF_STIX_IN:
        for (size_t i = 0; i < t->nvalues; i++)
            put_equal(c, r, &t->values[i]);
        break;
    case LF_STIX_LIKE:
        put_like(c, r, lf_nfc(c->a, t->values[0].text));
        break;
    case LF_STIX_MATCHES:
        put_regex(c, r, lf_nfc(c->a, t->values[0].text));
        break;
    case LF_STIX_ISSUBSET:
        if (r->how == H_ADDRESS)
            put_net(c, r, &t->net);
        else
            put_there(c, r);
        break;
    case LF_STIX_NE:
    case LF_STIX_LT:
    case LF_STIX_LE:
    case LF_STIX_GT:
    case LF_STIX_GE:
    case LF_STIX_ISSUPERSET:
    case LF_STIX_EXISTS:
        put_there(c, r);
        break;
    }
}

/* ---- a bracket ---- */

struct writer {
    struct lf_arena *a;
    struct lf_buf *searches, *condition;
    size_t n;
    struct touched *plain; /* only gathers what may be looked at */
    lf_view asks;
};

static lf_view path_text(struct lf_arena *a, const struct lf_stix_path *p)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, LF_STIX_PATTERN_MOST);
    lf_buf_put(&b, p->type);
    for (size_t i = 0; i < p->n; i++) {
        if (p->steps[i].kind == LF_STIX_KEY)
            lf_buf_printf(&b, "%c%.*s", i ? '.' : ':', LF_FMT(p->steps[i].key));
        else if (p->steps[i].kind == LF_STIX_ANY)
            LF_PUT(&b, "[*]");
        else
            lf_buf_printf(&b, "[%u]", p->steps[i].index);
    }
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

static bool search(struct writer *w, const struct lf_stix_compare *t)
{
    struct touched *to = LF_NEW(w->a, struct touched, 1);
    struct clue c = { .a = w->a, .out = w->searches };
    bool reached = false;

    for (int r = 0; r < R_COUNT; r++)
        if (r != R_HOLDER && of_type((enum stix_role)r, t->path.type)) {
            bool absent = t->op == LF_STIX_EXISTS && t->negated;

            reached =
                into_role(to, (enum stix_role)r, absent ? NULL : t->path.steps, absent ? 0 : t->path.n, 0) ||
                reached;
        }
    /* An empty list holds nothing. */
    if (!reached || (t->op == LF_STIX_IN && !t->nvalues && !t->negated)) {
        if (!w->asks.len)
            w->asks = path_text(w->a, &t->path);
        return false;
    }
    for (size_t i = 0; w->plain && i < to->n; i++)
        touch(w->plain, to->row[i], false);
    if (w->plain)
        return true;
    lf_buf_printf(w->condition, "s%zu", w->n);
    lf_buf_printf(w->searches, ", \"s%zu\": [", w->n++);
    for (size_t i = 0; i < to->n; i++)
        put_row(&c, t, to->row[i], to->exact[i]);
    LF_PUT(w->searches, "]");
    return true;
}

static bool write(struct writer *w, const struct lf_stix_compare *c)
{
    size_t searches = w->searches->len, condition = w->condition->len, number = w->n, some = 0;

    if (c->kind == LF_STIX_TEST)
        return search(w, c);
    LF_PUT(w->condition, "(");
    for (size_t i = 0; i < c->nkids; i++) {
        size_t before = w->condition->len;

        if (some)
            lf_buf_printf(w->condition, c->kind == LF_STIX_ALL ? " and " : " or ");
        if (write(w, c->kids[i])) {
            some++;
        } else if (c->kind == LF_STIX_ALL) {
            some = 0;
            break;
        } else {
            w->condition->len = before;
        }
    }
    LF_PUT(w->condition, ")");
    if (some)
        return true;
    w->searches->len = searches;
    w->condition->len = condition;
    w->n = number;
    return false;
}

/* Whichever test makes the bracket true, one of its fields is there: a tree of AND and OR. */
static void write_plain(struct writer *w)
{
    struct clue c = { .a = w->a, .out = w->searches };

    LF_PUT(w->condition, "s0");
    LF_PUT(w->searches, ", \"s0\": [");
    for (size_t i = 0; i < w->plain->n; i++)
        put_there(&c, w->plain->row[i]);
    LF_PUT(w->searches, "]");
}

bool lf_stix_clue(struct lf_arena *a, const struct lf_stix_compare *c, bool plain, size_t number,
                  struct lf_buf *out, lf_view *asks)
{
    struct lf_buf searches, condition;
    struct writer w = { .a = a, .searches = &searches, .condition = &condition };
    bool can;

    lf_buf_init(&searches, (size_t)64 << 20);
    lf_buf_init(&condition, 1 << 20);
    if (plain)
        w.plain = LF_NEW(a, struct touched, 1);
    can = write(&w, c);
    if (can && plain) {
        searches.len = condition.len = 0;
        write_plain(&w);
    }
    if (can) {
        lf_buf_printf(out,
                      "{\"title\": \"bracket %zu\", \"logsource\": {\"category\": \"stix\"}, \"detection\": "
                      "{\"condition\": \"",
                      number);
        lf_buf_put(out, lf_buf_view(&condition));
        LF_PUT(out, "\"");
        lf_buf_put(out, lf_buf_view(&searches));
        LF_PUT(out, "}}");
    }
    *asks = w.asks;
    lf_buf_clear(&searches);
    lf_buf_clear(&condition);
    return can;
}

/* ---- one form of texts ---- */

static void canon_text(struct lf_arena *a, const struct lf_stix_path *p, struct lf_stix_literal *l)
{
    lf_view last = p->steps[p->n - 1].kind == LF_STIX_KEY ? p->steps[p->n - 1].key : (lf_view){ "", 0 };
    bool value = lf_view_is(last, "value"), sums = false, refers = false;
    struct lf_stix_net net;
    char *out;

    for (size_t i = 0; i < p->n; i++) {
        sums = sums || (p->steps[i].kind == LF_STIX_KEY && lf_view_is(p->steps[i].key, "hashes"));
        refers = refers ||
                 (p->steps[i].kind == LF_STIX_KEY && (lf_view_ends(p->steps[i].key, LF_V("_ref")) ||
                                                      lf_view_ends(p->steps[i].key, LF_V("_refs"))));
    }
    if (value && lf_stix_net_parse(l->text, &net) && lf_view_find_byte(l->text, '/') == SIZE_MAX) {
        char text[INET6_ADDRSTRLEN];

        if (inet_ntop(net.v6 ? AF_INET6 : AF_INET, net.raw, text, sizeof text))
            l->text = lf_arena_copy(a, lf_view_of(text));
        return;
    }
    if (!(sums || lf_view_is(last, "imphash") || lf_view_is(last, "ja3") || lf_view_is(last, "ja4") ||
          lf_view_is(p->type, "mac-addr") || (value && (lf_view_is(p->type, "domain-name") || refers))))
        return;
    out = lf_arena_alloc(a, l->text.len + 1, 1);
    for (size_t i = 0; i < l->text.len; i++)
        out[i] =
            (char)(l->text.ptr[i] >= 'A' && l->text.ptr[i] <= 'Z' ? l->text.ptr[i] + 32 : l->text.ptr[i]);
    l->text = (lf_view){ out, l->text.len };
    if (value && l->text.len > 1 && out[l->text.len - 1] == '.' && !lf_view_is(p->type, "mac-addr"))
        l->text.len--;
}

static void canon(struct lf_arena *a, const struct lf_stix_compare *c)
{
    for (size_t i = 0; i < c->nkids; i++)
        canon(a, c->kids[i]);
    if (c->kind != LF_STIX_TEST || (c->op != LF_STIX_EQ && c->op != LF_STIX_NE && c->op != LF_STIX_IN))
        return;
    for (size_t i = 0; i < c->nvalues; i++)
        if (c->values[i].kind == LF_STIX_STRING)
            canon_text(a, &c->path,
                       (struct lf_stix_literal *)(uintptr_t)&c->values[i]); /* the caller's own */
}

static void canon_all(struct lf_arena *a, const struct lf_stix_observe *o)
{
    if (o->kind == LF_STIX_ONE)
        canon(a, o->test);
    for (size_t i = 0; i < o->nkids; i++)
        canon_all(a, o->kids[i]);
}

void lf_stix_canon(struct lf_arena *a, const struct lf_stix_pattern *p)
{
    canon_all(a, p->root);
}
