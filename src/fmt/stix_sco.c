/* Deterministic ids of cyber-observables. */
#include "base/crypto.h"
#include "fmt/stix.h"
#include "fmt/stix_check.h"

static const struct {
    const char *type, *from; /* the properties, blanks between */
} makers[] = {
    { "artifact", "hashes payload_bin" },
    { "autonomous-system", "number" },
    { "directory", "path" },
    { "domain-name", "value" },
    { "email-addr", "value" },
    { "email-message", "from_ref subject body" },
    { "file", "hashes name parent_directory_ref extensions" },
    { "ipv4-addr", "value" },
    { "ipv6-addr", "value" },
    { "mac-addr", "value" },
    { "mutex", "name" },
    { "network-traffic", "start end src_ref dst_ref src_port dst_port protocols extensions" },
    { "software", "name cpe swid vendor version" },
    { "url", "value" },
    { "user-account", "account_type user_id account_login" },
    { "windows-registry-key", "key values" },
    { "x509-certificate", "hashes serial_number" },
};

/* Of several sums one: MD5, SHA-1, SHA-256, SHA-512, else the first by name. */
static const struct lf_json *one_sum(struct lf_arena *a, const struct lf_json *hashes)
{
    static const char *const order[] = { "MD5", "SHA-1", "SHA-256", "SHA-512" };
    const struct lf_json *v = NULL;
    lf_view key = { 0 };

    if (lf_json_kind(hashes) != LF_JSON_OBJECT)
        return NULL;
    for (size_t i = 0; i < sizeof order / sizeof *order && !v; i++) {
        key = lf_view_of(order[i]);
        v = lf_json_get(hashes, key);
    }
    for (size_t i = 0, known = v != NULL; !known && i < lf_json_members(hashes); i++)
        if (!v || lf_view_cmp(lf_json_key(hashes, i), key) < 0)
            v = lf_json_member(hashes, i), key = lf_json_key(hashes, i);
    return v ? lf_json_new_object(a, 1, &key, &v) : NULL;
}

lf_view lf_stix_sco_id(struct lf_arena *a, const struct lf_json *tree)
{
    static const char space[] = "00abedb4-aa42-466c-9c01-fed23315a9b7";
    lf_view type = lf_json_str(tree, "type"), rest, name, keys[8], id = { "", 0 };
    const struct lf_json *values[8];
    struct lf_buf b;
    size_t n = 0, i;

    for (i = 0; i < sizeof makers / sizeof *makers && !(type.ptr && lf_view_is(type, makers[i].type)); i++)
        ;
    if (i == sizeof makers / sizeof *makers)
        return id;
    rest = lf_view_of(makers[i].from);
    while (lf_view_split(&rest, ' ', &name)) {
        const struct lf_json *v = lf_json_get(tree, name);

        if (v && lf_view_is(name, "hashes"))
            v = one_sum(a, v);
        if (v) {
            keys[n] = name;
            values[n++] = v;
        }
    }
    if (!n)
        return id;
    lf_buf_init(&b, LF_STIX_OBJECT_BYTES * 2);
    if (lf_json_canon(&b, lf_json_new_object(a, n, keys, values), NULL) == LF_OK)
        id = lf_arena_printf(a, "%.*s--%.*s", LF_FMT(type),
                             LF_FMT(lf_uuid5(a, lf_view_of(space), lf_buf_view(&b))));
    lf_buf_clear(&b);
    return id;
}
