/* Packets of OpenPGP (RFC 4880, 4.2), counted and weighed before librnp works on them (sys/seal_priv.h).
 *
 * The library proves every signature of a key by that key, tries every session key that names one of ours,
 * and takes numbers of any size: a key of 6 KB with an exponent as long as its modulus costs it 5 seconds, a
 * message that names one RSA key 63 times 9. */
#include <openssl/evp.h>
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>

#include "base/crypto.h"
#include "sys/seal_priv.h"

enum {
    KEY_BITS = 4096,    /* of RSA, DSA and Elgamal */
    EXPONENT_BITS = 64, /* of RSA: what programs make is 65537 */
    DIVISOR_BITS = 512, /* q of DSA: its proofs cost by it */
    KEYS = 17,          /* a primary key and its subkeys */
    USERS = 100,
    SIGNATURES = 32, /* that a key made of itself */
    ID = 8,
    PRINT = 20,
};

enum tag {
    ESK = 1,
    SIGNATURE = 2,
    SYMMETRIC = 3,
    SECRET = 5,
    PUBLIC = 6,
    SECRET_SUB = 7,
    MARKER = 10,
    USER = 13,
    PUBLIC_SUB = 14,
    ATTRIBUTE = 17
};

struct packet {
    unsigned tag;
    bool whole; /* false: in pieces, which data alone may be; the others are views without it */
    lf_view body, bytes;
};

static uint8_t byte(lf_view v, size_t i)
{
    return i < v.len ? (uint8_t)v.ptr[i] : 0;
}

static size_t number(lf_view v, size_t at, size_t n)
{
    size_t x = 0;

    for (size_t i = 0; i < n; i++)
        x = x << 8 | byte(v, at + i);
    return x;
}

/* The next one; false: there is none, or (something is left) it is no OpenPGP. */
static bool packet(lf_view *rest, struct packet *p)
{
    unsigned tag = byte(*rest, 0), first = byte(*rest, 1);
    size_t head = 2, len = first;

    if (rest->len < 2 || !(tag & 0x80))
        return false;
    *p = (struct packet){ .tag = tag & 0x40 ? tag & 0x3f : tag >> 2 & 0xf };
    if (!(tag & 0x40)) {
        if ((tag & 3) == 3)
            return true;
        head = 1 + ((size_t)1 << (tag & 3));
        len = number(*rest, 1, head - 1);
    } else if (first == 255) {
        head = 6;
        len = number(*rest, 2, 4);
    } else if (first >= 224) {
        return true;
    } else if (first >= 192) {
        head = 3;
        len = ((size_t)(first - 192) << 8) + byte(*rest, 2) + 192;
    }
    if (head > rest->len || len > rest->len - head)
        return false;
    p->whole = true;
    p->body = lf_view_first(lf_view_from(*rest, head), len);
    p->bytes = lf_view_first(*rest, head + len);
    *rest = lf_view_from(*rest, head + len);
    return true;
}

enum lf_code packets_bare(struct lf_arena *a, lf_view v, lf_view *out, struct lf_err *e)
{
    rnp_output_t to = NULL;
    rnp_input_t in = NULL;
    uint8_t *bytes = NULL;
    size_t n = 0;
    rnp_result_t rc;

    *out = v;
    if (byte(v, 0) & 0x80)
        return LF_OK;
    rc = rnp_input_from_memory(&in, (const uint8_t *)(v.ptr ? v.ptr : ""), v.len, false);
    if (rc == RNP_SUCCESS)
        rc = rnp_output_to_memory(&to, v.len + 1); /* no larger than it was */
    if (rc == RNP_SUCCESS)
        rc = rnp_dearmor(in, to);
    if (rc == RNP_SUCCESS)
        rc = rnp_output_memory_get_buf(to, &bytes, &n, false);
    if (rc == RNP_SUCCESS)
        *out = lf_arena_copy(a, (lf_view){ (const char *)bytes, n });
    rnp_input_destroy(in);
    rnp_output_destroy(to);
    return rc == RNP_SUCCESS
               ? LF_OK
               : lf_err_set(e, LF_UNACCEPTED, "OpenPGP: it cannot be read: %s", rnp_result_to_string(rc));
}

size_t packets_recipients(lf_view v)
{
    lf_view ids[LF_SEAL_RECIPIENTS];
    struct packet p;
    size_t n = 0;

    while (packet(&v, &p)) {
        if (p.tag != ESK && p.tag != SYMMETRIC && p.tag != MARKER)
            return n;
        if (!p.whole || n == LF_SEAL_RECIPIENTS)
            return SIZE_MAX;
        ids[n] = p.tag == ESK ? lf_view_first(lf_view_from(p.body, 1), ID) : LF_V("");
        for (size_t i = 0; ids[n].len && number(ids[n], 0, ID) && i < n; i++)
            if (lf_view_eq(ids[i], ids[n]))
                return SIZE_MAX;
        n++;
    }
    return v.len ? SIZE_MAX : n;
}

size_t packets_signatures(lf_view v)
{
    struct packet p;
    size_t n = 0;

    for (; packet(&v, &p); n++)
        if (p.tag != SIGNATURE || !p.whole)
            return SIZE_MAX;
    return v.len ? SIZE_MAX : n;
}

/* ---- keys ---- */

static void print_of(lf_view body, uint8_t out[EVP_MAX_MD_SIZE])
{
    uint8_t head[] = { 0x99, (uint8_t)(body.len >> 8), (uint8_t)body.len };
    EVP_MD_CTX *c = EVP_MD_CTX_new();

    if (!c || EVP_DigestInit_ex(c, EVP_sha1(), NULL) != 1 || EVP_DigestUpdate(c, head, sizeof head) != 1 ||
        EVP_DigestUpdate(c, body.ptr, body.len) != 1 || EVP_DigestFinal_ex(c, out, NULL) != 1)
        LF_BUG("SHA-1 cannot be had");
    EVP_MD_CTX_free(c);
}

lf_view packets_fingerprint(struct lf_arena *a, lf_view key)
{
    uint8_t print[EVP_MAX_MD_SIZE];
    struct packet p;
    lf_view bare;

    if (packets_bare(a, key, &bare, NULL) != LF_OK || !packet(&bare, &p) || p.tag != PUBLIC || !p.whole)
        return LF_V("");
    print_of(p.body, print);
    return lf_hex(a, print, PRINT);
}

/* The numbers of a key's public half, none of more bits than its place in `most` says. */
static bool numbers_ok(lf_view v, const size_t *most, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t bits = number(v, 0, 2), len = 2 + (bits + 7) / 8;

        if (bits > most[i] || len > v.len)
            return false;
        v = lf_view_from(v, len);
    }
    return true;
}

static bool key_ok(lf_view body)
{
    static const size_t rsa[] = { KEY_BITS, EXPONENT_BITS },
                        dsa[] = { KEY_BITS, DIVISOR_BITS, KEY_BITS, KEY_BITS },
                        elgamal[] = { KEY_BITS, KEY_BITS, KEY_BITS };
    lf_view of = lf_view_from(body, 6);

    if (body.len < 8 || byte(body, 0) != 4)
        return false;
    switch (byte(body, 5)) {
    case 1:
    case 2:
    case 3:
        return numbers_ok(of, rsa, 2);
    case 17:
        return numbers_ok(of, dsa, 4);
    case 16:
    case 20:
        return numbers_ok(of, elgamal, 3);
    default:
        return true; /* on curves, whose size is given */
    }
}

/* Whether subpackets name who signed, and whether that is `id`. */
static void issuers(lf_view v, lf_view id, bool *named, bool *mine)
{
    while (v.len >= 2) {
        size_t first = byte(v, 0), head = first < 192 ? 1 : first < 255 ? 2 : 5;
        size_t len = head == 1   ? first
                     : head == 2 ? ((first - 192) << 8) + byte(v, 1) + 192
                                 : number(v, 1, 4);
        unsigned type = byte(v, head) & 0x7f;
        lf_view who;

        if (!len || head > v.len || len > v.len - head)
            return;
        who = lf_view_first(lf_view_from(v, head + 1), len - 1);
        if ((type == 16 && who.len == ID) || (type == 33 && who.len == PRINT + 1)) {
            *named = true;
            *mine |= lf_view_eq(lf_view_from(who, who.len - ID), id);
        }
        v = lf_view_from(v, head + len);
    }
}

/* Others' signatures on a key say nothing here, and of a key that many signed are most of it. */
static bool foreign(lf_view body, lf_view id)
{
    size_t hashed = number(body, 4, 2);
    bool named = false, mine = false;

    if (!id.len)
        return false;
    if (byte(body, 0) == 3)
        return !lf_view_eq(lf_view_first(lf_view_from(body, 7), ID), id);
    if (byte(body, 0) != 4 || body.len < 8 || hashed > body.len - 8)
        return false;
    issuers(lf_view_first(lf_view_from(body, 6), hashed), id, &named, &mine);
    issuers(lf_view_first(lf_view_from(body, 8 + hashed), number(body, 6 + hashed, 2)), id, &named, &mine);
    return named && !mine;
}

static bool is_key(unsigned tag)
{
    return tag == SECRET || tag == PUBLIC || tag == SECRET_SUB || tag == PUBLIC_SUB;
}

enum lf_code packets_no_key(const char *why, struct lf_err *e)
{
    return lf_err_set(
        e, LF_BAD_INPUT,
        "無法讀取金鑰。This is no OpenPGP key and no certificate (%s); give the text that begins "
        "with -----BEGIN PGP PUBLIC KEY BLOCK----- or -----BEGIN CERTIFICATE-----",
        why);
}

enum lf_code packets_key(struct lf_arena *a, lf_view text, lf_view *out, struct lf_err *e)
{
    static const lf_view begin = LF_VIEW("-----BEGIN PGP");
    size_t keys = 0, users = 0, signatures = 0, len = 0, at = lf_view_find(text, begin);
    uint8_t print[EVP_MAX_MD_SIZE];
    lf_view id = LF_V(""), bare;
    struct lf_err why = { 0 };
    struct packet p;
    char *lean;

    if (packets_bare(a, text, &bare, &why) != LF_OK)
        return packets_no_key(why.text, e);
    if (at != SIZE_MAX && lf_view_find(lf_view_from(text, at + begin.len), begin) != SIZE_MAX)
        return lf_err_set(e, LF_BAD_INPUT,
                          "一次給一把金鑰。There is more than one key in it: give one at a time");
    lean = LF_NEW(a, char, bare.len + 1);

    while (packet(&bare, &p)) {
        if (!p.whole)
            return lf_err_set(e, LF_BAD_INPUT, "無法讀取金鑰。This OpenPGP key is not whole: export it anew");
        if (is_key(p.tag) && !key_ok(p.body))
            return lf_err_set(
                e, LF_BAD_INPUT,
                "金鑰超過 %d 位元或格式過舊，請改用新的金鑰。The OpenPGP key is of an old form, or "
                "has numbers of more than %d bits (an exponent of more than %d): make a new one",
                KEY_BITS, KEY_BITS, EXPONENT_BITS);
        if (p.tag == SECRET || p.tag == PUBLIC) {
            print_of(p.body, print);
            /* Of a secret key the public half is not told apart here: all its signatures count. */
            id = p.tag == PUBLIC ? lf_arena_copy(a, (lf_view){ (const char *)print + PRINT - ID, ID })
                                 : LF_V("");
        }
        if (p.tag == SIGNATURE && foreign(p.body, id))
            continue;
        keys += is_key(p.tag);
        users += p.tag == USER || p.tag == ATTRIBUTE;
        signatures += p.tag == SIGNATURE;
        if (keys > KEYS || users > USERS || signatures > SIGNATURES)
            return lf_err_set(
                e, LF_TOO_BIG,
                "金鑰的子金鑰、身分或自簽過多，請以精簡方式匯出。The OpenPGP key has more than %d "
                "subkeys, %d names or %d signatures of its own: export it with fewer (gpg "
                "--export-options export-minimal)",
                KEYS - 1, USERS, SIGNATURES);
        memcpy(lean + len, p.bytes.ptr, p.bytes.len);
        len += p.bytes.len;
    }
    if (bare.len || !len)
        return packets_no_key("it is something else", e);
    *out = (lf_view){ lean, len };
    return LF_OK;
}
