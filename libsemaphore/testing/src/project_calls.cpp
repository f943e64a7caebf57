// SPDX-License-Identifier: Apache-2.0
// Projects and templates.
#include <boost/json/object.hpp>

#include "answers.hpp"
#include "double_state.hpp"

namespace chatrixcd::semaphore::testing {

response server::state::list_projects(routed_request const&) {
    json::array all;
    for (auto const& [id, each] : projects) {
        if (each.is_member) all.push_back(shape_of(each, as));
    }
    return list(std::move(all));
}

response server::state::one_project(routed_request const& r) {
    return answer(shape_of(projects.at(number_in(r.parameter("project")).value_or(0)), as));
}

response server::state::list_templates(routed_request const& r) {
    json::array all;
    for (auto const& [id, each] : templates) {
        if (each.project.str() == r.parameter("project")) all.push_back(shape_of(each, as, /*in_list=*/true));
    }
    return list(std::move(all));
}

template_of_double* server::state::template_in(routed_request const& r) {
    auto const found = templates.find(number_in(r.parameter("template")).value_or(0));
    return found == templates.end() || found->second.project.str() != r.parameter("project") ? nullptr : &found->second;
}

response server::state::one_template(routed_request const& r) {
    auto const* found = template_in(r);
    return found == nullptr ? answer(404U) : answer(shape_of(*found, as, /*in_list=*/false));
}

}  // namespace chatrixcd::semaphore::testing
