# SPDX-License-Identifier: Apache-2.0
. tools/dev/common.sh
split_yes "$@"
setup
build_preset dev
[ -e build/bin ] || ln -sfn dev/bin build/bin
export TMPDIR=${TMPDIR:-/tmp}
exec ctest --test-dir build/dev --output-on-failure -j 2 "${rest[@]}"
