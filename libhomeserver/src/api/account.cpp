// SPDX-License-Identifier: Apache-2.0
// What a user does with the whole account: a new password, the end (client-server API, "Account management").
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <utility>

#include <chatrixcd/base/json_reader.hpp>

#include "accounts/confirmation.hpp"
#include "accounts/registration.hpp"
#include "api/endpoints.hpp"
#include "api/refusal.hpp"
#include "events/members.hpp"
#include "keys/cross_signing_keys.hpp"
#include "keys/device_list.hpp"
#include "store/accounts.hpp"
#include "store/cross_signing.hpp"
#include "store/key_backup.hpp"
#include "store/rooms.hpp"

namespace chatrixcd::homeserver {

namespace asio = boost::asio;
namespace json = boost::json;
using base::http::method;

namespace {

asio::awaitable<result<answer>> set_new_password(service& in, call c) {
    std::string password;
    bool log_out_others = true;
    base::json_reader reader(c.body, "request");
    reader.required("new_password", password).optional("logout_devices", log_out_others);
    if (auto read = reader.finish(); !read) co_return bad_json(read.error().message());
    auto hashed = co_await hash_off_loop(in, base::secret(std::move(password)));
    if (!hashed) co_return hashed.error();
    service::work keep = [hash = std::move(hashed.value()), log_out_others](step& s, call& asked) {
        set_password(s.db, asked.user.str(), hash);
        if (log_out_others) remove_other_devices(s, asked.user.str(), asked.device);
        return result<answer>(answer());
    };
    co_return co_await in.run(access::user, std::move(c), std::move(keep));
}

// Leaves every room; the name stays taken, and no password is right.
result<answer> deactivate(step& s, call& c) {
    for (auto const& member : memberships_of(s.db, c.user.str())) {
        if (member.membership != "join" && member.membership != "invite" && member.membership != "knock") continue;
        // Where leaving is refused, the member stays behind without an account.
        static_cast<void>(append(s, member_draft(s, member.room, c.user, c.user.str(), "leave", std::nullopt)));
    }
    deactivate_account(s.db, c.user.str());
    for (auto const* usage : {key_usage::master, key_usage::self_signing, key_usage::user_signing}) {
        delete_cross_signing_key(s.db, c.user.str(), usage);
    }
    delete_backups(s.db, c.user.str());
    remove_devices(s, c.user.str());
    json::object body;
    body["id_server_unbind_result"] = "no-support";
    return answer(std::move(body));
}

asio::awaitable<result<answer>> deactivate_later(service& in, call c) {
    service::work does = deactivate;
    co_return co_await in.run(access::user, std::move(c), std::move(does));
}

result<answer> no_third_party_ids(step&, call&) {
    json::object body;
    body["threepids"].emplace_array();
    return answer(std::move(body));
}

}  // namespace

void add_account(service& to) {
    to.add_coroutine(method::post, "/account/password", body_rule::required, [&to](call c) {
        return confirmed(to, std::move(c), [&to](call sure) { return set_new_password(to, std::move(sure)); });
    });
    to.add_coroutine(method::post, "/account/deactivate", body_rule::required, [&to](call c) {
        return confirmed(to, std::move(c), [&to](call sure) { return deactivate_later(to, std::move(sure)); });
    });
    to.add(method::get, "/account/3pid", access::user, body_rule::none, no_third_party_ids);
}

}  // namespace chatrixcd::homeserver
