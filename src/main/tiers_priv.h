/* Inside the simulated three tiers: shared by tiers*.c only. */
#ifndef LF_MAIN_TIERS_PRIV_H
#define LF_MAIN_TIERS_PRIV_H

#include "main/federation_priv.h"
#include "main/tiers.h"

struct lf_json;

enum {
    TIERS = 3, /* indexed by enum fed_tier */
    TIERS_INCIDENTS = 2,
    TIERS_ACTS = 32,
    TIERS_EVENTS = 64,
    TIERS_CLOCKS = 32,
    TIERS_STATE = 1500,
};

/* Nobody has to have seen more than 32 acts: one bit each. */
static_assert(TIERS_ACTS <= 32, "acts are bits of a mask");

enum tiers_fate { TIERS_CUT_BOTH, TIERS_CUT_OUT, TIERS_CUT_IN, TIERS_KILL, TIERS_KILL_AT_WRITE };

struct tiers_act {
    unsigned incident;
    enum fed_tier who;
    const char *kind; /* "report": the form, which opens the incident */
    int level;        /* 0: says none */
    bool draft;
    lf_time at;       /* the tick of the step */
    lf_time occurred; /* the tick it is said to have happened at; -1: nothing is said */
    uint32_t needs;   /* acts its author has seen */
    bool forwarded;   /* and that the review went to the nation */
    /* Fate: cuts are of the link of `victim` to its parent. */
    enum tiers_fate fate;
    enum fed_tier victim;
    lf_time span;    /* of a cut */
    unsigned writes; /* until the death */
};

struct tiers_script {
    unsigned incidents;
    size_t n;
    struct tiers_act act[TIERS_ACTS]; /* by time */
    lf_time skew[TIERS];
};

void tiers_script(struct tiers_script *s, uint64_t seed);

/* What a node holds of an incident in the end, in a form that outlives it. */
struct tiers_event {
    char id[64], kind[32];
    int act; /* -1: the nodes' own */
    lf_time recorded;
};
struct tiers_clock {
    char id[16], state[16];
    lf_time started, due, stopped;
};
struct tiers_case {
    bool there;
    char state[TIERS_STATE]; /* all that the fold says, as text */
    char settled[64];        /* how many acts were settled by rule: of one run only */
    size_t nevents, nown, npure;
    struct tiers_event event[TIERS_EVENTS];
    struct tiers_clock own[TIERS_CLOCKS];  /* as the node judges it, by when things came to it */
    struct tiers_clock pure[TIERS_CLOCKS]; /* as the events alone say */
};

struct tiers_done {
    bool waited; /* not done when it was first tried */
};
struct tiers_receipt {
    bool reported, opened;
    unsigned sights;
    lf_time
        held;   /* the tick up to which the way to the reviewer was closed without a break since the report */
    lf_time by; /* the tick at which the receipt was first seen */
    lf_time whole; /* awake with a whole way and without a receipt, last */
};

struct tiers_run {
    struct fed w;
    const struct tiers_script *script;
    bool cut;
    char incident[TIERS_INCIDENTS][FED_ID];
    lf_time asked_at[TIERS_INCIDENTS]; /* the last act upon it */
    struct {
        bool done, asked;
    } act[TIERS_ACTS];
    struct tiers_done did[TIERS_ACTS];
    struct tiers_receipt receipt[TIERS_INCIDENTS];
    struct tiers_case held[TIERS][TIERS_INCIDENTS];
};

struct fed_node *tiers_node(struct tiers_run *x, enum fed_tier tier);

/* tiers_check.c */
/* Reads what all nodes hold into x->held. */
bool tiers_gather(struct tiers_run *x);
/* All three hold the same; false and broken when not (yet). */
bool tiers_alike(struct tiers_run *x);
/* The run with faults against the one without. */
bool tiers_compare(struct tiers_run *peace, struct tiers_run *cut, lf_time *late);
void tiers_hash(const struct tiers_run *x, uint8_t out[LF_SHA256]);
int tiers_act_of(const struct lf_json *body);

#endif
