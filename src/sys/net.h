/* Net: sockets.  All are non-blocking and close-on-exec.
 *
 * Addresses are text "127.0.0.1:514", "[::1]:514", "*:514" (all of IPv6 and
 * IPv4), or "unix:/run/lianfang.sock".  Names are not looked up here: listening
 * needs none, and outgoing calls are the relay worker's. */
#ifndef LF_SYS_NET_H
#define LF_SYS_NET_H

#include <sys/socket.h>

#include "base/err.h"
#include "base/view.h"

struct lf_addr {
    struct sockaddr_storage ss;
    socklen_t len;
};

enum lf_net_kind { LF_NET_TCP, LF_NET_UDP };
enum {
    LF_ADDR_TEXT = 128,
    LF_NET_UDP_ROOM = 32 << 20, /* bytes the kernel is asked to hold for a bound UDP socket */
};

enum lf_code lf_addr_parse(lf_view text, struct lf_addr *out, struct lf_err *e) LF_MUST;
/* The form lf_addr_parse reads; an IPv4 address inside IPv6 is written as IPv4. */
lf_view lf_addr_text(const struct lf_addr *a, char out[LF_ADDR_TEXT]);
/* Without the port; empty for Unix sockets. */
lf_view lf_addr_host(const struct lf_addr *a, char out[LF_ADDR_TEXT]);
/* Whether it is a host's address on the Internet: not this machine's, a private network's, a link's, a
 * group's, nor one set apart (IANA's special-purpose registries, RFC 6890), nor one of these within IPv6. */
bool lf_addr_public(const struct lf_addr *a);
/* 0 for Unix sockets. */
unsigned lf_addr_port(const struct lf_addr *a);

/* Listens (TCP, Unix) or binds (UDP).  Port 0 takes a free one; `bound` (may be
 * NULL) says which.  LF_CONFLICT: the address is in use; LF_FORBIDDEN: not
 * allowed (a port below 1024); the text names the address, the caller adds which
 * setting to change.  A dead Unix socket left by a crash is replaced, a live one
 * is not; made with mode 0600. */
enum lf_code lf_net_listen(enum lf_net_kind kind, lf_view address, int *fd, struct lf_addr *bound,
                           struct lf_err *e) LF_MUST;
/* UDP and TCP on the same port, as DNS needs. */
enum lf_code lf_net_listen_both(lf_view address, int *udp, int *tcp, struct lf_addr *bound,
                                struct lf_err *e) LF_MUST;
/* Accepts one; *fd is -1 with LF_OK when nobody waits (or left again).  LF_IO
 * when descriptors ran out: stop accepting for a while. */
enum lf_code lf_net_accept(int listener, int *fd, struct lf_addr *from, struct lf_err *e) LF_MUST;
/* Begins to connect; writable tells the end, lf_net_connected how it ended. */
enum lf_code lf_net_connect(enum lf_net_kind kind, const struct lf_addr *to, int *fd,
                            struct lf_err *e) LF_MUST;
enum lf_code lf_net_connected(int fd, struct lf_err *e) LF_MUST;
/* Without the delay of Nagle's algorithm; quietly nothing on other sockets. */
void lf_net_no_delay(int fd);

#endif
