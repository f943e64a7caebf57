# SPDX-License-Identifier: Apache-2.0
# The API reference from the public headers, in build/docs/html. Doxygen's warnings are errors.
. tools/dev/common.sh
split_yes "$@"
bash tools/dev/setup.sh "${yes[@]}" doxygen
mkdir -p build/docs
doxygen docs/Doxyfile
echo "docs: build/docs/html/index.html"
