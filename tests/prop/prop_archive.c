/* Random lives of an event archive on a disk that loses its power at any change and
 * runs full: what was acknowledged is there, byte for byte and under its position;
 * what was not is there wholly or not at all, its state with it; what is held is
 * never removed; and a reader sees the same as the writer. */
#include "store/archive.h"

#include "lf_disk_sim.h"
#include "lf_test.h"

enum { LIVES = 60, STEPS = 250, MOST = 100000, TEXT = 3000 };

struct model {
    uint32_t *salt; /* of the record at a position: what it says */
    uint64_t next;  /* acknowledged: all before it */
    uint64_t state; /* acknowledged */
    /* The commit that may or may not have come through. */
    uint64_t tried, tried_state;
};

struct run {
    struct lf_disk_sim *disk;
    struct lf_archive *a;
    struct model m;
    struct lf_arena arena;
    uint64_t seed, hold, added, sealed, crashes, full, dropped;
    lf_time now;
};

static uint64_t draw(struct run *r, uint64_t n)
{
    r->seed = r->seed * 6364136223846793005u + 1442695040888963407u;
    return (r->seed >> 33) % n;
}

static lf_view text_of(uint64_t position, uint32_t salt, char out[TEXT])
{
    size_t n =
        (size_t)snprintf(out, TEXT, "{\"n\":%llu,\"salt\":%u,\"x\":\"", (unsigned long long)position, salt);
    uint64_t x = salt;

    for (size_t more = salt % 17 ? salt % 60 : salt % 2500; more > 0; more--) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        out[n++] = (char)('a' + (x >> 40) % 26);
    }
    return (lf_view){ out, n };
}

static lf_view sender_of(uint32_t salt)
{
    static const char *const names[] = { "web", "dns", "mail", "" };

    return lf_view_of(names[salt % 4]);
}

static lf_view state_text(uint64_t state, char out[32])
{
    return state ? (lf_view){ out, (size_t)snprintf(out, 32, "state %llu", (unsigned long long)state) }
                 : (lf_view){ "", 0 };
}

static bool same(const struct run *r, const struct lf_archive_record *x)
{
    char text[TEXT];
    uint32_t salt = r->m.salt[x->position];

    return lf_view_eq(x->bytes, text_of(x->position, salt, text)) && lf_view_eq(x->sender, sender_of(salt)) &&
           x->format == salt % 7 && x->recorded == (lf_time)(x->position * 1000 + 5);
}

static bool all_there(struct run *r)
{
    struct lf_archive_reader *reader;
    struct lf_archive_frame f = { 0 };
    struct lf_archive_record *x;
    struct lf_archive_stats st;
    struct lf_err e;
    uint64_t at, p;
    bool ok = true;
    size_t n;

    lf_archive_stats(r->a, &st);
    ok = st.first <= r->hold || st.first == 1;
    if (!ok)
        printf("# %llu is removed, held from %llu\n", (unsigned long long)st.first - 1,
               (unsigned long long)r->hold);
    for (at = p = st.first; ok;) {
        lf_arena_reset(&r->arena);
        if (lf_archive_read(r->a, &r->arena, at, draw(r, 100000), &x, &n, &at, &e) != LF_OK) {
            printf("# read from %llu: %s\n", (unsigned long long)p, e.text);
            ok = false;
        }
        if (!ok || !n)
            break;
        for (size_t i = 0; ok && i < n; i++, p++)
            if (x[i].position != p || !same(r, &x[i])) {
                printf("# at %llu comes %llu\n", (unsigned long long)p, (unsigned long long)x[i].position);
                ok = false;
            }
    }
    if (p != r->m.next) {
        printf("# read up to %llu, acknowledged up to %llu\n", (unsigned long long)p,
               (unsigned long long)r->m.next);
        ok = false;
    }
    if (lf_archive_reader_open("d", &r->disk->disk, &reader, &e) != LF_OK)
        return false;
    p = st.first;
    for (size_t i = 0; ok && i < lf_archive_blocks(reader); i++) {
        const struct lf_archive_record *y;
        struct lf_archive_block *b;

        ok = lf_archive_block_open(reader, i, &b, &e) == LF_OK;
        for (size_t k = 0; ok && k < b->nframes; k++) {
            ok = lf_archive_frame_read(b, k, &f, &e) == LF_OK &&
                 lf_archive_frame_records(&f, &y, &n, &e) == LF_OK;
            for (size_t m = 0; ok && m < n; m++, p++)
                ok = y[m].position == p && same(r, &y[m]);
        }
        if (ok)
            lf_archive_block_close(b);
    }
    if (ok && p != r->m.next) {
        printf("# a reader sees up to %llu\n", (unsigned long long)p);
        ok = false;
    }
    lf_archive_frame_clear(&f);
    lf_archive_reader_close(reader);
    return ok;
}

/* Opens again after a crash (or a close), and holds what came through against what
 * was acknowledged. */
static bool open_again(struct run *r)
{
    struct lf_archive_options o = { .keep = 1 << 20, .disk = &r->disk->disk, .events = 200 + draw(r, 600) };
    struct lf_archive_stats st;
    char text[32];
    struct lf_err e;

    lf_disk_sim_revive(r->disk);
    if (lf_archive_open("d", &o, &r->a, &e) != LF_OK) {
        printf("# open: %s\n", e.text);
        return false;
    }
    lf_archive_hold(r->a, r->hold);
    lf_archive_stats(r->a, &st);
    if (st.next == r->m.tried && r->m.tried != r->m.next) {
        r->m.next = r->m.tried; /* the last commit came through unacknowledged */
        r->m.state = r->m.tried_state;
    } else if (st.next == r->m.next && r->m.tried == r->m.next &&
               lf_view_eq(lf_archive_state(r->a), state_text(r->m.tried_state, text))) {
        r->m.state = r->m.tried_state; /* state alone */
    }
    r->m.tried = r->m.next;
    r->m.tried_state = r->m.state;
    if (st.next != r->m.next) {
        printf("# next is %llu, acknowledged %llu\n", (unsigned long long)st.next,
               (unsigned long long)r->m.next);
        return false;
    }
    if (!lf_view_eq(lf_archive_state(r->a), state_text(r->m.state, text))) {
        printf("# state is %.*s, not %.*s\n", LF_FMT(lf_archive_state(r->a)),
               LF_FMT(state_text(r->m.state, text)));
        return false;
    }
    return all_there(r);
}

static void add(struct run *r)
{
    char text[TEXT];

    for (uint64_t n = draw(r, 8) ? draw(r, 20) : draw(r, draw(r, 4) ? 400 : 3000);
         n > 0 && r->added < MOST - 1; n--) {
        uint32_t salt = (uint32_t)draw(r, 1u << 31);
        uint64_t p;
        struct lf_archive_stats st;

        lf_archive_stats(r->a, &st);
        r->m.salt[st.next] = salt;
        p = lf_archive_add(r->a, (lf_time)(st.next * 1000 + 5), salt % 7, sender_of(salt),
                           text_of(st.next, salt, text));
        LF_ASSERT(p == st.next);
        r->added = p;
    }
    if (!draw(r, 3)) {
        char s[32];

        lf_archive_set_state(r->a, state_text(r->m.tried_state = draw(r, 1000000) + 1, s));
    }
}

static bool commit(struct run *r)
{
    struct lf_archive_stats st;
    struct lf_err e;
    enum lf_code rc;

    lf_archive_stats(r->a, &st);
    r->m.tried = st.next;
    rc = lf_archive_commit(r->a, &e);
    if (rc == LF_OK) {
        r->m.next = r->m.tried;
        r->m.state = r->m.tried_state;
        return true;
    }
    r->full += rc == LF_FULL;
    return rc == LF_FULL || rc == LF_IO;
}

static bool life(struct run *r)
{
    bool ok = open_again(r);

    if (draw(r, 4))
        r->disk->crash_at = 1 + draw(r, 200);
    for (int step = 0; ok && step < STEPS && !r->disk->crashed && r->added < MOST - 1; step++) {
        struct lf_archive_news news;

        switch (draw(r, 8)) {
        case 0:
        case 1:
        case 2:
            if (lf_archive_pending(r->a) < 1 << 20)
                add(r);
            break;
        case 3:
        case 4:
            ok = commit(r);
            break;
        case 5:
            r->disk->limit = draw(r, 3) ? 0 : lf_disk_sim_used(r->disk) + draw(r, 20000);
            break;
        case 6:
            if (draw(r, 2)) /* detection gets on, now and then */
                r->hold = r->hold < r->m.next ? r->hold + draw(r, r->m.next - r->hold + 1) : r->hold;
            lf_archive_hold(r->a, r->hold);
            break;
        default:
            for (uint64_t n = draw(r, 40); n > 0; n--) {
                enum lf_archive_did did = lf_archive_work(r->a, r->now += LF_SECOND, UINT64_MAX, &news);

                r->sealed += did == LF_ARCHIVE_SEALED;
                r->dropped += did == LF_ARCHIVE_DROPPED;
                if (did == LF_ARCHIVE_DAMAGED && !r->disk->crashed) { /* without power nothing is read */
                    printf("# damaged: %s\n", news.error.text);
                    ok = false;
                }
            }
        }
    }
    r->disk->limit = 0;
    if (ok && !r->disk->crashed && draw(r, 3) && commit(r) && r->m.next == r->m.tried && !r->disk->crashed)
        ok = all_there(r) || r->disk->crashed;
    if (!r->disk->crashed && draw(r, 2))
        lf_disk_sim_crash(r->disk);
    r->crashes += r->disk->crashed;
    lf_archive_close(r->a);
    return ok;
}

static void what_was_acknowledged_survives_power_cuts_and_full_disks(void)
{
    const char *given = getenv("LF_SEED");
    uint64_t first = 20261121, n = 4, sealed = 0, crashes = 0, full = 0, dropped = 0;

    if (given && lf_view_u64(lf_view_of(given), &first))
        n = getenv("LF_SEEDS") ? strtoull(getenv("LF_SEEDS"), NULL, 10) : 1;
    for (uint64_t seed = first; seed < first + n; seed++) {
        struct run r = { .seed = seed, .hold = 1, .now = LF_SECOND };
        bool ok = true;

        r.disk = lf_disk_sim_create(seed);
        r.m.salt = calloc(MOST + 1, sizeof *r.m.salt);
        r.m.next = r.m.tried = 1;
        for (int i = 0; ok && i < LIVES && r.added < MOST - 1; i++)
            ok = life(&r);
        CHECK(ok, "seed %llu: %llu events, %llu crashes", (unsigned long long)seed,
              (unsigned long long)r.m.next, (unsigned long long)r.crashes);
        sealed += r.sealed;
        crashes += r.crashes;
        full += r.full;
        dropped += r.dropped;
        free(r.m.salt);
        lf_arena_clear(&r.arena);
        lf_disk_sim_destroy(r.disk);
    }
    printf("# %llu seeds from %llu: %llu crashes, %llu commits without room, %llu blocks sealed, %llu "
           "removals\n",
           (unsigned long long)n, (unsigned long long)first, (unsigned long long)crashes,
           (unsigned long long)full, (unsigned long long)sealed, (unsigned long long)dropped);
    CHECK(given || (sealed > 100 && crashes > 40 && full > 100 && dropped > 50),
          "the runs touched everything");
}

int main(void)
{
    RUN(what_was_acknowledged_survives_power_cuts_and_full_disks);
    DONE();
}
