#!/bin/sh
# mutants.sh - does "colaref check" find the mistakes it is there to find?
#
# Each mutant of tests/mutants/list must fail a case that has one of its flags,
# and the same program without a mutant must pass all.  Tried are the cases of the
# smallest model and those of none; when they do not find the mutant, the others
# that have the flag, one by one.

. "${COLA_SRCDIR:?run me by tests/tap-run}/tests/points.sh"
list=$COLA_SRCDIR/tests/mutants/list
mutant="$EMULATOR $COLA_BUILDDIR/tests/mutant-colaref"

# check BACKEND ARGUMENT...: the mutated program, held against the vectors
check() {
    backend=$1
    shift
    $EMULATOR "$COLAREF" check -q --subject "$mutant subject --backend $backend" "$@" \
        >out 2>err </dev/null
    got=$?
}

# killed FLAG: status 1, and a case with the flag is among those that fail
killed() {
    test $got -eq 1 && grep -q "^FAIL .*; flags.* $1\( .*\)*\$" out
}

# hunt FLAG BACKEND
hunt() {
    check "$2" small --flag "$1"
    killed "$1" && return 0
    sed -n "/ $1\$/p; / $1 /p" cases | sed 's/ .*//' | grep -v '^corner/\|^plain/' >ids
    while read -r id; do
        check "$2" --id "$id"
        killed "$1" && return 0
    done <ids
    return 1
}

mkdir small || exit 99
cp "$COLAREF_DATA/vectors/corner.jsonl" "$COLAREF_DATA/vectors/plain.jsonl" small/ || exit 99
$EMULATOR "$COLAREF" check --list >cases || exit 99

COLA_MUTANT=
export COLA_MUTANT
check exact
test $got -eq 0 && test ! -s err && grep -q '^end cases [1-9][0-9]* fail 0$' out
point $? "without a mutant all pass"
check int8 --flag int8
test $got -eq 0 && grep -q '^end cases [1-9][0-9]* fail 0$' out
point $? "and in int8"

COLA_MUTANT=nobody
$mutant --version >out 2>err
test $? -eq 2 && test ! -s out && test "$(sed 1d err | wc -l)" -eq "$(grep -c '^mutant ' "$list")"
point $? "a name that is unknown is refused, with those that are known"

${AWK-awk} '
function end() {
    if (name != "")
        print name, backend, flags
    backend = "exact"
    flags = name = ""
}
/^mutant / { end(); name = $2 }
/^backend / { backend = $2 }
/^flags / { flags = substr($0, 7) }
END { end() }' "$list" >mutants
test "$(wc -l <mutants)" -ge 18
point $? "there are mutants"

while read -r COLA_MUTANT backend flags; do
    missed=
    for flag in $flags; do
        hunt "$flag" "$backend" || missed="$missed $flag"
    done
    test -z "$missed"
    point $? "$COLA_MUTANT ($flags)${missed:+ is not found by$missed}"
done <mutants

# What the flags of the cases say is hunted must be there to be hunted.
${AWK-awk} '
FNR == NR {
    for (i = 3; i <= NF; i++)
        has[$i] = 1
    next
}
{
    for (i = 4; i <= NF; i++)
        if (!($i in has) && !said[$i]++)
            print "no mutant has the flag " $i
}' mutants cases >out
test ! -s out
point $? "every flag has a mutant"

# Puzzles in a row are all the mutants.
COLA_MUTANT=
n=0
while test $n -lt "$(wc -l <mutants)"; do
    n=$((n + 1))
    COLA_MUTANT=puzzle-$n $mutant
done | sed 's/.* is \([a-z0-9-]*\):.*/\1/' | sort >out
sed 's/ .*//' mutants | sort >err
cmp -s out err
point $? "every mutant is a puzzle"

echo "1..$points"
exit $status
