// SPDX-License-Identifier: Apache-2.0
#include "http/retry.hpp"

namespace chatrixcd::matrix::detail {

using base::error_kind;

bool is_refusal(base::error const& e) noexcept {
    switch (e.kind()) {
        case error_kind::too_large:
            return true;
        case error_kind::invalid:
        case error_kind::forbidden:
        case error_kind::not_found:
        case error_kind::conflict:
        case error_kind::unsupported:
            return e.http_status() == 0 || !e.errcode().empty();
        default:
            return false;
    }
}

}  // namespace chatrixcd::matrix::detail
