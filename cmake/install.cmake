# SPDX-License-Identifier: Apache-2.0
# `cmake --install` gives the libraries, their headers, a CMake package with a component a library, and the bot.
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY CHATRIXCD_LIBRARIES)
install(TARGETS ${libraries} EXPORT chatrixcd-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT chatrixcd-targets NAMESPACE chatrixcd:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/chatrixcd)

set(CHATRIXCD_COMPONENTS)
foreach(library IN LISTS libraries)
  get_target_property(component ${library} EXPORT_NAME)
  list(APPEND CHATRIXCD_COMPONENTS ${component})
endforeach()
configure_package_config_file(cmake/chatrixcd-config.cmake.in chatrixcd-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/chatrixcd)
write_basic_package_version_file(chatrixcd-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/chatrixcd-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/chatrixcd-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/chatrixcd)
if(TARGET chatrixcd)
  install(TARGETS chatrixcd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
