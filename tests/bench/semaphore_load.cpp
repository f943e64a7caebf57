// SPDX-License-Identifier: Apache-2.0
// What watching many tasks of Semaphore costs, and reading a long log: usage: bench_semaphore asking|listening|log LINES. Time is virtual,
// so that ten minutes pass at once; the CPU is real. Answers stand ready as text: the server costs nothing. Prints one JSON object.
#include <boost/asio/co_spawn.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <chatrixcd/chatops/adapters/semaphore.hpp>
#include <chatrixcd/semaphore/task_feed.hpp>
#include <ctime>
#include <iostream>
#include <support/run_coroutine.hpp>

namespace {

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace ci = chatrixcd::chatops::ci;
namespace http = chatrixcd::base::http;
namespace json = boost::json;
namespace semaphore = chatrixcd::semaphore;
namespace test = chatrixcd::test;
using asio::awaitable;
using namespace std::chrono_literals;

constexpr int projects = 50;
constexpr int tasks_of_each = 200;
constexpr base::duration watched = 10min;
// Each task says something new four times in this time.
constexpr base::duration between_updates = watched / (projects * tasks_of_each * 4);

double cpu_seconds() {
    std::timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

int number_of(int project, int task) { return project * 1000 + task; }

std::string list_of(int project) {
    json::array all;
    for (int i = 0; i < tasks_of_each; ++i) {
        json::object task{{"id", number_of(project, i)},
                          {"template_id", project},
                          {"project_id", project},
                          {"status", "running"},
                          {"environment", R"({"version":"1.4.2","env":"staging"})"},
                          {"message", "ChatrixCD cd-0123456789abcdef"},
                          {"created", "2026-01-01T00:00:00Z"},
                          {"start", "2026-01-01T00:00:01Z"},
                          {"end", nullptr},
                          {"user_id", 1},
                          {"user_name", "bot"},
                          {"tpl_alias", "deploy"},
                          {"tpl_playbook", "deploy.yml"}};
        all.push_back(std::move(task));
    }
    return json::serialize(all);
}

std::string log_of(std::size_t lines) {
    json::array all;
    for (std::size_t i = 0; i < lines; ++i) {
        all.push_back(json::object{{"task_id", 7},
                                   {"time", "2026-01-01T00:00:02.123456789Z"},
                                   {"output", "ok: [host" + std::to_string(i % 40) + "] => task " + std::to_string(i) + " of this play"}});
    }
    return json::serialize(all);
}

class ready_answers final : public http::transport {
public:
    std::map<std::string, std::string> by_path;
    std::size_t requests = 0;

    awaitable<base::result<http::response>> send(http::request r) override {
        ++requests;
        auto const path = r.url.substr(r.url.find("/api"));
        auto const found = by_path.find(path.substr(0, path.find('?')));
        if (found == by_path.end()) co_return http::response(404, "Not Found\n", "text/plain");
        co_return http::response(200, found->second);
    }
};

// A server whose tasks start over and over.
class restless final : public http::websocket_dialer {
public:
    explicit restless(base::clock& time) : time_(time) {}
    std::size_t updates = 0;

    awaitable<base::result<http::websocket_answer>> open(http::request) override {
        http::websocket_answer answer;
        answer.socket = std::make_unique<socket>(*this);
        co_return answer;
    }

private:
    class socket final : public http::websocket {
    public:
        explicit socket(restless& of) : of_(of) {}
        awaitable<base::result<std::string>> receive() override {
            co_await of_.time_.sleep(between_updates);
            auto const n = static_cast<int>(of_.updates++);
            auto const task = n % (projects * tasks_of_each);
            auto const project = 1 + task % projects;
            json::object update{{"end", nullptr},
                                {"project_id", project},
                                {"start", "2026-01-01T00:00:01Z"},
                                {"status", n / (projects * tasks_of_each) % 2 == 0 ? "waiting_confirmation" : "running"},
                                {"task_id", number_of(project, task / projects)},
                                {"template_id", project},
                                {"type", "update"},
                                {"version", nullptr}};
            co_return json::serialize(update);
        }
        base::result<void> send(std::string) override { return {}; }
        void close() override {}

    private:
        restless& of_;
    };
    base::clock& time_;
};

struct world {
    asio::io_context loop{1};
    base::virtual_clock time;
    std::unique_ptr<base::random> dice = base::make_seeded_random(1);
    ready_answers network;
    semaphore::client client =
        semaphore::client::make(network, time, *dice,
                                semaphore::client_options("https://ci.example.org", semaphore::credentials::token(base::secret("t"))))
            .value();
    template <class T>
    T run(awaitable<T> work) {
        return test::run_virtual(loop, time, std::move(work));
    }
};

awaitable<void> read_news(semaphore::task_feed& feed, std::size_t& count) {
    for (;;) {
        auto const news = co_await feed.next();
        if (news) ++count;
    }
}

void watch(bool listens) {
    world w;
    for (int p = 1; p <= projects; ++p) w.network.by_path["/api/project/" + std::to_string(p) + "/tasks/last"] = list_of(p);
    semaphore::task_feed feed(w.client, w.time);
    for (int p = 1; p <= projects; ++p) {
        for (int i = 0; i < tasks_of_each; ++i) feed.follow(semaphore::project_id(p), semaphore::task_id(number_of(p, i)));
    }
    restless server(w.time);
    base::task_group tasks(w.loop.get_executor(), nullptr);
    std::size_t news = 0;
    if (listens) tasks.spawn(feed.listen(server, *w.dice));
    tasks.spawn(read_news(feed, news));
    w.run(w.time.sleep(1min));  // the first lists
    auto const requests = w.network.requests;
    auto const told = news;
    auto const begin = cpu_seconds();
    w.run(w.time.sleep(watched));
    auto const used = cpu_seconds() - begin;
    json::object found;
    found["cpu_percent"] = used / std::chrono::duration<double>(watched).count() * 100;
    found["requests_a_minute"] =
        static_cast<double>(w.network.requests - requests) / std::chrono::duration<double, std::ratio<60>>(watched).count();
    found["news"] = news - told;
    tasks.cancel();
    w.run(tasks.join());
    std::cout << json::serialize(found) << std::endl;
    // Its memory is looked at from outside while it waits.
    std::cin.get();
}

void read_log(std::size_t lines) {
    world w;
    w.network.by_path["/api/project/1/tasks/7/output"] = log_of(lines);
    w.network.by_path["/api/project/1/tasks/7"] =
        R"({"id":7,"project_id":1,"template_id":3,"status":"success","start":"2026-01-01T00:00:01Z","end":"2026-01-01T00:00:05Z"})";
    w.network.by_path["/api/projects"] = R"([{"id":1,"name":"web"}])";
    auto const server = chatrixcd::chatops::make_semaphore_ci(w.client, w.time);
    auto const begin = cpu_seconds();
    std::size_t seen = 0;
    std::string cursor;
    for (bool complete = false; !complete;) {
        auto const chunk = w.run(server->log_facet()->read(ci::run_id("1/7"), cursor, 1000)).value();
        seen += chunk.lines.size();
        cursor = chunk.next;
        complete = chunk.complete;
    }
    json::object found;
    found["us_a_line"] = (cpu_seconds() - begin) * 1e6 / static_cast<double>(lines);
    found["lines"] = seen;
    found["requests"] = w.network.requests;
    std::cout << json::serialize(found) << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
    std::string const what = argc > 1 ? argv[1] : "";
    if (what == "asking" || what == "listening") {
        watch(what == "listening");
    } else if (what == "log" && argc == 3) {
        read_log(std::stoul(argv[2]));
    } else {
        std::cerr << "usage: bench_semaphore asking|listening|log LINES\n";
        return 2;
    }
    return 0;
}
