#include "engine/usual.h"

#include <string.h>

unsigned lf_usual_byte(unsigned char c)
{
    static const uint8_t letters[26] = { 28, 7,  25, 29, 55, 9,  9,  13, 36, 2,  4, 17, 11,
                                         21, 25, 19, 4,  37, 43, 41, 12, 5,  10, 3, 7,  6 };

    if (c >= 'a' && c <= 'z')
        return letters[c - 'a'];
    if (c >= 'A' && c <= 'Z')
        return letters[c - 'A'] / 3 + 1;
    if (c >= '0' && c <= '9')
        return 20;
    return c && strchr(" .:\\\"", c) ? 25 : c && strchr(",_-", c) ? 14 : c == '/' ? 5 : 1;
}

/* Of programs, places and protocols that are on every machine, and of the languages that logs are
 * written in; none that only an attack would bring. */
static const char words[] =
    "\n:\\windows\\system32\\\n:\\windows\\syswow64\\\n\\windowspowershell\\v1.0\\\n:\\program files\\"
    "\n:\\program files (x86)\\\n:\\programdata\\\n:\\users\\\n\\appdata\\local\\temp\\\n\\appdata\\roaming\\"
    "\nwindows\nsystem\nmicrosoft\npowershell\n.exe\n.dll\n.sys\n.ps1\n.log\n.txt\n.xml\n.json\n.html"
    "\nntdll\nkernel32\nkernelbase\nadvapi32\nuser32\nsvchost\nexplorer\ncmd.exe\nconhost\nrundll32\nservices"
    "\n\\registry\\machine\\\nhklm\\\nhkcu\\\nsoftware\\microsoft\\windows\\currentversion\\\nsoftware\\wow64"
    "32node\\"
    "\ncurrentcontrolset\\services\\\ncontrolset001\\control\\\nclasses\\clsid\\\nlocal settings"
    "\nnt "
    "authority\\system\ndefault\nadministrator\nversion\nservice\nprocess\nmodule\ncommand\ninvoke-\nget-"
    "\nset-"
    "\nnew-\nnew-object\nwrite-"
    "\nfunction\nparameter\nproperty\nstring\nobject\nname\nvalue\nprovider\nvariable\npath"
    "\ntype\nerror\nfailed\nsuccess\nmessage\nconnection\nsession\nuser\nhost\nserver\nclient\naddress\nport"
    "\nsource"
    "\ntarget\ninformation\nsecurity\nnetwork\nremote\nlocal\nfile\ndata\ninstall\nupdate\ndriver\nmanagement"
    "\nhttp://\nhttps://\nhttp/1.1\n.com/\n.net\n.org\nwww.\nlocalhost\n127.0.0.1\n192.168.\n/"
    "index\n.php?\n.aspx"
    "\nmozilla/5.0\nchrome\nfirefox\ngoogle\nsafari\n/usr/bin/\n/usr/lib/\n/usr/local/\n/usr/sbin/\n/bin/"
    "bash\n/var/log/"
    "\n/var/lib/\n/etc/\n/tmp/\n/home/\n/dev/null\n/proc/\n/lib/systemd/"
    "\npython\njava\nsudo\nsshd\nroot\ncron"
    "\nevent\nprivilege\ncontext\nseverity\nengine\nscript\napplication\nconnect\nconfig\nwindows "
    "defender\nencoded"
    "\n|c:\\\n|c:\\windows\\\n=powershell\nvalue=\"\nname=\"\n\\modules\\\n\\software\\"
    "\ntrue\nfalse"
    "\npublickeytoken=\nculture=neutral\n0000"
    "\n.dll+\n.exe+\n.sys+\n|unknown(\ncorporation\nsilentlycontinue\n-erroraction\n-embedding\n0xffffffff\n";

static uint32_t place_of(const char *p)
{
    uint32_t w;

    memcpy(&w, p, LF_USUAL_GRAM);
    return ((w | 0x20202020u) * 0x9e3779b1u) >> (32 - LF_USUAL_BITS);
}

void lf_usual_grams_fill(struct lf_usual_grams *g)
{
    lf_view left = { words, sizeof words - 1 }, word;

    memset(g, 0, sizeof *g);
    while (lf_view_split(&left, '\n', &word))
        for (size_t i = 0; i + LF_USUAL_GRAM <= word.len; i++) {
            uint32_t at = place_of(word.ptr + i);

            g->bits[at / 64] |= (uint64_t)1 << (at % 64);
        }
}

bool lf_usual_gram(const struct lf_usual_grams *g, const char *p)
{
    uint32_t at = place_of(p);

    return g->bits[at / 64] >> (at % 64) & 1u;
}

size_t lf_usual_telling(const struct lf_usual_grams *g, lf_view text)
{
    size_t n = 0, covered = 0; /* up to here */

    for (size_t i = 0; i < text.len; i++) {
        if (i + LF_USUAL_GRAM <= text.len && lf_usual_gram(g, text.ptr + i)) {
            n += i > covered || covered == 0;
            covered = i + LF_USUAL_GRAM;
        }
        n += i >= covered;
    }
    return n;
}
