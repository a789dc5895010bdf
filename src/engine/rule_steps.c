#include "engine/rule_steps.h"

enum {
    STEPS_MOST = 200000, /* of one rule; a larger one is asked by its tree */
    WORD = 4,
    FEW = 8,
};
enum { STEP_NO = UINT32_MAX - 1, STEP_YES = UINT32_MAX };
#define ANY_CASE 0x20202020u

/* Steps of the node with every way through it spelt out, or a number over STEPS_MOST. */
static size_t steps_of(const struct lf_node *n)
{
    size_t sum = n->kind == LF_NODE_PRED;

    for (size_t i = 0; i < n->nkids && sum <= STEPS_MOST; i++)
        sum += steps_of(n->kids[i]);
    return sum;
}

struct spell {
    const bool *known;
    struct lf_step *steps;
    uint32_t n;
};

static uint32_t word_at(const char *p)
{
    uint32_t w;

    memcpy(&w, p, WORD);
    return w | ANY_CASE;
}

/* What a value must have where `text` is its end or its front: those four bytes of it that differ most, a
 * file's name after its last backslash or what comes last of a path. */
static void write_word(struct lf_step *s, lf_view text, bool back)
{
    char bytes[WORD] = { 0 };
    size_t n = text.len < WORD ? text.len : WORD;

    s->kind = back ? LF_STEP_BACK : LF_STEP_FRONT;
    if (n == WORD) {
        s->at = (uint16_t)(back ? text.len : text.len - WORD);
        s->word = word_at(back ? text.ptr : text.ptr + text.len - WORD);
        s->mask = UINT32_MAX;
        return;
    }
    s->at = back ? WORD : 0;
    if (n > 0)
        memcpy(back ? bytes + WORD - n : bytes, text.ptr, n);
    s->word = word_at(bytes);
    memset(bytes, 0, sizeof bytes);
    memset(back ? bytes + WORD - n : bytes, 0xff, n);
    memcpy(&s->mask, bytes, WORD);
}

static void write_text(struct lf_step *s, const struct lf_pred *p)
{
    lf_view text = p->pattern.text;

    if (p->ask != LF_ASK_TEXT || p->regex || p->field == 0 || p->pattern.shape == LF_SHAPE_GLOB ||
        text.len > UINT16_MAX)
        return;
    s->len = (uint16_t)text.len;
    switch (p->pattern.shape) {
    case LF_SHAPE_EQUAL:
        s->whole = true;
        write_word(s, text.len > 2 * WORD ? lf_view_from(text, text.len - 2 * WORD) : text, true);
        break;
    case LF_SHAPE_STARTS:
        write_word(s, text, false);
        break;
    case LF_SHAPE_ENDS:
        write_word(s, text, true);
        break;
    case LF_SHAPE_CONTAINS:
    case LF_SHAPE_GLOB:
        s->kind = LF_STEP_FRONT; /* by its length alone */
        break;
    }
}

/* Whether the node's answer is known by a few looks.  A list of hundreds is not: what little is asked
 * beside it may make it needless. */
static bool soon_known(const struct spell *s, const struct lf_node *n)
{
    if (n->kind == LF_NODE_PRED)
        return s->known[n->pred->number];
    if (n->nkids > FEW)
        return false;
    for (size_t i = 0; i < n->nkids; i++)
        if (!soon_known(s, n->kids[i]))
            return false;
    return true;
}

static uint32_t spell(struct spell *s, const struct lf_node *n, uint32_t yes, uint32_t no);

/* Those of the kids that are known, or are not, in their order before what is at `at`. */
static uint32_t spell_kids(struct spell *s, const struct lf_node *n, bool known, uint32_t at, uint32_t to)
{
    for (size_t i = n->nkids; i > 0; i--)
        if (soon_known(s, n->kids[i - 1]) == known)
            at = n->kind == LF_NODE_AND ? spell(s, n->kids[i - 1], at, to) : spell(s, n->kids[i - 1], to, at);
    return at;
}

/* Writes the node's steps behind what comes after it; gives where it begins. */
static uint32_t spell(struct spell *s, const struct lf_node *n, uint32_t yes, uint32_t no)
{
    struct lf_step *step;

    switch (n->kind) {
    case LF_NODE_AND:
        return spell_kids(s, n, true, spell_kids(s, n, false, yes, no), no);
    case LF_NODE_OR:
        return spell_kids(s, n, true, spell_kids(s, n, false, no, yes), yes);
    case LF_NODE_NOT:
        return spell(s, n->kids[0], no, yes);
    case LF_NODE_PRED:
        break;
    }
    step = &s->steps[s->n];
    *step = (struct lf_step){ .pred = n->pred->number, .yes = yes, .no = no, .field = n->pred->field };
    if (s->known[step->pred])
        step->kind = LF_STEP_KNOWN;
    else
        write_text(step, n->pred);
    return s->n++;
}

void lf_steps_make(struct lf_arena *a, const struct lf_ruleset *rs, const bool *known, unsigned rule,
                   struct lf_steps *out)
{
    const struct lf_node *root = rs->roots[rule];
    size_t n = steps_of(root);
    struct spell s = { .known = known };

    *out = (struct lf_steps){ .rule = rule };
    if (n > STEPS_MOST)
        return;
    s.steps = LF_NEW(a, struct lf_step, n ? n : 1);
    out->start = spell(&s, root, STEP_YES, STEP_NO);
    out->steps = s.steps;
}

/* Folding leaves the bytes of ASCII where they are, so that length and places count. */
static inline bool differs(struct lf_at *m, const struct lf_step *s)
{
    struct lf_slot *slot = lf_slot_of(m, s->field);
    lf_view t;

    if (slot->n != 1)
        return slot->n == 0;
    if (!lf_value_is_ascii(&slot->values[0]))
        return false;
    t = slot->values[0].text;
    if (s->whole ? t.len != s->len : t.len < s->len)
        return true;
    if (t.len < WORD)
        return false;
    return ((word_at(s->kind == LF_STEP_FRONT ? t.ptr + s->at : t.ptr + t.len - s->at) ^ s->word) &
            s->mask) != 0;
}

bool lf_steps_hold(struct lf_at *m, const struct lf_steps *all)
{
    const struct lf_step *steps = all->steps;
    uint32_t *answered = m->rs->answered, now = m->rs->now, at = all->start;

    if (!steps)
        return lf_tree_holds(m, m->rs->roots[all->rule]);
    while (at < STEP_NO) {
        const struct lf_step *s = &steps[at];
        uint32_t kept;

        if (s->kind >= LF_STEP_FRONT && differs(m, s)) {
            at = s->no;
            continue;
        }
        kept = answered[s->pred];
        if (kept >> 1 != now) {
            kept = s->kind == LF_STEP_KNOWN ? 0 : (uint32_t)lf_pred_asked(m, m->rs->preds[s->pred]);
            answered[s->pred] = now << 1 | kept;
        }
        at = kept & 1u ? s->yes : s->no;
    }
    return at == STEP_YES;
}
