# SPDX-License-Identifier: Apache-2.0
# Shared by the other files of this folder: source it, then call split_yes "$@", setup and build_preset.
set -euo pipefail

yes=()
rest=()
# Takes -y out of the arguments; the others are in `rest`.
split_yes() {
    for argument in "$@"; do
        case "$argument" in
            -y | --yes) yes=(-y) ;;
            *) rest+=("$argument") ;;
        esac
    done
}

# setup [PACKAGE…]: what every build needs, and these.
setup() { bash tools/dev/setup.sh "${yes[@]}" "$@"; }

# build_preset PRESET [TARGET…]
build_preset() {
    local preset=$1
    shift
    local options=()
    # Newer distributions have a newer clang alone.
    if [ "$preset" != gcc-asan ] && ! command -v clang++-16 >/dev/null; then
        options+=(-DCMAKE_CXX_COMPILER="$(command -v clang++)")
    fi
    if command -v ccache >/dev/null; then
        export CCACHE_SLOPPINESS=pch_defines,time_macros CMAKE_CXX_COMPILER_LAUNCHER=ccache
    fi
    # Two dozen programs with everything in them: the linker's time counts. What is installed or measured is linked as anybody would.
    case "$preset" in
        release | bench) ;;
        *) if command -v mold >/dev/null; then options+=(-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=mold); fi ;;
    esac
    local log
    log=$(mktemp)
    if ! cmake --preset "$preset" "${options[@]}" >"$log" 2>&1; then
        cat "$log" >&2
        exit 1
    fi
    rm -f "$log"
    cmake --build "build/$preset" --target "${@:-all}"
}
