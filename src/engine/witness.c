#include "engine/witness.h"

#include "engine/fold.h"
#include "engine/grams.h"

/* Bytes of a literal that is looked for anywhere.  Nothing gets rarer by more of them, and
 * Vectorscan has a limit of its own. */
enum { HELD_MOST = 128 };

enum { CODE_LONGEST = 10 };
#define CODE_RATE 0.05f
#define SHORT_COSTS 2.0f /* the long ones are found in steps, a short one wants a pass of its own */

#define NEVER 1e9f /* the rate of what has no cover */

float lf_text_rate(size_t len)
{
    static const float rates[] = { 1.0f,   0.6f,    0.35f,   0.12f,   0.05f,  0.025f, 0.015f,
                                   0.010f, 0.007f,  0.005f,  0.004f,  0.003f, 0.002f, 0.0015f,
                                   0.001f, 0.0007f, 0.0005f, 0.0003f, 0.0002f };

    return len < sizeof rates / sizeof *rates ? rates[len] : 0.0001f;
}

/* ---- clues of a predicate ---- */

static size_t present(struct lf_clue out[LF_CLUES], float *rate)
{
    out[0] = (struct lf_clue){ .kind = LF_CLUE_PRESENT };
    *rate = 0.8f;
    return 1;
}

static size_t one(struct lf_clue out[LF_CLUES], float *rate, enum lf_clue_kind kind, lf_view text, bool exact)
{
    if (kind == LF_CLUE_HOLDS && text.len > HELD_MOST) {
        text = lf_view_first(text, HELD_MOST);
        exact = false;
    }
    out[0] = (struct lf_clue){ .kind = kind, .text = text, .exact = exact };
    *rate = lf_text_rate(text.len);
    /* A place in the text is asked of cheaper, and seen less often, than anywhere. */
    if (kind != LF_CLUE_HOLDS)
        *rate *= 0.5f;
    return 1;
}

/* The five dashes that a windash piece stands for. */
static const lf_view dashes[] = { LF_VIEW("-"), LF_VIEW("/"), LF_VIEW("\xe2\x80\x93"),
                                  LF_VIEW("\xe2\x80\x94"), LF_VIEW("\xe2\x80\x95") };

/* Of a pattern with wildcards: its longest literal, or the two around a dash with
 * each of the five between them. */
static size_t glob_clues(struct lf_arena *a, const struct lf_pattern *p, struct lf_clue out[LF_CLUES],
                         float *rate)
{
    size_t best = SIZE_MAX, len = 0;
    bool dash = false;

    for (size_t i = 0; i < p->npieces; i++) {
        size_t n = 0;

        if (p->pieces[i].kind == LF_PIECE_TEXT) {
            n = p->pieces[i].text.len;
        } else if (p->pieces[i].kind == LF_PIECE_DASH) {
            n = 1;
            if (i > 0 && p->pieces[i - 1].kind == LF_PIECE_TEXT)
                n += p->pieces[i - 1].text.len;
            if (i + 1 < p->npieces && p->pieces[i + 1].kind == LF_PIECE_TEXT)
                n += p->pieces[i + 1].text.len;
        }
        if (n > len) {
            best = i;
            len = n;
            dash = p->pieces[i].kind == LF_PIECE_DASH;
        }
    }
    if (best == SIZE_MAX)
        return present(out, rate);
    if (!dash) {
        lf_view text = p->pieces[best].text;

        if (best == 0)
            return one(out, rate, LF_CLUE_STARTS, text, false);
        return one(out, rate, best + 1 == p->npieces ? LF_CLUE_ENDS : LF_CLUE_HOLDS, text, false);
    }
    for (size_t k = 0; k < sizeof dashes / sizeof *dashes; k++) {
        lf_view before = { "", 0 }, after = { "", 0 };
        char *text;

        if (best > 0 && p->pieces[best - 1].kind == LF_PIECE_TEXT)
            before = p->pieces[best - 1].text;
        if (best + 1 < p->npieces && p->pieces[best + 1].kind == LF_PIECE_TEXT)
            after = p->pieces[best + 1].text;
        text = lf_arena_alloc(a, before.len + dashes[k].len + after.len + 1, 1);
        if (before.len > 0)
            memcpy(text, before.ptr, before.len);
        memcpy(text + before.len, dashes[k].ptr, dashes[k].len);
        if (after.len > 0)
            memcpy(text + before.len + dashes[k].len, after.ptr, after.len);
        out[k] = (struct lf_clue){ .kind = LF_CLUE_HOLDS };
        out[k].text = lf_view_first((lf_view){ text, before.len + dashes[k].len + after.len }, HELD_MOST);
    }
    *rate = 2 * lf_text_rate(len);
    return sizeof dashes / sizeof *dashes;
}

static size_t text_clues(struct lf_arena *a, const struct lf_pred *p, struct lf_clue out[LF_CLUES],
                         float *rate)
{
    const struct lf_pattern *pat = &p->pattern;
    lf_view text = pat->text;
    size_t n;

    if (pat->shape == LF_SHAPE_GLOB) {
        n = glob_clues(a, pat, out, rate);
        if (p->cased)
            for (size_t i = 0; i < n; i++)
                out[i].text = lf_fold(a, out[i].text);
        return n;
    }
    if (text.len == 0 && pat->shape != LF_SHAPE_EQUAL)
        return present(out, rate);
    if (p->cased)
        text = lf_fold(a, text);
    switch (pat->shape) {
    case LF_SHAPE_EQUAL:
        return one(out, rate, LF_CLUE_EQUAL, text, !p->cased);
    case LF_SHAPE_STARTS:
        return one(out, rate, LF_CLUE_STARTS, text, !p->cased);
    case LF_SHAPE_ENDS:
        return one(out, rate, LF_CLUE_ENDS, text, !p->cased);
    case LF_SHAPE_CONTAINS:
    case LF_SHAPE_GLOB:
        break;
    }
    return one(out, rate, LF_CLUE_HOLDS, text, !p->cased);
}

/* Whether a number is written in the one usual way, so that equal numbers so
 * written are equal texts. */
static bool usual_number(lf_view t)
{
    size_t i = t.len > 0 && t.ptr[0] == '-';

    if (i >= t.len || (t.ptr[i] == '0' && t.len > 1))
        return false;
    for (; i < t.len; i++)
        if (t.ptr[i] < '0' || t.ptr[i] > '9')
            return false;
    return true;
}

static size_t clues_of(struct lf_arena *a, const struct lf_pred *p, struct lf_clue out[LF_CLUES], float *rate)
{
    lf_view needs[LF_CLUES];
    size_t n;

    switch (p->ask) {
    case LF_ASK_TEXT:
        return text_clues(a, p, out, rate);
    case LF_ASK_NUMBER:
        if (!usual_number(p->text))
            return present(out, rate);
        n = one(out, rate, LF_CLUE_NUMBER, p->text, true);
        *rate = 0.02f;
        return n;
    case LF_ASK_BOOL:
        n = one(out, rate, LF_CLUE_EQUAL, p->want ? LF_V("true") : LF_V("false"), true);
        *rate = 0.4f;
        return n;
    case LF_ASK_REGEX:
        n = lf_regex_needs(a, p->text, needs, rate);
        for (size_t i = 0; i < n; i++)
            out[i] = (struct lf_clue){ .kind = LF_CLUE_HOLDS, .text = lf_view_first(needs[i], HELD_MOST) };
        return n > 0 ? n : present(out, rate);
    case LF_ASK_NULL:
        return 0;
    case LF_ASK_EXISTS:
        return p->want ? present(out, rate) : 0;
    case LF_ASK_NET:
    case LF_ASK_COMPARE:
    case LF_ASK_FIELD:
    case LF_ASK_PART:
        break;
    }
    /* Whatever is asked of a value needs a value. */
    return present(out, rate);
}

/* A literal that begins with a NUL (UTF-16, big end first) is refused by Vectorscan as
 * an empty one, and all others with it: what follows is looked for instead. */
size_t lf_clues_of(struct lf_arena *a, const struct lf_pred *p, struct lf_clue out[LF_CLUES], float *rate)
{
    size_t n = clues_of(a, p, out, rate);

    for (size_t i = 0; i < n; i++) {
        struct lf_clue *c = &out[i];

        if (c->kind != LF_CLUE_HOLDS || c->text.len == 0 || c->text.ptr[0] != '\0')
            continue;
        while (c->text.len > 0 && c->text.ptr[0] == '\0')
            c->text = lf_view_from(c->text, 1);
        c->exact = false;
        if (c->text.len == 0)
            return present(out, rate);
    }
    return n;
}

/* ---- covers ---- */

static void count_uses(struct lf_chooser *c, struct lf_node *n)
{
    if (n->seen == c->rule)
        return;
    n->seen = c->rule;
    if (n->kind == LF_NODE_PRED)
        c->used[n->pred->number]++;
    for (size_t i = 0; i < n->nkids; i++)
        count_uses(c, n->kids[i]);
}

void lf_chooser_init(struct lf_chooser *c, struct lf_ruleset *rs, struct lf_arena *a, const unsigned *rules,
                     size_t n)
{
    *c = (struct lf_chooser){ .rs = rs, .a = a, .index = ++rs->choosings, .rule = rs->seen };
    c->usual = LF_NEW(a, struct lf_usual_grams, 1);
    lf_usual_grams_fill(c->usual);
    c->used = LF_NEW(a, unsigned, rs->npreds ? rs->npreds : 1);
    c->rate = LF_NEW(a, float, rs->npreds ? rs->npreds : 1);
    for (size_t i = 0; i < rs->npreds; i++)
        c->rate[i] = -1;
    for (size_t i = 0; i < n; i++) {
        c->rule++;
        count_uses(c, rs->roots[rules[i]]);
    }
    rs->seen = c->rule;
}

/* A whole value of a few digits, as masks, flags and states are: of such there are not many, so that each
 * is seen often. */
static bool is_code(lf_view t)
{
    for (size_t i = 0; i < t.len; i++)
        if (!(t.ptr[i] >= '0' && t.ptr[i] <= '9') && !(t.ptr[i] >= 'a' && t.ptr[i] <= 'f') && t.ptr[i] != 'x')
            return false;
    return t.len > 0 && t.len <= CODE_LONGEST && t.ptr[0] >= '0' && t.ptr[0] <= '9';
}

/* A guess by what the texts say beside the words that are in every log. */
static float telling_rate(const struct lf_chooser *c, const struct lf_pred *p, const struct lf_clue *clues,
                          size_t n, float rate)
{
    float sum = 0;

    if (p->ask == LF_ASK_NUMBER || p->ask == LF_ASK_BOOL)
        return rate;
    for (size_t i = 0; i < n; i++) {
        if (clues[i].kind == LF_CLUE_PRESENT)
            return rate;
        if (clues[i].kind == LF_CLUE_EQUAL && is_code(clues[i].text)) {
            sum += CODE_RATE;
            continue;
        }
        rate = lf_text_rate(lf_usual_telling(c->usual, clues[i].text));
        if (clues[i].kind != LF_CLUE_HOLDS)
            rate *= 0.5f;
        else if (clues[i].text.len < LF_GRAMS_LEAST)
            rate *= SHORT_COSTS;
        sum += rate;
    }
    return sum;
}

/* What many rules ask about is probably there in most events, whether the rules
 * look for it or leave it out. */
float lf_chooser_rate(struct lf_chooser *c, const struct lf_pred *p)
{
    struct lf_clue clues[LF_CLUES];
    float *rate = &c->rate[p->number];
    size_t n;

    if (*rate >= 0)
        return *rate;
    n = lf_clues_of(c->a, p, clues, rate);
    if (n == 0)
        *rate = NEVER;
    else
        *rate = telling_rate(c, p, clues, n, *rate) * (1.0f + 0.5f * (float)(c->used[p->number] - 1));
    return *rate;
}

static float lesser(float x, float y)
{
    return x < y ? x : y;
}

static float cover_rate(struct lf_chooser *c, struct lf_node *n);

/* A long list of values of one field is of what is looked for, not of what is there: no more of them
 * are seen than of a short one. */
enum { LIST = 8 };

static float list_rate(struct lf_chooser *c, const struct lf_node *n, float sum)
{
    float most = 0;

    for (size_t i = 0; i < n->nkids; i++) {
        const struct lf_pred *p = n->kids[i]->pred;

        if (n->kids[i]->kind != LF_NODE_PRED || p->field != n->kids[0]->pred->field)
            return sum;
        most = cover_rate(c, n->kids[i]) > most ? cover_rate(c, n->kids[i]) : most;
    }
    return lesser(sum, most * LIST);
}

static float cover_rate(struct lf_chooser *c, struct lf_node *n)
{
    float rate = NEVER;

    if (n->chosen == c->index)
        return n->rate;
    switch (n->kind) {
    case LF_NODE_PRED:
        rate = lf_chooser_rate(c, n->pred);
        break;
    case LF_NODE_AND:
        for (size_t i = 0; i < n->nkids; i++)
            rate = lesser(rate, cover_rate(c, n->kids[i]));
        break;
    case LF_NODE_OR:
        rate = 0;
        for (size_t i = 0; i < n->nkids; i++)
            rate = lesser(NEVER, rate + cover_rate(c, n->kids[i]));
        if (rate < NEVER && n->nkids > LIST)
            rate = list_rate(c, n, rate);
        break;
    case LF_NODE_NOT: /* not not x is x; of other negations nothing need be seen */
        if (n->kids[0]->kind == LF_NODE_NOT)
            rate = cover_rate(c, n->kids[0]->kids[0]);
        break;
    }
    n->chosen = c->index;
    n->rate = rate;
    return rate;
}

struct picked {
    const struct lf_pred **preds;
    size_t n, cap;
};

static void pick(struct lf_chooser *c, struct lf_node *n, struct picked *p)
{
    struct lf_node *best = NULL;

    if (n->seen == c->rule)
        return;
    n->seen = c->rule;
    switch (n->kind) {
    case LF_NODE_PRED:
        p->preds = (const struct lf_pred **)lf_arena_grow(c->a, (void *)(uintptr_t)p->preds, p->n, &p->cap,
                                                          sizeof *p->preds);
        p->preds[p->n++] = n->pred;
        break;
    case LF_NODE_AND:
        for (size_t i = 0; i < n->nkids; i++)
            if (!best || cover_rate(c, n->kids[i]) < cover_rate(c, best))
                best = n->kids[i];
        if (best)
            pick(c, best, p);
        break;
    case LF_NODE_OR:
        for (size_t i = 0; i < n->nkids; i++)
            pick(c, n->kids[i], p);
        break;
    case LF_NODE_NOT:
        pick(c, n->kids[0]->kids[0], p);
        break;
    }
}

bool lf_chooser_cover(struct lf_chooser *c, struct lf_node *root, const struct lf_pred ***out, size_t *n)
{
    struct picked p = { 0 };

    if (cover_rate(c, root) >= NEVER)
        return false;
    c->rule = ++c->rs->seen;
    pick(c, root, &p);
    *out = p.preds;
    *n = p.n;
    return true;
}
