/* A message as it is said to a mail server: written, and sealed (post/mail_priv.h). */
#include "base/crypto.h"
#include "ident/node.h"
#include "post/mail_key.h"
#include "post/mail_priv.h"

enum { MESSAGE = 4 << 20 };

/* ---- a message (RFC 5322, MIME) ---- */

/* Base64 in lines of at most 76. */
static void put_base64(struct lf_arena *a, struct lf_buf *b, lf_view v)
{
    for (size_t i = 0; i < v.len; i += 57) {
        lf_view piece = lf_view_first(lf_view_from(v, i), 57);

        lf_buf_put(b, lf_base64(a, piece.ptr, piece.len));
        LF_PUT(b, "\r\n");
    }
}

/* Words of RFC 2047, cut between characters, each within its line. */
static void put_subject(struct lf_arena *a, struct lf_buf *b, lf_view v)
{
    LF_PUT(b, "Subject:");
    if (!v.len)
        LF_PUT(b, "\r\n");
    while (v.len) {
        lf_view word = lf_utf8_first(v, 42);

        lf_buf_printf(b, " =?UTF-8?B?%.*s?=\r\n", LF_FMT(lf_base64(a, word.ptr, word.len)));
        v = lf_view_from(v, word.len ? word.len : 1);
    }
}

/* ---- the fields, outside and again within the seal (RFC 9788) ---- */

struct letter {
    struct lf_arena *a;
    const struct lf_mail_settings *s;
    const struct lf_mail_text *m;
    lf_view id, host;
    char date[LF_TIME_TEXT];
    const char *hp; /* what the content's type says of the fields within: "; hp=\"cipher\"", or nothing */
    bool sealed, encrypted; /* sealed: the fields stand within */
    bool legacy;            /* the text begins with the subject */
};

/* Each begins with `before`: of what stands outside an encrypted message a copy stands within. */
static void put_plain_fields(const struct letter *l, struct lf_buf *b, const char *before)
{
    lf_buf_printf(b, "%sDate: %s\r\n%sFrom: %.*s\r\n%sTo: %.*s\r\n%sMessage-ID: <%.*s@%.*s>\r\n", before,
                  l->date, before, LF_FMT(l->s->from), before, LF_FMT(l->m->to), before, LF_FMT(l->id),
                  LF_FMT(l->host));
    lf_buf_printf(b, "%sAuto-Submitted: %s\r\n", before, l->m->by_person ? "no" : "auto-generated");
    if (l->m->exercise.len)
        lf_buf_printf(b, "%sLianfang-Exercise: %.*s\r\n", before, LF_FMT(l->m->exercise));
}

static void put_fields(const struct letter *l, struct lf_buf *b, bool root)
{
    if (!root || !l->sealed)
        return;
    put_plain_fields(l, b, "");
    put_subject(l->a, b, l->m->subject);
    if (l->encrypted) {
        put_plain_fields(l, b, "HP-Outer: ");
        LF_PUT(b, "HP-Outer: Subject: [...]\r\n");
    }
}

static lf_view joined(struct lf_arena *a, lf_view x, lf_view y)
{
    char *p = LF_NEW(a, char, x.len + y.len + 1);

    memcpy(p, x.ptr, x.len);
    if (y.len)
        memcpy(p + x.len, y.ptr, y.len);
    return (lf_view){ p, x.len + y.len };
}

/* Entities of a message: each begins with its header, and ends its line. */
static void put_text(const struct letter *l, struct lf_buf *b, bool root)
{
    lf_view body = l->m->body;

    lf_buf_printf(b, "Content-Type: text/plain; charset=UTF-8%s%s\r\n",
                  l->legacy ? "; hp-legacy-display=\"1\"" : "", root ? l->hp : "");
    put_fields(l, b, root);
    lf_buf_printf(b, "Content-Language: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n",
                  l->m->english ? "en" : "zh-Hant-TW");
    if (l->legacy)
        body = joined(l->a, lf_arena_printf(l->a, "Subject: %.*s\r\n\r\n", LF_FMT(l->m->subject)), body);
    put_base64(l->a, b, body);
}

static void put_report(const struct letter *l, struct lf_buf *b, bool root)
{
    const struct lf_mail_text *m = l->m;
    lf_view kind, id = l->id;

    if (!m->report) {
        put_text(l, b, root);
        return;
    }
    kind = lf_view_from(lf_view_of(m->report->type), strlen("message/"));
    lf_buf_printf(b, "Content-Type: multipart/report; report-type=%.*s; boundary=\"=_r%.*s\"%s\r\n",
                  LF_FMT(kind), LF_FMT(id), root ? l->hp : "");
    put_fields(l, b, root);
    lf_buf_printf(b, "\r\n--=_r%.*s\r\n", LF_FMT(id));
    put_text(l, b, false);
    lf_buf_printf(
        b,
        "--=_r%.*s\r\nContent-Type: %s\r\n\r\n%.*s\r\n--=_r%.*s\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        "\r\n--=_r%.*s--\r\n",
        LF_FMT(id), m->report->type, LF_FMT(m->report->bytes), LF_FMT(id), LF_FMT(id));
}

static void put_content(const struct letter *l, struct lf_buf *b)
{
    const struct lf_mail_text *m = l->m;
    lf_view id = l->id;

    if (!m->nattached) {
        put_report(l, b, true);
        return;
    }
    lf_buf_printf(b, "Content-Type: multipart/mixed; boundary=\"=_m%.*s\"%s\r\n", LF_FMT(id), l->hp);
    put_fields(l, b, true);
    lf_buf_printf(b, "\r\n--=_m%.*s\r\n", LF_FMT(id));
    put_report(l, b, false);
    for (size_t i = 0; i < m->nattached; i++) {
        const struct lf_mail_part *p = &m->attached[i];

        lf_buf_printf(b,
                      "--=_m%.*s\r\nContent-Type: %s; name=\"%s\"\r\nContent-Disposition: attachment; "
                      "filename=\"%s\"\r\nContent-Transfer-Encoding: base64\r\n\r\n",
                      LF_FMT(id), p->type, p->name, p->name);
        put_base64(l->a, b, p->bytes);
    }
    lf_buf_printf(b, "--=_m%.*s--\r\n", LF_FMT(id));
}

/* ---- seals ---- */

/* Lines of a seal as mail has them. */
static void put_lines(struct lf_buf *b, lf_view v)
{
    lf_view line;

    while (v.len && lf_view_split(&v, '\n', &line)) {
        while (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        lf_buf_put(b, line);
        LF_PUT(b, "\r\n");
    }
}

static enum lf_code kept(struct lf_arena *a, struct lf_buf *b, lf_view *out, struct lf_err *e)
{
    enum lf_code rc = lf_buf_done(b, e);

    if (rc == LF_OK)
        *out = lf_arena_copy(a, lf_buf_view(b));
    lf_buf_clear(b);
    return rc;
}

static enum lf_code content(const struct letter *l, lf_view *out, struct lf_err *e)
{
    struct lf_buf b;

    lf_buf_init(&b, MESSAGE);
    put_content(l, &b);
    return kept(l->a, &b, out, e);
}

/* An entity, and its signature beside it (RFC 1847). */
static enum lf_code signed_entity(const struct letter *l, enum lf_seal_kind kind, lf_view entity, lf_time now,
                                  lf_view *out, struct lf_err *e)
{
    bool pgp = kind == LF_SEAL_OPENPGP;
    lf_view signature;
    struct lf_buf b;

    LF_TRY(lf_seal_sign(l->a, kind, l->s->own[kind], entity, now, &signature, e));
    lf_buf_init(&b, 2 * MESSAGE);
    lf_buf_printf(
        &b,
        "Content-Type: multipart/signed; micalg=\"%s\"; protocol=\"%s\"; boundary=\"=_s%.*s\"\r\n\r\n"
        "--=_s%.*s\r\n",
        pgp ? "pgp-sha256" : "sha-256", pgp ? "application/pgp-signature" : "application/pkcs7-signature",
        LF_FMT(l->id), LF_FMT(l->id));
    lf_buf_put(&b, entity);
    lf_buf_printf(&b, "\r\n--=_s%.*s\r\n", LF_FMT(l->id));
    if (pgp) {
        LF_PUT(&b, "Content-Type: application/pgp-signature; name=\"signature.asc\"\r\nContent-Disposition: "
                   "attachment; filename=\"signature.asc\"\r\n\r\n");
        put_lines(&b, signature);
    } else {
        LF_PUT(&b, "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\nContent-Disposition: "
                   "attachment; filename=\"smime.p7s\"\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        put_base64(l->a, &b, signature);
    }
    lf_buf_printf(&b, "--=_s%.*s--\r\n", LF_FMT(l->id));
    return kept(l->a, &b, out, e);
}

static enum lf_code encrypted_entity(const struct letter *l, enum lf_seal_kind kind, lf_view key, lf_view own,
                                     lf_view entity, lf_time now, lf_view *out, struct lf_err *e)
{
    struct lf_buf b;
    lf_view sealed;

    LF_TRY(lf_seal_encrypt(l->a, kind, key, own, entity, now, &sealed, e));
    lf_buf_init(&b, 4 * MESSAGE);
    if (kind == LF_SEAL_SMIME) {
        LF_PUT(&b, "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\"\r\n"
                   "Content-Disposition: attachment; filename=\"smime.p7m\"\r\nContent-Transfer-Encoding: "
                   "base64\r\n\r\n");
        put_base64(l->a, &b, sealed);
        return kept(l->a, &b, out, e);
    }
    lf_buf_printf(&b,
                  "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; "
                  "boundary=\"=_e%.*s\"\r\n\r\n--=_e%.*s\r\nContent-Type: application/pgp-encrypted\r\n\r\n"
                  "Version: 1\r\n\r\n--=_e%.*s\r\nContent-Type: application/octet-stream; "
                  "name=\"encrypted.asc\"\r\nContent-Disposition: inline; filename=\"encrypted.asc\"\r\n\r\n",
                  LF_FMT(l->id), LF_FMT(l->id), LF_FMT(l->id));
    put_lines(&b, sealed);
    lf_buf_printf(&b, "--=_e%.*s--\r\n", LF_FMT(l->id));
    return kept(l->a, &b, out, e);
}

/* The node's own key of a kind, if it signs now; its fingerprint. */
static bool signer(const struct letter *l, enum lf_seal_kind kind, lf_time now, lf_view *fingerprint)
{
    struct lf_seal_key own;

    if (l->s->sign == LF_MAIL_OFF || !l->s->own[kind].len ||
        lf_seal_key_read(l->a, l->s->own[kind], true, now, &own, NULL) != LF_OK || !own.signs)
        return false;
    *fingerprint = own.fingerprint;
    return true;
}

/* The newest key that encrypts; one of a kind that the node can sign by before others. */
static const struct lf_mail_key *recipient(const struct letter *l, const struct lf_mail_key *keys, size_t n,
                                           lf_time now)
{
    const struct lf_mail_key *found = NULL;
    lf_view mine;

    for (size_t i = 0; i < n; i++) {
        const struct lf_seal_key *k = &keys[i].key;

        if (!k->encrypts || k->revoked || (k->until && k->until <= now) || !lf_seal_key_of(k, l->m->to))
            continue;
        if (signer(l, k->kind, now, &mine))
            return &keys[i];
        if (!found)
            found = &keys[i];
    }
    return found;
}

static void mark(struct lf_mail_sealed *s, enum lf_seal_kind kind)
{
    s->how |= kind == LF_SEAL_OPENPGP ? LF_MAIL_OPENPGP : LF_MAIL_SMIME;
}

static enum lf_code unsigned_here(const struct letter *l, struct lf_err *e)
{
    if (l->s->sign != LF_MAIL_REQUIRE)
        return LF_OK;
    return lf_err_set(
        e, LF_UNACCEPTED,
        "無法簽章：本節點沒有可用的簽章金鑰。The mail cannot be signed as the settings ask: the node has no "
        "key that signs now, or none of the kind that %.*s reads",
        LF_FMT(lf_view_first(l->m->to, 254)));
}

static enum lf_code encrypt(struct letter *l, const struct lf_mail_key *to, lf_time now,
                            struct lf_mail_sealed *s, lf_view *out, struct lf_err *e)
{
    enum lf_seal_kind kind = to->key.kind;
    lf_view mine = LF_V(""), entity;
    bool signs = signer(l, kind, now, &mine);

    if (!signs)
        LF_TRY(unsigned_here(l, e));
    l->encrypted = l->sealed = l->legacy = true;
    l->hp = "; hp=\"cipher\"";
    LF_TRY(content(l, &entity, e));
    if (signs && kind == LF_SEAL_SMIME)
        LF_TRY(signed_entity(l, kind, entity, now, &entity, e));
    LF_TRY(encrypted_entity(l, kind, to->text, signs && kind == LF_SEAL_OPENPGP ? l->s->own[kind] : LF_V(""),
                            entity, now, out, e));
    mark(s, kind);
    s->how |= LF_MAIL_ENCRYPTED | (signs ? LF_MAIL_SIGNED : 0U);
    s->keys =
        lf_arena_printf(l->a, "%.*s%s%.*s", LF_FMT(mine), signs ? " " : "", LF_FMT(to->key.fingerprint));
    return LF_OK;
}

/* Where both would do by certificate: mail programs look at that without being told to. */
static enum lf_code sign_alone(struct letter *l, lf_time now, struct lf_mail_sealed *s, lf_view *out,
                               struct lf_err *e)
{
    static const enum lf_seal_kind order[] = { LF_SEAL_SMIME, LF_SEAL_OPENPGP };
    lf_view mine, entity;

    for (size_t i = 0; i < LF_SEAL_KINDS; i++) {
        if (!signer(l, order[i], now, &mine))
            continue;
        l->sealed = true;
        l->hp = "; hp=\"clear\"";
        LF_TRY(content(l, &entity, e));
        LF_TRY(signed_entity(l, order[i], entity, now, out, e));
        mark(s, order[i]);
        s->how |= LF_MAIL_SIGNED;
        s->keys = mine;
        return LF_OK;
    }
    LF_TRY(unsigned_here(l, e));
    return content(l, out, e);
}

static lf_view bare_text(const struct letter *l)
{
    return lf_arena_printf(
        l->a,
        l->m->english ? "There is something for you to read at %.*s. Sign in there: %.*s\r\n\r\nThe "
                        "message itself is not in this mail, as no key of yours is known to encrypt "
                        "it to.  Give your key to whoever keeps the contact network.\r\n"
                      : "「%.*s」有一則給您的訊息，請登入閱讀：%.*s\r\n\r\n因為沒有可用來加密的金鑰，"
                        "這封信不含訊息內容。請將您的金鑰交給管理聯絡網的人。\r\n",
        LF_FMT(l->s->from), LF_FMT(l->s->url));
}

static enum lf_code whole(const struct letter *l, lf_view entity, lf_view *out, struct lf_err *e)
{
    struct lf_buf b;

    lf_buf_init(&b, 4 * MESSAGE);
    put_plain_fields(l, &b, "");
    if (l->encrypted)
        LF_PUT(&b, "Subject: [...]\r\n");
    else
        put_subject(l->a, &b, l->m->subject);
    LF_PUT(&b, "MIME-Version: 1.0\r\n");
    lf_buf_put(&b, entity);
    return kept(l->a, &b, out, e);
}

enum lf_code mail_make(struct lf_task *t, const struct lf_mail_settings *s, const struct lf_mail_text *m,
                       lf_view id, struct lf_mail_made *made, lf_view *out, struct lf_err *e)
{
    struct letter l = { .a = t->a, .s = s, .m = m, .id = id, .host = s->from, .hp = "" };
    const struct lf_mail_key *keys = NULL, *to = NULL;
    size_t at = lf_view_find_byte(s->from, '@'), n = 0;
    struct lf_mail_text notice = *m;
    lf_time now = lf_now(t->env);
    lf_view entity;

    l.host = at == SIZE_MAX ? LF_V("lianfang.invalid") : lf_view_from(s->from, at + 1);
    (void)lf_time_mail(now, l.date);
    LF_TRY(content(&l, &entity, e));
    LF_TRY(whole(&l, entity, &made->plain, e));
    if (s->encrypt != LF_MAIL_OFF) {
        LF_TRY(lf_mail_key_of(t, m->to, m->contact, m->org, &n, &keys, e));
        to = recipient(&l, keys, n, now);
    }
    if (to) {
        LF_TRY(encrypt(&l, to, now, &made->sealed, &entity, e));
        return whole(&l, entity, out, e);
    }
    if (s->encrypt == LF_MAIL_REQUIRE && m->by_person)
        return lf_err_set(e, LF_UNACCEPTED,
                          "無法加密：沒有 %.*s 的金鑰。The settings ask for encryption and there is no key "
                          "of %.*s: enter it at "
                          "its contact of the contact network, or tell it another way",
                          LF_FMT(lf_view_first(m->to, 254)), LF_FMT(lf_view_first(m->to, 254)));
    if (s->encrypt == LF_MAIL_REQUIRE) {
        notice.subject = m->english ? LF_V("There is something to read") : LF_V("有一則訊息，請登入閱讀");
        notice.body = bare_text(&l);
        notice.report = NULL;
        notice.nattached = 0;
        l.m = &notice;
        made->sealed.how = LF_MAIL_BARE;
    }
    LF_TRY(sign_alone(&l, now, &made->sealed, &entity, e));
    return whole(&l, entity, out, e);
}
