/* Random transactions over a disk that loses its power and runs full: what was
 * committed is there, what was not is not, and one seed gives one run. */
#include "store/simdisk.h"

#include "lf_test.h"
#include "store/db.h"
#include "store/query_ident.h"
#include "sys/sim.h"

enum { KEYS = 24, ROUNDS = 4, LONGEST = 9000 };

struct value {
    uint64_t stamp; /* 0: not there */
    size_t len;
};

struct state {
    struct value of[KEYS];
};

struct run {
    struct lf_sim *sim; /* what the test draws; the disk has its own */
    struct lf_sim_view view;
    struct lf_log log;
    struct lf_env env;
    struct lf_simdisk *disk;
    struct lf_db *db;
    struct state now; /* committed */
    uint64_t seed, stamps, commits, doubts, crashes, full;
    char *text, *got;
    size_t got_len;
    bool got_any;
};

static lf_view text_of(struct run *r, struct value v)
{
    snprintf(r->text, LONGEST + 1, "%016llx", (unsigned long long)v.stamp);
    for (size_t i = 16; i < v.len; i++)
        r->text[i] = (char)('a' + (i * 7 + v.stamp) % 26);
    return (lf_view){ r->text, v.len };
}

static lf_view key_of(int k, char out[16])
{
    snprintf(out, 16, "p.%d", k);
    return lf_view_of(out);
}

static enum lf_code take(void *ctx, const struct lf_row *row, struct lf_err *e)
{
    struct run *r = ctx;
    lf_view v = lf_row_text(row, 0);

    (void)e;
    r->got_any = true;
    r->got_len = v.len;
    if (v.len <= LONGEST)
        memcpy(r->got, v.ptr, v.len);
    return LF_OK;
}

/* Whether the database holds exactly `s`. */
static bool holds(struct run *r, const struct state *s)
{
    char key[16];

    for (int k = 0; k < KEYS; k++) {
        lf_view want = text_of(r, s->of[k]);

        r->got_any = false;
        if (lf_db_run(r->db, NULL, &lf_q_setting_get, LF_ARGS(LF_TEXT(key_of(k, key))), take, r, NULL,
                      NULL) != LF_OK)
            return false;
        if (r->got_any != (s->of[k].stamp != 0))
            return false;
        if (r->got_any && !lf_view_eq(want, (lf_view){ r->got, r->got_len }))
            return false;
    }
    return true;
}

static enum lf_code change(struct run *r, struct state *s)
{
    int k = (int)lf_sim_below(r->sim, KEYS);
    struct value v = { ++r->stamps, 16 + lf_sim_below(r->sim, lf_sim_one_in(r->sim, 6) ? LONGEST - 16 : 60) };
    char key[16];

    s->of[k] = v;
    return lf_db_exec(r->db, NULL, &lf_q_setting_set,
                      LF_ARGS(LF_TEXT(key_of(k, key)), LF_TEXT(text_of(r, v))), NULL);
}

/* One transaction; *after is what holds if it was kept.  *asked: commit was tried. */
static enum lf_code transaction(struct run *r, struct state *after, bool *asked)
{
    enum lf_code rc;

    *after = r->now;
    *asked = false;
    rc = lf_db_begin(r->db, NULL);
    if (rc != LF_OK)
        return rc;
    for (uint64_t n = 1 + lf_sim_below(r->sim, 5); n && rc == LF_OK; n--) {
        struct state kept = *after;

        rc = lf_db_save(r->db, NULL);
        if (rc != LF_OK)
            break;
        rc = change(r, after);
        if (rc == LF_OK && !lf_sim_one_in(r->sim, 4)) {
            rc = lf_db_release(r->db, NULL);
        } else {
            lf_db_undo(r->db);
            *after = kept;
        }
    }
    if (rc == LF_OK && lf_sim_one_in(r->sim, 8)) {
        lf_db_rollback(r->db);
        *after = r->now;
        return LF_OK;
    }
    if (rc != LF_OK) {
        lf_db_rollback(r->db);
        return rc;
    }
    *asked = true;
    return lf_db_commit(r->db, NULL);
}

static bool open_db(struct run *r)
{
    struct lf_err e = { 0 };
    enum lf_code rc = lf_db_open(
        &(struct lf_db_options){ .path = "state.db", .vfs = lf_simdisk_vfs(r->disk) }, &r->env, &r->db, &e);

    if (rc != LF_OK)
        r->db = NULL;
    CHECK(rc == LF_OK || lf_simdisk_crashed(r->disk), "seed %llu: open: %s", (unsigned long long)r->seed,
          e.text);
    return rc == LF_OK;
}

/* From power to power cut. */
static void live(struct run *r)
{
    struct state after = r->now;
    struct lf_err e = { 0 };
    bool doubt = false;

    if (!lf_sim_one_in(r->sim, 5))
        lf_simdisk_crash_at(r->disk, 1 + lf_sim_below(r->sim, lf_sim_one_in(r->sim, 4) ? 1500 : 60));
    if (lf_sim_one_in(r->sim, 4))
        lf_simdisk_limit(r->disk, lf_simdisk_used(r->disk) + lf_sim_below(r->sim, 60000));
    for (uint64_t n = 1 + lf_sim_below(r->sim, 30); n && !lf_simdisk_crashed(r->disk); n--) {
        bool asked;
        enum lf_code rc = transaction(r, &after, &asked);

        if (rc == LF_OK) {
            r->now = after;
            r->commits++;
        } else if (lf_simdisk_crashed(r->disk)) {
            doubt = asked; /* a commit cut off was kept whole or not at all */
        } else {
            CHECK(rc == LF_FULL, "seed %llu: %s", (unsigned long long)r->seed, lf_code_name(rc));
            CHECK(holds(r, &r->now), "seed %llu: a full disk changed something", (unsigned long long)r->seed);
            r->full++;
            lf_simdisk_limit(r->disk, 0);
        }
    }
    lf_simdisk_limit(r->disk, 0);
    if (!lf_sim_one_in(r->sim, 6))
        lf_simdisk_crash(r->disk); /* else closed in order, the cut perhaps in its midst */
    lf_db_close(r->db);
    r->db = NULL;
    lf_simdisk_crash(r->disk);
    r->crashes++;

    /* The power may go again while it recovers. */
    do {
        lf_simdisk_revive(r->disk);
        if (lf_sim_one_in(r->sim, 8))
            lf_simdisk_crash_at(r->disk, 1 + lf_sim_below(r->sim, 12));
    } while (!open_db(r) && lf_simdisk_crashed(r->disk));
    lf_simdisk_crash_at(r->disk, 0);
    if (!r->db)
        return;
    CHECK_OK(lf_db_verify(r->db, &e), &e);
    if (doubt && holds(r, &after)) {
        r->now = after;
        r->doubts++;
    } else {
        CHECK(holds(r, &r->now), "seed %llu: not what was committed", (unsigned long long)r->seed);
    }
}

static uint64_t run(uint64_t seed, struct run *sum)
{
    struct run r = { .seed = seed, .log.fd = -1 };
    uint64_t mark;

    r.text = malloc(LONGEST + 1);
    r.got = malloc(LONGEST + 1);
    r.sim = lf_sim_create(seed, 1795219200 * LF_SECOND);
    r.view = (struct lf_sim_view){ .sim = r.sim, .stream = 1 };
    lf_sim_env(&r.view, &r.log, &r.env);
    r.disk = lf_simdisk_create(seed ^ 0x5eed, &r.env);
    if (open_db(&r))
        for (int i = 0; i < ROUNDS && r.db; i++)
            live(&r);
    lf_db_close(r.db);
    mark = lf_simdisk_digest(r.disk) ^ lf_simdisk_operations(r.disk);
    lf_simdisk_destroy(r.disk);
    lf_sim_destroy(r.sim);
    free(r.text);
    free(r.got);
    if (sum) {
        sum->commits += r.commits;
        sum->crashes += r.crashes;
        sum->doubts += r.doubts;
        sum->full += r.full;
    }
    return mark;
}

static uint64_t first = 1, seeds = 160;

static void committed_is_kept_and_uncommitted_is_not_whenever_the_power_goes(void)
{
    struct run sum = { 0 };

    for (uint64_t s = first; s < first + seeds && !lf_test_failed_; s++)
        run(s, &sum);
    printf(
        "# seeds %llu to %llu: %llu transactions, %llu power cuts, %llu cut commits kept, %llu full disks\n",
        (unsigned long long)first, (unsigned long long)(first + seeds - 1), (unsigned long long)sum.commits,
        (unsigned long long)sum.crashes, (unsigned long long)sum.doubts, (unsigned long long)sum.full);
    CHECK(seeds < 100 || (sum.doubts && sum.full), "the generator misses what it is for");
}

static void one_seed_gives_one_disk_byte_for_byte(void)
{
    for (uint64_t s = first; s < first + seeds / 8; s++) {
        uint64_t a = run(s, NULL), b;
        struct lf_simdisk *other = lf_simdisk_create(s, NULL); /* a neighbour changes nothing */

        b = run(s, NULL);
        CHECK(a == b, "seed %llu gave two disks", (unsigned long long)s);
        lf_simdisk_destroy(other);
    }
    CHECK(run(first, NULL) != run(first + 1, NULL), "the seed changes nothing");
}

/* prop_simdisk [first seed [how many]] */
int main(int argc, char **argv)
{
    if (argc > 1 && !lf_view_u64(lf_view_of(argv[1]), &first))
        return 2;
    if (argc > 2 && !lf_view_u64(lf_view_of(argv[2]), &seeds))
        return 2;
    lf_crypto_init();
    RUN(committed_is_kept_and_uncommitted_is_not_whenever_the_power_goes);
    RUN(one_seed_gives_one_disk_byte_for_byte);
    DONE();
}
