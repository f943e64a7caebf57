# SPDX-License-Identifier: Apache-2.0
. tools/dev/common.sh
split_yes "$@"
# npm brings its own, newer Node.js; Debian's npm alone would bring several hundred packages, so it is asked for only where it is missing.
if command -v npm >/dev/null; then setup; else setup npm; fi
bash tools/dev/build.sh "${yes[@]}"
exec python3 tests/interop/run.py build/bin build/interop "${rest[@]}"
