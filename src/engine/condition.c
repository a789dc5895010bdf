/* The condition of a Sigma rule: or, and, not, parentheses, identifiers,
 * "1 of" and "all of" a pattern or them.  Recursive descent over words. */
#include "engine/rule_priv.h"

enum { DEPTH_MOST = 64, TEXT_MOST = 16384 };

struct cond {
    struct lf_ruleset *rs;
    lf_view left, word; /* word.len 0 = the end */
    const struct lf_ident *idents;
    size_t n;
    unsigned depth;
    struct lf_err *e;
};

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void next(struct cond *c)
{
    size_t i = 0, n = 0;

    while (i < c->left.len && blank(c->left.ptr[i]))
        i++;
    c->left = lf_view_from(c->left, i);
    if (c->left.len > 0 && strchr("()|", c->left.ptr[0]))
        n = 1;
    else
        while (n < c->left.len && !blank(c->left.ptr[n]) && !strchr("()|", c->left.ptr[n]))
            n++;
    c->word = lf_view_first(c->left, n);
    c->left = lf_view_from(c->left, n);
}

static bool at(const struct cond *c, lf_view word)
{
    return lf_view_eq_nocase(c->word, word);
}

/* '*' is the only wildcard; the whole name must match. */
static bool name_like(lf_view pattern, lf_view name)
{
    size_t p = 0, n = 0, star = SIZE_MAX, star_n = 0;

    while (n < name.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            star_n = n;
        } else if (p < pattern.len && pattern.ptr[p] == name.ptr[n]) {
            p++;
            n++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            n = ++star_n;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

/* The word at hand names what "1 of" or "all of" is about. */
static enum lf_code some_of(struct cond *c, bool all, struct lf_node **out)
{
    bool them = at(c, LF_V("them"));
    lf_view p = c->word;
    struct lf_node *node = lf_node_new(c->rs, all ? LF_NODE_AND : LF_NODE_OR, c->n);

    if (p.len == 0 || strchr("()|", p.ptr[0]))
        return lf_err_set(c->e, LF_BAD_INPUT, "condition: \"of\" is followed by no identifier");
    node->nkids = 0;
    for (size_t i = 0; i < c->n; i++) {
        bool hidden = c->idents[i].name.len > 0 && c->idents[i].name.ptr[0] == '_';

        if (them ? !hidden : (name_like(p, c->idents[i].name) && (!hidden || p.ptr[0] == '_')))
            node->kids[node->nkids++] = c->idents[i].node;
    }
    if (node->nkids == 0)
        return lf_err_set(c->e, LF_BAD_INPUT, "condition: no identifier is like \"%.*s\"", LF_FMT(p));
    lf_node_settle(node);
    *out = node;
    next(c);
    return LF_OK;
}

static enum lf_code either(struct cond *c, struct lf_node **out);

static enum lf_code atom(struct cond *c, struct lf_node **out)
{
    if (c->word.len == 0)
        return lf_err_set(c->e, LF_BAD_INPUT, "condition: it ends where an identifier is wanted");
    if (lf_view_is(c->word, "(")) {
        if (++c->depth > DEPTH_MOST)
            return lf_err_set(c->e, LF_BAD_INPUT, "condition: nested deeper than %d", DEPTH_MOST);
        next(c);
        LF_TRY(either(c, out));
        if (!lf_view_is(c->word, ")"))
            return lf_err_set(c->e, LF_BAD_INPUT, "condition: a parenthesis is not closed");
        c->depth--;
        next(c);
        return LF_OK;
    }
    if (at(c, LF_V("not"))) {
        struct lf_node *node = lf_node_new(c->rs, LF_NODE_NOT, 1);

        if (++c->depth > DEPTH_MOST)
            return lf_err_set(c->e, LF_BAD_INPUT, "condition: nested deeper than %d", DEPTH_MOST);
        next(c);
        LF_TRY(atom(c, &node->kids[0]));
        c->depth--;
        lf_node_settle(node);
        *out = node;
        return LF_OK;
    }
    if (strchr(")|", c->word.ptr[0]))
        return lf_err_set(c->e, LF_BAD_INPUT, "condition: \"%.*s\" is not expected here%s", LF_FMT(c->word),
                          c->word.ptr[0] == '|' ? "; aggregations are written as correlations" : "");

    lf_view word = c->word;
    uint64_t number;

    next(c);
    if (at(c, LF_V("of"))) {
        next(c);
        if (lf_view_is(word, "1"))
            return some_of(c, false, out);
        if (lf_view_eq_nocase(word, LF_V("all")))
            return some_of(c, true, out);
        return lf_err_set(c->e, LF_BAD_INPUT,
                          "condition: \"%.*s of\": only \"1 of\" and \"all of\" are known", LF_FMT(word));
    }
    for (size_t i = 0; i < c->n; i++)
        if (lf_view_eq(c->idents[i].name, word)) {
            *out = c->idents[i].node;
            return LF_OK;
        }
    if (lf_view_u64(word, &number) || lf_view_eq_nocase(word, LF_V("all")))
        return lf_err_set(c->e, LF_BAD_INPUT, "condition: \"of\" is wanted after \"%.*s\"", LF_FMT(word));
    return lf_err_set(c->e, LF_BAD_INPUT, "condition: no identifier \"%.*s\" in detection", LF_FMT(word));
}

/* One or more of `inner` with `word` between them. */
static enum lf_code chain(struct cond *c, bool all, struct lf_node **out)
{
    struct lf_node *first, *node = NULL;
    size_t cap = 0;

    LF_TRY(all ? atom(c, &first) : chain(c, true, &first));
    while (at(c, all ? LF_V("and") : LF_V("or"))) {
        struct lf_node *more;

        next(c);
        LF_TRY(all ? atom(c, &more) : chain(c, true, &more));
        if (!node) {
            node = lf_node_new(c->rs, all ? LF_NODE_AND : LF_NODE_OR, 4);
            cap = 4;
            node->kids[0] = first;
            node->nkids = 1;
        }
        node->kids =
            (struct lf_node **)lf_arena_grow(&c->rs->a, node->kids, node->nkids, &cap, sizeof *node->kids);
        node->kids[node->nkids++] = more;
    }
    if (node)
        lf_node_settle(node);
    *out = node ? node : first;
    return LF_OK;
}

static enum lf_code either(struct cond *c, struct lf_node **out)
{
    return chain(c, false, out);
}

enum lf_code lf_condition_parse(struct lf_ruleset *rs, lf_view text, const struct lf_ident *idents, size_t n,
                                struct lf_node **out, struct lf_err *e)
{
    struct cond c = { .rs = rs, .left = text, .idents = idents, .n = n, .e = e };

    if (text.len > TEXT_MOST)
        return lf_err_set(e, LF_TOO_BIG, "condition: longer than %d bytes", TEXT_MOST);
    if (text.len > 0 && memchr(text.ptr, 0, text.len))
        return lf_err_set(e, LF_BAD_INPUT, "condition: it holds a NUL");
    next(&c);
    LF_TRY(either(&c, out));
    if (c.word.len > 0)
        return lf_err_set(e, LF_BAD_INPUT, "condition: \"%.*s\" is not expected here%s", LF_FMT(c.word),
                          c.word.ptr[0] == '|' ? "; aggregations are written as correlations" : "");
    return LF_OK;
}
