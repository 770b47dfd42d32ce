#!/bin/sh
# zeros.sh - a subject that answers everything with zeros
while read -r line; do
    id=$(printf '%s\n' "$line" | sed 's/.*"id":\([0-9]*\).*/\1/')
    zero='{"shape":[1],"bits":"00000000"}'
    echo "{\"id\":$id,\"protocol\":1,\"items\":[$zero],\"hidden\":$zero," \
        "\"taps\":{\"output\":$zero},\"ids\":[0],\"text\":\"0\",\"chain\":[0]," \
        "\"rows\":[0],\"bits\":[\"0\"]}"
done
