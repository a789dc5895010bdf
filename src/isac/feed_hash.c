/* Whether an advisory came as its provider wrote it (feed_priv.h). */
#include <openssl/evp.h>

#include "isac/feed_priv.h"

static const struct {
    const char *suffix;
    size_t bytes;
} kinds[] = { { "sha512", 64 }, { "sha256", 32 } };

lf_view feed_hash_url(struct feed_slot *s)
{
    return lf_arena_printf(&s->a, "%.*s.%s", LF_FMT(s->parts[s->part].url), kinds[s->hash].suffix);
}

enum feed_hash feed_hash_check(const struct feed_slot *s, lf_view said)
{
    uint8_t want[EVP_MAX_MD_SIZE], is[EVP_MAX_MD_SIZE];
    size_t bytes = kinds[s->hash].bytes;
    unsigned n = 0;

    /* As sha512sum writes it: the digits, blanks, the file's name. */
    said = lf_view_trim(said);
    if (said.len < 2 * bytes || lf_unhex(lf_view_first(said, 2 * bytes), want, bytes, NULL) != LF_OK ||
        (said.len > 2 * bytes && (uint8_t)said.ptr[2 * bytes] > ' '))
        return HASH_NONE;
    if (EVP_Digest(s->held.ptr, s->held.len, is, &n, s->hash ? EVP_sha256() : EVP_sha512(), NULL) != 1 ||
        n != bytes)
        return HASH_WRONG;
    return memcmp(want, is, bytes) == 0 ? HASH_RIGHT : HASH_WRONG;
}
