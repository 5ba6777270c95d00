#!/usr/bin/env bash
# Runs every test there is, or the parts named: static rust foreign clients window kill.
# Ends with the sum over all parts.
set -uo pipefail
cd "$(dirname "$0")/.."
. tests/env.sh
export CARGO_TERM_COLOR=never NO_COLOR=1 PYTHONDONTWRITEBYTECODE=1

parts=("$@")
[ "${#parts[@]}" -gt 0 ] || parts=(static rust foreign clients window kill)

passed=0 failed=0 skipped=0
summary=()
log="$(mktemp)"
helpers=()
clean_up() {
    for helper in "${helpers[@]}"; do kill "$helper" 2>/dev/null; done
    rm -f "$log"
}
trap clean_up EXIT

# Adds what one part counted; a part that failed without a failed test counts as one.
add() {
    local name="$1" code="$2" p="$3" f="$4" s="$5" seconds="$6"
    if [ "$code" != 0 ] && [ "$f" = 0 ]; then f=1; fi
    # A runner that ran nothing has not passed.
    if [ "$p" = 0 ] && [ "$f" = 0 ]; then f=1; fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    summary+=("$(printf '%-34s %4d passed %3d failed %3d skipped %5d s' "$name" "$p" "$f" "$s" "$seconds")")
}

# A command that is one test by itself.
check() {
    local name="$1" began=$SECONDS code
    shift
    printf '\n=== %s\n' "$name"
    "$@"
    code=$?
    if [ $code = 0 ]; then add "$name" 0 1 0 0 $((SECONDS - began)); else add "$name" $code 0 1 0 $((SECONDS - began)); fi
}

# A runner whose output is counted: cargo, pytest or node.
counted() {
    local name="$1" kind="$2" began=$SECONDS code p=0 f=0 s=0
    shift 2
    printf '\n=== %s\n' "$name"
    "$@" 2>&1 | tee "$log"
    code=${PIPESTATUS[0]}
    case "$kind" in
    cargo)
        read -r p f s < <(awk '/^test result:/ { for (i = 2; i <= NF; i++) {
            if ($i ~ /^passed/) p += $(i - 1)
            if ($i ~ /^failed/) f += $(i - 1) } }
            END { print p + 0, f + 0, 0 }' "$log")
        ;;
    pytest)
        read -r p f s < <(grep -E '[0-9]+ (passed|failed|error|skipped).* in [0-9.]+s' "$log" | tail -n 1 |
            awk '{ for (i = 2; i <= NF; i++) { w = $i; sub(/,$/, "", w)
            if (w == "passed") p = $(i - 1)
            if (w == "failed" || w ~ /^error/) f += $(i - 1)
            if (w == "skipped") s = $(i - 1) } } END { print p + 0, f + 0, s + 0 }')
        ;;
    node)
        read -r p f s < <(awk '/^# pass / { p += $3 } /^# fail / { f += $3 } /^# skipped / { s += $3 }
            END { print p + 0, f + 0, s + 0 }' "$log")
        ;;
    esac
    add "$name" "$code" "${p:-0}" "${f:-0}" "${s:-0}" $((SECONDS - began))
}

# The headless server must not link what draws windows.
headless_links_no_windowing() {
    local found
    found=$(cargo tree --locked --no-default-features -e normal --prefix none 2>/dev/null |
        grep -E '^(egui|eframe|winit|wgpu|glow|x11rb|wayland-client|accesskit|blitz-dom|rfd) ')
    [ -z "$found" ] || { echo "$found"; return 1; }
}

# Built the way the tests built it, so that nothing is compiled twice.
needs_the_program() {
    export POOLHOUSE_BIN="$CARGO_TARGET_DIR/debug/poolhouse"
    cargo test -q --locked --test it --no-run || add "build of the program" 1 0 1 0 0
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

against_moto() {
    local port
    port=$(free_port)
    moto_server -H 127.0.0.1 -p "$port" >/dev/null 2>&1 &
    helpers+=($!)
    for _ in $(seq 100); do
        curl -s -o /dev/null "http://127.0.0.1:$port/" && break
        sleep 0.2
    done
    POOLHOUSE_MOTO="http://127.0.0.1:$port" cargo test --locked --test it -- --ignored foreign
}

for part in "${parts[@]}"; do
    case "$part" in
    static)
        check "format" cargo fmt --check
        check "derived wire types" python3 assets/api/derive.py --check
        check "clippy" cargo clippy -q --locked --all-targets -- -D warnings
        check "clippy, headless" cargo clippy -q --locked --no-default-features --lib --bins -- -D warnings
        check "headless links no windowing" headless_links_no_windowing
        check "licences and sources" cargo deny --config .deny.toml check --hide-inclusion-graph licenses bans sources
        ;;
    rust)
        answers="$(mktemp)"
        counted "rust" cargo env GENERATED_REQUESTS=100000 ANSWERS="$answers" \
            cargo test --locked --lib --bins --tests
        check "declared errors are raised" python3 tests/declared_errors.py "$answers"
        rm -f "$answers"
        ;;
    foreign)
        counted "console driver against moto" cargo against_moto
        ;;
    clients)
        needs_the_program
        counted "python clients" pytest pytest -q -p no:cacheprovider tests/clients
        counted "javascript clients" node node --test --test-reporter=tap tests/clients/*.test.mjs
        ;;
    window)
        needs_the_program
        counted "window" pytest bash tests/window/run.sh
        ;;
    kill)
        needs_the_program
        check "kill -9" python3 tests/kill/run.py --bin "$POOLHOUSE_BIN" --trials "${KILL_TRIALS:-10}"
        ;;
    *)
        echo "unknown part: $part (static rust foreign clients window kill)"
        exit 2
        ;;
    esac
done

printf '\n'
printf '%s\n' "${summary[@]}"
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" = 0 ]
