/* Signed links.  The text is base64url of number (8 bytes), end in seconds (4), answers so far (4), and
 * HMAC-SHA256 over these, the node, the bulletin and the member: 48 bytes, 64 characters. */
#include "isac/bulletin_priv.h"

#include "base/crypto.h"
#include "base/unpack.h"
#include "ident/audit.h"
#include "ident/ident.h"
#include "ident/node.h"
#include "model/role.h"
#include "store/query_bulletin.h"

enum { HEAD = 16 };

static void sign(struct lf_task *t, const uint8_t head[HEAD], lf_view bulletin, lf_view member,
                 uint8_t mac[LF_SHA256])
{
    struct lf_buf b;

    lf_buf_init(&b, 4096);
    LF_PUT(&b, "bulletin-link\n");
    lf_buf_put(&b, t->self->node);
    LF_PUT(&b, "\n");
    lf_buf_put(&b, bulletin);
    LF_PUT(&b, "\n");
    lf_buf_put(&b, member);
    LF_PUT(&b, "\n");
    lf_buf_put(&b, (lf_view){ (const char *)head, HEAD });
    lf_hmac_sha256((lf_view){ (const char *)t->self->redact_key, sizeof t->self->redact_key },
                   lf_buf_view(&b), mac);
    lf_buf_clear(&b);
}

enum lf_code lf_bulletin_link(struct lf_task *t, lf_view id, lf_view member, lf_time life, lf_view *text,
                              struct lf_err *e)
{
    uint8_t whole[HEAD + LF_SHA256];
    struct lf_bulletin b;
    struct lf_bulletin_row row;
    struct bulletin_kept k;
    struct lf_buf head;

    LF_TRY(lf_ident_need(t, LF_ROLE_ADMIN | LF_ROLE_ANALYST | LF_ROLE_REPORTER | LF_ROLE_REVIEWER, e));
    LF_TRY(lf_bulletin_get(t, id, &b, e));
    LF_TRY(bulletin_find(t, id, &k, e));
    LF_TRY(bulletin_row(t, &k, member, &row, NULL, e));
    if (b.withdrawn || row.peer.len || lf_view_is(member, "self"))
        return lf_err_set(e, LF_CONFLICT,
                          "bulletin: a link is for a member without a node, and not once it is withdrawn");
    if (life <= 0 || life > LF_BULLETIN_LINK_LIFE)
        return lf_err_set(e, LF_BAD_INPUT, "bulletin: a link lives for at most %d days",
                          (int)(LF_BULLETIN_LINK_LIFE / LF_DAY));
    lf_buf_init(&head, HEAD);
    lf_buf_u64(&head, (uint64_t)row.number);
    lf_buf_u32(&head, (uint32_t)((lf_now(t->env) + life) / LF_SECOND));
    lf_buf_u32(&head, (uint32_t)row.answers);
    memcpy(whole, head.ptr, HEAD);
    lf_buf_clear(&head);
    sign(t, whole, id, member, whole + HEAD);
    *text = lf_base64url(t->a, whole, sizeof whole);
    return lf_audit_add(t, LF_V("bulletin.link"), id, LF_V("{}"), e);
}

struct named {
    struct lf_arena *a;
    lf_view id, member;
};

static enum lf_code on_named(void *ctx, const struct lf_row *r, struct lf_err *e)
{
    struct named *n = ctx;

    (void)e;
    n->id = lf_arena_copy(n->a, lf_row_text(r, 0));
    n->member = lf_arena_copy(n->a, lf_row_text(r, 1));
    return LF_OK;
}

static enum lf_code forged(struct lf_err *e)
{
    return lf_err_set(e, LF_FORBIDDEN, "this link is not one of ours; open it as it was sent, whole");
}

/* base64url is base64 with two other characters; 64 of them need no padding. */
static enum lf_code unpack(struct lf_task *t, lf_view text, lf_view *raw, struct lf_err *e)
{
    char *plain = lf_arena_cstr(t->a, text);

    if (text.len != LF_BULLETIN_LINK)
        return forged(e);
    for (size_t i = 0; i < text.len; i++) {
        if (plain[i] == '+' || plain[i] == '/' || plain[i] == '=')
            return forged(e);
        plain[i] = plain[i] == '-' ? '+' : plain[i] == '_' ? '/' : plain[i];
    }
    if (lf_unbase64(t->a, (lf_view){ plain, text.len }, raw, NULL) != LF_OK || raw->len != HEAD + LF_SHA256)
        return forged(e);
    return LF_OK;
}

/* Whose it is; nothing is said of a bulletin before the signature holds. */
static enum lf_code read_link(struct lf_task *t, lf_view text, struct named *who, uint32_t *end,
                              uint32_t *answers, struct lf_err *e)
{
    struct lf_scope s = lf_node_rows(t);
    uint8_t mac[LF_SHA256];
    struct lf_unpack in;
    uint64_t number;
    lf_view raw;

    LF_TRY(unpack(t, text, &raw, e));
    in = lf_unpack_begin(raw);
    number = lf_unpack_uint(&in, 8);
    *end = (uint32_t)lf_unpack_uint(&in, 4);
    *answers = (uint32_t)lf_unpack_uint(&in, 4);
    *who = (struct named){ .a = t->a };
    if (number > INT64_MAX)
        return forged(e);
    LF_TRY(
        lf_db_run(t->db, &s, &lf_q_bulletin_row_by_number, LF_ARGS(LF_INT(number)), on_named, who, NULL, e));
    if (!who->id.len)
        return forged(e);
    sign(t, (const uint8_t *)raw.ptr, who->id, who->member, mac);
    if (!lf_equal_secret((lf_view){ (const char *)mac, sizeof mac }, lf_view_from(raw, HEAD)))
        return forged(e);
    return LF_OK;
}

/* Whoever has it acts for the member alone: `own` is the node's task, in which nothing else is done. */
static enum lf_code open_link(struct lf_task *own, lf_view text, struct lf_bulletin_asked *out,
                              struct bulletin_kept *k, struct lf_err *e)
{
    uint32_t end, answers;
    struct named who;

    LF_TRY(read_link(own, text, &who, &end, &answers, e));
    LF_TRY(bulletin_find(own, who.id, k, e));
    LF_TRY(bulletin_row(own, k, who.member, &out->row, NULL, e));
    LF_TRY(lf_advisory_get(own, who.id, &out->advisory, e));
    LF_TRY(lf_bulletin_get(own, who.id, &out->bulletin, e));
    if (lf_now(own->env) / LF_SECOND >= (lf_time)end)
        return lf_err_set(e, LF_FORBIDDEN, "this link is too old; ask who sent it for another");
    if ((int64_t)answers != out->row.answers)
        return lf_err_set(
            e, LF_FORBIDDEN,
            "this link was used: your answer is here; ask who sent it for another to change it");
    if (out->bulletin.withdrawn)
        return lf_err_set(e, LF_FORBIDDEN, "this bulletin was withdrawn; nothing is left to answer");
    return LF_OK;
}

enum lf_code lf_bulletin_link_open(struct lf_task *t, lf_view text, struct lf_bulletin_asked *out,
                                   struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_scope s = lf_node_rows(t);
    struct bulletin_kept k;

    LF_TRY(open_link(&own, text, out, &k, e));
    return lf_db_exec(t->db, &s, &lf_q_bulletin_row_read,
                      LF_ARGS(LF_INT(lf_now(t->env)), LF_TEXT(k.id), LF_TEXT(out->row.member)), e);
}

enum lf_code lf_bulletin_link_answer(struct lf_task *t, lf_view text, const struct lf_bulletin_answer *answer,
                                     struct lf_err *e)
{
    struct lf_task own = lf_node_task(t);
    struct lf_bulletin_asked asked;
    struct bulletin_kept k;
    enum lf_code rc;

    LF_TRY(open_link(&own, text, &asked, &k, e));
    rc = bulletin_record(&own, &k, asked.row.member, answer, LF_V("link"), e);
    t->effects |= own.effects;
    return rc;
}
