/* Keys, signatures and encrypted messages from anybody (the first byte says which): refused with a sentence
 * or told apart, and nothing larger than allowed comes out. */
#include "lf_seal_keys.h"
#include "sys/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 1 << 20 };
#define NOW (1800000000 * LF_SECOND)

static void opened(struct lf_arena *a, enum lf_seal_kind kind, const char *own, const char *known, lf_view in)
{
    lf_view keys[] = { lf_view_of(known) }, out = { 0 };
    struct lf_seal_said said;
    struct lf_err e = { 0 };

    if (lf_seal_decrypt(a, kind, lf_view_of(own), keys, 1, in, NOW, MOST, &out, &said, &e) == LF_OK)
        LF_ASSERT(out.len <= MOST && said.word < LF_SAID_WORDS && said.key == 0);
    else
        LF_ASSERT(e.text[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lf_view in = { (const char *)data + 1, size - 1 }, pgp[] = { lf_view_of(ANN_PGP_PUBLIC) },
            cms[] = { lf_view_of(ANN_CMS_PUBLIC) }, out = { 0 };
    struct lf_seal_key k = { 0 };
    struct lf_seal_said said;
    struct lf_arena a = { 0 };
    struct lf_err e = { 0 };

    if (!size)
        return 0;
    switch (data[0]) {
    case 'k':
        if (lf_seal_key_read(&a, in, false, NOW, &k, &e) == LF_OK)
            LF_ASSERT(k.fingerprint.len && k.naddresses <= LF_SEAL_ADDRESSES && lf_view_is_utf8(k.name));
        else
            LF_ASSERT(e.text[0]);
        break;
    case 'v':
        LF_ASSERT(lf_seal_verify(&a, LF_SEAL_OPENPGP, pgp, 1, LF_V(SEALED_BODY), in, NOW).word !=
                  LF_SAID_UNSIGNED);
        break;
    case 's':
        LF_ASSERT(lf_seal_verify(&a, LF_SEAL_SMIME, cms, 1, LF_V(SEALED_BODY), in, NOW).word !=
                  LF_SAID_UNSIGNED);
        break;
    case 'd':
        opened(&a, LF_SEAL_OPENPGP, NODE_PGP, ANN_PGP_PUBLIC, in);
        break;
    case 'e':
        opened(&a, LF_SEAL_SMIME, NODE_CMS, ANN_CMS_PUBLIC, in);
        break;
    default:
        if (lf_seal_within(&a, cms, 1, in, NOW, MOST, &out, &said, &e) == LF_OK)
            LF_ASSERT(out.len <= MOST);
    }
    lf_arena_clear(&a);
    return 0;
}
