/* What proves that an advisory is its provider's: the hash and the OpenPGP signature beside it (feed_priv.h).
 */
#include "isac/feed_priv.h"
#include "sys/seal.h"

enum { PATIENCE = 3 };

static enum lf_code ask_signature(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s,
                                  struct lf_err *e);

/* ---- how much is wanted ---- */

enum wish { WISH_OFF, WISH_THERE, WISH_REQUIRED };

static enum wish wish(const struct feed_slot *s)
{
    lf_view said = feed_setting(&s->feed, "signature", "there");

    return lf_view_is(said, "off") ? WISH_OFF : lf_view_is(said, "required") ? WISH_REQUIRED : WISH_THERE;
}

enum lf_code feed_proof_check(const struct lf_feed *f, struct lf_err *e)
{
    static const char *const wishes[] = { "off", "there", "required" };
    lf_view said = feed_setting(f, "signature", "there");
    size_t at;

    if (!lf_view_is(f->format, "csaf-provider") || lf_view_among(said, wishes, 3, &at))
        return LF_OK;
    return lf_err_set(e, LF_BAD_INPUT, "\"mapping\": signature is off, there or required, not \"%.*s\"",
                      LF_FMT(lf_view_first(said, 40)));
}

/* ---- the provider's keys ---- */

void feed_keys_named(struct feed_slot *s, const struct lf_json *metadata)
{
    const struct lf_json *list = lf_json_get(metadata, LF_V("public_openpgp_keys"));
    lf_view pinned = feed_setting(&s->feed, "fingerprint", "");
    size_t n = lf_json_kind(list) == LF_JSON_ARRAY ? lf_json_items(list) : 0;

    /* A document that the metadata leads to, on whatever host, does not say what the provider promises. */
    if (s->want != WANT_MAIN)
        return;
    s->trusted = lf_view_is(lf_json_str(metadata, "role"), "csaf_trusted_provider");
    s->signs = s->trusted || n; /* also when none of the keys is one that could be asked for */
    for (size_t i = 0; i < n && s->nkeys < FEED_KEYS; i++) {
        lf_view url = lf_json_str(lf_json_item(list, i), "url"),
                print = lf_json_str(lf_json_item(list, i), "fingerprint");

        url = feed_resolve(&s->a, s->url, url);
        if (!url.len || url.len > LF_FEED_URL || print.len > 64 ||
            (pinned.len && !lf_view_eq_nocase(pinned, print)))
            continue;
        s->keys[s->nkeys].url = lf_arena_copy(&s->a, url);
        s->keys[s->nkeys++].fingerprint = lf_arena_copy(&s->a, print);
    }
}

enum lf_code feed_keys_next(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, struct lf_err *e)
{
    if (!s->nparts || wish(s) == WISH_OFF || s->key == s->nkeys)
        return feed_next_part(f, t, s, e);
    s->want = WANT_KEY;
    s->hops = 0;
    feed_ask(f, t, s, s->keys[s->key].url);
    return LF_OK;
}

/* A key that is not the one that the metadata names counts for nothing. */
static enum lf_code key_came(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, lf_view body,
                             struct lf_err *e)
{
    struct lf_err why = { 0 };
    struct lf_seal_key k;
    lf_view print = s->keys[s->key].fingerprint;
    enum lf_code rc = lf_seal_key_read(t->a, body, false, lf_now(t->env), &k, &why);

    if (rc == LF_OK && k.kind == LF_SEAL_OPENPGP && (!print.len || lf_view_eq_nocase(print, k.fingerprint)))
        s->keys[s->key].text = lf_arena_copy(&s->a, body);
    else
        feed_note(s, s->keys[s->key].url,
                  rc == LF_OK
                      ? LF_V("the key is not the one whose fingerprint the provider's metadata says: it "
                             "is not used")
                      : lf_arena_printf(t->a, "the provider's key cannot be had: %s", why.text));
    s->key++;
    return feed_keys_next(f, t, s, e);
}

/* ---- hashes ---- */

static void ask_hash(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s)
{
    s->want = WANT_HASH;
    s->hops = 0;
    feed_ask(f, t, s, feed_hash_url(s));
}

/* Hashes are looked for until three advisories in a row had none; where they are promised, always. */
static bool hashed(const struct feed_slot *s)
{
    return s->trusted || s->unhashed < PATIENCE;
}

enum lf_code feed_prove(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, lf_view body,
                        struct lf_err *e)
{
    s->held = body;
    s->other_hash = false;
    if (!hashed(s))
        return ask_signature(f, t, s, e);
    ask_hash(f, t, s);
    return LF_OK;
}

static enum lf_code hash_came(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, lf_view body,
                              struct lf_err *e)
{
    enum feed_hash is = feed_hash_check(s, body);

    if (is == HASH_NONE && !s->other_hash) {
        s->other_hash = true;
        s->hash ^= 1u;
        ask_hash(f, t, s);
        return LF_OK;
    }
    s->want = WANT_PART;
    if (is == HASH_WRONG)
        return feed_skip(f, t, s, LF_V("the advisory is not what the hash beside it says: it is not taken"),
                         false, e);
    if (is == HASH_NONE && s->trusted)
        return feed_skip(f, t, s,
                         LF_V("no hash lies beside the advisory, which a trusted provider (CSAF 2.0, 7.1.18) "
                              "promises: it is not taken"),
                         false, e);
    s->unhashed = is == HASH_NONE ? s->unhashed + 1 : 0;
    if (s->unhashed == 1)
        feed_note(s, s->parts[s->part].name, LF_V("no hash lies beside the advisory: it is taken unchecked"));
    return ask_signature(f, t, s, e);
}

/* ---- signatures ---- */

static size_t keys_at_hand(const struct feed_slot *s, lf_view *out)
{
    size_t n = 0;

    for (size_t i = 0; i < s->nkeys; i++)
        if (s->keys[i].text.len)
            out[n++] = s->keys[i].text;
    return n;
}

static enum lf_code ask_signature(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s,
                                  struct lf_err *e)
{
    enum wish w = wish(s);
    lf_view keys[FEED_KEYS];

    s->want = WANT_PART;
    /* Whoever said which key counts wants one, whether the provider names it or not. */
    if (w == WISH_OFF || (w == WISH_THERE && !s->signs && !feed_setting(&s->feed, "fingerprint", "").len))
        return feed_read_document(f, t, s, s->held, e);
    if (!keys_at_hand(s, keys))
        return feed_skip(
            f, t, s,
            LF_V("the advisory's signature cannot be checked, as no key of the provider is there: it "
                 "is not taken"),
            false, e);
    s->want = WANT_SIGNATURE;
    s->hops = 0;
    feed_ask(f, t, s, lf_arena_printf(&s->a, "%.*s.asc", LF_FMT(s->parts[s->part].url)));
    return LF_OK;
}

static const char *why_not(enum lf_seal_word w)
{
    return w == LF_SAID_UNKNOWN
               ? "the signature beside the advisory is by none of the provider's keys: it is not taken"
           : w == LF_SAID_ENDED
               ? "the signature beside the advisory is by a key that has ended: it is not taken"
               : "the advisory is not what the signature beside it is of: it is not taken";
}

static enum lf_code signature_came(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, lf_view body,
                                   struct lf_err *e)
{
    lf_view keys[FEED_KEYS];
    size_t n = keys_at_hand(s, keys);
    struct lf_seal_said said;

    s->want = WANT_PART;
    if (!body.len && (wish(s) == WISH_REQUIRED || s->trusted))
        return feed_skip(f, t, s, LF_V("no signature lies beside the advisory: it is not taken"), false, e);
    if (!body.len) {
        if (!s->bare++)
            feed_note(s, s->parts[s->part].name,
                      LF_V("no signature lies beside the advisory: it is taken without one"));
        return feed_read_document(f, t, s, s->held, e);
    }
    said = lf_seal_verify(t->a, LF_SEAL_OPENPGP, keys, n, s->held, body, lf_now(t->env));
    if (said.word != LF_SAID_GOOD)
        return feed_skip(f, t, s, lf_view_of(why_not(said.word)), false, e);
    return feed_read_document(f, t, s, s->held, e);
}

bool feed_proving(const struct feed_slot *s)
{
    return s->want == WANT_KEY || s->want == WANT_HASH || s->want == WANT_SIGNATURE;
}

enum lf_code feed_proof_came(struct lf_feeds *f, struct lf_task *t, struct feed_slot *s, lf_view body,
                             struct lf_err *e)
{
    return s->want == WANT_KEY    ? key_came(f, t, s, body, e)
           : s->want == WANT_HASH ? hash_came(f, t, s, body, e)
                                  : signature_came(f, t, s, body, e);
}
