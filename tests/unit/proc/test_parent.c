/* Supervision with workers made for it: this program is its own node, since
 * workers are the running program started again. */
#include "proc/parent.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lf_test.h"
#include "proc/worker.h"
#include "sys/file.h"

/* The workers: the front sends what comes on its socket to the core, which gives
 * it back with its own pid before it. */

static void front_message(struct lf_worker *w, enum lf_worker_id from, unsigned type, lf_view payload)
{
    struct lf_watch *client = w->state;

    (void)from;
    (void)type;
    if (write(client->fd, payload.ptr, payload.len) < 0)
        lf_watch_stop(client);
}

static void client_readable(void *ctx)
{
    struct lf_worker *w = ctx;
    struct lf_watch *client = w->state;
    char in[256];
    struct sockaddr_storage ss;
    socklen_t len = sizeof ss;
    ssize_t n = recvfrom(client->fd, in, sizeof in, 0, (struct sockaddr *)&ss, &len);
    char out[300];
    struct lf_err e;

    if (n <= 0)
        return;
    memcpy(out, &ss, 16); /* sockaddr_in */
    memcpy(out + 16, in, (size_t)n);
    if (lf_worker_send(w, LF_WORKER_CORE, LF_MSG_HTTP_REQUEST, (lf_view){ out, 16 + (size_t)n }, &e) != LF_OK)
        lf_log_err(&w->log, LF_LOG_WARN, "TEST", &e);
}

static void front_answer(struct lf_worker *w, enum lf_worker_id from, unsigned type, lf_view payload)
{
    struct lf_watch *client = w->state;

    (void)from;
    if (type != LF_MSG_HTTP_RESPONSE || payload.len < 16)
        return;
    if (sendto(client->fd, payload.ptr + 16, payload.len - 16, 0, (const struct sockaddr *)payload.ptr, 16) <
        0)
        front_message(w, from, type, payload);
}

static enum lf_code front_start(struct lf_worker *w, struct lf_err *e)
{
    struct lf_watch *client = calloc(1, sizeof *client);

    if (!lf_view_is(lf_worker_key(w, "secret"), "s3cret"))
        return lf_err_set(e, LF_BAD_INPUT, "the key did not come");
    if (lf_view_is(w->boot, "refuse"))
        return lf_err_set(e, LF_BAD_INPUT, "rule x is malformed");
    *client = (struct lf_watch){ .fd = lf_worker_socket(w, "echo"), .readable = client_readable, .ctx = w };
    w->state = client;
    return lf_watch_set(w->loop, client, true, false, e);
}

static enum lf_code core_start(struct lf_worker *w, struct lf_err *e)
{
    (void)w;
    (void)e;
    return LF_OK;
}

static void core_message(struct lf_worker *w, enum lf_worker_id from, unsigned type, lf_view payload)
{
    char out[512];
    int n;

    if (type == LF_MSG_HEALTH)
        return;
    if (type != LF_MSG_HTTP_REQUEST || from != LF_WORKER_FRONT || payload.len < 17)
        abort();
    /* "stop" ends the node, "offend" breaks the rules. */
    if (lf_view_is(lf_view_from(payload, 16), "stop")) {
        if (lf_worker_send(w, LF_WORKER_PARENT, LF_MSG_STOP_NODE, (lf_view){ NULL, 0 }, NULL) != LF_OK)
            abort();
        return;
    }
    memcpy(out, payload.ptr, 16);
    n = snprintf(out + 16, sizeof out - 16, "%ld %.*s %s", (long)getpid(), LF_FMT(lf_view_from(payload, 16)),
                 w->cage.seccomp ? "caged" : "free");
    if (lf_worker_send(w, LF_WORKER_FRONT, LF_MSG_HTTP_RESPONSE, (lf_view){ out, 16 + (size_t)n }, NULL) !=
        LF_OK)
        abort();
}

static const struct lf_worker_spec front = { .name = "front", .start = front_start, .message = front_answer };
static const struct lf_worker_spec core = { .name = "core", .start = core_start, .message = core_message };

/* The node runs in a child of the test, which tells its port by a pipe. */

struct node {
    pid_t pid;
    int port, input;
};

static void tell_port(void *ctx, const struct lf_parent_bound *bound, size_t n)
{
    int port = n == 1 ? (int)lf_addr_port(&bound[0].address) : -1;

    if (write(*(int *)ctx, &port, sizeof port) < 0)
        abort();
}

static enum lf_code refusing(void *ctx, const struct lf_parent_bound *bound, size_t n,
                             lf_view boot[LF_WORKER_COUNT], struct lf_err *e)
{
    (void)ctx;
    (void)bound;
    (void)n;
    (void)e;
    boot[LF_WORKER_FRONT] = LF_V("refuse");
    return LF_OK;
}

static const struct lf_parent_key key = { LF_WORKER_FRONT, "secret", LF_VIEW("s3cret") };
static const struct lf_log quiet = { .fd = -1 };

static struct node start_node(void)
{
    struct node node = { 0 };
    int told[2], input[2];

    CHECK(pipe2(told, O_CLOEXEC) == 0 && pipe2(input, O_CLOEXEC) == 0, "pipe");
    node.pid = fork();
    if (node.pid == 0) {
        struct lf_parent_socket socket = { LF_WORKER_FRONT, "echo", LF_PARENT_UDP, LF_V("127.0.0.1:0"),
                                           "[x] y" };
        struct lf_parent_options o = { .log = &quiet,
                                       .only = 1u << LF_WORKER_FRONT | 1u << LF_WORKER_CORE,
                                       .sockets = &socket,
                                       .nsockets = 1,
                                       .keys = &key,
                                       .nkeys = 1,
                                       .stop_when_stdin_closes = true,
                                       .ctx = &told[1],
                                       .on_ready = tell_port };
        struct lf_err e;
        enum lf_code rc;

        dup2(input[0], 0);
        close(input[1]);
        rc = lf_parent_run(&o, &e);
        if (rc != LF_OK)
            printf("# node: %s\n", e.text);
        fflush(stdout);
        _exit(rc == LF_OK ? 0 : 1);
    }
    close(told[1]);
    close(input[0]);
    node.input = input[1];
    CHECK(read(told[0], &node.port, sizeof node.port) == (ssize_t)sizeof node.port, "never ready");
    close(told[0]);
    return node;
}

/* The pid of the core that answered, 0 when none did in 100 ms. */
static long ask(const struct node *node, const char *text, lf_time *took)
{
    struct lf_addr to;
    struct lf_err e;
    char where[32], answer[600] = "";
    struct pollfd p = { .events = POLLIN };
    struct timespec a, b;
    long pid = 0;

    snprintf(where, sizeof where, "127.0.0.1:%d", node->port);
    CHECK_OK(lf_addr_parse(lf_view_of(where), &to, &e), &e);
    CHECK_OK(lf_net_connect(LF_NET_UDP, &to, &p.fd, &e), &e);
    clock_gettime(CLOCK_MONOTONIC, &a);
    if (send(p.fd, text, strlen(text), 0) > 0 && poll(&p, 1, 100) == 1 &&
        recv(p.fd, answer, sizeof answer - 1, 0) > 0) {
        pid = strtol(answer, NULL, 10);
        CHECK(strstr(answer, text) && strstr(answer, "caged"), "answer %s", answer);
    }
    clock_gettime(CLOCK_MONOTONIC, &b);
    if (took)
        *took = (b.tv_sec - a.tv_sec) * LF_SECOND + (b.tv_nsec - a.tv_nsec) / 1000;
    close(p.fd);
    return pid;
}

static int end_of(const struct node *node)
{
    int status = -1;

    for (int i = 0; i < 500; i++) {
        if (waitpid(node->pid, &status, WNOHANG) == node->pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
        usleep(10000);
    }
    kill(node->pid, SIGKILL);
    waitpid(node->pid, &status, 0);
    return -1;
}

static void a_killed_worker_is_started_again_and_answers(void)
{
    struct node node = start_node();
    long pid = ask(&node, "hello", NULL), now = 0;
    lf_time took = 0, best = LF_SECOND;

    CHECK(pid > 0 && pid != node.pid, "no answer");
    for (int i = 0; i < 200; i++) {
        CHECK(ask(&node, "again", &took) == pid, "another answered");
        best = took < best ? took : best;
    }
    printf("# %d us from a datagram through front and core and back, the best of 200\n", (int)best);
    for (int round = 0; round < 3; round++) {
        kill((pid_t)pid, SIGKILL);
        now = 0;
        for (int i = 0; i < 50 && (now == 0 || now == pid); i++)
            now = ask(&node, "hello", NULL);
        CHECK(now > 0 && now != pid, "round %d: not started again", round);
        pid = now;
    }
    kill(node.pid, SIGTERM);
    CHECK(end_of(&node) == 0, "not clean");
    CHECK(kill((pid_t)pid, 0) != 0, "the core was left running");
    close(node.input);
}

static void closing_standard_input_ends_the_node(void)
{
    struct node node = start_node();
    long pid = ask(&node, "hello", NULL);

    close(node.input);
    CHECK(end_of(&node) == 0 && pid > 0 && kill((pid_t)pid, 0) != 0, "left running");
}

static void the_core_may_end_the_node(void)
{
    struct node node = start_node();

    (void)ask(&node, "stop", NULL);
    CHECK(end_of(&node) == 0, "went on");
    close(node.input);
}

static void workers_die_with_their_parent(void)
{
    struct node node = start_node();
    long pid = ask(&node, "hello", NULL);
    int left = 500;

    kill(node.pid, SIGKILL);
    waitpid(node.pid, NULL, 0);
    while (left-- > 0 && kill((pid_t)pid, 0) == 0) {
        char path[64], state[256] = "";
        int fd;
        ssize_t n;

        /* Where nobody reaps orphans a zombie stays: dead all the same. */
        snprintf(path, sizeof path, "/proc/%ld/stat", pid);
        fd = open(path, O_RDONLY);
        n = fd >= 0 ? read(fd, state, sizeof state - 1) : 0;
        if (fd >= 0)
            close(fd);
        if (n > 0 && strstr(state, ") Z"))
            break;
        usleep(10000);
    }
    CHECK(left > 0, "the core lives on");
    close(node.input);
}

static void a_worker_that_cannot_start_ends_the_node_with_its_sentence(void)
{
    struct lf_parent_options o = { .log = &quiet,
                                   .only = 1u << LF_WORKER_FRONT | 1u << LF_WORKER_CORE,
                                   .keys = &key,
                                   .nkeys = 1,
                                   .settings = refusing };
    struct lf_err e = { 0 };

    CHECK(lf_parent_run(&o, &e) != LF_OK, "started");
    CHECK(strstr(e.text, "front: rule x is malformed"), "%s", e.text);
}

static void a_taken_port_is_one_sentence_that_names_the_setting(void)
{
    struct lf_addr bound;
    struct lf_err e = { 0 };
    char text[LF_ADDR_TEXT];
    int fd = -1;
    struct lf_parent_socket socket = { LF_WORKER_FRONT, "https", LF_PARENT_TCP, { 0 }, "[web] listen" };
    struct lf_parent_options o = { .log = &quiet, .sockets = &socket, .nsockets = 1 };

    CHECK_OK(lf_net_listen(LF_NET_TCP, LF_V("127.0.0.1:0"), &fd, &bound, &e), &e);
    socket.address = lf_addr_text(&bound, text);
    CHECK_CODE(lf_parent_run(&o, &e), LF_CONFLICT);
    CHECK(strstr(e.text, text) && strstr(e.text, "[web] listen"), "%s", e.text);
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "worker") == 0)
        return strcmp(argv[2], "front") == 0 ? lf_worker_serve(LF_WORKER_FRONT, &front)
                                             : lf_worker_serve(LF_WORKER_CORE, &core);
    RUN(a_worker_that_cannot_start_ends_the_node_with_its_sentence);
    RUN(a_taken_port_is_one_sentence_that_names_the_setting);
    RUN(a_killed_worker_is_started_again_and_answers);
    RUN(closing_standard_input_ends_the_node);
    RUN(the_core_may_end_the_node);
    RUN(workers_die_with_their_parent);
    DONE();
}
