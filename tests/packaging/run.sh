#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs a build tree into a stage folder, then builds the consumer and the examples against it alone and runs the consumer.
# usage: run.sh BUILD_DIR SOURCE_DIR COMPILER…
set -euo pipefail
build=$1
source=$2
shift 2
stage="$build/stage"
rm -rf "$stage"
cmake --install "$build" --prefix "$stage" >/dev/null
for compiler in "$@"; do
    if ! command -v "$compiler" >/dev/null; then
        echo "no $compiler on this machine" >&2
        exit 1
    fi
    for project in tests/packaging/consumer examples; do
        work="$build/consumers/$compiler/$project"
        rm -rf "$work"
        cmake -G Ninja -S "$source/$project" -B "$work" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER="$compiler" \
            -DCMAKE_PREFIX_PATH="$stage" -DCMAKE_CXX_FLAGS="${CONSUMER_FLAGS:-}" >/dev/null
        cmake --build "$work"
    done
    for program in use_matrix use_chatops use_homeserver own_asio; do
        "$build/consumers/$compiler/tests/packaging/consumer/$program" >/dev/null
        echo "$compiler: $program works"
    done
    "$build/consumers/$compiler/examples/bin/misbehaving_homeserver" 1
    echo "$compiler: misbehaving_homeserver works"
done
