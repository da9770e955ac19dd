#!/bin/sh
# Prepares a machine for the Makefile's commands: finds or installs uv, finds both Pythons, builds both environments
# from uv.lock. Needs no Python package itself. What is up to date is left alone, so that it also works with no network.
#
# Usage: sh backend/run/bootstrap.sh [app] [dev] [rasa] [system] [peers]
#   app, dev   .venv: the service; its tests and checks      rasa   .venv-rasa: the dialogue engine
#   system     PostgreSQL, Chromium, espeak-ng for the tests     peers  the Node programs the carrier is tested against
set -eu
cd "$(dirname "$0")/../.."
ROOT=$(pwd)
TOOLS=$ROOT/var/tools
export UV_NO_PROGRESS="${UV_NO_PROGRESS:-$([ -t 2 ] || echo 1)}"
[ -n "$UV_NO_PROGRESS" ] || unset UV_NO_PROGRESS
# A developer's own active environment must not be taken for ours.
unset VIRTUAL_ENV PYTHONHOME PYTHONPATH 2>/dev/null || true

say() { printf '[setup] %s\n' "$*" >&2; }
fail() {
    printf '\n[setup] %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '        %s\n' "$line" >&2; done
    exit 1
}

works() { command -v "$1" >/dev/null 2>&1 && "$1" --version >/dev/null 2>&1; }

find_uv() {
    for candidate in uv "$HOME/.local/bin/uv" "$HOME/.cargo/bin/uv" "$TOOLS/bin/uv"; do
        if works "$candidate"; then UV=$candidate; return; fi
    done
    command -v python3 >/dev/null 2>&1 || fail "uv is not installed, and neither is python3 to install it with." \
        "Install Python 3.11 or newer (Debian, Ubuntu: sudo apt install python3 python3-venv), then run this again."
    say "uv is not installed; installing it into var/tools."
    mkdir -p "$ROOT/var"
    # In an environment of its own: many systems refuse pip outside of one, and nothing else on the machine changes.
    if python3 -m venv "$TOOLS" >/dev/null 2>&1 && "$TOOLS/bin/python" -m pip install --quiet uv >&2; then
        UV=$TOOLS/bin/uv
    elif python3 -m pip install --quiet --user uv >&2; then
        UV=$HOME/.local/bin/uv
    fi
    works "${UV:-none}" || fail "uv could not be installed." \
        "Debian, Ubuntu: sudo apt install python3-venv python3-pip, then run this again;" \
        "or install uv by hand: https://docs.astral.sh/uv/getting-started/installation/"
}

# is_python <path> <test on sys.version_info>: runs it, since a version manager's shim may exist and still refuse.
is_python() { [ -n "$1" ] && "$1" -c "import sys; v = sys.version_info[:2]; sys.exit(not ($2))" >/dev/null 2>&1; }

# find_python <uv request> <test> <names…>: sets FOUND. pyenv's shims hide versions from uv, so its folder is read too.
find_python() {
    request=$1 test=$2
    shift 2
    for name in "$@"; do
        for candidate in "$(command -v "$name" 2>/dev/null || true)" \
            $(ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/"$name" 2>/dev/null || true) \
            "/usr/bin/$name" "/usr/local/bin/$name" "/opt/homebrew/bin/$name"; do
            if is_python "$candidate" "$test"; then FOUND=$("$candidate" -c 'import sys; print(sys.executable)'); return 0; fi
        done
    done
    FOUND=$("$UV" python find --no-python-downloads --no-project "$request" 2>/dev/null || true)
    if is_python "$FOUND" "$test"; then return 0; fi
    say "Python $request is not on this machine; asking uv to fetch it."
    if "$UV" python install "$request" >&2; then
        FOUND=$("$UV" python find --no-project "$request" 2>/dev/null || true)
        if is_python "$FOUND" "$test"; then return 0; fi
    fi
    return 1
}

# Only the lock: whatever changes the packages changes it.
lock_hash() { { sha256sum uv.lock 2>/dev/null || shasum -a 256 uv.lock; } | cut -c1-16; }

# sync <environment> <python request> <test> <names> <groups> <uv options…>: builds it unless its stamp says it is done.
sync_environment() {
    environment=$1 request=$2 test=$3 names=$4 groups=$5
    shift 5
    wanted="$(lock_hash) $groups"
    stamp=$environment/.synced
    have=$(cat "$stamp" 2>/dev/null || true)
    # An environment with the test packages also serves without them: `make run` after `make test` changes nothing.
    if { [ "$have" = "$wanted" ] || [ "$have" = "$wanted dev" ]; } && is_python "$environment/bin/python" "$test"; then return; fi
    find_uv
    # shellcheck disable=SC2086
    find_python "$request" "$test" $names || fail "Python $request is needed for $environment and is not on this machine." \
        "Get it in one of these ways, then run the same command again:" \
        "  uv python install $request" \
        "  pyenv install $request" \
        "  Ubuntu: sudo add-apt-repository ppa:deadsnakes/ppa && sudo apt install python$request python$request-venv"
    say "building $environment with $FOUND (packages: $groups); the first time this downloads them."
    rm -f "$stamp"
    if ! UV_PROJECT_ENVIRONMENT=$environment "$UV" sync --frozen --python "$FOUND" "$@" >&2; then
        say "that did not work; trying once more from the packages already on this machine."
        UV_PROJECT_ENVIRONMENT=$environment "$UV" sync --frozen --offline --python "$FOUND" "$@" >&2 ||
            fail "The packages of $environment could not be installed." \
                "Is the network there? uv's own message above says what is missing. Then run the same command again."
    fi
    printf '%s' "$wanted" >"$stamp"
}

install_debian() { # install_debian <what it is for> <package>
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing $2 ($1)."
        [ -n "${APT_UPDATED:-}" ] || { apt-get update -qq >/dev/null 2>&1 || true; APT_UPDATED=1; }
        if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null 2>&1; then
            say "installed $2."
            return
        fi
    fi
    say "$2 is missing, and the tests that need it ($1) will be skipped. Debian, Ubuntu: sudo apt install $2"
}

prepare_system() {
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 ||
        install_debian "the tests on PostgreSQL" postgresql
    command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 ||
        install_debian "the tests of the pages in a browser" chromium
    command -v npm >/dev/null 2>&1 || install_debian "the independent carrier peers" npm
    command -v espeak-ng >/dev/null 2>&1 || install_debian "the local voice of the handset page" espeak-ng
}

prepare_peers() {
    [ -f tests/peers/package-lock.json ] || return 0
    if ! command -v npm >/dev/null 2>&1; then return 0; fi
    if [ tests/peers/node_modules/.package-lock.json -nt tests/peers/package-lock.json ]; then return 0; fi
    say "installing the carrier peers (Node packages) into tests/peers."
    (cd tests/peers && npm ci --no-audit --no-fund --loglevel=error >&2) ||
        say "the carrier peers could not be installed; the tests that need them will be skipped."
}

want_app='' want_dev='' want_rasa=''
for part in "$@"; do
    case $part in
        app) want_app=1 ;;
        dev) want_dev=1 ;;
        rasa) want_rasa=1 ;;
        system) prepare_system ;;
        peers) prepare_peers ;;
        *) fail "unknown part: $part" ;;
    esac
done
APP_PYTHONS="python3.11 python3.12 python3.13 python3"
if [ -n "$want_dev" ]; then
    sync_environment .venv 3.11 "v >= (3, 11)" "$APP_PYTHONS" "app dev" --group app --group dev
elif [ -n "$want_app" ]; then
    sync_environment .venv 3.11 "v >= (3, 11)" "$APP_PYTHONS" "app" --group app
fi
if [ -n "$want_rasa" ]; then
    sync_environment .venv-rasa 3.10 "v == (3, 10)" "python3.10" "rasa" --only-group rasa --no-install-project
fi
