// SPDX-License-Identifier: Apache-2.0
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <chatrixcd/homeserver/testing/key_lies.hpp>

#include "bench.hpp"

namespace chatrixcd::test {

namespace json = boost::json;
namespace lies = testing::lies;

namespace {

constexpr char const* ann = "@ann:test";

json::object told(lies::rewrite const& lie, std::string const& truth) {
    auto answer = json::parse(truth).as_object();
    lie(answer);
    return answer;
}

json::object parsed(std::string const& text) { return json::parse(text).as_object(); }

std::string const two_devices =
    R"({"device_keys":{"@ann:test":{"A":{"device_id":"A","keys":{"ed25519:A":"a"}},"B":{"device_id":"B","keys":{"ed25519:B":"b"}}}}})";
std::string const nobody = R"({"device_keys":{"@bob:test":{"A":{}}},"master_keys":{"@bob:test":{}}})";

// A /sync answer with messages to the device, by their numbers.
std::string sync(std::string const& numbers) {
    std::string events;
    for (char const number : numbers) {
        if (!events.empty()) events += ",";
        events += std::string(R"({"type":"t)") + number + "\"}";
    }
    return R"({"to_device":{"events":[)" + events + "]}}";
}

std::string numbers(json::object const& answer) {
    std::string all;
    for (auto const& event : answer.at("to_device").at("events").as_array()) all += event.at("type").as_string().back();
    return all;
}

}  // namespace

TEST_SUITE("homeserver_testing::key lies") {
    TEST_CASE("two devices have each other's keys") {
        auto const lie = lies::swap_device_keys(ann, "A", "B");
        auto const answer = told(lie, two_devices);
        auto const& devices = answer.at("device_keys").at(ann);
        CHECK(devices.at("A") == json::value(parsed(R"({"device_id":"A","keys":{"ed25519:B":"b"}})")));
        CHECK(devices.at("B") == json::value(parsed(R"({"device_id":"B","keys":{"ed25519:A":"a"}})")));
        CHECK(told(lie, nobody) == parsed(nobody));
        CHECK(told(lies::swap_device_keys(ann, "A", "C"), two_devices) == parsed(two_devices));
    }

    TEST_CASE("a device has other keys") {
        auto const answer = told(lies::replace_device(ann, "A", R"({"keys":"mine"})"), two_devices);
        CHECK(answer.at("device_keys").at(ann).at("A") == json::value(parsed(R"({"keys":"mine"})")));
        CHECK(answer.at("device_keys").at(ann).at("B").at("device_id") == json::value("B"));
        CHECK(told(lies::replace_device(ann, "C", "{}"), two_devices) == parsed(two_devices));
        CHECK(told(lies::replace_device(ann, "A", "{}"), nobody) == parsed(nobody));
    }

    TEST_CASE("a user has a device too many") {
        auto const answer = told(lies::add_device(ann, "C", R"({"keys":"mine"})"), two_devices);
        CHECK(answer.at("device_keys").at(ann).as_object().size() == 3);
        CHECK(answer.at("device_keys").at(ann).at("C") == json::value(parsed(R"({"keys":"mine"})")));
        CHECK(told(lies::add_device(ann, "C", "{}"), nobody) == parsed(nobody));
    }

    TEST_CASE("a user has another master key") {
        std::string const truth = R"({"master_keys":{"@ann:test":{"keys":"true"}},"self_signing_keys":{"@ann:test":{"keys":"true"}}})";
        auto const lie = lies::replace_master_key(ann, R"({"keys":"mine"})");
        auto const answer = told(lie, truth);
        CHECK(answer.at("master_keys").at(ann).at("keys") == json::value("mine"));
        CHECK(answer.at("self_signing_keys").at(ann).at("keys") == json::value("true"));
        CHECK(told(lie, nobody) == parsed(nobody));
    }

    TEST_CASE("messages to the device never come, all or those of a type") {
        CHECK(numbers(told(lies::drop_device_messages(), sync("123"))).empty());
        CHECK(numbers(told(lies::drop_device_messages("t2"), sync("123"))) == "13");
        CHECK(told(lies::drop_device_messages(), "{}").empty());
    }

    TEST_CASE("messages to the device come again with every answer") {
        auto const lie = lies::replay_device_messages();
        CHECK(numbers(told(lie, sync("12"))) == "12");
        CHECK(numbers(told(lie, sync("3"))) == "123");
        CHECK(numbers(told(lie, "{}")) == "123");
        for (int i = 0; i < 30; ++i) told(lie, sync("45678"));
        CHECK(numbers(told(lie, sync(""))).size() == 100);
    }

    TEST_CASE("messages to the device come in another order, in one answer and over several") {
        CHECK(numbers(told(lies::reverse_device_messages(), sync("123"))) == "321");
        auto const lie = lies::delay_device_messages();
        CHECK(numbers(told(lie, sync("12"))).empty());
        CHECK(numbers(told(lie, sync("3"))) == "312");
        CHECK(numbers(told(lie, sync("4"))).empty());
        CHECK(numbers(told(lie, "{}")) == "4");
    }

    TEST_CASE("the number of one-time keys is what one likes") {
        std::string const truth = R"({"device_one_time_keys_count":{"signed_curve25519":50}})";
        auto const lie = lies::claim_key_count("signed_curve25519", 0);
        CHECK(told(lie, truth).at("device_one_time_keys_count").at("signed_curve25519") == json::value(0));
        CHECK(told(lie, "{}").at("device_one_time_keys_count").at("signed_curve25519") == json::value(0));
        CHECK(told(lies::claim_key_count("a", -5), truth).at("device_one_time_keys_count").at("a") == json::value(-5));
    }

    TEST_CASE("a lie is told to whom a rule names, to one request") {
        bench b;
        b.broken.on(method::get, "/sync").once().does(fault::lie("no keys left", lies::claim_key_count("signed_curve25519", 0)));
        auto const answer = parsed(b.get());
        CHECK(answer.at("device_one_time_keys_count").at("signed_curve25519") == json::value(0));
        CHECK(answer.at("n") == json::value(1));
        CHECK(b.get() == answer_of(2));
        CHECK(b.broken.story().find("no keys left") != std::string::npos);
    }
}

}  // namespace chatrixcd::test
