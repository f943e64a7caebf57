// SPDX-License-Identifier: Apache-2.0
// A world with one client in it, whose homeserver can be given answers of its own for some requests.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <chatrixcd/base/json_reader.hpp>

#include "support/results.hpp"
#include "support/world.hpp"

namespace chatrixcd::test {

// The client is "@bot:test", started. Paths are without the query.
class scripted_world {
public:
    scripted_world() {
        w.add("bot");
        bot = w.make_client("", [this](matrix::options& how) { how.workers(*workers); });
        w.start(*bot, "bot");
        w.network->faults = [this](base::http::request const& r) { return fate(r); };
    }
    ~scripted_world() { w.stop(*bot); }

    // The next such request gets this answer; the last one stays.
    void on(base::http::method verb, std::string path, std::string body, unsigned status = 200) {
        auto said = fault::answer(base::http::response(status, std::move(body)));
        answers_[{verb, std::move(path)}].push_back(std::move(said));
    }
    void on(base::http::method verb, std::string path, fault what) { answers_[{verb, std::move(path)}].push_back(std::move(what)); }
    void unknown(base::http::method verb, std::string path) {
        on(verb, std::move(path), R"({"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"})", 404);
    }

    // Requests to that path, of those that had a script.
    std::vector<base::http::request> const& seen(std::string const& path) { return seen_[path]; }
    // The last such request.
    base::http::request const& last(std::string const& path) {
        static base::http::request const none;
        return seen_[path].empty() ? none : seen_[path].back();
    }
    boost::json::object last_body(std::string const& path) {
        auto parsed = base::parse_json_object(last(path).body);
        return parsed ? std::move(*parsed) : boost::json::object();
    }

    template <class T>
    T run(boost::asio::awaitable<T> work) {
        return w.run(std::move(work));
    }

    std::unique_ptr<base::worker_pool> workers = base::make_inline_workers();
    world w;
    std::unique_ptr<matrix::client> bot;

private:
    fault fate(base::http::request const& r) {
        std::string const path(r.path());
        auto const found = answers_.find({r.verb, path});
        if (found == answers_.end()) return fault::none();
        seen_[path].push_back(r);
        auto now = found->second.front();
        if (found->second.size() > 1) found->second.pop_front();
        return now;
    }

    std::map<std::pair<base::http::method, std::string>, std::deque<fault>> answers_;
    std::map<std::string, std::vector<base::http::request>> seen_;
};

inline boost::json::object object_of(std::string_view text) { return base::parse_json_object(text).value(); }
// As canonical a text as the order of its members allows: for comparisons.
inline std::string text_of(boost::json::value const& v) { return boost::json::serialize(v); }

}  // namespace chatrixcd::test
