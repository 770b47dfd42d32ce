#!/bin/sh
# report.sh - the numbers of a report, computed a second time
#
# tests/report_again.py recomputes every sheet from the journals, written from
# the definitions under the sheets.  The journals are searches of a real model
# in all spaces, with every control, and the same changed by hand so that
# undecided verdicts, samples without level and half a file occur.  Here too:
# what a report's reader must refuse.

. "${COLA_SRCDIR:?run me by tests/tap-run}/tests/points.sh"

search() {          # search FILE OPTION...
    file=$1
    shift
    colaref search tiny-4 register-4 -q -o "$file" "$@" >/dev/null
}

search both.jsonl --limit 30 --simulations 20 --controls all &&
    search skip.jsonl --limit 30 --simulations 20 --space skip &&
    search repeat.jsonl --limit 30 --simulations 20 --space repeat --no-random &&
    for i in 1 2; do
        search polar-$i.jsonl --limit 25 --simulations 15 --preset polar-2026 \
            --controls fixed,pass --shard $i/2 || exit 1
    done &&
    search group.jsonl --limit 22 --simulations 5 --per group --held 0.25 &&
    colaref search --layers 6 --judge fnv:s1:300 -q -o six.jsonl >/dev/null &&
    colaref enumerate tiny-4 register-4 --depth 1 --limit 20 -q -o truth.jsonl
point $? "journals in all spaces, with controls, of groups, and a truth"

# Every third sample wrong, some undecided; half of them without level; chains of
# some lengths undecided or right.
${AWK-awk} '
    function base(is) {
        sub(/"base":(true|false)/, "\"base\":" is)
        sub(/"correct":(true|false)/, "\"correct\":" is)
    }
    NR == 1 { sub(/"seed":[0-9]*/, "\"seed\":2") }
    NR % 3 == 2 { base("false") }
    NR % 7 == 3 { base("null") }
    NR % 2 == 0 { sub(/"level":[0-9]*/, "\"level\":null") }
    NR % 6 == 1 { gsub(/"of":[0-9]+/, "\"of\":0") }
    NR % 5 == 4 { sub(/"group":"[^"]*"/, "\"group\":null") }
    { gsub(/"length":3,"correct":(true|false)/, "\"length\":3,\"correct\":null") }
    NR % 4 { gsub(/"length":5,"correct":false/, "\"length\":5,\"correct\":true") }
    { print }' both.jsonl >odd.jsonl
head -c 30000 odd.jsonl | sed '1s/"seed":2/"seed":3/' >torn.jsonl
grep -c '"base":null' odd.jsonl >out && test "$(cat out)" -ge 3
point $? "and one changed by hand, whole and torn"

runs='both.jsonl skip.jsonl repeat.jsonl polar=polar-1.jsonl polar=polar-2.jsonl
    group.jsonl odd.jsonl six.jsonl again=torn.jsonl'
colaref report $runs --truth truth.jsonl -o pages >out 2>err
point $? "a report of eight journals and a truth"
grep -q 'torn.jsonl: its last line is torn' err &&
    grep -q 'torn.jsonl: is not finished' err
point $? "a torn file is told of"
grep -q 'polar-1.jsonl, polar-2.jsonl: parts of one run, joined' err
point $? "and shards"
LC_ALL=C ls pages/*.csv | wc -l >count
test "$(cat count)" -eq 28
point $? "28 sheets are there"

again() {           # again DIR: all sheets
    python3 "$COLA_SRCDIR/tests/report_again.py" "$1" both=both.jsonl skip=skip.jsonl \
        repeat=repeat.jsonl polar=polar-1.jsonl polar=polar-2.jsonl group=group.jsonl \
        odd=odd.jsonl six=six.jsonl again=torn.jsonl truth:truth=truth.jsonl
}
if python3 -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null; then
    again pages >out
    test $? -eq 0 && grep -q '^28 sheets, the same$' out
    point $? "computed again, every number of every sheet is the same"
    sed 's/^/# /' out
    mkdir wrong && cp pages/*.csv wrong
    for sheet in depth findings2-differences segments; do
        ${AWK-awk} '{ line[NR] = $0 }
            END { n = NR; while (line[n] !~ /[.][0-9]+/) n--
                sub(/[.][0-9]/, ".77", line[n])
                for (i = 1; i <= NR; i++) print line[i] }' pages/$sheet.csv \
            >wrong/$sheet.csv
    done
    again wrong >out
    test $? -eq 1 && grep -q 'different: depth findings2-differences segments$' out
    point $? "and numbers changed by hand are seen"
else
    skip "nothing is computed again" "no python3"
fi

# What they say: controls first, and no claim of few groups.
grep -q 'as many random chains hold a right one for' pages/report.txt &&
    grep -q 'nothing can be claimed of [0-9]* groups*\.' pages/report.txt
point $? "the findings are read out beside their controls"
colaref report repeat.jsonl -o alone >/dev/null 2>&1
tr '\n' ' ' <alone/report.txt | grep -q 'No control was recorded: how much of this is luck'
point $? "a journal without controls says that luck cannot be told"

# Of parts in the order of the task the report is that of the whole.
for i in 1 2 3; do
    ${AWK-awk} -v i=$i 'NR == 1 || (NR > 10 * i - 9 && NR <= 10 * i + 1) { print }
        NR == 32 { sub(/30/, 10); print }' both.jsonl >part-$i.jsonl
done
colaref report both=part-1.jsonl x=part-2.jsonl part-3.jsonl skip.jsonl -o joined \
    >out 2>err &&
    test "$(grep -c 'part-' err)" = 1 &&
    grep -q 'part-1.jsonl, part-2.jsonl, part-3.jsonl: parts of one run, joined$' err &&
    colaref report both.jsonl skip.jsonl -o whole >/dev/null 2>&1
status_of=$?
for file in whole/*.csv; do
    cmp -s "$file" "joined/${file#whole/}" || status_of=1
done
point $status_of "a run in three parts is reported as in one"
colaref report part-2.jsonl both.jsonl -o no >out 2>err
test $? -eq 3 && grep -q 'both.jsonl: line 12: .* is in part-2.jsonl too' err &&
    grep -q "sample \"$(sed -n '12s/.*"id":"\([^"]*\)".*/\1/p' both.jsonl)\"" err &&
    test ! -e no
point $? "a sample in two parts is refused"

n=$(sed -n 's/^repeat,all,search,wrong,\([0-9]*\),.*/\1/p' alone/findings2.csv)
test -n "$n" && sed -n '/href="#findings2">/,/<\/table>/p' alone/index.html |
    grep -q "class=\"finding\".*n = $n<"
point $? "the summary says of how many each rate is"
k=$(grep -c '"base":null' odd.jsonl)
n=$(sed -n 's/^odd,all,strictly shorter,undecided,[0-9]*,\([0-9]*\),.*/\1/p' \
    pages/transitions.csv)
wrong=$(sed -n 's/^odd,all,search,wrong,\([0-9]*\),.*/\1/p' pages/findings2.csv)
test "$n" = "$k" && test "$wrong" = "$(grep -c '"base":false' odd.jsonl)" &&
    colaref show odd.jsonl >out && grep -q "^Of $k samples it is undecided" out
point $? "undecided samples are apart"

refused() {         # refused NAME PATTERN SED-SCRIPT
    sed "$3" both.jsonl >bad.jsonl
    rm -rf no
    colaref report bad.jsonl -o no >out 2>err
    test $? -eq 3 && test "$(wc -l <err)" -eq 1 && grep -q "bad.jsonl: $2" err &&
        test ! -e no
    point $? "$1"
}
refused "no journal" 'line 1: neither a journal' '1s/colaref-journal/colaref-diary/'
refused "another version" 'line 1: version 2' '1s/"version":1/"version":2/'
refused "a layer that the model has not" 'line 3: a chain.s layer is none of 0-3' \
    '3s/"chain":\[0/"chain":[4/2'
refused "a base that is not the first chain's" 'line 4: "base" is not' \
    '4s/"base":true/"base":false/'
refused "a fixed control of other chains" 'line 5: "fixed" is not' \
    '5s/"fixed":"./"fixed":"/'
refused "a sample twice" 'line 4: sample .* comes a second time' 3p
refused "siblings of another k" 'line 6: selections of siblings' '6s/"k":2/"k":3/'
refused "a sample without chains" 'line 7: sample .* has no "evaluated"' \
    '7s/"evaluated":/"valued":/'
refused "an end that counts otherwise" 'line 32: the end counts other than the 30' \
    '$s/30/31/'
colaref report both.jsonl both=skip.jsonl -o no 2>err
test $? -eq 3 && grep -q 'another file is called "both"' err && test ! -e no
point $? "two of one label"
colaref enumerate tiny-4 register-4 --depth 1 --limit 2 --backend int8 -q -o int8.jsonl
colaref report both.jsonl --truth int8.jsonl -o no >out 2>err
test $? -eq 3 && grep -q 'int8.jsonl: fits no journal: .*backend' err
point $? "a truth of another arithmetic"

echo "1..$points"
exit $status
