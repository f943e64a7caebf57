// SPDX-License-Identifier: Apache-2.0
#include "state/services.hpp"

namespace chatrixcd::matrix::detail {

void store_health::failed(base::store_error const& why) {
    if (!failing_) log_.error("the store does not work: delivery pauses until it does", {{"why", why.what()}});
    failing_ = true;
}

void store_health::worked() {
    if (failing_) log_.info("the store works again");
    failing_ = false;
}

}  // namespace chatrixcd::matrix::detail
