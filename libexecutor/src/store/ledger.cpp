// SPDX-License-Identifier: Apache-2.0
#include "store/ledger.hpp"

namespace chatrixcd::executor {

base::error ledger::closed() { return base::error(base::error_kind::unavailable, "the executor has stopped"); }

base::error ledger::failed(std::string const& reason) {
    return base::error(base::error_kind::environment, "the executor's database failed: " + reason)
        .with_hint("check the disk that holds executor.db");
}

}  // namespace chatrixcd::executor
