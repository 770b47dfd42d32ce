#!/bin/sh
# exchange.sh - exports, published chains run again, journals compared
#
# The laws: what exchange_again.py, which knows only the descriptions, reads in an
# export is what the journal says; a journal exported and run again gives the same
# verdicts, all of them; a journal differs from itself nowhere.  And what must be
# seen: a verdict turned round, a path that is no chain, files of others in their
# many dresses, hostile ones.

. "${COLA_SRCDIR:?run me by tests/tap-run}/tests/points.sh"
again=$COLA_SRCDIR/tests/exchange_again.py
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP

python=
for candidate in "${PYTHON-python3}" /usr/bin/python3 /usr/local/bin/python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 6))' >/dev/null 2>&1
    then
        python=$candidate
        break
    fi
done

reads() {           # reads NAME ARGUMENT...: the other reader finds what it must
    name=$1
    shift
    if test -z "$python"; then
        skip "$name" "no python3"
    else
        "$python" "$again" "$@" >out 2>err
        point $? "$name"
    fi
}
ends() {            # ends STATUS PATTERN NAME ARGUMENT...: one line says why
    wanted=$1 pattern=$2 name=$3
    shift 3
    colaref "$@" >out 2>err
    test $? -eq "$wanted" && test "$(grep -c -- "$pattern" err)" -eq 1
    point $? "$name"
}

# ---- exports ------------------------------------------------------------------------

# Ids and groups with everything that JSON and CSV must quote; one has no level.
cat >task.jsonl <<'END'
{"id": "plain", "level": 1, "group": "a", "prompt": "66:2-6-", "answer": "70"}
{"id": "a,\"b\"\\c", "level": 2, "group": "new\nline", "prompt": "45:2+5-4+", "answer": "48"}
{"id": "é – ü", "level": 2, "prompt": "25:9-4-5+", "answer": "43"}
{"id": "none", "prompt": "16:4-5-3-", "answer": "28"}
{"id": "wrong", "level": 1, "prompt": "92:9+8+9-1+", "answer": "77"}
END
colaref search tiny task.jsonl --simulations 25 -q -o exact >/dev/null 2>err
test $? -eq 0 && test "$(grep -c '"type":"sample"' exact)" -eq 5
point $? "a journal to begin with"
# Answers that end in an even digit, and an ordinary chain, left undecided.
sed -e 's/"correct":false,\("answer":"[^"]*[02468]"\)/"correct":null,\1/g' \
    -e '4s/"correct":[a-z]*/"correct":null/' exact >open
grep -q '"correct":null' open
point $? "and one with undecided chains"
colaref search tiny register --limit 8 --simulations 30 --grade choice -q -o choice \
    >/dev/null 2>err
point $? "and one of choices"
register=$COLAREF_DATA/register.jsonl
for journal in exact open choice; do
    task=task.jsonl
    test $journal = choice && task=$register
    for only in '' parseable; do
        colaref export $journal --format polar --task $task --model-path some/model \
            ${only:+--parseable} -o $journal.root$only >out 2>note
        reads "polar${only:+, $only}: $journal as described" \
            polar $journal.root$only/some/model $journal $task $only
        colaref export $journal --format drllm --task $task ${only:+--parseable} \
            >$journal.dr$only 2>>note
        reads "drllm${only:+, $only}: $journal as described" \
            drllm $journal.dr$only $journal $task $only
    done
    colaref export $journal --format csv -o $journal.csv 2>err
    reads "csv: $journal as described" csv $journal.csv $journal
done
level=some/model/dart-math-diff-1/merged_mcts_samples.json
if test -n "$python"; then
    "$python" "$again" paths exact.rootparseable/$level >out 2>err &&
        grep -q '^[1-9][0-9]* paths parsed, 0 dropped' out
    point $? "PoLar's trainer drops none of --parseable"
fi
rm -rf again.root
colaref export open --format polar --task task.jsonl -o again.root 2>note >out
test "$(ls again.root)" = "model-$(sed -n '1s/.*"model":"\(.\{12\}\).*/\1/p' open)" &&
    test "$(ls again.root/*)" = "$(printf 'dart-math-diff-%s\n' 0 1 2)"
point $? "without --model-path the model's digest names it; a level a directory"
undecided=$(sed 's/"random":.*//' open | grep -o '"correct":null' | wc -l)
grep -q "1 samples without level" note && grep -q "trainer slices 2000" note &&
    grep -q " right chains are none that PoLar's parser reads" note &&
    grep -q "$((undecided)) undecided chains are neither" note
point $? "what the trainers do not see is said"
ends 3 'exists already' "a file that is there is not overwritten" \
    export open --format polar --task task.jsonl -o again.root
sed '$d' exact >short
colaref export short --format csv -o short.csv 2>err && grep -q 'not finished' err
point $? "a journal without its end is exported, and it is said"

ends 3 'its digest is another' "another task than the one searched" \
    export exact --format polar --task register -o no.root
ends 3 'not the journal of a search' "what is no journal" \
    export task.jsonl --format csv
colaref enumerate tiny task.jsonl --depth 1 -q -o truth 2>err
ends 3 'not the journal of a search' "an enumeration" export truth --format csv
colaref search --layers 4 --judge fnv:s7:20 --simulations 5 -q -o table >/dev/null 2>err
ends 3 'no model judged it' "a journal without questions" \
    export table --format drllm --task task.jsonl
colaref export table --format csv >table.csv 2>err
reads "has its CSV all the same" csv table.csv table
colaref search tiny register --limit 40 --per group --simulations 5 -q -o groups \
    >/dev/null 2>err
ends 3 'search of several questions' "a search of groups" \
    export groups --format polar --task register -o no.root
colaref export groups --format csv >groups.csv 2>err
reads "has its CSV all the same" csv groups.csv groups
ends 3 'must not lead out' "a name that leads out of the root" \
    export exact --format polar --task task.jsonl --model-path a/../.. -o no.root
for arguments in 'exact' 'exact --format xml' 'exact --format polar -o no.root' \
    'exact --format polar --task task.jsonl' 'exact --format csv --parseable' \
    'exact --format polar --task task.jsonl -o -'; do
    colaref export $arguments >out 2>err
    test $? -eq 2 || break
done
test "$arguments" = 'exact --format polar --task task.jsonl -o -' && test ! -e no.root
point $? "malformed command lines ($arguments)"
for change in 's/\[0,1,2,3,4,5,6,7,8,9,10,11\]/[0,1,2]/' \
    's/"chain":\[0/"chain":[12/' 's/"chain":\[0/"chain":[-1/' \
    's/"chain":\[0/"chain":["0"/' 's/"chain":\[0/"chain":[99999999999/' \
    's/"correct":true/"correct":1/' 's/"evaluated":\[/"evaluated":[],"x":[/' \
    's/"margin":[0-9]/"margin":[],"x":0/' 's/"answer":"/"answer":{},"x":"/' \
    's/"id":"plain"/"id":7/' 's/"level":1/"level":"one"/' \
    's/"chain":\[0/"chain":7,"x":[0/' 's/"version":1/"version":2/' \
    's/"layers":12/"layers":0/' 's/"layers":12/"layers":70000/'; do
    sed "1,2$change" exact >broken
    cmp -s exact broken && break
    colaref export broken --format polar --task task.jsonl -o no.root >out 2>err
    test $? -eq 3 && test "$(wc -l <err)" -eq 1 || break
done
test "$change" = 's/"layers":12/"layers":70000/' && test ! -e no.root
point $? "journals changed by hand are refused ($change)"

# ---- exports run again --------------------------------------------------------------

holds() {           # holds NAME FILE PATTERN ARGUMENT...
    name=$1 file=$2 pattern=$3
    shift 3
    colaref import "$file" tiny --strict -q "$@" >out 2>err && grep -q -- "$pattern" out
    point $? "$name"
}
for journal in exact choice; do
    for n in 0 1 2 3 4 5; do
        file=$journal.root/some/model/dart-math-diff-$n/merged_mcts_samples.json
        test -f "$file" || continue
        colaref import "$file" tiny --strict -q >out 2>err || break
    done
    test ! -s err && test $n -eq 5
    point $? "import of the polar export of $journal: every verdict holds"
    colaref import $journal.dr tiny --strict -q -o $journal.lines >out 2>err &&
        test "$(grep -c '"type":"path"' $journal.lines)" -gt 10
    point $? "import of the drllm export of $journal: every verdict holds"
done
colaref import open.root/$level tiny --strict -q -o open.lines >out 2>err
test $? -eq 1 && grep -q '^position: of [1-9][0-9]* chains listed as undecided 0 are' out &&
    grep -q '"listed":"undecided","published":null,"kv":"position","correct":[tf].*"holds":false' \
        open.lines
point $? "what was undecided and is not now has turned"
# Answer, margin and probability to the digit, of the chains right and wrong.
if test -n "$python"; then
    for n in 0 1 2; do
        file=exact.root/some/model/dart-math-diff-$n/merged_mcts_samples.json
        colaref import $file tiny -q -o - 2>/dev/null | sed 1d
    done >lines
    "$python" - exact lines >out 2>err <<'END'
import json, sys
journal, again = {}, {}
for line in open(sys.argv[1], encoding="utf-8"):
    sample = json.loads(line)
    for one in sample.get("evaluated", []):
        key = sample["id"], tuple(one["chain"])
        journal[key] = [one[n] for n in ("correct", "answer", "rule", "margin",
                                         "gold_logprob")]
for line in open(sys.argv[2], encoding="utf-8"):
    one = json.loads(line)
    assert one["holds"] is True and one["kv"] == "position"
    again[one["id"], tuple(one["path"])] = [one[n] for n in (
        "correct", "answer", "rule", "margin", "gold_logprob")]
assert len(journal) > 100 and journal == again, (len(journal), len(again))
END
    point $? "answers, margins and probabilities are the journal's to the digit"
    rm -f lines
fi
colaref search tiny task.jsonl --simulations 15 -q --backend int8 --kv shared-append \
    --max-tokens 3 -o other >/dev/null 2>err
colaref export other --format polar --task task.jsonl --model-path m -o other.root -q
holds "backend, kv and tokens are the journal's" \
    other.root/m/dart-math-diff-2/merged_mcts_samples.json \
    '"backend":"int8".*"max_tokens":3,.*"kv":\[{"mode":"shared-append",' \
    --json
file=exact.root/$level
colaref import $file tiny --kv all --json -q >out 2>err
grep -q '"mode":"position".*"mode":"shared-append".*"mode":"shared-overwrite"' out &&
    grep -q '"from":"polar"' out
point $? "every kv mode is asked when asked for"
test -z "$python" || { "$python" -c 'import json, sys
kv = {k["mode"]: k["all"] for k in json.load(open("out"))["kv"]}
assert kv["position"]["valid"]["turned"] == kv["position"]["invalid"]["turned"] == 0
assert kv["shared-append"]["valid"]["turned"] + \
    kv["shared-append"]["invalid"]["turned"] > 0
assert kv["position"]["valid"]["n"] == kv["shared-append"]["valid"]["n"] > 9' 2>err
    point $? "position keeps all of them, shared-append turns some"; }
sed 's/"final_valid_transitions":\(.*\),"final_invalid_transitions":\(.*\),"sample_info"/"final_valid_transitions":\2,"final_invalid_transitions":\1,"sample_info"/' \
    $file >swapped
ends 1 'do not hold' "valid and invalid exchanged: with --strict status 1" \
    import swapped tiny --strict
colaref import swapped tiny -q >out 2>err
point $? "without --strict it is a finding, status 0"

# ---- files of others ------------------------------------------------------------------

identity=0,1,2,3,4,5,6,7,8,9,10,11
cat >repolar.json <<END
{"samples": [
 {"question": "66:2-6-", "gt_ans": "70", "initial_transition_metric": 1.0,
  "final_valid_transitions": [[$identity]],
  "final_invalid_transitions": [[], [0, 1, 4, 4, 4, 11]],
  "sample_info": {"query_id": "MATH:1", "domain": "Algebra", "math_level": 1,
   "source": "math", "fail_rate": 0.1, "tot_n_samples": 48, "difficulty": 3},
  "search_trajectory": [{"path": [$identity], "parent_path": null, "reward": 1.0}]},
 {"question": "92:9+8+9-1+", "gt_ans": 1, "initial_transition_metric": 0.0,
  "sample_info": {"query_id": "MATH:2", "difficulty": 4},
  "search_trajectory": [
   {"path": [0, 1, 2], "parent_path": [$identity], "reward": 0.0},
   {"path": [0, 11], "parent_path": [0, 1, 2], "reward": 1.0}]}]}
END
colaref import repolar.json tiny --template plain --grade exact --max-tokens 8 --json -q \
    -o lines >out 2>err
grep -q '"from":"re-polar"' out && grep -q '"grade":"exact","max_tokens":8' out &&
    test "$(grep -c '"kv":"position"' lines)" -eq 7 &&
    test "$(grep -c '"id":"MATH:2","level":4.*"listed":"valid"' lines)" -eq 3 &&
    grep -q '"id":"MATH:1","level":3,"path":\[\],"listed":"invalid"' lines
point $? "RE-PoLar's members: levels, ids, trajectory, every kv mode by default"
rm -f lines
sed 's/"question": "[^"]*", "gt_ans": [^,]*,//' repolar.json >bare.json
ends 3 'sample "MATH:1" has no question: --task' "without questions, as it is published" \
    import bare.json tiny
cat >joined.jsonl <<'END'
{"id": "MATH:2", "prompt": "92:9+8+9-1+", "answer": "1"}
{"id": "other", "prompt": "1", "answer": "1"}
{"id": "MATH:1", "prompt": "66:2-6-", "answer": "70"}
END
for given in 'repolar.json' 'bare.json --task joined.jsonl'; do
    colaref import $given tiny --template plain --grade exact --max-tokens 8 -q \
        -o - >"${given%% *}.lines" 2>err
done
test -s bare.json.lines && cmp -s repolar.json.lines bare.json.lines
point $? "--task finds them by id"
sed 2d joined.jsonl | sed 's/MATH:1/MATH:9/' >less.jsonl
ends 3 'no question has the id "MATH:1"' "or says whose it does not find" \
    import bare.json tiny --task less.jsonl

# One sample in the dresses that PoLar's reader tolerates.
lists='"final_valid_transitions": [[0,1,2,9,10,11]], "final_invalid_transitions": [[3,2]]'
plain='--template plain --grade exact --max-tokens 8 --kv position -q'
echo "[{\"question\": \"66:2-6-\", \"gt_ans\": \"70\", \"initial_score\": 1, $lists}]" >list
colaref import list tiny $plain -o - 2>err | sed 's/"id":"[^"]*"/"id"/' >wanted
grep -c '"holds"' wanted | grep -q '^3$'
point $? "a list of samples"
dress() {           # dress NAME JSON
    printf '%s\n' "$2" >dressed
    colaref import dressed tiny $plain -o - 2>err |
        sed 's/"id":"[^"]*"/"id"/; s/"re-polar"/"polar"/' >out
    cmp -s wanted out
    point $? "$1"
}
dress "a dictionary of samples" \
    "{\"17\": {\"question\": \"66:2-6-\", \"gt_ans\": \"70\", \"initial_score\": 1, $lists}}"
dress "an object with samples" \
    "{\"samples\": [{\"question\": \"66:2-6-\", \"gt_ans\": \"70\", \"initial_score\": 1,
    $lists}]}"
for name in ground_truth answer; do
    dress "\"$name\" for \"gt_ans\"" "[{\"question\": \"66:2-6-\", \"gt_ans\": \"\",
        \"$name\": 70, \"evaluation_result\": {\"initial_score\": 1.0}, $lists}]"
    dress "question and $name in \"sample_info\"" "[{\"question\": null, \"sample_info\":
        {\"question\": \"66:2-6-\", \"$name\": \"70\"}, \"initial_score\": true, $lists}]"
done
dress "initial_transition_metric before initial_score" "[{\"question\": \"66:2-6-\",
    \"answer\": \"70\", \"initial_score\": 0, \"initial_transition_metric\": 1, $lists}]"
dress "paths in objects, layers as reals and as strings" "[{\"question\": \"66:2-6-\",
    \"answer\": \"70\", \"initial_score\": 1, \"final_valid_transitions\":
    [{\"path\": [0,1.0,2e0,\"9\",10,11], \"n\": 1}], \"final_invalid_transitions\":
    [[3,2]]}]"
colaref import list tiny --json -q >out 2>err
grep -q '"from":"polar".*"grade":"math","max_tokens":50' out
point $? "by default PoLar's prompt, grader and limit"
cat >drllm.json <<END
{"model_name": "m", "dataset": "dart-3", "questions": ["66:2-6-", "92:9+8+9-1+"],
 "best_path": [[0,1,2,9,10,11], [$identity]], "best_response": ["70", "77"],
 "original_correct": [1, 0], "mcts_correct": [1, 0],
 "good_paths": [[[$identity], [0,1,2,9,10,11]], []]}
END
colaref import drllm.json tiny --json -q -o lines >out 2>err
grep -q '"from":"drllm".*"grade":"math","max_tokens":15,"samples":2,"paths":2' out &&
    grep -q '"level":3' lines
point $? "Dr.LLM's own files: only paths that were found right"
rm -f lines

# ---- hostile files --------------------------------------------------------------------

bad() {             # bad NAME PATTERN JSON
    printf '%s\n' "$3" >hostile
    colaref import hostile tiny >out 2>err
    test $? -eq 3 && test "$(wc -l <err)" -eq 1 && grep -q -- "$2" err
    point $? "refused: $1"
}
sample='"id": "x", "query_id": "x", "question": "1", "answer": "1"'
bad "a layer that is not there" \
    'sample "x", final_valid_transitions\[1\]: position 2 is 12, no layer' \
    "[{$sample, \"final_valid_transitions\": [[0], [0, 1, 12]]}]"
bad "a negative layer" 'position 0 is -1' \
    "[{$sample, \"final_invalid_transitions\": [[-1]]}]"
bad "a layer of many digits" 'too big integer' \
    "[{$sample, \"final_valid_transitions\": [[123456789012345678901234567890]]}]"
bad "a layer beyond all" 'no layer' "[{$sample, \"final_valid_transitions\": [[1e300]]}]"
bad "a real overflow" 'real number overflow' \
    "[{$sample, \"final_valid_transitions\": [[1e999]]}]"
bad "half a layer" 'position 0 is 1.5' "[{$sample, \"final_valid_transitions\": [[1.5]]}]"
bad "null for a layer" 'position 0 is null' \
    "[{$sample, \"final_valid_transitions\": [[null]]}]"
bad "a path that is text" 'not an array' "[{$sample, \"final_valid_transitions\": [\"0\"]}]"
bad "paths that are an object" 'is not a list' \
    "[{$sample, \"final_valid_transitions\": {}}]"
bad "a path of 1025 layers" '1025 positions' "[{$sample, \"final_valid_transitions\":
    [[$(awk 'BEGIN { for (i = 0; i < 1024; i++) printf "0,"; print 0 }' </dev/null)]]}]"
bad "a question that is an object" '"question" is neither text' \
    '[{"question": {"question": "1", "options": []}, "answer": "1"}]'
bad "a NUL in a question" 'NUL' '[{"question": "a\u0000b", "answer": "1"}]'
bad "no answer" 'has no answer' '[{"question": "1", "final_valid_transitions": [[0]]}]'
bad "a sample that is a number" 'is not an object' '[7]'
bad "a number" 'neither a list' '7'
bad "samples that are text" 'neither a list' '{"samples": "none"}'
bad "no samples" 'no samples' '[]'
bad "a dictionary of other things" 'is not an object' '{"SEARCH_ALGO": "mcts"}'
bad "no JSON" 'not JSON' '{"samples": [}'
bad "a member there twice" 'duplicate' '{"samples": [], "samples": []}'
bad "deep nesting" 'depth' \
    "$(awk 'BEGIN { for (i = 0; i < 100000; i++) printf "["; print "" }' </dev/null)"
bad "an array of strings for Dr.LLM's paths" 'not an array' \
    '{"questions": ["1"], "best_path": ["a"], "best_response": ["1"]}'
bad "fewer paths than questions" 'not an array' \
    '{"questions": ["1", "2"], "best_path": [[0]], "best_response": ["1", "2"]}'
printf '\037\213\010garbage' >hostile
ends 3 'gunzip it first' "a compressed file is named as such" import hostile tiny
ends 3 'no layer of the model, which has 0-3' "a file of a larger model" \
    import "$file" tiny-4
sed 's/"grade":"exact"/"grade":"worst"/' "$file" >hostile
ends 3 'is no grader' "a grader that is none" import hostile tiny
sed 's/"key":[0-9]/"key":9/' "choice.root/$level" >hostile
ends 3 '"key" is 9' "a key beyond the options" import hostile tiny
sed 's/"COLAREF":{"version":1,[^{]*{/"COLAREF":{"journal":[],"x":{/' "$file" >hostile
ends 3 'header is no object' "a header that is none" import hostile tiny
echo "[{$sample}]" >hostile
ends 99 'no paths' "nothing to run again" import hostile tiny
ends 3 'is none of polar' "an unknown format" import "$file" tiny --format xml
ends 3 'each once' "an unknown kv mode" import "$file" tiny --kv position,shared
ends 3 'each once' "a kv mode twice" import "$file" tiny --kv position,position

# ---- differences -----------------------------------------------------------------------

colaref diff exact exact >out 2>err && grep -q '^0 verdicts differ; 0 ' out
point $? "a journal differs from itself nowhere"
# turned FILE: the last chain judged of the first sample, wrong made right.
sed '2s/\(.*\)"correct":false,"answer":"\([^"]*\)"\([^}]*\)"margin":[0-9.e+-]*/\1"correct":true,"answer":"no"\3"margin":5000/' \
    exact >turned
cmp -s exact turned
test $? -eq 1
point $? "a verdict turned, with a margin of 5000"
colaref diff exact turned >out 2>err
test $? -eq 1 && grep -q '^plain  .*wrong ".*|  right "no" margin 5000  unexplained' out &&
    grep -q '^1 verdicts differ' out && grep -q ': 1 of [0-9]* verdicts differ$' err
point $? "is named, and not explained: status 1"
colaref diff exact turned --error 1e4 --json >out 2>err
test $? -eq 1 && grep -q '"cause":"explained"' out && grep -q '"allowed":20000' out
point $? "a stated error that large explains it"
sed '2s/\(.*\)"correct":false,"answer"/\1"correct":true,"answer"/' exact >graded
colaref diff exact graded >out 2>err
test $? -eq 1 && grep -q '  graded$' out
point $? "the same answer with another verdict is a matter of grading"
for backend in exact int8; do
    colaref search tiny task.jsonl --simulations 100 -q --backend $backend -o long.$backend \
        >/dev/null 2>err
done
colaref diff long.exact long.int8 --json >diff.json 2>err
grep -q '"member":"backend","values":\["exact","int8"\]' diff.json
point $? "members of the headers that differ are named"
if test -n "$python"; then
    "$python" - long.exact long.int8 diff.json >out 2>err <<'END'
import json, math, sys

def load(path):
    found = {}
    for line in open(path, encoding="utf-8"):
        sample = json.loads(line)
        if sample["type"] != "sample":
            continue
        for name in "evaluated", "random":
            for one in sample.get(name, []):
                found.setdefault((sample["id"], tuple(one["chain"])), one)
    return found

a, b = load(sys.argv[1]), load(sys.argv[2])
told = json.load(open(sys.argv[3], encoding="utf-8"))
both = set(a) & set(b)
verdicts = told["verdicts"]
assert verdicts["both"] == len(both) > 50
assert verdicts["first"] == len(a) - len(both)
assert verdicts["second"] == len(b) - len(both)
computed = 0
turned = {k for k in both if a[k]["correct"] != b[k]["correct"]}
assert verdicts["differ"] == len(turned) == len(told["differences"])
changes = [abs(a[k]["margin"] - b[k]["margin"]) for k in both - turned
           if a[k].get("answer") is not None and a[k]["answer"] == b[k].get("answer")]
assert told["seen"] == max(changes) and told["allowed"] == 2 * max(changes)
for one in told["differences"]:
    key = one["id"], tuple(one["chain"])
    assert key in turned
    pair = a[key], b[key]
    assert one["correct"] == [p["correct"] for p in pair]
    assert one["margin"] == [p.get("margin") for p in pair]
    if None in one["margin"]:
        assert one["cause"] == "unknown"
        continue
    needed = sum(one["margin"])
    computed += 1
    share = sum(c >= needed for c in changes) / len(changes)
    assert math.isclose(one["share"], share)
    assert one["cause"] == ("explained" if needed <= told["allowed"] else "unexplained")
assert computed >= 2
margins = sorted((a[k]["margin"], k in turned) for k in both
                 if a[k].get("margin") is not None)
assert sum(f["verdicts"] for f in told["fifths"]) == len(margins)
assert sum(f["differ"] for f in told["fifths"]) == sum(t for _, t in margins)
END
    point $? "all numbers of a comparison, computed again"
fi
ends 3 'another task than that of' "another task is refused" diff exact choice
colaref enumerate tiny task.jsonl --depth 1 -q --backend int8 -o truth8 2>err
colaref diff truth truth >out 2>err && grep -q '^0 verdicts differ; 0 ' out &&
    grep -q '^1010 verdicts in both, 0 only in the first, 0 only' out
point $? "two enumerations"
colaref diff exact truth >out 2>err
test $? -eq 0 && grep -q '^0 verdicts differ' out
point $? "a journal and an enumeration agree on what both have"
sed 's/"id":"/"id":"not /' exact >elsewhere
ends 99 'no verdict in common' "nothing in common: status 99" diff exact elsewhere
ends 3 'no such file\|No such file' "a file that is not there" diff exact nowhere
ends 3 'not JSON' "a file that is no journal" diff exact "$COLAREF_DATA/tiny/model.safetensors"
sed 2p exact >twice
ends 3 'is there twice' "a sample that is there twice" diff exact twice
ends 3 'must be a real number' "an error that is none" diff exact exact --error much

echo "1..$points"
exit $status
