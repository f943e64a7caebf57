# SPDX-License-Identifier: Apache-2.0
# chatrixcd_library(name SOURCES … HEADERS … [PUBLIC …] [PRIVATE …] [INCLUDE_DIR dir])
# One static library libchatrixcd-NAME.a with the alias chatrixcd::NAME. HEADERS lie below INCLUDE_DIR (default: include) and are
# the whole public API: each is compiled alone by the target all_verify_interface_header_sets.
function(chatrixcd_library name)
  cmake_parse_arguments(arg "" "INCLUDE_DIR" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
  if(NOT arg_INCLUDE_DIR)
    set(arg_INCLUDE_DIR include)
  endif()
  set(target chatrixcd_${name})
  string(REPLACE "_" "-" archive chatrixcd-${name})
  add_library(${target} STATIC ${arg_SOURCES})
  add_library(chatrixcd::${name} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${arg_INCLUDE_DIR} FILES ${arg_HEADERS})
  target_include_directories(${target} PRIVATE src)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name}
    OUTPUT_NAME ${archive}
    POSITION_INDEPENDENT_CODE ON
    CXX_EXTENSIONS OFF
    VERIFY_INTERFACE_HEADER_SETS ON)
  chatrixcd_precompile(${target})
  set_property(GLOBAL APPEND PROPERTY CHATRIXCD_LIBRARIES ${target})
endfunction()

# One precompiled header for every target: building it takes as long as several units. A lean set, measured: more headers here cost more in
# memory than they save in time.
function(chatrixcd_precompile target)
  if(NOT CHATRIXCD_PCH)
    return()
  endif()
  if(NOT TARGET chatrixcd_precompiled)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/precompiled.cpp CONTENT "")
    add_library(chatrixcd_precompiled OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
    target_compile_features(chatrixcd_precompiled PRIVATE cxx_std_20)
    target_link_libraries(chatrixcd_precompiled PRIVATE Boost::headers Boost::json)
    set_target_properties(chatrixcd_precompiled PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_EXTENSIONS OFF)
    # Without the times of the headers in it, the same headers give the same file: ccache then knows a fresh checkout's units.
    target_compile_options(chatrixcd_precompiled PRIVATE $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
    target_precompile_headers(chatrixcd_precompiled PRIVATE
      <boost/asio/awaitable.hpp> <boost/system/result.hpp> <boost/json/value.hpp>
      <chrono> <functional> <map> <memory> <optional> <string> <string_view> <vector>)
  endif()
  # Programs, too, are compiled as the libraries are: code of another kind cannot use the header.
  get_target_property(is_library ${target} POSITION_INDEPENDENT_CODE)
  if(NOT is_library)
    target_compile_options(${target} PRIVATE -fPIC)
  endif()
  target_precompile_headers(${target} REUSE_FROM chatrixcd_precompiled)
endfunction()
