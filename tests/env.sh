# Where the tests keep what they install and build. Sourced by setup.sh and run.sh.
POOLHOUSE_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/poolhouse"
VENV="$POOLHOUSE_CACHE/venv"
NODE_HOME="$POOLHOUSE_CACHE/node"
TOOLS="$POOLHOUSE_CACHE/tools"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$POOLHOUSE_CACHE/target}"
export PATH="$VENV/bin:$TOOLS/bin:$HOME/.cargo/bin:$PATH"
