/* Messages of the programs through which people come in. */
#include "engine/line_priv.h"

/* "sshd(pam_unix)", "sshd-session", "/usr/sbin/CRON" -> the name rules and pipelines know. */
static lf_view short_name(lf_view app)
{
    size_t slash = app.len;

    while (slash > 0 && app.ptr[slash - 1] != '/')
        slash--;
    app = lf_view_from(app, slash);
    slash = lf_view_find_byte(app, '(');
    if (slash != SIZE_MAX && slash > 0)
        app.len = slash;
    if (lf_view_is(app, "sshd-session") || lf_view_is(app, "sshd-auth"))
        return LF_V("sshd");
    if (lf_view_is(app, "CRON") || lf_view_is(app, "crond") || lf_view_is(app, "crontab") ||
        lf_view_is(app, "anacron"))
        return LF_V("cron");
    return app;
}

static void peer(struct made *m, lf_view v)
{
    lf_view w[WORDS_MOST];

    if (line_words(v, w) > 0) {
        line_put_ip(m, "source.ip", w[0]);
        line_put(m, "source.address", w[0]);
    }
}

/* "… from 192.0.2.1 port 22": the last "from", as a user's name may hold blanks and "from". */
static bool last_from(lf_view msg, lf_view *before, lf_view *from)
{
    size_t at = SIZE_MAX, i;

    for (lf_view rest = msg; (i = lf_view_find(rest, LF_V(" from "))) != SIZE_MAX;
         rest = lf_view_from(rest, i + 5))
        at = (size_t)(rest.ptr - msg.ptr) + i;
    if (at == SIZE_MAX)
        return false;
    *before = lf_view_first(msg, at);
    *from = lf_view_from(msg, at + 6);
    return true;
}

static void sshd(struct made *m, lf_view msg)
{
    lf_view w[WORDS_MOST], before, from, user;
    size_t n;
    bool accepted = line_starts(msg, "Accepted "), failed = line_starts(msg, "Failed ");

    n = accepted || failed ? line_words(msg, w) : 0;
    if (n > 5 && last_from(msg, &before, &from)) {
        line_put(m, "event.outcome", failed ? LF_V("failure") : LF_V("success"));
        line_put(m, "ssh.method", w[1]);
        if (line_after(before, " for invalid user ", &user) || line_after(before, " for ", &user)) {
            size_t words = line_words(from, w);

            /* Only a plain name is a name: blanks in it may be somebody's "root from 192.0.2.1". */
            if (user.len > 0 && lf_view_find_byte(user, ' ') == SIZE_MAX && words > 0 &&
                line_is_address(w[0]))
                line_put(m, "user.name", user);
            peer(m, from);
            if (words > 2 && lf_view_is(w[1], "port"))
                line_put_number(m, "source.port", w[2]);
        }
    } else if ((line_starts(msg, "Invalid user ") || line_starts(msg, "Illegal user ")) &&
               last_from(msg, &before, &from)) {
        line_put(m, "event.outcome", LF_V("failure"));
        user = lf_view_from(before, 13);
        if (user.len > 0 && lf_view_find_byte(user, ' ') == SIZE_MAX)
            line_put(m, "user.name", user);
        peer(m, from);
    } else if (line_byte(msg, '[') && line_between(msg, " [", "]", &from) && line_is_address(from)) {
        line_put(m, "source.ip", from); /* reverse mapping checking getaddrinfo for … [192.0.2.1] failed */
    } else if (line_after(msg, "Connection from ", &from) ||
               line_after(msg, "Connection closed by ", &from) ||
               line_after(msg, "Received disconnect from ", &from)) {
        n = line_words(from, w);
        if (n > 0 && w[0].len > 0 && w[0].ptr[w[0].len - 1] == ':')
            w[0].len--;
        if (n > 0)
            line_put_ip(m, "source.ip", w[0]);
        if (n > 2 && lf_view_is(w[1], "port") && !line_has(w[2], ":"))
            line_put_number(m, "source.port", w[2]);
    }
}

/* "pam_unix(sshd:auth): authentication failure; logname= uid=0 … rhost=192.0.2.1  user=root" */
static void pam(struct made *m, lf_view msg)
{
    lf_view v, rest = msg;

    if (!line_has(msg, "authentication failure") || !line_after(msg, ";", &rest))
        return;
    line_put(m, "event.outcome", LF_V("failure"));
    while (lf_view_split(&rest, ' ', &v)) {
        size_t eq = lf_view_find_byte(v, '=');
        lf_view key, value;

        if (eq == SIZE_MAX || eq + 1 == v.len)
            continue;
        key = lf_view_first(v, eq);
        value = lf_view_from(v, eq + 1);
        if (lf_view_is(key, "rhost"))
            peer(m, value);
        else if (lf_view_is(key, "user"))
            line_put(m, "user.name", value);
    }
}

/* "alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/sh -c x": the parts are fields
 * by their own names, which is what rules ask for.  COMMAND is last and may hold " ; ". */
static void sudo(struct made *m, lf_view msg)
{
    size_t colon = lf_view_find(msg, LF_V(" : "));
    lf_view rest, command = { NULL, 0 }, part;

    if (colon == SIZE_MAX)
        return;
    rest = lf_view_from(msg, colon + 3);
    if (!line_has(rest, "COMMAND=") && !line_has(rest, "USER="))
        return;
    line_put(m, "user.name", lf_view_trim(lf_view_first(msg, colon)));
    if (line_after(rest, "COMMAND=", &command)) {
        rest.len = (size_t)(command.ptr - rest.ptr) - 8;
        line_put(m, "COMMAND", command);
        line_put(m, "process.command_line", command);
    }
    while (lf_view_split(&rest, ';', &part)) {
        size_t eq;

        part = lf_view_trim(part);
        eq = lf_view_find_byte(part, '=');
        if (eq == SIZE_MAX) {
            if (part.len > 0) {
                line_put(m, "event.reason",
                         part); /* "user NOT in sudoers", "3 incorrect password attempts" */
                line_put(m, "event.outcome", LF_V("failure"));
            }
            continue;
        }
        line_put_key(m, lf_view_first(part, eq), lf_view_from(part, eq + 1));
        if (lf_view_is(lf_view_first(part, eq), "USER"))
            line_put(m, "user.effective.name", lf_view_from(part, eq + 1));
        if (lf_view_is(lf_view_first(part, eq), "PWD"))
            line_put(m, "process.working_directory", lf_view_from(part, eq + 1));
    }
}

/* "(to root) alice on pts/0", "FAILED SU (to root) alice on …", "Successful su for root by alice" */
static void su(struct made *m, lf_view msg)
{
    lf_view w[WORDS_MOST], to, rest;
    size_t n;

    if (line_between(msg, "(to ", ")", &to) && line_after(msg, ") ", &rest)) {
        n = line_words(rest, w);
        line_put(m, "user.effective.name", to);
        if (n > 0)
            line_put(m, "user.name", w[0]);
        line_put(m, "event.outcome", line_starts(msg, "FAILED") ? LF_V("failure") : LF_V("success"));
    } else if (line_between(msg, " su for ", " by ", &to) && line_after(msg, " by ", &rest)) {
        line_put(m, "user.effective.name", to);
        line_put(m, "user.name", rest);
        line_put(m, "event.outcome", line_starts(msg, "FAILED") ? LF_V("failure") : LF_V("success"));
    }
}

/* "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)", "(root) REPLACE (root)" */
static void cron(struct made *m, lf_view msg)
{
    lf_view user, command, action;

    if (!line_starts(msg, "(") || !line_between(msg, "(", ") ", &user) ||
        !line_between(msg, ") ", " (", &action) || !line_after(msg, " (", &command))
        return;
    if (command.len > 0 && command.ptr[command.len - 1] == ')')
        command.len--;
    line_put(m, "user.name", user);
    line_put(m, "event.action", action);
    if (lf_view_is(action, "CMD"))
        line_put(m, "process.command_line", lf_view_trim(command));
}

/* "new user: name=x, UID=1001, GID=1001, home=/home/x, shell=/bin/sh[, from=pts/0]" */
static void accounts(struct made *m, lf_view msg)
{
    lf_view rest, part;

    if (!line_after(msg, ": ", &rest))
        return;
    while (lf_view_split(&rest, ',', &part)) {
        size_t eq;

        part = lf_view_trim(part);
        eq = lf_view_find_byte(part, '=');
        if (eq == SIZE_MAX || eq == 0)
            continue;
        line_put_key(m, lf_view_first(part, eq), lf_view_from(part, eq + 1));
        if (lf_view_is(lf_view_first(part, eq), "name"))
            line_put(m, line_starts(msg, "new group") ? "group.name" : "user.target.name",
                     lf_view_from(part, eq + 1));
    }
    line_put(m, "event.action", lf_view_first(msg, lf_view_find_byte(msg, ':')));
}

/* The programs, by length and then by one of few names: asked for each line of syslog. */
static bool is_auth(lf_view name)
{
    static const char *const programs[][8] = {
        [2] = { "su" },
        [3] = { "gdm" },
        [4] = { "sshd", "sudo", "cron", "ftpd", "doas" },
        [5] = { "login", "chage" },
        [6] = { "passwd", "pkexec", "vsftpd" },
        [7] = { "polkitd", "useradd", "usermod", "userdel", "lightdm", "dovecot", "runuser" },
        [8] = { "groupadd", "groupdel", "groupmod", "chpasswd" },
        [14] = { "systemd-logind" },
    };

    for (size_t i = 0; name.len < sizeof programs / sizeof *programs && i < 8 && programs[name.len][i]; i++)
        if (memcmp(name.ptr, programs[name.len][i], name.len) == 0)
            return true;
    return false;
}

bool line_auth(struct made *m, lf_view app, lf_view msg)
{
    lf_view name = short_name(app);

    if (!is_auth(name))
        return false;
    m->format = LF_V("auth");
    m->program = name;
    if (line_starts(msg, "pam_") || (line_byte(app, '(') && line_has(app, "(pam_unix)")) ||
        (line_byte(msg, '(') && line_has(msg, "pam_unix(")))
        pam(m, msg);
    else if (lf_view_is(name, "sshd"))
        sshd(m, msg);
    else if (lf_view_is(name, "sudo"))
        sudo(m, msg);
    else if (lf_view_is(name, "su"))
        su(m, msg);
    else if (lf_view_is(name, "cron"))
        cron(m, msg);
    else if (lf_view_starts(name, LF_V("user")) || lf_view_starts(name, LF_V("group")))
        accounts(m, msg);
    return true;
}

/* Fri Nov 20 08:01:02 2026 -> /srv/a.php: Php.Trojan.X-1 FOUND
 * Fri Nov 20 08:01:02 2026 [pid 811] [kai] FAIL LOGIN: Client "203.0.113.9" */
bool line_daemon(struct made *m, lf_view in)
{
    static const char *const states[] = { " [pid ", " -> " };
    static const char *const programs[] = { "vsftpd", "clamd" };
    lf_view rest = lf_view_from(in, 24), v;
    lf_time t;

    if (in.len < 30 || in.ptr[3] != ' ' || in.ptr[13] != ':' || in.ptr[16] != ':' || in.ptr[19] != ' ')
        return false;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (!line_starts(rest, states[i]))
            continue;
        if (!lf_moment_parse(lf_view_first(in, 24), m->r->recorded, &t))
            return false;
        m->ev->happened = lf_moment_zoneless(t, m->r->recorded);
        if (i == 0 && line_between(rest, "[pid ", "]", &v))
            line_put_number(m, "process.pid", v);
        if (i == 0 && line_between(rest, "Client \"", "\"", &v))
            line_put_ip(m, "source.ip", v);
        line_put(m, "process.name", lf_view_of(programs[i]));
        m->format = LF_V("auth");
        m->program = lf_view_of(programs[i]);
        return true;
    }
    return false;
}
