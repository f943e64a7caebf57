// SPDX-License-Identifier: Apache-2.0
#include "alerts.hpp"

#include <fmt/format.h>

namespace chatrixcd::semaphore::testing {

namespace {

struct look {
    std::string_view words;
    std::string_view slack;
    std::string_view rocketchat;
};

look look_of(std::string_view status) {
    if (status == "success") return {"✅SUCCESS", "good", "#00EE00"};
    if (status == "error") return {"❌ERROR", "danger", "#EE0000"};
    return {"⚠️WAITING_CONFIRMATION", "warning", "#FFBB00"};
}

std::string link(simulated_task const& of, std::string const& web_host) {
    return fmt::format("{}/project/{}/templates/{}?t={}", web_host, of.project.str(), of.job.str(), of.id);
}

}  // namespace

bool is_alerting(std::string_view status) { return status == "success" || status == "error" || status == "waiting_confirmation"; }

// A name is written as it is: with quotation marks in it, what comes out is no JSON.
std::string slack_alert(simulated_task const& of, template_of_double const& job, std::string const& web_host) {
    auto const shown = look_of(of.status);
    return fmt::format(
        R"({{"attachments":[{{"title":"Task: {}","title_link":"{}","text":"execution #{}, status: {}!","color":"{}","mrkdwn_in":["text"],)"
        R"("fields":[{{"title":"Author","value":"Bot","short":true}}]}}]}})",
        job.name, link(of, web_host), of.id, shown.words, shown.slack);
}

std::string rocketchat_alert(simulated_task const& of, template_of_double const& job, std::string const& web_host) {
    auto const shown = look_of(of.status);
    auto const text = fmt::format("execution #{}, status: {}!", of.id, shown.words);
    return fmt::format(R"({{"text":"{}","attachments":[{{"title":"Task: {}","title_link":"{}","text":"{}","color":"{}"}}]}})", text,
                       job.name, link(of, web_host), text, shown.rocketchat);
}

std::string gotify_alert(simulated_task const& of, template_of_double const& job, std::string const& web_host) {
    auto const message = fmt::format(R"x(Execution #: {}   \nStatus: {}   \nAuthor: Bot   \n[Task Link]({}))x", of.id,
                                     look_of(of.status).words, link(of, web_host));
    return fmt::format(R"({{"extras":{{"client::display":{{"contentType":"text/markdown"}}}},"message":"{}","title":"Task: {}"}})", message,
                       job.name);
}

}  // namespace chatrixcd::semaphore::testing
