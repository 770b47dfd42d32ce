#!/bin/sh
# subjects.sh - the implementations of others that are shipped, held against the vectors
#
# again.py reaches every bit, and mistakes made in a copy of it are found.
# transformers_subject.py is run with stand-ins for torch and transformers: what it
# says is tested, and that keys and values belong to the position; not what it computes.

. "${COLA_SRCDIR:?run me by tests/tap-run}/tests/points.sh"
subjects=$COLA_SRCDIR/tests/subjects
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP

# python MODULE: of the Pythons there are, the first that has it
python() {
    for candidate in "${PYTHON-python3}" /usr/bin/python3 /usr/local/bin/python3; do
        if "$candidate" -c "import sys, $1; sys.exit(sys.version_info < (3, 6))" \
            >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
}

# check ARGUMENT...
check() {
    $EMULATOR "$COLAREF" check "$@" >out 2>err </dev/null
    got=$?
}

### in numpy

# whole NAME CASES [OPTION]: everything passes, and that is at least so many cases
whole() {
    check --subject "$numpy $subjects/again.py $3"
    cases=$(sed -n 's/^end cases \([0-9]*\) fail 0$/\1/p' out)
    test $got -eq 0 && test "${cases:-0}" -ge "$2" && ! grep -q '^NEAR' out &&
        test "$(grep '^sum' out | grep -v ' unsupported 0$' | cut -d ' ' -f 2)" = search
    point $? "$1"
}

# wrong NAME PATTERN SCRIPT ARGUMENT...: a copy with a mistake, which is seen
wrong() {
    name=$1 pattern=$2 script=$3
    shift 3
    rm -rf copy
    mkdir copy
    for file in again.py again_model.py; do
        sed "$script" "$subjects/$file" >copy/$file
    done
    ! { cmp -s copy/again.py "$subjects/again.py" &&
        cmp -s copy/again_model.py "$subjects/again_model.py"; }
    changed=$?
    check --subject "$numpy copy/again.py $option" "$@"
    test $changed -eq 0 && test $got -eq 1 && grep -q '^FAIL ' out &&
        ! grep -q "subject's error" out && grep -q -- "$pattern" out
    point $? "$name"
}

numpy=$(python numpy)
if test -z "$numpy"; then
    skip "a second implementation" "no python3 with numpy"
else
    whole "exact, every bit" 500
    whole "int8, every bit" 500 --int8
    check --subject "$numpy $subjects/again.py --f64" --flag identity
    test $got -eq 0 && grep -q '^end cases [1-9][0-9]* fail 0$' out
    point $? "the definition, every bit"

    option=
    identity='--id corner/logits/identity'
    wrong "blocks of 128" 'first wrong tap: down ' 's/BLOCK = 256/BLOCK = 128/' $identity
    wrong "8 lanes" 'first wrong tap: norm[12] ' 's/LANES = 16/LANES = 8/' $identity
    wrong "ties to the highest id" '^FAIL corner/generate/tie exact ids' \
        's/int(np.argmax(logits))/len(logits) - 1 - int(np.argmax(logits[::-1]))/' \
        --flag tie
    wrong "rope counts from 1" 'first wrong tap: q_rope ' \
        's/self.theta, first, tokens)/self.theta, first + 1, tokens)/' $identity
    wrong "scores times a half more" 'first wrong tap: scores ' \
        's/return dot \* (F32(1) /return dot * (F32(1.5) /' $identity
    wrong "heads share in another order" 'first wrong tap: attention ' \
        's/v = np.repeat(v, \(heads.*\), axis=1)/v = np.tile(v, (1, \1, 1))/' $identity
    wrong "exp of float32" 'first wrong tap: attention ' \
        's/exp((score - largest).astype(F64))/np.exp(score - largest)/' $identity
    wrong "the head reads the stream" 'the final norm or the head is not' \
        's/m.parts.norm(last, m.last_norm, m.eps)/last/' $identity
    wrong "keys and values by layer" 'by itself is right' \
        's/self.kept\[p\], (taps/self.kept[i], (taps/' --id corner/logits/repeat-one
    option=--int8
    wrong "int8 rounds ties away" 'first wrong tap: ' \
        's/np.rint(v)/np.trunc(v + np.copysign(F32(0.5), v))/' $identity
    option=
    wrong "a chain's range without its end" '^FAIL plain/chain/range exact chain' \
        's/range(first, last + 1)/range(first, last)/' --flag chain-text
    wrong "a logarithm low" '^FAIL plain/log/small exact bits' \
        's/\.ln())/.ln()) * (1 - 2.0 ** -52)/' --flag log
fi

### in the place of transformers

# bits FILE ID [N]: of its N-th tensor (the first)
bits() {
    sed -n "s/^{\"id\": $2, //p" "$1" | tr '{' '\n' |
        sed -n 's/.*"bits": "\([0-9a-f]*\)".*/\1/p' | sed -n "${3-1}p"
}

# same NAME ID N ID N: two tensors are one
same() {
    one=$(bits out "$2" "$3")
    test -n "$one" && test "$one" = "$(bits out "$4" "$5")"
    point $? "$1"
}

# says NAME LINE: an answer, whole
says() {
    grep -qx -- "$2" out
    point $? "$1"
}

python=$(python json)
if test -z "$python"; then
    skip "a subject for transformers" "no python3"
else
    model='"model":"'$COLAREF_DATA/tiny-4'"'
    item='{"chain":[0,1,1,2],"tokens":[3,4,5]}'
    other='{"chain":[0,1,1,2],"tokens":[9,8,7,6,5]},{"chain":[3],"tokens":[2,2]}'
    cat >requests <<EOF
{"id":1,"op":"hello","protocol":1}
{"id":2,"op":"logits",$model,"items":[$item]}
{"id":3,"op":"logits",$model,"items":[${item%?},"chunks":[1,1,1]}]}
{"id":4,"op":"logits",$model,"items":[${item%?},"chunks":[2]}]}
{"id":5,"op":"logits",$model,"pad":"left","items":[$other,$item]}
{"id":6,"op":"logits",$model,"pad":"right","items":[$item,$other]}
{"id":7,"op":"logits",$model,"items":[$other]}
{"id":8,"op":"hidden",$model,"chain":[0,1,1],"tokens":[3,4,5]}
{"id":9,"op":"hidden",$model,"chain":[0,1],"tokens":[3,4,5]}
{"id":10,"op":"generate",$model,"chain":[0],"tokens":[3,4],"max_tokens":3,"stop":[]}
{"id":11,"op":"generate",$model,"chain":[0],"tokens":[3,4],"max_tokens":3,"stop":[128]}
{"id":12,"op":"tokenize",$model,"text":"12"}
{"id":13,"op":"detokenize",$model,"ids":[4,5]}
{"id":14,"op":"trace",$model,"chain":[0],"tokens":[3],"position":0}
{"id":15,"op":"nobody knows"}
{"id":16,"op":"logits",$model,"items":[{"chain":[4],"tokens":[3]}]}
{"id":17,"op":"logits",$model,"items":[{"chain":[0],"tokens":[]}]}
{"id":18,"op":"logits","model":"nowhere","items":[$item]}
{"id":19,"op":"logits",$model,"items":[{"chain":[],"tokens":[3,4,5]}]}
{"id":20,"op":"logits",$model,"items":[{"chain":[0],"tokens":[129]}]}
EOF
    PYTHONPATH=$subjects/standin
    export PYTHONPATH
    "$python" "$subjects/transformers_subject.py" --dtype bf16 <requests >out 2>err
    test $? -eq 0 && test "$(sed 's/^{"id": \([0-9]*\).*/\1/' out | tr '\n' ' ')" = \
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 "
    point $? "every request has its answer, and nothing else is printed"
    grep -q 'a library that talks' err
    point $? "what a library prints goes to standard error"
    says "hello" '{"id": 1, "protocol": 1, .*"arithmetic": null, "ops": \["logits", .*'
    says "the type that was asked for" \
        '.*"weights": "bf16", "activations": "bf16", "accumulators": "f32", .*'
    same "token by token" 2 1 3 1
    same "in portions" 2 1 4 1
    same "padded left, amid others" 2 1 5 3
    same "padded right, amid others" 2 1 6 1
    same "the longest of a batch" 5 1 7 1
    same "another chain of a batch" 6 3 7 2
    test "$(bits out 2)" != "$(bits out 7 1)" && test "$(bits out 2)" != "$(bits out 19)"
    point $? "and they are not all one"
    test "$(bits out 9)" = "$(bits out 8 | cut -c 1-144)"
    point $? "the stream after each position"
    says "greedy" '{"id": 10, "ids": \[128, [0-9]*, [0-9]*\]}'
    says "up to an end token" '{"id": 11, "ids": \[128\]}'
    says "tokens" '{"id": 12, "ids": \[4, 5\]}'
    says "text" '{"id": 13, "text": "12"}'
    says "trace is unsupported" '{"id": 14, "unsupported": true}'
    says "and what is not known" '{"id": 15, "unsupported": true}'
    says "a layer that is not there" '{"id": 16, "error": ".*"}'
    says "no tokens" '{"id": 17, "error": ".*"}'
    says "no model" '{"id": 18, "error": ".*"}'
    says "a token that is not there" '{"id": 20, "error": ".*"}'

    sed '/layer_idx = position/d' "$subjects/transformers_subject.py" >changed.py
    "$python" changed.py <requests >out 2>err
    test -n "$(bits out 2)" && test "$(bits out 2)" != "$(bits out 3)"
    point $? "keys and values by layer would be seen"

    check --subject "$python $subjects/transformers_subject.py" --flag identity
    test $got -eq 1 && grep -q '^FAIL tiny-4/logits/identity@left ratio error ' out &&
        grep -q '^end cases \([0-9]*\) fail \1$' out
    point $? "colaref check understands it, and is not deceived by a stand-in"
    "$python" "$subjects/transformers_subject.py" --dtype f8 >out 2>err </dev/null
    test $? -ne 0 && test ! -s out && grep -q '^usage' err
    point $? "a type that is none"
fi

echo "1..$points"
exit $status
