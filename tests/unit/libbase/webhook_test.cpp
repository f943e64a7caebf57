// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/base/webhook.hpp>

#include <doctest/doctest.h>

namespace base = chatrixcd::base;
using base::error_kind;

namespace {

// The example of the Standard Webhooks specification.
constexpr char const* spec_key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr char const* spec_id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr char const* spec_body = R"({"test": 2432232314})";
base::time_point const spec_time{std::chrono::seconds(1614265330)};

base::webhook_key key(std::string const& text) { return base::webhook_key::parse(base::secret(text)).value(); }

base::http::fields fields(std::string const& id, std::string const& stamp, std::string const& signature) {
    base::http::fields all;
    all.set("Webhook-Id", id);
    all.set("Webhook-Timestamp", stamp);
    all.set("Webhook-Signature", signature);
    return all;
}

class signed_webhook {
public:
    base::http::fields headers(std::string const& id, base::time_point at, std::string const& body) const {
        base::http::fields all;
        base::set_webhook_fields(all, key(spec_key), id, at, body);
        return all;
    }
    std::string verify(std::string const& id, base::time_point sent, base::time_point now) {
        auto const said = verifier.verify(headers(id, sent, "{}"), "{}", now);
        return said ? "taken" : std::string(to_string(said.error().kind()));
    }
    base::webhook_verifier verifier{key(spec_key)};
};

}  // namespace

TEST_SUITE("webhook") {
    TEST_CASE("a signature is that of the specification's example") {
        CHECK(key(spec_key).sign(spec_id, spec_time, spec_body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        base::webhook_verifier verifier(key(spec_key));
        auto const headers = fields(spec_id, "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        CHECK(verifier.verify(headers, spec_body, spec_time).has_value());
    }

    TEST_CASE("another body, id, time stamp or key is refused") {
        signed_webhook hook;
        auto const refused = [&](base::http::fields const& headers, std::string const& body) {
            auto const said = hook.verifier.verify(headers, body, spec_time);
            return !said && said.error().kind() == error_kind::unauthorized;
        };
        std::string const good = key(spec_key).sign("a", spec_time, "{}");
        CHECK(refused(fields("a", "1614265330", good), "{ }"));
        CHECK(refused(fields("b", "1614265330", good), "{}"));
        CHECK(refused(fields("a", "1614265331", good), "{}"));
        CHECK(refused(fields("a", "1614265330", key("0123456789abcdef").sign("a", spec_time, "{}")), "{}"));
        CHECK(refused(fields("a", "1614265330", ""), "{}"));
        CHECK(refused(fields("a", "1614265330", good.substr(0, good.size() - 1)), "{}"));
        CHECK(refused(fields("a", "1614265330", "v1a" + good.substr(2)), "{}"));
    }

    TEST_CASE("one of several signatures is enough, as while keys change") {
        signed_webhook hook;
        std::string const good = key(spec_key).sign("a", spec_time, "{}");
        std::string const other = key("0123456789abcdef").sign("a", spec_time, "{}");
        CHECK(hook.verifier.verify(fields("a", "1614265330", other + " v1a,xyz " + good), "{}", spec_time).has_value());
    }

    TEST_CASE("it is taken once, also when its time stamp comes from ahead") {
        signed_webhook hook;
        CHECK(hook.verify("a", spec_time, spec_time) == "taken");
        CHECK(hook.verify("a", spec_time, spec_time) == "conflict");
        CHECK(hook.verify("b", spec_time + std::chrono::minutes(5), spec_time) == "taken");
        CHECK(hook.verify("b", spec_time + std::chrono::minutes(5), spec_time + std::chrono::minutes(10)) == "conflict");
    }

    TEST_CASE("its time stamp is at most five minutes away") {
        signed_webhook hook;
        auto const minute = std::chrono::minutes(1);
        CHECK(hook.verify("a", spec_time - 5 * minute, spec_time) == "taken");
        CHECK(hook.verify("b", spec_time + 5 * minute, spec_time) == "taken");
        CHECK(hook.verify("c", spec_time - 5 * minute - std::chrono::seconds(1), spec_time) == "unauthorized");
        CHECK(hook.verify("d", spec_time + 5 * minute + std::chrono::seconds(1), spec_time) == "unauthorized");
    }

    TEST_CASE("what is kept of those that came is bounded, and let go") {
        signed_webhook hook;
        for (int i = 0; i < 10'000; ++i) REQUIRE(hook.verify(std::to_string(i), spec_time, spec_time) == "taken");
        CHECK(hook.verify("one more", spec_time, spec_time) == "rate_limited");
        auto const later = spec_time + std::chrono::minutes(11);
        CHECK(hook.verify("one more", later, later) == "taken");
    }

    TEST_CASE("a field that is missing or no time is invalid, whatever it is") {
        signed_webhook hook;
        auto const invalid = [&](base::http::fields const& headers) {
            auto const said = hook.verifier.verify(headers, "{}", spec_time);
            return !said && said.error().kind() == error_kind::invalid;
        };
        CHECK(invalid(base::http::fields()));
        CHECK(invalid(fields("", "1614265330", "v1,x")));
        CHECK(invalid(fields(std::string(257, 'a'), "1614265330", "v1,x")));
        for (auto const* stamp : {"", "now", "-1", "1e9", "1614265330 ", "99999999999999999999", "253402300800"}) {
            CHECK_MESSAGE(invalid(fields("a", stamp, "v1,x")), stamp);
        }
    }

    TEST_CASE("a key is 16 bytes or more, in base64 behind whsec_, or as it is") {
        CHECK(base::webhook_key::parse(base::secret("0123456789abcdef")).has_value());
        CHECK(base::webhook_key::parse(base::secret("whsec_MDEyMzQ1Njc4OWFiY2RlZg==")).has_value());
        CHECK(key("whsec_MDEyMzQ1Njc4OWFiY2RlZg==").sign("a", spec_time, "") == key("0123456789abcdef").sign("a", spec_time, ""));
        for (auto const* wrong : {"", "too short", "whsec_", "whsec_MDEy", "whsec_no base64 at all!", "whsec_===="}) {
            auto const parsed = base::webhook_key::parse(base::secret(wrong));
            REQUIRE_FALSE(parsed.has_value());
            CHECK(parsed.error().kind() == error_kind::invalid);
        }
        CHECK_FALSE(base::webhook_key::parse(base::secret(std::string(257, 'a'))).has_value());
    }
}
