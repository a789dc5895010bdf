/* One field of a search: its modifiers and values -> a tree over predicates.  Every
 * choice that the specification leaves open is numbered (C1…) in
 * docs/sigma-choices.md. */
#include <arpa/inet.h>
#include <stdio.h>

#include "engine/fold.h"
#include "engine/rule_load.h"

/* ---- modifiers ---- */

static const struct {
    const char *name;
    enum lf_mod mod;
} mods[] = {
    { "contains", LF_MOD_CONTAINS },
    { "startswith", LF_MOD_STARTS },
    { "endswith", LF_MOD_ENDS },
    { "all", LF_MOD_ALL },
    { "re", LF_MOD_RE },
    { "i", LF_MOD_I },
    { "m", LF_MOD_M },
    { "s", LF_MOD_S },
    { "cidr", LF_MOD_CIDR },
    { "cased", LF_MOD_CASED },
    { "exists", LF_MOD_EXISTS },
    { "windash", LF_MOD_WINDASH },
    { "lt", LF_MOD_LT },
    { "lte", LF_MOD_LTE },
    { "gt", LF_MOD_GT },
    { "gte", LF_MOD_GTE },
    { "neq", LF_MOD_NEQ },
    { "base64", LF_MOD_BASE64 },
    { "base64offset", LF_MOD_BASE64OFFSET },
    { "utf16le", LF_MOD_UTF16LE },
    { "wide", LF_MOD_UTF16LE },
    { "utf16be", LF_MOD_UTF16BE },
    { "utf16", LF_MOD_UTF16 },
    { "fieldref", LF_MOD_FIELDREF },
    { "expand", LF_MOD_EXPAND },
    { "minute", LF_MOD_MINUTE },
    { "hour", LF_MOD_HOUR },
    { "day", LF_MOD_DAY },
    { "week", LF_MOD_WEEK },
    { "month", LF_MOD_MONTH },
    { "year", LF_MOD_YEAR },
};
enum { MODS = sizeof mods / sizeof *mods };

/* What asks in a way of its own; of these one at most, but a part of a time may be
 * compared. */
enum {
    SET_SOLE = LF_SET_COMPARE | LF_SET_PART | LF_BIT(LF_MOD_RE) | LF_BIT(LF_MOD_CIDR) |
               LF_BIT(LF_MOD_EXISTS) | LF_BIT(LF_MOD_FIELDREF),
    SET_FLAGS = LF_BIT(LF_MOD_I) | LF_BIT(LF_MOD_M) | LF_BIT(LF_MOD_S),
    SET_CODED = LF_SET_BASE64 | LF_SET_UTF16,
};

static bool more_than_one(uint32_t set)
{
    return (set & (set - 1)) != 0;
}

/* The known modifier that differs least, when it differs by two letters at most. */
static const char *nearest(lf_view word)
{
    const char *best = NULL;
    size_t least = 3;

    if (word.len > 16)
        return NULL;
    for (size_t i = 0; i < MODS; i++) {
        lf_view name = lf_view_of(mods[i].name);
        size_t row[32];

        for (size_t x = 0; x <= name.len; x++)
            row[x] = x;
        for (size_t y = 1; y <= word.len; y++) {
            size_t corner = row[0];

            row[0] = y;
            for (size_t x = 1; x <= name.len; x++) {
                size_t change = corner + ((word.ptr[y - 1] | 0x20) != name.ptr[x - 1]);
                size_t cut = (row[x] < row[x - 1] ? row[x] : row[x - 1]) + 1;

                corner = row[x];
                row[x] = change < cut ? change : cut;
            }
        }
        if (row[name.len] < least && row[name.len] < name.len) {
            least = row[name.len];
            best = mods[i].name;
        }
    }
    return best;
}

static enum lf_code add_modifier(struct lf_chain *c, lf_view part, struct lf_err *e)
{
    size_t i;
    uint32_t bit;

    for (i = 0; i < MODS; i++)
        if (lf_view_is(part, mods[i].name))
            break;
    if (i == MODS) {
        const char *like = nearest(part);

        return lf_err_set(e, LF_BAD_INPUT, "%.*s: modifier \"%.*s\" is not known%s%s%s", LF_FMT(c->key),
                          LF_FMT(lf_view_first(part, 60)), like ? "; did you mean \"" : "", like ? like : "",
                          like ? "\"?" : "");
    }
    bit = LF_BIT(mods[i].mod);
    if (c->set & bit)
        return lf_err_set(e, LF_BAD_INPUT, "%.*s: modifier \"%.*s\" comes twice; once is enough",
                          LF_FMT(c->key), LF_FMT(part));
    if (c->n == LF_MODIFIERS_MOST)
        return lf_err_set(e, LF_TOO_BIG, "%.*s: more than %d modifiers", LF_FMT(c->key), LF_MODIFIERS_MOST);
    /* What turns a text into bytes comes before what looks for it: a wildcard can not
     * be encoded (C6). */
    if ((bit & SET_CODED) && (c->set & LF_SET_WRAP))
        return lf_err_set(e, LF_BAD_INPUT,
                          "%.*s: \"%.*s\" comes after contains, startswith or endswith; write it before them",
                          LF_FMT(c->key), LF_FMT(part));
    if ((bit & SET_CODED) && (c->set & LF_SET_BASE64))
        return lf_err_set(e, LF_BAD_INPUT, "%.*s: \"%.*s\" after base64: only one base64 is served, and last",
                          LF_FMT(c->key), LF_FMT(part));
    if ((bit & LF_SET_UTF16) && (c->set & LF_SET_UTF16))
        return lf_err_set(e, LF_BAD_INPUT, "%.*s: \"%.*s\" after another UTF-16; keep one of them",
                          LF_FMT(c->key), LF_FMT(part));
    if ((bit & LF_BIT(LF_MOD_EXPAND)) && (c->set & SET_CODED))
        return lf_err_set(e, LF_BAD_INPUT,
                          "%.*s: \"expand\" comes after an encoding, which would encode the placeholder's "
                          "name; write it before",
                          LF_FMT(c->key));
    if ((bit & SET_FLAGS) && !LF_HAS(c, LF_MOD_RE))
        return lf_err_set(e, LF_BAD_INPUT, "%.*s: \"%.*s\" belongs after \"re\"", LF_FMT(c->key),
                          LF_FMT(part));
    c->set |= bit;
    c->list[c->n++] = mods[i].mod;
    return LF_OK;
}

static enum lf_code read_key(struct lf_load *l, lf_view key, struct lf_chain *c)
{
    lf_view left = key, part;
    uint32_t sole, compared;

    *c = (struct lf_chain){ .key = key };
    if (!lf_view_split(&left, '|', &part))
        part = (lf_view){ "", 0 };
    c->field = part.len > 0 ? lf_field_number(l->rs, part) : 0;
    while (lf_view_split(&left, '|', &part))
        LF_TRY(add_modifier(c, part, l->e));
    if (LF_HAS(c, LF_MOD_CONTAINS))
        c->wrap = LF_WRAP_FRONT | LF_WRAP_BACK;
    if (LF_HAS(c, LF_MOD_STARTS))
        c->wrap |= LF_WRAP_BACK;
    if (LF_HAS(c, LF_MOD_ENDS))
        c->wrap |= LF_WRAP_FRONT;

    sole = c->set & SET_SOLE;
    compared = c->set & LF_SET_COMPARE;
    if (more_than_one(c->set & LF_SET_PART ? sole & ~compared : sole) || more_than_one(compared))
        return lf_err_set(l->e, LF_BAD_INPUT, "%.*s: these modifiers contradict each other; keep one of them",
                          LF_FMT(key));
    if ((sole && (c->set & LF_SET_TEXT & ~(LF_HAS(c, LF_MOD_FIELDREF) ? (uint32_t)LF_SET_WRAP : 0))) ||
        (LF_HAS(c, LF_MOD_EXPAND) && (sole & (LF_SET_COMPARE | LF_SET_PART | LF_BIT(LF_MOD_EXISTS)))))
        return lf_err_set(l->e, LF_BAD_INPUT, "%.*s: these modifiers do not go together", LF_FMT(key));
    if (c->field == 0 && (sole & ~(LF_BIT(LF_MOD_RE) | LF_BIT(LF_MOD_CIDR))))
        return lf_err_set(l->e, LF_BAD_INPUT, "%.*s: this modifier needs a field before it", LF_FMT(key));
    return LF_OK;
}

/* ---- values ---- */

static struct lf_node *any_of(struct lf_ruleset *rs, size_t n)
{
    struct lf_node *any = lf_node_new(rs, LF_NODE_OR, n);

    any->nkids = 0;
    return any;
}

/* An "any" of one is that one. */
static struct lf_node *settled(struct lf_node *any)
{
    if (any->nkids == 1)
        return any->kids[0];
    lf_node_settle(any);
    return any;
}

static enum lf_code regex_made(struct lf_load *l, const struct lf_chain *c, lf_view text, unsigned flags,
                               struct lf_regex **out)
{
    struct lf_ruleset *rs = l->rs;
    struct lf_err why = { 0 };
    /* Rules of one family ask the same of several fields. */
    lf_view key = lf_arena_printf(&rs->a, "re %u %.*s", flags, (int)text.len, text.ptr ? text.ptr : "");

    *out = lf_map_get_ptr(&rs->pred_of, key);
    if (*out)
        return LF_OK;
    if (lf_regex_create(text, flags, &rs->scratch, out, &why) != LF_OK)
        return lf_err_set(l->e, LF_BAD_INPUT, "%.*s: expression \"%.*s\": %s", LF_FMT(c->key),
                          text.len > 120 ? 120 : (int)text.len, text.ptr, why.text);
    rs->regexes = (struct lf_regex **)lf_arena_grow(&rs->a, rs->regexes, rs->nregexes, &rs->regexes_cap,
                                                    sizeof *rs->regexes);
    rs->regexes[rs->nregexes++] = *out;
    lf_map_set_ptr(&rs->pred_of, key, *out);
    return LF_OK;
}

static enum lf_code text_node(struct lf_load *l, const struct lf_chain *c, const struct lf_alternatives *v,
                              struct lf_node **out)
{
    struct lf_ruleset *rs = l->rs;
    struct lf_node *any = any_of(rs, v->n);
    unsigned wrap = c->wrap;

    /* A keyword is a substring unless it says where (C5). */
    if (c->field == 0 && !(c->set & LF_SET_WRAP))
        wrap = LF_WRAP_FRONT | LF_WRAP_BACK;
    for (size_t k = 0; k < v->n; k++) {
        struct lf_piece *p = LF_NEW(&rs->a, struct lf_piece, v->at[k].n + 2);
        struct lf_pred *pred = lf_pred_new(rs, c->field, LF_ASK_TEXT);
        size_t n = 0;

        if (wrap & LF_WRAP_FRONT)
            p[n++].kind = LF_PIECE_ANY;
        for (size_t i = 0; i < v->at[k].n; i++) {
            p[n] = v->at[k].pieces[i];
            if (!LF_HAS(c, LF_MOD_CASED) && p[n].kind == LF_PIECE_TEXT)
                p[n].text = lf_fold(&rs->a, p[n].text);
            n++;
        }
        if (wrap & LF_WRAP_BACK)
            p[n++].kind = LF_PIECE_ANY;
        pred->cased = LF_HAS(c, LF_MOD_CASED);
        lf_pattern_make(&rs->a, p, n, &pred->pattern);
        if (lf_pattern_steep(&pred->pattern))
            LF_TRY(regex_made(l, c, lf_pattern_regex(&rs->a, &pred->pattern), HS_FLAG_DOTALL, &pred->regex));
        any->kids[any->nkids++] = lf_node_of_pred(rs, pred);
    }
    *out = settled(any);
    return LF_OK;
}

static enum lf_code regex_pred(struct lf_load *l, const struct lf_chain *c, lf_view text,
                               struct lf_pred **out)
{
    struct lf_ruleset *rs = l->rs;
    unsigned flags = 0;
    struct lf_regex *regex;

    if (text.len > LF_REGEX_MOST || (text.len > 0 && memchr(text.ptr, 0, text.len)))
        return lf_err_set(l->e, LF_BAD_INPUT, "%.*s: an expression is longer than %d bytes or holds a NUL",
                          LF_FMT(c->key), LF_REGEX_MOST);
    if (LF_HAS(c, LF_MOD_I))
        flags |= HS_FLAG_CASELESS;
    if (LF_HAS(c, LF_MOD_M))
        flags |= HS_FLAG_MULTILINE;
    if (LF_HAS(c, LF_MOD_S))
        flags |= HS_FLAG_DOTALL;
    LF_TRY(regex_made(l, c, text, flags, &regex));
    *out = lf_pred_new(rs, c->field, LF_ASK_REGEX);
    (*out)->regex = regex;
    (*out)->text = lf_arena_copy(&rs->a, text);
    return LF_OK;
}

static enum lf_code net_pred(struct lf_load *l, const struct lf_chain *c, lf_view text, struct lf_pred **out)
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
    *out = lf_pred_new(l->rs, c->field, LF_ASK_NET);
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
    return lf_err_set(l->e, LF_BAD_INPUT,
                      "%.*s: \"%.*s\" is no network; write it such as 10.0.0.0/8 or fe80::/10",
                      LF_FMT(c->key), LF_FMT(lf_view_first(text, 120)));
}

/* Expressions, networks and names of other fields. */
static enum lf_code filled_node(struct lf_load *l, const struct lf_chain *c, lf_view text,
                                struct lf_node **out)
{
    struct lf_node *any;
    lf_view *texts;
    size_t n;

    LF_TRY(lf_text_filled(l, c, text, &texts, &n));
    any = any_of(l->rs, n);
    for (size_t i = 0; i < n; i++) {
        struct lf_pred *p = NULL;

        if (LF_HAS(c, LF_MOD_RE)) {
            LF_TRY(regex_pred(l, c, texts[i], &p));
        } else if (LF_HAS(c, LF_MOD_CIDR)) {
            LF_TRY(net_pred(l, c, texts[i], &p));
        } else {
            p = lf_pred_new(l->rs, c->field, LF_ASK_FIELD);
            p->other = lf_field_number(l->rs, texts[i]);
            p->wrap = c->wrap;
            p->cased = LF_HAS(c, LF_MOD_CASED);
        }
        any->kids[any->nkids++] = lf_node_of_pred(l->rs, p);
    }
    if ((l->items += n) > LF_ITEMS_MOST)
        return lf_err_set(l->e, LF_TOO_BIG, "a rule holds more than %d values", LF_ITEMS_MOST);
    *out = settled(any);
    return LF_OK;
}

static enum lf_code number_of(struct lf_load *l, const struct lf_chain *c, const struct lf_json *v,
                              struct lf_pred *p)
{
    p->text = lf_arena_copy(&l->rs->a, lf_json_text(v));
    if (lf_json_kind(v) != LF_JSON_NUMBER || !lf_decimal_parse(p->text, true, &p->decimal))
        return lf_err_set(l->e, LF_BAD_INPUT, "%.*s: a number is wanted, written without quotes",
                          LF_FMT(c->key));
    return LF_OK;
}

static void compare_of(const struct lf_chain *c, struct lf_pred *p)
{
    static const enum lf_mod parts[] = {
        [LF_PART_MINUTE] = LF_MOD_MINUTE, [LF_PART_HOUR] = LF_MOD_HOUR,   [LF_PART_DAY] = LF_MOD_DAY,
        [LF_PART_WEEK] = LF_MOD_WEEK,     [LF_PART_MONTH] = LF_MOD_MONTH, [LF_PART_YEAR] = LF_MOD_YEAR,
    };

    p->compare = LF_HAS(c, LF_MOD_LT)    ? LF_LT
                 : LF_HAS(c, LF_MOD_LTE) ? LF_LTE
                 : LF_HAS(c, LF_MOD_GT)  ? LF_GT
                 : LF_HAS(c, LF_MOD_GTE) ? LF_GTE
                                         : LF_EQ;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (LF_HAS(c, parts[i]))
            p->part = (enum lf_time_part)i;
}

/* One written value of one item, without |neq. */
static enum lf_code value_node_new(struct lf_load *l, const struct lf_chain *c, const struct lf_json *v,
                                   struct lf_node **out)
{
    enum lf_json_kind kind = lf_json_kind(v);
    bool word = kind == LF_JSON_TRUE || kind == LF_JSON_FALSE;
    lf_view text = lf_json_text(v);
    struct lf_pred *p = NULL;

    if (kind == LF_JSON_ARRAY || kind == LF_JSON_OBJECT)
        return lf_err_set(l->e, LF_BAD_INPUT, "%.*s: a value is a list or a map; write texts or numbers",
                          LF_FMT(c->key));
    if (text.len > LF_VALUE_MOST)
        return lf_err_set(l->e, LF_TOO_BIG, "%.*s: a value is longer than %d bytes", LF_FMT(c->key),
                          LF_VALUE_MOST);
    if (LF_HAS(c, LF_MOD_EXISTS)) {
        if (!word)
            return lf_err_set(l->e, LF_BAD_INPUT, "%.*s: exists takes true or false, written without quotes",
                              LF_FMT(c->key));
        p = lf_pred_new(l->rs, c->field, LF_ASK_EXISTS);
        p->want = kind == LF_JSON_TRUE;
    } else if (kind == LF_JSON_NULL) {
        if (c->field == 0 || (c->set & (LF_SET_TEXT | SET_SOLE)))
            return lf_err_set(l->e, LF_BAD_INPUT,
                              "%.*s: null can be looked for only as the plain value of a field",
                              LF_FMT(c->key));
        p = lf_pred_new(l->rs, c->field, LF_ASK_NULL);
    } else if (c->set & (LF_SET_COMPARE | LF_SET_PART)) {
        p = lf_pred_new(l->rs, c->field, c->set & LF_SET_PART ? LF_ASK_PART : LF_ASK_COMPARE);
        LF_TRY(number_of(l, c, v, p));
        compare_of(c, p);
    } else if (c->set & SET_SOLE) {
        if (LF_HAS(c, LF_MOD_FIELDREF) && (kind != LF_JSON_STRING || text.len == 0))
            return lf_err_set(l->e, LF_BAD_INPUT, "%.*s: the name of another field is wanted",
                              LF_FMT(c->key));
        return filled_node(l, c, text, out);
    } else if (kind == LF_JSON_NUMBER && c->field != 0 && !(c->set & LF_SET_TEXT)) {
        p = lf_pred_new(l->rs, c->field, LF_ASK_NUMBER);
        LF_TRY(number_of(l, c, v, p));
    } else if (word && c->field != 0 && !(c->set & LF_SET_TEXT)) {
        p = lf_pred_new(l->rs, c->field, LF_ASK_BOOL);
        p->want = kind == LF_JSON_TRUE;
    } else {
        struct lf_alternatives vs = { 0 };

        LF_TRY(lf_text_alternatives(l, c, text, &vs));
        if ((l->items += vs.n) > LF_ITEMS_MOST)
            return lf_err_set(l->e, LF_TOO_BIG, "a rule holds more than %d values", LF_ITEMS_MOST);
        return text_node(l, c, &vs, out);
    }
    l->items++;
    *out = lf_node_of_pred(l->rs, p);
    return LF_OK;
}

/* The same, once for all rules that ask the same. */
static enum lf_code value_node(struct lf_load *l, const struct lf_chain *c, const struct lf_json *v,
                               struct lf_node **out)
{
    struct lf_ruleset *rs = l->rs;
    uint32_t set = c->set & ~(LF_BIT(LF_MOD_ALL) | LF_BIT(LF_MOD_NEQ));
    lf_view text = lf_json_text(v), key;
    char order[LF_MODIFIERS_MOST + 1];
    size_t n = 0, len;
    char *k;

    l->at = v;
    for (size_t i = 0; i < c->n; i++)
        if (set >> c->list[i] & 1u)
            order[n++] = (char)('A' + (int)c->list[i]);
    order[n] = '\0';
    if (text.len > LF_VALUE_MOST)
        return value_node_new(l, c, v, out); /* says so */
    k = lf_arena_alloc(&rs->a, text.len + 48 + n, 1);
    len = (size_t)snprintf(k, 48 + n, "%u %s %d ", c->field, order, (int)lf_json_kind(v));
    if (text.len > 0)
        memcpy(k + len, text.ptr, text.len);
    key = (lf_view){ k, len + text.len };
    *out = lf_map_get_ptr(&rs->pred_of, key);
    if (*out) {
        l->items++;
        return LF_OK;
    }
    LF_TRY(value_node_new(l, c, v, out));
    lf_map_set_ptr(&rs->pred_of, key, *out);
    return LF_OK;
}

enum lf_code lf_item_node(struct lf_load *l, lf_view key, const struct lf_json *v, struct lf_node **out)
{
    bool list = lf_json_kind(v) == LF_JSON_ARRAY;
    size_t count = list ? lf_json_items(v) : 1;
    struct lf_chain c;
    struct lf_node *n;

    l->at = v;
    LF_TRY(read_key(l, key, &c));
    if (count == 0)
        return lf_err_set(l->e, LF_BAD_INPUT, "%.*s: the list is empty", LF_FMT(key));
    if (l->items >= LF_ITEMS_MOST || count > LF_ITEMS_MOST - l->items)
        return lf_err_set(l->e, LF_TOO_BIG, "a rule holds more than %d values", LF_ITEMS_MOST);
    if (list) {
        n = lf_node_new(l->rs, LF_HAS(&c, LF_MOD_ALL) ? LF_NODE_AND : LF_NODE_OR, count);
        for (size_t i = 0; i < count; i++)
            LF_TRY(value_node(l, &c, lf_json_item(v, i), &n->kids[i]));
        lf_node_settle(n);
    } else {
        LF_TRY(value_node(l, &c, v, &n));
    }
    if (LF_HAS(&c, LF_MOD_NEQ)) {
        struct lf_node *neg = lf_node_new(l->rs, LF_NODE_NOT, 1);

        neg->kids[0] = n;
        lf_node_settle(neg);
        n = neg;
    }
    *out = n;
    return LF_OK;
}
