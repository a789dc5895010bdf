#!/bin/sh
# The demonstration's web application: "which address has this name?"  It is weak
# on purpose: what the visitor types becomes part of a shell command.  It runs on
# 127.0.0.1 only, as long as `lianfang demo` runs, and asks only the resolver that
# the demonstration started.
name=$(printf '%s' "$QUERY_STRING" | sed -n 's/^host=//p' | sed 's/+/ /g; s/%/\\x/g')
name=$(printf '%b' "$name")
printf 'Content-Type: text/plain\r\n\r\n'
sh -c "dig +short +tries=1 +time=2 @127.0.0.1 -p $RESOLVER_PORT $name" 2>&1
