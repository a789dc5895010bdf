#include "fmt/stix_make.h"

#include "base/crypto.h"
#include "fmt/stix.h"
#include "fmt/stix_check.h"

/* The namespace of ids that are made of names and not of UUIDs. */
static const char space_of_ours[] = "9f2c7c1a-6f0e-4a53-9d0b-7f6d1c3b5e21";

void lf_make_init(struct lf_make *m, const struct lf_exchange *to)
{
    *m = (struct lf_make){ .to = to };
    lf_buf_init(&m->b, LF_STIX_OBJECT_BYTES);
    lf_map_init(&m->once, 0x6d616b65);
}

void lf_make_clear(struct lf_make *m)
{
    lf_buf_clear(&m->b);
    lf_map_clear(&m->once);
    lf_arena_clear(&m->keep);
    lf_arena_clear(&m->a);
}

void lf_make_forget(struct lf_make *m)
{
    lf_map_clear(&m->once);
    lf_map_init(&m->once, 0x6d616b65);
    lf_arena_clear(&m->keep);
}

bool lf_make_uuid_ok(lf_view text)
{
    char id[48] = "note--";

    if (text.len != 36)
        return false;
    memcpy(id + 6, text.ptr, 36);
    return lf_stix_id_exact((lf_view){ id, 42 }, NULL);
}

lf_view lf_make_uuid(struct lf_make *m, lf_view space, lf_view name)
{
    struct lf_buf b;
    lf_view id;

    lf_buf_init(&b, space.len + name.len + 1);
    lf_buf_put(&b, space);
    lf_buf_byte(&b, '\0');
    lf_buf_put(&b, name);
    id = lf_uuid5(&m->a, lf_view_of(space_of_ours), lf_buf_view(&b));
    lf_buf_clear(&b);
    return id;
}

lf_view lf_make_id(struct lf_make *m, const char *type, lf_view uuid)
{
    return lf_arena_printf(&m->a, "%s--%.*s", type, LF_FMT(uuid));
}

bool lf_make_first(struct lf_make *m, lf_view id)
{
    uint64_t was;

    if (lf_map_get(&m->once, id, &was))
        return false;
    lf_map_set(&m->once, lf_arena_copy(&m->keep, id), 1);
    return true;
}

/* The first bytes, cut between characters. */
static lf_view cut(lf_view v, size_t most)
{
    v = lf_view_first(v, most);
    while (v.len && !lf_view_is_utf8(v))
        v.len--;
    return v;
}

void lf_loss_tell(const struct lf_exchange *to, lf_view where, lf_view value, const char *why)
{
    struct lf_loss loss = { .where = cut(where, LF_LOSS_WHERE),
                            .value = cut(value, LF_LOSS_VALUE),
                            .why = why };

    if (!loss.where.len)
        loss.where = LF_V("\"\""); /* a member without a name has a place too */
    to->lost(to->ctx, &loss);
}

void lf_make_lost(struct lf_make *m, lf_view where, lf_view value, const char *why)
{
    m->lost++;
    lf_loss_tell(m->to, where, value, why);
}

void lf_make_time(struct lf_make *m, const char *key, lf_time at)
{
    char text[LF_TIME_TEXT];

    lf_json_put_str(&m->w, key, lf_time_milli(at, text));
}

void lf_make_open(struct lf_make *m, const char *type, lf_view id, lf_time created, lf_time modified)
{
    lf_buf_reset(&m->b);
    m->w = lf_json_w(&m->b);
    lf_json_open(&m->w, '{');
    lf_json_put_cstr(&m->w, "type", type);
    lf_json_put_cstr(&m->w, "spec_version", "2.1");
    lf_json_put_str(&m->w, "id", id);
    if (m->creator.len && !lf_view_eq(m->creator, id))
        lf_json_put_str(&m->w, "created_by_ref", m->creator);
    lf_make_time(m, "created", created < modified ? created : modified);
    if (strcmp(type, "marking-definition") != 0)
        lf_make_time(m, "modified", modified);
    if (m->markings.len)
        lf_json_put_raw(&m->w, "object_marking_refs", m->markings);
}

enum lf_code lf_make_close(struct lf_make *m, struct lf_err *e)
{
    lf_json_close(&m->w);
    if (m->b.over) {
        lf_make_lost(m, LF_V("object"), lf_view_first(lf_buf_view(&m->b), 120),
                     "the object is larger than 1 MiB");
        return LF_OK;
    }
    m->made++;
    return m->to->made(m->to->ctx, lf_buf_view(&m->b), e);
}

static void unheard(void *ctx, const struct lf_stix_fault *fault)
{
    (void)ctx;
    (void)fault;
}

enum lf_code lf_make_sco(struct lf_make *m, lf_view body, lf_view *id, struct lf_err *e)
{
    const struct lf_json_limits limits = { .bytes = 2 * (size_t)LF_STIX_OBJECT_BYTES, .unique = true };
    const struct lf_json *tree;
    uint64_t print, was;

    LF_TRY(lf_json_parse(&m->a, body, &limits, &tree, e));
    *id = lf_stix_sco_id(&m->a, tree);
    if (!id->len)
        return LF_OK;
    print = lf_siphash((const uint64_t[2]){ 1, 2 }, body);
    if (lf_map_get(&m->once, *id, &was)) {
        if (was != print)
            lf_make_lost(m, *id, body, "an observable of this id was made already with other properties");
        return LF_OK;
    }
    lf_buf_reset(&m->b);
    m->w = lf_json_w(&m->b);
    lf_json_open(&m->w, '{');
    lf_json_put_str(&m->w, "type", lf_json_str(tree, "type"));
    lf_json_put_cstr(&m->w, "spec_version", "2.1");
    lf_json_put_str(&m->w, "id", *id);
    if (m->markings.len)
        lf_json_put_raw(&m->w, "object_marking_refs", m->markings);
    for (size_t i = 0; i < lf_json_members(tree); i++)
        if (!lf_view_is(lf_json_key(tree, i), "type"))
            lf_json_put(&m->w, lf_arena_cstr(&m->a, lf_json_key(tree, i)), lf_json_member(tree, i));
    lf_json_close(&m->w);
    if (m->b.over || lf_json_parse(&m->a, lf_buf_view(&m->b), &limits, &tree, NULL) != LF_OK ||
        lf_stix_check(&m->a, tree, unheard, NULL) != 0) {
        *id = (lf_view){ "", 0 };
        return LF_OK;
    }
    lf_map_set(&m->once, lf_arena_copy(&m->keep, *id), print);
    m->made++;
    return m->to->made(m->to->ctx, lf_buf_view(&m->b), e);
}

enum lf_code lf_make_identity(struct lf_make *m, lf_view uuid, lf_view name, const char *class, lf_view *id,
                              struct lf_err *e)
{
    lf_view creator = m->creator, markings = m->markings;
    enum lf_code rc = LF_OK;

    *id = (lf_view){ "", 0 };
    if (!name.len)
        return LF_OK;
    if (!lf_make_uuid_ok(uuid))
        uuid = lf_make_uuid(m, LF_V("identity"), name);
    *id = lf_make_id(m, "identity", uuid);
    if (!lf_make_first(m, *id))
        return LF_OK;
    m->creator = m->markings = (lf_view){ "", 0 }; /* its own, and no secret */
    lf_make_open(m, "identity", *id, LF_MAKE_UNDATED, LF_MAKE_UNDATED);
    lf_json_put_str(&m->w, "name", name);
    lf_json_put_cstr(&m->w, "identity_class", class);
    rc = lf_make_close(m, e);
    m->creator = creator;
    m->markings = markings;
    return rc;
}

enum lf_code lf_make_statement(struct lf_make *m, lf_view uuid, lf_view statement, lf_view *id,
                               struct lf_err *e)
{
    lf_view creator = m->creator, markings = m->markings;
    enum lf_code rc;

    if (!lf_make_uuid_ok(uuid))
        uuid = lf_make_uuid(m, LF_V("statement"), statement);
    *id = lf_make_id(m, "marking-definition", uuid);
    if (!lf_make_first(m, *id))
        return LF_OK;
    m->creator = m->markings = (lf_view){ "", 0 };
    lf_make_open(m, "marking-definition", *id, LF_MAKE_UNDATED, LF_MAKE_UNDATED);
    lf_json_put_cstr(&m->w, "definition_type", "statement");
    lf_json_begin(&m->w, "definition", '{');
    lf_json_put_str(&m->w, "statement", statement);
    lf_json_close(&m->w);
    rc = lf_make_close(m, e);
    m->creator = creator;
    m->markings = markings;
    return rc;
}

/* The standard's TLP 2.0 extension and 2.1, 7.2.1.4; the first of a name is what is written. */
enum { FIRST_TLP1 = 5 };
static const struct {
    const char *name, *id;
} tlps[] = {
    { "red", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1" },
    { "amber+strict", "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003" },
    { "amber", "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421" },
    { "green", "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb" },
    { "clear", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487" },
    { "white", "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9" },
    { "green", "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da" },
    { "amber", "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82" },
    { "red", "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed" },
};

const char *lf_make_tlp(lf_view name)
{
    if (name.len > 4 && lf_view_eq_nocase(lf_view_first(name, 4), LF_V("tlp:")))
        name = lf_view_from(name, 4);
    for (size_t i = 0; i < sizeof tlps / sizeof *tlps; i++)
        if (lf_view_eq_nocase(name, lf_view_of(tlps[i].name)))
            return tlps[i].id;
    return NULL;
}

const char *lf_make_tlp1(lf_view name)
{
    for (size_t i = sizeof tlps / sizeof *tlps; i-- > FIRST_TLP1;)
        if (lf_view_is(name, tlps[i].name) ||
            (lf_view_is(name, "clear") && strcmp(tlps[i].name, "white") == 0))
            return tlps[i].id;
    return NULL;
}

const char *lf_make_tlp_name(lf_view id)
{
    for (size_t i = 0; i < sizeof tlps / sizeof *tlps; i++)
        if (lf_view_is(id, tlps[i].id))
            return tlps[i].name;
    return NULL;
}

const char *lf_make_tlp_of(const struct lf_json *object)
{
    const struct lf_json *m = lf_json_get(object, LF_V("object_marking_refs"));

    for (size_t i = 0; lf_json_kind(m) == LF_JSON_ARRAY && i < lf_json_items(m); i++) {
        const char *name = lf_make_tlp_name(lf_json_text(lf_json_item(m, i)));

        if (name)
            return name;
    }
    return NULL;
}

void lf_make_literal(struct lf_buf *b, lf_view value)
{
    lf_buf_byte(b, '\'');
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\'' || value.ptr[i] == '\\')
            lf_buf_byte(b, '\\');
        lf_buf_byte(b, value.ptr[i]);
    }
    lf_buf_byte(b, '\'');
}
