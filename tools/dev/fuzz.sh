# SPDX-License-Identifier: Apache-2.0
# Runs each fuzz target; what it finds new goes to build/fuzz/corpus, a crash stays in build/fuzz/crashes.
. tools/dev/common.sh
split_yes "$@"
setup
build_preset fuzz fuzz_targets
seconds=${FUZZ_SECONDS:-60}
for target in build/fuzz/tests/fuzz/fuzz_*; do
    [ -x "$target" ] && [ -f "$target" ] || continue
    name=${target##*/fuzz_}
    mkdir -p "build/fuzz/corpus/$name" build/fuzz/crashes
    echo "== $name, $seconds s"
    "$target" -max_total_time="$seconds" -max_len=65536 -timeout=5 -print_final_stats=1 -artifact_prefix="build/fuzz/crashes/$name-" \
        "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name" >"build/fuzz/$name.log" 2>&1 || {
        tail -40 "build/fuzz/$name.log" >&2
        echo "fuzz: $name failed; inputs that crash it are in build/fuzz/crashes" >&2
        exit 1
    }
    grep 'stat::number_of_executed_units' "build/fuzz/$name.log"
done
