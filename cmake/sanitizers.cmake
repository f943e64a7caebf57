# SPDX-License-Identifier: Apache-2.0
if(CHATRIXCD_SANITIZE)
  add_compile_options(-fsanitize=${CHATRIXCD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CHATRIXCD_SANITIZE})
endif()
