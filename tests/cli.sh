#!/bin/sh
# cli.sh - every command, what it prints, and how it ends
#
# Each case is a function, run in a directory of its own; it is failed by what it
# complains about.  What a command printed is in the files "out" and "err", its
# status in $status.

data=${COLAREF_DATA:?run me by tests/tap-run}

# colaref ARGUMENT...
colaref() {
    $EMULATOR "$COLAREF" "$@" >out 2>err </dev/null
    status=$?
}

complain() {
    echo "# $*"
    bad=1
}

# works ARGUMENT...: status 0 and a result
works() {
    colaref "$@"
    test $status -eq 0 || complain "status $status, not 0: colaref $*: $(cat err)"
    test -s out || complain "no result: colaref $*"
}

# refused STATUS PATTERN ARGUMENT...: this status, nothing on standard output,
# and one line of complaint that matches the shell's pattern between stars (two
# lines for a malformed command line, the second pointing to --help)
refused() {
    want=$1
    pattern=$2
    shift 2
    colaref "$@"
    lines=1
    test "$want" -ne 2 || lines=2
    test $status -eq "$want" || complain "status $status, not $want: colaref $*"
    test ! -s out || complain "a result all the same: colaref $*"
    test $(wc -l <err) -eq $lines || complain "not $lines lines: colaref $*: $(cat err)"
    case $(cat err) in
    "colaref"*": "*$pattern*) ;;
    *) complain "no \"$pattern\": colaref $*: $(cat err)" ;;
    esac
}

# same A B WHAT: are two files equal?
same() {
    cmp -s "$1" "$2" || complain "$3: $1 and $2 differ"
}

# the first match of a basic expression with one group, in standard input
first() {
    sed -n "s/.*$1.*/\\1/p" | sed 1q
}

# copy_model DIRECTORY: the shipped model, to be spoilt
copy_model() {
    rm -rf "$1"
    mkdir "$1"
    cp "$data"/tiny/* "$1"
    chmod -R u+w "$1"
}

### what there is

version_is_printed() {
    works --version
    case $(cat out) in
    "colaref "[0-9]*.[0-9]*.[0-9]*" (arithmetic "[0-9]*")") ;;
    *) complain "$(cat out)" ;;
    esac
}

commands='info tokenize logits run eval search enumerate verify report check subject
    vectors show perft presets prompts controls export import diff'

help_is_printed_for_every_command() {
    works --help
    for c in $commands; do
        grep -q "^  $c " out || complain "$c is not among the commands"
    done
    test $(grep -c '^  [a-z]' out) -eq $(echo $commands | wc -w) ||
        complain "there are commands this test does not know"
    for c in $commands; do
        for option in --help -h; do
            works "$c" $option
            case $(sed 1q out) in
            "Usage: colaref $c "*) ;;
            *) complain "$c $option: $(sed 1q out)" ;;
            esac
            test ! -s err || complain "$c $option: $(cat err)"
        done
        works "$c" a b c d --help
    done
}

malformed_command_lines_are_refused() {
    refused 2 'a command is expected'
    refused 2 '"nonsense"' nonsense
    refused 2 '"--nonsense"' --nonsense
    refused 2 '""' ''
    for c in $commands; do
        refused 2 --nonsense "$c" --nonsense
        refused 2 -Z "$c" -Z
        refused 2 --quiet=3 "$c" --quiet=3
        test "$c" = report || refused 2 given "$c" a b c d  # it takes any number
    done
    for c in tokenize logits run eval show; do
        refused 2 '0 given' "$c"
    done
    refused 2 '1 given' eval tiny
    refused 2 --tokens logits tiny
    refused 2 --tokens logits tiny --tokens 1 --prompt 1
    refused 2 'one chain' logits tiny --tokens 1 -c 0 -c 1
    refused 2 --prompt run tiny
    refused 2 'one chain' run tiny -p 1 -c 0 -c 1
    refused 2 --decode tokenize tiny 1 --decode 1
    refused 2 --depth perft --layers 4
    refused 2 --layers perft --depth 4
    refused 2 'MODEL TASK' search
    refused 2 'MODEL TASK' search tiny
    refused 2 --layers search --judge fnv:a:1
    refused 2 --judge search tiny register --judge fnv:a:1 --layers 4
    refused 2 -o search tiny register --resume
    refused 2 -o search tiny register --resume -o -
    for v in '--shard 1/2' '--limit 3' '--per task' '--backend int8' '--grade exact'; do
        refused 2 '--judge leaves no model' search --judge fnv:a:1 --layers 4 $v
    done
    refused 2 '--layers goes with --judge' search tiny register --layers 4
    refused 2 '-o needs a value' search tiny register -o
    refused 2 '--limit needs a value' eval tiny register --limit
}

names_that_nobody_has_are_refused() {
    for c in info 'logits --tokens 1' 'run -p 1' 'tokenize' ; do
        set -- $c
        c=$1
        shift
        refused 3 'nobody: no such model' "$c" nobody "$@"
        refused 3 'no/body: no such model' "$c" no/body "$@"
        refused 3 'the name of the model is empty' "$c" '' "$@"
    done
    refused 3 'no such model' eval nobody register
    refused 3 'no such task' eval tiny nobody
    refused 3 'no such model' search nobody register
    refused 3 'the name of the task is empty' search tiny ''
    refused 3 '"nobody"*cola-2025' presets nobody
    refused 3 '"nobody"*cola-2025' search tiny register --preset nobody
    refused 3 nobody.json search tiny register --preset-file nobody.json
    refused 3 '"nobody"*exact' logits tiny --tokens 1 --backend nobody
    refused 3 '"nobody"*exact' eval tiny register --backend nobody
    refused 3 'judge "nobody"' search --layers 4 --judge nobody
    refused 3 nobody search --layers 4 --judge table:nobody
    refused 3 nobody show nobody
    refused 3 nobody eval tiny register -c @nobody
}

values_out_of_range_are_refused() {
    for v in 0 -1 x 1.5 '' 99999999999999999999 1x ' '; do
        refused 3 "--limit is \"$v\"" eval tiny register --limit "$v"
        refused 3 "--threads is \"$v\"" eval tiny register --threads "$v"
        refused 3 "--max-tokens is \"$v\"" eval tiny register --max-tokens "$v"
        refused 3 "--layers is \"$v\"" perft --layers "$v" --depth 1
        refused 3 "--depth is \"$v\"" perft --layers 4 --depth "$v"
        refused 3 "--max-length is \"$v\"" perft --layers 4 --depth 1 --max-length "$v"
        refused 3 "--number is \"$v\"" run tiny -p 1 -n "$v"
        refused 3 "max_length is \"$v\"" search --layers 4 --judge fnv:a:1 \
            --max-length "$v"
        refused 3 "min_length is \"$v\"" search --layers 4 --judge fnv:a:1 \
            --min-length "$v"
    done
    for v in -1 x 1.5 '' 99999999999999999999; do
        refused 3 "seed is \"$v\"" search --layers 4 --judge fnv:a:1 --seed "$v"
        refused 3 "simulations is \"$v\"" search --layers 4 --judge fnv:a:1 \
            --simulations "$v"
    done
    refused 3 'min_length 5 is above max_length 4' search --layers 4 --judge fnv:a:1 \
        --min-length 5 --max-length 4
    refused 3 'no kv mode is called "layer"' eval tiny register --kv layer
    refused 3 'backend f64 keeps no keys and values to share' \
        eval tiny register --kv shared-append --backend f64
    refused 3 'backend exact does not round' logits tiny -t 1 --round bf16
    refused 3 'no rounding is called "fp8"' logits tiny -t 1 --round fp8 --backend f64
    refused 3 'space is "all"' search --layers 4 --judge fnv:a:1 --space all
    refused 3 '--space is "all"' perft --layers 4 --depth 1 --space all
    refused 3 '--per is "level"' search tiny register --per level
    for v in 1 -0.1 x nan ''; do
        refused 3 "--held is \"$v\"" search tiny register --per group --held "$v"
    done
    refused 3 '--held needs' search tiny register --held 0.5
    refused 3 '--grade is "fair"' eval tiny register --grade fair
    for v in 0/2 3/2 1 1/0 -1/2 x 1/2x '' 1/ /1 ' 1/2' 1/99999999999; do
        refused 3 "--shard is \"$v\"" search tiny register --shard "$v"
    done
    refused 3 'levels "5-1"' eval tiny register --levels 5-1
    refused 3 'no question is left' eval tiny register --levels 77
    refused 3 '"nobody"' eval tiny register --ids register-0001,nobody
    for v in fnv: fnv:a fnv:a:x fnv:a:1001 fnv:a:-1; do
        refused 3 "judge \"$v\"" search --layers 4 --judge $v
    done
    refused 3 'not UTF-8' search --layers 4 --judge "$(printf 'fnv:\377:5')"
}

chains_that_are_none_are_refused() {
    refused 3 'layer 99*0-11' logits tiny --tokens 1 -c 0-3,99
    refused 3 'layer 99*0-11' run tiny -p 1 -c 99
    refused 3 'layer 99*0-11' eval tiny register --limit 1 -c 99
    for c in x 3-1 '0,' '(0' '(0)x0' '' '0-1025' '(0-11)x99' '0;1' -1; do
        refused 3 '' logits tiny --tokens 1 -c "$c"
    done
    printf '0-11\n# nothing\n\n0-3,12\n' >chains
    refused 3 'chains: line 4: *layer 12*0-11' eval tiny register --limit 1 -c @chains
    printf '# nothing\n\n' >chains
    refused 3 'chains: no chains' eval tiny register --limit 1 -c @chains
}

tokens_that_are_none_are_refused() {
    refused 3 'token 0 is 99999*0-128' logits tiny --tokens 99999
    refused 3 'token 2 is 129*0-128' logits tiny --tokens 1,128,129
    refused 3 'no tokens' logits tiny --tokens ''
    for t in x 1,,2 1, ,1 -1 1.5 0x1 99999999999; do
        refused 3 'must be a number' logits tiny --tokens "$t"
        refused 3 'must be a number' tokenize tiny --decode "$t"
    done
}

empty_prompts_are_refused() {
    refused 3 'the prompt is empty' run tiny -p ''
    refused 3 'the prompt is empty' logits tiny -p ''
    refused 3 'the prompt is empty' run tiny -p -
    refused 3 UTF-8 run tiny -p "$(printf '1\377')"
}

### models

# the header of a safetensors file, and the file with another one
header_length() {
    od -An -tu4 -N4 "$1" | tr -d ' '
}

with_header() {
    length=$(header_length "$1")
    {
        dd if="$1" bs=8 count=1
        dd if="$1" bs=1 skip=8 count="$length" | LC_ALL=C sed "$2"
    } 2>/dev/null >head
    tail -c +$((9 + length)) "$1" | cat head - >changed
    mv changed "$1"
}

spoilt_models_are_refused() {
    file=model.safetensors
    size=$(wc -c <"$data/tiny/$file")
    for cut in 0 7 100 20000 $((size - 1)); do
        copy_model m
        dd if="$data/tiny/$file" of=m/$file bs=$((cut + (cut == 0))) \
            count=$((cut > 0)) 2>/dev/null
        refused 3 "m/$file: " info m
    done
    copy_model m
    printf x >>m/$file
    refused 3 "m/$file: " info m
    for length in '\377\377\377\377\377\377\377\177' '\0\0\0\0\0\0\0\0' \
        '\377\377\377\377\0\0\0\0' '\377\377\377\377\377\377\377\377'; do
        copy_model m
        printf "$length" | dd of=m/$file bs=1 conv=notrunc 2>/dev/null
        refused 3 "m/$file: " info m
    done
    # lies of the same length
    for lie in 's/\[129,64\]/[129,65]/' 's/\[129,64\]/[64,129]/' \
        's/\[129,64\]/[-29,64]/' \
        's/"BF16"/"BF61"/' 's/\[0,16512\]/[9,16512]/' 's/\[0,16512\]/[0,16513]/' \
        's/\[0,16512\]/[0,99999]/' 's/lm_head.weight/lm_head.wight/' \
        's/model.norm.weight/model.norn.weight/' 's/{/[/' 's/}\( *\)$/]\1/'; do
        copy_model m
        with_header m/$file "$lie"
        if cmp -s m/$file "$data/tiny/$file"; then
            complain "no lie: $lie"
        fi
        refused 3 "m/$file: " logits m --tokens 1
    done
}

weights_that_are_no_numbers_are_refused() {
    for bits in '\300\177' '\200\377' '\377\377'; do
        copy_model m
        printf "$bits" | dd of=m/model.safetensors bs=1 conv=notrunc \
            seek=$((8 + $(header_length m/model.safetensors) + 16510)) 2>/dev/null
        refused 3 'm/model.safetensors: *lm_head.weight' logits m --tokens 1
        refused 3 'm/model.safetensors: *lm_head.weight' search m register
    done
}

configurations_that_contradict_the_tensors_are_refused() {
    for change in 's/"hidden_size": 64/"hidden_size": 32/' \
        's/"num_hidden_layers": 12/"num_hidden_layers": 13/' \
        's/"num_hidden_layers": 12/"num_hidden_layers": 11/' \
        's/"num_hidden_layers": 12/"num_hidden_layers": 0/' \
        's/"intermediate_size": 128/"intermediate_size": 127/' \
        's/"num_key_value_heads": 2/"num_key_value_heads": 4/' \
        's/"num_key_value_heads": 2/"num_key_value_heads": 3/' \
        's/"vocab_size": 129/"vocab_size": 128/' \
        's/"vocab_size": 129/"vocab_size": 1e9/' \
        's/"head_dim": 16/"head_dim": 8/' \
        's/"tie_word_embeddings": false/"tie_word_embeddings": true/' \
        's/"model_type": "llama"/"model_type": "lama"/' \
        's/"hidden_act": "silu"/"hidden_act": "gelu"/' 's/{/[/'; do
        copy_model m
        sed "$change" "$data/tiny/config.json" >m/config.json
        if cmp -s m/config.json "$data/tiny/config.json"; then
            complain "no change: $change"
        fi
        refused 3 'm/' logits m --tokens 1
    done
    copy_model m
    rm m/config.json
    refused 3 'config.json' info m
    copy_model m
    rm m/model.safetensors
    refused 3 'model.safetensors' info m
    copy_model m
    rm m/tokenizer.json
    refused 3 'no tokenizer.json' run m -p 1
    works logits m --tokens 1
    refused 3 'not a directory' info "$data/register.jsonl"
}

### tasks

# task LINE...: the file "task.jsonl"
task() {
    printf '%s\n' "$@" >task.jsonl
}

questions_that_are_wrong_are_refused_by_file_and_line() {
    good='{"prompt":"12:3+","answer":"15","id":"good"}'
    task "$good" '{"prompt":'
    refused 3 'task.jsonl: line 2: not JSON' eval tiny task.jsonl
    refused 3 'task.jsonl: line 2: not JSON' search tiny task.jsonl
    task "$good" '' 'x'
    refused 3 'task.jsonl: line 3: not JSON' eval tiny task.jsonl
    task "$good" '{"prompt":"1","id":"b"}' "$good"
    refused 3 'task.jsonl: questions 1 and 3*"good"' search tiny task.jsonl
    task "$good" '{"prompt":""}'
    refused 3 'task.jsonl: line 2: "prompt" is empty' eval tiny task.jsonl
    task "$good" '{"answer":"1"}'
    refused 3 'task.jsonl: line 2: "prompt" is missing' eval tiny task.jsonl
    task "$good" '{"prompt":"1"}'
    refused 3 '"line-000002"' eval tiny task.jsonl
    refused 3 '"good"*choice' eval tiny task.jsonl --grade choice
    task "$good" '{"prompt":"1","answer":"1","choices":{"text":["1"],"label":["A"]}}'
    refused 3 'task.jsonl: line 2: "choices"' eval tiny task.jsonl
    : >task.jsonl
    refused 3 'task.jsonl: no questions' eval tiny task.jsonl
    refused 3 'not a regular file' eval tiny .
    refused 3 '' eval tiny "$data/tiny/model.safetensors"
    # the last line may end as it likes
    printf '%s\r\n%s' "$good" '{"prompt":"1","answer":"1"}' >task.jsonl
    works eval tiny task.jsonl --json
    grep -q '"of":2' out || complain "$(cat out)"
}

### results

models_and_tasks_that_are_shipped_are_listed() {
    works info
    for name in tiny tiny-plain tiny-4; do
        grep -q "^models.* $name\\( \\|\$\\)" out || complain "$name is not listed"
        cp out list
        works info $name
        grep -q '^layers ' out || complain "$name: $(cat out)"
        cp list out
    done
    for name in register register-4; do
        grep -q "^tasks.* $name\\( \\|\$\\)" out || complain "$name is not listed"
    done
    works info tiny --json
    grep -q '"layers":12,' out || complain "$(cat out)"
}

perft_counts_are_the_known_ones() {
    works perft --layers 28 --depth 1
    test "$(cat out)" = '1 530 530 531' || complain "$(cat out)"
    works perft --layers 4 --depth 2
    test "$(cat out)" = '1 34 34 35
2 906 295 296' || complain "$(cat out)"
    works perft --layers 4 --depth 1 --space skip
    test "$(cat out)" = '1 9 9 10' || complain "$(cat out)"
}

tokens_are_turned_into_text_and_back() {
    works tokenize tiny ''
    test "$(cat out)" = '[]' || complain "empty: $(cat out)"
    works tokenize tiny '' --bos
    test "$(cat out)" = '[1]' || complain "empty, --bos: $(cat out)"
    for text in '12:3+4-' 0 '66:2-6-' '99:9' '00+00'; do
        works tokenize tiny "$text"
        ids=$(tr -d '[]' <out)
        printf '%s' "$text" | $EMULATOR "$COLAREF" tokenize tiny >from_stdin ||
            complain "standard input"
        same out from_stdin "$text"
        works tokenize tiny --decode "$ids"
        test "$(cat out)" = "$text" || complain "$text: $ids: $(cat out)"
        works tokenize "$data/tiny/tokenizer.json" "$text"
        test "$(tr -d '[]' <out)" = "$ids" || complain "another file's ids"
        works tokenize tiny "$text" --pieces
        test "$(tr '{' '\n' <out | sed -n 's/^"id":\([0-9]*\),.*/\1/p' | tr '\n' ,)" = \
            "$ids," || complain "pieces: $(cat out)"
    done
    works tokenize tiny --decode ''
    test "$(cat out)" = '' || complain "no ids: $(cat out)"
}

sha256() {
    { sha256sum || shasum -a 256 || openssl dgst -sha256 -r; } 2>/dev/null <"$1" |
        sed 's/ .*//'
}

logits_have_the_digest_of_their_bits() {
    printf abc >abc
    case $(sha256 abc) in
    ba7816bf*) ;;
    *) skip='no program for SHA-256'; return ;;
    esac
    for backend in exact int8; do
        works logits tiny --tokens 1,41,15,6 --backend $backend -c 0-7,4-11
        # the bits of each float32, little-endian, in octal
        sed 's/.*"logits":\[//; s/\].*//' out | tr , '\n' | ${AWK-awk} '
        {
            x = $1 < 0 ? -$1 : $1
            for (e = 127; x >= 2; e++)
                x /= 2
            for (; x > 0 && x < 1; e--)
                x *= 2
            m = int((x - 1) * 8388608 + 0.5)
            if (x == 0)
                e = m = 0
            bits = e * 8388608 + m
            for (i = 0; i < 4; i++) {
                byte = bits % 256
                if (i == 3 && $1 ~ /^-/)
                    byte += 128
                printf "\\%03o", byte
                bits = int(bits / 256)
            }
        }' >octal
        printf "$(cat octal)" >bits
        test $(wc -c <bits) -eq 516 || complain "$(wc -c <bits) bytes"
        grep -q "\"sha256\":\"$(sha256 bits)\"" out || complain "$backend: another digest"
    done
}

logits_of_all_positions_are_those_of_each() {
    works logits tiny --tokens 1,41,15,6 --all-positions
    # a line a position
    sed 's/.*"logits":\[\[//; s/\]\].*//; s/\],\[/ /g' out | tr ' ' '\n' >rows
    i=1
    for ids in 1 1,41 1,41,15 1,41,15,6; do
        works logits tiny --tokens $ids
        sed 's/.*"logits":\[//; s/\].*//' out >plain
        sed -n ${i}p rows >row
        same row plain "token $i"
        i=$((i + 1))
    done
    test $(wc -l <rows) -eq 4 || complain "$(wc -l <rows) rows"
}

logits_of_each_position_end_with_the_chain() {
    for chain in 0-11 3 0-7,4-11; do
        works logits tiny --tokens 1,41,15 -c $chain
        sed 's/.*"logits":\[//; s/\].*//' out >plain
        digest=$(first '"sha256":"\([^"]*\)"' <out)
        works logits tiny --tokens 1,41,15 -c $chain --each-position
        sed 's/.*"logits":\[//; s/\].*//' out >last     # sed takes the longest match
        same last plain "$chain"
        test "$(sed 's/.*"sha256":"//; s/".*//' out)" = "$digest" || complain "digest"
        test "$(first '"logits":\[\([^]]*\)\],"sha256":"[^"]*","positions"' <out)" = \
            "$(cat plain)" || complain "$chain: the plain ones are others"
    done
    # the lens at position 3 is the chain that ends there
    works logits tiny --tokens 1,41,15 --each-position
    sed 's/.*"position":3,"layer":3,"logits":\[//; s/\].*//' out >lens
    works logits tiny --tokens 1,41,15 -c 0-3
    sed 's/.*"logits":\[//; s/\].*//' out >plain
    same lens plain "position 3"
}

identity_chain_is_the_ordinary_pass() {
    for backend in exact int8 f64; do
        works logits tiny -p 12:3+ --backend $backend
        cp out plain
        for chain in 0-11 '0,1,2,3-11' '(0-11)' ' 0-5 , 6-11 '; do
            works logits tiny -p 12:3+ --backend $backend -c "$chain"
            same out plain "$backend, $chain"
        done
        works logits tiny --tokens 1,41,15,6,13 --backend $backend --threads 3
        same out plain "$backend, by tokens"
    done
    works logits tiny -p 12:3+ -c '()'
}

# field NAME RECORD: of the ordinary chain's evaluation
field() {
    first "\"evaluated\":\\[{[^}]*\"$1\":\\([^,]*\\)," <"$2"
}

run_prints_the_answer_and_stops() {
    sed 6q "$data/register.jsonl" | while read -r line; do
        printf '%s\n' "$line" >task.jsonl
        prompt=$(first '"prompt": *"\([^"]*\)"' <task.jsonl)
        works search tiny task.jsonl --simulations 0 -o - >/dev/null
        sed -n 2p out >record
        works run tiny -p "$prompt"
        if test "$(field stop record)" = '"end"'; then
            test "\"$(cat out)\"" = "$(field answer record)" ||
                complain "$prompt: $(cat out)"
        fi
        test $(wc -l <out) -eq 1 || complain "$prompt: $(wc -l <out) lines"
        printf '%s' "$prompt" | $EMULATOR "$COLAREF" run tiny -p - >from_stdin
        same out from_stdin "$prompt"
        works run tiny -p "$prompt" -n 1
        works logits tiny -p "$prompt"
        test $bad = 0
    done || bad=1
}

run_says_the_token_of_the_largest_logit() {
    for chain in 0-11 3 0-2 5,5,5; do
        works tokenize tiny --bos 12:3+
        ids=$(tr -d '[]' <out)
        said=
        for number in 1 2 3; do
            works logits tiny --tokens $ids -c $chain
            best=$(sed 's/.*"logits":\[//; s/\].*//' out | tr , '\n' |
                ${AWK-awk} 'NR == 1 || $1 > most { most = $1; best = NR - 1 }
                            END { print best }')
            test "$best" -ne 2 || break         # the end token
            ids=$ids,$best
            said=$said${said:+,}$best
            works tokenize tiny --decode "$said"
            cp out text
            works run tiny -p 12:3+ -c $chain -n $number
            same out text "chain $chain, $number tokens"
        done
    done
}

eval_counts_what_a_journal_says() {
    for options in '' '--backend int8' '--grade choice'; do
        works search tiny register --limit 20 --simulations 0 -o - $options
        grep '"type":"sample"' out >records
        works eval tiny register --limit 20 --json $options
        for level in 1 2 3 4 5; do
            right=$(grep "\"level\":$level," records | grep -c '"base":true')
            of=$(grep -c "\"level\":$level," records)
            grep -q "\"$level\":{\"right\":$right,\"of\":$of," out ||
                complain "level $level, $right of $of: $(cat out)"
        done
        right=$(grep -c '"base":true' records)
        grep -q "\"all\":{\"right\":$right,\"of\":20," out ||
            complain "$right: $(cat out)"
    done
    works eval tiny register --limit 20 --levels 2,4 --json
    grep -q '"levels":{"2":{"right":[0-9]*,"of":10,.*"4":' out || complain "$(cat out)"
    works eval tiny register --ids register-0003,register-0001
    grep -q 'all .* of 2 ' out || complain "$(cat out)"
    for chain in 0-6,3-11 0-11 2-9; do
        works eval tiny register --limit 12 -c $chain --json
        cat out
    done >one_by_one
    works eval tiny register --limit 12 -c 0-6,3-11 -c 0-11 -c 2-9 --json
    same out one_by_one 'several chains'
    # chains from the command line and from files, in their order
    printf '\n0-7,4-11  # twice\r\n()\n' >chains
    works eval tiny register --limit 2 -c 3 -c @chains -c 0-11 --json
    test "$(sed 's/.*"chain":\(\[[^]]*\]\).*/\1/' out | tr '\n' ' ')" = \
        '[3] [0,1,2,3,4,5,6,7,4,5,6,7,8,9,10,11] [] [0,1,2,3,4,5,6,7,8,9,10,11] ' ||
        complain "$(cat out)"
}

### searches

# the numbers of simulations of what was evaluated, and the chains, a line each
simulations() {
    sed 's/"shortest".*//' "$1" | tr ',' '\n' |
        sed -n 's/^"simulation":\([0-9]*\)}.*/\1/p'
}

chains() {
    sed 's/"shortest".*//; s/"parent":\[[^]]*\]//g' "$1" | tr '{' '\n' |
        sed -n 's/^"chain":\(\[[^]]*\]\).*/\1/p'
}

search_without_a_model_records_101_chains() {
    works search --layers 28 --judge fnv:s100:100 --preset polar-2026 --simulations 100 \
        -o polar
    sed -n 2p polar >record
    simulations record >numbers
    chains record >chains
    test $(wc -l <numbers) -eq 101 || complain "$(wc -l <numbers) chains"
    test $(sort -u chains | wc -l) -eq 101 || complain "not 101 different ones"
    ${AWK-awk} 'BEGIN { last = -1 } $1 <= last { exit 1 } { last = $1 }' numbers ||
        complain "not in the order of the simulations"
    test "$(tail -n 1 polar)" = '{"type":"end","samples":1}' || complain "no end"
    test $(wc -l <polar) -eq 3 || complain "$(wc -l <polar) lines"
}

journal_and_table_go_where_they_should() {
    set -- search tiny register --limit 3 --simulations 4
    works "$@" -o file
    cp out table
    grep -q '^ *all ' table || complain "no table: $(cat table)"
    grep -q '"type"' table && complain "a journal beside the table"
    works "$@" -o -
    same out file 'journal'
    grep -v '^colaref search: ' err >table_too
    same table table_too 'table'
    works "$@"
    same out table 'without -o'
    works "$@" --quiet
    test ! -s err || complain "not quiet: $(cat err)"
    works show file
    same out table 'show'
    refused 3 "file: exists already" "$@" -o file --quiet
    test ! -f file.pending || complain "FILE.pending is left"
    # what steers nothing is not in the journal
    for options in '--threads 1' '--threads 2 --list' '--quiet'; do
        rm -f other
        works "$@" -o other $options
        same file other "$options"
    done
}

explanations_stand_beside_the_journal() {
    set -- search tiny register --limit 2 --simulations 3 --no-random
    works "$@" -o plain
    works "$@" -o - --explain
    same out plain 'journal'
    test $(grep -c '^sample ' err) -eq 2 || complain "$(grep -c '^sample ' err) samples"
    works "$@" --explain
    grep -q '^sample register-0001' out || complain 'nothing explained'
}

show_tells_of_one_sample_and_of_a_torn_file() {
    works search tiny register --limit 3 --simulations 4 -o shown
    works show shown register-0001
    grep -q '^sample register-0001, level 2' out || complain "$(sed 1q out)"
    test $(grep -c '^ *[0-9]* .*0-11' out) -ge 1 || complain 'no ordinary chain'
    refused 3 'shown: no sample is called "nobody"' show shown nobody
    dd if=shown of=torn bs=$(($(wc -c <shown) - 40)) count=1 2>/dev/null
    works show torn
    grep -q 'torn: the last line is torn' err || complain "$(cat err)"
    grep -q -e '--resume' err || complain "$(cat err)"
    refused 3 'not a regular file' show /dev/null
    : >empty
    refused 3 'empty: not a journal' show empty
    refused 3 'line 1: not JSON' show "$data/tiny/model.safetensors"
    refused 3 'line 1: not JSON' show "$data/tiny/config.json"
    echo '{"type":"sample"}' >sample
    refused 3 'not a journal' show sample
}

killed_search_is_resumed_to_the_same_bytes() {
    set -- search tiny register --limit 40 --simulations 3 --quiet
    works "$@" -o unbroken
    for lines in 1 20; do
        rm -f killed killed.pending
        $EMULATOR "$COLAREF" "$@" -o killed >/dev/null 2>&1 </dev/null &
        tries=0
        while test $tries -lt 20000 && kill -0 $! 2>/dev/null &&
              { test ! -f killed || test $(wc -l <killed) -lt $lines; }; do
            tries=$((tries + 1))
        done
        kill -9 $! 2>/dev/null
        wait $! 2>/dev/null
        works "$@" -o killed --resume
        same killed unbroken "killed at line $lines"
        test ! -f killed.pending || complain "FILE.pending is left"
    done
    works "$@" -o killed --resume       # there is nothing to do
    same killed unbroken 'resumed again'
    refused 3 "killed: line 1: another run's" "$@" -o killed --resume --seed 7
    same killed unbroken 'another seed'
    # a file that is none of ours, and one that is continued by a longer run
    printf precious >killed
    refused 3 "killed: line 1: another run's" "$@" -o killed --resume
    test "$(cat killed)" = precious || complain "a file of the user's is gone"
    rm -f shorter
    works search tiny register --limit 33 --simulations 3 -o shorter --quiet
    works "$@" -o shorter --resume
    same shorter unbroken 'more samples'
}

unwritable_outputs_are_failures_to_write() {
    set -- search --layers 4 --judge fnv:a:500 --simulations 3 --quiet
    mkdir -p folder
    refused 4 'folder: ' "$@" -o folder
    refused 4 'folder: ' "$@" -o folder --resume
    refused 4 'none/file: ' "$@" -o none/file
    # standard output closed: not the journal in its place
    $EMULATOR "$COLAREF" "$@" -o closed 2>err </dev/null >&-
    test $? -eq 4 || complain "closed standard output: status $?"
    rm -f opened
    works "$@" -o opened
    same closed opened 'journal beside a closed standard output'
    test -c /dev/full || return
    for c in '--help' '--version' 'perft --help' 'perft --layers 4 --depth 1' \
        'info tiny' \
        'info' 'presets' 'presets cola-2025' 'tokenize tiny 1' 'logits tiny --tokens 1' \
        'run tiny -p 1' 'eval tiny register --limit 1' 'show opened' 'show --help' \
        'search --layers 4 --judge fnv:a:500 --simulations 3 --quiet' \
        'search --layers 4 --judge fnv:a:500 --simulations 3 --quiet -o -'; do
        $EMULATOR "$COLAREF" $c >/dev/full 2>err </dev/null
        test $? -eq 4 || complain "full: colaref $c: status $?"
        test $(wc -l <err) -eq 1 || complain "full: colaref $c: $(cat err)"
    done
}

presets_can_be_given_back() {
    for name in cola-2025 polar-2026 drllm-paper drllm-code re-polar; do
        for layers in 4 28; do
            works presets $name --layers $layers
            cp out preset.json
            for base in cola-2025 re-polar; do
                rm -f by_name by_file
                works search --layers $layers --judge fnv:a:300 --simulations 20 \
                    --preset $name -o by_name
                works search --layers $layers --judge fnv:a:300 --simulations 20 \
                    --preset $base --preset-file preset.json -o by_file
                same by_name by_file "$name as a file over $base"
            done
        done
    done
    works presets
    test $(wc -l <out) -eq 6 || complain "$(cat out)"
    echo '{"seed": 1, "lamda": 2}' >preset.json
    refused 3 'preset.json: *"lamda"' search --layers 4 --judge fnv:a:1 \
        --preset-file preset.json
    works presets cola-2025 --layers 5
    cp out preset.json
    refused 3 'made for 5 layers' search --layers 4 --judge fnv:a:1 \
        --preset-file preset.json
}

# a table of what the records of a journal say was evaluated
make_table() {
    ${AWK-awk} '/"type":"sample"/ {
        id = $0
        sub(/.*"type":"sample","id":"/, "", id)
        sub(/".*/, "", id)
        sub(/,"shortest".*/, "")
        n = split($0, e, "[{]\"chain\":")
        for (i = 2; i <= n; i++) {
            split(e[i], part, "]")
            verdict = e[i]
            sub(/.*"correct":/, "", verdict)
            sub(/,.*/, "", verdict)
            print "{\"id\":\"" id "\",\"chain\":" part[1] "],\"correct\":" verdict "}"
        }
    }' "$1"
}

recorded_table_replays_the_search() {
    set -- --simulations 12 --seed 9
    for preset in cola-2025 polar-2026; do
        rm -f first again
        works search tiny register --limit 4 -o first --preset $preset "$@"
        make_table first >table.jsonl
        test $(wc -l <table.jsonl) -eq $(simulations first | wc -l) || complain 'no table'
        works search --layers 12 --judge table:table.jsonl -o again --preset $preset "$@"
        chains first >chains_first
        chains again >chains_again
        same chains_first chains_again "$preset"
        sed '$d' table.jsonl >shorter.jsonl
        refused 3 'shorter.jsonl: *"register-0003"' search --layers 12 --quiet \
            --judge table:shorter.jsonl --preset $preset "$@"
        sed 5q table.jsonl | sed '3s/12/x/; 3s/:\[/:/' >bad.jsonl
        refused 3 'bad.jsonl: line 3' search --layers 12 --judge table:bad.jsonl "$@"
        refused 3 'table.jsonl: line 1*0-10' search --layers 11 \
            --judge table:table.jsonl "$@"
    done
}

searches_of_every_kind_work() {
    while read -r options; do
        rm -f kind kind2
        works search tiny register --simulations 2 --limit 4 -o kind $options
        works search tiny register --simulations 2 --limit 4 -o kind2 $options --threads 3
        same kind kind2 "$options"
        works show kind
    done <<EOF
--space any
--space skip --min-length 6 --max-length 12
--space repeat --max-length 1024
--backend int8 --grade choice
--backend f64 --no-random
--per group
--per task --held 0
--per task --held 0.75 --grade choice
--per group --held 0.999
--preset polar-2026 --max-tokens 1
--levels 3-5 --seed 9223372036854775807
EOF
    # shards are the whole, whoever runs them
    works search tiny register --simulations 2 --limit 5 -o - --quiet
    grep '"type":"sample"' out | sort >whole
    for shard in 1/2 2/2; do
        works search tiny register --simulations 2 --limit 5 -o - --quiet --shard $shard
        grep '"type":"sample"' out
    done | sort >parts
    same whole parts 'shards'
}

### run them

n=0
for point in version_is_printed help_is_printed_for_every_command \
    malformed_command_lines_are_refused names_that_nobody_has_are_refused \
    values_out_of_range_are_refused chains_that_are_none_are_refused \
    tokens_that_are_none_are_refused empty_prompts_are_refused \
    spoilt_models_are_refused weights_that_are_no_numbers_are_refused \
    configurations_that_contradict_the_tensors_are_refused \
    questions_that_are_wrong_are_refused_by_file_and_line \
    models_and_tasks_that_are_shipped_are_listed perft_counts_are_the_known_ones \
    tokens_are_turned_into_text_and_back logits_have_the_digest_of_their_bits \
    logits_of_all_positions_are_those_of_each \
    logits_of_each_position_end_with_the_chain identity_chain_is_the_ordinary_pass \
    run_prints_the_answer_and_stops run_says_the_token_of_the_largest_logit \
    eval_counts_what_a_journal_says \
    search_without_a_model_records_101_chains journal_and_table_go_where_they_should \
    explanations_stand_beside_the_journal show_tells_of_one_sample_and_of_a_torn_file \
    killed_search_is_resumed_to_the_same_bytes unwritable_outputs_are_failures_to_write \
    presets_can_be_given_back recorded_table_replays_the_search \
    searches_of_every_kind_work; do
    n=$((n + 1))
    bad=0
    skip=
    mkdir "$TMPDIR/$n"
    cd "$TMPDIR/$n" || exit 99
    $point
    if test -n "$skip"; then
        echo "ok $n - $point # SKIP $skip"
    elif test $bad -eq 0; then
        echo "ok $n - $point"
    else
        echo "not ok $n - $point"
    fi
done
echo "1..$n"
