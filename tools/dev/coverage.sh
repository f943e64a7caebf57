# SPDX-License-Identifier: Apache-2.0
. tools/dev/common.sh
split_yes "$@"
setup 'llvm-16|llvm'
build_preset coverage
rm -f build/coverage/*.profraw
LLVM_PROFILE_FILE="$PWD/build/coverage/%p-%m.profraw" ctest --test-dir build/coverage --output-on-failure -j 2
suffix=
command -v llvm-profdata >/dev/null || suffix=-16
"llvm-profdata$suffix" merge -sparse build/coverage/*.profraw -o build/coverage/all.profdata
objects=()
for program in build/coverage/bin/* build/coverage/tests/*/*/test_* build/coverage/tests/*/test_*; do
    [ -x "$program" ] && [ -f "$program" ] && objects+=(-object "$program")
done
"llvm-cov$suffix" report "${objects[@]}" -instr-profile=build/coverage/all.profdata --show-region-summary=false --show-branch-summary=false \
    libbase libprotocol libmatrix libchatops libexecutor libhomeserver bots
