#!/bin/sh
# The browser test: installs its two packages by the lock file, then runs (TAP).
cd "$(dirname "$0")" || exit 1
[ -d node_modules/playwright-core ] || said=$(npm ci --no-audit --no-fund 2>&1) || {
    echo "not ok - npm could not install the browser test's packages"
    echo "$said" | sed 's/^/# /'
    exit 1
}
exec node console.mjs
