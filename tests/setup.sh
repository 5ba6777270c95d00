#!/usr/bin/env bash
# Installs what the tests need on a Debian machine that has Rust: system packages, the
# foreign clients, cargo-deny. Run it as often as you like: what is there is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/env.sh

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# To build and show the console.
packages=(
    build-essential curl git ca-certificates
    libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1 libegl1
    mesa-vulkan-drivers fontconfig fonts-liberation
)
# To drive its window without a screen.
packages+=(
    xvfb openbox xdotool imagemagick
    dbus dbus-x11 at-spi2-core python3-pyatspi gir1.2-atspi-2.0
)
# To run the foreign clients.
packages+=(python3 python3-venv)
# Passkeys are made by a real browser.
command -v chromium >/dev/null || packages+=(chromium)
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
    echo "setup: installing ${missing[*]}"
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
fi

rustup component add rustfmt clippy >/dev/null 2>&1 || true
cargo fmt --version >/dev/null
cargo clippy --version >/dev/null

# A stamp holds the list that was installed; another list is installed anew.
mkdir -p "$POOLHOUSE_CACHE"
if ! cmp -s tests/clients/requirements.txt "$VENV/installed.txt"; then
    echo "setup: installing the Python clients"
    rm -rf "$VENV"
    # The system's packages are visible in it, for the accessibility bindings.
    /usr/bin/python3 -m venv --system-site-packages "$VENV"
    "$VENV/bin/pip" install -q --ignore-installed --no-deps -r tests/clients/requirements.txt
    cp tests/clients/requirements.txt "$VENV/installed.txt"
fi
if ! cmp -s tests/clients/package-lock.json "$NODE_HOME/installed.json"; then
    echo "setup: installing the JavaScript clients"
    rm -rf "$NODE_HOME"
    mkdir -p "$NODE_HOME"
    cp tests/clients/package.json tests/clients/package-lock.json "$NODE_HOME/"
    (cd "$NODE_HOME" && npm ci --silent --no-audit --no-fund)
    cp tests/clients/package-lock.json "$NODE_HOME/installed.json"
fi

deny_version=0.20.2
if ! "$TOOLS/bin/cargo-deny" --version 2>/dev/null | grep -q " $deny_version\$"; then
    echo "setup: installing cargo-deny"
    # Unoptimised: it runs for seconds, but would compile for minutes.
    CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR="$TOOLS/target" \
        cargo install -q --debug --locked --root "$TOOLS" "cargo-deny@$deny_version"
    rm -rf "$TOOLS/target"
fi
echo "setup: ready"
