// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace chatrixcd::homeserver {

// Who asks: the sending device alone is told its transaction id.
struct viewer {
    std::string user;
    std::string device;
};

}  // namespace chatrixcd::homeserver
