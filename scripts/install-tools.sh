#!/usr/bin/env bash
# Installs what is missing: `install-tools.sh run` for building and running Helin, `test` also for its tests.
# Debian or Ubuntu; Rust comes from rustup and is expected to be there.
set -euo pipefail

purpose=${1:?run or test}

packages=()
needs() { # needs COMMAND PACKAGE
    command -v "$1" >/dev/null 2>&1 || packages+=("$2")
}

needs cc gcc
needs make make
# Speaks prompts that have a text and no file.
needs espeak-ng espeak-ng
if [ "$purpose" = test ]; then
    needs g++ g++
    needs sipp sip-tester
    needs baresip baresip
    needs linphonec linphone-cli
    needs setpriv util-linux
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || packages+=(postgresql)
fi

if [ ${#packages[@]} -gt 0 ]; then
    echo "installing ${packages[*]}"
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    "${as_root[@]}" apt-get update -q
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qy --no-install-recommends "${packages[@]}"
fi

if ! command -v cargo >/dev/null 2>&1; then
    echo "Rust is missing: install it with rustup (https://rustup.rs), then run make again" >&2
    exit 1
fi

if [ "$purpose" = test ]; then
    cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
    cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
    for tool in cargo-deny cargo-fuzz cargo-machete; do
        command -v "$tool" >/dev/null 2>&1 || cargo install --locked --quiet "$tool"
    done
fi
