#!/bin/sh
# vectors.sh - the conformance vectors: made again, and what is said of them
#
# data/vectors must come out of the program byte for byte; every flag must be
# explained in colaref-vectors(5), be used, and have a mutant that it kills.

. "${COLA_SRCDIR:?run me by tests/tap-run}/tests/points.sh"
shipped=$COLAREF_DATA/vectors

# refused STATUS NAME PATTERN ARGUMENT...: one line says why, nothing is written
refused() {
    want=$1 name=$2 pattern=$3
    shift 3
    ls -l made one >before
    colaref vectors "$@" >out 2>err
    test $? -eq "$want" && test ! -s out && grep -q -- "$pattern" err &&
        { test "$want" -eq 2 || test "$(wc -l <err)" -eq 1; } &&
        ls -l made one | cmp -s - before && test ! -e nowhere
    point $? "$name"
}

### made again

# emulated, the whole takes minutes: then one model will do
mkdir made
if test -n "$EMULATOR"; then
    colaref vectors -q --for corner made >out 2>err
else
    colaref vectors -q made >out 2>err
fi
test $? -eq 0 && test ! -s out && test ! -s err
point $? "vectors are made"
rm -f wrong
for file in made/*; do
    cmp "$file" "$shipped/${file#made/}" >>wrong 2>&1
done
test ! -s wrong
point $? "they are those of data/vectors to the byte"
if test -z "$EMULATOR"; then
    ls made >names
    ls "$shipped" | cmp - names >wrong 2>&1
    point $? "and there are no others"
fi

### what is refused

mkdir one
: >one/corner.jsonl
refused 3 "a file that exists is refused" 'one/corner.jsonl: exists already$' \
    -q --for corner one
test ! -s one/corner.jsonl
point $? "and stays as it is"
mv one/corner.jsonl one/corner.safetensors
refused 3 "and so are tensors" 'one/corner.safetensors: exists already$' \
    -q --for corner one
: >one/plain.jsonl
refused 3 "and what needs no model" 'one/plain.jsonl: exists already$' -q one
refused 3 "a directory that is not there is refused" 'nowhere: no such directory' \
    -q nowhere
refused 3 "so is a file in its place" 'out: no such directory' -q out
refused 2 "--task without --for is a malformed command line" '--task goes with --for' \
    --task register made
refused 2 "so is no directory" 'DIR' -q
refused 3 "a model that is not there is refused" 'nobody' -q --for nobody made
refused 3 "so is a task" 'nothing' -q --for tour --task nothing made

### of one's own checkpoint

own='my "own" tour'
mkdir "$own" own
cp "$COLAREF_DATA"/tour/* "$own"
long=0123456789012345678901234567890123456789012345678901234567890123456789
cat >own.jsonl <<END
{"id":"a \"b\" \\\\ c","prompt":"7","answer":"7","level":1}
{"id":"$long-1","prompt":"7","answer":"7","level":2}
{"id":"$long-2","prompt":"7","answer":"7","level":3}
END
colaref vectors -q --for "$own" --task own.jsonl own >out 2>err &&
    colaref check own --model "$own" >out 2>err && grep -q '^end cases [0-9]* fail 0$' out
point $? "vectors of a checkpoint and a task with unusual names pass"
test "$(grep -c '"op":"verdict"' "own/$own.jsonl")" -eq 7 &&
    grep -q "^{\"id\":\"my_\\\\\"own\\\\\"_tour/verdict/$long-2-identity\"," \
        "own/$own.jsonl" &&
    sed -n 1p "own/$own.jsonl" | grep -q '"name":"my \\"own\\" tour"'
point $? "and tell them apart"

### what is said of them

list() { sort -u | tr '\n' ' '; }
man=$COLA_SRCDIR/man
sed -n '/^\.Sh FLAGS/,/^\.Sh FILES/s/^\.It Cm //p' "$man/colaref-vectors.5" | tr -d ' ' |
    tr ',' '\n' | sort -u >documented
cat "$shipped"/*.jsonl | sed -n 's/^{"id".*"flags":\[\([^]]*\)\].*/\1/p' | tr -d '"' |
    tr ',' '\n' | sort -u >used
# company and padding come from every case of logits, when it is checked
(cat used; echo company; echo padding-left; echo padding-right) | sort -u >shown
test "$(wc -l <used)" -gt 30
point $? "flags are found"
comm -13 documented shown >wrong
test ! -s wrong
point $? "every flag that is used is documented"
comm -23 documented shown >wrong
test ! -s wrong
point $? "every flag that is documented is used"
sed -n 's/^flags //p' "$COLA_SRCDIR/tests/mutants/list" | tr ' ' '\n' | sort -u >hunted
comm -23 documented hunted >wrong
test ! -s wrong
point $? "every flag has a mutant"
comm -13 documented hunted >wrong
test ! -s wrong
point $? "and every mutant's flag is one"
cat "$shipped"/*.jsonl | sed -n 's/^{"id":[^,]*,"op":"\([a-z]*\)".*/\1/p' | list >asked
sed -n '/^\.Sh OPERATIONS/,/^\.Sh WHAT/s/^\.Ss //p' "$man/colaref-subject.7" |
    tr -d ' ' | tr ',' '\n' | grep -v '^hello$' | list | cmp - asked >wrong 2>&1
point $? "every operation is asked for"

echo "1..$points"
exit $status
