// SPDX-License-Identifier: Apache-2.0
#include "copies/table.hpp"

#include "crypto/copied.hpp"

namespace chatrixcd::matrix::detail {

namespace {

std::int64_t milliseconds(base::time_point when) { return when.time_since_epoch().count(); }

}  // namespace

std::string name_of_store(base::transaction& t, std::int64_t account, std::string const& fresh) {
    t.run("UPDATE account SET store_name = ?2 WHERE id = ?1 AND store_name IS NULL", {account, fresh});
    auto const row = t.first("SELECT store_name FROM account WHERE id = ?1", {account});
    if (!row) throw base::store_error("the account's row is missing");
    return row->text(0);
}

marks load_marks(base::transaction& t, std::int64_t account) {
    marks found;
    for (auto const& row : t.query("SELECT name, value FROM mark WHERE account = ?1", {account})) found[row.text(0)] = row.integer(1);
    return found;
}

std::int64_t raise_mark(base::transaction& t, std::int64_t account, std::string const& name, std::int64_t value) {
    auto const before = t.first("SELECT value FROM mark WHERE account = ?1 AND name = ?2", {account, name});
    t.run(
        "INSERT INTO mark (account, name, value) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (account, name) DO UPDATE SET value = excluded.value WHERE excluded.value > mark.value",
        {account, name, value});
    return before ? before->integer(0) : 0;
}

bool has_generation(base::transaction& t, std::int64_t account) {
    auto const row = t.first("SELECT has_generation FROM account WHERE id = ?1", {account});
    return row && row->integer(0) != 0;
}

void note_generation(base::transaction& t, std::int64_t account) {
    t.run("UPDATE account SET has_generation = 1 WHERE id = ?1 AND has_generation = 0", {account});
}

void mark_put_back(base::transaction& t, std::int64_t account, base::time_point now) {
    t.run("UPDATE inbox SET restored = 1 WHERE account = ?1 AND state <> 4", {account});
    t.run("UPDATE gap SET restored = 1 WHERE account = ?1", {account});
    // Of another device: looked for before it is sent.
    t.run(
        "UPDATE outbox SET state = 5, device_id = '', created = MIN(created, (SELECT seen FROM account WHERE id = ?1))"
        " WHERE account = ?1 AND state IN (0, 5)",
        {account});
    crypto::distrust_ratchets(t, account, now);
    t.run("UPDATE account SET catching_up = 1, put_back = ?2, copied = seen WHERE id = ?1", {account, milliseconds(now)});
}

bool is_catching_up(base::transaction& t, std::int64_t account) {
    auto const row = t.first("SELECT catching_up FROM account WHERE id = ?1", {account});
    return row && row->integer(0) != 0;
}

}  // namespace chatrixcd::matrix::detail
