#!/bin/sh
# unsupported.sh - a subject that supports nothing
while read -r line; do
    printf '%s\n' "$line" | sed 's/.*"id":\([0-9]*\).*/{"id":\1,"unsupported":true}/'
done
