#include "engine/rule_index.h"

#include <stdlib.h>

#include "engine/caseless.h"
#include "engine/fold.h"
#include "engine/grams.h"
#include "engine/hint.h"
#include "engine/literals.h"
#include "engine/rule_steps.h"
#include "engine/witness.h"

enum {
    NODES_MOST = 1 << 24,
    KNOWN_LEAST =
        LF_GRAMS_LEAST, /* bytes of a literal that is looked for only to be known: then it costs little */
    LENS = 64,          /* lengths of whole values told apart before hashing */
    ENDING = 8,         /* bytes that are asked in one go before a value's end is looked at */
    ENDING_BITS = 12,
    FAR_MOST = 16, /* endings that have these bytes in common and are compared one by one; more: by a trie */
};
#define FAR_TRIE UINT32_MAX

#define MORE_OFTEN 4.0f
#define OFTEN 0.3f /* the rate of witnesses above which a rule's other texts are looked for with them */

/* ---- shapes ---- */

struct witness {
    uint32_t pred;
    bool exact;
    uint32_t first, n; /* in lf_index.tried */
    uint32_t next;     /* of the same place in a trie, or of the same list; 0 = none */
    lf_view text;
};

struct by_field {
    unsigned field;
    uint32_t *equal; /* open addressing by hash: witness */
    uint32_t *equal_hash;
    size_t equal_mask;
    uint64_t lengths[2];      /* of whole values: bit n; of those of LENS bytes and more, bit n % LENS */
    uint32_t starts, ends;    /* roots in the trie; 0 = none */
    uint64_t *last;           /* bits by the hash of the last ENDING bytes, of endings that have so many */
    uint32_t *far, *far_hash; /* open addressing by that hash: list of witnesses; FAR_TRIE: in `far_ends` */
    size_t far_mask;
    uint32_t far_ends;         /* root in the trie */
    uint32_t present, numbers; /* lists of witnesses */
    struct lf_literals *literals;
    uint32_t *literal;    /* by number: list of witnesses */
    struct lf_hint *hint; /* of the literals, where nothing else is looked for in every value */
};

struct looked { /* a word of bits by field that has some; theirs are the fields from `first` on, in their
                   order */
    uint32_t word, first;
    uint64_t bits;
};

struct lf_index {
    struct lf_arena a;
    struct lf_steps *steps; /* by place in this index */
    size_t n, words;
    uint64_t *always, *maybe;  /* bits by place; maybe is of the event at hand */
    struct witness *witnesses; /* 0 is unused */
    size_t nwitnesses;
    uint32_t *tried; /* places, by witness */
    struct by_field *fields;
    size_t nfields;
    bool words_alone;      /* what is looked for stands anywhere in the event, in no field */
    struct looked *looked; /* the fields that are looked at */
    size_t nlooked;
    /* The trie: edges by (node, byte), and the witnesses that end at a node. */
    uint64_t *edges;
    size_t edge_mask, nedges;
    uint32_t *ends_here;
    size_t nodes, nodes_cap;
    struct lf_index_stats stats;
};

/* ---- the trie ---- */

static inline size_t edge_place(const struct lf_index *ix, uint64_t key)
{
    return (size_t)((key * 0x9e3779b97f4a7c15u) >> 32) & ix->edge_mask;
}

/* An edge is its key (node, byte) in the upper 40 bits, above 0 because nodes count from 1, and the
 * child in the lower 24. */
static inline uint32_t child(const struct lf_index *ix, uint32_t node, unsigned char byte)
{
    uint64_t key = (uint64_t)node << 8 | byte;

    for (size_t i = edge_place(ix, key); ix->edges[i]; i = (i + 1) & ix->edge_mask)
        if (ix->edges[i] >> 24 == key)
            return (uint32_t)(ix->edges[i] & 0xffffff);
    return 0;
}

static uint32_t new_node(struct lf_index *ix)
{
    ix->ends_here = lf_arena_grow(&ix->a, ix->ends_here, ix->nodes, &ix->nodes_cap, sizeof *ix->ends_here);
    if (ix->nodes == 0)
        ix->nodes = 1; /* 0 is no node */
    ix->ends_here[ix->nodes] = 0;
    return (uint32_t)ix->nodes++;
}

static void put_edge(struct lf_index *ix, uint64_t edge)
{
    size_t i = edge_place(ix, edge >> 24);

    while (ix->edges[i])
        i = (i + 1) & ix->edge_mask;
    ix->edges[i] = edge;
}

static uint32_t child_made(struct lf_index *ix, uint32_t node, unsigned char byte)
{
    uint32_t to = ix->edges ? child(ix, node, byte) : 0;

    if (to)
        return to;
    if (!ix->edges || ix->nedges * 2 > ix->edge_mask) {
        uint64_t *old = ix->edges;
        size_t n = old ? ix->edge_mask + 1 : 0;

        ix->edge_mask = old ? ix->edge_mask * 2 + 1 : 255;
        ix->edges = LF_NEW(&ix->a, uint64_t, ix->edge_mask + 1);
        for (size_t i = 0; i < n; i++)
            if (old[i])
                put_edge(ix, old[i]);
    }
    to = new_node(ix);
    put_edge(ix, ((uint64_t)node << 8 | byte) << 24 | to);
    ix->nedges++;
    return to;
}

/* ---- building ---- */

struct clue { /* one fact to look for, and the rule it speaks of */
    unsigned field;
    struct lf_clue what;
    uint32_t pred, place; /* NOWHERE: no rule is tried for it, only its answer is kept */
};
enum { NOWHERE = UINT32_MAX };

struct maker {
    struct lf_ruleset *rs;
    struct lf_index *ix;
    struct lf_arena tmp;
    struct clue *clues;
    size_t n, cap;
    bool *exact; /* by predicate: it is looked for exactly */
    struct lf_err *e;
};

static void add_clues(struct maker *mk, const struct lf_pred *p, uint32_t place)
{
    struct lf_clue clues[LF_CLUES];
    float rate;
    size_t n = lf_clues_of(&mk->tmp, p, clues, &rate);

    for (size_t i = 0; i < n; i++) {
        mk->clues = lf_arena_grow(&mk->tmp, mk->clues, mk->n, &mk->cap, sizeof *mk->clues);
        mk->clues[mk->n++] =
            (struct clue){ .field = p->field, .what = clues[i], .pred = p->number, .place = place };
        if (clues[i].exact)
            mk->exact[p->number] = true;
    }
}

/* A rule that is tried in nearly every event asks its other values one by one; a whole value more in a table
 * that is looked into anyway costs little, and then its answer is known. */
static bool costs_nothing(const bool *compared, const struct lf_pred *p, const struct lf_clue *clue)
{
    return clue->exact && compared[p->field] && (clue->kind == LF_CLUE_EQUAL || clue->kind == LF_CLUE_NUMBER);
}

/* A rule that is tried in nearly every event would ask its many literals of a long text one by one;
 * where the field is looked through anyway they are all found in one go.  Not those that are seen
 * much more often than the rule is tried: they would be found in event after event of which nobody asks.  For
 * the same reason not those of rules that are tried now and then: ":\windows\system32\" is the target of
 * nearly every access to a process, and one access in seventy is to what a rule asks about. */
static void add_known(struct maker *mk, struct lf_chooser *c, struct lf_node *n, const bool *scanned,
                      const bool *compared, float most)
{
    struct lf_clue clues[LF_CLUES];
    float rate;

    if (n->seen == mk->rs->seen)
        return;
    n->seen = mk->rs->seen;
    for (size_t i = 0; i < n->nkids; i++)
        add_known(mk, c, n->kids[i], scanned, compared, most);
    if (n->kind != LF_NODE_PRED || mk->exact[n->pred->number] ||
        lf_clues_of(&mk->tmp, n->pred, clues, &rate) != 1 || !clues[0].exact ||
        lf_chooser_rate(c, n->pred) >= most)
        return;
    if (clues[0].kind == LF_CLUE_HOLDS
            ? n->pred->ask == LF_ASK_TEXT && scanned[n->pred->field] && clues[0].text.len >= KNOWN_LEAST
            : costs_nothing(compared, n->pred, &clues[0]))
        add_clues(mk, n->pred, NOWHERE);
}

/* By field, kind and text, then predicate, so that equal ones stand together. */
static int by_place(const void *x, const void *y)
{
    const struct clue *a = x, *b = y;
    int c;

    if (a->field != b->field)
        return a->field < b->field ? -1 : 1;
    if (a->what.kind != b->what.kind)
        return a->what.kind < b->what.kind ? -1 : 1;
    c = lf_view_cmp(a->what.text, b->what.text);
    if (c != 0)
        return c;
    if (a->pred != b->pred)
        return a->pred < b->pred ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

static bool same_witness(const struct clue *a, const struct clue *b)
{
    return a->field == b->field && a->what.kind == b->what.kind && a->pred == b->pred &&
           lf_view_eq(a->what.text, b->what.text);
}

static inline uint32_t text_hash(lf_view t)
{
    uint64_t h = t.len * 0x9e3779b97f4a7c15u, w = 0;
    size_t i = 0;

    /* The bit that tells capitals from small letters is left out, and with it a
     * little of what tells other bytes apart; equal hashes are compared anyway. */
    for (; i + 8 <= t.len; i += 8) {
        memcpy(&w, t.ptr + i, 8);
        h = (h ^ (w | 0x2020202020202020u)) * 0xd6e8feb86659fd93u;
        h ^= h >> 29;
    }
    if (i < t.len) {
        w = 0;
        memcpy(&w, t.ptr + i, t.len - i);
        h = (h ^ (w | 0x2020202020202020u)) * 0xd6e8feb86659fd93u;
        h ^= h >> 29;
    }
    h *= 0xa0761d6478bd642fu;
    return (uint32_t)(h >> 32);
}

/* Of the last ENDING bytes, without case, and so with a little of what tells other bytes apart left out. */
static inline uint32_t last_hash(lf_view t)
{
    uint64_t w;

    memcpy(&w, t.ptr + t.len - ENDING, ENDING);
    return (uint32_t)(((w | 0x2020202020202020u) * 0xd6e8feb86659fd93u) >> 32);
}

static inline bool last_known(const struct by_field *f, uint32_t hash)
{
    return f->last[hash >> (32 - ENDING_BITS) >> 6] >> (hash >> (32 - ENDING_BITS) & 63u) & 1u;
}

static void trie_add(struct lf_index *ix, uint32_t *root, lf_view text, bool backwards, uint32_t w)
{
    uint32_t node;

    if (!*root)
        *root = new_node(ix);
    node = *root;
    for (size_t i = 0; i < text.len; i++)
        node = child_made(ix, node, (unsigned char)text.ptr[backwards ? text.len - 1 - i : i]);
    ix->witnesses[w].next = ix->ends_here[node];
    ix->ends_here[node] = w;
}

static enum lf_code add_to_trie(struct maker *mk, uint32_t *root, bool backwards, uint32_t w)
{
    if (mk->ix->nodes > NODES_MOST - LF_RULE_FILE_MOST)
        return lf_err_set(mk->e, LF_TOO_BIG, "the rules hold more texts than %d nodes", NODES_MOST);
    trie_add(mk->ix, root, mk->ix->witnesses[w].text, backwards, w);
    return LF_OK;
}

struct far {
    uint32_t hash, witness;
};

static int by_hash(const void *x, const void *y)
{
    const struct far *a = x, *b = y;

    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return a->witness < b->witness ? -1 : a->witness > b->witness;
}

/* Endings of ENDING bytes and more. */
static enum lf_code make_far(struct maker *mk, struct by_field *f, struct far *far, size_t n)
{
    struct lf_index *ix = mk->ix;

    if (n > 1)
        qsort(far, n, sizeof *far, by_hash);
    f->last = LF_NEW(&ix->a, uint64_t, (1 << ENDING_BITS) / 64);
    for (f->far_mask = 7; f->far_mask < n * 2;)
        f->far_mask = f->far_mask * 2 + 1;
    f->far = LF_NEW(&ix->a, uint32_t, f->far_mask + 1);
    f->far_hash = LF_NEW(&ix->a, uint32_t, f->far_mask + 1);
    for (size_t i = 0, to; i < n; i = to) {
        uint32_t h = far[i].hash, list = 0, bit = h >> (32 - ENDING_BITS);
        size_t at = h & f->far_mask;

        for (to = i + 1; to < n && far[to].hash == h;)
            to++;
        for (size_t k = to; k > i; k--) {
            uint32_t w = far[k - 1].witness;

            if (to - i > FAR_MOST) {
                LF_TRY(add_to_trie(mk, &f->far_ends, true, w));
                list = FAR_TRIE;
            } else {
                ix->witnesses[w].next = list;
                list = w;
            }
        }
        f->last[bit / 64] |= (uint64_t)1 << (bit % 64);
        while (f->far[at])
            at = (at + 1) & f->far_mask;
        f->far[at] = list;
        f->far_hash[at] = h;
    }
    return LF_OK;
}

static enum lf_code make_field(struct maker *mk, struct by_field *f, uint32_t from, uint32_t to,
                               const struct clue *clue_of)
{
    struct lf_index *ix = mk->ix;
    size_t nequal = 0, nliterals = 0, nfar = 0;
    struct far *far;
    lf_view *texts;

    for (uint32_t w = from; w < to; w++) {
        enum lf_clue_kind kind = clue_of[w].what.kind;

        nfar += kind == LF_CLUE_ENDS && ix->witnesses[w].text.len >= ENDING;
        nequal += kind == LF_CLUE_EQUAL || kind == LF_CLUE_NUMBER;
        nliterals += kind == LF_CLUE_HOLDS;
    }
    if (nequal > 0) {
        f->equal_mask = 7;
        while (f->equal_mask < nequal * 2)
            f->equal_mask = f->equal_mask * 2 + 1;
        f->equal = LF_NEW(&ix->a, uint32_t, f->equal_mask + 1);
        f->equal_hash = LF_NEW(&ix->a, uint32_t, f->equal_mask + 1);
    }
    far = LF_NEW(&mk->tmp, struct far, nfar ? nfar : 1);
    nfar = 0;
    texts = LF_NEW(&ix->a, lf_view, nliterals ? nliterals : 1);
    f->literal = LF_NEW(&ix->a, uint32_t, nliterals ? nliterals : 1);
    nliterals = 0;
    for (uint32_t w = from; w < to; w++) {
        struct witness *at = &ix->witnesses[w];
        enum lf_clue_kind kind = clue_of[w].what.kind;

        switch (kind) {
        case LF_CLUE_NUMBER:
        case LF_CLUE_EQUAL: {
            uint32_t hash = text_hash(at->text);
            size_t i = hash & f->equal_mask;

            while (f->equal[i])
                i = (i + 1) & f->equal_mask;
            f->equal[i] = w;
            f->equal_hash[i] = hash;
            f->lengths[at->text.len >= LENS] |= (uint64_t)1 << (at->text.len % LENS);
            if (kind == LF_CLUE_NUMBER) {
                at->next = f->numbers;
                f->numbers = w;
            }
            break;
        }
        case LF_CLUE_STARTS:
        case LF_CLUE_ENDS:
            if (kind == LF_CLUE_ENDS && at->text.len >= ENDING)
                far[nfar++] = (struct far){ last_hash(at->text), w };
            else
                LF_TRY(
                    add_to_trie(mk, kind == LF_CLUE_STARTS ? &f->starts : &f->ends, kind == LF_CLUE_ENDS, w));
            break;
        case LF_CLUE_HOLDS:
            if (nliterals > 0 && lf_view_eq(texts[nliterals - 1], at->text)) {
                at->next = f->literal[nliterals - 1];
                f->literal[nliterals - 1] = w;
            } else {
                texts[nliterals] = at->text;
                f->literal[nliterals++] = w;
            }
            break;
        case LF_CLUE_PRESENT:
            at->next = f->present;
            f->present = w;
            break;
        }
    }
    if (nfar > 0)
        LF_TRY(make_far(mk, f, far, nfar));
    ix->stats.literals += nliterals;
    if (nliterals == 0)
        return LF_OK;
    if (f->field == 0 && !f->equal && !f->starts && !f->ends && !f->last)
        f->hint = lf_hint_create(&ix->a, texts, nliterals);
    return lf_literals_create(texts, nliterals, &mk->rs->scratch, &f->literals, mk->e);
}

static enum lf_code make_witnesses(struct maker *mk)
{
    struct lf_index *ix = mk->ix;
    struct clue *clue_of;
    size_t nfields = 0, ntried = 0, at = 0;

    if (mk->n > 1)
        qsort(mk->clues, mk->n, sizeof *mk->clues, by_place);
    for (size_t i = 0; i < mk->n; i++)
        nfields += i == 0 || mk->clues[i].field != mk->clues[i - 1].field;
    ix->fields = LF_NEW(&ix->a, struct by_field, nfields ? nfields : 1);
    ix->looked = LF_NEW(&ix->a, struct looked, nfields ? nfields : 1);
    ix->tried = LF_NEW(&ix->a, uint32_t, mk->n ? mk->n : 1);
    ix->witnesses = LF_NEW(&ix->a, struct witness, mk->n + 1);
    clue_of = LF_NEW(&mk->tmp, struct clue, mk->n + 1);
    ix->nwitnesses = 1;
    for (size_t i = 0; i < mk->n; i++) {
        const struct clue *c = &mk->clues[i];
        struct witness *w = &ix->witnesses[ix->nwitnesses - 1];

        if (i == 0 || !same_witness(c, &mk->clues[i - 1])) {
            w = &ix->witnesses[ix->nwitnesses];
            clue_of[ix->nwitnesses++] = *c;
            *w = (struct witness){ .pred = c->pred,
                                   .exact = c->what.exact,
                                   .first = (uint32_t)ntried,
                                   .text = lf_arena_copy(&ix->a, c->what.text) };
        }
        if (c->place == NOWHERE)
            continue;
        w->n++;
        ix->tried[ntried++] = c->place;
    }
    for (size_t w = 1; w < ix->nwitnesses;) {
        size_t to = w;
        struct by_field *f = &ix->fields[at++];

        f->field = clue_of[w].field;
        while (to < ix->nwitnesses && clue_of[to].field == f->field)
            to++;
        ix->nfields = at; /* what is made is destroyed, also when the next fails */
        if (ix->nlooked == 0 || ix->looked[ix->nlooked - 1].word != f->field / 64)
            ix->looked[ix->nlooked++] = (struct looked){ .word = f->field / 64, .first = (uint32_t)at - 1 };
        ix->looked[ix->nlooked - 1].bits |= (uint64_t)1 << (f->field % 64);
        LF_TRY(make_field(mk, f, (uint32_t)w, (uint32_t)to, clue_of));
        w = to;
    }
    ix->words_alone = nfields == 0 || (nfields == 1 && ix->fields[0].field == 0);
    if (!ix->edges) {
        ix->edge_mask = 0;
        ix->edges = LF_NEW(&ix->a, uint64_t, 1);
    }
    return LF_OK;
}

enum lf_code lf_index_create(struct lf_ruleset *rs, const unsigned *rules, size_t n, struct lf_index **out,
                             struct lf_err *e)
{
    struct lf_index *ix = calloc(1, sizeof *ix);
    struct maker mk = { .rs = rs, .ix = ix, .e = e };
    struct lf_chooser chooser;
    enum lf_code rc;
    bool *scanned, *compared; /* by field: literals are looked for in it; whole values */

    if (!ix)
        LF_BUG("no memory for an index of rules");
    ix->n = n;
    ix->words = (n + 63) / 64;
    ix->steps = LF_NEW(&ix->a, struct lf_steps, n ? n : 1);
    ix->always = LF_NEW(&ix->a, uint64_t, ix->words ? ix->words : 1);
    ix->maybe = LF_NEW(&ix->a, uint64_t, ix->words ? ix->words : 1);
    lf_arena_init(&mk.tmp, 1 << 20);
    mk.exact = LF_NEW(&mk.tmp, bool, rs->npreds ? rs->npreds : 1);
    lf_chooser_init(&chooser, rs, &mk.tmp, rules, n);
    for (size_t i = 0; i < n; i++) {
        const struct lf_pred **preds;
        size_t npreds;

        if (!lf_chooser_cover(&chooser, rs->roots[rules[i]], &preds, &npreds)) {
            ix->always[i / 64] |= (uint64_t)1 << (i % 64);
            ix->stats.always++;
            continue;
        }
        for (size_t k = 0; k < npreds; k++)
            add_clues(&mk, preds[k], (uint32_t)i);
    }
    scanned = LF_NEW(&mk.tmp, bool, rs->nfields);
    compared = LF_NEW(&mk.tmp, bool, rs->nfields);
    for (size_t i = 0; i < mk.n; i++) {
        enum lf_clue_kind kind = mk.clues[i].what.kind;

        scanned[mk.clues[i].field] |= kind == LF_CLUE_HOLDS;
        compared[mk.clues[i].field] |= kind == LF_CLUE_EQUAL || kind == LF_CLUE_NUMBER;
    }
    for (size_t i = 0; i < n; i++)
        if (rs->roots[rules[i]]->rate > OFTEN) {
            rs->seen++;
            add_known(&mk, &chooser, rs->roots[rules[i]], scanned, compared,
                      MORE_OFTEN * rs->roots[rules[i]]->rate);
        }
    rc = make_witnesses(&mk);
    for (size_t i = 0; rc == LF_OK && i < n; i++)
        lf_steps_make(&ix->a, rs, mk.exact, rules[i], &ix->steps[i]);
    lf_arena_clear(&mk.tmp);
    if (rc != LF_OK) {
        lf_index_destroy(ix);
        return rc;
    }
    *out = ix;
    return LF_OK;
}

void lf_index_destroy(struct lf_index *ix)
{
    if (!ix)
        return;
    for (size_t i = 0; i < ix->nfields; i++) {
        lf_literals_destroy(ix->fields[i].literals);
        lf_hint_clear(ix->fields[i].hint);
    }
    lf_arena_clear(&ix->a);
    free(ix);
}

void lf_index_stats(const struct lf_index *ix, struct lf_index_stats *add)
{
    add->rules += ix->n;
    add->always += ix->stats.always;
    add->witnesses += ix->nwitnesses - 1;
    add->literals += ix->stats.literals;
    add->nodes += ix->nodes;
    add->bytes += lf_arena_bytes(&ix->a);
    for (size_t i = 0; i < ix->nfields; i++)
        add->bytes += lf_literals_bytes(ix->fields[i].literals);
}

/* ---- looking ---- */

struct look {
    struct lf_index *ix;
    struct lf_at *m;
    const struct by_field *f;
};

static inline void seen(struct look *l, const struct witness *w)
{
    struct lf_index *ix = l->ix;
    const uint32_t *place = ix->tried + w->first;

    if (w->exact)
        l->m->rs->answered[w->pred] = l->m->rs->now << 1 | 1u;
    for (uint32_t i = 0; i < w->n; i++)
        ix->maybe[place[i] / 64] |= (uint64_t)1 << (place[i] % 64);
}

static void seen_all(struct look *l, uint32_t w)
{
    for (; w; w = l->ix->witnesses[w].next)
        seen(l, &l->ix->witnesses[w]);
}

static void seen_literal(void *ctx, unsigned literal)
{
    struct look *l = ctx;

    seen_all(l, l->f->literal[literal]);
}

static inline unsigned char small(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

/* A number written as 1.0, 1e3 or -0: equal numbers may be other texts. */
static bool unusual_number(lf_view t)
{
    size_t i = 0;

    if (t.len > 1 && t.ptr[0] == '-')
        i = t.ptr[1] == '0' ? 0 : 1;
    for (; i < t.len; i++)
        if (t.ptr[i] < '0' || t.ptr[i] > '9')
            return true;
    return false;
}

static void look_at_end(struct look *l, lf_view t, uint32_t node)
{
    const struct lf_index *ix = l->ix;

    for (size_t i = t.len; i > 0 && (node = child(ix, node, small(t.ptr[i - 1]))) != 0; i--)
        if (ix->ends_here[node])
            seen_all(l, ix->ends_here[node]);
}

/* A value whose last ENDING bytes are perhaps those of endings. */
static void look_at_far_end(struct look *l, lf_view t, uint32_t hash)
{
    const struct lf_index *ix = l->ix;
    const struct by_field *f = l->f;

    for (size_t i = hash & f->far_mask; f->far[i]; i = (i + 1) & f->far_mask) {
        if (f->far_hash[i] != hash)
            continue;
        if (f->far[i] == FAR_TRIE) {
            look_at_end(l, t, f->far_ends);
            return;
        }
        for (uint32_t w = f->far[i]; w; w = ix->witnesses[w].next)
            if (lf_caseless_ends(t, ix->witnesses[w].text))
                seen(l, &ix->witnesses[w]);
        return;
    }
}

static void look_at_text(struct look *l, lf_view t)
{
    const struct lf_index *ix = l->ix;
    const struct by_field *f = l->f;

    if (f->equal && f->lengths[t.len >= LENS] >> (t.len % LENS) & 1u) {
        uint32_t hash = text_hash(t);

        for (size_t i = hash & f->equal_mask; f->equal[i]; i = (i + 1) & f->equal_mask)
            if (f->equal_hash[i] == hash && lf_caseless_eq(t, ix->witnesses[f->equal[i]].text))
                seen(l, &ix->witnesses[f->equal[i]]);
    }
    if (f->ends)
        look_at_end(l, t, f->ends);
    if (f->last && t.len >= ENDING) {
        uint32_t h = last_hash(t);

        if (last_known(f, h))
            look_at_far_end(l, t, h);
    }
    if (f->starts) {
        uint32_t node = f->starts;

        for (size_t i = 0; i < t.len && (node = child(ix, node, small(t.ptr[i]))) != 0; i++)
            if (ix->ends_here[node])
                seen_all(l, ix->ends_here[node]);
    }
    if (f->literals)
        lf_literals_scan(f->literals, t, l->m->rs->scratch, seen_literal, l);
}

static inline void look_at_field(struct look *l, const struct by_field *f)
{
    const struct lf_index *ix = l->ix;
    struct lf_slot *s = lf_slot_of(l->m, f->field);

    if (!s->present)
        return;
    l->f = f;
    seen_all(l, f->present);
    for (size_t i = 0; i < s->n; i++) {
        struct lf_value *v = &s->values[i];

        if (lf_json_kind(v->json) == LF_JSON_NULL || (i > 0 && lf_value_same(v, v - 1)))
            continue;
        if (f->numbers && lf_json_kind(v->json) == LF_JSON_NUMBER && unusual_number(v->text))
            for (uint32_t w = f->numbers; w; w = ix->witnesses[w].next)
                if (lf_pred_holds(l->m, l->m->rs->preds[ix->witnesses[w].pred]))
                    seen(l, &ix->witnesses[w]);
        look_at_text(l, lf_value_is_ascii(v) ? v->text : lf_value_folded(l->m, v));
    }
}

/* Keywords [C5]: each scalar at any depth, without making values of them: few events
 * have any of the words. */
static void look_at_all(struct look *l, const struct lf_json *v, size_t shortest)
{
    enum lf_json_kind kind = lf_json_kind(v);
    lf_view t;

    if (kind == LF_JSON_OBJECT) {
        for (size_t i = 0; i < lf_json_members(v); i++)
            if (!lf_is_xmlns(lf_json_key(v, i)))
                look_at_all(l, lf_json_member(v, i), shortest);
        return;
    }
    if (kind == LF_JSON_ARRAY) {
        for (size_t i = 0; i < lf_json_items(v); i++)
            look_at_all(l, lf_json_item(v, i), shortest);
        return;
    }
    t = lf_json_text(v);
    /* Folding may make a text longer, by half at most. */
    if (kind == LF_JSON_NULL || t.len + t.len / 2 < shortest)
        return;
    look_at_text(l, lf_is_ascii(t) ? t : lf_fold(l->m->a, t));
}

static void any_literal(void *ctx, unsigned literal)
{
    bool *any = ctx;

    (void)literal;
    *any = true;
}

/* A line has each value as it is, so it is looked through once instead of them one by one. */
static bool line_lacks(struct look *l)
{
    const struct by_field *f = l->f;
    bool any = false;

    if (f->equal || f->starts || f->ends || f->last || !f->literals)
        return false;
    if (!lf_is_ascii(l->m->line))
        return f->hint && !lf_hint_may_hold(f->hint, l->m->line, false);
    lf_literals_scan(f->literals, l->m->line, l->m->rs->scratch, any_literal, &any);
    return !any;
}

static void look_at_keywords(struct look *l)
{
    const struct by_field *f;

    /* Fields are in their order. */
    if (l->ix->nfields == 0 || l->ix->fields[0].field != 0)
        return;
    f = l->f = &l->ix->fields[0];
    seen_all(l, f->present);
    if (f->hint && l->m->json.len > 0 && !lf_hint_may_hold(f->hint, l->m->json, lf_json_bare(l->m->doc)))
        return;
    if (l->m->line.len > 0 && line_lacks(l))
        return;
    if (f->equal || f->starts || f->ends || f->last || !f->literals)
        look_at_all(l, l->m->doc, 0);
    else
        look_at_all(l, l->m->doc, lf_literals_shortest(f->literals));
}

/* ---- asking ---- */

/* Few bits: most words have one or two. */
static inline unsigned ones(uint64_t x)
{
    unsigned n = 0;

    for (; x; x &= x - 1)
        n++;
    return n;
}

static bool nothing(const struct lf_index *ix)
{
    uint64_t any = 0;

    for (size_t w = 0; w < ix->words; w++)
        any |= ix->maybe[w];
    return !any;
}

void lf_index_match(struct lf_index *ix, struct lf_at *m, struct lf_hits *out)
{
    struct look l = { .ix = ix, .m = m };
    struct lf_ruleset *rs = m->rs;

    memcpy(ix->maybe, ix->always, ix->words * sizeof *ix->maybe);
    look_at_keywords(&l);
    if (ix->words_alone && nothing(ix))
        return;
    if (!m->laid_out)
        lf_fields_lay_out(m);
    for (size_t i = 0; i < ix->nlooked; i++) {
        const struct looked *at = &ix->looked[i];

        for (uint64_t bits = at->bits & rs->found[at->word]; bits; bits &= bits - 1)
            look_at_field(&l, &ix->fields[at->first + ones(at->bits & ((bits & -bits) - 1))]);
    }
    for (size_t w = 0; w < ix->words; w++)
        for (uint64_t bits = ix->maybe[w]; bits; bits &= bits - 1) {
            const struct lf_steps *s = &ix->steps[w * 64 + (unsigned)__builtin_ctzll(bits)];

            if (lf_steps_hold(m, s)) {
                out->rule = lf_arena_grow(m->a, out->rule, out->n, &out->cap, sizeof *out->rule);
                out->rule[out->n++] = s->rule;
            }
        }
}
