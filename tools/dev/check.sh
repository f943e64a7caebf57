# SPDX-License-Identifier: Apache-2.0
# What is too long for every day: 10,000 processes killed at random points, 4,000 lives of encrypted rooms, both sanitizers of clang, clang-tidy, the API reference, and
# each public header compiled alone.
. tools/dev/common.sh
split_yes "$@"
setup clang-tidy-16
bash tools/dev/lint.sh
bash tools/dev/docs.sh "${yes[@]}"
build_preset dev all_verify_interface_header_sets
build_preset dev test_crash_echo test_crash_engine
CRASH_POINTS=5000 CRASH_STRIDE=1 ctest --test-dir build/dev --output-on-failure -j 2 -L crash
# Optimised, and in two processes: in one, as they are tested every day, they would take an hour.
build_preset bench test_sim_encrypted
lives() (
    [ ! -d /dev/shm ] || export TMPDIR=/dev/shm
    LIVES=1000 FIRST=$1 timeout 3600 build/bench/tests/sim/sim_encrypted
)
lives 1001 &
others=$!
lives 1
wait "$others"
build_preset asan
ctest --test-dir build/asan --output-on-failure -j 2 -L 'unit|sim|e2e'
# A simulation has one thread: nothing to find there.
build_preset tsan unit_tests chatrixcd echo_bot
ctest --test-dir build/tsan --output-on-failure -j 2 -L 'unit|e2e'
find libbase libprotocol libmatrix libsemaphore libchatops libexecutor libhomeserver bots examples -name '*.cpp' -print0 |
    xargs -0 -n 4 -P 2 clang-tidy-16 --quiet --warnings-as-errors='*' -p build/dev
