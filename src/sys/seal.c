#include "sys/seal.h"

#include "sys/seal_priv.h"

enum lf_code lf_seal_prepare(struct lf_err *e)
{
    return pgp_prepare(e);
}

const char *lf_seal_kind_name(enum lf_seal_kind k)
{
    return k == LF_SEAL_OPENPGP ? "openpgp" : "smime";
}

const char *lf_seal_word_name(enum lf_seal_word w)
{
    static const char *const names[LF_SAID_WORDS] = { "unsigned", "good", "unknown", "ended", "broken" };

    return names[w];
}

void seal_address(struct lf_arena *a, struct lf_seal_key *k, lf_view v)
{
    lf_view *list = (lf_view *)(uintptr_t)k->addresses;
    size_t open = lf_view_find_byte(v, '<');
    char *small;

    if (open != SIZE_MAX) {
        v = lf_view_from(v, open + 1);
        v = lf_view_first(v, lf_view_find_byte(v, '>'));
    }
    v = lf_view_trim(v);
    if (k->naddresses == LF_SEAL_ADDRESSES || !v.len || v.len > 254 || lf_view_find_byte(v, '@') == SIZE_MAX)
        return;
    small = lf_arena_cstr(a, v);
    for (size_t i = 0; i < v.len; i++) {
        if ((unsigned char)small[i] <= ' ' || (unsigned char)small[i] >= 0x7f)
            return;
        if (small[i] >= 'A' && small[i] <= 'Z')
            small[i] = (char)(small[i] | 0x20);
    }
    if (!list)
        k->addresses = list = LF_NEW(a, lf_view, LF_SEAL_ADDRESSES);
    list[k->naddresses++] = (lf_view){ small, v.len };
}

lf_view seal_line(struct lf_arena *a, lf_view v)
{
    char *out;

    v = lf_view_first(v, 200);
    while (v.len && !lf_view_is_utf8(v))
        v.len--;
    out = lf_arena_cstr(a, v);
    for (size_t i = 0; i < v.len; i++)
        if ((unsigned char)out[i] < ' ' || out[i] == 0x7f)
            out[i] = ' ';
    return (lf_view){ out, v.len };
}

bool lf_seal_key_of(const struct lf_seal_key *k, lf_view address)
{
    for (size_t i = 0; i < k->naddresses; i++)
        if (lf_view_eq_nocase(k->addresses[i], address))
            return true;
    return false;
}

/* A certificate or a CMS key by what begins it; all else may be OpenPGP. */
static bool is_smime(lf_view text)
{
    return lf_view_find(text, LF_V("-----BEGIN CERTIFICATE-----")) != SIZE_MAX ||
           lf_view_find(text, LF_V("-----BEGIN TRUSTED CERTIFICATE-----")) != SIZE_MAX ||
           (text.len > 2 && text.ptr[0] == 0x30 && (unsigned char)text.ptr[1] >= 0x80);
}

enum lf_code lf_seal_key_read(struct lf_arena *a, lf_view text, bool own, lf_time now,
                              struct lf_seal_key *out, struct lf_err *e)
{
    size_t most = own ? LF_SEAL_OWN : LF_SEAL_KEY;
    struct lf_seal_key k = { 0 };

    if (!text.len)
        return lf_err_set(e, LF_BAD_INPUT,
                          "金鑰是空的。The key is empty: give an OpenPGP public key or a certificate");
    if (text.len > most)
        return lf_err_set(
            e, LF_TOO_BIG,
            "金鑰超過 %zu KiB，請以精簡方式匯出。The key has more than %zu KiB: export it with fewer "
            "signatures (gpg --export-options export-minimal)",
            most >> 10, most >> 10);
    k.kind = is_smime(text) ? LF_SEAL_SMIME : LF_SEAL_OPENPGP;
    LF_TRY(k.kind == LF_SEAL_SMIME ? cms_key_read(a, text, own, now, &k, e)
                                   : pgp_key_read(a, text, own, now, &k, e));
    if (k.secret && !own)
        return lf_err_set(
            e, LF_BAD_INPUT,
            "這是私密金鑰，請改給公開金鑰；私密金鑰可能已外洩。This is a secret key: give the public one, "
            "and think of the secret one as told to others");
    *out = k;
    return LF_OK;
}

enum lf_code lf_seal_public(struct lf_arena *a, enum lf_seal_kind kind, lf_view own, lf_view *out,
                            struct lf_err *e)
{
    return kind == LF_SEAL_SMIME ? cms_public(a, own, out, e) : pgp_public(a, own, out, e);
}

enum lf_code lf_seal_sign(struct lf_arena *a, enum lf_seal_kind kind, lf_view own, lf_view bytes, lf_time now,
                          lf_view *signature, struct lf_err *e)
{
    return kind == LF_SEAL_SMIME ? cms_sign(a, own, bytes, now, signature, e)
                                 : pgp_sign(a, own, bytes, now, signature, e);
}

enum lf_code lf_seal_encrypt(struct lf_arena *a, enum lf_seal_kind kind, lf_view to, lf_view own,
                             lf_view bytes, lf_time now, lf_view *out, struct lf_err *e)
{
    return kind == LF_SEAL_SMIME ? cms_encrypt(a, to, bytes, out, e)
                                 : pgp_encrypt(a, to, own, bytes, now, out, e);
}

struct lf_seal_said lf_seal_verify(struct lf_arena *a, enum lf_seal_kind kind, const lf_view *known,
                                   size_t nknown, lf_view bytes, lf_view signature, lf_time now)
{
    if (!signature.len || signature.len > LF_SEAL_SIGNATURE)
        return (struct lf_seal_said){ .word = LF_SAID_BROKEN };
    nknown = nknown > LF_SEAL_KNOWN ? LF_SEAL_KNOWN : nknown;
    return kind == LF_SEAL_SMIME ? cms_verify(a, known, nknown, bytes, signature, now, NULL, 0)
                                 : pgp_verify(a, known, nknown, bytes, signature, now);
}

enum lf_code lf_seal_decrypt(struct lf_arena *a, enum lf_seal_kind kind, lf_view own, const lf_view *known,
                             size_t nknown, lf_view sealed, lf_time now, size_t most, lf_view *out,
                             struct lf_seal_said *said, struct lf_err *e)
{
    *said = (struct lf_seal_said){ .word = LF_SAID_UNSIGNED };
    if (!own.len)
        return lf_err_set(e, LF_UNACCEPTED, "this node has no key that could open it");
    nknown = nknown > LF_SEAL_KNOWN ? LF_SEAL_KNOWN : nknown;
    return kind == LF_SEAL_SMIME ? cms_decrypt(a, own, sealed, most, out, e)
                                 : pgp_decrypt(a, own, known, nknown, sealed, now, most, out, said, e);
}

enum lf_code lf_seal_within(struct lf_arena *a, const lf_view *known, size_t nknown, lf_view sealed,
                            lf_time now, size_t most, lf_view *out, struct lf_seal_said *said,
                            struct lf_err *e)
{
    lf_view within = { 0 };

    nknown = nknown > LF_SEAL_KNOWN ? LF_SEAL_KNOWN : nknown;
    *said = cms_verify(a, known, nknown, LF_V(""), sealed, now, &within, most);
    if (!within.ptr)
        return lf_err_set(e, LF_UNACCEPTED, "it has nothing within that could be read");
    *out = within;
    return LF_OK;
}
