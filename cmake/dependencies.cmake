# SPDX-License-Identifier: Apache-2.0
# Everything the libraries link. The list of an installed package (chatrixcd-config.cmake.in) must name the same.
find_package(Boost 1.81 REQUIRED COMPONENTS headers json url)
find_package(OpenSSL 3 REQUIRED)
find_package(fmt REQUIRED)
find_package(SQLiteCpp REQUIRED)
find_package(Olm REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(md4c-html REQUIRED IMPORTED_TARGET md4c-html)
