#include "shield/never_block.h"

/* `whole`: the name and all under it; else the name alone (and, as for all, what
 * lies above it), because bad hosts under a shared name may well be blocked. */
static const struct {
    const char *name;
    bool whole;
    const char *reason;
} names[] = {
    { "root-servers.net", true, "the root of the DNS" },
    { "gtld-servers.net", true, "servers of com and net" },
    { "arpa", true, "address lookups and DNS infrastructure" },
    { "iana.org", true, "registries of the internet's numbers" },
    { "icann.org", true, "the root's administration" },
    { "twnic.tw", true, "registry of .tw" },
    { "twnic.net.tw", true, "registry of .tw" },
    { "dns.tw", true, "name servers of .tw" },
    { "gov.tw", true, "government of Taiwan" },
    { "mil.tw", true, "armed forces of Taiwan" },
    { "edu.tw", false, "shared by all schools of Taiwan" },
    { "com.tw", false, "shared by everybody under it" },
    { "net.tw", false, "shared by everybody under it" },
    { "org.tw", false, "shared by everybody under it" },
    { "idv.tw", false, "shared by everybody under it" },
    { "game.tw", false, "shared by everybody under it" },
    { "ebiz.tw", false, "shared by everybody under it" },
    { "club.tw", false, "shared by everybody under it" },
    { "co.uk", false, "shared by everybody under it" },
    { "co.jp", false, "shared by everybody under it" },
    { "co.kr", false, "shared by everybody under it" },
    { "com.cn", false, "shared by everybody under it" },
    { "com.hk", false, "shared by everybody under it" },
    { "com.au", false, "shared by everybody under it" },
    { "com.br", false, "shared by everybody under it" },
    { "dns.google", true, "public resolver" },
    { "one.one.one.one", true, "public resolver" },
    { "cloudflare-dns.com", true, "public resolver" },
    { "quad9.net", true, "public resolver" },
    { "dns.hinet.net", true, "resolvers of the largest provider" },
    { "hinet.net", false, "the largest provider" },
    { "google.com", false, "search and mail of millions" },
    { "googleapis.com", false, "used by most web pages" },
    { "gstatic.com", false, "used by most web pages" },
    { "youtube.com", false, "video of millions" },
    { "microsoft.com", false, "system and software" },
    { "windowsupdate.com", true, "security updates" },
    { "update.microsoft.com", true, "security updates" },
    { "windows.net", false, "shared by all customers of a cloud" },
    { "azurewebsites.net", false, "shared by all customers of a cloud" },
    { "office.com", false, "work of millions" },
    { "office365.com", false, "work of millions" },
    { "live.com", false, "sign-in of millions" },
    { "apple.com", false, "system and software" },
    { "icloud.com", false, "mail and files of millions" },
    { "amazonaws.com", false, "shared by all customers of a cloud" },
    { "cloudfront.net", false, "shared by all customers of a network" },
    { "akamai.net", false, "shared by all customers of a network" },
    { "akamaiedge.net", false, "shared by all customers of a network" },
    { "cloudflare.com", false, "shared by all customers of a network" },
    { "workers.dev", false, "shared by all customers of a network" },
    { "github.com", false, "software of everybody" },
    { "github.io", false, "shared by everybody's pages" },
    { "debian.org", true, "security updates" },
    { "ubuntu.com", false, "security updates" },
    { "redhat.com", false, "security updates" },
    { "line.me", false, "messages of millions" },
    { "facebook.com", false, "messages of millions" },
    { "letsencrypt.org", true, "certificates" },
    { "lencr.org", true, "certificate revocation" },
    { "digicert.com", true, "certificate revocation" },
    { "ntp.org", false, "time" },
    { "localhost", true, "this machine" },
};

/* True when `under` is `above` or ends with "." and it. */
static bool within(lf_view under, lf_view above)
{
    return lf_view_eq(under, above) || (under.len > above.len && lf_view_ends(under, above) &&
                                        under.ptr[under.len - above.len - 1] == '.');
}

const char *lf_never_block(lf_view domain)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        lf_view n = lf_view_of(names[i].name);

        if (within(n, domain) || (names[i].whole && within(domain, n)))
            return names[i].reason;
    }
    return NULL;
}
