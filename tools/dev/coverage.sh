# SPDX-License-Identifier: Apache-2.0
. tools/dev/common.sh
split_yes "$@"
setup
# The tools must be of the compiler's own version: they read what it wrote.
suffix=
if command -v clang++-16 >/dev/null; then suffix=-16; fi
setup "llvm$suffix"
build_preset coverage
rm -f build/coverage/*.profraw
LLVM_PROFILE_FILE="$PWD/build/coverage/%p-%m.profraw" ctest --test-dir build/coverage --output-on-failure -j 2 -LE crash
"llvm-profdata$suffix" merge -sparse build/coverage/*.profraw -o build/coverage/all.profdata
objects=()
for program in build/coverage/bin/* build/coverage/tests/sim/sim_* build/coverage/tests/unit/*/test_* build/coverage/tests/unit/*/*/test_*; do
    [ -x "$program" ] && [ -f "$program" ] && objects+=(-object "$program")
done
"llvm-cov$suffix" report "${objects[@]:1}" -instr-profile=build/coverage/all.profdata --show-region-summary=false --show-branch-summary=false \
    -sources libbase libprotocol libmatrix libsemaphore libchatops libexecutor libhomeserver bots >build/coverage/report.txt
cat build/coverage/report.txt
echo
# Of the sources, header files included, without tests.
awk '$1 ~ /\.(cpp|hpp)$/ { split($1, part, "/"); lines[part[1]] += $5; missed[part[1]] += $6 }
     END { for (name in lines) printf "%-14s %5.1f %% of %d lines\n", name, 100 * (1 - missed[name] / lines[name]), lines[name] }' \
    build/coverage/report.txt | sort
