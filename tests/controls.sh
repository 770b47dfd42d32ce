#!/bin/sh
# controls.sh - what findings compare with, by the program
#
# The law: a search with its controls is the same file, byte for byte, as the
# search and then its controls, whatever the threads, the limit, the shard, and
# wherever a run was killed.  And the numbers: each control made again with
# other commands, a search or an evaluation of questions changed by hand.

. "${COLA_SRCDIR:?run me by tests/tap-run}/tests/points.sh"
awk=${AWK-awk}

# refused STATUS PATTERN ARGUMENT...: this status and complaint, no file "no"
refused() {
    want=$1 pattern=$2
    shift 2
    colaref "$@" >out 2>err
    test $? -eq "$want" && grep -q "$pattern" err && test ! -e no
    point $? "refused: $pattern"
}
search='search tiny-4 register-4 --levels 4-5 --simulations 25 -q'
records() { grep '"type":"sample"' "$@"; }

### the law

colaref $search --limit 12 -o plain >/dev/null &&
    colaref controls plain tiny-4 register-4 -q -o after &&
    colaref $search --limit 12 --controls all -o with >/dev/null && cmp after with
point $? "with the search or afterwards: the same file"
test -s with && test ! -e with.controls && test ! -e with.controls.pending
point $? "nothing is left beside it"
sed 's/"controls":\["decoy","kept","pass","siblings","fixed"\]/"controls":[]/
     s/,"controls":{.*}}$/}/' after >stripped
cmp plain stripped && test "$(grep -c '"controls":{' after)" -eq 12
point $? "the controls apart it is the search's"
colaref controls plain tiny-4 register-4 -q --threads 1 -o one &&
    colaref controls plain tiny-4 register-4 -q --threads 3 -o three &&
    cmp after one && cmp after three
point $? "threads change nothing"
colaref $search --limit 3 --controls all -o few >/dev/null
records few >a
records after | sed 3q >b
test -s a && cmp a b
point $? "the limit changes nothing: decoys are of the whole file"
colaref $search --limit 12 --shard 2/2 --controls all -o shard >/dev/null
records shard >a
records after | sed -n 'n;p' >b
test "$(records shard | wc -l)" -eq 6 && cmp a b
point $? "nor does the shard"

size=$(wc -c <after)
for cut in 100 $((size / 3)) $((size - 10)); do
    head -c $cut after >cut 2>/dev/null || dd if=after of=cut bs=1 count=$cut 2>/dev/null
    colaref controls plain tiny-4 register-4 -q --resume -o cut && cmp after cut
    point $? "killed after $cut bytes and resumed: the same file"
done
cp plain with
head -c $((size / 2)) after >with.controls 2>/dev/null ||
    dd if=after of=with.controls bs=1 count=$((size / 2)) 2>/dev/null
colaref $search --limit 12 --controls all --resume -o with >/dev/null && cmp after with &&
    test ! -e with.controls
point $? "a search killed among its controls is resumed"
colaref $search --limit 12 --controls all --resume -o with >out && cmp after with &&
    grep -q '^  all' out
point $? "a search with its controls is done, and shows its table"
colaref $search --limit 12 --controls pass --resume -o with >out 2>err
test $? -eq 3 && grep -q "another run's journal" err && cmp after with
point $? "one with others is another run"

colaref controls plain tiny-4 register-4 -q --controls fixed,pass -o some
sed 's/"decoy","kept",//; s/"siblings",//; s/"decoy":.*"pass"/"pass"/
     s/,"siblings":.*,"fixed"/,"fixed"/' after >want
cmp some want
point $? "those asked for are those recorded, in order"

### the numbers

# field NAME LINE: the number or text after "NAME": at its first place
field() { sed -n "s/.*\"controls\":{.*\"$1\":\\([^,}]*\\).*/\\1/p" "$2" | tr -d '"'; }
# member NAME FILE: that member of the controls, an object
member() { sed -n "s/.*\"controls\":{.*\"$1\":\\({[^}]*}\\).*/\\1/p" "$2"; }
# part NAME: of such an object, in standard input
part() {
    sed -e "s/.*\"$1\":\\(\\[[0-9,]*\\]\\).*/\\1/" -e t \
        -e "s/.*\"$1\":\\([^,}]*\\).*/\\1/" | tr -d '"'
}

records after | grep '"base":false' | grep '"decoy":{' >wrong
test "$(wc -l <wrong)" -ge 2 && grep -q '"decoy":{[^}]*"shortest":\[' wrong &&
    test "$(records after | grep -c '"decoy":null')" -gt 2 &&
    records after | grep '"base":true' >right && test -s right &&
    test "$(grep -vc '"decoy":null,"kept":null' right)" -eq 0
point $? "decoys are where the model is wrong and nowhere else"

# reference TEXT: the question read becomes one to which TEXT is right
reference() {
    if test $grade = exact; then
        sed "s/\"answer\": \"[0-9]*\"/\"answer\": \"$1\"/"
    else
        $awk -v text="$1" '{
            split(substr($0, index($0, "\"text\": [")), part, "\"")
            for (i = 0; i < 4; i++)
                if (part[4 + 2 * i] == text)
                    sub(/"answerKey": "."/, "\"answerKey\": \"" substr("ABCD", i + 1, 1) \
                        "\"")
            sub(/"answer": "[0-9]*", /, "")
            print
        }'
    fi
}

# aimed KIND: for each record of "wrong", the search again over a file in which
# another answer is right
aimed() {
    bad=0
    test -s wrong || bad=1
    while read -r record; do
        printf '%s\n' "$record" >one
        id=$(sed 's/.*"id":"\([^"]*\)".*/\1/' one)
        object=$(member "$1" one)
        grep "\"id\": \"$id\"" "$COLAREF_DATA/register-4.jsonl" |
            reference "$(echo "$object" | part answer)" >other.jsonl
        rm -f again
        colaref search tiny-4 other.jsonl --grade $grade --simulations $simulations \
            --threads 1 -q --no-random -o again >/dev/null || bad=1
        records again | sed 's/"shortest".*//' >judged
        right=$(grep -o '"correct":true' judged | wc -l)
        chains=$(grep -o '"correct":' judged | wc -l)
        shortest=$(records again | sed 's/.*"shortest":\([^a-z]*\),"class.*/\1/
                                       s/.*"shortest":null,"class.*/null/')
        test "$(echo "$object" | part right)" -eq $right || bad=1
        test "$(echo "$object" | part chains)" -eq $chains || bad=1
        test "$(echo "$object" | part shortest)" = "$shortest" || bad=1
        if test "$1" = decoy; then
            gold=$(sed 's/.*"decoy":{[^}]*"logprob":\([^,}]*\).*/\1/' one)
            sed 's/.*"evaluated":\[{[^}]*"gold_logprob":\([^,}]*\).*/\1/' judged >a
            test "$gold" = "$(cat a)" || bad=1
            sed 's/.*"decoy":{[^}]*"gold_logprob":\([^,}]*\).*/\1/' one >a
            sed 's/.*"evaluated":\[{[^}]*"gold_logprob":\([^,}]*\).*/\1/' one >b
            cmp a b || bad=1
        else
            records again | grep -q '"base":true' || bad=1
            want=false
            records again | grep -q '"class":"C->C"' && want=true
            test "$(echo "$object" | part shorter)" = $want || bad=1
        fi
    done <wrong
    return $bad
}
grade=exact simulations=25
aimed decoy
point $? "decoy: what a search of another file finds, by its own log-probability"
aimed kept
point $? "kept: what a search with the model's answer as gold finds"
grade=choice simulations=12
colaref search tiny-4 register-4 --grade choice --levels 3-5 --simulations 12 -q \
    --limit 40 --no-random --controls decoy,kept -o options >/dev/null
records options | grep '"base":false' >wrong
aimed decoy && test "$(wc -l <wrong)" -ge 2
point $? "decoy: the same where options are scored"
aimed kept
point $? "kept: the same where options are scored"

records after | while read -r record; do
    printf '%s\n' "$record" >one
    executed=$(sed 's/"shortest".*//' one | grep -o '"length":[0-9]*' |
               $awk -F: '{ n += $2 } END { print n }')
    test "$(field samples one)" -eq $((executed / 4)) || echo bad
    right=$(member pass one | part right)
    first=$(member pass one | part first)
    test "$right" -le $((executed / 4)) || echo bad
    test "$right" -gt 0 || test "$first" = null || echo bad
    test "$right" -eq 0 || test "$first" -ge 1 || echo bad
    echo seen >>seen
done >bad
test ! -s bad && test -s seen
point $? "pass: as many samples as the layers executed allow"

colaref enumerate tiny-4 register-4 --levels 4-5 --limit 12 --depth 1 -q -o near
grep '"type":"part"' near | sed 's/.*"correct":"\([^"]*\)".*/\1/' >a
records after | sed 's/.*"fixed":"\([^"]*\)".*/\1/' >b
cmp a b && test "$(sed 1q a | wc -c)" -gt 30
point $? "fixed: the enumeration of one edit"

# the chains selected with k siblings, on those after the third: a machine in awk
cat >siblings.awk <<'A'
{
    match($0, /"prompt": "[^"]*"/)
    prompt = substr($0, RSTART + 11, RLENGTH - 12)
    match($0, /"level": [0-9]*/)
    program = substr(prompt, 4)
    for (i = from; i <= to; i++) {
        start = v = (substr(prompt, 1, 2) + 37 * i) % 100
        for (p = 1; p < length(program); p += 2)
            v = substr(program, p + 1, 1) == "+" ? (substr(program, p, 1) + v) % 100 : \
                (substr(program, p, 1) - v + 100) % 100
        printf "{\"id\":\"s%d\",\"prompt\":\"%02d:%s\",\"answer\":\"%02d\"}\n", i, start,
            program, v
    }
}
A
records after | sed 4q | while read -r record; do
    printf '%s\n' "$record" >one
    id=$(sed 's/.*"id":"\([^"]*\)".*/\1/' one)
    question=$(grep "\"id\": \"$id\"" "$COLAREF_DATA/register-4.jsonl")
    printf '%s\n' "$question" | $awk -v from=4 -v to=7 -f siblings.awk >fresh.jsonl
    printf '%s\n' "$question" | $awk -v from=1 -v to=3 -f siblings.awk >known.jsonl
    sed 's/.*"select":\[\(.*\)\]},"fixed.*/\1/; s/},{/}\
{/g' one | grep -v '"chain":null' >selected
    while read -r selection; do
        chain=$(echo "$selection" | part chain | tr -d '[]')
        colaref eval tiny-4 fresh.jsonl -c "$chain" -c 0-3 --json -q --threads 1 >out
        set -- $(sed 's/.*"all":{"right":\([0-9]*\),"of":\([0-9]*\).*/\1 \2/' out)
        test "$(echo "$selection" | part right)" = "$1" || echo bad right
        test "$(echo "$selection" | part of)" = "$2" || echo bad of
        test "$(echo "$selection" | part base_right)" = "$3" || echo bad base
        k=$(echo "$selection" | part k)
        test "$k" -gt 1 || continue
        colaref eval tiny-4 known.jsonl --limit $((k - 1)) -c "$chain" --threads 1 \
            --json -q >out
        grep -q "\"all\":{\"right\":$((k - 1))," out || echo bad selection
        echo tested >>tested
    done <selected
done >bad
cat bad
test ! -s bad && test -s tested
point $? "siblings: the chains selected, on questions of a machine of our own"

### refused

refused 3 'another model' controls plain tiny register-4 -o no
refused 3 'another task' controls plain tiny-4 register -o no
refused 3 'controls already' controls after tiny-4 register-4 -o no

sed '$d' plain >torn
refused 3 'not finished' controls torn tiny-4 register-4 -o no
refused 3 'not the journal of a search' controls near tiny-4 register-4 -o no
refused 3 'no control is called "luck"' controls plain tiny-4 register-4 \
    --controls pass,luck -o no
refused 2 'FILE is needed' controls plain tiny-4 register-4
refused 3 'after: ' controls plain tiny-4 register-4 -o after
colaref search tiny-4 register-4 --levels 4 --limit 12 --per group --simulations 2 -q \
    -o groups >/dev/null
refused 3 'per group' controls groups tiny-4 register-4 -o no
colaref search --layers 4 --judge fnv:s7:20 --simulations 5 -q -o table >/dev/null
refused 3 'judged by "fnv:s7:20"' controls table tiny-4 register-4 -o no
sed 's/"controls":\[\],//' plain >older
refused 3 'another version' controls older tiny-4 register-4 -o no
sed 's/"prompt_sha256":"./"prompt_sha256":"x/' plain >another
refused 3 "tokens are" controls another tiny-4 register-4 -o no
sed 's/"id":"register-4-0003"/"id":"nobody"/' plain >stranger
refused 3 '"nobody" is no question' controls stranger tiny-4 register-4 -o no
refused 2 'about one question' $search --per group --controls all -o no
refused 2 'needs a journal' $search --controls all
refused 2 'asks a model' search --layers 4 --judge fnv:s7:20 --controls all -o no
refused 3 'no control is called' $search --controls luck -o no

echo "1..$points"
exit $status
