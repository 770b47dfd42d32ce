#!/bin/sh
# check.sh - subjects right and wrong, and what "colaref check" says of them
#
# The vectors are made here, of tiny-4; tests/subjects/stub is a subject whose
# mistakes are known, tests/subjects/*.sh are some that must not pass at all.

. "${COLA_SRCDIR:?run me by tests/tap-run}/tests/points.sh"
stub="$EMULATOR $COLA_BUILDDIR/tests/subjects/stub"
subjects=$COLA_SRCDIR/tests/subjects
export EMULATOR COLAREF

# check ARGUMENT...: of the vectors made here
check() {
    $EMULATOR "$COLAREF" check vectors "$@" >out 2>err </dev/null
    got=$?
}

# ended STATUS NAME [PATTERN [FILE]]: so it ended, and FILE (out) has PATTERN
ended() {
    want=$1 name=$2
    test "$got" -eq "$want" && { test $# -lt 3 || grep -q -- "$3" "${4-out}"; } &&
        tail -n 1 out | grep -q '^end cases [0-9]* fail [0-9]*$' &&
        { test "$want" -eq 0 || test "$(wc -l <err)" -eq 1; }
    point $? "$name"
}

mkdir vectors files
$stub vectors "$COLAREF_DATA/tiny-4" tiny-4 >vectors/t.jsonl
test $? -eq 0 && test "$(wc -l <vectors/t.jsonl)" -eq 15
point $? "vectors are made"

### those that are right

check
ended 0 "we pass" '^end cases 30 fail 0$'
cp out right
check --subject "$COLAREF subject"
ended 0 "as a subject we pass" '^sum logits pass 20 near 0 fail 0 unsupported 0$'
cmp -s out right
point $? "by the same report"
check --backend f64
ended 0 "the definition passes"
check --backend int8
ended 0 "int8 passes, where vectors know of it" '^end cases 27 fail 0$'
check --subject "cd / && $COLAREF subject"
ended 0 "from wherever we are" '^sum layer pass 2 '
check --subject "$stub exact reverse"
ended 0 "answers may come in another order"
check --subject "$stub exact large reverse" --timeout 60
ended 0 "answers of a megabyte, several at a time"
check --subject "$stub exact values"
ended 0 "tensors may be numbers"
check --subject "$stub exact file=$TMPDIR/files"
ended 0 "tensors may be in files"
check --subject "trap '' TERM; $stub exact; sleep 100" --id t/log/few --timeout 1
ended 0 "who does not end is killed, and passes"
check --subject "$stub exact op=log"
ended 0 "what is unsupported is counted" \
    '^sum logits pass 0 near 0 fail 0 unsupported 20$'
check --subject "$stub exact ops=log"
ended 0 "what is not declared is not asked" \
    '^sum logits pass 0 near 0 fail 0 unsupported 20$'
check --subject "$stub exact zeros claim=none ops=generate"
ended 0 "and cannot fail"

### those that must not pass

check --subject "sh $subjects/zeros.sh"
ended 1 "zeros fail"
check --subject "$stub exact zeros claim=none"
ended 1 "zeros of the right shape fail" '^FAIL t/logits/identity ratio error '
check --subject "$stub exact nan claim=none"
ended 1 "what is no number fails" 'ratio error nan ratio nan first items\[0\]\[0\]'
check --subject "$stub f64 nan values claim=none"
ended 1 "and so it does as text" 'first items\[0\]\[0\]'
check --subject "sh $subjects/exits.sh"
ended 99 "who ends at once compares nothing" 'ended with status 3 after 0 answers' err
check --subject "kill -9 \$\$"
ended 99 "nor who is killed" 'killed by signal 9' err
check --subject "no-such-program-$$" 2>/dev/null
test $got -eq 99 && grep -q 'ended with status 127' err
point $? "nor who is not there"
start=$(date +%s)
check --subject "echo \$\$ >pid; sh $subjects/sleeps.sh" --timeout 1
ended 99 "nor who sleeps" 'not answered for 1 s' err
test $(($(date +%s) - start)) -lt 20
point $? "and that within the time allowed"
! kill -0 "$(cat pid)" 2>/dev/null
point $? "and it is gone"
rm -f pid
$EMULATOR "$COLAREF" check vectors --subject 'echo $$ >pid; exec sleep 1000' >/dev/null 2>&1 &
us=$!
for i in 1 2 3 4 5 6 7 8 9 10; do
    test -s pid || sleep 1
done
kill -TERM $us
wait $us 2>/dev/null
test $? -gt 128 && ! kill -0 "$(cat pid)" 2>/dev/null
point $? "nor does it outlive us"
check --subject "sh $subjects/half.sh"
ended 99 "half the answers are none" 'after 12 answers' err
check --subject "$stub exact zeros claim=none quit=12"
ended 99 "and failures are shown all the same" '^FAIL t/logits/identity ratio '
check --subject "sh $subjects/unsupported.sh"
ended 77 "everything is unsupported" '^UNSUPPORTED t/logits/identity@left$'
check --subject "sh $subjects/garbage.sh"
ended 99 "garbage" 'not JSON: "loading the model' err
check --subject "echo '[1]'; sleep 9"
ended 99 "no object" 'without "id"' err
check --subject "echo '{\"id\":7}'; sleep 9"
ended 99 "an id that nobody asked for" 'request 7, which is not open' err
check --subject "$COLAREF subject | while read -r a; do printf '%s\n%s\n' \"\$a\" \"\$a\"; done"
ended 99 "the same answer twice" 'not open' err
check --subject "$COLAREF subject; echo goodbye" --id t/log/few
ended 99 "more than was asked for" 'goodbye' err
check --subject "$COLAREF subject | tr -d '\\n'" --timeout 1
ended 99 "answers without end"
check --subject "printf '{\"id\":1'"
ended 99 "an answer cut short" 'in the middle of a line' err
check --subject "$stub exact claim=better"
ended 1 "a claim that is none" '^FAIL hello exact '
check --subject "$stub exact type=f8"
ended 1 "a type that is none" '^FAIL hello exact '

### the rules

check --subject "$stub f64 claim=none type=bf16 round=bf16 scale=3.9"
ended 0 "3.9 deviations pass" '^sum logits pass 20 near 0'
check --subject "$stub f64 claim=none type=bf16 round=bf16 scale=4.1"
ended 0 "4.1 are near" '^NEAR t/logits/repeat@left 4.1$'
check --subject "$stub f64 claim=none type=bf16 round=bf16 scale=15.9"
ended 0 "15.9 are near" '^sum logits pass 0 near 20'
check --subject "$stub f64 claim=none type=bf16 round=bf16 scale=16.1"
ended 1 "16.1 fail" '^FAIL t/logits/identity ratio error .* ratio 16.1 first items\[0\]'
check --subject "$stub f64 claim=none type=f16 round=bf16 scale=3.9"
ended 1 "the declared type counts" '^FAIL t/logits/identity '
check --subject "$stub f64 claim=none type=f16 cache=bf16 round=bf16 scale=3.9"
ended 0 "the coarsest of them"
check --subject "$stub f64 claim=exact"
ended 1 "who claims bits is held to them" '^FAIL t/logits/identity exact '
check --subject "$stub exact token=1 claim=none"
ended 1 "decided tokens must agree" '^FAIL t/generate/decided verdict ids\[1\] is 3, not 2'
grep -q '^FAIL t/generate/open' out
test $? -ne 0
point $? "others need not"
check --subject "$stub exact token=0 claim=none"
ended 1 "nor after them, but before" '^FAIL t/generate/open verdict ids\[0\]'
check --subject "$stub exact token=1"
ended 1 "unless bits are claimed" '^FAIL t/generate/open exact ids\[1\]'
check --subject "$stub exact company"
ended 1 "a neighbour that leaks" \
    '^FAIL t/logits/identity@right exact error 1 first items\[0\]\[7\].*; flags identity padding-right$'
grep -q '^  by itself it is right$' out
point $? "and that it does not by itself"

check --subject "$stub exact pad=left"
ended 1 "padding that leaks" '^FAIL t/logits/repeat@left\|^FAIL t/logits/identity@left'
test "$(grep -c ^FAIL out)" -eq 1
point $? "and only where there is some"
check --subject "$stub exact extra"
ended 1 "more answers than items" '^FAIL t/logits/identity@batch ratio items has 5 el'

check --id t/log/few --subject "$COLAREF subject | while read -r a; do
    printf '%s\n' \"\$a\" | sed 's/\"bits\":\[[^]]*/&,\"0\"/'; done"
ended 1 "more than there is" '^FAIL t/log/few exact bits has 4 elements, not 3; flags$'

check --id t/generate/decided --subject "$stub exact claim=none | while read -r a; do
    printf '%s\n' \"\$a\" | sed 's/\"ids\":\[[^]]*/&,5/'; done"
ended 1 "and more tokens" '^FAIL t/generate/decided verdict ids has 3 elements, not 2;'
check --id t/logits/identity --subject "$stub exact file=files"
ended 1 "a file by a path that is not absolute" 'no absolute path; flags identity$'

### where

# located NAME LINE...: exactly these lines follow the failure
located() {
    name=$1
    shift
    grep '^  ' out >lines
    for line; do
        printf '  %s\n' "$line"
    done | cmp -s - lines
    point $? "located: $name"
}
check --subject "$stub exact hidden=2 layer=k_rope" --id t/logits/repeat
located "a tap, to the bit" 'first wrong position: 1 (layer 1)' \
    'first wrong tap: k_rope (token 1, channel 5)'
check --subject "$stub f64 claim=none hidden=2 layer=act" --id t/hidden/repeat
located "a tap, by ratio" 'first wrong position: 1 (layer 1)' \
    'first wrong tap: act (token 1, channel 5)'
check --subject "$stub f64 claim=none hidden=4 trace=scores" --id t/logits/repeat
located "a layer right by itself" 'first wrong position: 3 (layer 2)' \
    'layer 2 by itself is right: what reaches it (keys, values, the position) is not' \
    'first wrong tap in place: scores (token 1, head 1, key 1)'
check --subject "$stub exact hidden=3 layer=k_rope seen=407e9c2c" --id t/hidden/repeat
located "given the stream that should enter" 'first wrong position: 2 (layer 1)' \
    'first wrong tap: k_rope (token 1, channel 5)'
check --subject "$stub exact layer=scores" --id t/layer/later
located "a layer's tap" 'first wrong tap: scores (token 1, head 3, key 1)'
check --subject "$stub exact hidden=1 op=logits" --id t/logits/repeat
located "not without hidden" 'hidden is unsupported: not located'
check --subject "$stub exact token=1" --id t/generate/decided
located "decoding" 'every position is right: decoding is not'
check --subject "$stub exact token=1 hidden=2 layer=q tokens=8" --id t/generate/decided
located "at the token that is wrong" 'first wrong position: 1 (layer 1)' \
    'first wrong tap: q (token 1, channel 5)'
check --subject "$stub exact kv=shared-append" --id t/logits/repeat
located "keys and values appended by layer" 'first wrong position: 2 (layer 1)' \
    'layer 1 by itself is right: what reaches it (keys, values, the position) is not' \
    'first wrong tap in place: scores (token 0, head 0, key 0)' \
    'matches --kv shared-append'
check --subject "$stub exact kv=shared-overwrite claim=none" --flag chunks
located "keys and values overwritten" 'matches --kv shared-overwrite' \
    'matches --kv shared-overwrite'

### what pipes hold

mkdir much
awk 'BEGIN {
    print "{\"format\":\"colaref-vectors\",\"version\":1,\"arithmetic\":1," \
        "\"model\":null,\"cases\":9}"
    for (i = 1; i <= 9; i++) {
        printf "{\"id\":\"m/%d\",\"op\":\"log\",\"rule\":\"exact\",\"flags\":[]," \
            "\"request\":{\"numbers\":[2", i
        for (j = 1; j < 40000; j++)
            printf ",2"
        printf "]},\"expect\":{\"bits\":[\"3fe62e42fefa39ef\""
        for (j = 1; j < 40000; j++)
            printf ",\"3fe62e42fefa39ef\""
        print "]}}"
    }
    print "{\"type\":\"end\",\"cases\":9}"
}' >much/m.jsonl
$EMULATOR "$COLAREF" check much --subject "$COLAREF subject" --timeout 60 >out 2>err
test $? -eq 0 && grep -q '^end cases 9 fail 0$' out
point $? "requests and answers larger than a pipe, several at a time"

### which cases

check --list --flag chunks
test $got -eq 0 && test "$(wc -l <out)" -eq 5 &&
    grep -q '^t/logits/repeat@chunks-2 logits ratio repeat kv chunks$' out
point $? "cases are listed by flag"
check --list --flag order
test "$(sed 's/@.*//; s/.*\///' out | tr '\n' ' ')" = 'identity two repeat '
point $? "in company of another order too"
check --id t/logits/repeat@left
ended 0 "one case alone, in its company" '^end cases 1 fail 0$'
for wrong in '--id nobody' '--flag nothing' '--timeout 0' '--timeout soon'; do
    check $wrong
    test $got -eq 3 && test ! -s out && test "$(wc -l <err)" -eq 1
    point $? "refused: $wrong"
done
check --backend f64 --subject true
test $got -eq 2
point $? "refused: a backend of somebody else"

### other vectors

# refused STATUS NAME PATTERN SCRIPT: vectors changed by sed
refused() {
    mkdir wrong
    cp vectors/*.safetensors wrong
    sed "$4" vectors/t.jsonl >wrong/t.jsonl
    $EMULATOR "$COLAREF" check wrong >out 2>err </dev/null
    got=$?
    test $got -eq "$1" && grep -q -- "$3" err && test "$(wc -l <err)" -eq 1 && test ! -s out
    point $? "vectors refused: $2"
    rm -rf wrong
}
refused 3 "another format" 'line 1: not a file of vectors' '1s/colaref-vectors/x/'
refused 3 "another version" 'line 1: "version" is 2' '1s/"version":1/"version":2/'
refused 3 "another model" 'line 1: made with another model "tiny-4"' \
    '1s/"digest":"..../"digest":"0000/'
refused 3 "not JSON" 'line 4: not JSON' '4s/$/}/'
refused 3 "no operation" 'line 3: no operation "logit"' '3s/"op":"logits"/"op":"logit"/'
refused 3 "no rule" 'line 3: no rule' '3s/"rule":"ratio"/"rule":"about"/'
refused 3 "no truth" 'line 3: the rule "ratio" needs' '3s/"truth"/"true"/'
refused 3 "an id twice" 'two cases have the id' '3s/repeat/identity/'
refused 3 "no end" 'line 14: no end record' '$d'
refused 3 "after the end" 'line 16: after the end' '${p;s/"end"/"x"/;}'
refused 99 "a case is missing" 'declares 13 cases, holds 12' 5d
refused 99 "the end says another number" 'different numbers' '$s/13/14/'
refused 3 "a truth that is no tensor" 'case t/logits/identity: items\[0\]: a shape' \
    '2s/"exact":{"items":\[{"shape"/"exact":{"items":[{"form"/'
mkdir wrong
head -c 3000 vectors/t.jsonl >wrong/t.jsonl
$EMULATOR "$COLAREF" check wrong >out 2>err
test $? -eq 3 && grep -q 'line 2: cut short' err
point $? "vectors refused: torn"
rm wrong/t.jsonl
$EMULATOR "$COLAREF" check wrong >out 2>err
test $? -eq 3 && grep -q 'no vectors' err
point $? "vectors refused: none"
cp vectors/*.safetensors wrong
sed '1s/"tiny-4"/"gone"/' vectors/t.jsonl >wrong/t.jsonl
$EMULATOR "$COLAREF" check wrong >out 2>err
test $? -eq 0 && grep -q '^SKIP 10 cases: no model "gone"$' out &&
    grep -q '^end cases 3 fail 0$' out
point $? "without its model a case is skipped, and that is said"
$EMULATOR "$COLAREF" check wrong --flag kv >out 2>err
test $? -eq 99 && grep -q 'nothing was compared' err
point $? "and nothing but skipped is nothing"
$EMULATOR "$COLAREF" check wrong --model "$COLAREF_DATA/tiny-4" >out 2>err
test $? -eq 0 && cmp -s out right
point $? "unless its path is given"

echo "1..$points"
exit $status
