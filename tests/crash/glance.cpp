// SPDX-License-Identifier: Apache-2.0
#include "crash/glance.hpp"

#include <sqlite3.h>

namespace chatrixcd::test {

namespace {

struct ender {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

}  // namespace

void glance::closer::operator()(sqlite3* connection) const { sqlite3_close(connection); }

std::vector<std::string> glance::rows(char const* sql) {
    if (!open_) {
        sqlite3* made = nullptr;
        sqlite3_open_v2(path_.c_str(), &made, SQLITE_OPEN_READWRITE, nullptr);
        open_.reset(made);
        sqlite3_db_config(made, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    }
    sqlite3_stmt* made = nullptr;
    auto status = sqlite3_prepare_v2(open_.get(), sql, -1, &made, nullptr);
    std::unique_ptr<sqlite3_stmt, ender> const statement(made);
    std::vector<std::string> found;
    while (status == SQLITE_OK || status == SQLITE_ROW) {
        status = sqlite3_step(made);
        if (status == SQLITE_ROW) found.emplace_back(reinterpret_cast<char const*>(sqlite3_column_text(made, 0)));
    }
    if (status != SQLITE_DONE) found.push_back("unreadable: " + std::string(sqlite3_errmsg(open_.get())));
    return found;
}

}  // namespace chatrixcd::test
