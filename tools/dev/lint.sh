# SPDX-License-Identifier: Apache-2.0
. tools/dev/common.sh
split_yes "$@"
failed=0
for check in check_layers check_names check_coroutines check_docs; do
    python3 "tools/$check.py" || failed=1
done
python3 tests/tools/test_checks.py || failed=1
for script in dev .ci/run tools/dev/*.sh; do
    bash -n "$script" || failed=1
done
[ $failed -eq 0 ] || echo 'lint: failed, see above' >&2
exit $failed
