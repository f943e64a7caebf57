# SPDX-License-Identifier: Apache-2.0
# The demo runs the programs that the tests run: a person who tries both waits for one build, and code without optimisation is built in half
# the time. `./dev build` makes what one installs.
. tools/dev/common.sh
split_yes "$@"
setup
build_preset dev chatrixcd echo_bot
[ -e build/bin ] || ln -sfn dev/bin build/bin
exec build/dev/bin/chatrixcd demo "${rest[@]}"
