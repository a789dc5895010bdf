#include "fmt/stix.h"
#include "isac/peer_priv.h"

static const struct lf_json_limits small = { .bytes = LF_ENROL_BODY, .depth = 4, .unique = true };

static enum lf_code bytes_of(struct lf_arena *a, const struct lf_json *tree, const char *what, uint8_t *out,
                             size_t n, struct lf_err *e)
{
    lf_view raw, text = lf_json_str(tree, what);

    if (!text.len || lf_unbase64(a, text, &raw, NULL) != LF_OK || raw.len != n)
        return lf_err_set(e, LF_BAD_INPUT, "\"%s\" must be %zu bytes in base64url", what, n);
    memcpy(out, raw.ptr, n);
    return LF_OK;
}

/* A name is shown to people: no controls, and not more than fits a line. */
static bool name_ok(lf_view name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.ptr[i] < 0x20 || name.ptr[i] == 0x7f)
            return false;
    return name.len >= 1 && name.len <= LF_PEER_NAME;
}

static enum lf_code who_of(struct lf_arena *a, const struct lf_json *tree, lf_view *node, lf_view *name,
                           lf_view *tier, uint8_t key[LF_SIGN_PUBLIC], struct lf_err *e)
{
    lf_view type;

    *node = lf_json_str(tree, "node");
    *name = lf_json_str(tree, "name");
    *tier = lf_json_str(tree, "tier");
    if (!lf_stix_id_ok(*node, &type) || !lf_view_is(type, "identity"))
        return lf_err_set(e, LF_BAD_INPUT, "\"node\" must be \"identity--\" and a UUID");
    if (!name_ok(*name))
        return lf_err_set(e, LF_BAD_INPUT, "\"name\" must be 1 to %d bytes of printable text", LF_PEER_NAME);
    if (!lf_view_is(*tier, "provider") && !lf_view_is(*tier, "sector") && !lf_view_is(*tier, "nation"))
        return lf_err_set(e, LF_BAD_INPUT, "\"tier\" must be provider, sector or nation");
    return bytes_of(a, tree, "key", key, LF_SIGN_PUBLIC, e);
}

/* "https://host:port" and nothing more: no path, no user, no fragment. */
static bool base_ok(lf_view url)
{
    lf_view host;
    uint64_t port;
    size_t colon = SIZE_MAX;

    if (!lf_view_starts(url, LF_V("https://")) || url.len > 300)
        return false;
    host = lf_view_from(url, 8);
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];

        if (c == ':')
            colon = i;
        else if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                   c == '-' || c == '_' || c == '[' || c == ']'))
            return false;
    }
    return colon != SIZE_MAX && colon > 0 && lf_view_u64(lf_view_from(host, colon + 1), &port) && port > 0 &&
           port < 65536;
}

lf_view lf_invitation_write(struct lf_arena *a, const struct lf_invitation *i)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, LF_INVITE_TEXT);
    struct lf_json_w w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "url", i->url);
    lf_json_put_str(&w, "pin", lf_base64url(a, i->pin, sizeof i->pin));
    lf_json_put_str(&w, "id", i->id);
    lf_json_put_str(&w, "secret", lf_base64url(a, i->secret, sizeof i->secret));
    lf_json_close(&w);
    out = lf_arena_printf(a, "lf1.%.*s", LF_FMT(lf_base64url(a, b.ptr, b.len)));
    lf_buf_clear(&b);
    return out;
}

enum lf_code lf_invitation_read(struct lf_arena *a, lf_view text, struct lf_invitation *out, struct lf_err *e)
{
    struct lf_invitation i;
    const struct lf_json *tree;
    lf_view json;

    if (text.len > LF_INVITE_TEXT || !lf_view_starts(text, LF_V("lf1.")) ||
        lf_unbase64(a, lf_view_from(text, 4), &json, NULL) != LF_OK ||
        lf_json_parse(a, json, &small, &tree, NULL) != LF_OK)
        return lf_err_set(e, LF_BAD_INPUT,
                          "this is no invitation: it begins with \"lf1.\"; paste all of it, as it was given");
    i.url = lf_json_str(tree, "url");
    i.id = lf_json_str(tree, "id");
    if (!base_ok(i.url))
        return lf_err_set(e, LF_BAD_INPUT, "the invitation's address is not https://host:port");
    if (!lf_uuid_ok(i.id))
        return lf_err_set(e, LF_BAD_INPUT, "the invitation's id is not a UUID");
    LF_TRY(bytes_of(a, tree, "pin", i.pin, sizeof i.pin, e));
    LF_TRY(bytes_of(a, tree, "secret", i.secret, sizeof i.secret, e));
    *out = i;
    return LF_OK;
}

enum lf_code lf_enrolment_write(struct lf_arena *a, const struct lf_enrolment *n,
                                const uint8_t sign_secret[LF_SIGN_SECRET], lf_view *body, struct lf_err *e)
{
    uint8_t signature[LF_SIGNATURE];
    struct lf_buf b;
    enum lf_code rc;

    /* Written canonically (RFC 8785): keys sorted; the values need no more. */
    lf_buf_init(&b, LF_ENROL_BODY);
    struct lf_json_w w = lf_json_w(&b);
    lf_json_open(&w, '{');
    lf_json_put_str(&w, "invitation", n->invitation);
    lf_json_put_str(&w, "key", lf_base64url(a, n->key, sizeof n->key));
    lf_json_put_str(&w, "name", n->name);
    lf_json_put_str(&w, "node", n->node);
    lf_json_put_str(&w, "secret", lf_base64url(a, n->secret, sizeof n->secret));
    lf_json_put_str(&w, "tier", n->tier);
    lf_json_close(&w);
    rc = lf_buf_done(&b, e);
    if (rc == LF_OK) {
        const struct lf_json *tree;
        struct lf_buf canon;

        lf_buf_init(&canon, LF_ENROL_BODY);
        rc = lf_json_parse(a, lf_arena_copy(a, lf_buf_view(&b)), &small, &tree, e);
        if (rc == LF_OK)
            rc = lf_json_canon(&canon, tree, e);
        if (rc == LF_OK) {
            lf_sign(sign_secret, lf_buf_view(&canon), signature);
            *body = lf_arena_printf(a, "%.*s,\"signature\":\"%.*s\"}",
                                    LF_FMT(lf_view_first(lf_buf_view(&canon), canon.len - 1)),
                                    LF_FMT(lf_base64url(a, signature, sizeof signature)));
        }
        lf_buf_clear(&canon);
    }
    lf_buf_clear(&b);
    return rc;
}

/* The signature covers all that came but itself, properties of later versions too. */
static enum lf_code signature_ok(struct lf_arena *a, const struct lf_json *tree,
                                 const uint8_t key[LF_SIGN_PUBLIC], struct lf_err *e)
{
    size_t n = lf_json_members(tree), kept = 0;
    lf_view *keys = LF_NEW(a, lf_view, n);
    const struct lf_json **values = LF_NEW(a, const struct lf_json *, n);
    uint8_t signature[LF_SIGNATURE];
    struct lf_buf b;
    enum lf_code rc;

    LF_TRY(bytes_of(a, tree, "signature", signature, sizeof signature, e));
    for (size_t i = 0; i < n; i++)
        if (!lf_view_is(lf_json_key(tree, i), "signature")) {
            keys[kept] = lf_json_key(tree, i);
            values[kept++] = lf_json_member(tree, i);
        }
    lf_buf_init(&b, 8 * LF_ENROL_BODY);
    rc = lf_json_canon(&b, lf_json_new_object(a, kept, keys, values), e);
    if (rc == LF_OK)
        rc = lf_buf_done(&b, e);
    if (rc == LF_OK && !lf_sign_ok(key, lf_buf_view(&b), signature))
        rc = lf_err_set(e, LF_UNAUTHENTIC, "the enrolment is not signed with the key in it");
    lf_buf_clear(&b);
    return rc;
}

enum lf_code lf_enrolment_read(struct lf_arena *a, lf_view body, struct lf_enrolment *out, struct lf_err *e)
{
    struct lf_enrolment n;
    const struct lf_json *tree;

    if (body.len > LF_ENROL_BODY)
        return lf_err_set(e, LF_TOO_BIG, "an enrolment has at most %d bytes", LF_ENROL_BODY);
    LF_TRY(lf_json_parse(a, body, &small, &tree, e));
    if (lf_json_kind(tree) != LF_JSON_OBJECT)
        return lf_err_set(e, LF_BAD_INPUT, "an enrolment is a JSON object");
    n.invitation = lf_json_str(tree, "invitation");
    if (!lf_uuid_ok(n.invitation))
        return lf_err_set(e, LF_BAD_INPUT, "\"invitation\" must be a UUID");
    LF_TRY(bytes_of(a, tree, "secret", n.secret, sizeof n.secret, e));
    LF_TRY(who_of(a, tree, &n.node, &n.name, &n.tier, n.key, e));
    LF_TRY(signature_ok(a, tree, n.key, e));
    *out = n;
    return LF_OK;
}

/* A path of unreserved characters, from '/' to '/', that means one place only. */
static bool root_ok(lf_view path)
{
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
              c == '_' || (c == '/' && (i == 0 || path.ptr[i - 1] != '/'))))
            return false;
    }
    return path.len >= 2 && path.len <= 256 && path.ptr[0] == '/' && path.ptr[path.len - 1] == '/';
}

enum lf_code lf_enrolled_read(struct lf_arena *a, lf_view body, struct lf_peer *out, struct lf_err *e)
{
    struct lf_peer p = *out;
    const struct lf_json *tree;

    LF_TRY(lf_json_parse(a, body, &small, &tree, e));
    LF_TRY(who_of(a, tree, &p.node, &p.name, &p.tier, p.key, e));
    p.api_root = lf_json_str(tree, "api_root");
    p.members = lf_json_str(tree, "members");
    p.inbox = lf_json_str(tree, "inbox");
    p.up = lf_json_str(tree, "up");
    if (!root_ok(p.api_root))
        return lf_err_set(e, LF_BAD_INPUT, "the parent's \"api_root\" is no path from / to /");
    if (!lf_uuid_ok(p.members) || !lf_uuid_ok(p.inbox) || !lf_uuid_ok(p.up))
        return lf_err_set(e, LF_BAD_INPUT, "the parent's collections must be UUIDs");
    *out = p;
    return LF_OK;
}
