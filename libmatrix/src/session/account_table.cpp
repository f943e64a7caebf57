// SPDX-License-Identifier: Apache-2.0
#include "session/account_table.hpp"

#include "state/sealed_columns.hpp"

namespace chatrixcd::matrix::detail {

namespace {

secret unsealed(base::transaction& t, base::sealed_column const& in, base::row const& row, std::size_t column) {
    auto text = t.unseal(in, row.bytes(column));
    if (!text) throw base::store_error(text.error().describe());
    return secret(std::move(*text));
}

template <class Id>
Id id_of(base::row const& row, std::size_t column) {
    auto text = row.optional_text(column);
    if (!text) return Id();
    auto id = Id::parse(std::move(*text));
    if (!id) throw base::store_error("the account's row holds something that is no Matrix id");
    return std::move(*id);
}

}  // namespace

account_row load_account(base::transaction& t, std::int64_t account) {
    t.run("INSERT INTO account (id, homeserver) VALUES (?1, '') ON CONFLICT DO NOTHING", {account});
    auto const row =
        t.first("SELECT homeserver, base_url, user_id, device_id, access_token, refresh_token, token_expires FROM account WHERE id = ?1",
                {account});
    account_row loaded;
    loaded.homeserver = row->text(0);
    loaded.base_url = row->optional_text(1).value_or(std::string());
    loaded.user = id_of<user_id>(*row, 2);
    loaded.device = id_of<device_id>(*row, 3);
    if (!row->is_null(4)) loaded.access_token = unsealed(t, sealed_in::access_token, *row, 4);
    if (!row->is_null(5)) loaded.refresh_token = unsealed(t, sealed_in::refresh_token, *row, 5);
    if (auto const expires = row->optional_integer(6)) loaded.expires = base::time_point(std::chrono::milliseconds(*expires));
    return loaded;
}

void save_base_url(base::transaction& t, std::int64_t account, std::string const& homeserver, std::string const& base_url) {
    t.run("UPDATE account SET homeserver = ?2, base_url = ?3 WHERE id = ?1", {account, homeserver, base_url});
}

void save_device(base::transaction& t, std::int64_t account, device_id const& device) {
    t.run("UPDATE account SET device_id = ?2, access_token = NULL, refresh_token = NULL, token_expires = NULL WHERE id = ?1",
          {account, device.str()});
}

void save_grant(base::transaction& t, std::int64_t account, grant const& given, std::optional<base::time_point> expires) {
    base::sql_value refresh;
    base::sql_value until;
    if (expires) until = std::int64_t{expires->time_since_epoch().count()};
    if (given.refresh_token) refresh = t.seal(sealed_in::refresh_token, given.refresh_token->reveal());
    t.run("UPDATE account SET user_id = ?2, device_id = ?3, access_token = ?4, refresh_token = ?5, token_expires = ?6 WHERE id = ?1",
          {account, given.user.str(), given.device.str(), t.seal(sealed_in::access_token, given.access_token.reveal()), refresh, until});
}

void forget_tokens(base::transaction& t, std::int64_t account) {
    t.run("UPDATE account SET access_token = NULL, refresh_token = NULL, token_expires = NULL WHERE id = ?1", {account});
}

}  // namespace chatrixcd::matrix::detail
