# SPDX-License-Identifier: Apache-2.0
# Each figure stands beside a limit or a peer of the same run; times alone mean little on a machine that does other things.
. tools/dev/common.sh
split_yes "$@"
setup
build_preset bench bench_libraries bench_sync echo_bot
build/bench/bin/bench_libraries "${rest[@]}"
build/bench/bin/bench_sync "${rest[@]}"
exec python3 tests/bench/idle.py build/bench/bin/echo_bot
