#!/bin/sh
# arithmetic.sh - does the program compute what colaref-arithmetic(7) says?
#
# The manual is the input.  Its lines "check" go to tests/page_values, without
# what follows the "=", and must come back as they stand; those of digests go to
# the program itself.  Its lines "const" must be the constants of the sources,
# bit by bit, all of them, in their order.  Nothing is written down here, so
# manual and program cannot drift apart.

page=${COLA_SRCDIR:?run me by tests/tap-run}/man/colaref-arithmetic.7
base=$COLA_SRCDIR/src/base
awk=${AWK-awk}
values=$COLA_BUILDDIR/tests/page_values
constants=$COLA_BUILDDIR/tests/page_constants
. "$COLA_SRCDIR/tests/points.sh"

# A line of the manual "check digest ..." with the sha256 of the program.
digest() {
    set -f
    model= arithmetic= round= chain= tokens=
    for word in $1; do
        case $word in
        *=*) eval "${word%%=*}=\${word#*=}" ;;
        esac
    done
    set +f
    set -- --backend "$arithmetic" -c "$chain" --tokens "$tokens"
    test "$round" = f64 || set -- "$@" --round "$round"
    $EMULATOR "$COLAREF" logits "$model" "$@" |
        sed -n 's/.*"sha256":"\([0-9a-f]*\)".*/\1/p'
}

### check values

# One a line; a line that begins with two blanks continues the one before.
$awk '
/^check / { if (line != "") print line; line = $0; next }
/^  / && line != "" { line = line " " $0; gsub(/  +/, " ", line); next }
{ if (line != "") print line; line = "" }
END { if (line != "") print line }' "$page" | sed '/^check FUNCTION /d' >want
test "$(grep -c ' = *[0-9a-f]' want)" -eq "$(grep -c '' want)" &&
    test "$(grep -c '' want)" -ge 140
point $? "the manual has check values, each with a result"
sed 's/ =.*//' want >questions
grep -v '^check digest ' questions >asked
$EMULATOR "$values" <asked >values &&
    test "$(grep -c '' asked)" -eq "$(grep -c '' values)"
point $? "each can be asked"
{
    cat values
    grep '^check digest ' questions | while read -r line; do
        echo "$line = $(digest "$line")"
    done
} >got
cut -d ' ' -f 2 questions | sort -u >functions
while read -r f; do
    grep "^check $f " want | sort >a
    grep "^check $f " got | sort >b
    # where they differ, in a few lines
    diff a b | sed -n 's/^</# manual:/p; s/^>/# program:/p' | cut -c 1-200 | sed 8q
    cmp -s a b
    point $? "$f: $(grep -c '' a) check values"
done <functions

### constants

# FUNCTION BITS, in the order of a function, without repetitions
distinct() {
    $awk '!seen[$1, $2]++ { list[$1] = list[$1] " " $2 }
          END { for (f in list) print f list[f] }' | sort
}
grep '^const [a-zA-Z_0-9]* [A-Za-z]' "$page" | grep -v '^const FUNCTION ' >table
$awk 'NF == 5 { print $4, $5 }' table >pairs
$EMULATOR "$constants" pairs <pairs >disagree &&
    test ! -s disagree && test "$(grep -c '' pairs)" -ge 50
point $? "hexadecimal reals and their bits agree"
sed 's/^/# not the same: /' disagree

$awk '{ print $2, $NF }' table | distinct >said
{
    # of number.c the chapters of functions, not the self-test
    sed -n '/---- elementary functions/,/---- self-test/p' "$base/number.c"
    cat "$base/random.c"
} | $EMULATOR "$constants" | sed 's/^cola_//' | distinct >written
diff said written | sed -n 's/^</# manual:/p; s/^>/# source:/p'
cmp -s said written
point $? "the constants of number.c and random.c are those of the manual"

echo "1..$points"
exit $status
