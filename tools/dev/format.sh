# SPDX-License-Identifier: Apache-2.0
. tools/dev/common.sh
split_yes "$@"
bash tools/dev/setup.sh "${yes[@]}" clang-format-16
git ls-files -z '*.cpp' '*.hpp' | xargs -0 clang-format-16 -i
