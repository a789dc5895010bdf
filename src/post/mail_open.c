#include "post/mail_open.h"

#include "fmt/mime.h"
#include "ident/node.h"

/* The sender's keys of a kind, as texts beside their rows. */
struct known {
    size_t n;
    lf_view text[LF_SEAL_KNOWN];
    const struct lf_mail_key *row[LF_SEAL_KNOWN];
};

static enum lf_code keys_of(struct lf_task *t, lf_view from, enum lf_seal_kind kind, struct known *k,
                            struct lf_err *e)
{
    const struct lf_mail_key *list;
    size_t n;

    k->n = 0;
    if (!from.len)
        return LF_OK;
    LF_TRY(lf_mail_key_of(t, from, LF_V(""), t->scope.org, &n, &list, e));
    for (size_t i = 0; i < n && k->n < LF_SEAL_KNOWN; i++)
        if (list[i].key.kind == kind && list[i].key.fingerprint.len && lf_seal_key_of(&list[i].key, from)) {
            k->row[k->n] = &list[i];
            k->text[k->n++] = list[i].text;
        }
    return LF_OK;
}

static void note(struct lf_mail_opened *out, const struct lf_seal_said *said, const struct known *k)
{
    out->word = said->word;
    out->at = said->at;
    out->contact = out->fingerprint = LF_V("");
    if ((said->word == LF_SAID_GOOD || said->word == LF_SAID_ENDED) && said->key < k->n) {
        out->contact = k->row[said->key]->contact;
        out->fingerprint = k->row[said->key]->key.fingerprint;
    }
}

/* From: as it will be shown, so that a signature is not lent to another name. */
static enum lf_code sender(struct lf_task *t, lf_view message, lf_view part, lf_view *from, struct lf_err *e)
{
    struct lf_mime_sealed s;
    lf_view all;

    LF_TRY(lf_mime_unsealed(t->a, message, part, &all, e));
    LF_TRY(lf_mime_seal_find(t->a, all, &s, e));
    *from = s.from;
    return LF_OK;
}

/* One seal off: *part is what was in it; ptr NULL: it stays closed, or is none. */
static enum lf_code one(struct lf_task *t, const struct lf_mail_settings *s, lf_view message,
                        const struct lf_mime_sealed *f, lf_view *part, struct lf_mail_opened *out,
                        struct lf_err *e)
{
    enum lf_seal_kind kind = f->openpgp ? LF_SEAL_OPENPGP : LF_SEAL_SMIME;
    struct known *k = LF_NEW(t->a, struct known, 1);
    struct lf_seal_said said = { .word = LF_SAID_UNSIGNED };
    lf_view own = s ? s->own[kind] : LF_V(""), from = f->from;
    lf_time now = lf_now(t->env);
    struct lf_err why = { 0 };

    out->kind = kind;
    if (f->seal_kind == LF_MIME_SIGNED) {
        LF_TRY(sender(t, message, f->content, &from, e));
        LF_TRY(keys_of(t, from, kind, k, e));
        said = lf_seal_verify(t->a, kind, k->text, k->n, f->content, f->seal, now);
        note(out, &said, k);
        *part = f->content;
        return LF_OK;
    }
    LF_TRY(keys_of(t, from, kind, k, e));
    if (f->seal_kind == LF_MIME_PACKED &&
        lf_seal_within(t->a, k->text, k->n, f->seal, now, LF_MAIL_OPENED, part, &said, NULL) == LF_OK) {
        lf_view shown;

        LF_TRY(sender(t, message, *part, &shown, e));
        if (said.word == LF_SAID_GOOD && !lf_view_eq_nocase(shown, from))
            said.word = LF_SAID_UNKNOWN;
        note(out, &said, k);
        return LF_OK;
    }
    out->encrypted = true;
    if (lf_seal_decrypt(t->a, kind, own, k->text, k->n, f->seal, now, LF_MAIL_OPENED, part, &said, &why) !=
        LF_OK) {
        out->closed = true;
        out->why = lf_arena_copy(t->a, lf_view_of(why.text));
        return LF_OK;
    }
    if (said.word == LF_SAID_GOOD) {
        lf_view shown;

        LF_TRY(sender(t, message, *part, &shown, e));
        if (!lf_view_eq_nocase(shown, from))
            said.word = LF_SAID_UNKNOWN;
    }
    /* Also where it says nothing: who signed the outside need not have read this, nor be who is named in it.
     */
    note(out, &said, k);
    return LF_OK;
}

enum lf_code lf_mail_open(struct lf_task *t, const struct lf_mail_settings *s, lf_view message,
                          struct lf_mail_opened *out, struct lf_err *e)
{
    struct lf_mail_opened o = {
        .message = message, .why = LF_V(""), .contact = LF_V(""), .fingerprint = LF_V("")
    };

    for (int i = 0; i < LF_MAIL_SEALS && !o.closed; i++) {
        struct lf_mime_sealed found;
        lf_view part = { 0 };

        LF_TRY(lf_mime_seal_find(t->a, o.message, &found, e));
        if (found.seal_kind == LF_MIME_OPEN)
            break;
        LF_TRY(one(t, s, o.message, &found, &part, &o, e));
        if (!part.ptr)
            break;
        LF_TRY(lf_mime_unsealed(t->a, o.message, part, &o.message, e));
    }
    *out = o;
    return LF_OK;
}
