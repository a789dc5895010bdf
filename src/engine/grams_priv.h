/* Grams, inside: what a set of texts is made of (grams_make.c) and is looked at by (grams.c). */
#ifndef LF_ENGINE_GRAMS_PRIV_H
#define LF_ENGINE_GRAMS_PRIV_H

#include "engine/grams.h"
#include "engine/pairs.h"
#include "engine/signs.h"
#include "engine/usual.h"

enum {
    GRAM = LF_USUAL_GRAM,
    STEP_MOST = 8, /* a larger one saves little and wants more grams of each text */
    AT_MOST = 255, /* place of a gram in its text: long texts are known by their fronts */
    BITS_LEAST = 11,
    BITS_MOST = 17, /* of the table, as a power of two: it stays in the first cache */
    SPARSE = 6,     /* bits of the table for a gram, as a power of two; two of them are its own */
    RUN = 8,        /* places asked before looking at the answers */
    ENTRY_COST = 8, /* bytes of the budget for each text that has a gram which was seen */
    /* Sixteen places at once, where the machine can: a step of four, and a table that stays in registers. */
    WIDE_STEP = 4,
    WIDE_MOST = 32, /* texts; so many may have pairs, too */
    WORDS = 32,     /* of such a table */
    /* Anchors: how usual they may be together, in thousandths of a text's bytes, to be tried at all. */
    ANCHORS_USUAL = 250,
    ENCODED_USUAL = 40,
    APART_MOST = 32,    /* texts without any, which have signs */
    BLOCK = 64,         /* bytes in which they are sought at once */
    ANCHORS_TEXT = 128, /* bytes of a text from which on they are sought */
    STRETCH = 4096,     /* bytes whose anchors are noted before they are looked at */
    /* A text in so many is looked at by them also when there are too many, so that it is noticed when
     * there no longer are. */
    CROWD_AGAIN = 256,
    CROWD_STEPS = 32,  /* by a step of one; of a longer step less */
    CROWD_ONE = 64,    /* what a crowd counts in: so much is one anchor in each block */
    PAIRS_CROWD = 16,  /* of pairs: one in four blocks */
    SIGNS_CROWD = 128, /* of signs: two in each block */
};

struct entry {               /* of the hash table: a gram and those that have it */
    uint32_t gram, first, n; /* n 0: free */
};
struct has { /* a text that has a gram */
    uint32_t text;
    uint32_t other;        /* another gram of it */
    uint16_t at, at_other; /* where in the text they stand */
    uint16_t len;          /* of the text, as far as that says */
};

struct book { /* grams, and whose they are */
    unsigned bits;
    uint32_t *table; /* two bits of one word by hash */
    struct entry *entries;
    size_t mask;
    unsigned shift; /* what is left of a hash by it is a place among the entries */
    struct has *has;
    size_t nhas;
};

struct crowd {                     /* of what a text is looked at by */
    unsigned lately, most, passed; /* how many there were lately, may be; texts since it was asked */
};

struct anchors {
    struct book book;          /* table NULL: no few bytes are in all texts */
    uint8_t low[16], high[16]; /* a byte is one when those of its halves have a bit in common */
    bool before, behind;       /* some text is known by the gram that ends, begins beside one */
    struct crowd crowd;
};

struct lf_grams {
    const lf_view *texts;
    size_t n;
    unsigned step;
    bool wide, bmi2, vbmi2;   /* what this machine can */
    uint32_t words[2][WORDS]; /* of a wide one: a bit in each by parts of the hash */
    struct book stepped;
    struct anchors anchors;
    struct lf_pairs *pairs; /* of a few texts; NULL: it has none */
    struct lf_signs *signs; /* of all, or of those `apart` alone, which have no grams; NULL: none */
    uint32_t *apart;        /* their numbers; NULL: all */
    struct crowd crowded;   /* of pairs, of signs */
    uint64_t *seen;         /* texts found in the text at hand */
};

/* Capitals are as small letters.  Other bytes that this makes one are told apart when texts are
 * compared. */
static inline uint32_t gram_at(const char *p)
{
    uint32_t w;

    memcpy(&w, p, GRAM);
    return w | 0x20202020u;
}

static inline uint32_t hash(uint32_t gram)
{
    return gram * 0x9e3779b1u;
}

/* The second bit of a gram in its word; the first is by the hash's upper part, as the word is. */
static inline uint32_t second(uint32_t h)
{
    return h >> 9;
}

#endif
