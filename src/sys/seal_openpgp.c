/* OpenPGP by librnp, keys in memory (sys/seal.h).  ADR 48 says why this library.
 *
 * Each call makes a store of its own and drops it: what one message brings is never there for the next. */
#include <errno.h>
#include <rnp/rnp.h>
#include <rnp/rnp_err.h>
#include <stdio.h>

#include "sys/seal_priv.h"

enum { BITS_LEAST = 2048 }; /* of RSA, DSA and Elgamal */

/* A locked key is never opened by asking: the node has nobody to ask. */
static bool no_password(rnp_ffi_t ffi, void *ctx, rnp_key_handle_t key, const char *context, char *buf,
                        size_t len)
{
    (void)ffi, (void)ctx, (void)key, (void)context, (void)buf, (void)len;
    return false;
}

static enum lf_code open_store(lf_time now, rnp_ffi_t *ffi, struct lf_err *e)
{
    rnp_result_t rc = rnp_ffi_create(ffi, RNP_KEYSTORE_GPG, RNP_KEYSTORE_GPG);

    if (rc == RNP_SUCCESS)
        rc = rnp_ffi_set_pass_provider(*ffi, no_password, NULL);
    if (rc == RNP_SUCCESS && now)
        rc = rnp_set_timestamp(*ffi, (uint64_t)(now / LF_SECOND));
    return rc == RNP_SUCCESS ? LF_OK : lf_err_set(e, LF_IO, "OpenPGP: %s", rnp_result_to_string(rc));
}

/* Debian's librnp tells the C library's stderr of whatever it cannot read, and cannot be told not to: a
 * stranger's mail would write lines into the log. */
static enum lf_code quiet(struct lf_err *e)
{
    FILE *nowhere = fopen("/dev/null", "we");

    if (!nowhere)
        return lf_err_set(e, LF_IO, "open /dev/null: %s", strerror(errno));
    stderr = nowhere;
    return LF_OK;
}

enum lf_code pgp_prepare(struct lf_err *e)
{
    rnp_ffi_t ffi = NULL;

    LF_TRY(open_store(0, &ffi, e));
    rnp_ffi_destroy(ffi);
    return quiet(e);
}

static rnp_result_t input_of(rnp_input_t *in, lf_view v)
{
    return rnp_input_from_memory(in, (const uint8_t *)(v.ptr ? v.ptr : ""), v.len, false);
}

static enum lf_code load(rnp_ffi_t ffi, lf_view text, bool secret, struct lf_err *e)
{
    rnp_input_t in = NULL;
    rnp_result_t rc = input_of(&in, text);

    if (rc == RNP_SUCCESS)
        rc = rnp_import_keys(ffi, in, RNP_LOAD_SAVE_PUBLIC_KEYS | (secret ? RNP_LOAD_SAVE_SECRET_KEYS : 0U),
                             NULL);
    rnp_input_destroy(in);
    return rc == RNP_SUCCESS ? LF_OK : packets_no_key(rnp_result_to_string(rc), e);
}

/* Somebody else's, after it was weighed: what a stranger gives must not cost what he likes. */
static enum lf_code load_other(struct lf_arena *a, rnp_ffi_t ffi, lf_view text, bool secret, struct lf_err *e)
{
    lf_view lean;

    LF_TRY(packets_key(a, text, &lean, e));
    return load(ffi, lean, secret, e);
}

static lf_view taken(struct lf_arena *a, char *s)
{
    lf_view v = lf_arena_copy(a, lf_view_some(lf_view_of(s)));

    rnp_buffer_destroy(s);
    return v;
}

static lf_view small(lf_view v)
{
    char *p = (char *)(uintptr_t)v.ptr;

    for (size_t i = 0; i < v.len; i++)
        if (p[i] >= 'A' && p[i] <= 'F')
            p[i] = (char)(p[i] | 0x20);
    return v;
}

static lf_view fingerprint(struct lf_arena *a, rnp_key_handle_t key)
{
    char *text = NULL;

    return rnp_key_get_fprint(key, &text) == RNP_SUCCESS ? small(taken(a, text)) : LF_V("");
}

/* The first primary key that is wanted; *n: how many primary keys there are.  NULL: none. */
static rnp_key_handle_t primary(rnp_ffi_t ffi, bool secret, size_t *n)
{
    rnp_identifier_iterator_t it = NULL;
    rnp_key_handle_t found = NULL, key;
    const char *id = NULL;

    *n = 0;
    if (rnp_identifier_iterator_create(ffi, &it, "fingerprint") != RNP_SUCCESS)
        return NULL;
    while (rnp_identifier_iterator_next(it, &id) == RNP_SUCCESS && id) {
        bool is = false, has = true;

        key = NULL;
        if (rnp_locate_key(ffi, "fingerprint", id, &key) != RNP_SUCCESS || !key)
            continue;
        (void)rnp_key_is_primary(key, &is);
        *n += is;
        if (secret)
            (void)rnp_key_have_secret(key, &has);
        if (is && has && !found)
            found = key;
        else
            rnp_key_handle_destroy(key);
    }
    rnp_identifier_iterator_destroy(it);
    return found;
}

static bool strong(rnp_key_handle_t key)
{
    static const char *const by_bits[] = { "RSA", "DSA", "ELGAMAL" };
    char *alg = NULL;
    uint32_t bits = 0;
    size_t at;
    bool ok = rnp_key_get_alg(key, &alg) == RNP_SUCCESS &&
              (!lf_view_among(lf_view_of(alg), by_bits, sizeof by_bits / sizeof *by_bits, &at) ||
               (rnp_key_get_bits(key, &bits) == RNP_SUCCESS && bits >= BITS_LEAST));

    rnp_buffer_destroy(alg);
    return ok;
}

static bool usable(rnp_key_handle_t key, const char *usage)
{
    rnp_key_handle_t one = NULL;
    bool ok = rnp_key_get_default_key(key, usage, 0, &one) == RNP_SUCCESS && one && strong(one);

    rnp_key_handle_destroy(one);
    return ok;
}

static void read_users(struct lf_arena *a, rnp_key_handle_t key, struct lf_seal_key *out)
{
    size_t n = 0;

    (void)rnp_key_get_uid_count(key, &n);
    for (size_t i = 0; i < n && i < 100; i++) {
        rnp_uid_handle_t uid = NULL;
        char *text = NULL;
        bool valid = false, revoked = false;
        uint32_t type = 0;

        if (rnp_key_get_uid_handle_at(key, i, &uid) != RNP_SUCCESS)
            continue;
        (void)rnp_uid_is_valid(uid, &valid);
        (void)rnp_uid_is_revoked(uid, &revoked);
        (void)rnp_uid_get_type(uid, &type);
        rnp_uid_handle_destroy(uid);
        if (revoked || type != RNP_USER_ID || rnp_key_get_uid_at(key, i, &text) != RNP_SUCCESS)
            continue;
        /* Of an expired key no user id is valid: its addresses are told all the same, the key is refused. */
        if (valid || !out->encrypts) {
            if (!out->name.len)
                out->name = seal_line(a, lf_view_of(text));
            seal_address(a, out, lf_view_of(text));
        }
        rnp_buffer_destroy(text);
    }
}

static void describe(struct lf_arena *a, rnp_key_handle_t key, struct lf_seal_key *out)
{
    uint32_t made = 0, seconds = 0;
    bool revoked = false, secret = false, valid = false, signs = false;

    out->kind = LF_SEAL_OPENPGP;
    out->fingerprint = fingerprint(a, key);
    (void)rnp_key_get_creation(key, &made);
    (void)rnp_key_get_expiration(key, &seconds);
    (void)rnp_key_is_revoked(key, &revoked);
    (void)rnp_key_have_secret(key, &secret);
    (void)rnp_key_is_valid(key, &valid);
    out->from = (lf_time)made * LF_SECOND;
    out->until = seconds ? ((lf_time)made + seconds) * LF_SECOND : 0;
    out->revoked = revoked;
    out->secret = secret;
    /* Asked for a key to sign with the library looks for a secret one. */
    if (secret)
        signs = usable(key, "sign");
    else
        (void)rnp_key_allows_usage(key, "sign", &signs);
    out->signs = valid && !revoked && signs;
    out->encrypts = valid && !revoked && usable(key, "encrypt");
    read_users(a, key, out);
}

enum lf_code pgp_key_read(struct lf_arena *a, lf_view text, bool own, lf_time now, struct lf_seal_key *out,
                          struct lf_err *e)
{
    rnp_key_handle_t key = NULL;
    rnp_ffi_t ffi = NULL;
    size_t n = 0;
    enum lf_code rc = open_store(now, &ffi, e);

    if (rc == LF_OK)
        rc = own ? load(ffi, text, true, e) : load_other(a, ffi, text, true, e);
    if (rc == LF_OK) {
        bool locked = false;

        key = primary(ffi, own, &n);
        if (!key)
            rc = own ? lf_err_set(e, LF_BAD_INPUT,
                                  "the file has no OpenPGP secret key (gpg --export-secret-keys)")
                     : lf_err_set(e, LF_BAD_INPUT, "這裡沒有金鑰。There is no OpenPGP key in it");
        else if (!own && n > 1)
            rc = lf_err_set(e, LF_BAD_INPUT, "一次給一把金鑰。There are %zu keys in it: give one at a time",
                            n);
        else if (own && rnp_key_is_protected(key, &locked) == RNP_SUCCESS && locked)
            rc = lf_err_set(
                e, LF_BAD_INPUT,
                "the OpenPGP secret key has a passphrase, and the node has nobody to ask for it: export "
                "it without one, readable by the node alone");
    }
    if (rc == LF_OK)
        describe(a, key, out);
    rnp_key_handle_destroy(key);
    rnp_ffi_destroy(ffi);
    return rc;
}

static enum lf_code output(struct lf_arena *a, rnp_output_t out, lf_view *v, struct lf_err *e)
{
    uint8_t *bytes = NULL;
    size_t n = 0;

    if (rnp_output_memory_get_buf(out, &bytes, &n, false) != RNP_SUCCESS)
        return lf_err_set(e, LF_IO, "OpenPGP: what was made cannot be had");
    *v = lf_arena_copy(a, (lf_view){ (const char *)bytes, n });
    return LF_OK;
}

enum lf_code pgp_public(struct lf_arena *a, lf_view own, lf_view *out, struct lf_err *e)
{
    rnp_key_handle_t key = NULL;
    rnp_output_t to = NULL;
    rnp_ffi_t ffi = NULL;
    size_t n = 0;
    enum lf_code rc = open_store(0, &ffi, e);

    if (rc == LF_OK)
        rc = load(ffi, own, true, e);
    if (rc == LF_OK) {
        key = primary(ffi, true, &n);
        if (!key || rnp_output_to_memory(&to, LF_SEAL_OWN) != RNP_SUCCESS ||
            rnp_key_export(key, to,
                           RNP_KEY_EXPORT_ARMORED | RNP_KEY_EXPORT_PUBLIC | RNP_KEY_EXPORT_SUBKEYS) !=
                RNP_SUCCESS)
            rc = lf_err_set(e, LF_IO, "OpenPGP: the public key cannot be written");
        else
            rc = output(a, to, out, e);
    }
    rnp_output_destroy(to);
    rnp_key_handle_destroy(key);
    rnp_ffi_destroy(ffi);
    return rc;
}

static enum lf_code cannot(rnp_result_t rc, const char *what, struct lf_err *e)
{
    return lf_err_set(e, LF_UNACCEPTED, "OpenPGP: %s: %s", what, rnp_result_to_string(rc));
}

enum lf_code pgp_sign(struct lf_arena *a, lf_view own, lf_view bytes, lf_time now, lf_view *out,
                      struct lf_err *e)
{
    rnp_key_handle_t key = NULL;
    rnp_output_t to = NULL;
    rnp_input_t in = NULL;
    rnp_op_sign_t op = NULL;
    rnp_ffi_t ffi = NULL;
    rnp_result_t r;
    size_t n = 0;
    enum lf_code rc = open_store(now, &ffi, e);

    if (rc == LF_OK)
        rc = load(ffi, own, true, e);
    if (rc == LF_OK) {
        key = primary(ffi, true, &n);
        r = !key || !usable(key, "sign") ? RNP_ERROR_NO_SUITABLE_KEY : input_of(&in, bytes);
        if (r == RNP_SUCCESS)
            r = rnp_output_to_memory(&to, LF_SEAL_SIGNATURE);
        if (r == RNP_SUCCESS)
            r = rnp_op_sign_detached_create(&op, ffi, in, to);
        if (r == RNP_SUCCESS)
            r = rnp_op_sign_set_armor(op, true);
        if (r == RNP_SUCCESS)
            r = rnp_op_sign_set_hash(op, "SHA256");
        if (r == RNP_SUCCESS)
            r = rnp_op_sign_set_creation_time(op, (uint32_t)(now / LF_SECOND));
        if (r == RNP_SUCCESS)
            r = rnp_op_sign_add_signature(op, key, NULL);
        if (r == RNP_SUCCESS)
            r = rnp_op_sign_execute(op);
        rc = r == RNP_SUCCESS ? output(a, to, out, e) : cannot(r, "the node's key does not sign", e);
    }
    rnp_op_sign_destroy(op);
    rnp_input_destroy(in);
    rnp_output_destroy(to);
    rnp_key_handle_destroy(key);
    rnp_ffi_destroy(ffi);
    return rc;
}

enum lf_code pgp_encrypt(struct lf_arena *a, lf_view to, lf_view own, lf_view bytes, lf_time now,
                         lf_view *out, struct lf_err *e)
{
    rnp_key_handle_t key = NULL, self = NULL;
    rnp_output_t sink = NULL;
    rnp_input_t in = NULL;
    rnp_op_encrypt_t op = NULL;
    rnp_ffi_t ffi = NULL;
    rnp_result_t r;
    size_t n = 0;
    enum lf_code rc = open_store(now, &ffi, e);

    if (rc == LF_OK)
        rc = load_other(a, ffi, to, false, e);
    if (rc == LF_OK)
        key = primary(ffi, false, &n);
    if (rc == LF_OK && own.len)
        rc = load(ffi, own, true, e);
    if (rc == LF_OK) {
        if (own.len)
            self = primary(ffi, true, &n);
        r = !key || !usable(key, "encrypt") || (own.len && (!self || !usable(self, "sign")))
                ? RNP_ERROR_NO_SUITABLE_KEY
                : input_of(&in, bytes);
        if (r == RNP_SUCCESS)
            r = rnp_output_to_memory(&sink, bytes.len * 2 + LF_SEAL_SIGNATURE);
        if (r == RNP_SUCCESS)
            r = rnp_op_encrypt_create(&op, ffi, in, sink);
        if (r == RNP_SUCCESS)
            r = rnp_op_encrypt_set_armor(op, true);
        if (r == RNP_SUCCESS)
            r = rnp_op_encrypt_set_cipher(op, "AES256");
        if (r == RNP_SUCCESS)
            r = rnp_op_encrypt_set_hash(op, "SHA256");
        /* Not packed: how well it packs would tell of what is in it, and mail is in base64 anyway. */
        if (r == RNP_SUCCESS)
            r = rnp_op_encrypt_set_compression(op, "Uncompressed", 0);
        if (r == RNP_SUCCESS)
            r = rnp_op_encrypt_set_creation_time(op, (uint32_t)(now / LF_SECOND));
        if (r == RNP_SUCCESS)
            r = rnp_op_encrypt_add_recipient(op, key);
        if (r == RNP_SUCCESS && self)
            r = rnp_op_encrypt_add_signature(op, self, NULL);
        if (r == RNP_SUCCESS)
            r = rnp_op_encrypt_execute(op);
        rc = r == RNP_SUCCESS ? output(a, sink, out, e) : cannot(r, "it cannot be encrypted", e);
    }
    rnp_op_encrypt_destroy(op);
    rnp_input_destroy(in);
    rnp_output_destroy(sink);
    rnp_key_handle_destroy(key);
    rnp_key_handle_destroy(self);
    rnp_ffi_destroy(ffi);
    return rc;
}

/* ---- reading ---- */

/* Whose of the known keys it is, by the fingerprint of its primary key. */
static bool among(struct lf_arena *a, rnp_key_handle_t key, const lf_view *known, size_t n, size_t *at)
{
    char *text = NULL;
    lf_view print;
    bool sub = false;

    (void)rnp_key_is_sub(key, &sub);
    if ((sub ? rnp_key_get_primary_fprint(key, &text) : rnp_key_get_fprint(key, &text)) != RNP_SUCCESS)
        return false;
    print = small(taken(a, text));
    for (size_t i = 0; i < n; i++) {
        if (lf_view_eq(packets_fingerprint(a, known[i]), print)) {
            *at = i;
            return true;
        }
    }
    return false;
}

/* The key that made it has ended: revoked by now, over when it was made, or too weak to prove anybody.  Its
 * primary counts with it. */
static bool over(rnp_ffi_t ffi, rnp_key_handle_t key, uint32_t made)
{
    uint64_t till = 0;
    bool revoked = false, up = false, sub = false;
    rnp_key_handle_t first = NULL;
    char *text = NULL;

    (void)rnp_key_is_revoked(key, &revoked);
    (void)rnp_key_is_sub(key, &sub);
    if (sub && rnp_key_get_primary_fprint(key, &text) == RNP_SUCCESS &&
        rnp_locate_key(ffi, "fingerprint", text, &first) == RNP_SUCCESS && first)
        (void)rnp_key_is_revoked(first, &up);
    rnp_buffer_destroy(text);
    rnp_key_handle_destroy(first);
    return revoked || up || !strong(key) || (rnp_key_valid_till64(key, &till) == RNP_SUCCESS && till < made);
}

static struct lf_seal_said judged(struct lf_arena *a, rnp_ffi_t ffi, rnp_op_verify_t op, const lf_view *known,
                                  size_t nknown, lf_time now)
{
    struct lf_seal_said said = { .word = LF_SAID_UNSIGNED };
    size_t n = 0;

    if (rnp_op_verify_get_signature_count(op, &n) != RNP_SUCCESS || n > LF_SEAL_SIGNATURES)
        return (struct lf_seal_said){ .word = LF_SAID_BROKEN };
    for (size_t i = 0; i < n; i++) {
        rnp_op_verify_signature_t sig = NULL;
        rnp_key_handle_t key = NULL;
        struct lf_seal_said one = { .word = LF_SAID_BROKEN };
        uint32_t made = 0;
        rnp_result_t status;

        if (rnp_op_verify_get_signature_at(op, i, &sig) != RNP_SUCCESS)
            continue;
        status = rnp_op_verify_signature_get_status(sig);
        (void)rnp_op_verify_signature_get_times(sig, &made, NULL);
        one.at = (lf_time)made * LF_SECOND;
        if (status == RNP_ERROR_KEY_NOT_FOUND) {
            one.word = LF_SAID_UNKNOWN;
        } else if (rnp_op_verify_signature_get_key(sig, &key) == RNP_SUCCESS && key) {
            bool there = among(a, key, known, nknown, &one.key);

            if (there && over(ffi, key, made))
                one.word = LF_SAID_ENDED;
            else if (there && status == RNP_SUCCESS && one.at <= now + LF_DAY)
                one.word = LF_SAID_GOOD;
            else if (there && status == RNP_ERROR_SIGNATURE_EXPIRED)
                one.word = LF_SAID_ENDED;
        }
        rnp_key_handle_destroy(key);
        /* One that is good speaks for it; else the first says what is wrong. */
        if (!i || one.word == LF_SAID_GOOD)
            said = one;
        if (one.word == LF_SAID_GOOD)
            break;
    }
    return said;
}

static enum lf_code load_known(struct lf_arena *a, rnp_ffi_t ffi, const lf_view *known, size_t n,
                               struct lf_err *e)
{
    for (size_t i = 0; i < n; i++)
        LF_TRY(load_other(a, ffi, known[i], false, e));
    return LF_OK;
}

struct lf_seal_said pgp_verify(struct lf_arena *a, const lf_view *known, size_t n, lf_view bytes,
                               lf_view signature, lf_time now)
{
    struct lf_seal_said said = { .word = LF_SAID_BROKEN };
    rnp_input_t data = NULL, sig = NULL;
    rnp_op_verify_t op = NULL;
    rnp_ffi_t ffi = NULL;

    /* Each is proved: they are counted first. */
    if (packets_bare(a, signature, &signature, NULL) != LF_OK ||
        packets_signatures(signature) > LF_SEAL_SIGNATURES)
        return said;
    if (open_store(now, &ffi, NULL) == LF_OK && load_known(a, ffi, known, n, NULL) == LF_OK &&
        input_of(&data, bytes) == RNP_SUCCESS && input_of(&sig, signature) == RNP_SUCCESS &&
        rnp_op_verify_detached_create(&op, ffi, data, sig) == RNP_SUCCESS) {
        (void)rnp_op_verify_execute(op); /* what it says of all of them is asked of each */
        said = judged(a, ffi, op, known, n, now);
        if (said.word == LF_SAID_UNSIGNED)
            said.word = LF_SAID_BROKEN;
    }
    rnp_op_verify_destroy(op);
    rnp_input_destroy(data);
    rnp_input_destroy(sig);
    rnp_ffi_destroy(ffi);
    return said;
}

/* Whether the data could not be changed on its way: what has no integrity packet is not opened (RFC
 * 9580, 13.7: who changes it learns what is in it). */
static bool whole(rnp_op_verify_t op)
{
    bool valid = false;

    return rnp_op_verify_get_protection_info(op, NULL, NULL, &valid) == RNP_SUCCESS && valid;
}

static enum lf_code decrypt_with(struct lf_arena *a, lf_view own, const lf_view *known, size_t n,
                                 lf_view sealed, lf_time now, size_t most, lf_view *out, size_t *signatures,
                                 struct lf_seal_said *said, struct lf_err *e)
{
    rnp_output_t to = NULL;
    rnp_input_t in = NULL;
    rnp_op_verify_t op = NULL;
    rnp_ffi_t ffi = NULL;
    rnp_result_t r;
    enum lf_code rc = open_store(now, &ffi, e);

    if (rc == LF_OK)
        rc = load(ffi, own, true, e);
    if (rc == LF_OK)
        rc = load_known(a, ffi, known, n, e);
    if (rc == LF_OK) {
        r = input_of(&in, sealed);
        if (r == RNP_SUCCESS)
            r = rnp_output_to_memory(&to, most);
        if (r == RNP_SUCCESS)
            r = rnp_op_verify_create(&op, ffi, in, to);
        if (r == RNP_SUCCESS)
            r = rnp_op_verify_set_flags(op, RNP_VERIFY_IGNORE_SIGS_ON_DECRYPT);
        if (r == RNP_SUCCESS)
            r = rnp_op_verify_execute(op);
        if (r != RNP_SUCCESS)
            rc = r == RNP_ERROR_NO_SUITABLE_KEY || r == RNP_ERROR_KEY_NOT_FOUND
                     ? lf_err_set(e, LF_UNACCEPTED, "OpenPGP: it is encrypted to other keys than this node's")
                     : cannot(r, "it cannot be decrypted", e);
        else if (!whole(op))
            rc = lf_err_set(
                e, LF_UNACCEPTED,
                "OpenPGP: it is not protected against change (no integrity packet), and not opened");
        else
            rc = output(a, to, out, e);
    }
    if (rc == LF_OK) {
        if (rnp_op_verify_get_signature_count(op, signatures) != RNP_SUCCESS)
            *signatures = 0;
        if (said)
            *said = judged(a, ffi, op, known, n, now);
    }
    rnp_op_verify_destroy(op);
    rnp_input_destroy(in);
    rnp_output_destroy(to);
    rnp_ffi_destroy(ffi);
    return rc;
}

enum lf_code pgp_decrypt(struct lf_arena *a, lf_view own, const lf_view *known, size_t n, lf_view sealed,
                         lf_time now, size_t most, lf_view *out, struct lf_seal_said *said, struct lf_err *e)
{
    size_t count, signatures = 0;

    LF_TRY(packets_bare(a, sealed, &sealed, e));
    count = packets_recipients(sealed);
    if (count == SIZE_MAX || !count || count > LF_SEAL_RECIPIENTS)
        return lf_err_set(e, LF_UNACCEPTED,
                          "OpenPGP: it is no message that is encrypted to 1 to %d keys, once to each",
                          LF_SEAL_RECIPIENTS);
    /* First without the senders' keys: a message of many thousand signatures costs nothing so. */
    LF_TRY(decrypt_with(a, own, NULL, 0, sealed, now, most, out, &signatures, NULL, e));
    *said = (struct lf_seal_said){ .word = signatures > LF_SEAL_SIGNATURES ? LF_SAID_BROKEN
                                           : signatures                    ? LF_SAID_UNKNOWN
                                                                           : LF_SAID_UNSIGNED };
    if (said->word != LF_SAID_UNKNOWN || !n)
        return LF_OK;
    return decrypt_with(a, own, known, n, sealed, now, most, out, &signatures, said, e);
}
