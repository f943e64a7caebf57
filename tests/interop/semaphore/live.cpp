// SPDX-License-Identifier: Apache-2.0
// The client and the adapter against a real Semaphore: usage: semaphore_live URL PROJECT QUICK FAILING SLOW, the numbers of a project and
// of three templates in it; the token is in SEMAPHORE_TOKEN. Prints a line for each thing that was tried, and exits with 1 if one failed.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstdlib>
#include <iostream>

#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/random.hpp>
#include <chatrixcd/base/task_group.hpp>
#include <chatrixcd/base/timeout.hpp>
#include <chatrixcd/base/websocket.hpp>
#include <chatrixcd/chatops/adapters/semaphore.hpp>
#include <chatrixcd/chatops/testing/ci_conformance.hpp>
#include <chatrixcd/semaphore/task_feed.hpp>

#include "beside_double.hpp"

namespace {

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace ci = chatrixcd::chatops::ci;
namespace semaphore = chatrixcd::semaphore;
using asio::awaitable;

int failures = 0;

// `lacks`: a server may be too old for it.
template <class T>
void tell(std::string const& what, base::result<T> const& answer, bool may_lack = false) {
    bool const lacks = !answer && may_lack && answer.error().kind() == base::error_kind::unsupported;
    if (!answer && !lacks) ++failures;
    std::cout << (answer ? "ok    " : lacks ? "lacks " : "FAIL  ") << what;
    if (!answer && !lacks) std::cout << ": " << answer.error().describe();
    std::cout << std::endl;
}

class names {
public:
    semaphore::project_id project;
    semaphore::template_id quick;
    semaphore::template_id failing;
    semaphore::template_id slow;
};

awaitable<void> try_client(semaphore::client& client, names const& of) {
    tell("ping", co_await client.ping());
    tell("info", co_await client.info());
    tell("apps", co_await client.apps());
    tell("whoami", co_await client.whoami());
    tell("projects", co_await client.projects());
    tell("project", co_await client.find_project(of.project));
    tell("role", co_await client.role(of.project));
    tell("activities", co_await client.activities(of.project));
    tell("backup", co_await client.backup(of.project));
    tell("templates", co_await client.templates(of.project));
    tell("template", co_await client.find_template(of.project, of.quick));
    tell("views", co_await client.views(of.project));
    tell("inventories", co_await client.inventories(of.project));
    tell("repositories", co_await client.repositories(of.project));
    tell("environments", co_await client.environments(of.project));
    tell("keys", co_await client.keys(of.project));
    tell("integrations", co_await client.integrations(of.project));
    tell("runners", co_await client.runners());
    tell("tasks", co_await client.tasks(of.project));
    tell("last tasks", co_await client.last_tasks(of.project, 5));
}

awaitable<void> try_schedules(semaphore::client& client, names const& of) {
    tell("check a time table", co_await client.check_cron(of.project, "0 3 * * *"));
    semaphore::schedule nightly;
    nightly.starts = of.quick;
    nightly.name = "nightly";
    nightly.cron_format = "0 3 1 1 *";
    auto const added = co_await client.add_schedule(of.project, nightly);
    tell("add a schedule", added);
    if (!added) co_return;
    auto found = co_await client.find_schedule(of.project, added->id);
    tell("find it", found);
    if (!found) co_return;
    found->cron_format = "0 4 1 1 *";
    tell("change it", co_await client.replace_schedule(of.project, *found));
    tell("switch it on", co_await client.set_active(of.project, added->id, true));
    auto const listed = co_await client.schedules(of.project);
    tell("list schedules", listed);
    bool const changed = listed && listed->size() == 1 && listed->front().cron_format == "0 4 1 1 *" && listed->front().active;
    base::result<void> const as_wanted = changed ? base::result<void>() : base::error(base::error_kind::internal, "it was not kept");
    tell("it is as it was made", as_wanted);
    tell("delete it", co_await client.remove_schedule(of.project, added->id));
}

awaitable<void> try_task(semaphore::client& client, names const& of) {
    semaphore::new_task wanted(of.quick);
    wanted.message = "from the interop test <&>";
    wanted.variables = {{"version", "1.4.2"}};
    auto const started = co_await client.start(of.project, wanted);
    tell("start a task", started);
    if (!started) co_return;
    auto const found = co_await client.find_task(of.project, started->id);
    tell("find it", found);
    bool const kept = found && found->message == wanted.message && found->variables == wanted.variables;
    base::result<void> const as_wanted = kept ? base::result<void>() : base::error(base::error_kind::internal, "it is another one");
    tell("its message and variables are those that were sent", as_wanted);
    tell("output", co_await client.output(of.project, started->id));
    tell("raw output", co_await client.raw_output(of.project, started->id), /*may_lack=*/true);
    tell("stages", co_await client.stages(of.project, started->id), /*may_lack=*/true);
}

// A task's updates and lines as the server tells them, from its start to its end.
awaitable<void> try_news(semaphore::client& client, base::http::websocket_dialer& by, base::clock& time, names const& of) {
    auto connection = co_await semaphore::connect_live(client, by);
    tell("listen to the server's news", connection);
    if (!connection) co_return;
    auto const started = co_await client.start(of.project, semaphore::new_task(of.failing));
    tell("start a task to hear of", started);
    if (!started) co_return;
    auto const story = [&]() -> awaitable<base::result<std::string>> {
        std::string heard;
        std::size_t lines = 0;
        for (;;) {
            auto message = co_await connection->next();
            if (!message) co_return message.error();
            if (auto const* line = std::get_if<semaphore::task_line>(&*message)) lines += line->task == started->id ? 1 : 0;
            auto const* update = std::get_if<semaphore::task_update>(&*message);
            if (update == nullptr || update->task != started->id) continue;
            heard += update->raw_status + (update->end ? " (end), " : ", ");
            if (update->end) co_return heard + std::to_string(lines) + " lines";
        }
    };
    auto const heard = co_await base::with_timeout(time, story(), std::chrono::seconds(60));
    base::result<void> whole;
    if (!heard) whole = base::error(base::error_kind::internal, "no end was told in a minute");
    if (heard && !*heard) whole = heard->error();
    tell("its story: " + (heard && *heard ? **heard : std::string("not whole")), whole);
}

// With a connection, the end is news within what the server itself takes.
awaitable<void> try_feed(semaphore::client& client, base::http::websocket_dialer& by, base::clock& time, base::random& dice,
                         names const& of) {
    semaphore::task_feed feed(client, time);
    auto const executor = co_await asio::this_coro::executor;
    base::task_group listening(executor, nullptr);
    listening.spawn(feed.listen(by, dice));
    auto const started = co_await client.start(of.project, semaphore::new_task(of.failing));
    tell("start a task to follow", started);
    std::string seen;
    if (started) feed.follow(of.project, started->id);
    for (bool over = !started; !over;) {
        auto const news = co_await base::with_timeout(time, feed.next(), std::chrono::seconds(60));
        over = !news || !*news || (*news)->is_finished();
        seen += news && *news ? (*news)->raw_status + ", " : std::string("nothing, ");
    }
    bool const good = feed.is_listening() && seen.ends_with("error, ");
    base::result<void> const as_wanted =
        good ? base::result<void>() : base::error(base::error_kind::internal, "it does not listen, or lost the end");
    tell("a feed that listens: " + seen, as_wanted);
    listening.cancel();
    co_await listening.join();
}

awaitable<void> try_adapter(semaphore::client& client, base::clock& time, names const& of) {
    auto const server = chatrixcd::chatops::make_semaphore_ci(client, time);
    auto const request = [&](semaphore::template_id what, ci::parameter_values with) {
        return ci::run_request(ci::job_id(ci::project_id(of.project.str()), what.str()), std::move(with));
    };
    chatrixcd::chatops::testing::ci_subject subject(time, request(of.quick, {{"version", "1.4.2"}}));
    subject.fails = request(of.failing, {});
    subject.slow = request(of.slow, {});
    // Old servers take one task from their queue every five seconds.
    subject.patience = std::chrono::minutes(3);
    auto const wrong = co_await chatrixcd::chatops::testing::check_ci_server(*server, subject);
    for (auto const& finding : wrong) {
        ++failures;
        std::cout << "FAIL  conformance: " << finding << std::endl;
    }
    if (wrong.empty()) std::cout << "ok    conformance of the adapter" << std::endl;
}

// The double that tests believe in answers as this server does.
awaitable<void> try_double(chatrixcd::test::real_semaphore const& real) {
    auto const found = co_await chatrixcd::test::compare_with_double(real);
    for (auto const& each : found.differences) {
        ++failures;
        std::cout << "FAIL  beside the double: " << each << std::endl;
    }
    if (found.differences.empty()) std::cout << "ok    the double gives the same answers, " << found.alike << " of them" << std::endl;
}

awaitable<void> try_all(chatrixcd::test::real_semaphore const& real, semaphore::client& client, base::http::websocket_dialer& by,
                        base::clock& time, base::random& dice, names const& of) {
    co_await try_client(client, of);
    co_await try_schedules(client, of);
    co_await try_task(client, of);
    co_await try_adapter(client, time, of);
    co_await try_double(real);
    co_await try_news(client, by, time, of);
    co_await try_feed(client, by, time, dice, of);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        std::cerr << "usage: semaphore_live URL PROJECT QUICK FAILING SLOW, with the token in SEMAPHORE_TOKEN\n";
        return 2;
    }
    names of;
    of.project = semaphore::project_id(std::atoll(argv[2]));
    of.quick = semaphore::template_id(std::atoll(argv[3]));
    of.failing = semaphore::template_id(std::atoll(argv[4]));
    of.slow = semaphore::template_id(std::atoll(argv[5]));
    asio::io_context loop;
    auto const time = base::make_system_clock();
    auto const random = base::make_system_random();
    auto const network = base::http::make_client(loop.get_executor());
    auto const dialer = base::http::make_websocket_dialer(loop.get_executor(), *time);
    semaphore::client_options how(argv[1], semaphore::credentials::token(base::secret::from_env("SEMAPHORE_TOKEN")));
    auto client = semaphore::client::make(*network, *time, *random, std::move(how)).value();
    std::exception_ptr failure;
    chatrixcd::test::real_semaphore const real{*network,   *time,    argv[1],   base::secret::from_env("SEMAPHORE_TOKEN").reveal(),
                                               of.project, of.quick, of.failing};
    asio::co_spawn(loop, try_all(real, client, *dialer, *time, *random, of), [&failure](std::exception_ptr e) { failure = e; });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return failures == 0 ? 0 : 1;
}
