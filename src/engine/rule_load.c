/* Rules as written -> predicates and trees.  Every choice that the specification
 * leaves open is numbered (C1…) in docs/sigma-choices.md. */
#include <arpa/inet.h>

#include "base/crypto.h"
#include "engine/fold.h"
#include "engine/rule_priv.h"
#include "fmt/yaml.h"

enum {
    ITEMS_MOST = 50000, /* values of one rule */
    REGEX_MOST = 8192,  /* bytes of one expression */
    VALUE_MOST = 65536, /* bytes of one value */
    MODIFIERS_MOST = 12,
    DOCUMENTS_MOST = 1000, /* in one file */
};

/* Namespace of ids made for rules without one. */
static const char id_namespace[] = "6a1c8f3e-0d52-5b7e-9c41-7e2b5d90a1f4";

/* ---- trees ---- */

struct lf_node *lf_node_new(struct lf_ruleset *rs, enum lf_node_kind kind, size_t nkids)
{
    struct lf_node *n = LF_NEW(&rs->a, struct lf_node, 1);

    n->kind = kind;
    n->kids = LF_NEW(&rs->a, struct lf_node *, nkids ? nkids : 1);
    n->nkids = nkids;
    return n;
}

static int by_cost(const void *x, const void *y)
{
    const struct lf_node *const *a = x, *const *b = y;

    return (*a)->cost < (*b)->cost ? -1 : (*a)->cost > (*b)->cost;
}

void lf_node_settle(struct lf_node *n)
{
    uint64_t sum = 1;

    if (n->kind != LF_NODE_NOT && n->nkids > 1)
        qsort(n->kids, n->nkids, sizeof *n->kids, by_cost);
    for (size_t i = 0; i < n->nkids; i++)
        sum += n->kids[i]->cost;
    n->cost = sum < 1u << 30 ? (unsigned)sum : 1u << 30;
}

static unsigned field_number(struct lf_ruleset *rs, lf_view name)
{
    uint64_t v;

    if (lf_map_get(&rs->field_of, name, &v))
        return (unsigned)v;
    rs->fields = lf_arena_grow(&rs->a, rs->fields, rs->nfields, &rs->fields_cap, sizeof *rs->fields);
    name = lf_arena_copy(&rs->a, name);
    lf_map_set(&rs->field_of, name, rs->nfields);
    rs->fields[rs->nfields] = name;
    return (unsigned)rs->nfields++;
}

static struct lf_pred *pred_new(struct lf_ruleset *rs, unsigned field, enum lf_ask ask)
{
    struct lf_pred *p = LF_NEW(&rs->a, struct lf_pred, 1);

    p->number = (unsigned)rs->npreds++;
    p->field = field;
    p->ask = ask;
    return p;
}

static struct lf_node *pred_node(struct lf_ruleset *rs, const struct lf_pred *p)
{
    static const unsigned ask_cost[] = {
        [LF_ASK_TEXT] = 2, [LF_ASK_NUMBER] = 1,  [LF_ASK_BOOL] = 1,
        [LF_ASK_NULL] = 1, [LF_ASK_EXISTS] = 1,  [LF_ASK_REGEX] = 40,
        [LF_ASK_NET] = 4,  [LF_ASK_COMPARE] = 2, [LF_ASK_FIELD] = 6,
    };
    struct lf_node *n = lf_node_new(rs, LF_NODE_PRED, 0);

    n->pred = p;
    n->cost = ask_cost[p->ask];
    if (p->ask == LF_ASK_TEXT && p->pattern.shape >= LF_SHAPE_CONTAINS)
        n->cost = p->pattern.shape == LF_SHAPE_GLOB ? 20 : 8;
    if (p->field == 0)
        n->cost *= 20;
    return n;
}

/* ---- modifiers ---- */

enum mod {
    M_CONTAINS,
    M_STARTS,
    M_ENDS,
    M_ALL,
    M_RE,
    M_I,
    M_M,
    M_S,
    M_CIDR,
    M_CASED,
    M_EXISTS,
    M_WINDASH,
    M_LT,
    M_LTE,
    M_GT,
    M_GTE,
    M_NEQ,
    M_BASE64,
    M_BASE64OFFSET,
    M_UTF16LE,
    M_UTF16BE,
    M_UTF16,
    M_FIELDREF,
    M_COUNT
};
static const struct {
    const char *name;
    enum mod mod;
} mods[] = {
    { "contains", M_CONTAINS },
    { "startswith", M_STARTS },
    { "endswith", M_ENDS },
    { "all", M_ALL },
    { "re", M_RE },
    { "i", M_I },
    { "m", M_M },
    { "s", M_S },
    { "cidr", M_CIDR },
    { "cased", M_CASED },
    { "exists", M_EXISTS },
    { "windash", M_WINDASH },
    { "lt", M_LT },
    { "lte", M_LTE },
    { "gt", M_GT },
    { "gte", M_GTE },
    { "neq", M_NEQ },
    { "base64", M_BASE64 },
    { "base64offset", M_BASE64OFFSET },
    { "utf16le", M_UTF16LE },
    { "wide", M_UTF16LE },
    { "utf16be", M_UTF16BE },
    { "utf16", M_UTF16 },
    { "fieldref", M_FIELDREF },
};

struct chain {
    lf_view key; /* as written, for messages */
    unsigned field;
    enum mod list[MODIFIERS_MOST];
    size_t n;
    uint32_t set;
    unsigned wrap;
};

#define HAS(c, m) (((c)->set >> (m)) & 1u)
#define BIT(m) (1u << (m))

enum {
    SET_COMPARE = BIT(M_LT) | BIT(M_LTE) | BIT(M_GT) | BIT(M_GTE),
    SET_SOLE = SET_COMPARE | BIT(M_RE) | BIT(M_CIDR) | BIT(M_EXISTS) | BIT(M_FIELDREF),
    SET_WRAP = BIT(M_CONTAINS) | BIT(M_STARTS) | BIT(M_ENDS),
    SET_UTF16 = BIT(M_UTF16LE) | BIT(M_UTF16BE) | BIT(M_UTF16),
    SET_BASE64 = BIT(M_BASE64) | BIT(M_BASE64OFFSET),
    SET_TEXT = SET_WRAP | SET_UTF16 | SET_BASE64 | BIT(M_WINDASH),
};

static enum lf_code read_key(struct lf_ruleset *rs, lf_view key, struct chain *c, struct lf_err *e)
{
    lf_view left = key, part;

    *c = (struct chain){ .key = key };
    if (!lf_view_split(&left, '|', &part))
        part = (lf_view){ "", 0 };
    c->field = part.len > 0 ? field_number(rs, part) : 0;
    while (lf_view_split(&left, '|', &part)) {
        size_t i;

        for (i = 0; i < sizeof mods / sizeof *mods; i++)
            if (lf_view_is(part, mods[i].name))
                break;
        if (i == sizeof mods / sizeof *mods)
            return lf_err_set(e, LF_BAD_INPUT, "%.*s: modifier \"%.*s\" is not %s", LF_FMT(key), LF_FMT(part),
                              lf_view_is(part, "expand") ? "served: no values for placeholders are given"
                                                         : "known");
        if (c->n == MODIFIERS_MOST || HAS(c, mods[i].mod))
            return lf_err_set(e, LF_BAD_INPUT, "%.*s: modifier \"%.*s\" comes twice or too many do",
                              LF_FMT(key), LF_FMT(part));
        /* What turns a text into bytes comes before what looks for it: a wildcard
         * can not be encoded (C6). */
        if (((BIT(mods[i].mod) & (SET_BASE64 | SET_UTF16)) && (c->set & SET_WRAP)) ||
            ((BIT(mods[i].mod) & (SET_UTF16 | SET_BASE64)) && (c->set & SET_BASE64)))
            return lf_err_set(e, LF_BAD_INPUT, "%.*s: \"%.*s\" comes after what it must come before",
                              LF_FMT(key), LF_FMT(part));
        if ((mods[i].mod == M_I || mods[i].mod == M_M || mods[i].mod == M_S) && !HAS(c, M_RE))
            return lf_err_set(e, LF_BAD_INPUT, "%.*s: \"%.*s\" belongs after \"re\"", LF_FMT(key),
                              LF_FMT(part));
        c->set |= BIT(mods[i].mod);
        c->list[c->n++] = mods[i].mod;
    }
    if (HAS(c, M_CONTAINS))
        c->wrap = LF_WRAP_FRONT | LF_WRAP_BACK;
    if (HAS(c, M_STARTS))
        c->wrap |= LF_WRAP_BACK;
    if (HAS(c, M_ENDS))
        c->wrap |= LF_WRAP_FRONT;

    uint32_t sole = c->set & SET_SOLE;

    if (sole & (sole - 1))
        return lf_err_set(e, LF_BAD_INPUT, "%.*s: these modifiers contradict each other", LF_FMT(key));
    if (sole && (c->set & SET_TEXT & ~(HAS(c, M_FIELDREF) ? (uint32_t)SET_WRAP : 0)))
        return lf_err_set(e, LF_BAD_INPUT, "%.*s: these modifiers do not go together", LF_FMT(key));
    if (c->field == 0 && (sole & ~(BIT(M_RE) | BIT(M_CIDR))))
        return lf_err_set(e, LF_BAD_INPUT, "%.*s: this modifier needs a field", LF_FMT(key));
    return LF_OK;
}

/* ---- values ---- */

struct values { /* alternatives that one written value turns into */
    struct lf_piece *pieces[3];
    size_t n[3], count;
};

static bool has_wildcard(const struct lf_piece *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i].kind != LF_PIECE_TEXT)
            return true;
    return false;
}

/* Bytes of a dash of any of the five kinds at the front of t, 0 = none. */
static size_t dash(lf_view t)
{
    if (t.len > 0 && (t.ptr[0] == '-' || t.ptr[0] == '/'))
        return 1;
    return t.len >= 3 && memcmp(t.ptr, "\xe2\x80", 2) == 0 && t.ptr[2] >= '\x93' && t.ptr[2] <= '\x95' ? 3
                                                                                                       : 0;
}

/* [C7] Every dash of the value stands for any of the five. */
static void windash(struct lf_arena *a, struct lf_piece **pieces, size_t *n)
{
    size_t most = *n, m = 0;
    struct lf_piece *out;

    LF_ASSERT(*pieces);
    for (size_t i = 0; i < *n; i++)
        for (size_t k = 0; (*pieces)[i].kind == LF_PIECE_TEXT && k < (*pieces)[i].text.len; k++)
            if (dash(lf_view_from((*pieces)[i].text, k)) > 0)
                most += 2;
    out = LF_NEW(a, struct lf_piece, most ? most : 1);
    for (size_t i = 0; i < *n; i++) {
        lf_view t = (*pieces)[i].text;
        size_t from = 0, k = 0;

        if ((*pieces)[i].kind != LF_PIECE_TEXT) {
            out[m++] = (*pieces)[i];
            continue;
        }
        while (k < t.len) {
            size_t len = dash(lf_view_from(t, k));

            if (len == 0) {
                k++;
                continue;
            }
            if (k > from)
                out[m++] = (struct lf_piece){ LF_PIECE_TEXT, { t.ptr + from, k - from } };
            out[m++].kind = LF_PIECE_DASH;
            from = k += len;
        }
        if (k > from)
            out[m++] = (struct lf_piece){ LF_PIECE_TEXT, { t.ptr + from, k - from } };
    }
    *pieces = out;
    *n = m;
}

static lf_view utf16(struct lf_arena *a, lf_view t, enum mod how)
{
    char *out = lf_arena_alloc(a, t.len * 2 + 4, 1);
    size_t o = 0;

    if (how == M_UTF16) {
        out[o++] = '\xff';
        out[o++] = '\xfe';
    }
    for (size_t i = 0; i < t.len;) {
        size_t n = lf_utf8_len(t.ptr[i]);
        uint32_t c = lf_utf8_get(t.ptr + i, n); /* YAML lets nothing but UTF-8 through */
        uint16_t unit[2];
        size_t units = 1;

        i += n;
        unit[0] = (uint16_t)c;
        if (c > 0xffff) {
            c -= 0x10000;
            unit[0] = (uint16_t)(0xd800 | c >> 10);
            unit[1] = (uint16_t)(0xdc00 | (c & 0x3ff));
            units = 2;
        }
        for (size_t k = 0; k < units; k++) {
            char hi = (char)(unit[k] >> 8), lo = (char)(unit[k] & 0xff);

            out[o++] = how == M_UTF16BE ? hi : lo;
            out[o++] = how == M_UTF16BE ? lo : hi;
        }
    }
    return (lf_view){ out, o };
}

/* The parts of the three encodings of `t` that do not depend on its neighbours. */
static void offsets(struct lf_arena *a, lf_view t, struct values *v)
{
    static const size_t skip[] = { 0, 2, 3 }, cut[] = { 0, 3, 2 };

    v->count = 0;
    for (size_t i = 0; i < 3; i++) {
        char *raw = lf_arena_alloc(a, t.len + 3, 1);
        lf_view b;
        size_t less;

        memset(raw, ' ', i);
        memcpy(raw + i, t.ptr, t.len);
        b = lf_base64(a, raw, t.len + i);
        less = skip[i] + cut[(t.len + i) % 3];
        if (b.len <= less)
            continue;
        v->pieces[v->count] = LF_NEW(a, struct lf_piece, 3);
        v->pieces[v->count][0] = (struct lf_piece){ LF_PIECE_TEXT, { b.ptr + skip[i], b.len - less } };
        v->n[v->count++] = 1;
    }
}

/* Applies what changes the text itself, in the order written. */
static enum lf_code transform(struct lf_ruleset *rs, const struct chain *c, lf_view text, struct values *v,
                              struct lf_err *e)
{
    bool bytes = false;

    v->count = 1;
    v->n[0] = lf_pieces_read(&rs->a, text, &v->pieces[0]);
    for (size_t i = 0; i < c->n; i++) {
        enum mod m = c->list[i];

        if ((BIT(m) & (SET_BASE64 | SET_UTF16)) && has_wildcard(v->pieces[0], v->n[0]))
            return lf_err_set(e, LF_BAD_INPUT, "%.*s: a wildcard in \"%.*s\" can not be encoded",
                              LF_FMT(c->key), LF_FMT(text));
        if ((BIT(m) & (SET_BASE64 | SET_UTF16)) && v->n[0] == 0)
            return lf_err_set(e, LF_BAD_INPUT, "%.*s: an empty value can not be encoded", LF_FMT(c->key));
        if (m == M_WINDASH) {
            for (size_t k = 0; k < v->count; k++)
                windash(&rs->a, &v->pieces[k], &v->n[k]);
        } else if (BIT(m) & SET_UTF16) {
            v->pieces[0][0].text = utf16(&rs->a, v->pieces[0][0].text, m);
            bytes = true;
        } else if (m == M_BASE64) {
            v->pieces[0][0].text = lf_base64(&rs->a, v->pieces[0][0].text.ptr, v->pieces[0][0].text.len);
            bytes = false;
        } else if (m == M_BASE64OFFSET) {
            offsets(&rs->a, v->pieces[0][0].text, v);
            bytes = false;
            if (v->count == 0)
                return lf_err_set(e, LF_BAD_INPUT, "%.*s: \"%.*s\" is too short to be found encoded",
                                  LF_FMT(c->key), LF_FMT(text));
        }
    }
    if (bytes && !lf_view_is_utf8(v->pieces[0][0].text))
        return lf_err_set(e, LF_BAD_INPUT, "%.*s: \"%.*s\" in UTF-16 is no text; base64 is wanted after it",
                          LF_FMT(c->key), LF_FMT(text));
    return LF_OK;
}

static struct lf_node *text_node(struct lf_ruleset *rs, const struct chain *c, struct values *v)
{
    struct lf_node *any = lf_node_new(rs, LF_NODE_OR, v->count);
    unsigned wrap = c->wrap;

    /* A keyword is a substring unless it says where (C5). */
    if (c->field == 0 && !(c->set & SET_WRAP))
        wrap = LF_WRAP_FRONT | LF_WRAP_BACK;
    for (size_t k = 0; k < v->count; k++) {
        struct lf_piece *p = LF_NEW(&rs->a, struct lf_piece, v->n[k] + 2);
        struct lf_pred *pred = pred_new(rs, c->field, LF_ASK_TEXT);
        size_t n = 0;

        if (wrap & LF_WRAP_FRONT)
            p[n++].kind = LF_PIECE_ANY;
        for (size_t i = 0; i < v->n[k]; i++) {
            p[n] = v->pieces[k][i];
            if (!HAS(c, M_CASED) && p[n].kind == LF_PIECE_TEXT)
                p[n].text = lf_fold(&rs->a, p[n].text);
            n++;
        }
        if (wrap & LF_WRAP_BACK)
            p[n++].kind = LF_PIECE_ANY;
        pred->cased = HAS(c, M_CASED);
        lf_pattern_make(&rs->a, p, n, &pred->pattern);
        any->kids[k] = pred_node(rs, pred);
    }
    lf_node_settle(any);
    return v->count == 1 ? any->kids[0] : any;
}

static enum lf_code regex_pred(struct lf_ruleset *rs, const struct chain *c, lf_view text,
                               struct lf_pred **out, struct lf_err *e)
{
    unsigned flags = HS_FLAG_ALLOWEMPTY | HS_FLAG_SINGLEMATCH | HS_FLAG_UTF8;
    hs_compile_error_t *err = NULL;
    hs_database_t *db;

    if (text.len > REGEX_MOST || (text.len > 0 && memchr(text.ptr, 0, text.len)))
        return lf_err_set(e, LF_BAD_INPUT, "%.*s: an expression is longer than %d bytes or holds a NUL",
                          LF_FMT(c->key), REGEX_MOST);
    if (HAS(c, M_I))
        flags |= HS_FLAG_CASELESS;
    if (HAS(c, M_M))
        flags |= HS_FLAG_MULTILINE;
    if (HAS(c, M_S))
        flags |= HS_FLAG_DOTALL;
    if (hs_compile(lf_arena_cstr(&rs->a, text), flags, HS_MODE_BLOCK, NULL, &db, &err) != HS_SUCCESS) {
        enum lf_code rc = lf_err_set(e, LF_BAD_INPUT, "%.*s: expression \"%.*s\": %s", LF_FMT(c->key),
                                     text.len > 120 ? 120 : (int)text.len, text.ptr,
                                     err ? err->message : "not understood");

        hs_free_compile_error(err);
        return rc;
    }
    if (hs_alloc_scratch(db, &rs->scratch) != HS_SUCCESS)
        LF_BUG("no memory for the scratch of an expression");
    rs->databases =
        lf_arena_grow(&rs->a, rs->databases, rs->ndatabases, &rs->databases_cap, sizeof *rs->databases);
    rs->databases[rs->ndatabases++] = db;
    *out = pred_new(rs, c->field, LF_ASK_REGEX);
    (*out)->regex = db;
    return LF_OK;
}

static enum lf_code net_pred(struct lf_ruleset *rs, const struct chain *c, lf_view text, struct lf_pred **out,
                             struct lf_err *e)
{
    size_t slash = lf_view_find_byte(text, '/');
    lf_view addr = lf_view_first(text, slash == SIZE_MAX ? text.len : slash);
    char name[64];
    uint8_t net[16] = { 0 };
    int family = lf_view_find_byte(addr, ':') == SIZE_MAX ? AF_INET : AF_INET6;
    uint64_t bits = family == AF_INET ? 32 : 128, most = bits;

    if (addr.len >= sizeof name || (addr.len > 0 && memchr(addr.ptr, 0, addr.len)))
        goto bad;
    snprintf(name, sizeof name, "%.*s", LF_FMT(addr));
    if (inet_pton(family, name, net) != 1)
        goto bad;
    if (slash != SIZE_MAX && (!lf_view_u64(lf_view_from(text, slash + 1), &bits) || bits > most))
        goto bad;
    *out = pred_new(rs, c->field, LF_ASK_NET);
    (*out)->family = family;
    (*out)->bits = (unsigned)bits;
    for (size_t i = 0; i < 16; i++) {
        uint64_t from = i * 8;

        net[i] = (uint8_t)(from + 8 <= bits ? net[i]
                           : from >= bits   ? 0
                                            : net[i] & (0xff00u >> (bits - from)));
    }
    memcpy((*out)->net, net, sizeof net);
    return LF_OK;
bad:
    return lf_err_set(e, LF_BAD_INPUT, "%.*s: \"%.*s\" is no network such as 10.0.0.0/8", LF_FMT(c->key),
                      LF_FMT(text));
}

/* One written value of one item, without |neq. */
static enum lf_code value_node_new(struct lf_ruleset *rs, const struct chain *c, const struct lf_json *v,
                                   struct lf_node **out, struct lf_err *e)
{
    enum lf_json_kind kind = lf_json_kind(v);
    bool word = kind == LF_JSON_TRUE || kind == LF_JSON_FALSE;
    lf_view text = lf_json_text(v);
    struct lf_pred *p = NULL;
    struct values vs = { 0 };

    if (kind == LF_JSON_ARRAY || kind == LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "%.*s: a value is a list or a map", LF_FMT(c->key));
    if (text.len > VALUE_MOST)
        return lf_err_set(e, LF_TOO_BIG, "%.*s: a value is longer than %d bytes", LF_FMT(c->key), VALUE_MOST);
    if (HAS(c, M_EXISTS)) {
        if (!word)
            return lf_err_set(e, LF_BAD_INPUT, "%.*s: exists takes true or false", LF_FMT(c->key));
        p = pred_new(rs, c->field, LF_ASK_EXISTS);
        p->want = kind == LF_JSON_TRUE;
    } else if (kind == LF_JSON_NULL) {
        if (c->field == 0 || (c->set & (SET_TEXT | SET_SOLE)))
            return lf_err_set(e, LF_BAD_INPUT, "%.*s: null can not be looked for so", LF_FMT(c->key));
        p = pred_new(rs, c->field, LF_ASK_NULL);
    } else if (c->set & SET_COMPARE) {
        p = pred_new(rs, c->field, LF_ASK_COMPARE);
        if (kind != LF_JSON_NUMBER || !lf_decimal_parse(lf_arena_copy(&rs->a, text), true, &p->decimal))
            return lf_err_set(e, LF_BAD_INPUT, "%.*s: a number is wanted", LF_FMT(c->key));
        p->compare = HAS(c, M_LT) ? LF_LT : HAS(c, M_LTE) ? LF_LTE : HAS(c, M_GT) ? LF_GT : LF_GTE;
    } else if (HAS(c, M_RE)) {
        LF_TRY(regex_pred(rs, c, text, &p, e));
    } else if (HAS(c, M_CIDR)) {
        LF_TRY(net_pred(rs, c, text, &p, e));
    } else if (HAS(c, M_FIELDREF)) {
        if (kind != LF_JSON_STRING || text.len == 0)
            return lf_err_set(e, LF_BAD_INPUT, "%.*s: the name of a field is wanted", LF_FMT(c->key));
        p = pred_new(rs, c->field, LF_ASK_FIELD);
        p->other = field_number(rs, text);
        p->wrap = c->wrap;
        p->cased = HAS(c, M_CASED);
    } else if (kind == LF_JSON_NUMBER && c->field != 0 && !(c->set & SET_TEXT)) {
        p = pred_new(rs, c->field, LF_ASK_NUMBER);
        p->text = lf_arena_copy(&rs->a, text);
        if (!lf_decimal_parse(p->text, true, &p->decimal))
            return lf_err_set(e, LF_BAD_INPUT, "%.*s: \"%.*s\" is no number", LF_FMT(c->key), LF_FMT(text));
    } else if (word && c->field != 0 && !(c->set & SET_TEXT)) {
        p = pred_new(rs, c->field, LF_ASK_BOOL);
        p->want = kind == LF_JSON_TRUE;
    } else {
        LF_TRY(transform(rs, c, text, &vs, e));
        *out = text_node(rs, c, &vs);
        return LF_OK;
    }
    *out = pred_node(rs, p);
    return LF_OK;
}

/* The same, once for all rules that ask the same. */
static enum lf_code value_node(struct lf_ruleset *rs, const struct chain *c, const struct lf_json *v,
                               struct lf_node **out, struct lf_err *e)
{
    uint32_t set = c->set & ~(BIT(M_ALL) | BIT(M_NEQ));
    lf_view text = lf_json_text(v), key;
    char order[MODIFIERS_MOST + 1];
    size_t n = 0, len;
    char *k;

    for (size_t i = 0; i < c->n; i++)
        if (set >> c->list[i] & 1u)
            order[n++] = (char)('a' + (int)c->list[i]);
    order[n] = '\0';
    if (text.len > VALUE_MOST)
        return value_node_new(rs, c, v, out, e); /* says so */
    k = lf_arena_alloc(&rs->a, text.len + 48 + n, 1);
    len = (size_t)snprintf(k, 48 + n, "%u %s %d ", c->field, order, (int)lf_json_kind(v));
    if (text.len > 0)
        memcpy(k + len, text.ptr, text.len);
    key = (lf_view){ k, len + text.len };
    *out = lf_map_get_ptr(&rs->pred_of, key);
    if (*out)
        return LF_OK;
    LF_TRY(value_node_new(rs, c, v, out, e));
    lf_map_set_ptr(&rs->pred_of, key, *out);
    return LF_OK;
}

/* ---- detection ---- */

struct load {
    struct lf_ruleset *rs;
    size_t items;
    struct lf_err *e;
};

static enum lf_code item_node(struct load *l, lf_view key, const struct lf_json *v, struct lf_node **out)
{
    struct chain c;
    struct lf_node *n;

    LF_TRY(read_key(l->rs, key, &c, l->e));
    if (lf_json_kind(v) == LF_JSON_ARRAY) {
        size_t count = lf_json_count(v);

        if (count == 0)
            return lf_err_set(l->e, LF_BAD_INPUT, "%.*s: the list is empty", LF_FMT(key));
        if (count > ITEMS_MOST || (l->items += count) > ITEMS_MOST)
            return lf_err_set(l->e, LF_TOO_BIG, "a rule holds more than %d values", ITEMS_MOST);
        n = lf_node_new(l->rs, HAS(&c, M_ALL) ? LF_NODE_AND : LF_NODE_OR, count);
        for (size_t i = 0; i < count; i++)
            LF_TRY(value_node(l->rs, &c, lf_json_item(v, i), &n->kids[i], l->e));
        lf_node_settle(n);
    } else {
        if (++l->items > ITEMS_MOST)
            return lf_err_set(l->e, LF_TOO_BIG, "a rule holds more than %d values", ITEMS_MOST);
        LF_TRY(value_node(l->rs, &c, v, &n, l->e));
    }
    if (HAS(&c, M_NEQ)) {
        struct lf_node *neg = lf_node_new(l->rs, LF_NODE_NOT, 1);

        neg->kids[0] = n;
        lf_node_settle(neg);
        n = neg;
    }
    *out = n;
    return LF_OK;
}

static enum lf_code map_node(struct load *l, const struct lf_json *v, struct lf_node **out)
{
    size_t count = lf_json_count(v);
    struct lf_node *n;

    if (count == 0)
        return lf_err_set(l->e, LF_BAD_INPUT, "a map is empty");
    if (count > ITEMS_MOST)
        return lf_err_set(l->e, LF_TOO_BIG, "a rule holds more than %d values", ITEMS_MOST);
    n = lf_node_new(l->rs, LF_NODE_AND, count);
    for (size_t i = 0; i < count; i++)
        LF_TRY(item_node(l, lf_json_key(v, i), lf_json_member(v, i), &n->kids[i]));
    lf_node_settle(n);
    *out = n;
    return LF_OK;
}

static enum lf_code search_node(struct load *l, const struct lf_json *v, struct lf_node **out)
{
    enum lf_json_kind kind = lf_json_kind(v);
    size_t count = lf_json_count(v);
    struct lf_node *n;

    if (kind == LF_JSON_OBJECT)
        return map_node(l, v, out);
    if (kind != LF_JSON_ARRAY)
        return item_node(l, LF_V(""), v, out);
    if (count == 0)
        return lf_err_set(l->e, LF_BAD_INPUT, "the list is empty");
    if (count > ITEMS_MOST)
        return lf_err_set(l->e, LF_TOO_BIG, "a rule holds more than %d values", ITEMS_MOST);
    n = lf_node_new(l->rs, LF_NODE_OR, count);
    for (size_t i = 0; i < count; i++) {
        const struct lf_json *x = lf_json_item(v, i);

        LF_TRY(lf_json_kind(x) == LF_JSON_OBJECT ? map_node(l, x, &n->kids[i])
                                                 : item_node(l, LF_V(""), x, &n->kids[i]));
    }
    lf_node_settle(n);
    *out = n;
    return LF_OK;
}

static enum lf_code detection_node(struct load *l, const struct lf_json *d, struct lf_node **out)
{
    const struct lf_json *cond = lf_json_get(d, LF_V("condition"));
    size_t count = lf_json_count(d), n = 0;
    struct lf_ident *ids;

    if (lf_json_kind(d) != LF_JSON_OBJECT)
        return lf_err_set(l->e, LF_BAD_INPUT, "detection is no map");
    if (!cond)
        return lf_err_set(l->e, LF_BAD_INPUT, "detection has no condition");
    ids = LF_NEW(&l->rs->a, struct lf_ident, count);
    for (size_t i = 0; i < count; i++) {
        lf_view name = lf_json_key(d, i);

        if (lf_view_is(name, "condition") || lf_view_is(name, "timeframe"))
            continue;
        if (search_node(l, lf_json_member(d, i), &ids[n].node) != LF_OK)
            return lf_err_at(l->e, "detection \"%.*s\"", LF_FMT(name));
        ids[n++].name = lf_arena_copy(&l->rs->a, name);
    }
    if (n == 0)
        return lf_err_set(l->e, LF_BAD_INPUT, "detection has nothing but a condition");
    if (lf_json_kind(cond) == LF_JSON_ARRAY && lf_json_count(cond) > 0 && lf_json_count(cond) <= 100) {
        struct lf_node *any = lf_node_new(l->rs, LF_NODE_OR, lf_json_count(cond));

        for (size_t i = 0; i < any->nkids; i++) {
            if (lf_json_kind(lf_json_item(cond, i)) != LF_JSON_STRING)
                return lf_err_set(l->e, LF_BAD_INPUT, "condition: a list of texts is wanted");
            LF_TRY(
                lf_condition_parse(l->rs, lf_json_text(lf_json_item(cond, i)), ids, n, &any->kids[i], l->e));
        }
        lf_node_settle(any);
        *out = any;
        return LF_OK;
    }
    if (lf_json_kind(cond) != LF_JSON_STRING)
        return lf_err_set(l->e, LF_BAD_INPUT, "condition: a text is wanted");
    return lf_condition_parse(l->rs, lf_json_text(cond), ids, n, out, l->e);
}

/* ---- rules ---- */

static enum lf_code read_source(struct lf_arena *a, const struct lf_json *doc, struct lf_logsource *out,
                                struct lf_err *e)
{
    const struct lf_json *src = lf_json_get(doc, LF_V("logsource"));
    static const char *const names[] = { "category", "product", "service" };
    lf_view *const to[] = { &out->category, &out->product, &out->service };
    bool any = false;

    if (!src || lf_json_kind(src) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "logsource is missing or no map");
    for (size_t i = 0; i < 3; i++) {
        const struct lf_json *v = lf_json_get(src, lf_view_of(names[i]));

        if (!v || lf_json_kind(v) == LF_JSON_NULL)
            continue;
        if (lf_json_kind(v) != LF_JSON_STRING || lf_json_text(v).len > 256)
            return lf_err_set(e, LF_BAD_INPUT, "logsource: %s is no text or longer than 256 bytes", names[i]);
        *to[i] = lf_arena_copy(a, lf_json_text(v));
        any = any || to[i]->len > 0;
    }
    if (!any)
        return lf_err_set(e, LF_BAD_INPUT, "logsource names neither category nor product nor service");
    return LF_OK;
}

static enum lf_code read_head(struct lf_ruleset *rs, const struct lf_json *doc, struct lf_rule *r,
                              struct lf_err *e)
{
    lf_view title = lf_json_str(doc, "title");
    const struct lf_json *id = lf_json_get(doc, LF_V("id")), *level = lf_json_get(doc, LF_V("level"));
    uint64_t other;

    if (lf_json_kind(doc) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "a rule is a map");
    if (id && lf_json_kind(id) == LF_JSON_STRING && lf_uuid_ok(lf_json_text(id)))
        r->id = lf_arena_copy(&rs->a, lf_json_text(id));
    if (title.len > 0)
        r->title = lf_arena_copy(&rs->a, lf_view_first(title, 1024));
    if (lf_json_get(doc, LF_V("correlation")))
        return lf_err_set(e, LF_UNACCEPTED, "correlations are not served yet");
    if (lf_json_get(doc, LF_V("filter")))
        return lf_err_set(e, LF_UNACCEPTED, "filters are not served yet");
    if (lf_json_get(doc, LF_V("action")))
        return lf_err_set(e, LF_UNACCEPTED, "\"action\" is of an old form of rules that is not served");
    if (title.len == 0 || title.len > 1024)
        return lf_err_set(e, LF_BAD_INPUT, "title is missing, no text or longer than 1024 bytes");
    if (id && !r->id.len)
        return lf_err_set(e, LF_BAD_INPUT, "id is no UUID");
    if (!id)
        r->id = lf_uuid5(&rs->a, lf_view_of(id_namespace), title);
    if (level && (lf_json_kind(level) != LF_JSON_STRING || !lf_level_parse(lf_json_text(level), &r->level)))
        return lf_err_set(e, LF_BAD_INPUT, "level is none of informational, low, medium, high, critical");
    if (lf_map_get(&rs->rule_of, r->id, &other))
        return lf_err_set(e, LF_CONFLICT, "id %.*s is that of a rule in %.*s already", LF_FMT(r->id),
                          LF_FMT(rs->rules[other].file));
    return read_source(&rs->a, doc, &r->source, e);
}

static void into_group(struct lf_ruleset *rs, const struct lf_rule *r)
{
    struct lf_group *g = NULL;

    for (size_t i = 0; i < rs->ngroups && !g; i++)
        if (lf_view_eq(rs->groups[i].source.category, r->source.category) &&
            lf_view_eq(rs->groups[i].source.product, r->source.product) &&
            lf_view_eq(rs->groups[i].source.service, r->source.service))
            g = &rs->groups[i];
    if (!g) {
        rs->groups = lf_arena_grow(&rs->a, rs->groups, rs->ngroups, &rs->groups_cap, sizeof *rs->groups);
        g = &rs->groups[rs->ngroups++];
        g->source = r->source;
    }
    g->rules = lf_arena_grow(&rs->a, g->rules, g->n, &g->cap, sizeof *g->rules);
    g->rules[g->n++] = r->number;
}

static struct lf_rule *add_rule(struct lf_ruleset *rs, lf_view file)
{
    size_t cap = rs->rules_cap;
    struct lf_rule *r;

    rs->rules = lf_arena_grow(&rs->a, rs->rules, rs->nrules, &rs->rules_cap, sizeof *rs->rules);
    rs->roots = (struct lf_node **)lf_arena_grow(&rs->a, rs->roots, rs->nrules, &cap, sizeof *rs->roots);
    r = &rs->rules[rs->nrules];
    *r = (struct lf_rule){ .file = file, .title = file, .number = (unsigned)rs->nrules };
    rs->nrules++;
    return r;
}

static void refuse(struct lf_ruleset *rs, struct lf_rule *r, const struct lf_err *e)
{
    r->refused = lf_arena_copy(&rs->a, lf_view_of(e->text));
    rs->nrefused++;
}

static void load_rule(struct lf_ruleset *rs, lf_view file, const struct lf_json *doc)
{
    struct lf_rule *r = add_rule(rs, file);
    struct lf_err e = { 0 };
    struct load l = { .rs = rs, .e = &e };
    const struct lf_json *d = lf_json_get(doc, LF_V("detection"));
    enum lf_code rc = read_head(rs, doc, r, &e);

    if (rc == LF_OK && !d)
        rc = lf_err_set(&e, LF_BAD_INPUT, "detection is missing");
    if (rc == LF_OK)
        rc = detection_node(&l, d, &rs->roots[r->number]);
    if (rc != LF_OK) {
        rs->roots[r->number] = NULL;
        refuse(rs, r, &e);
        return;
    }
    lf_map_set(&rs->rule_of, r->id, r->number);
    into_group(rs, r);
}

static enum lf_code load_file(struct lf_ruleset *rs, struct lf_arena *tmp, const struct lf_rule_file *f,
                              struct lf_err *e)
{
    const struct lf_yaml_limits limits = { .bytes = LF_RULE_FILE_MOST };
    lf_view name = lf_arena_copy(&rs->a, f->name);
    const struct lf_json *docs;
    struct lf_err why = { 0 };
    size_t n;

    if (lf_yaml_parse_all(tmp, f->text, &limits, &docs, &why) != LF_OK) {
        refuse(rs, add_rule(rs, name), &why);
        return LF_OK;
    }
    n = lf_json_count(docs);
    if (n == 0 || n > DOCUMENTS_MOST) {
        (void)lf_err_set(&why, LF_BAD_INPUT, n ? "more than %d documents in one file" : "no rule in the file",
                         DOCUMENTS_MOST);
        refuse(rs, add_rule(rs, name), &why);
        return LF_OK;
    }
    if (rs->nrules + n > LF_RULES_MOST)
        return lf_err_set(e, LF_TOO_BIG, "%.*s: more than %d rules", LF_FMT(name), LF_RULES_MOST);
    for (size_t i = 0; i < n; i++)
        load_rule(rs, name, lf_json_item(docs, i));
    return LF_OK;
}

enum lf_code lf_ruleset_build(const struct lf_rule_file *files, size_t n, struct lf_ruleset **out,
                              struct lf_err *e)
{
    struct lf_ruleset *rs;
    struct lf_arena tmp = { 0 };

    if (hs_valid_platform() != HS_SUCCESS)
        return lf_err_set(e, LF_IO,
                          "rules: Vectorscan does not run on this processor (SSE4.2 or NEON is wanted)");
    rs = calloc(1, sizeof *rs);
    if (!rs)
        LF_BUG("no memory for a ruleset");
    rs->refs = 1;
    lf_arena_init(&rs->a, 1 << 20);
    lf_map_init(&rs->field_of, 1);
    lf_map_init(&rs->pred_of, 2);
    lf_map_init(&rs->rule_of, 3);
    (void)field_number(rs, LF_V("")); /* keywords */
    for (size_t i = 0; i < n; i++) {
        enum lf_code rc = load_file(rs, &tmp, &files[i], e);

        lf_arena_reset(&tmp);
        if (rc != LF_OK) {
            lf_arena_clear(&tmp);
            lf_ruleset_drop(rs);
            return rc;
        }
    }
    lf_arena_clear(&tmp);
    lf_map_clear(&rs->pred_of);
    rs->slots = LF_NEW(&rs->a, struct lf_slot, rs->nfields);
    rs->answered = LF_NEW(&rs->a, uint32_t, rs->npreds ? rs->npreds : 1);
    *out = rs;
    return LF_OK;
}

struct lf_ruleset *lf_ruleset_keep(struct lf_ruleset *rs)
{
    rs->refs++;
    return rs;
}

void lf_ruleset_drop(struct lf_ruleset *rs)
{
    if (!rs || --rs->refs > 0)
        return;
    for (size_t i = 0; i < rs->ndatabases; i++)
        hs_free_database(rs->databases[i]);
    hs_free_scratch(rs->scratch);
    lf_map_clear(&rs->field_of);
    lf_map_clear(&rs->pred_of);
    lf_map_clear(&rs->rule_of);
    lf_arena_clear(&rs->a);
    free(rs);
}

size_t lf_ruleset_count(const struct lf_ruleset *rs)
{
    return rs->nrules;
}

const struct lf_rule *lf_ruleset_rule(const struct lf_ruleset *rs, size_t i)
{
    return i < rs->nrules ? &rs->rules[i] : NULL;
}

size_t lf_ruleset_refused(const struct lf_ruleset *rs)
{
    return rs->nrefused;
}
