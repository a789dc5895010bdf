#!/bin/sh
# Installs what is missing for the purposes named (build, demo, check), and says
# what.  Asks for root only when something is missing.
set -eu
cd "$(dirname "$0")/.."

missing=
for want in "$@"; do
    while read -r package purpose _; do
        case "$package" in ''|'#'*) continue ;; esac
        [ "$purpose" = "$want" ] || continue
        case "$package" in
            # Node.js may come from elsewhere than Debian.
            nodejs) command -v node >/dev/null 2>&1 && continue ;;
            npm) command -v npm >/dev/null 2>&1 && continue ;;
        esac
        dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            missing="$missing $package"
    done < tools/packages.txt
done
[ -n "$missing" ] || exit 0

echo "setup: installing from Debian:$missing"
if [ "$(id -u)" = 0 ]; then
    sudo=
elif command -v sudo >/dev/null 2>&1; then
    sudo=sudo
else
    echo "setup: run this once as root: apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
# The packages' own services must not start: the node and its tests start what
# they need, on ports of their own.
policy=
if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' > "${TMPDIR:-/tmp}/lf-policy.$$"
    $sudo install -m 755 "${TMPDIR:-/tmp}/lf-policy.$$" /usr/sbin/policy-rc.d
    rm -f "${TMPDIR:-/tmp}/lf-policy.$$"
    policy=yes
fi
rc=0
{ $sudo apt-get update -qq &&
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null; } || rc=$?
[ -z "$policy" ] || $sudo rm -f /usr/sbin/policy-rc.d
if [ $rc != 0 ]; then
    echo "setup: apt-get could not install them; mend its message above and run again" >&2
    exit 1
fi
