// SPDX-License-Identifier: Apache-2.0
#include <chatrixcd/semaphore/push.hpp>

#include <doctest/doctest.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>

namespace semaphore = chatrixcd::semaphore;

namespace {

std::string shown(chatrixcd::base::result<semaphore::push_hint> const& hint) {
    return hint ? hint->project.str() + "/" + hint->task.str() : std::string(to_string(hint.error().kind()));
}
std::string alert(std::string const& body) { return shown(semaphore::read_alert(body)); }

constexpr char const* task_link = "https://ci.example.org/sub/project/4/templates/2?t=71";

}  // namespace

TEST_SUITE("semaphore::push") {
    TEST_CASE("an alert for Slack leads to its task") {
        CHECK(alert(R"({"attachments":[{"title":"Task: deploy","title_link":")" + std::string(task_link) +
                    R"(","text":"execution #71, status: ✅SUCCESS!","color":"good","mrkdwn_in":["text"],"fields":[]}]})") == "4/71");
    }

    TEST_CASE("an alert for Rocket.Chat leads to its task") {
        CHECK(alert(R"({"text":"execution #71, status: ❌ERROR!","attachments":[{"title":"Task: deploy","title_link":")" +
                    std::string(task_link) + R"(","text":"","color":"danger"}]})") == "4/71");
    }

    TEST_CASE("an alert for Gotify leads to its task, whatever a person wrote into it") {
        std::string const message =
            "Execution #: 71   \\nAuthor: [me](https://ci.example.org/project/9/templates/9?t=9)   \\n[Task Link](" +
            std::string(task_link) + ")";
        CHECK(alert(R"({"extras":{"client::display":{"contentType":"text/markdown"}},"message":")" + message +
                    R"(","title":"Task: deploy"})") == "4/71");
    }

    TEST_CASE("a name with quotation marks, which breaks the JSON, hides no task") {
        CHECK(alert(R"({"attachments":[{"title":"Task: the "big" one","title_link":")" + std::string(task_link) + R"("}]})") == "4/71");
    }

    TEST_CASE("what real servers sent to Slack, Rocket.Chat and Gotify leads to the task that it is about, quotation marks or not") {
        std::pair<char const*, std::vector<std::string>> const servers[] = {
            {"2.10.32-bolt", {"1/2147483646", "1/2147483645", "1/2147483644"}}, {"2.16-sqlite", {"1/1", "1/2", "1/3"}}};
        for (auto const& [version, tasks] : servers) {
            CAPTURE(version);
            std::ifstream file(std::string(GOLDEN_FOLDER) + "/" + version + "/alerts.json");
            std::string const text{std::istreambuf_iterator<char>(file), {}};
            auto const sent = chatrixcd::base::parse_json(text).value();
            std::size_t at = 0;
            for (auto const& each : sent.as_array()) {
                auto const body = std::string(each.at("body").as_string().c_str());
                CHECK_MESSAGE(alert(body) == tasks.at(at / 3), body);
                ++at;
            }
            CHECK(at == 9);
        }
    }

    TEST_CASE("what leads to no task is no alert") {
        for (auto const* body :
             {"", "null", "[]", "{}", R"({"attachments":null})", R"({"attachments":[7,{}]})", R"({"message":7})", R"({"message":"]("})",
              R"({"attachments":[{"title_link":"https://ci/project/4/templates/2"}]})",
              R"({"attachments":[{"title_link":"https://ci/project/0/templates/2?t=1"}]})",
              R"({"attachments":[{"title_link":"https://ci/project/-4/templates/2?t=1"}]})",
              R"({"attachments":[{"title_link":"https://ci/project/4/templates/2?t=99999999999999999999"}]})", "/project//project/"}) {
            CHECK_MESSAGE(alert(body) == "invalid", body);
        }
    }

    TEST_CASE("a webhook names its task, and may say more") {
        CHECK(shown(semaphore::read_webhook(R"({"project_id":4,"task_id":71,"status":"success"})")) == "4/71");
        for (auto const* body : {"", "[]", "{}", R"({"project_id":4})", R"({"project_id":4,"task_id":0})",
                                 R"({"project_id":-4,"task_id":1})", R"({"project_id":"4","task_id":"71"})"}) {
            CHECK_MESSAGE(shown(semaphore::read_webhook(body)) == "invalid", body);
        }
    }
}
