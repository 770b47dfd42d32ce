#!/bin/sh
# presets.sh - every search that has a name, by the program
#
# Each must run, stay within what "enumerate --preset" writes down for it, and
# be told apart in one table by "search --compare": whose journals must be those
# of single searches, and whose rates and differences are counted here again
# from the journals.

. "${COLA_SRCDIR:?run me by tests/tap-run}/tests/points.sh"

refused() {         # refused STATUS PATTERN ARGUMENT...
    want=$1 pattern=$2
    shift 2
    colaref "$@" >out 2>err
    test $? -eq "$want" && test ! -s out && grep -q -e "$pattern" err
    point $? "refused: $pattern"
}

### each by itself

colaref presets >out
sed 's/ .*//' out >names
test "$(tr '\n' ' ' <names)" = \
    'cola-2025 polar-2026 cola-reconstructed drllm-paper drllm-code re-polar ' &&
    ! grep -q '^[^ ]* *$' out
point $? "presets lists them with a line each"

synthetic='--layers 4 --judge fnv:m3:40 --max-length 6 -q'
for name in $(cat names); do
    colaref enumerate $synthetic --preset $name -o $name.truth 2>err &&
        colaref search $synthetic --preset $name -o $name.search >out 2>>err &&
        colaref verify $name.search --truth $name.truth >out 2>>err &&
        grep -q ' verdicts: 0 contradict the truth, 0 are of chains outside' out
    point $? "$name stays within its enumeration, and random chains do"
done
grep -q '"block_repeat":1' drllm-paper.truth && grep -q '"placement":"disjoint"' \
    re-polar.truth && ! grep -q 'placement\|block_repeat' cola-2025.truth
point $? "an enumeration names the rules that are not the paper's"
colaref verify cola-2025.search --truth re-polar.truth >out 2>err
test $? -eq 3 && grep -q 'differ in the space' err
point $? "nested edits are not held against disjoint ones"
colaref verify re-polar.search --truth cola-2025.truth >out 2>err
point $? "but disjoint ones against nested"
colaref enumerate --layers 28 --judge fnv:m3:40 --preset drllm-code --max-chains 1000 \
    -q -o many 2>err
test $? -eq 3 && grep -q 'more than 1000 chains' err
point $? "a reach that cannot be written down is refused"

### together

all=$(tr '\n' ',' <names | sed 's/,$//')
options='--limit 12 --simulations 8 --quiet'
colaref search tiny register $options --compare $all -o c >table 2>err &&
    test ! -s err
point $? "all are compared on the same samples"
result=0
for name in polar-2026 drllm-code re-polar; do
    colaref search tiny register $options --preset $name -o one.$name >/dev/null &&
        cmp one.$name c.$name.jsonl || result=1
done
point $result "their journals are those of single searches"

# from the journals: found N WRONG FIXED RIGHT SHORTER CHAINS, a line a preset
for name in $(cat names); do
    grep '"type":"sample"' c.$name.jsonl | ${AWK-awk} -v name=$name '
    {
        n++
        right = /"base":true/
        wrong += !right
        rights += right
        fixed += /"class":"W->C"/
        shorter += /"class":"C->C"/
        sub(/"shortest":.*/, "")
        chains += gsub(/"simulation":/, "") - 1
    }
    END {
        printf "%s %.1f %.1f %.1f\n", name, 100 * fixed / wrong,
            100 * shorter / rights, chains / n
    }'
done >counted
${AWK-awk} '
FNR == NR { want[$1] = $2 "% " $3 "% " $4; next }
$1 in want {
    gsub(/[+-][0-9.]+ \[[^]]*\]/, "")
    if ($2 " " $3 " " $4 == want[$1])
        good++
    else
        print "want " want[$1] ", got " $0
}
END { print good " good"; exit good != 6 }' counted table >out
point $? "the table has the journals' rates and numbers of chains"
${AWK-awk} '
/^cola-2025/ { gsub(/%/, ""); w = $2; c = $3; next }
/^[a-z].*%.*\[/ || /^  at random/ {
    gsub(/%/, "")
    gsub(/\[[^]]*\]/, "")
    sub(/at random/, "random")
    rows++
    # each is rounded by itself
    a = $2 - w - $3
    b = $4 - c - $5
    bad += a > 0.15 || a < -0.15 || b > 0.15 || b < -0.15
}
END { print rows " rows, " bad + 0 " bad"; exit rows != 11 || bad }' table >out
point $? "its differences are those of the rates"

# the same differences one by one, and how they may vary
for class in 'W->C' 'C->C'; do
    for name in cola-2025 re-polar; do
        grep '"type":"sample"' c.$name.jsonl | grep -c "\"class\":\"$class\""
    done
done >counts
test "$(sed -n 1p counts) $(sed -n 3p counts)" != "$(sed -n 2p counts) $(sed -n 4p counts)"
point $? "and the presets do differ here"

mv table before
colaref search tiny register $options --compare $all -o c --resume >table 2>err &&
    cmp before table
point $? "resumed, nothing is searched again and the table is the same"
two='--compare re-polar,polar-2026'
colaref search tiny register $options $two >table 2>err &&
    colaref search tiny register $options $two -o c --resume >before && cmp before table
point $? "without -o there are no journals and the same table"
colaref search tiny register $options --compare cola-2025,re-polar --no-random >table &&
    ! grep -q 'at random  ' table && grep -q '^No random chains' table
point $? "without random chains it says so"
colaref search --layers 12 --judge fnv:a:100 -q --compare cola-2025,drllm-paper >table &&
    grep -q '^cola-2025 *100.0% ' table && grep -q '^  at random ' table
point $? "a synthetic judge will do"

refused 3 'no preset is called "nobody"' search tiny register --compare cola-2025,nobody \
    -o n -q
test ! -e n.cola-2025.jsonl
point $? "before any is searched"
refused 3 'needs two presets' search tiny register --compare cola-2025
refused 3 'names cola-2025 twice' search tiny register --compare cola-2025,cola-2025
refused 2 'does not go with --preset' search tiny register --compare a,b --preset c
refused 2 'does not go with --explain' search tiny register --compare a,b --explain
refused 2 'several journals' search tiny register --compare a,b -o -
echo '{"epsilon_rule": "best"}' >rule
refused 3 'epsilon_rule "untried" alone' search --layers 4 --judge fnv:a:1 \
    --preset re-polar --preset-file rule

echo "1..$points"
exit $status
