# SPDX-License-Identifier: Apache-2.0
# Builds the programs (release) and shows them as build/bin/.
. tools/dev/common.sh
split_yes "$@"
setup
build_preset release chatrixcd echo_bot
ln -sfn release/bin build/bin
