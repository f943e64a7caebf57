// SPDX-License-Identifier: Apache-2.0
// A homeserver that wants the account's first identity confirmed by its owner (User-Interactive Authentication).
#include <doctest/doctest.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <memory>
#include <string>
#include <vector>

#include "support/requests.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

namespace {

// The bot at such a homeserver. What its uploads of an identity had as "auth" is kept.
class asked_for_password {
public:
    asked_for_password() : account(w.add("bot")) {
        w.network->faults = [this](base::http::request const& r) {
            if (!contains(r.path(), "/keys/device_signing/upload")) return fault::none();
            auto const body = base::parse_json_object(r.body).value();
            auto const* auth = base::find_object(body, "auth");
            if (auth != nullptr) answers.push_back(*auth);
            bool const is_right = auth != nullptr && base::find_string(*auth, "session") == "s1" && takes_passwords;
            std::string const flows = R"("session":"s1","flows":[{"stages":["m.login.password"]}],"params":{}})";
            std::string const refusal = auth == nullptr ? "{" : R"({"errcode":"M_FORBIDDEN","error":"wrong password",)";
            return is_right ? fault::none() : fault::answer(json_answer(refusal + flows, 401));
        };
        client = w.make_client("store-bot", [](matrix::options& o) { o.encryption(true); });
    }
    ~asked_for_password() { w.stop(*client); }

    bool has_identity() {
        auto const answer = ask_as(w, account, base::http::method::post, "/keys/query", R"({"device_keys":{"@bot:test":[]}})");
        auto const* all = base::find_object(answer, "master_keys");
        return all != nullptr && all->contains("@bot:test");
    }

    world w;
    person account;
    bool takes_passwords = true;
    std::vector<boost::json::object> answers;
    std::unique_ptr<matrix::client> client;
};

}  // namespace

TEST_SUITE("matrix::client::confirmed identity") {
    TEST_CASE("who has logged in with a password confirms the identity with it") {
        asked_for_password t;
        t.w.start(*t.client, "bot");
        auto const state = t.w.run(t.client->identity()).value();
        CHECK(state.is_cross_signed);
        CHECK(state.problem.empty());
        CHECK(t.has_identity());
        REQUIRE(t.answers.size() == 1);
        CHECK(base::find_string(t.answers[0], "type") == "m.login.password");
        CHECK(base::find_string(t.answers[0], "password") == password);
    }

    TEST_CASE("who has a token alone says what is missing, and is a device that nobody vouches for") {
        asked_for_password t;
        auto source = matrix::login::token(base::secret(t.account.token()), matrix::user_id("@bot:test"));
        REQUIRE(t.w.run(t.client->start(std::move(source))).has_value());
        auto const state = t.w.run(t.client->identity()).value();
        CHECK_FALSE(state.is_cross_signed);
        CHECK(contains(state.problem, "the account gets no identity"));
        CHECK(contains(state.problem, "has to be confirmed by m.login.password"));
        CHECK(t.answers.empty());
        CHECK_FALSE(t.has_identity());
    }

    TEST_CASE("a password that is not taken is told, and not tried again and again") {
        asked_for_password t;
        t.takes_passwords = false;
        t.w.start(*t.client, "bot");
        auto const state = t.w.run(t.client->identity()).value();
        CHECK_FALSE(state.is_cross_signed);
        CHECK(contains(state.problem, "m.login.password was refused"));
        t.w.pass(std::chrono::hours(3));
        CHECK(t.answers.size() == 1);
        CHECK_FALSE(t.has_identity());
    }
}

}  // namespace chatrixcd::test
