/* The table of engine/stix_event.c, for it and engine/stix_clue.c alone. */
#ifndef LF_ENGINE_STIX_EVENT_PRIV_H
#define LF_ENGINE_STIX_EVENT_PRIV_H

#include "engine/stix_event.h"

enum stix_role {
    R_PROCESS,
    R_IMAGE,
    R_IMAGE_DIR,
    R_PARENT,
    R_PARENT_IMAGE,
    R_PARENT_DIR,
    R_TARGET,
    R_TARGET_IMAGE,
    R_FILE,
    R_FILE_DIR,
    R_DLL,
    R_DLL_DIR,
    R_HOLDER, /* of sums that do not say whose they are: the library's, else the file's, else the image's */
    R_KEY,
    R_MUTEX,
    R_SERVICE,
    R_USER,
    R_TARGET_USER,
    R_TRAFFIC,
    R_SOURCE,
    R_DESTINATION,
    R_SOURCE_MAC,
    R_DESTINATION_MAC,
    R_SOURCE_AS,
    R_DESTINATION_AS,
    R_HOST, /* the name that traffic goes to */
    R_ASKED,
    R_ANSWER, /* as many as there are */
    R_URL,
    R_URL_HOST,
    R_REFERRER,
    R_MESSAGE,
    R_FROM,
    R_TO, /* as many as there are */
    R_CERTIFICATE,
    R_SOFTWARE,
    R_COUNT
};

/* How a field's value becomes the property's. */
enum stix_how {
    H_TEXT,
    H_LOWER,   /* ASCII letters made small */
    H_BASE,    /* what stands behind the last / or \ */
    H_DIR,     /* what stands before it */
    H_NUMBER,  /* whole numbers, as JSON or in digits */
    H_ADDRESS, /* an address */
    H_HOST,    /* an address or a name, perhaps with a port, in brackets, in a URL */
    H_ANSWER,  /* several of these */
    H_MAC,
    H_LOGIN, /* without the domain before \ */
    H_KEY,   /* of the registry */
    H_VALUE_NAME,
    H_MAIL,
    H_URL,
    H_SUM,  /* hexadecimal digits */
    H_SUMS, /* MD5=…,SHA256=… : the one of the path's last step */
    H_REF,  /* to another role */
};

enum { STIX_FIELDS = 5, STIX_KEYS = 5 };
struct stix_row {
    enum stix_role role;
    const char *path; /* "hashes.'SHA-256'"; "@values.name": in a list of one; "protocols[]": a list */
    enum stix_how how;
    const char *fields[STIX_FIELDS]; /* the first that is there */
    enum stix_role to;               /* H_REF */
};
/* A row with its path taken apart. */
struct stix_place {
    const struct stix_row *row;
    lf_view key[STIX_KEYS];
    bool one[STIX_KEYS]; /* a list of one */
    size_t nkeys;
    bool list;
};

extern const struct stix_row stix_rows[];
extern const size_t stix_nrows;
const char *stix_role_name(enum stix_role r);
/* The object type, or NULL where the value decides (ipv4-addr, ipv6-addr, domain-name). */
const char *stix_role_type(enum stix_role r);
/* An object is there when it has a property of its own; traffic also when an end of it is known. */
bool stix_ref_makes(const struct stix_row *row);
void stix_place_of(const struct stix_row *row, struct stix_place *out);

#endif
