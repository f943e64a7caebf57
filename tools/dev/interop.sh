# SPDX-License-Identifier: Apache-2.0
. tools/dev/common.sh
split_yes "$@"
# ./dev interop semaphore URL [TOKEN]: against a server that somebody else runs.
if [ "${rest[0]:-}" = semaphore ]; then
    setup
    build_preset dev semaphore_live
    exec python3 tests/interop/semaphore.py build/dev/bin "${rest[@]:1}"
fi
# npm brings its own, newer Node.js; Debian's npm alone would bring several hundred packages, so it is asked for only where it is missing.
if command -v npm >/dev/null; then setup python3-venv; else setup python3-venv npm; fi
# Synapse is fetched from the mirror that apt uses; a machine whose package lists were cleaned away names none.
if command -v apt-get >/dev/null && ! apt-get indextargets | grep -q .; then
    if [ "$(id -u)" -eq 0 ]; then apt-get update -qq; else sudo apt-get update -qq; fi
fi
# What the tests and the demo run as well: whoever tries all three waits for one build.
build_preset dev chatrixcd echo_bot encrypted_echo
exec python3 tests/interop/run.py build/dev/bin build/interop "${rest[@]}"
