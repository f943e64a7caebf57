# SPDX-License-Identifier: Apache-2.0
# Runs each fuzz target, one on each core; what it finds new goes to build/fuzz/corpus, a crash stays in build/fuzz/crashes.
. tools/dev/common.sh
split_yes "$@"
setup
build_preset fuzz fuzz_targets
export FUZZ_SECONDS=${FUZZ_SECONDS:-60}

run_target() {
    local name=${1##*/fuzz_}
    mkdir -p "build/fuzz/corpus/$name" build/fuzz/crashes
    if ! "$1" -max_total_time="$FUZZ_SECONDS" -max_len=65536 -timeout=5 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/crashes/$name-" "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name" >"build/fuzz/$name.log" 2>&1; then
        tail -40 "build/fuzz/$name.log" >&2
        echo "fuzz: $name failed; inputs that crash it are in build/fuzz/crashes" >&2
        return 1
    fi
    echo "$name, $FUZZ_SECONDS s: $(awk '/stat::number_of_executed_units/ { print $2 }' "build/fuzz/$name.log") inputs, no finding"
}
export -f run_target

find build/fuzz/tests/fuzz -maxdepth 1 -type f -executable -name 'fuzz_*' -print0 | sort -z |
    xargs -0 -n 1 -P "$(nproc)" bash -c 'run_target "$1"' run_target
