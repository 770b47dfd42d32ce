#!/bin/sh
# tasks.sh - formats, templates and draws, from the command line
#
# What is sent, what is said of it in journals, and who refuses what.

. "${COLA_SRCDIR:?run me by tests/tap-run}/tests/points.sh"

# colaref ARGUMENT...: its output in "out", its complaints in "err"
colaref() {
    $EMULATOR "$COLAREF" "$@" >out 2>err </dev/null
    got=$?
}

# refused STATUS TEXT ARGUMENT...: ends so, with this in its complaint
refused() {
    want=$1
    text=$2
    shift 2
    colaref "$@"
    test $got -eq "$want" && test ! -s out && grep -q -- "$text" err ||
        { echo "# status $got: colaref $*: $(cat err)"; bad=1; }
}

# ids: of the questions in "out", which is that of prompts --json
ids() {
    sed -n 's/^{"id":"\([^"]*\)".*/\1/p' out
}

### templates

colaref prompts
grep -q '^polar-dart  *math  *50  ' out && grep -q '^plain  *-  *16  ' out
point $? "prompts lists the templates"

bad=0
templates=$(sed 's/ .*//' out)
for name in $templates; do
    colaref prompts "$name"
    test $got -eq 0 && grep -q "^  \"name\": \"$name\"" out || bad=1
    cp out "$name.json"
    grep -v '"name"\|"summary"\|"source"' "$name.json" >a
    colaref prompts "@$name.json"
    grep -v '"name"\|"summary"\|"source"' out >b
    cmp -s a b || bad=1
done
test $bad -eq 0 && test "$(echo "$templates" | wc -l)" -ge 12
point $? "each is printed, and reads as it was printed"

colaref prompts register --limit 1 --for tiny --json
test "$(cat out)" = '{"id":"register-0000","level":1,"benchmark":"own",'\
'"template":"plain",'\
'"grade":"exact","max_tokens":16,"prompt":"66:2-6-","answer":"70","gold":"70",'\
'"primed":null,"stop":null,"options":["66","75","68","70"],"key":3,'\
'"prompt_ids":[1,95,15,5,14,9,14],"gold_ids":[99]}'
point $? "prompts shows what is sent, the begin token too"

cat >arc.jsonl <<'EOF'
{"id":"MCAS_1","question":{"stem":"Up?","choices":[{"text":"yes","label":"1"},{"text":"no","label":"2"}]},"answerKey":"2"}
EOF
cat >a <<'EOF'
MCAS_1  arc, arc-letter; letter, 4 tokens
  prompt  |Question: Up?
          |A. yes
          |B. no
          |Answer:|
  gold    | B|
  option  | A|
  option *| B|

EOF
colaref prompts arc.jsonl --template arc-letter
cmp -s out a
point $? "prompts shows it for people"

bad=0
refused 3 'no template is called "nobody"' prompts register --template nobody
refused 3 'no such task' prompts nobody
refused 3 'no format is called "csv"' prompts register --format csv
refused 3 '"question" is missing (read as arc)' prompts register --format arc
refused 3 'nowhere.json' prompts @nowhere.json
refused 2 'these options go with a task' prompts plain --limit 3
refused 2 'these options go with a task' prompts --for tiny
refused 2 '--seed goes with --sample' prompts register --seed 3
refused 2 '--seed goes with --sample' eval tiny register --seed 3
refused 2 '--seed goes with --sample' enumerate tiny register --depth 0 --seed 3 -o no
refused 3 'cannot draw 1001 of 1000' eval tiny register --sample 1001
refused 3 '--sample is "0"' eval tiny register --sample 0
refused 3 '--seed is "x"' eval tiny register --sample 1 --seed x
refused 3 'choice-char, choice-token, letter, letter-drllm, number or math' \
    eval tiny register --grade best
refused 2 'other options apply' search --judge fnv:a:100 --layers 4 --sample 3
refused 2 'other options apply' search --judge fnv:a:100 --layers 4 --template plain
refused 2 'other options apply' search --judge fnv:a:100 --layers 4 --format own
test $bad -eq 0
point $? "what cannot be is refused with its reason"

### what journals and judges make of it

colaref eval tiny register --levels 1 --limit 20
mv out a
colaref eval tiny register --levels 1 --limit 20 --template @plain.json
test $got -eq 0 && cmp -s out a && grep -q '20 of 20' a
point $? "a file that says the same is judged the same"

colaref search tiny register --limit 2 --simulations 4 --template @plain.json \
    -o file.jsonl
name=$(sed -n '1s/.*"benchmark":"own","template":"\(file:[0-9a-f]*\)".*/\1/p' file.jsonl)
test ${#name} -eq 17
point $? "journals name format and template"

colaref enumerate tiny register --limit 2 --depth 1 --template @plain.json -o truth.jsonl
colaref verify file.jsonl --truth truth.jsonl --yardstick tiny register \
    --template @plain.json
test $got -eq 0
point $? "a search and its truth with another template are compared"

colaref prompts register --sample 7 --seed 5 --json
ids >drawn
colaref search tiny register --sample 7 --seed 5 --simulations 2 --no-random -o s.jsonl
sed -n 's/^{"type":"sample","id":"\([^"]*\)".*/\1/p' s.jsonl >searched
sort drawn >sorted
colaref prompts register --sample 7 --json
ids >other
colaref prompts register --sample 7 --seed 42 --json
ids >same
test "$(wc -l <drawn)" -eq 7 && cmp -s drawn searched && cmp -s drawn sorted &&
    ! cmp -s drawn other && cmp -s other same
point $? "a draw is in order, by its seed, and the same for every command"

colaref prompts register --sample 200 --levels 2 --json
ids >a
colaref prompts register --levels 2 --json
ids >b
colaref prompts register --levels 2 --sample 30 --limit 4 --json
ids >c
colaref prompts register --levels 2 --sample 30 --json
ids | sed 4q >d
test "$(wc -l <a)" -eq 200 && cmp -s a b && cmp -s c d
point $? "all of all is all; levels choose before the draw, the limit after"

{
    for answer in 1 2 3; do
        for query in p q; do
            echo "{\"query_id\":\"$query\",\"query\":\"$query$answer\",\"gt_ans\":$answer}"
        done
    done
} >pool.jsonl
colaref prompts pool.jsonl --json
grep -q 'pool.jsonl: 4 rows that repeat a question are left out' err &&
    test "$(ids | tr '\n' ' ')" = 'p q ' && grep -q '"benchmark":"dart"' out &&
    grep -q '"prompt":"Solve the following.*\\np1\\n### Problem End\\nAnswer:"' out
point $? "rows that repeat a question are left out, and that is said"

colaref eval tiny register --ids register-0000,register-0001 --list
grep -q '^  register-0000  right  exact[a-z-]*  "70"$' out
point $? "eval lists answers with the rules that decided"
colaref eval tiny register --ids register-0000,register-0001 --list --json
grep -q '"answers":\[{"id":"register-0000","mark":"right","rule":"exact[a-z-]*",'\
'"answer":"70"},{"id":"register-0001",.*}\]}$' out
point $? "and as JSON"

# 70 is right of the first; no rule can compare it with the second
cat >boxed.jsonl <<'EOF'
{"problem":"66:2-6-","level":1,"answer":"\\frac{140}{2}"}
{"problem":"66:2-6-","level":2,"answer":"\\int_0^1 x"}
EOF
cat >boxed.json <<'EOF'
{"text":"{question}\\boxed{","primed":"\\boxed{","answer":"{answer}}"}
EOF
colaref eval tiny boxed.jsonl --template @boxed.json --json
grep -q '"1":{"right":1,"of":1,"undecided":0,.*"2":{"right":0,"of":1,"undecided":1,' out
point $? "undecided answers are counted apart"

### the manual

man=${COLA_SRCDIR:?}/man/colaref-task.5
sed -n 's/^\.It Cm \([a-z0-9-]*\) Ta \([a-z-]*\) Ta \([0-9]*\) Ta .*/\1 \2 \3/p' "$man" >a
colaref prompts
sed 's/^\([^ ]*\)  *\([^ ]*\)  *\([0-9]*\)  .*/\1 \2 \3/' out >b
sort a >c
sort b | cmp -s - c && test -s c
point $? "the manual's templates are those there are"

echo "1..$points"
exit $status
