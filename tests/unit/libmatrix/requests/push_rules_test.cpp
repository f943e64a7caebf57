// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/json/array.hpp>

#include <chatrixcd/matrix/push_rules.hpp>

#include "requests/glob.hpp"
#include "requests/push_conditions.hpp"
#include "requests/script.hpp"

namespace chatrixcd::test {

namespace json = boost::json;
using base::http::method;
using matrix::push_context;
using matrix::push_kind;
using matrix::push_ruleset;
using matrix::push_verdict;
using matrix::room_id;
using matrix::user_id;
using matrix::detail::folded;
using matrix::detail::glob;

namespace {

// Client-server API, "Predefined Rules" (v1.17), for @bot:test.
constexpr char const* predefined = R"JSON({"global":{
"override":[
 {"rule_id":".m.rule.master","default":true,"enabled":false,"conditions":[],"actions":[]},
 {"rule_id":".m.rule.suppress_notices","default":true,"enabled":true,"actions":[],
  "conditions":[{"kind":"event_match","key":"content.msgtype","pattern":"m.notice"}]},
 {"rule_id":".m.rule.invite_for_me","default":true,"enabled":true,"actions":["notify",{"set_tweak":"sound","value":"default"}],
  "conditions":[{"key":"type","kind":"event_match","pattern":"m.room.member"},
   {"key":"content.membership","kind":"event_match","pattern":"invite"},{"key":"state_key","kind":"event_match","pattern":"@bot:test"}]},
 {"rule_id":".m.rule.member_event","default":true,"enabled":true,"actions":[],
  "conditions":[{"key":"type","kind":"event_match","pattern":"m.room.member"}]},
 {"rule_id":".m.rule.is_user_mention","default":true,"enabled":true,
  "conditions":[{"kind":"event_property_contains","key":"content.m\\.mentions.user_ids","value":"@bot:test"}],
  "actions":["notify",{"set_tweak":"sound","value":"default"},{"set_tweak":"highlight"}]},
 {"rule_id":".m.rule.is_room_mention","default":true,"enabled":true,
  "conditions":[{"kind":"event_property_is","key":"content.m\\.mentions.room","value":true},
   {"kind":"sender_notification_permission","key":"room"}],"actions":["notify",{"set_tweak":"highlight"}]},
 {"rule_id":".m.rule.tombstone","default":true,"enabled":true,"actions":["notify",{"set_tweak":"highlight"}],
  "conditions":[{"kind":"event_match","key":"type","pattern":"m.room.tombstone"},{"kind":"event_match","key":"state_key","pattern":""}]},
 {"rule_id":".m.rule.reaction","default":true,"enabled":true,"actions":[],
  "conditions":[{"kind":"event_match","key":"type","pattern":"m.reaction"}]},
 {"rule_id":".m.rule.room.server_acl","default":true,"enabled":true,"actions":[],
  "conditions":[{"kind":"event_match","key":"type","pattern":"m.room.server_acl"},{"kind":"event_match","key":"state_key","pattern":""}]},
 {"rule_id":".m.rule.suppress_edits","default":true,"enabled":true,"actions":[],
  "conditions":[{"kind":"event_property_is","key":"content.m\\.relates_to.rel_type","value":"m.replace"}]}],
"underride":[
 {"rule_id":".m.rule.call","default":true,"enabled":true,"conditions":[{"key":"type","kind":"event_match","pattern":"m.call.invite"}],
  "actions":["notify",{"set_tweak":"sound","value":"ring"}]},
 {"rule_id":".m.rule.encrypted_room_one_to_one","default":true,"enabled":true,
  "conditions":[{"kind":"room_member_count","is":"2"},{"kind":"event_match","key":"type","pattern":"m.room.encrypted"}],
  "actions":["notify",{"set_tweak":"sound","value":"default"}]},
 {"rule_id":".m.rule.room_one_to_one","default":true,"enabled":true,
  "conditions":[{"kind":"room_member_count","is":"2"},{"kind":"event_match","key":"type","pattern":"m.room.message"}],
  "actions":["notify",{"set_tweak":"sound","value":"default"}]},
 {"rule_id":".m.rule.message","default":true,"enabled":true,"conditions":[{"kind":"event_match","key":"type","pattern":"m.room.message"}],
  "actions":["notify"]},
 {"rule_id":".m.rule.encrypted","default":true,"enabled":true,
  "conditions":[{"kind":"event_match","key":"type","pattern":"m.room.encrypted"}],"actions":["notify"]}]}})JSON";

matrix::event event_of(std::string_view type, std::string_view content, std::string_view more = "") {
    auto text = R"({"event_id":"$e","sender":"@alice:test","origin_server_ts":1,"type":")" + std::string(type) + R"(","content":)" +
                std::string(content) + std::string(more) + "}";
    return matrix::event::parse_text(text).value();
}

matrix::event message(std::string_view body) {
    json::object content;
    content["msgtype"] = "m.text";
    content["body"] = body;
    return event_of("m.room.message", json::serialize(content));
}

push_context around(std::size_t members = 5) { return push_context(user_id("@bot:test"), room_id("!r:test")).members(members); }

push_ruleset defaults() { return push_ruleset::parse(object_of(predefined)); }

push_verdict judge(matrix::event const& e, std::size_t members = 5) { return defaults().evaluate(e, around(members)); }

// One rule with one condition.
bool holds(std::string_view condition, matrix::event const& e, push_context const& about = around()) {
    auto const rules = push_ruleset::parse(object_of(
        R"({"global":{"override":[{"rule_id":"x","enabled":true,"actions":["notify"],"conditions":[)" + std::string(condition) + "]}]}}"));
    return rules.evaluate(e, about).notify;
}

}  // namespace

TEST_SUITE("matrix::push_ruleset") {
    TEST_CASE("the predefined rules: messages notify, in a room of two with a sound") {
        auto const many = judge(message("hello"));
        CHECK(many.notify);
        CHECK_FALSE(many.highlight);
        CHECK(many.sound.empty());
        CHECK(many.rule_id == ".m.rule.message");
        CHECK(many.kind == push_kind::underride);
        auto const two = judge(message("hello"), 2);
        CHECK(two.rule_id == ".m.rule.room_one_to_one");
        CHECK(two.sound == "default");
        CHECK(judge(event_of("m.room.encrypted", "{}"), 2).rule_id == ".m.rule.encrypted_room_one_to_one");
        CHECK(judge(event_of("m.room.encrypted", "{}")).rule_id == ".m.rule.encrypted");
        CHECK(judge(event_of("m.call.invite", "{}")).sound == "ring");
    }

    TEST_CASE("the predefined rules: what is quiet") {
        CHECK_FALSE(judge(event_of("m.room.message", R"({"msgtype":"m.notice","body":"built"})")).notify);
        CHECK_FALSE(judge(event_of("m.reaction", "{}")).notify);
        CHECK(judge(event_of("m.reaction", "{}")).rule_id == ".m.rule.reaction");
        CHECK_FALSE(judge(event_of("m.room.member", R"({"membership":"join"})", R"(,"state_key":"@carol:test")")).notify);
        CHECK_FALSE(judge(event_of("m.room.server_acl", "{}", R"(,"state_key":"")")).notify);
        auto const edit = event_of("m.room.message", R"({"body":"* x","m.relates_to":{"rel_type":"m.replace","event_id":"$o"}})");
        CHECK(judge(edit).rule_id == ".m.rule.suppress_edits");
        CHECK_FALSE(judge(edit).notify);
        CHECK(judge(event_of("org.example.thing", "{}")).rule_id.empty());
    }

    TEST_CASE("the predefined rules: invitations for us and the end of a room") {
        auto const invited = judge(event_of("m.room.member", R"({"membership":"invite"})", R"(,"state_key":"@bot:test")"));
        CHECK(invited.notify);
        CHECK(invited.sound == "default");
        CHECK_FALSE(judge(event_of("m.room.member", R"({"membership":"invite"})", R"(,"state_key":"@carol:test")")).notify);
        CHECK(judge(event_of("m.room.tombstone", "{}", R"(,"state_key":"")")).highlight);
        // No state event, or one with a key: not the room's end.
        CHECK_FALSE(judge(event_of("m.room.tombstone", "{}")).notify);
        CHECK_FALSE(judge(event_of("m.room.tombstone", "{}", R"(,"state_key":"x")")).notify);
    }

    TEST_CASE("the predefined rules: intentional mentions of us and of the room") {
        auto const us =
            judge(event_of("m.room.message", R"({"msgtype":"m.text","body":"x","m.mentions":{"user_ids":["@a:b","@bot:test"]}})"));
        CHECK(us.rule_id == ".m.rule.is_user_mention");
        CHECK(us.highlight);
        CHECK(us.sound == "default");
        auto const others = event_of("m.room.message", R"({"msgtype":"m.text","body":"@bot:test","m.mentions":{"user_ids":["@a:b",7]}})");
        CHECK_FALSE(judge(others).highlight);

        auto const room = event_of("m.room.message", R"({"msgtype":"m.text","body":"x","m.mentions":{"room":true}})");
        CHECK_FALSE(judge(room).highlight);
        auto may = around().may_notify(
            [](user_id const& sender, std::string const& key) { return sender.str() == "@alice:test" && key == "room"; });
        CHECK(defaults().evaluate(room, may).rule_id == ".m.rule.is_room_mention");
        auto const word = event_of("m.room.message", R"({"msgtype":"m.text","body":"x","m.mentions":{"room":"true"}})");
        CHECK_FALSE(defaults().evaluate(word, may).highlight);
    }

    TEST_CASE("own events never notify") {
        auto const about = push_context(user_id("@alice:test"), room_id("!r:test")).members(2);
        CHECK_FALSE(defaults().evaluate(message("hello"), about).notify);
    }

    TEST_CASE("the master rule is above all others, wherever it stands") {
        auto const rules = push_ruleset::parse(object_of(R"({"global":{"override":[
            {"rule_id":"mine","enabled":true,"conditions":[],"actions":["notify"]},
            {"rule_id":".m.rule.master","enabled":true,"conditions":[],"actions":[]}]}})"));
        CHECK(rules.evaluate(message("x"), around()).rule_id == ".m.rule.master");
    }

    TEST_CASE("kinds are asked in their order, and the first match decides") {
        std::string const content = R"("content":[{"rule_id":"c","enabled":true,"pattern":"tea","actions":["notify"]}])";
        std::string const room = R"("room":[{"rule_id":"!r:test","enabled":true,"actions":[]}])";
        std::string const sender = R"("sender":[{"rule_id":"@alice:test","enabled":true,"actions":["notify"]}])";
        std::string const under = R"("underride":[{"rule_id":"u","enabled":true,"conditions":[],"actions":["notify"]}])";
        auto const first = [](std::vector<std::string> const& parts, matrix::event const& e) {
            std::string all;
            for (auto const& part : parts) all += (all.empty() ? "" : ",") + part;
            return push_ruleset::parse(object_of("{\"global\":{" + all + "}}")).evaluate(e, around()).rule_id;
        };
        CHECK(first({under, sender, room, content}, message("time for tea")) == "c");
        CHECK(first({under, sender, room, content}, message("coffee")) == "!r:test");
        CHECK(first({under, sender, content}, message("coffee")) == "@alice:test");
        CHECK(first({under, content}, message("coffee")) == "u");
    }

    TEST_CASE("disabled rules never match, actions of the past mean nothing") {
        auto const rules = push_ruleset::parse(object_of(R"({"global":{"override":[
            {"rule_id":"off","enabled":false,"conditions":[],"actions":["notify"]},
            {"rule_id":"past","enabled":true,"conditions":[],"actions":["dont_notify","coalesce",{"set_tweak":"flash","value":1},
              {"set_tweak":"highlight","value":false},{"set_tweak":"sound","value":3},7]}]}})"));
        CHECK(rules.size() == 1);
        auto const verdict = rules.evaluate(message("x"), around());
        CHECK(verdict.rule_id == "past");
        CHECK_FALSE(verdict.notify);
        CHECK_FALSE(verdict.highlight);
        CHECK(verdict.sound.empty());
    }

    TEST_CASE("event_match: the whole value, without regard to case, strings only") {
        auto const topic = [](std::string_view value) { return event_of("m.room.topic", R"({"topic":)" + std::string(value) + "}"); };
        constexpr char const* lunch = R"({"kind":"event_match","key":"content.topic","pattern":"lunc?*"})";
        CHECK(holds(lunch, topic(R"("Lunch plans")")));
        CHECK(holds(lunch, topic(R"("LUNCH")")));
        CHECK_FALSE(holds(lunch, topic(R"(" lunch")")));
        CHECK_FALSE(holds(lunch, topic(R"("lunc")")));
        CHECK_FALSE(holds(lunch, topic("null")));
        CHECK_FALSE(holds(R"({"kind":"event_match","key":"content.nothing","pattern":"*"})", topic(R"("x")")));
        CHECK_FALSE(holds(R"({"kind":"event_match","key":"content.topic.deeper","pattern":"*"})", topic(R"("x")")));
    }

    TEST_CASE("event_match on the body: any part between word boundaries") {
        constexpr char const* example = R"({"kind":"event_match","key":"content.body","pattern":"ex*ple"})";
        CHECK(holds(example, message("An example event.")));
        CHECK(holds(example, message("exple")));
        CHECK(holds(example, message("An exciting triple-whammy")));
        CHECK_FALSE(holds(example, message("an inexample")));
        CHECK_FALSE(holds(example, message("examples")));
        CHECK_FALSE(holds(example, message("_example")));
        CHECK(holds(R"({"kind":"event_match","key":"content.body","pattern":"@room"})", message("hi @room!")));
        CHECK_FALSE(holds(R"({"kind":"event_match","key":"content.body","pattern":"@room"})", message("me@room")));
        CHECK(holds(R"({"kind":"event_match","key":"content.body","pattern":"ÄRGER"})", message("viel ärger hier")));
    }

    TEST_CASE("event_property_is and _contains: exact values, no conversions") {
        auto const e = event_of("m.room.create", R"({"m.federate":true,"n":1,"s":"1","z":null,"o":{},"list":[1,"a",null,{"x":1}]})");
        CHECK(holds(R"({"kind":"event_property_is","key":"content.m\\.federate","value":true})", e));
        CHECK_FALSE(holds(R"({"kind":"event_property_is","key":"content.m\\.federate","value":"true"})", e));
        CHECK_FALSE(holds(R"({"kind":"event_property_is","key":"content.m.federate","value":true})", e));
        CHECK(holds(R"({"kind":"event_property_is","key":"content.n","value":1})", e));
        CHECK_FALSE(holds(R"({"kind":"event_property_is","key":"content.s","value":1})", e));
        CHECK(holds(R"({"kind":"event_property_is","key":"content.z","value":null})", e));
        CHECK_FALSE(holds(R"({"kind":"event_property_is","key":"content.y","value":null})", e));
        CHECK_FALSE(holds(R"({"kind":"event_property_is","key":"content.o","value":{}})", e));
        CHECK(holds(R"({"kind":"event_property_contains","key":"content.list","value":"a"})", e));
        CHECK(holds(R"({"kind":"event_property_contains","key":"content.list","value":null})", e));
        CHECK_FALSE(holds(R"({"kind":"event_property_contains","key":"content.list","value":"A"})", e));
        CHECK_FALSE(holds(R"({"kind":"event_property_contains","key":"content.list","value":{"x":1}})", e));
        CHECK_FALSE(holds(R"({"kind":"event_property_contains","key":"content.s","value":"1"})", e));
    }

    TEST_CASE("room_member_count compares as written") {
        auto const count = [](std::string_view is, std::size_t members) {
            return holds(R"({"kind":"room_member_count","is":")" + std::string(is) + "\"}", message("x"), around(members));
        };
        CHECK(count("2", 2));
        CHECK(count("==2", 2));
        CHECK_FALSE(count("2", 3));
        CHECK(count("<3", 2));
        CHECK_FALSE(count("<3", 3));
        CHECK(count(">3", 4));
        CHECK(count(">=3", 3));
        CHECK(count("<=3", 3));
        for (auto const* bad : {"", "=2", "=>2", "<", "2x", "-1", "!2", "99999999999999999999999"}) CHECK_FALSE(count(bad, 2));
    }

    TEST_CASE("the display name of old rules is a word, no pattern; mentions switch those rules off") {
        constexpr char const* old = R"({"kind":"contains_display_name"})";
        CHECK(holds(old, message("ask The Bot, please"), around().display_name("the bot")));
        CHECK_FALSE(holds(old, message("thebot"), around().display_name("bot")));
        CHECK_FALSE(holds(old, message("anything"), around().display_name("a*")));
        CHECK_FALSE(holds(old, message("anything"), around()));
        auto const rules =
            push_ruleset::parse(object_of(R"({"global":{"override":[{"rule_id":".m.rule.contains_display_name","enabled":true,
            "actions":["notify",{"set_tweak":"highlight"}],"conditions":[{"kind":"contains_display_name"}]}]}})"));
        CHECK(rules.evaluate(message("bot!"), around().display_name("bot")).highlight);
        auto const said = event_of("m.room.message", R"({"msgtype":"m.text","body":"bot!","m.mentions":{}})");
        CHECK_FALSE(rules.evaluate(said, around().display_name("bot")).highlight);
    }

    TEST_CASE("what is not known never matches, and no shape is fatal") {
        for (auto const* odd : {R"({"kind":"org.example.moon"})", "7", "null", "[]", R"({"kind":7})", R"({"kind":"event_match"})",
                                R"({"kind":"event_match","key":"type","pattern":7})", R"({"kind":"event_property_is","key":"type"})",
                                R"({"kind":"sender_notification_permission"})", R"({"kind":"room_member_count","is":2})"}) {
            CAPTURE(odd);
            CHECK_FALSE(holds(odd, message("x")));
        }
        for (auto const* odd : {"{}", R"({"global":7})", R"({"global":{"override":{}}})", R"({"global":{"override":[7,{},{"rule_id":7}]}})",
                                R"({"global":{"content":[{"rule_id":"c","enabled":true,"actions":["notify"]}]}})",
                                R"({"global":{"override":[{"rule_id":"o","enabled":true,"conditions":"all","actions":["notify"]}]}})"}) {
            CAPTURE(odd);
            CHECK_FALSE(push_ruleset::parse(object_of(odd)).evaluate(message("x"), around()).notify);
        }
    }

    TEST_CASE("ten thousand rules are kept, the rest is not") {
        json::array many;
        for (int i = 0; i < 10050; ++i) many.push_back(object_of(R"({"rule_id":"!r:test","enabled":true,"actions":[]})"));
        json::object global;
        global["room"] = std::move(many);
        json::object said;
        said["global"] = std::move(global);
        CHECK(push_ruleset::parse(said).size() == 10000);
    }
}

TEST_SUITE("matrix::glob") {
    TEST_CASE("stars and question marks") {
        CHECK(glob("*").matches(folded("")));
        CHECK(glob("").matches(folded("")));
        CHECK_FALSE(glob("").matches(folded("a")));
        CHECK(glob("a**c").matches(folded("abbc")));
        CHECK(glob("a?c").matches(folded("aüc")));
        CHECK_FALSE(glob("a?c").matches(folded("ac")));
        CHECK(glob("*b*d").matches(folded("abcbd")));
        CHECK_FALSE(glob("*b*d").matches(folded("abcbdx")));
        CHECK(glob::literal("a*").matches(folded("A*")));
        CHECK_FALSE(glob::literal("a*").matches(folded("ab")));
    }

    TEST_CASE("bytes that are no UTF-8 are one character each") {
        CHECK(glob("??").matches(folded("\xFF\xC3")));
        CHECK(glob("a?").matches(folded("a\xE2")));
        CHECK(folded("\xF0\x9F\x8D\x95").size() == 1);
    }

    TEST_CASE("a pattern made to be slow costs its length for each character, and one over the bound never matches") {
        std::string stars;
        for (int i = 0; i < 400; ++i) stars += "*a";
        CHECK_FALSE(glob(stars + "b").matches_words(folded(std::string(5000, 'a'))));
        CHECK(glob(std::string(1000, 'a')).matches(folded(std::string(1000, 'a'))));
        CHECK_FALSE(glob(std::string(1001, 'a')).matches(folded(std::string(1001, 'a'))));
    }
}

TEST_SUITE("matrix::push_rules") {
    TEST_CASE("rules are read, changed and removed at the homeserver") {
        scripted_world s;
        std::string const root = "/_matrix/client/v3/pushrules/";
        s.on(method::get, root, predefined);
        auto const rule = root + "global/room/%21r%3Atest";
        s.on(method::put, rule, "{}");
        s.on(method::delete_, rule, "{}");
        s.on(method::put, root + "global/override/.m.rule.master/enabled", "{}");
        s.on(method::put, rule + "/actions", "{}");
        auto const of = s.bot->push_rules();
        CHECK(s.run(of.get()).value().evaluate(message("x"), around()).notify);
        CHECK(s.run(of.put(push_kind::room, "!r:test", object_of(R"({"actions":["notify"]})"))));
        CHECK(s.last_body(rule).contains("actions"));
        CHECK(s.run(of.enable(push_kind::override_rule, ".m.rule.master", true)));
        CHECK(text_of(s.last_body(root + "global/override/.m.rule.master/enabled")) == R"({"enabled":true})");
        CHECK(s.run(of.set_actions(push_kind::room, "!r:test", json::array())));
        CHECK(text_of(s.last_body(rule + "/actions")) == R"({"actions":[]})");
        CHECK(s.run(of.remove(push_kind::room, "!r:test")));
        CHECK(s.last(rule).verb == method::delete_);
        CHECK(s.last(rule).body.empty());
    }

    TEST_CASE("the embedded homeserver's rules can be read") {
        scripted_world s;
        CHECK(s.run(s.bot->push_rules().get()));
    }
}

}  // namespace chatrixcd::test
