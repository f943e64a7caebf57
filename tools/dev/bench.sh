# SPDX-License-Identifier: Apache-2.0
# Each figure stands beside a limit, a floor or a peer of the same run; times alone mean little on a machine that does other things.
. tools/dev/common.sh
split_yes "$@"
# As for the interop tests, npm only where it is missing. The peer in Go is left out where there is no Go.
packages=(strace)
command -v npm >/dev/null || packages+=(npm)
setup "${packages[@]}"
build_preset bench bench_programs
exec python3 tests/bench/run.py build/bench/bin build/interop "${rest[@]}"
