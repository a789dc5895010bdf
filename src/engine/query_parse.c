/* The text of a query -> its tree; the pipes are read by query_pipes.c. */
#include <arpa/inet.h>
#include <stdio.h>

#include "engine/fold.h"
#include "engine/query_read.h"

/* ---- small helpers ---- */

size_t query_column(const struct query_read *p, size_t at)
{
    size_t n = 1;

    for (size_t i = 0; i < at && i < p->in.len; i++)
        n += ((unsigned char)p->in.ptr[i] & 0xc0) != 0x80;
    return n;
}

static size_t blank_at(lf_view in, size_t at)
{
    if (at >= in.len)
        return 0;
    if (in.ptr[at] == ' ' || in.ptr[at] == '\t' || in.ptr[at] == '\n' || in.ptr[at] == '\r')
        return 1;
    /* The wide blank of Chinese input methods. */
    return in.len - at >= 3 && memcmp(in.ptr + at, "\xe3\x80\x80", 3) == 0 ? 3 : 0;
}

void query_skip(struct query_read *p)
{
    size_t n;

    while ((n = blank_at(p->in, p->at)) > 0)
        p->at += n;
}

bool query_breaks(const struct query_read *p, size_t at)
{
    return at >= p->in.len || blank_at(p->in, at) || strchr("()\"|", p->in.ptr[at]) != NULL;
}

static bool special(char c)
{
    return c != '\0' && strchr(" *?\"\\:()|[]{}<>=!/-", c) != NULL;
}

bool query_keyword(const struct query_read *p, const char *op)
{
    size_t n = strlen(op);

    return p->in.len - p->at >= n && memcmp(p->in.ptr + p->at, op, n) == 0 && query_breaks(p, p->at + n);
}

unsigned lf_q_field(struct lf_query_tree *q, lf_view name)
{
    for (size_t i = 1; i < q->nfields; i++)
        if (lf_view_eq(q->fields[i], name))
            return (unsigned)i;
    q->fields = lf_arena_grow(q->a, q->fields, q->nfields, &q->fields_cap, sizeof *q->fields);
    q->fields[q->nfields] = name;
    return (unsigned)q->nfields++;
}

lf_view lf_q_fold(struct lf_arena *a, lf_view v)
{
    char *out = NULL;
    size_t i = 0, o;

    for (; i < v.len && (unsigned char)v.ptr[i] < 0x80 && !(v.ptr[i] >= 'A' && v.ptr[i] <= 'Z'); i++)
        ;
    if (i == v.len)
        return v.ptr ? v : (lf_view){ "", 0 };
    out = lf_arena_alloc(a, v.len * 2 + 4, 1);
    memcpy(out, v.ptr, i);
    for (o = i; i < v.len;) {
        unsigned char c = (unsigned char)v.ptr[i];
        size_t n = lf_utf8_len((char)c);
        uint32_t point;

        if (c < 0x80) {
            out[o++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
            i++;
            continue;
        }
        if (n > v.len - i || !lf_view_is_utf8((lf_view){ v.ptr + i, n })) {
            out[o++] = (char)c;
            i++;
            continue;
        }
        point = lf_utf8_get(v.ptr + i, n);
        if (point != 0x212a && point != 0x17f)
            point = lf_fold_char(point);
        o += lf_utf8_put(out + o, point);
        i += n;
    }
    return (lf_view){ out, o };
}

static struct lf_q_node *node_new(struct query_read *p, enum lf_q_kind kind)
{
    struct lf_q_node *n = LF_NEW(p->a, struct lf_q_node, 1);

    n->kind = kind;
    return n;
}

static enum lf_code leaf_new(struct query_read *p, enum lf_q_ask ask, unsigned field, size_t where,
                             struct lf_q_node **out)
{
    if (p->q->nleaves == LF_QUERY_CLAUSES)
        return QUERY_BAD(p, where, "more than %d words and comparisons; make the query smaller",
                         LF_QUERY_CLAUSES);
    p->q->nleaves++;
    *out = node_new(p, LF_Q_LEAF);
    (*out)->ask = ask;
    (*out)->field = field;
    (*out)->column = query_column(p, where);
    return LF_OK;
}

static struct lf_q_node *two(struct query_read *p, enum lf_q_kind kind, struct lf_q_node *x,
                             struct lf_q_node *y)
{
    struct lf_q_node *n = node_new(p, kind);

    n->kids = LF_NEW(p->a, struct lf_q_node *, 2);
    n->kids[0] = x;
    n->nkids = 1;
    if (y)
        n->kids[n->nkids++] = y;
    return n;
}

bool lf_q_address(lf_view v, uint8_t out[16], bool *six)
{
    char text[64];

    if (v.len == 0 || v.len >= sizeof text || memchr(v.ptr, 0, v.len))
        return false;
    memcpy(text, v.ptr, v.len);
    text[v.len] = '\0';
    memset(out, 0, 16);
    *six = lf_view_find_byte(v, ':') != SIZE_MAX;
    return inet_pton(*six ? AF_INET6 : AF_INET, text, out) == 1;
}

/* ---- values ---- */

static void word_byte(struct query_word *w, char c, char kind)
{
    w->text[w->n] = c;
    w->kind[w->n++] = kind;
    w->wild |= kind != 0;
}

static void word_begin(struct query_read *p, struct query_word *w)
{
    *w = (struct query_word){ .text = lf_arena_alloc(p->a, p->in.len - p->at + 1, 1),
                              .kind = lf_arena_alloc(p->a, p->in.len - p->at + 1, 1) };
}

/* Up to where a word breaks.  A backslash makes the next special character plain
 * and is itself before any other, so that C:\Windows\x.exe may be written so. */
static void take_word(struct query_read *p, struct query_word *w)
{
    word_begin(p, w);
    while (!query_breaks(p, p->at)) {
        char c = p->in.ptr[p->at++];

        if (c == '\\' && !query_end(p) && special(query_peek(p)))
            word_byte(w, p->in.ptr[p->at++], 0);
        else
            word_byte(w, c, (char)(c == '*' || c == '?' ? c : 0));
    }
}

enum lf_code query_phrase(struct query_read *p, struct query_word *w)
{
    size_t from = p->at;

    word_begin(p, w);
    for (p->at++; !query_end(p) && query_peek(p) != '"'; p->at++) {
        if (query_peek(p) == '\\' && p->at + 1 < p->in.len &&
            (p->in.ptr[p->at + 1] == '"' || p->in.ptr[p->at + 1] == '\\'))
            p->at++;
        word_byte(w, query_peek(p), 0);
    }
    if (query_end(p))
        return QUERY_BAD(p, from, "the \" is not closed");
    p->at++;
    return LF_OK;
}

/* Segments of a pattern: what lies between its '*'s. */
static void segments(struct query_read *p, struct lf_q_node *leaf, const struct query_word *w)
{
    size_t nsegs = 1, s = 0;

    for (size_t i = 0; i < w->n; i++)
        nsegs += w->kind[i] == '*';
    leaf->segs = LF_NEW(p->a, struct lf_q_seg, nsegs);
    for (size_t i = 0; i <= w->n;) {
        size_t to = i, np = 0;
        struct lf_q_seg *g = &leaf->segs[s];

        while (to < w->n && w->kind[to] != '*')
            to++;
        if (to > i)
            g->pieces = LF_NEW(p->a, struct lf_q_piece, to - i);
        for (size_t k = i; k < to;) {
            size_t run = k;

            if (w->kind[k] == '?') {
                g->pieces[np++].text = (lf_view){ NULL, 0 };
                k++;
                continue;
            }
            while (run < to && w->kind[run] == 0)
                run++;
            g->pieces[np++].text = lf_q_fold(p->a, (lf_view){ w->text + k, run - k });
            k = run;
        }
        g->n = np;
        if (np > 0)
            s++;
        i = to + 1;
    }
    leaf->nsegs = s;
    if (w->n > 0 && w->kind[0] == '*')
        leaf->front = LF_QE_ANY;
    if (w->n > 0 && w->kind[w->n - 1] == '*')
        leaf->back = LF_QE_ANY;
}

static enum lf_code text_leaf(struct query_read *p, unsigned field, size_t where, const struct query_word *w,
                              bool whole, struct lf_q_node **out)
{
    bool stars = w->n > 0;

    for (size_t i = 0; i < w->n; i++)
        stars = stars && w->kind[i] == '*';
    if (stars)
        return leaf_new(p, field ? LF_QA_EXISTS : LF_QA_TRUE, field, where, out);
    if (w->n == 0 && !whole)
        return QUERY_BAD(p, where, "an empty text is in every value; for an empty value write field=\"\"");
    if (!lf_view_is_utf8((lf_view){ w->text, w->n }))
        return QUERY_BAD(p, where, "this is not UTF-8");
    LF_TRY(leaf_new(p, LF_QA_TEXT, field, where, out));
    (*out)->front = (*out)->back = whole ? LF_QE_EDGE : LF_QE_WORD;
    segments(p, *out, w);
    return LF_OK;
}

static bool net_of(struct query_read *p, const struct query_word *w, struct lf_q_node *n)
{
    lf_view v = { w->text, w->n };
    size_t slash = lf_view_find_byte(v, '/');
    uint64_t bits;

    if (slash == SIZE_MAX || w->wild || !lf_q_address(lf_view_first(v, slash), n->net, &n->six) ||
        !lf_view_u64(lf_view_from(v, slash + 1), &bits) || bits > (n->six ? 128u : 32u))
        return false;
    n->bits = (unsigned)bits;
    for (unsigned i = 0; i < 16; i++)
        if (i * 8 + 8 > n->bits)
            n->net[i] &= (uint8_t)(i * 8 >= n->bits ? 0 : 0xff00u >> (n->bits - i * 8));
    /* 10. of 10.0.0.0/8: whole numbers alone are sure to be written so. */
    n->net_prefix = (lf_view){ "", 0 };
    for (unsigned i = 0; !n->six && i < n->bits / 8; i++)
        n->net_prefix = lf_arena_printf(p->a, "%.*s%u%s", LF_FMT(n->net_prefix), n->net[i], i < 3 ? "." : "");
    return true;
}

static enum lf_code take_regex(struct query_read *p, unsigned field, struct lf_q_node **out)
{
    size_t from = p->at;
    char *text = lf_arena_alloc(p->a, p->in.len - p->at + 1, 1);
    size_t n = 0;

    for (p->at++; !query_end(p) && query_peek(p) != '/'; p->at++) {
        if (query_peek(p) == '\\' && p->at + 1 < p->in.len) {
            if (p->in.ptr[p->at + 1] != '/')
                text[n++] = '\\';
            p->at++;
        }
        text[n++] = query_peek(p);
    }
    if (query_end(p))
        return QUERY_BAD(p, from, "the expression is not closed with /; put a path in quotes");
    p->at++;
    if (!query_breaks(p, p->at) || query_peek(p) == '(' || query_peek(p) == '"')
        return QUERY_BAD(p, from,
                         "what begins with / is an expression and ends at the next /; put a path in quotes");
    if (n == 0 || n > LF_QUERY_REGEX || memchr(text, 0, n))
        return QUERY_BAD(p, from, "an expression has 1 to %d bytes and no NUL", LF_QUERY_REGEX);
    LF_TRY(leaf_new(p, LF_QA_REGEX, field, from, out));
    (*out)->regex = (lf_view){ text, n };
    return LF_OK;
}

/* ---- ranges ---- */

static enum lf_code take_bound(struct query_read *p, struct lf_q_bound *b, struct query_word *w)
{
    size_t from;

    query_skip(p);
    from = p->at;
    if (query_peek(p) == '"') {
        LF_TRY(query_phrase(p, w));
    } else {
        word_begin(p, w);
        while (!query_breaks(p, p->at) && query_peek(p) != ']' && query_peek(p) != '}')
            word_byte(w, p->in.ptr[p->at++], 0);
        b->open = w->n == 1 && w->text[0] == '*';
    }
    if (w->n == 0)
        return QUERY_BAD(p, from, "an end of the range is missing; write [a TO b], or * for no end");
    b->text = lf_q_fold(p->a, (lf_view){ w->text, w->n });
    return LF_OK;
}

static bool bound_is(struct lf_q_bound *b, enum lf_q_sort_of by)
{
    bool six;

    if (b->open)
        return true;
    switch (by) {
    case LF_QS_NUMBER:
        return lf_decimal_parse(b->text, true, &b->decimal);
    case LF_QS_ADDRESS:
        return lf_q_address(b->text, b->address, &six);
    case LF_QS_TIME:
        if (lf_time_parse(b->text, &b->time, NULL) == LF_OK)
            return true;
        if (b->text.len == 10) {
            char day[32];

            snprintf(day, sizeof day, "%.*sT00:00:00+08:00", LF_FMT(b->text));
            b->day = lf_time_parse(lf_view_of(day), &b->time, NULL) == LF_OK;
            return b->day;
        }
        return false;
    case LF_QS_TEXT:
        break;
    }
    return true;
}

static enum lf_code settle_range(struct query_read *p, struct lf_q_node *n, size_t where)
{
    bool six[2] = { false, false };
    uint8_t skipped[16];

    if (!n->field)
        return QUERY_BAD(p, where, "a comparison needs a field before it: field:>=10");
    for (n->by = LF_QS_NUMBER; n->by < LF_QS_TEXT; n->by++)
        if (bound_is(&n->low, n->by) && bound_is(&n->high, n->by))
            break;
    if (n->low.open && n->high.open)
        n->by = LF_QS_TEXT;
    if (n->by == LF_QS_TIME && n->low.day && !n->low.inclusive) { /* after a day: from the next one on */
        n->low.time += LF_DAY;
        n->low.inclusive = true;
    }
    if (n->by == LF_QS_TIME && n->high.day && n->high.inclusive) { /* up to a day: to its end */
        n->high.time += LF_DAY;
        n->high.inclusive = false;
    }
    if (n->by == LF_QS_ADDRESS && !n->low.open && !n->high.open) {
        (void)lf_q_address(n->low.text, skipped, &six[0]);
        (void)lf_q_address(n->high.text, skipped, &six[1]);
        if (six[0] != six[1])
            return QUERY_BAD(p, where, "the ends of the range are an IPv4 and an IPv6 address");
    }
    n->six = n->by == LF_QS_ADDRESS &&
             lf_view_find_byte(n->low.open ? n->high.text : n->low.text, ':') != SIZE_MAX;
    return LF_OK;
}

static enum lf_code take_range(struct query_read *p, unsigned field, struct lf_q_node **out)
{
    size_t from = p->at;
    struct query_word w;

    LF_TRY(leaf_new(p, LF_QA_RANGE, field, from, out));
    (*out)->low.inclusive = query_peek(p) == '[';
    p->at++;
    LF_TRY(take_bound(p, &(*out)->low, &w));
    query_skip(p);
    if (!query_keyword(p, "TO"))
        return QUERY_BAD(p, p->at, "TO is missing; write [a TO b]");
    p->at += 2;
    LF_TRY(take_bound(p, &(*out)->high, &w));
    query_skip(p);
    if (query_peek(p) != ']' && query_peek(p) != '}')
        return QUERY_BAD(p, from, "the range is not closed with ] or }");
    (*out)->high.inclusive = query_peek(p) == ']';
    p->at++;
    return settle_range(p, *out, from);
}

static enum lf_code take_compare(struct query_read *p, unsigned field, struct lf_q_node **out)
{
    size_t from = p->at;
    bool less = query_peek(p) == '<', equal;
    struct lf_q_bound *b;
    struct query_word w;

    LF_TRY(leaf_new(p, LF_QA_RANGE, field, from, out));
    p->at++;
    equal = query_peek(p) == '=';
    p->at += equal;
    b = less ? &(*out)->high : &(*out)->low;
    (less ? &(*out)->low : &(*out)->high)->open = true;
    b->inclusive = equal;
    LF_TRY(take_bound(p, b, &w));
    if (b->open)
        return QUERY_BAD(p, from, "a number, address, time or text is missing behind the comparison");
    return settle_range(p, *out, from);
}

/* ---- clauses ---- */

static enum lf_code take_or(struct query_read *p, unsigned field, struct lf_q_node **out);

static bool name_byte(lf_view v, size_t i)
{
    char c = v.ptr[i];

    if (i == 0 && ((c >= '0' && c <= '9') || c == '-' || c == '.'))
        return false;
    return lf_q_word_byte(c) || (unsigned char)c >= 0x80 || (c != '\0' && strchr("-.@#$%&", c) != NULL);
}

bool query_is_name(lf_view v)
{
    for (size_t i = 0; i < v.len; i++)
        if (!name_byte(v, i))
            return false;
    return v.len > 0 && v.len <= 256;
}

/* aa:bb:cc:dd:ee:ff, an IPv6 address, a URL, C:\Windows: with ':' and yet no field. */
static bool plain_word(lf_view v)
{
    uint8_t skipped[16];
    size_t i = 0;
    bool six, mac = v.len == 17;

    for (; mac && i < v.len; i++)
        mac = i % 3 == 2 ? v.ptr[i] == ':' : strchr("0123456789abcdefABCDEF", v.ptr[i]) && v.ptr[i];
    if (v.len > 2 && v.ptr[1] == ':' && v.ptr[2] == '\\' && lf_q_word_byte(v.ptr[0]))
        return true;
    return mac || lf_q_address(v, skipped, &six) || lf_view_find(v, LF_V("://")) != SIZE_MAX;
}

static enum lf_code take_value(struct query_read *p, unsigned field, bool whole, struct lf_q_node **out)
{
    size_t from;
    struct query_word w;

    query_skip(p);
    from = p->at;
    if (query_end(p) || query_peek(p) == ')' || query_peek(p) == '|')
        return QUERY_BAD(p, from, "a value is missing here");
    if (whole && query_peek(p) != '"' && query_peek(p) != '(') { /* a=/x/y and a=[x] are plain texts */
        take_word(p, &w);
        return text_leaf(p, field, from, &w, true, out);
    }
    switch (query_peek(p)) {
    case '(':
        if (whole)
            return QUERY_BAD(p, from, "a list in parentheses goes with a colon: field:(a OR b)");
        if (++p->depth > LF_QUERY_DEPTH)
            return QUERY_BAD(p, from, "more than %d levels of parentheses", LF_QUERY_DEPTH);
        p->at++;
        LF_TRY(take_or(p, field, out));
        if (query_peek(p) != ')')
            return QUERY_BAD(p, from, "the ( is not closed");
        p->at++;
        p->depth--;
        return LF_OK;
    case '"':
        LF_TRY(query_phrase(p, &w));
        return text_leaf(p, field, from, &w, whole, out);
    case '/':
        return take_regex(p, field, out);
    case '[':
    case '{':
        return take_range(p, field, out);
    case '>':
    case '<':
        return take_compare(p, field, out);
    default:
        break;
    }
    take_word(p, &w);
    if (!whole && lf_view_find_byte((lf_view){ w.text, w.n }, '/') != SIZE_MAX) {
        struct lf_q_node net = { 0 };

        if (net_of(p, &w, &net)) {
            LF_TRY(leaf_new(p, LF_QA_NET, field, from, out));
            (*out)->six = net.six;
            (*out)->bits = net.bits;
            (*out)->net_prefix = net.net_prefix;
            memcpy((*out)->net, net.net, sizeof net.net);
            return LF_OK;
        }
    }
    return text_leaf(p, field, from, &w, whole, out);
}

/* field:value, field=value, field!=value, field>n … when it is one. */
static enum lf_code take_clause(struct query_read *p, unsigned field, struct lf_q_node **out)
{
    size_t from = p->at, i = p->at;
    lf_view name = { NULL, 0 }, word;
    struct query_word w;

    if (field)
        return take_value(p, field, false, out);
    if (query_peek(p) == '"') {
        LF_TRY(query_phrase(p, &w));
        if (query_end(p) || !strchr(":=!<>", query_peek(p)) || w.n == 0)
            return text_leaf(p, 0, from, &w, false, out);
        name = lf_arena_copy(p->a, (lf_view){ w.text, w.n });
        if (!lf_view_is_utf8(name))
            return QUERY_BAD(p, from, "the field's name is not UTF-8");
    } else if (strchr("/[{", query_peek(p)) && !query_end(p)) {
        return take_value(p, 0, false, out);
    } else {
        while (!query_breaks(p, i))
            i++;
        word = (lf_view){ p->in.ptr + from, i - from };
        for (i = 0; i < word.len && name_byte(word, i); i++)
            ;
        if (i == 0 || i >= word.len || !strchr(":=!<>", word.ptr[i]) || plain_word(word) ||
            (word.ptr[i] == '!' && (i + 1 >= word.len || word.ptr[i + 1] != '=')))
            return take_value(p, 0, false, out);
        name = lf_view_first(word, i);
        if (!query_is_name(name))
            return QUERY_BAD(p, from, "the field's name is longer than 256 bytes");
        p->at = from + i;
    }
    from = p->at;
    switch (query_peek(p)) {
    case ':':
        p->at++;
        return take_value(p, lf_q_field(p->q, name), false, out);
    case '=':
        p->at += p->at + 1 < p->in.len && p->in.ptr[p->at + 1] == '=' ? 2 : 1;
        return take_value(p, lf_q_field(p->q, name), true, out);
    case '<':
    case '>':
        return take_compare(p, lf_q_field(p->q, name), out);
    default: { /* != : it is there, and is another */
        struct lf_q_node *is, *there;

        if (p->at + 1 >= p->in.len || p->in.ptr[p->at + 1] != '=')
            return QUERY_BAD(p, from, "after the field's name comes : = != < or >");
        p->at += 2;
        LF_TRY(take_value(p, lf_q_field(p->q, name), true, &is));
        LF_TRY(leaf_new(p, LF_QA_EXISTS, lf_q_field(p->q, name), from, &there));
        *out = two(p, LF_Q_AND, there, two(p, LF_Q_NOT, is, NULL));
        return LF_OK;
    }
    }
}

static enum lf_code take_not(struct query_read *p, unsigned field, struct lf_q_node **out)
{
    size_t from;

    query_skip(p);
    from = p->at;
    if (query_end(p) || query_peek(p) == '|')
        return QUERY_BAD(p, from, "a word or a comparison is missing here");
    if (query_peek(p) == ')')
        return QUERY_BAD(p, from, "a word or a comparison is missing before the )");
    if (query_keyword(p, "AND") || query_keyword(p, "OR"))
        return QUERY_BAD(p, from,
                         "AND and OR stand between two things; to find the word itself put it in quotes");
    if (query_keyword(p, "NOT") ||
        ((query_peek(p) == '-' || query_peek(p) == '!') && !query_breaks(p, p->at + 1)) ||
        ((query_peek(p) == '-' || query_peek(p) == '!') && p->at + 1 < p->in.len &&
         strchr("(\"", p->in.ptr[p->at + 1]))) {
        struct lf_q_node *kid;

        p->at += query_peek(p) == 'N' ? 3 : 1;
        if (++p->depth > LF_QUERY_DEPTH)
            return QUERY_BAD(p, from, "more than %d levels of NOT and parentheses", LF_QUERY_DEPTH);
        LF_TRY(take_not(p, field, &kid));
        p->depth--;
        *out = two(p, LF_Q_NOT, kid, NULL);
        return LF_OK;
    }
    if (query_peek(p) == '(') {
        if (++p->depth > LF_QUERY_DEPTH)
            return QUERY_BAD(p, from, "more than %d levels of parentheses", LF_QUERY_DEPTH);
        p->at++;
        LF_TRY(take_or(p, field, out));
        if (query_peek(p) != ')')
            return QUERY_BAD(p, from, "the ( is not closed");
        p->at++;
        p->depth--;
        return LF_OK;
    }
    return take_clause(p, field, out);
}

static void add_kid(struct query_read *p, struct lf_q_node *n, struct lf_q_node *kid, size_t *cap)
{
    n->kids = (struct lf_q_node **)lf_arena_grow(p->a, (void *)n->kids, n->nkids, cap, sizeof *n->kids);
    n->kids[n->nkids++] = kid;
}

static enum lf_code take_and(struct query_read *p, unsigned field, struct lf_q_node **out)
{
    struct lf_q_node *all = NULL, *one;
    size_t cap = 0;

    LF_TRY(take_not(p, field, &one));
    for (;;) {
        query_skip(p);
        if (query_end(p) || query_peek(p) == '|' || query_peek(p) == ')' || query_keyword(p, "OR"))
            break;
        if (query_keyword(p, "AND"))
            p->at += 3;
        if (!all) {
            all = node_new(p, LF_Q_AND);
            add_kid(p, all, one, &cap);
        }
        LF_TRY(take_not(p, field, &one));
        add_kid(p, all, one, &cap);
    }
    *out = all ? all : one;
    return LF_OK;
}

static enum lf_code take_or(struct query_read *p, unsigned field, struct lf_q_node **out)
{
    struct lf_q_node *any = NULL, *one;
    size_t cap = 0;

    LF_TRY(take_and(p, field, &one));
    for (query_skip(p); query_keyword(p, "OR"); query_skip(p)) {
        p->at += 2;
        if (!any) {
            any = node_new(p, LF_Q_OR);
            add_kid(p, any, one, &cap);
        }
        LF_TRY(take_and(p, field, &one));
        add_kid(p, any, one, &cap);
    }
    *out = any ? any : one;
    return LF_OK;
}

enum lf_code lf_query_parse(struct lf_arena *a, lf_view text, struct lf_query_tree **out, struct lf_err *e)
{
    struct lf_query_tree *q;
    struct query_read p = { .a = a, .e = e };

    if (text.len > LF_QUERY_TEXT)
        return lf_err_set(e, LF_BAD_INPUT, "query: longer than %d bytes", LF_QUERY_TEXT);
    if (!lf_view_is_utf8(text) || (text.len && memchr(text.ptr, 0, text.len)))
        return lf_err_set(e, LF_BAD_INPUT, "query: not UTF-8, or with a NUL in it");
    q = LF_NEW(a, struct lf_query_tree, 1);
    q->a = a;
    q->agg = -1;
    q->text = lf_arena_copy(a, text);
    (void)lf_q_field(q, LF_V("")); /* 0: every value */
    p.q = q;
    p.in = q->text;
    query_skip(&p);
    if (query_end(&p))
        return lf_err_set(e, LF_BAD_INPUT, "query: it is empty; * finds everything");
    if (query_peek(&p) == '|')
        LF_TRY(leaf_new(&p, LF_QA_TRUE, 0, p.at, &q->root));
    else
        LF_TRY(take_or(&p, 0, &q->root));
    q->base = lf_view_trim(lf_view_first(q->text, p.at));
    query_skip(&p);
    if (query_peek(&p) == ')')
        return QUERY_BAD(&p, p.at, "this ) has no ( before it");
    while (query_peek(&p) == '|') {
        p.at++;
        LF_TRY(query_stage(&p));
    }
    LF_ASSERT(query_end(&p));
    *out = q;
    return LF_OK;
}
