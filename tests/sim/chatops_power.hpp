// SPDX-License-Identifier: Apache-2.0
// The end of a process, for tests: adapters and the store pass through a switch that counts each step at which a process can die. Once it
// is off, nothing that the old process does has any effect, and none of its calls returns.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <chatrixcd/base/notifier.hpp>
#include <chatrixcd/base/store.hpp>
#include <chatrixcd/chatops/chat/service.hpp>
#include <chatrixcd/chatops/ci/schedules.hpp>
#include <chatrixcd/chatops/ci/server.hpp>

namespace chatrixcd::test {

class power {
public:
    explicit power(boost::asio::any_io_executor executor) : never_(std::move(executor)) {}

    // Dies at the step of this number, counted from 1.
    void cut_at(std::size_t step) { cut_at_ = step; }
    void cut() noexcept { dead_ = true; }
    bool is_dead() const noexcept { return dead_; }
    std::size_t steps() const noexcept { return steps_; }
    // What was done at the last step, for failure messages.
    std::string const& last() const noexcept { return last_; }

    // A step; true if the process is dead now.
    bool step(std::string what) {
        if (dead_) return true;
        last_ = std::move(what);
        if (++steps_ == cut_at_) dead_ = true;
        return dead_;
    }
    // Ended by cancellation only.
    boost::asio::awaitable<void> hang() { return never_.wait(); }

    base::store_hooks hooks() {
        base::store_hooks out;
        out.before_commit = [this] { die("before a commit"); };
        out.after_commit = [this] { die("after a commit"); };
        return out;
    }

    // A call with a step before its effect and one after it.
    template <class T>
    boost::asio::awaitable<T> through(std::string what, boost::asio::awaitable<T> call) {
        if (step("before " + what)) co_await hang();
        T value = co_await std::move(call);
        if (step("after " + what)) co_await hang();
        co_return value;
    }

private:
    void die(char const* what) {
        if (step(what)) throw std::runtime_error("the process has ended");
    }

    std::optional<std::size_t> cut_at_;
    std::size_t steps_ = 0;
    bool dead_ = false;
    std::string last_;
    base::notifier never_;
};

// A chat as one process sees it.
class powered_chat final : public chatops::chat::service {
    template <class T>
    using call = boost::asio::awaitable<chatops::chat::result<T>>;
    using id = chatops::chat::message_id;

public:
    // `thread`: if set, everything is delivered as said in that thread.
    powered_chat(service& inner, power& switched, std::optional<std::string> thread)
        : inner_(inner), power_(switched), thread_(std::move(thread)) {}

    std::string name() const override { return inner_.name(); }
    std::string account() const override { return inner_.account(); }
    bool has_threads() const override { return inner_.has_threads(); }
    bool is_private() const override { return inner_.is_private(); }
    void expect_answers(std::vector<chatops::chat::awaited_answer> all) override {
        if (!power_.is_dead()) inner_.expect_answers(std::move(all));
    }
    call<std::unique_ptr<chatops::chat::delivery>> next() override;
    call<id> send(chatops::chat::outgoing what) override { return power_.through("send", inner_.send(std::move(what))); }
    call<id> edit(id target, chatops::chat::outgoing what) override {
        return power_.through("edit", inner_.edit(std::move(target), std::move(what)));
    }
    call<id> react(std::string room, std::string event, std::string key, std::string symbol) override {
        return power_.through("react", inner_.react(std::move(room), std::move(event), std::move(key), std::move(symbol)));
    }
    call<void> redact(std::string room, std::string event, std::string key, std::string reason) override {
        return power_.through("redact", inner_.redact(std::move(room), std::move(event), std::move(key), std::move(reason)));
    }
    call<std::vector<std::string>> remarks() override { return inner_.remarks(); }
    call<void> typing(std::string room, bool on) override { return inner_.typing(std::move(room), on); }
    call<void> mark_read(std::string room, std::string event) override { return inner_.mark_read(std::move(room), std::move(event)); }
    call<std::vector<std::string>> members(std::string room) override { return inner_.members(std::move(room)); }

private:
    service& inner_;
    power& power_;
    std::optional<std::string> thread_;
};

// A CI as one process sees it. `slow` may let a start's answer be lost: the request arrives later, whatever happens to the process.
class powered_ci final : public chatops::ci::server,
                         private chatops::ci::logs,
                         private chatops::ci::control,
                         private chatops::ci::gates,
                         private chatops::ci::schedules,
                         private chatops::ci::events {
    template <class T>
    using call = boost::asio::awaitable<chatops::ci::result<T>>;

public:
    // Takes a start over, or answers false: then it goes through at once.
    using slow_start = std::function<bool(chatops::ci::plan const&, chatops::ci::run_key const&)>;

    powered_ci(server& inner, power& switched, slow_start slow) : inner_(inner), power_(switched), slow_(std::move(slow)) {}

    call<chatops::ci::server_info> info() override { return power_.through("info", inner_.info()); }
    call<chatops::ci::page<chatops::ci::project>> projects(chatops::ci::page_request which) override {
        return power_.through("projects", inner_.projects(std::move(which)));
    }
    call<chatops::ci::page<chatops::ci::job>> jobs(chatops::ci::project_id in, chatops::ci::job_query like,
                                                   chatops::ci::page_request which) override {
        return power_.through("jobs", inner_.jobs(std::move(in), std::move(like), std::move(which)));
    }
    call<chatops::ci::job> job_details(chatops::ci::job_id id) override {
        return power_.through("job_details", inner_.job_details(std::move(id)));
    }
    call<chatops::ci::plan> prepare(chatops::ci::run_request wanted) override {
        return power_.through("prepare", inner_.prepare(std::move(wanted)));
    }
    call<chatops::ci::started> start(chatops::ci::plan exactly, chatops::ci::run_key key) override;
    call<chatops::ci::started> resolve(chatops::ci::ticket waiting) override {
        return power_.through("resolve", inner_.resolve(std::move(waiting)));
    }
    call<chatops::ci::found> find(chatops::ci::project_id in, chatops::ci::run_key key, chatops::ci::time_point since) override {
        return power_.through("find", inner_.find(std::move(in), std::move(key), since));
    }
    call<chatops::ci::run> get(chatops::ci::run_id id) override { return power_.through("get", inner_.get(std::move(id))); }
    call<chatops::ci::page<chatops::ci::run>> runs(chatops::ci::run_query like, chatops::ci::page_request which) override {
        return power_.through("runs", inner_.runs(std::move(like), std::move(which)));
    }
    chatops::ci::logs* log_facet() noexcept override { return inner_.log_facet() ? this : nullptr; }
    chatops::ci::gates* gate_facet() noexcept override { return inner_.gate_facet() ? this : nullptr; }
    chatops::ci::schedules* schedule_facet() noexcept override { return inner_.schedule_facet() ? this : nullptr; }
    chatops::ci::control* control_facet() noexcept override { return inner_.control_facet() ? this : nullptr; }
    chatops::ci::events* event_facet() noexcept override { return inner_.event_facet() ? this : nullptr; }

private:
    call<chatops::ci::log_chunk> read(chatops::ci::run_id id, std::string cursor, std::size_t most) override {
        return power_.through("read", inner_.log_facet()->read(std::move(id), std::move(cursor), most));
    }
    call<chatops::ci::log_chunk> tail(chatops::ci::run_id id, std::size_t lines) override {
        return power_.through("tail", inner_.log_facet()->tail(std::move(id), lines));
    }
    call<void> approve(chatops::ci::run_id id) override { return power_.through("approve", inner_.gate_facet()->approve(std::move(id))); }
    call<void> reject(chatops::ci::run_id id) override { return power_.through("reject", inner_.gate_facet()->reject(std::move(id))); }
    call<std::vector<chatops::ci::schedule>> list(chatops::ci::project_id in) override {
        return power_.through("schedules", inner_.schedule_facet()->list(std::move(in)));
    }
    call<void> set_active(chatops::ci::schedule_id id, bool active) override {
        return power_.through("set_active", inner_.schedule_facet()->set_active(std::move(id), active));
    }
    void recall_cancel(chatops::ci::run_id const& id) override { inner_.control_facet()->recall_cancel(id); }
    call<void> cancel(chatops::ci::run_id id) override { return power_.through("cancel", inner_.control_facet()->cancel(std::move(id))); }
    call<chatops::ci::run> next() override { return inner_.event_facet()->next(); }

    server& inner_;
    power& power_;
    slow_start slow_;
};

}  // namespace chatrixcd::test
