#!/bin/sh
# yardstick.sh - f64 rounded, and how far the others are from it, by the program
#
# Every logit that --round prints is a number of that type; a whole measurement
# is the same at any number of threads, and says no where it must: with a mutant
# whose logits are wrong.

. "${COLA_SRCDIR:?run me by tests/tap-run}/tests/points.sh"

### --round

# The logits of FILE, a line each, that have more than BITS significant bits.
too_fine() {        # too_fine BITS FILE
    sed 's/.*"logits":\[\([^]]*\)\].*/\1/' "$2" | tr , '\012' | ${AWK-awk} -v bits="$1" '
        { n++; x = $1 < 0 ? -$1 : $1 + 0 }
        x == 0 { next }
        {
            while (x < 2 ^ (bits - 1)) x *= 2
            while (x >= 2 ^ bits) x /= 2
            bad += x != int(x)
        }
        END { print n < 2 ? "none" : bad + 0 }'
}

logits="logits tiny-4 --tokens 1,66,15,9,14 -c 0-2,1-3"
colaref $logits --backend f64 >f64
test "$(too_fine 24 f64)" -gt 100
point $? "the logits of f64 need more than 24 bits"
for type in f32:24 bf16:8 f16:11; do
    colaref $logits --backend f64 --round ${type%:*} >rounded
    test "$(too_fine ${type#*:} rounded)" = 0 &&
        test "$(too_fine $((${type#*:} - 1)) rounded)" -gt 10
    point $? "those rounded to ${type%:*} have ${type#*:} bits"
done
colaref $logits --backend f64 --round f64 >same && cmp -s f64 same
point $? "rounding to f64 is none"
for command in "eval tiny-4 register-4 --limit 5" "run tiny-4 -p 12:3+"; do
    colaref $command -q --backend f64 --round bf16 >out && test -s out
    point $? "${command%% *} rounds too"
done
refused 3 "a type that is none is refused" '"f8"' $logits --backend f64 --round f8
for backend in exact int8; do
    refused 3 "$backend does not round" 'does not round to bf16' \
        $logits --backend $backend --round bf16
done

### check --yardstick

yardstick="check --yardstick tiny-4 register-4 -q --limit 2"
colaref $yardstick --backend exact --json >one
point $? "exact is as near as float32 can be"
grep -q '^{"chain":\[0,1,2,3\],"questions":2,' one &&
    grep -q '^{"chain":\[0,1,1,2,3\],"questions":2,' one &&
    grep -q '^{"chain":\[0,1,3\],"questions":2,' one && grep -q '^"all":{"questions":6,' one
point $? "the ordinary chain, its middle third twice, its middle layer left out"
colaref $yardstick --backend exact --json --threads 1 >two && cmp -s one two
point $? "threads change nothing"
colaref $yardstick -c 3,0 -c 0-3 -c '3,(0)x1' --round f16 --json >given
test "$(grep -c '^{"chain":' given)" = 2 && grep -q '^{"chain":\[3,0\],' given &&
    grep -q '"unit":"f16"' given
point $? "given chains come after the ordinary one, each once"
colaref $yardstick -c 0-3 --round f64 >table
grep -q '^chain 0-3 (4 layers): ' table && grep -q '^  int8 ' table &&
    ! grep -q '^  f64 to' table && grep -q '^  least margins: ' table
point $? "a table for people"
colaref $yardstick --grade choice --backend f64 --levels 3 --max-tokens 2 >out &&
    ! grep -q '^  exact' out && grep -q '^  f64 to bf16' out
point $? "the task's options are those of eval"
refused 2 "without a task it is malformed" 'MODEL TASK' check --yardstick tiny-4
refused 2 "options of the vectors are none of its" 'belong' $yardstick --flag x
refused 2 "and its are none of theirs" 'belong' check -c 0-3
refused 2 "a task without --yardstick is malformed" 'belong' check tiny-4 register-4
refused 3 "unknown backends are refused" '"none"' $yardstick --backend none
refused 3 "and unknown types" '"f8"' $yardstick --round f8
refused 3 "and chains that the model has not" 'layer 4' $yardstick -c 0-4

# A backend that is wrong.
mutant() {          # mutant NAME CHAIN
    COLA_MUTANT=$1 $EMULATOR "$COLA_BUILDDIR/tests/mutant-colaref" $yardstick \
        --backend exact --round f32 -c "$2" >out 2>err
    test $? -eq 1 && test -s out && grep -q 'exact is .* times as far' err
    point $? "$1 is too far from f64: status 1"
}
mutant rope-frequency 0-3
mutant kv-append 0-2,1-3
mutant scores-unscaled 0-3
COLA_MUTANT= $EMULATOR "$COLA_BUILDDIR/tests/mutant-colaref" $yardstick \
    --backend exact --round f32 -c 0-3 >out
point $? "and without a mistake it is not"

echo "1..$points"
exit $status
