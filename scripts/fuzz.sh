#!/usr/bin/env bash
# Runs every fuzz target for SECONDS each, two at a time. New inputs go to a scratch folder; a crash is printed
# and ends the run. The stable toolchain does it with RUSTC_BOOTSTRAP=1.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
export RUSTC_BOOTSTRAP=1
unset CARGO_TARGET_DIR
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mapfile -t targets < <(cargo fuzz list)
cargo fuzz build

fuzz() {
    local target=$1
    mkdir -p "$scratch/$target"
    if ! cargo fuzz run "$target" "$scratch/$target" "fuzz/corpus/$target" -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -verbosity=0 >"$scratch/$target.log" 2>&1; then
        echo "fuzz target $target failed:" >&2
        tail -60 "$scratch/$target.log" >&2
        return 1
    fi
    echo "fuzz target $target: $seconds s without a fault"
}
export -f fuzz
export seconds scratch
printf '%s\n' "${targets[@]}" | xargs -P 2 -I{} bash -c 'fuzz {}'
