# SPDX-License-Identifier: Apache-2.0
# chatrixcd_test(name SOURCES … LINK … [LABEL unit|sim|crash|e2e] [TIMEOUT seconds] [COST seconds] [ARGS …]): one doctest executable test_NAME, one
# CTest entry. The long ones say their cost, so that they begin first, though nothing was measured in this build.
# The target unit_tests builds those with the label unit.
add_custom_target(unit_tests)
function(chatrixcd_test name)
  cmake_parse_arguments(arg "" "LABEL;TIMEOUT;COST" "SOURCES;LINK;ARGS" ${ARGN})
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 1200)  # against a hang; a loaded machine under a sanitizer is slow
  endif()
  add_executable(test_${name} ${arg_SOURCES})
  target_link_libraries(test_${name} PRIVATE ${arg_LINK} chatrixcd_test_support)
  set_target_properties(test_${name} PROPERTIES CXX_EXTENSIONS OFF)
  chatrixcd_precompile(test_${name})
  if(arg_LABEL STREQUAL "unit")
    add_dependencies(unit_tests test_${name})
  endif()
  add_test(NAME ${arg_LABEL}.${name} COMMAND test_${name} ${arg_ARGS})
  set_tests_properties(${arg_LABEL}.${name} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT})
  if(arg_COST)
    set_tests_properties(${arg_LABEL}.${name} PROPERTIES COST ${arg_COST})
  endif()
endfunction()
