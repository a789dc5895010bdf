/* What the HTTP library refuses by itself: a request line or header fields beyond a connection's memory,
 * lines that are no HTTP.  It says so in a page of HTML, before any callback, and has no setting for it.  But
 * it queues that page by its own public function, and a program's definition of a function stands before a
 * shared library's (ELF's order of symbols): so its page is seen here and the front's own words are queued
 * instead.
 *
 * Where a system binds the library to itself (-Bsymbolic) its page goes out as before; the test
 * tests/integ/taxii/test_refused.py then says so.  Larger connections would be no way out: the library writes
 * over all of their memory after each request, and thousands of them wait. */
#include "proc/front_priv.h"

#include <dlfcn.h>

enum MHD_Result front_queue(struct MHD_Connection *mhd, unsigned status, struct MHD_Response *r)
{
    enum MHD_Result (*theirs)(struct MHD_Connection *, unsigned, struct MHD_Response *) = NULL;
    void *found = dlsym(RTLD_NEXT, "MHD_queue_response");

    memcpy(&theirs, &found, sizeof theirs); /* as POSIX says a function is taken from dlsym */
    return theirs ? theirs(mhd, status, r) : MHD_NO;
}

static const char *sentence(unsigned status)
{
    switch (status) {
    case MHD_HTTP_URI_TOO_LONG:
        return "the request line is longer than 10 KiB, which holds about 200 ids in match[id]; ask for "
               "fewer at "
               "once";
    case MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE:
        return "the request line and the header fields are longer than 10 KiB together; send less";
    case MHD_HTTP_CONTENT_TOO_LARGE:
        return "the body is larger than this address takes";
    case MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED:
        return "this node speaks HTTP/1.1";
    case MHD_HTTP_INTERNAL_SERVER_ERROR:
        return "the request could not be answered; try again";
    default:
        return "the request is no HTTP/1.1 that this node can read; look at its first lines";
    }
}

/* Called by the library alone: the front calls front_queue. */
enum MHD_Result MHD_queue_response(struct MHD_Connection *mhd, unsigned int status,
                                   struct MHD_Response *response)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct conn *c = info ? info->socket_context : NULL;

    if (!c || status < 400)
        return front_queue(mhd, status, response);
    return front_refuse(c, (int)status, sentence(status));
}
