#!/bin/sh
# half.sh - a subject that answers the first twelve requests rightly, then ends
n=0
while test $n -lt 12 && read -r line; do
    printf '%s\n' "$line"
    n=$((n + 1))
done | ${EMULATOR-} "$COLAREF" subject
