/* What people do to the incidents of the three tiers, and what fate does to the tiers. */
#include "main/tiers_priv.h"

#include <stdlib.h>

struct draft {
    struct tiers_act act[TIERS_ACTS];
    size_t n;
};

/* The acts of one incident, as two tracks that do not wait for each other. */
struct tracks {
    struct lf_sim *chance;
    unsigned incident;
    struct draft review, handling;
    struct tiers_act last[3];
    size_t nlast;
    int level, rank;
};

static bool one_in(struct tracks *t, uint64_t n)
{
    return lf_sim_one_in(t->chance, n);
}

static struct tiers_act *add(struct tracks *t, struct draft *d, enum fed_tier who, const char *kind)
{
    LF_ASSERT(d->n < TIERS_ACTS);
    d->act[d->n] = (struct tiers_act){ .incident = t->incident, .who = who, .kind = kind, .occurred = -1 };
    return &d->act[d->n++];
}

static void level(struct tracks *t, struct tiers_act *a)
{
    int rank = a->who == FED_NATION ? 3 : a->who == FED_SECTOR ? 2 : 1;

    a->level = 1 + (int)lf_sim_below(t->chance, 4);
    if (rank >= t->rank) {
        t->level = a->level;
        t->rank = rank;
    }
}

static void review(struct tracks *t)
{
    struct draft *d = &t->review;
    struct tiers_act *a = add(t, d, FED_PROVIDER, "report");
    bool direct;

    a->draft = one_in(t, 4);
    level(t, a);
    if (a->draft)
        add(t, d, FED_PROVIDER, "reported");
    if (one_in(t, 4))
        level(t, add(t, d, FED_PROVIDER, "level_changed"));
    if (one_in(t, 4))
        add(t, d, FED_PROVIDER, "aware_corrected");
    if (one_in(t, 3)) {
        add(t, d, FED_SECTOR, "returned");
        add(t, d, FED_PROVIDER, "supplemented");
    }
    /* What is major is at the nation before any review: it may go first. */
    direct = t->level >= 3 && one_in(t, 3);
    a = add(t, d, direct ? FED_NATION : FED_SECTOR, "reviewed");
    if (one_in(t, 3))
        level(t, a);
    else if (t->rank < (direct ? 3 : 2))
        t->rank = direct ? 3 : 2;
    if (!direct && one_in(t, 5)) { /* looked at again: the level stands by the nation's word from here on */
        add(t, d, FED_NATION, "reviewed")->forwarded = true;
        t->rank = 3;
    }
    if (one_in(t, 3))
        level(t, add(t, d, (enum fed_tier)lf_sim_below(t->chance, 3), "level_changed"));
}

static void handling(struct tracks *t)
{
    struct draft *d = &t->handling;

    if (one_in(t, 3))
        add(t, d, FED_PROVIDER, "followed_up");
    add(t, d, FED_PROVIDER, "controlled");
    if (one_in(t, 2))
        add(t, d, FED_PROVIDER, "recovered");
    add(t, d, FED_PROVIDER, "final_submitted");
}

static void ending(struct tracks *t)
{
    struct draft d = { .n = 0 };

    if (one_in(t, 4)) {
        add(t, &d, t->level >= 3 ? FED_NATION : FED_SECTOR, "final_returned");
        add(t, &d, FED_PROVIDER, "final_submitted");
    }
    add(t, &d, t->level >= 3 || one_in(t, 4) ? FED_NATION : FED_SECTOR, "closed")->forwarded = true;
    if (d.n == 1 && one_in(t, 5))
        add(t, &d, FED_PROVIDER, "reopened");
    for (size_t i = 0; i < d.n; i++)
        t->last[t->nlast++] = d.act[i];
}

/* An act's bit is its place in the script, so what it needs is known when it is placed. */
struct placed {
    uint32_t all, review, handling;
    lf_time aware;
};

static void fate(struct lf_sim *chance, struct tiers_act *a)
{
    static const lf_time most[] = { LF_MINUTE, 40 * LF_MINUTE, 4 * LF_HOUR };
    uint64_t how = lf_sim_below(chance, 10);

    a->fate = how < 4   ? TIERS_CUT_BOTH
              : how < 5 ? TIERS_CUT_OUT
              : how < 6 ? TIERS_CUT_IN
              : how < 8 ? TIERS_KILL
                        : TIERS_KILL_AT_WRITE;
    a->victim = (enum fed_tier)lf_sim_below(chance, a->fate < TIERS_KILL ? 2 : 3);
    /* Whoever acts dies over it as often as not. */
    if (a->fate == TIERS_KILL_AT_WRITE && lf_sim_one_in(chance, 2))
        a->victim = a->who;
    a->span = 5 * LF_SECOND +
              (lf_time)lf_sim_below(chance, (uint64_t)most[lf_sim_below(chance, sizeof most / sizeof *most)]);
    a->writes = 1 + (unsigned)lf_sim_below(chance, lf_sim_one_in(chance, 2) ? 6 : 40);
}

static void place(struct tiers_script *s, struct lf_sim *chance, struct placed *p, struct tiers_act a,
                  uint32_t needs, lf_time *now)
{
    /* Half past a second, so that a few milliseconds make no other one. */
    *now += (lf_time)(600 + lf_sim_below(chance, 6600)) * LF_SECOND;
    a.at = *now + LF_SECOND / 2;
    a.needs = needs;
    if (strcmp(a.kind, "report") == 0)
        a.occurred = p->aware =
            a.at - (lf_time)(60 + lf_sim_below(chance, lf_sim_one_in(chance, 5) ? 9000 : 3300)) * LF_SECOND;
    else if (strcmp(a.kind, "aware_corrected") == 0) /* it was known earlier, or later */
        a.occurred = p->aware += lf_sim_one_in(chance, 3) ? (lf_time)lf_sim_below(chance, 540) * LF_SECOND
                                                          : -(lf_time)lf_sim_below(chance, 1200) * LF_SECOND;
    else if (strcmp(a.kind, "controlled") == 0 || strcmp(a.kind, "recovered") == 0)
        a.occurred = a.at - (lf_time)(10 + lf_sim_below(chance, 600)) * LF_SECOND;
    fate(chance, &a);
    p->all |= (uint32_t)1 << s->n;
    s->act[s->n++] = a;
}

void tiers_script(struct tiers_script *s, uint64_t seed)
{
    struct lf_sim *chance = lf_sim_create(seed ^ 0x7469657273, 0);
    struct tracks *t = calloc(TIERS_INCIDENTS, sizeof *t);
    size_t at[TIERS_INCIDENTS][3] = { 0 };
    struct placed p[TIERS_INCIDENTS] = { 0 };
    lf_time now = 4 * LF_HOUR; /* what became known before is no negative tick */

    LF_ASSERT(t);
    *s = (struct tiers_script){ .incidents = 1 + (unsigned)lf_sim_below(chance, TIERS_INCIDENTS) };
    for (unsigned i = 0; i < TIERS; i++)
        s->skew[i] = (lf_time)lf_sim_below(chance, 4 * LF_SECOND) - 2 * LF_SECOND;
    for (unsigned i = 0; i < s->incidents; i++) {
        t[i].chance = chance;
        t[i].incident = i;
        review(&t[i]);
        handling(&t[i]);
        ending(&t[i]);
    }
    for (;;) {
        unsigned i = (unsigned)lf_sim_below(chance, s->incidents), tries = 0;
        bool handles = lf_sim_one_in(chance, 2);
        uint32_t bit;

        while (tries < s->incidents && at[i][2] == t[i].nlast)
            i = (i + 1) % s->incidents, tries++;
        if (tries == s->incidents)
            break;
        bit = (uint32_t)1 << s->n;
        if (at[i][0] < t[i].review.n && (at[i][0] == 0 || !handles || at[i][1] == t[i].handling.n)) {
            place(s, chance, &p[i], t[i].review.act[at[i][0]++], p[i].review, &now);
            p[i].review |= bit;
            if (at[i][0] == 1)
                p[i].handling |= bit; /* there is nothing to handle before */
        } else if (at[i][1] < t[i].handling.n) {
            place(s, chance, &p[i], t[i].handling.act[at[i][1]++], p[i].handling, &now);
            p[i].handling |= bit;
        } else {
            place(s, chance, &p[i], t[i].last[at[i][2]++], p[i].all, &now);
        }
    }
    free(t);
    lf_sim_destroy(chance);
}
