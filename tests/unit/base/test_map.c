#include "base/map.h"

#include "base/arena.h"
#include "lf_test.h"

static void siphash_gives_the_published_vectors(void)
{
    /* Appendix A of the SipHash paper: key 00..0f, input 00..0e. */
    uint64_t key[2] = { 0x0706050403020100u, 0x0f0e0d0c0b0a0908u };
    char in[15];

    for (int i = 0; i < 15; i++)
        in[i] = (char)i;
    CHECK(lf_siphash(key, (lf_view){ in, 15 }) == 0xa129ca6149be45e5u, "15 bytes");
    CHECK(lf_siphash(key, (lf_view){ in, 0 }) == 0x726fdb47dd0e0e31u, "no bytes");
}

/* The map beside a plain array, under a seeded mix of sets and deletes. */
static void a_map_agrees_with_a_plain_table_over_random_work(void)
{
    enum { KEYS = 300, STEPS = 200000 };
    struct lf_arena a = { 0 };
    struct lf_map m;
    lf_view keys[KEYS];
    uint64_t value[KEYS] = { 0 }, seed = 12345;
    bool has[KEYS] = { false };
    size_t count = 0;

    lf_map_init(&m, 1);
    for (int i = 0; i < KEYS; i++)
        keys[i] = lf_arena_printf(&a, "key-%d", i);
    for (int s = 0; s < STEPS; s++) {
        size_t k;
        uint64_t got;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        k = (seed >> 33) % KEYS;
        if ((seed >> 60) & 1) {
            lf_map_set(&m, keys[k], seed);
            count += !has[k];
            has[k] = true;
            value[k] = seed;
        } else {
            CHECK(lf_map_del(&m, keys[k]) == has[k], "step %d", s);
            count -= has[k];
            has[k] = false;
        }
        k = (seed >> 20) % KEYS;
        CHECK(lf_map_get(&m, keys[k], &got) == has[k] && (!has[k] || got == value[k]), "step %d", s);
        CHECK(m.count == count, "count at step %d", s);
    }
    CHECK(m.cap <= 2048, "tombstones made it grow to %zu", m.cap);
    size_t at = 0, walked = 0;
    lf_view key;
    uint64_t v;
    while (lf_map_next(&m, &at, &key, &v))
        walked++;
    CHECK(walked == count, "walked %zu of %zu", walked, count);
    lf_map_clear(&m);
    lf_arena_clear(&a);
}

int main(void)
{
    RUN(siphash_gives_the_published_vectors);
    RUN(a_map_agrees_with_a_plain_table_over_random_work);
    DONE();
}
