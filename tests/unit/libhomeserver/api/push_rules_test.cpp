// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>

#include "rig.hpp"

using namespace chatrixcd::test;

namespace {

using names = std::vector<std::string>;
names rules(person const& of, std::string const& kind) { return each(of.get("/pushrules/global/").body.at(kind), "rule_id"); }
json::object const notify{{"actions", {"notify"}}};

}  // namespace

TEST_SUITE("homeserver::push_rules") {
    TEST_CASE("everybody has the predefined rules, with their own name in them") {
        rig at;
        auto const ann = at.add("ann");
        CHECK(rules(ann, "override") == names{".m.rule.master", ".m.rule.suppress_notices", ".m.rule.invite_for_me", ".m.rule.member_event",
                                              ".m.rule.is_user_mention", ".m.rule.is_room_mention", ".m.rule.tombstone", ".m.rule.reaction",
                                              ".m.rule.room.server_acl", ".m.rule.suppress_edits"});
        CHECK(rules(ann, "underride") == names{".m.rule.call", ".m.rule.encrypted_room_one_to_one", ".m.rule.room_one_to_one",
                                               ".m.rule.message", ".m.rule.encrypted"});
        auto const mention = ann.get("/pushrules/global/override/.m.rule.is_user_mention");
        CHECK(mention.text("conditions/0/value") == ann.id);
        CHECK(ann.get("/pushrules/").body.at("global").as_object().size() == 5);
        CHECK(ann.get("/user/" + ann.id + "/account_data/m.push_rules").body == ann.get("/pushrules/").body);
        auto const told = ann.sync().at("account_data").at("events");
        CHECK(each(told, "type") == names{"m.push_rules"});
        CHECK(ann.put("/user/" + ann.id + "/account_data/m.push_rules", json::object()).status == 405);
    }

    TEST_CASE("rules of one's own stand above the predefined ones, where they are put") {
        rig at;
        auto const ann = at.add("ann");
        auto const since = std::string(ann.sync().at("next_batch").as_string());
        auto const path = std::string("/pushrules/global/override/");
        CHECK(ann.put(path + "a", json::value(notify)).status == 200);
        CHECK(ann.put(path + "b", json::value(notify)).status == 200);
        CHECK(ann.put(path + "c?after=b", json::value(notify)).status == 200);
        auto all = rules(ann, "override");
        all.resize(4);
        CHECK(all == names{".m.rule.master", "b", "c", "a"});
        CHECK(ann.put(path + "a?before=b", json::value(notify)).status == 200);
        all = rules(ann, "override");
        all.resize(4);
        CHECK(all == names{".m.rule.master", "a", "b", "c"});
        CHECK(each(ann.sync(since).at("account_data").at("events"), "type") == names{"m.push_rules"});
        CHECK(ann.erase(path + "b").status == 200);
        CHECK(ann.erase(path + "b").errcode() == "M_NOT_FOUND");
        CHECK(ann.get(path + "b").status == 404);
    }

    TEST_CASE("a rule is switched and given other actions, predefined ones too") {
        rig at;
        auto const ann = at.add("ann");
        auto const path = std::string("/pushrules/global/underride/.m.rule.message");
        CHECK(ann.get(path + "/enabled").body == json::value({{"enabled", true}}));
        CHECK(ann.put(path + "/enabled", {{"enabled", false}}).status == 200);
        CHECK(ann.get(path + "/enabled").body == json::value({{"enabled", false}}));
        CHECK(ann.put(path + "/actions", {{"actions", {{{"set_tweak", "sound"}, {"value", "x"}}}}}).status == 200);
        CHECK(ann.get(path + "/actions").text("actions/0/value") == "x");
        CHECK(ann.put(path + "/enabled", {{"enabled", "no"}}).errcode() == "M_BAD_JSON");
        CHECK(ann.put(path + "/actions", {{"actions", {"shout"}}}).errcode() == "M_INVALID_PARAM");
        CHECK(ann.put("/pushrules/global/underride/none/enabled", {{"enabled", true}}).status == 404);
        CHECK(ann.erase(path).errcode() == "M_INVALID_PARAM");
    }

    TEST_CASE("what is no rule is refused") {
        rig at;
        auto const ann = at.add("ann");
        CHECK(ann.put("/pushrules/global/override/.m.mine", json::value(notify)).errcode() == "M_INVALID_PARAM");
        CHECK(ann.put("/pushrules/global/override/" + escaped("a/b"), json::value(notify)).errcode() == "M_INVALID_PARAM");
        CHECK(ann.put("/pushrules/global/strange/a", json::value(notify)).errcode() == "M_INVALID_PARAM");
        CHECK(ann.put("/pushrules/global/override/a", json::object()).errcode() == "M_MISSING_PARAM");
        CHECK(ann.put("/pushrules/global/content/a", json::value(notify)).errcode() == "M_MISSING_PARAM");
        CHECK(ann.put("/pushrules/global/override/a?before=.m.rule.master", json::value(notify)).errcode() == "M_UNKNOWN");
        CHECK(ann.put("/pushrules/global/override/a?after=none", json::value(notify)).errcode() == "M_UNKNOWN");
        CHECK(ann.put("/pushrules/global/override/a", {{"actions", json::array()}, {"conditions", {1}}}).errcode() == "M_BAD_JSON");
        CHECK(rules(ann, "override").size() == 10);
    }
}
