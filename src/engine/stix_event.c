#include "engine/stix_event.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "engine/rule_priv.h"
#include "engine/stix_event_priv.h"
#include "model/observable.h"

/* ---- the table ---- */

static const struct {
    const char *name, *type;
} roles[R_COUNT] = {
    [R_PROCESS] = { "process", "process" },
    [R_IMAGE] = { "image", "file" },
    [R_IMAGE_DIR] = { "image-directory", "directory" },
    [R_PARENT] = { "parent", "process" },
    [R_PARENT_IMAGE] = { "parent-image", "file" },
    [R_PARENT_DIR] = { "parent-directory", "directory" },
    [R_TARGET] = { "target", "process" },
    [R_TARGET_IMAGE] = { "target-image", "file" },
    [R_FILE] = { "file", "file" },
    [R_FILE_DIR] = { "directory", "directory" },
    [R_DLL] = { "library", "file" },
    [R_DLL_DIR] = { "library-directory", "directory" },
    [R_HOLDER] = { "library, file or image", "file" },
    [R_KEY] = { "key", "windows-registry-key" },
    [R_MUTEX] = { "mutex", "mutex" },
    [R_SERVICE] = { "service", "process" },
    [R_USER] = { "user", "user-account" },
    [R_TARGET_USER] = { "target-user", "user-account" },
    [R_TRAFFIC] = { "traffic", "network-traffic" },
    [R_SOURCE] = { "source", NULL },
    [R_DESTINATION] = { "destination", NULL },
    [R_SOURCE_MAC] = { "source-mac", "mac-addr" },
    [R_DESTINATION_MAC] = { "destination-mac", "mac-addr" },
    [R_SOURCE_AS] = { "source-as", "autonomous-system" },
    [R_DESTINATION_AS] = { "destination-as", "autonomous-system" },
    [R_HOST] = { "host", NULL },
    [R_ASKED] = { "asked", NULL },
    [R_ANSWER] = { "answer", NULL },
    [R_URL] = { "url", "url" },
    [R_URL_HOST] = { "url-host", NULL },
    [R_REFERRER] = { "referrer", "url" },
    [R_MESSAGE] = { "message", "email-message" },
    [R_FROM] = { "from", "email-addr" },
    [R_TO] = { "to", "email-addr" },
    [R_CERTIFICATE] = { "certificate", "x509-certificate" },
    [R_SOFTWARE] = { "software", "software" },
};

#define IMAGE "process.executable", "Image", "SourceImage", "process.name"
#define PARENT "process.parent.executable", "ParentImage", "process.parent.name"
#define FILE_ "file.path", "TargetFilename", "file.name"
#define DLL "dll.path", "ImageLoaded"
#define SUMS "Hashes", "Hash"
#define KEY "registry.path", "TargetObject"

/* The order counts: sums go to what was named before them. */
const struct stix_row stix_rows[] = {
    { R_PROCESS, "name", H_BASE, { IMAGE }, 0 }, /* 2.0's; patterns use it all the same */
    { R_PROCESS, "pid", H_NUMBER, { "process.pid", "ProcessId", "SourceProcessId" }, 0 },
    { R_PROCESS, "command_line", H_TEXT, { "process.command_line", "CommandLine" }, 0 },
    { R_PROCESS, "cwd", H_TEXT, { "process.working_directory", "CurrentDirectory" }, 0 },
    { R_PROCESS, "extensions.'windows-process-ext'.integrity_level", H_LOWER, { "IntegrityLevel" }, 0 },
    { R_PROCESS, "image_ref", H_REF, { 0 }, R_IMAGE },
    { R_PROCESS, "binary_ref", H_REF, { 0 }, R_IMAGE }, /* 2.0's */
    { R_PROCESS, "parent_ref", H_REF, { 0 }, R_PARENT },
    { R_PROCESS, "creator_user_ref", H_REF, { 0 }, R_USER },
    { R_PROCESS, "opened_connection_refs[]", H_REF, { 0 }, R_TRAFFIC },
    { R_IMAGE, "name", H_BASE, { IMAGE }, 0 },
    { R_IMAGE, "hashes.MD5", H_SUM, { "process.hash.md5" }, 0 },
    { R_IMAGE, "hashes.'SHA-1'", H_SUM, { "process.hash.sha1" }, 0 },
    { R_IMAGE, "hashes.'SHA-256'", H_SUM, { "process.hash.sha256" }, 0 },
    { R_IMAGE, "hashes.'SHA-512'", H_SUM, { "process.hash.sha512" }, 0 },
    { R_IMAGE, "extensions.'windows-pebinary-ext'.imphash", H_SUM, { "process.pe.imphash" }, 0 },
    { R_IMAGE, "parent_directory_ref", H_REF, { 0 }, R_IMAGE_DIR },
    { R_IMAGE_DIR, "path", H_DIR, { IMAGE }, 0 },
    { R_PARENT, "name", H_BASE, { PARENT }, 0 },
    { R_PARENT, "pid", H_NUMBER, { "process.parent.pid", "ParentProcessId" }, 0 },
    { R_PARENT, "command_line", H_TEXT, { "process.parent.command_line", "ParentCommandLine" }, 0 },
    { R_PARENT, "image_ref", H_REF, { 0 }, R_PARENT_IMAGE },
    { R_PARENT, "binary_ref", H_REF, { 0 }, R_PARENT_IMAGE },
    { R_PARENT, "child_refs[]", H_REF, { 0 }, R_PROCESS },
    { R_PARENT_IMAGE, "name", H_BASE, { PARENT }, 0 },
    { R_PARENT_IMAGE, "parent_directory_ref", H_REF, { 0 }, R_PARENT_DIR },
    { R_PARENT_DIR, "path", H_DIR, { PARENT }, 0 },
    { R_TARGET, "name", H_BASE, { "TargetImage" }, 0 },
    { R_TARGET, "pid", H_NUMBER, { "TargetProcessId" }, 0 },
    { R_TARGET, "image_ref", H_REF, { 0 }, R_TARGET_IMAGE },
    { R_TARGET_IMAGE, "name", H_BASE, { "TargetImage" }, 0 },
    { R_FILE, "name", H_BASE, { FILE_ }, 0 },
    { R_FILE, "size", H_NUMBER, { "file.size" }, 0 },
    { R_FILE, "mime_type", H_TEXT, { "file.mime_type" }, 0 },
    { R_FILE, "hashes.MD5", H_SUM, { "file.hash.md5" }, 0 },
    { R_FILE, "hashes.'SHA-1'", H_SUM, { "file.hash.sha1" }, 0 },
    { R_FILE, "hashes.'SHA-256'", H_SUM, { "file.hash.sha256" }, 0 },
    { R_FILE, "hashes.'SHA-512'", H_SUM, { "file.hash.sha512" }, 0 },
    { R_FILE, "parent_directory_ref", H_REF, { 0 }, R_FILE_DIR },
    { R_FILE_DIR, "path", H_DIR, { FILE_ }, 0 },
    { R_DLL, "name", H_BASE, { DLL }, 0 },
    { R_DLL, "hashes.MD5", H_SUM, { "dll.hash.md5" }, 0 },
    { R_DLL, "hashes.'SHA-1'", H_SUM, { "dll.hash.sha1" }, 0 },
    { R_DLL, "hashes.'SHA-256'", H_SUM, { "dll.hash.sha256" }, 0 },
    { R_DLL, "parent_directory_ref", H_REF, { 0 }, R_DLL_DIR },
    { R_DLL_DIR, "path", H_DIR, { DLL }, 0 },
    { R_HOLDER, "hashes.MD5", H_SUMS, { SUMS }, 0 },
    { R_HOLDER, "hashes.'SHA-1'", H_SUMS, { SUMS }, 0 },
    { R_HOLDER, "hashes.'SHA-256'", H_SUMS, { SUMS }, 0 },
    { R_HOLDER, "extensions.'windows-pebinary-ext'.imphash", H_SUMS, { SUMS }, 0 },
    { R_KEY, "key", H_KEY, { KEY }, 0 },
    { R_KEY, "@values.name", H_VALUE_NAME, { "registry.value", KEY }, 0 },
    { R_KEY, "@values.data", H_TEXT, { "registry.data.strings", "Details" }, 0 },
    { R_KEY, "creator_user_ref", H_REF, { 0 }, R_USER },
    { R_MUTEX, "name", H_TEXT, { "mutex.name" }, 0 },
    { R_SERVICE,
      "extensions.'windows-service-ext'.service_name",
      H_TEXT,
      { "service.name", "ServiceName" },
      0 },
    { R_SERVICE, "command_line", H_TEXT, { "ImagePath", "ServiceFileName" }, 0 },
    { R_USER, "user_id", H_LOGIN, { "user.name", "User", "SubjectUserName" }, 0 },
    { R_USER, "account_login", H_LOGIN, { "user.name", "User", "SubjectUserName" }, 0 },
    { R_USER, "display_name", H_TEXT, { "user.full_name" }, 0 },
    { R_TARGET_USER, "user_id", H_LOGIN, { "user.target.name", "TargetUserName" }, 0 },
    { R_TARGET_USER, "account_login", H_LOGIN, { "user.target.name", "TargetUserName" }, 0 },
    { R_TRAFFIC, "src_port", H_NUMBER, { "source.port", "SourcePort", "src_port" }, 0 },
    { R_TRAFFIC, "dst_port", H_NUMBER, { "destination.port", "DestinationPort", "dst_port" }, 0 },
    { R_TRAFFIC, "protocols[]", H_LOWER, { "network.type" }, 0 },
    { R_TRAFFIC, "protocols[]", H_LOWER, { "network.transport", "Protocol", "proto" }, 0 },
    { R_TRAFFIC, "protocols[]", H_LOWER, { "network.protocol" }, 0 },
    { R_TRAFFIC, "src_byte_count", H_NUMBER, { "source.bytes" }, 0 },
    { R_TRAFFIC, "dst_byte_count", H_NUMBER, { "destination.bytes" }, 0 },
    { R_TRAFFIC, "src_packets", H_NUMBER, { "source.packets" }, 0 },
    { R_TRAFFIC, "dst_packets", H_NUMBER, { "destination.packets" }, 0 },
    { R_TRAFFIC,
      "extensions.'http-request-ext'.request_method",
      H_LOWER,
      { "http.request.method", "cs-method" },
      0 },
    { R_TRAFFIC,
      "extensions.'http-request-ext'.request_value",
      H_TEXT,
      { "url.original", "c-uri", "cs-uri" },
      0 },
    { R_TRAFFIC, "extensions.'http-request-ext'.request_version", H_TEXT, { "http.version" }, 0 },
    { R_TRAFFIC,
      "extensions.'http-request-ext'.request_header.'User-Agent'",
      H_TEXT,
      { "user_agent.original", "c-useragent", "cs-user-agent" },
      0 },
    { R_TRAFFIC,
      "extensions.'http-request-ext'.request_header.Referer",
      H_TEXT,
      { "http.request.referrer", "cs-referer" },
      0 },
    { R_TRAFFIC, "extensions.'tls-ext'.ja3", H_SUM, { "tls.client.ja3", "ja3" }, 0 },
    { R_TRAFFIC, "extensions.'tls-ext'.ja4", H_LOWER, { "tls.client.ja4", "ja4" }, 0 },
    { R_TRAFFIC, "src_ref", H_REF, { 0 }, R_SOURCE },
    { R_TRAFFIC, "dst_ref", H_REF, { 0 }, R_DESTINATION },
    { R_TRAFFIC, "dst_ref", H_REF, { 0 }, R_HOST }, /* where no address is known */
    { R_SOURCE, "value", H_ADDRESS, { "source.ip", "SourceIp", "src_ip", "source.address" }, 0 },
    { R_SOURCE, "resolves_to_refs[]", H_REF, { 0 }, R_SOURCE_MAC },
    { R_SOURCE, "belongs_to_refs[]", H_REF, { 0 }, R_SOURCE_AS },
    { R_DESTINATION,
      "value",
      H_ADDRESS,
      { "destination.ip", "DestinationIp", "dst_ip", "destination.address" },
      0 },
    { R_DESTINATION, "resolves_to_refs[]", H_REF, { 0 }, R_DESTINATION_MAC },
    { R_DESTINATION, "belongs_to_refs[]", H_REF, { 0 }, R_DESTINATION_AS },
    { R_SOURCE_MAC, "value", H_MAC, { "source.mac" }, 0 },
    { R_DESTINATION_MAC, "value", H_MAC, { "destination.mac" }, 0 },
    { R_SOURCE_AS, "number", H_NUMBER, { "source.as.number" }, 0 },
    { R_SOURCE_AS, "name", H_TEXT, { "source.as.organization.name" }, 0 },
    { R_DESTINATION_AS, "number", H_NUMBER, { "destination.as.number" }, 0 },
    { R_DESTINATION_AS, "name", H_TEXT, { "destination.as.organization.name" }, 0 },
    { R_HOST,
      "value",
      H_HOST,
      { "destination.domain", "DestinationHostname", "tls.client.server_name", "url.domain", "cs-host" },
      0 },
    { R_ASKED, "value", H_HOST, { "dns.question.name", "QueryName" }, 0 },
    { R_ASKED, "resolves_to_refs[]", H_REF, { 0 }, R_ANSWER },
    { R_ANSWER, "value", H_ANSWER, { "dns.resolved_ip", "dns.answers.data", "QueryResults" }, 0 },
    { R_URL, "value", H_URL, { "url.full", "url.original", "c-uri", "cs-uri" }, 0 },
    { R_URL_HOST, "value", H_HOST, { "url.full", "url.original", "c-uri", "cs-uri" }, 0 },
    { R_REFERRER, "value", H_URL, { "http.request.referrer", "cs-referer" }, 0 },
    { R_MESSAGE, "subject", H_TEXT, { "email.subject", "subject" }, 0 },
    { R_MESSAGE, "from_ref", H_REF, { 0 }, R_FROM },
    { R_MESSAGE, "to_refs[]", H_REF, { 0 }, R_TO },
    { R_FROM, "value", H_MAIL, { "email.from.address", "mailfrom", "mail_from" }, 0 },
    { R_TO, "value", H_MAIL, { "email.to.address", "rcptto", "rcpt_to" }, 0 },
    { R_CERTIFICATE,
      "serial_number",
      H_LOWER,
      { "x509.serial_number", "tls.server.x509.serial_number", "tls.serial" },
      0 },
    { R_CERTIFICATE, "subject", H_TEXT, { "x509.subject", "tls.server.subject" }, 0 },
    { R_CERTIFICATE, "issuer", H_TEXT, { "x509.issuer", "tls.server.issuer" }, 0 },
    { R_CERTIFICATE, "hashes.'SHA-1'", H_SUM, { "tls.server.hash.sha1" }, 0 },
    { R_CERTIFICATE, "hashes.'SHA-256'", H_SUM, { "tls.server.hash.sha256" }, 0 },
    { R_SOFTWARE, "name", H_TEXT, { "package.name", "process.pe.product", "Product" }, 0 },
    { R_SOFTWARE, "vendor", H_TEXT, { "process.pe.company", "Company" }, 0 },
    { R_SOFTWARE, "version", H_TEXT, { "package.version", "process.pe.file_version", "FileVersion" }, 0 },
};
const size_t stix_nrows = sizeof stix_rows / sizeof *stix_rows;

const char *stix_role_name(enum stix_role r)
{
    return roles[r].name;
}

const char *stix_role_type(enum stix_role r)
{
    return roles[r].type;
}

bool stix_ref_makes(const struct stix_row *row)
{
    return row->role == R_TRAFFIC && (row->to == R_SOURCE || row->to == R_DESTINATION);
}

void stix_place_of(const struct stix_row *row, struct stix_place *out)
{
    lf_view left = lf_view_of(row->path), key;

    *out = (struct stix_place){ .row = row };
    if (lf_view_ends(left, LF_V("[]"))) {
        out->list = true;
        left = lf_view_first(left, left.len - 2);
    }
    while (lf_view_split(&left, '.', &key)) {
        LF_ASSERT(out->nkeys < STIX_KEYS);
        if (key.ptr[0] == '@') {
            out->one[out->nkeys] = true;
            key = lf_view_from(key, 1);
        }
        if (key.ptr[0] == '\'')
            key = (lf_view){ key.ptr + 1, key.len - 2 };
        out->key[out->nkeys++] = key;
    }
}

void lf_stix_eye_table(struct lf_buf *out)
{
    for (size_t i = 0; i < stix_nrows; i++) {
        const struct stix_row *r = &stix_rows[i];

        lf_buf_printf(out, "%s\t%s:%s\t", roles[r->role].name,
                      roles[r->role].type ? roles[r->role].type : "ipv4-addr|ipv6-addr|domain-name", r->path);
        if (r->how == H_REF)
            lf_buf_printf(out, "-> %s", roles[r->to].name);
        for (size_t k = 0; k < STIX_FIELDS && r->fields[k]; k++)
            lf_buf_printf(out, "%s%s", k ? ", " : "", r->fields[k]);
        LF_PUT(out, "\n");
    }
}

/* ---- an eye ---- */

enum { ENTRIES = 24, MANY = 16 };

struct entry {
    const struct stix_place *place;
    const struct lf_json *v;
};
struct object {
    struct entry e[ENTRIES];
    size_t n;
    const char *type;
};

struct lf_stix_eye {
    struct lf_ruleset *rs; /* of one rule that names all fields: who finds an event's fields are its names */
    unsigned field[256][STIX_FIELDS];
    struct stix_place place[256];
};

/* A rule of the table's names, never asked. */
static lf_view rule_of_all(struct lf_arena *a)
{
    struct lf_buf b;
    lf_view out;

    lf_buf_init(&b, 1 << 20);
    LF_PUT(&b,
           "{\"title\": \"fields\", \"logsource\": {\"category\": \"stix\"}, \"detection\": {\"condition\": "
           "\"s\", \"s\": {");
    for (size_t i = 0, n = 0; i < stix_nrows; i++)
        for (size_t k = 0; k < STIX_FIELDS && stix_rows[i].fields[k]; k++) {
            lf_view name = lf_view_of(stix_rows[i].fields[k]);
            bool twice = false;

            for (size_t j = 0; j <= i && !twice; j++)
                for (size_t x = 0; x < STIX_FIELDS && stix_rows[j].fields[x] && (j < i || x < k); x++)
                    twice = twice || lf_view_is(name, stix_rows[j].fields[x]);
            if (twice)
                continue;
            lf_buf_printf(&b, "%s\"%.*s|exists\": true", n++ ? ", " : "", LF_FMT(name));
        }
    LF_PUT(&b, "}}}");
    out = lf_arena_copy(a, lf_buf_view(&b));
    lf_buf_clear(&b);
    return out;
}

struct lf_stix_eye *lf_stix_eye_create(void)
{
    struct lf_stix_eye *eye = calloc(1, sizeof *eye);
    struct lf_arena a = { 0 };
    struct lf_rule_file file = { LF_V("fields"), rule_of_all(&a) };
    struct lf_err e = { 0 };

    if (!eye)
        LF_BUG("no memory for names of STIX properties");
    static_assert(sizeof stix_rows / sizeof *stix_rows <= sizeof eye->place / sizeof *eye->place,
                  "room for the table");
    if (lf_ruleset_build(&file, 1, &eye->rs, &e) != LF_OK || lf_ruleset_refused(eye->rs))
        LF_BUG("the table of STIX properties: %s %.*s", e.text,
               eye->rs ? (int)eye->rs->rules[0].refused.len : 0,
               eye->rs ? eye->rs->rules[0].refused.ptr : "");
    for (size_t i = 0; i < stix_nrows; i++) {
        stix_place_of(&stix_rows[i], &eye->place[i]);
        for (size_t k = 0; k < STIX_FIELDS && stix_rows[i].fields[k]; k++)
            eye->field[i][k] = lf_field_number(eye->rs, lf_view_of(stix_rows[i].fields[k]));
    }
    lf_arena_clear(&a);
    return eye;
}

void lf_stix_eye_destroy(struct lf_stix_eye *eye)
{
    if (!eye)
        return;
    lf_ruleset_drop(eye->rs);
    free(eye);
}

/* ---- values ---- */

static bool empty(lf_view v)
{
    return v.len == 0 || lf_view_is(v, "-");
}

static lf_view lower(struct lf_arena *a, lf_view v)
{
    char *out = lf_arena_alloc(a, v.len + 1, 1);

    for (size_t i = 0; i < v.len; i++)
        out[i] = (char)(v.ptr[i] >= 'A' && v.ptr[i] <= 'Z' ? v.ptr[i] + 32 : v.ptr[i]);
    return (lf_view){ out, v.len };
}

/* Where the last / or \ stands; SIZE_MAX: nowhere. */
static size_t last_slash(lf_view v)
{
    for (size_t i = v.len; i > 0; i--)
        if (v.ptr[i - 1] == '/' || v.ptr[i - 1] == '\\')
            return i - 1;
    return SIZE_MAX;
}

/* The directory as one writes it: "C:\Windows", "C:\" of what lies in the root, "/". */
static lf_view directory(lf_view v)
{
    size_t at = last_slash(v);

    if (at == SIZE_MAX)
        return (lf_view){ "", 0 };
    return lf_view_first(v, at == 0 || (at == 2 && v.ptr[1] == ':') ? at + 1 : at);
}

static bool number(lf_view v)
{
    if (v.len == 0 || v.len > 18 || (v.len > 1 && v.ptr[0] == '0'))
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (v.ptr[i] < '0' || v.ptr[i] > '9')
            return false;
    return true;
}

/* The canonical text of an address, and its object type. */
static bool address(struct lf_arena *a, lf_view v, lf_view *out, const char **type)
{
    char text[64];
    uint8_t raw[16];
    bool v6;

    if (v.len < 2 || v.len > 45 || memchr(v.ptr, 0, v.len))
        return false;
    memcpy(text, v.ptr, v.len);
    text[v.len] = '\0';
    v6 = memchr(text, ':', v.len) != NULL;
    if (inet_pton(v6 ? AF_INET6 : AF_INET, text, raw) != 1)
        return false;
    if (v6 && memcmp(raw, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0) {
        v6 = false;
        memcpy(raw, raw + 12, 4);
    }
    if (!inet_ntop(v6 ? AF_INET6 : AF_INET, raw, text, sizeof text))
        return false;
    *type = v6 ? "ipv6-addr" : "ipv4-addr";
    *out = lf_arena_copy(a, lf_view_of(text));
    return true;
}

/* An address or a name, alone, with a port, in brackets, as the host of a URL. */
static bool host(struct lf_arena *a, lf_view v, lf_view *out, const char **type)
{
    char name[LF_OBSERVABLE_BYTES];
    size_t colon, n;

    if (lf_view_find(v, LF_V("://")) != SIZE_MAX)
        v = lf_url_host(v);
    if (v.len > 1 && v.ptr[0] == '[') {
        size_t end = lf_view_find_byte(v, ']');

        return end != SIZE_MAX && address(a, (lf_view){ v.ptr + 1, end - 1 }, out, type);
    }
    if (address(a, v, out, type))
        return true;
    colon = lf_view_find_byte(v, ':');
    if (colon != SIZE_MAX) {
        v = lf_view_first(v, colon);
        if (address(a, v, out, type))
            return true;
    }
    if (v.len > 254 || !lf_observable_bytes(LF_OBS_DOMAIN, v, name, &n))
        return false;
    *type = "domain-name";
    *out = lf_arena_copy(a, (lf_view){ name, n });
    return true;
}

static bool mac(struct lf_arena *a, lf_view v, lf_view *out)
{
    char *text = lf_arena_alloc(a, 18, 1);
    size_t n = 0;

    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i];

        if (c == ':' || c == '-' || c == '.')
            continue;
        c = (char)(c >= 'A' && c <= 'F' ? c + 32 : c);
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) || n == 17)
            return false;
        text[n++] = c;
        if (n % 3 == 2 && n < 17)
            text[n++] = ':';
    }
    *out = (lf_view){ text, n };
    return n == 17;
}

static bool sum(struct lf_arena *a, lf_view v, lf_view *out)
{
    if (v.len < 32 || v.len > 128)
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (!((v.ptr[i] >= '0' && v.ptr[i] <= '9') || ((v.ptr[i] | 32) >= 'a' && (v.ptr[i] | 32) <= 'f')))
            return false;
    *out = lower(a, v);
    return true;
}

/* The sum of one name in MD5=…,SHA256=… */
static bool sum_of(struct lf_arena *a, lf_view v, lf_view name, lf_view *out)
{
    static const struct {
        const char *key, *name;
        size_t digits;
    } names[] = { { "MD5", "MD5=", 32 },
                  { "SHA-1", "SHA1=", 40 },
                  { "SHA-256", "SHA256=", 64 },
                  { "imphash", "IMPHASH=", 32 } };
    size_t k = 0;

    while (k < sizeof names / sizeof *names && !lf_view_is(name, names[k].key))
        k++;
    if (k == sizeof names / sizeof *names)
        return false;
    for (size_t at = 0; at < v.len;) {
        lf_view tag = lf_view_of(names[k].name), rest = lf_view_from(v, at);

        if (rest.len >= tag.len + names[k].digits && lf_view_eq_nocase(lf_view_first(rest, tag.len), tag))
            return sum(a, lf_view_first(lf_view_from(rest, tag.len), names[k].digits), out);
        while (at < v.len && v.ptr[at] != ',' && v.ptr[at] != ' ')
            at++;
        at++;
    }
    return false;
}

/* The hive in full. */
static lf_view key_in_full(struct lf_arena *a, lf_view v)
{
    static const struct {
        const char *brief, *full;
    } hives[] = { { "HKLM", "HKEY_LOCAL_MACHINE" },    { "HKU", "HKEY_USERS" },
                  { "HKCU", "HKEY_CURRENT_USER" },     { "HKCR", "HKEY_CLASSES_ROOT" },
                  { "HKCC", "HKEY_CURRENT_CONFIG" },   { "\\REGISTRY\\MACHINE", "HKEY_LOCAL_MACHINE" },
                  { "\\REGISTRY\\USER", "HKEY_USERS" } };

    for (size_t i = 0; i < sizeof hives / sizeof *hives; i++) {
        lf_view brief = lf_view_of(hives[i].brief), rest;

        if (v.len < brief.len || !lf_view_eq_nocase(lf_view_first(v, brief.len), brief))
            continue;
        rest = lf_view_from(v, brief.len);
        if (rest.len == 0 || rest.ptr[0] == '\\')
            return lf_arena_printf(a, "%s%.*s", hives[i].full, LF_FMT(rest));
    }
    return v;
}

/* ---- an event ---- */

struct look {
    struct lf_stix_eye *eye;
    struct lf_at at;
    struct lf_arena *a;
    struct object o[R_COUNT + 2 * MANY];
    size_t many[2]; /* of R_ANSWER, R_TO */
    bool value;     /* of the registry: the event is about one */
};

/* The first value of a row's fields that are there; the slot too. */
static const struct lf_json *value_of(struct look *l, size_t row, struct lf_slot **slot, size_t *field)
{
    for (size_t k = 0; k < STIX_FIELDS && stix_rows[row].fields[k]; k++) {
        struct lf_slot *s = lf_slot_of(&l->at, l->eye->field[row][k]);

        for (size_t i = 0; i < s->n; i++)
            if (lf_json_kind(s->values[i].json) != LF_JSON_NULL && !empty(s->values[i].text)) {
                *slot = s;
                *field = k;
                return s->values[i].json;
            }
    }
    return NULL;
}

static struct object *object_of(struct look *l, enum stix_role r)
{
    if (r == R_HOLDER)
        r = l->o[R_DLL].n ? R_DLL : l->o[R_FILE].n ? R_FILE : R_IMAGE;
    return &l->o[r];
}

static void put(struct object *o, const struct stix_place *p, const struct lf_json *v)
{
    if (o->n < ENTRIES)
        o->e[o->n++] = (struct entry){ p, v };
}

static void put_text(struct look *l, struct object *o, const struct stix_place *p, lf_view text)
{
    put(o, p, lf_json_new_string(l->a, text));
}

/* One of several of a role. */
static void put_one(struct look *l, const struct stix_place *p, lf_view text, const char *type)
{
    size_t which = p->row->role == R_TO;
    struct object *o;

    if (l->many[which] == MANY)
        return;
    o = &l->o[R_COUNT + which * MANY + l->many[which]++];
    o->type = type;
    put_text(l, o, p, text);
}

static void answers(struct look *l, const struct stix_place *p, const struct lf_slot *s)
{
    for (size_t i = 0; i < s->n; i++) {
        lf_view left = s->values[i].text, one;

        if (lf_json_kind(s->values[i].json) != LF_JSON_STRING)
            continue;
        while (left.len && lf_view_split(&left, ';', &one)) {
            lf_view text;
            const char *type;
            size_t blank;

            one = lf_view_trim(one);
            /* Sysmon: "type:  5 name" */
            while ((blank = lf_view_find_byte(one, ' ')) != SIZE_MAX)
                one = lf_view_from(one, blank + 1);
            if (host(l->a, one, &text, &type))
                put_one(l, p, text, type);
        }
    }
}

static void mails(struct look *l, const struct stix_place *p, const struct lf_slot *s)
{
    for (size_t i = 0; i < s->n; i++) {
        lf_view left = s->values[i].text, one;

        if (lf_json_kind(s->values[i].json) != LF_JSON_STRING)
            continue;
        while (left.len && lf_view_split(&left, ',', &one)) {
            size_t open = lf_view_find_byte(one, '<'), close = lf_view_find_byte(one, '>');
            char text[LF_OBSERVABLE_BYTES];
            size_t n;

            if (open != SIZE_MAX && close != SIZE_MAX && close > open)
                one = (lf_view){ one.ptr + open + 1, close - open - 1 };
            if (!lf_observable_bytes(LF_OBS_EMAIL, lf_view_trim(one), text, &n))
                continue;
            if (p->row->role == R_TO)
                put_one(l, p, lf_arena_copy(l->a, (lf_view){ text, n }), "email-addr");
            else if (!l->o[R_FROM].n)
                put_text(l, &l->o[R_FROM], p, lf_arena_copy(l->a, (lf_view){ text, n }));
        }
    }
}

static void key_row(struct look *l, const struct stix_place *p, lf_view text, size_t field)
{
    size_t at = last_slash(text);

    if (p->row->how == H_VALUE_NAME) {
        if (field == 0)
            put_text(l, &l->o[R_KEY], p, text);
        else if (l->value && at != SIZE_MAX)
            put_text(l, &l->o[R_KEY], p, lf_view_from(text, at + 1));
        return;
    }
    if (l->value && at != SIZE_MAX)
        text = lf_view_first(text, at);
    put_text(l, &l->o[R_KEY], p, key_in_full(l->a, text));
}

/* Is the last part of a registry path the name of a value?  It is where the event has data and no
 * name of its own for the value, or that very name. */
static bool path_has_value(struct look *l)
{
    const struct lf_json *path = NULL, *name = NULL, *data = NULL;
    struct lf_slot *s;
    size_t k;

    for (size_t i = 0; i < stix_nrows; i++) {
        const struct stix_row *r = &stix_rows[i];

        if (r->role != R_KEY)
            continue;
        if (r->how == H_KEY)
            path = value_of(l, i, &s, &k);
        else if (r->how == H_VALUE_NAME && value_of(l, i, &s, &k) && k == 0)
            name = value_of(l, i, &s, &k);
        else if (r->how == H_TEXT)
            data = value_of(l, i, &s, &k);
    }
    if (!path)
        return false;
    return name ? lf_view_ends(lf_json_text(path), lf_json_text(name)) : data != NULL;
}

static void row(struct look *l, size_t i)
{
    const struct stix_row *r = &stix_rows[i];
    const struct stix_place *p = &l->eye->place[i];
    struct lf_slot *s;
    size_t field;
    const struct lf_json *v = value_of(l, i, &s, &field);
    struct object *o;
    lf_view text, out;
    const char *type;

    if (!v)
        return;
    o = object_of(l, r->role);
    text = lf_json_text(v);
    if (r->how == H_NUMBER) {
        if (lf_json_kind(v) == LF_JSON_NUMBER)
            put(o, p, v);
        else if (lf_json_kind(v) == LF_JSON_STRING && number(text))
            put(o, p, lf_json_new_number(l->a, text));
        return;
    }
    if (lf_json_kind(v) == LF_JSON_ARRAY || lf_json_kind(v) == LF_JSON_OBJECT)
        return;
    switch (r->how) {
    case H_TEXT:
        put_text(l, o, p, text);
        break;
    case H_LOWER:
        put_text(l, o, p, lower(l->a, text));
        break;
    case H_BASE:
        out = lf_view_from(text, last_slash(text) == SIZE_MAX ? 0 : last_slash(text) + 1);
        if (out.len)
            put_text(l, o, p, out);
        break;
    case H_DIR:
        out = directory(text);
        if (out.len)
            put_text(l, o, p, out);
        break;
    case H_ADDRESS:
    case H_HOST:
        if (o->n == 0 &&
            (r->how == H_HOST ? host(l->a, text, &out, &type) : address(l->a, text, &out, &type))) {
            o->type = type;
            put_text(l, o, p, out);
        }
        break;
    case H_ANSWER:
        answers(l, p, s);
        break;
    case H_MAC:
        if (mac(l->a, text, &out))
            put_text(l, o, p, out);
        break;
    case H_LOGIN:
        out = lf_view_from(text, last_slash(text) == SIZE_MAX ? 0 : last_slash(text) + 1);
        if (out.len)
            put_text(l, o, p, out);
        break;
    case H_KEY:
    case H_VALUE_NAME:
        key_row(l, p, text, field);
        break;
    case H_MAIL:
        mails(l, p, s);
        break;
    case H_URL:
        if (lf_view_find(text, LF_V("://")) != SIZE_MAX)
            put_text(l, o, p, text);
        break;
    case H_SUM:
        if (sum(l->a, text, &out))
            put_text(l, o, p, out);
        break;
    case H_SUMS:
        if (sum_of(l->a, text, p->key[p->nkeys - 1], &out))
            put_text(l, o, p, out);
        break;
    case H_NUMBER:
    case H_REF:
        break;
    }
}

static lf_view name_of(struct look *l, size_t o)
{
    size_t many = o - R_COUNT;

    if (o < R_COUNT)
        return lf_view_of(roles[o].name);
    return lf_arena_printf(l->a, "%s-%zu", roles[many < MANY ? R_ANSWER : R_TO].name, many % MANY);
}

static void refer(struct look *l, size_t i)
{
    const struct stix_row *r = &stix_rows[i];
    const struct stix_place *p = &l->eye->place[i];
    struct object *o = &l->o[r->role];

    if (!o->n && !stix_ref_makes(r))
        return;
    if (r->to == R_ANSWER || r->to == R_TO) {
        size_t which = r->to == R_TO;

        for (size_t k = 0; k < l->many[which]; k++)
            put_text(l, o, p, name_of(l, R_COUNT + which * MANY + k));
        return;
    }
    if (!l->o[r->to].n || (r->to == R_HOST && l->o[R_DESTINATION].n))
        return;
    put_text(l, o, p, name_of(l, r->to));
}

/* The entries whose paths are the same up to `depth`, as an object. */
static const struct lf_json *tree(struct lf_arena *a, const struct entry *e, size_t n, size_t depth,
                                  const char *type)
{
    lf_view *keys = LF_NEW(a, lf_view, n + 1);
    const struct lf_json **values = LF_NEW(a, const struct lf_json *, n + 1);
    struct entry *same = LF_NEW(a, struct entry, n + 1);
    size_t m = 0;

    if (type) {
        keys[m] = LF_V("type");
        values[m++] = lf_json_new_string(a, lf_view_of(type));
    }
    for (size_t i = 0; i < n; i++) {
        const struct stix_place *p = e[i].place;
        lf_view key = p->key[depth];
        bool seen = false;
        size_t k = 0;

        for (size_t j = 0; j < m; j++)
            seen = seen || lf_view_eq(keys[j], key);
        if (seen)
            continue;
        for (size_t j = i; j < n; j++)
            if (lf_view_eq(e[j].place->key[depth], key))
                same[k++] = e[j];
        keys[m] = key;
        if (depth + 1 < p->nkeys) {
            values[m] = tree(a, same, k, depth + 1, NULL);
            if (p->one[depth])
                values[m] = lf_json_new_array(a, 1, &values[m]);
        } else if (p->list) {
            const struct lf_json **items = LF_NEW(a, const struct lf_json *, k);

            for (size_t j = 0; j < k; j++)
                items[j] = same[j].v;
            values[m] = lf_json_new_array(a, k, items);
        } else {
            values[m] = e[i].v;
        }
        m++;
    }
    return lf_json_new_object(a, m, keys, values);
}

const struct lf_json *lf_stix_eye_objects(struct lf_stix_eye *eye, struct lf_arena *a,
                                          const struct lf_event *ev)
{
    struct look *l;
    lf_view keys[R_COUNT + 2 * MANY];
    const struct lf_json *values[R_COUNT + 2 * MANY];
    size_t n = 0;

    if (lf_json_kind(ev->doc) != LF_JSON_OBJECT)
        return NULL;
    l = lf_arena_alloc(a, sizeof *l, _Alignof(struct look));
    l->eye = eye;
    l->a = a;
    l->at = (struct lf_at){ .rs = eye->rs, .a = a };
    l->many[0] = l->many[1] = 0;
    for (size_t i = 0; i < R_COUNT + 2 * MANY; i++) {
        l->o[i].n = 0;
        l->o[i].type = i < R_COUNT ? roles[i].type : NULL;
    }
    lf_fields_begin(&l->at, ev);
    l->value = path_has_value(l);
    for (size_t i = 0; i < stix_nrows; i++)
        if (stix_rows[i].how != H_REF)
            row(l, i);
    for (size_t i = 0; i < stix_nrows; i++)
        if (stix_rows[i].how == H_REF)
            refer(l, i);
    for (size_t i = 0; i < R_COUNT + 2 * MANY; i++)
        if (l->o[i].n) {
            keys[n] = name_of(l, i);
            values[n++] = tree(a, l->o[i].e, l->o[i].n, 0, l->o[i].type);
        }
    return n ? lf_json_new_object(a, n, keys, values) : NULL;
}
