#!/bin/sh
# verify.sh - searches held against the truth, by the program
#
# The theorem: with budget enough cola-2025 judges exactly the chains of its
# space, so it finds every shortest right chain, and nothing outside; polar-2026
# does not.  And what verify must see: a verdict changed by hand, a search of
# another space, a truth cut short.

cd "$TMPDIR" || exit 99
colaref() { $EMULATOR "$COLAREF" "$@"; }
points=0 status=0
point() {           # point STATUS NAME
    points=$((points + 1))
    if test "$1" = 0; then
        echo "ok $points - $2"
    else
        echo "not ok $points - $2"
        status=1
    fi
}
synthetic='--layers 4 --judge fnv:s7:20 -q'

colaref enumerate $synthetic --preset cola-2025 --max-length 5 -o truth 2>err
chains=$(sed -n '1s/.*"chains":\([0-9]*\).*/\1/p' truth)
colaref search $synthetic --max-length 5 --simulations 100000 -o search >/dev/null &&
    colaref verify search --truth truth >out
point $? "a search with budget enough does not contradict the truth"
grep -q " verdicts: 0 contradict the truth, 0 are of chains outside" out
point $? "neither it nor its random chains leave the space"
grep -q '^  all search  *1  *1  100% ' out
point $? "it finds the shortest right chain"
test "$(grep -o '"simulation":' search | wc -l)" -eq "$chains"
point $? "it judges each once"

colaref enumerate $synthetic --preset polar-2026 --max-length 6 --min-length 2 -o ptruth
colaref search $synthetic --preset polar-2026 --max-length 6 --min-length 2 \
    --simulations 20000 -o psearch >/dev/null
colaref verify psearch --truth ptruth >out
point $? "the released search does not contradict its truth"
test "$(grep -o '"simulation":' psearch | wc -l)" -lt \
    "$(sed -n '1s/.*"chains":\([0-9]*\).*/\1/p' ptruth)"
point $? "but misses part of its space"

# A verdict turned round.
sed '2s/"correct":false/"correct":true/' search >wrong
colaref verify wrong --truth truth >out 2>err
test $? -eq 1 && grep -q '^CONTRADICTION fnv:s7:20 ' out && grep -q 'contradict' err
point $? "a verdict that contradicts the truth is named, status 1"

refused() {         # refused NAME PATTERN ARGUMENT...
    name=$1 pattern=$2
    shift 2
    colaref "$@" >out 2>err
    test $? -eq 3 && test "$(wc -l <err)" -eq 1 && grep -q -- "$pattern" err
    point $? "$name"
}
refused "another space is refused" 'differ in the space' verify search --truth ptruth
refused "a search is no truth" 'not an enumeration' verify search --truth search
refused "a truth is no search" 'not the journal of a search' verify truth --truth truth
sed -n '1p' truth >cut
sed -n '2s/"correct":"./"correct":"/p' truth >>cut
refused "a part with a verdict missing is refused" 'cut' verify search --truth cut
sed '1s/"chains":[0-9]*/"chains":7/' truth >fewer
refused "a count that is not the extent's is refused" 'more than 7' \
    verify search --truth fewer
refused "too many chains are refused with the number" '87380' \
    enumerate --layers 4 --judge fnv:a:1 --sequences 8 --max-chains 1000 -o no
test ! -e no
point $? "and nothing is written"
colaref enumerate $synthetic --depth 1 --sequences 2 -o no 2>err
test $? -eq 2
point $? "two extents are a malformed command line"

# A real model: whole, and cut at many places and taken up again.
colaref enumerate tiny-4 register-4 --depth 2 --limit 6 -q -o whole
point $? "a model's enumeration"
size=$(wc -c <whole)
same=0
for part in 3 20 45 60 80 99; do
    head -c $((size * part / 100)) whole >again
    colaref enumerate tiny-4 register-4 --depth 2 --limit 6 -q --resume -o again 2>err &&
        cmp -s whole again && same=$((same + 1))
done
test $same = 6
point $? "resumed from any cut it ends in the same bytes"
colaref enumerate tiny-4 register-4 --depth 2 --limit 6 -q --threads 1 -o one &&
    cmp whole one
point $? "threads change nothing"
colaref search tiny-4 register-4 --limit 6 --simulations 50 -q -o found >/dev/null &&
    colaref verify found --truth whole >out && grep -q ' 0 contradict' out
point $? "searches and enumerations agree about verdicts, answers and margins"
colaref enumerate tiny-4 register-4 --depth 1 --limit 6 --backend int8 -q -o other
refused "another arithmetic is refused" 'backend' verify found --truth other

echo "1..$points"
exit $status
