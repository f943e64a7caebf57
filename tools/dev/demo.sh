# SPDX-License-Identifier: Apache-2.0
. tools/dev/common.sh
split_yes "$@"
bash tools/dev/build.sh "${yes[@]}"
exec build/bin/chatrixcd demo "${rest[@]}"
