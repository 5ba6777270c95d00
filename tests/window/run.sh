#!/usr/bin/env bash
# Opens a screen that nobody sees, with a session bus, the accessibility bus and a window
# manager, and drives the real window there. Arguments go to pytest.
set -uo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
. "$here/../env.sh"

if [ -z "${POOLHOUSE_SCREEN:-}" ]; then
    folder="$(mktemp -d)"
    export POOLHOUSE_SCREEN=1 XDG_RUNTIME_DIR="$folder"
    # Xvfb chooses the display and writes its number when it is ready.
    mkfifo "$folder/display"
    Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 3>"$folder/display" 2>/dev/null &
    screen=$!
    read -r number <"$folder/display"
    DISPLAY=":$number" POOLHOUSE_CHOSEN="$folder/chosen" \
        dbus-run-session --config-file "$here/bus.conf" -- bash "$0" "$@"
    code=$?
    kill "$screen"
    rm -rf "$folder"
    exit $code
fi

/usr/libexec/at-spi-bus-launcher --launch-immediately --a11y=1 --screen-reader=1 2>/dev/null &
openbox 2>/dev/null &
export LIBGL_ALWAYS_SOFTWARE=1 GTK_A11Y=none
"$VENV/bin/python" "$here/portal.py" &
"$VENV/bin/pytest" -q -p no:cacheprovider "$here" "$@"
