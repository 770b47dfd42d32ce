#!/bin/sh
# verify.sh - searches held against the truth, by the program
#
# The theorem: with budget enough cola-2025 judges exactly the chains of its
# space, so it finds every shortest right chain, and nothing outside; polar-2026
# does not.  And what verify must see: verdicts, counts and prompts changed by
# hand, a search of another space, a truth cut short, a yardstick that is of
# another model.

. "${COLA_SRCDIR:?run me by tests/tap-run}/tests/points.sh"
synthetic='--layers 4 --judge fnv:s7:20 -q'

colaref enumerate $synthetic --preset cola-2025 --max-length 5 -o truth 2>err
chains=$(sed -n '1s/.*"chains":\([0-9]*\).*/\1/p' truth)
colaref search $synthetic --max-length 5 --simulations 100000 -o search >/dev/null &&
    colaref verify search --truth truth >out
point $? "a search with budget enough does not contradict the truth"
grep -q " verdicts: 0 contradict the truth, 0 are of chains outside" out
point $? "neither it nor its random chains leave the space"
grep -q '^ *search  *1  100% ' out
point $? "it finds the shortest right chain"
test "$(grep -o '"simulation":' search | wc -l)" -eq "$chains" &&
    grep -q "^The search judged $chains of the truth's $chains chains" out
point $? "it judges each once: the chains judged are the truth"

colaref enumerate $synthetic --preset polar-2026 --max-length 6 --min-length 2 -o ptruth
colaref search $synthetic --preset polar-2026 --max-length 6 --min-length 2 \
    --simulations 20000 -o psearch >/dev/null
colaref verify psearch --truth ptruth >out
point $? "the released search does not contradict its truth"
grep -q "^The search judged 224 of the truth's 266 chains" out
point $? "but leaves 42 of its 266 chains unjudged for ever, as the manual says"
first=$(sed -n '2s/"shortest":.*//p' search | grep -o '"correct":[a-z]*' | grep -n true |
        sed -n '1s/:.*//p')
colaref verify search --truth truth | grep -q "^ *search .* $first.00\$"
point $? "the first right chain is the one judged as number $first"
sed '2s/"evaluated":\[\({[^}]*}\),/"evaluated":[\1,\1,\1,/' search >twice
colaref verify twice --truth truth | grep -q "judged $chains of the truth's $chains "
point $? "a chain named twice is one chain"
released='--preset polar-2026 --max-length 6 --min-length 2 --judge fnv:m11:4 --layers 4'
released="$released -q"
colaref enumerate $released -o only && colaref search $released --simulations 20000 \
    -o missed >/dev/null && colaref verify missed --truth only >out
test "$(sed -n '2s/.*"correct":"\([01]*\)".*/\1/p' only | tr -d '0\n')" = 1 &&
    grep -q '^  all truth  *1  *1  *5.00$' out && grep -q '^ *search  *0  0% ' out
point $? "and so may never find the only right one"

# A search with fewer moves than the truth's space.
colaref enumerate --layers 4 --judge fnv:m11:4 -q --preset cola-2025 --max-length 6 \
    -o wide
colaref verify missed --truth wide >out && grep -q 'has fewer moves' out &&
    grep -q "judged 2[0-9][0-9] of the truth's 4332 chains" out &&
    grep -q '^ *space  *1  ' out
point $? "fewer moves than the truth's are compared, and what they can reach is told"
colaref enumerate --layers 4 --judge fnv:m13:4 -q --sequences 6 -o every
colaref search --layers 4 --judge fnv:m13:4 -q --preset polar-2026 --max-length 6 \
    --min-length 2 -o some >/dev/null && colaref verify some --truth every >out
grep -q '^  all truth  *1  *1  *4.00$' out &&
    grep -q '^ *space  *1  0% \[0-79\]  *0  *6.00  *2.00$' out
point $? "the best that they reach has 6 layers, that of any order 4"

# contradicts FILE WHAT NAME: FILE, a search changed by hand, against the truth.
contradicts() {
    colaref verify "$1" --truth "${4-truth}" >out 2>err
    test $? -eq 1 && grep -q "^CONTRADICTION .*another $2 than" out &&
        grep -q 'contradict' err
    point $? "$3 contradicts the truth: it is named, status 1"
}
sed '2s/"correct":false/"correct":true/' search >wrong
contradicts wrong verdict "a verdict turned round"
sed '2s/"shortest":\[[0-9]*/"shortest":[3,3,3/' search >wrong
contradicts wrong 'shortest chain' "another chain called the shortest"

refused() {         # refused NAME PATTERN ARGUMENT...
    name=$1 pattern=$2
    shift 2
    colaref "$@" >out 2>err
    test $? -eq 3 && test "$(wc -l <err)" -eq 1 && grep -q -- "$pattern" err
    point $? "$name"
}
refused "another space is refused" 'differ in the space' verify search --truth ptruth
for rule in block_root:4:5 block:1:2 extra:1:2 multiplicity:2:3 multiplicity:2:0 \
    min_length:2:1 max_length:6:7 space:.both.:.any.; do
    name=${rule%%:*} values=${rule#*:}
    from=$(echo "${values%:*}" | tr . '"') to=$(echo "${values#*:}" | tr . '"')
    sed "1s/\"$name\":$from/\"$name\":$to/" psearch >other
    colaref verify other --truth ptruth >out 2>err
    test $? -eq 3 && grep -q "differ in the space's \"$name\"" err || break
done
test "$name" = space && test ! -s out
point $? "one more move, of any kind, is another space ($name)"
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
sed '2s/"answer":"[0-9]*"/"answer":"x"/' found >wrong
contradicts wrong answer "another answer" whole
sed '3s/"margin":[0-9]/"margin":7/' found >wrong
contradicts wrong margin "another margin" whole
colaref enumerate tiny-4 register-4 --depth 1 --limit 6 --backend int8 -q -o rounded
refused "another arithmetic is refused" 'backend' verify found --truth rounded
sed '2s/"prompt_sha256":"./"prompt_sha256":"x/' found >wrong
refused "other prompts are refused" 'prompts of "register-4-0000"' \
    verify wrong --truth whole

# Chains better than all of a small truth; samples that it does not have.
colaref enumerate tiny-4 register-4 --sequences 3 --limit 4 -q -o small
colaref verify found --truth small --list >out
grep -q '^2 samples of the search are not in the enumeration' out &&
    grep -q '^register-4-0001  *truth -, space -, search 4 at 1, random 4 at 1$' out &&
    grep -q '^  all truth  *4  *2  ' out
point $? "samples not in the truth are passed over, and said to be"
grep -q '^ *search  *2  0% \[0-66\]  *2 ' out
point $? "right chains where the truth has none are beyond it, and no recall"
sed '2,$s/"id":"register/"id":"other/' found >strange
colaref verify strange --truth small >out 2>err
test $? -eq 99 && test ! -s out
point $? "a search of other samples compares nothing, status 99"

# As JSON: read by the program's own reader, which then wants a preset of it.
colaref verify found --truth whole --json >json
colaref search --layers 4 --judge fnv:a:1 --preset-file json 2>err
grep -q 'presets have no field "samples"' err
point $? "--json is JSON"
colaref verify found --truth whole >out
share=$(sed -n '/^  all truth/,$s/^ *search  *\([0-9]*\)  \([0-9]*\)%.*/\1 \2/p' out)
counts='.*"search":{"solved":\([0-9]*\),"shortest":{"count":\([0-9]*\),"of":\([0-9]*\).*'
test "$(sed 's/.*"all":{/{/' json | sed "s/$counts/\1 \2 \3/" |
        ${AWK-awk} '{ printf "%d %.0f", $1, 100 * $2 / $3 }')" = "$share" &&
    grep -q '"verdicts":[0-9]*,"contradictions":0,' json
point $? "and says what the table says: solved and recall $share"

# Several inputs a sample.
for per in group task; do
    several="tiny-4 register-4 --per $per --held 0.25 --limit 22 -q"
    colaref enumerate $several --depth 1 -o $per
    colaref search $several --simulations 3 -o few-$per >/dev/null
    colaref verify few-$per --truth $per >$per.out
    point $? "a search over a $per agrees with its truth"
done
tail -n 12 group.out | tr -s ' ' | grep -q '^ search 86% \[49-97\] 4 2.29 0.14$'
point $? "as robust, as short, inputs right and missed of groups, two of them of one"
most=$(sed -n '2s/.*"right":\[\([0-9,]*\)\].*/\1/p' task | tr , '\n' | sort -n |
       tail -n 1)
best=$(sed -n '2s/"shortest":.*//p' few-task | grep -o '"right":[0-9]*' | tr -cd '0-9\n' |
       sort -n | tail -n 1)
sed -n '/as robust/,$p' task.out | tr -s ' ' >robust
test "$best" -lt "$most" && grep -q "^ all truth 1 $most.00\$" robust &&
    grep -q "^ search 0% \[0-79\] 0 $best.00 $((most - best)).00\$" robust
point $? "how many inputs fewer than the most robust chain's: $best of $most"
sed '2s/"right":\([0-9]*\),\(.*\)/"right":9\1,\2/' few-task >wrong
contradicts wrong 'count of right inputs' "a count of right inputs" task
sed '2s/"held_right":[0-9]*/"held_right":0/' few-task >wrong
contradicts wrong 'count of right inputs' "a count of held ones" task
colaref search tiny-4 register-4 --per task --held 0.25 --limit 20 --simulations 3 -q \
    -o less >/dev/null
refused "a task of other questions is refused" 'prompts of "task"' \
    verify less --truth task

# The yardstick.
yard() {
    colaref verify "$1" --truth "$2" --yardstick tiny-4 register-4 >out 2>err
}
yard found whole
grep -q '^Certified [1-6] of 6 shortest chains: .* f64 disagrees about 0' out
point $? "f64 agrees about what exact returned"
yard found small
grep -q '^Certified 0 of 4 shortest chains: 2 worse, 2 outside; f64 disagrees about 0' out
point $? "a chain that is not the truth's is not certified"
colaref enumerate tiny-4 register-4 --depth 1 --limit 40 -q -o near &&
    colaref search tiny-4 register-4 --limit 40 --simulations 50 -q --no-random -o far \
        >/dev/null
yard far near
grep -q '^ *search  *40  75% \[60-86\]  *1 ' out &&
    grep -q '^Certified 27 of 40 .*: 10 worse, 3 outside; ' out
point $? "neither is one as short that the truth does not have"
int8='--ids register-0039 --backend int8 -q'
colaref enumerate tiny register $int8 --depth 0 -o rough &&
    colaref search tiny register $int8 --simulations 0 -o roughly >/dev/null &&
    colaref verify roughly --truth rough --yardstick tiny register >out
grep -q '^Certified 0 of 1 .* f64 disagrees about 1' out &&
    grep -q '^  register-0039 0-11: correct "02"; by f64 wrong "09"' out
point $? "int8 is right where f64 is wrong: not certified"
answer=$(sed -n '2s/.*"correct":true,"answer":"\([0-9]*\)".*/\1/p' found)
sed "2s/\"$answer\"/\"xyz\"/g" found >lies
sed "2s/\"$answer\"/\"xyz\"/g" whole >lying
yard lies lying
status_of=$?
test $status_of = 0 && grep -q 'f64 disagrees about 1' out &&
    grep -q "^  register-4-0000 .*: correct \"xyz\"; by f64 correct \"$answer\"\$" out
point $? "an answer that f64 does not give is named, and not certified"
colaref verify lies --truth lying --yardstick tiny-4 register-4 --json >json
grep -q "\"disagree\":1}.*\"f64\":{\"correct\":true,\"answer\":\"$answer\"}" json
point $? "in JSON too"
colaref verify few-task --truth task --yardstick tiny-4 register-4 --limit 22 >out &&
    grep -q '^Certified [01] of 1 robust .* f64 disagrees about 0' out
point $? "what a sample is, and who is held out, is the header's"
refused "questions that were not searched are refused" 'other prompts here' \
    verify few-task --truth task --yardstick tiny-4 register-4 --limit 20
refused "another model is refused" 'not the model' \
    verify found --truth whole --yardstick tiny register-4
refused "another task is refused" 'not the task' \
    verify found --truth whole --yardstick tiny-4 register
refused "a synthetic judge has no yardstick" 'no model' \
    verify search --truth truth --yardstick tiny-4 register-4
sed 's/C}/{"text":["3","4"],"label":["A","B"]}}/' >choices.jsonl <<'END'
{"id":"a","prompt":"1:2+","answer":"x","answerKey":"A","choices":C}
{"id":"b","prompt":"2:2+","answer":"x","answerKey":"B","choices":C}
END
colaref enumerate tiny-4 choices.jsonl --grade choice --depth 1 -q -o ctruth &&
    colaref search tiny-4 choices.jsonl --grade choice -q --simulations 9 -o csearch \
        >/dev/null &&
    colaref verify csearch --truth ctruth --yardstick tiny-4 choices.jsonl >out &&
    grep -q '^Certified [0-2] of 2 .* f64 disagrees about 0' out
point $? "the grader is the header's"
for line in '--yardstick' '--yardstick tiny-4' '--limit 3' 'tiny-4 register-4'; do
    colaref verify found --truth whole $line >out 2>err
    test $? -eq 2 || break
done
test "$line" = 'tiny-4 register-4' && test ! -s out
point $? "MODEL TASK and --yardstick go together"

echo "1..$points"
exit $status
