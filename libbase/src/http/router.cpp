// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <stdexcept>

#include <chatrixcd/base/router.hpp>

namespace chatrixcd::base::http {

// A segment of the patterns. Names are kept with the route, so that two patterns may call the same place differently.
struct router::node {
    struct route {
        function answers;
        std::vector<std::string> names;
    };
    std::map<std::string, std::unique_ptr<node>, std::less<>> literals;
    std::unique_ptr<node> any;
    std::map<method, route> routes;

    route const* answer(method verb) const {
        auto found = routes.find(verb);
        if (found == routes.end() && verb == method::head) found = routes.find(method::get);
        return found == routes.end() ? nullptr : &found->second;
    }
};

// A path taken apart, and what a search in it has found so far.
struct router::search {
    method verb;
    std::vector<std::string> segments;
    std::vector<std::string const*> values;
    bool path_exists = false;

    node::route const* descend(node const& at, std::size_t depth);
};

// Depth first, literals before names; goes on where a path exists without the method.
router::node::route const* router::search::descend(node const& at, std::size_t depth) {
    if (depth == segments.size()) {
        path_exists = path_exists || !at.routes.empty();
        return at.answer(verb);
    }
    auto const literal = at.literals.find(segments[depth]);
    if (literal != at.literals.end()) {
        if (auto const* found = descend(*literal->second, depth + 1)) return found;
    }
    if (!at.any || segments[depth].empty()) return nullptr;
    values.push_back(&segments[depth]);
    if (auto const* found = descend(*at.any, depth + 1)) return found;
    values.pop_back();
    return nullptr;
}

namespace {

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> segments;
    path.remove_prefix(1);
    while (true) {
        auto const slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

bool is_name(std::string_view segment) { return segment.size() > 2 && segment.front() == '{' && segment.back() == '}'; }

}  // namespace

std::string const& routed_request::parameter(std::string_view name) const {
    for (auto const& [key, value] : parameters) {
        if (key == name) return value;
    }
    throw std::logic_error("the route has no parameter " + std::string(name));
}

std::optional<std::string> routed_request::query(std::string_view name) const {
    for (auto const& [key, value] : query_values) {
        if (key == name) return value;
    }
    return std::nullopt;
}

router::router() : root_(std::make_unique<node>()) {}
router::~router() = default;
router::router(router&&) noexcept = default;
router& router::operator=(router&&) noexcept = default;

void router::add(method m, std::string_view pattern, function answers) {
    if (pattern.empty() || pattern.front() != '/') throw std::logic_error("a route must start with '/': " + std::string(pattern));
    std::vector<std::string> names;
    node* at = root_.get();
    for (auto const segment : split(pattern)) {
        std::unique_ptr<node>* next = nullptr;
        if (is_name(segment)) {
            names.emplace_back(segment.substr(1, segment.size() - 2));
            next = &at->any;
        } else {
            next = &at->literals[std::string(segment)];
        }
        if (!*next) *next = std::make_unique<node>();
        at = next->get();
    }
    node::route added{std::move(answers), std::move(names)};
    if (!at->routes.emplace(m, std::move(added)).second) {
        throw std::logic_error("two routes for " + std::string(to_string(m)) + " " + std::string(pattern));
    }
}

router::match router::find(method m, std::string_view path) const {
    match found;
    if (path.empty() || path.front() != '/') return found;
    search looking{m, {}, {}};
    for (auto const segment : split(path)) {
        auto decoded = percent_decode(segment);
        if (!decoded) return found;
        looking.segments.push_back(std::move(*decoded));
    }
    auto const* const route = looking.descend(*root_, 0);
    found.path_exists = looking.path_exists;
    if (route == nullptr) return found;
    found.answers = &route->answers;
    for (std::size_t i = 0; i < route->names.size(); ++i) found.parameters.emplace_back(route->names[i], *looking.values[i]);
    return found;
}

boost::asio::awaitable<response> router::route(request r, std::function<response(bool path_exists)> otherwise) const {
    auto found = find(r.verb, r.path());
    if (found.answers == nullptr) co_return otherwise(found.path_exists);
    routed_request routed(std::move(r));
    routed.parameters = std::move(found.parameters);
    routed.query_values = parse_query(routed.http.query());
    co_return co_await (*found.answers)(std::move(routed));
}

}  // namespace chatrixcd::base::http
