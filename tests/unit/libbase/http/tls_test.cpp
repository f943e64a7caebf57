// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>

#include <chatrixcd/base/files.hpp>
#include <chatrixcd/base/http_client.hpp>
#include <chatrixcd/base/virtual_clock.hpp>
#include <support/run_coroutine.hpp>

#include "http/certificates.hpp"
#include "http/tls_server.hpp"

namespace asio = boost::asio;
namespace base = chatrixcd::base;
namespace http = chatrixcd::base::http;
namespace test = chatrixcd::test;
using tcp = asio::ip::tcp;
using test::tls_server;
using namespace std::chrono_literals;

namespace {

struct fixture {
    asio::io_context loop{1};
    base::temporary_folder folder{"chatrixcd-tls"};
    test::certificate_authority authority;
    std::unique_ptr<http::transport> client = trusting(authority);

    std::unique_ptr<http::transport> trusting(test::certificate_authority const& whom) {
        http::client_options options;
        options.ca_file = folder.path() + "/ca.pem";
        base::write_file(options.ca_file, whom.certificate()).value();
        return http::make_client(loop.get_executor(), options);
    }
    base::result<http::response> get(std::string const& url) {
        return test::run_coroutine(loop, client->send(http::request(http::method::get, url)));
    }
    void is_refused(std::string const& url, std::string const& reason) {
        auto const answer = get(url);
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().kind() == base::error_kind::unavailable);
        CAPTURE(answer.error().describe());
        CHECK(answer.error().describe().find(reason) != std::string::npos);
    }

    std::string file(std::string const& name, std::string const& content) {
        base::write_file(folder.path() + "/" + name, content).value();
        return folder.path() + "/" + name;
    }
    http::client_options identified_by(test::identity const& who) {
        http::client_options options;
        options.ca_file = file("ca.pem", authority.certificate());
        options.certificate_file = file("client.pem", who.certificate);
        options.key_file = file("client.key", who.key);
        return options;
    }
    base::error unusable(http::client_options const& options) {
        try {
            http::make_client(loop.get_executor(), options);
        } catch (base::error_exception const& e) {
            return e.why();
        }
        FAIL("the files were accepted");
        return {};
    }
};

}  // namespace

TEST_SUITE("base::http::client over TLS") {
    TEST_CASE_FIXTURE(fixture, "a server with a certificate for its name is trusted, and its connection kept") {
        tls_server server(loop, authority.issue("DNS:localhost"));
        for (int i = 0; i < 3; ++i) CHECK(get(server.url("localhost")).value().body == "ok");
        CHECK(server.connections() == 1);
        CHECK(server.requests() == 3);
        CHECK(server.asked_for() == "localhost");
    }

    TEST_CASE_FIXTURE(fixture, "an address is compared with the certificate's addresses") {
        tls_server server(loop, authority.issue("IP:127.0.0.1"));
        CHECK(get(server.url("127.0.0.1")).value().body == "ok");
        CHECK(server.asked_for().empty());
    }

    TEST_CASE_FIXTURE(fixture, "a certificate for another name is refused before anything is sent") {
        tls_server other(loop, authority.issue("DNS:other.test"));
        is_refused(other.url("localhost"), "hostname mismatch");
        tls_server named(loop, authority.issue("DNS:localhost,DNS:127.0.0.1"));
        is_refused(named.url("127.0.0.1"), "IP address mismatch");
        CHECK(other.requests() + named.requests() == 0);
    }

    TEST_CASE_FIXTURE(fixture, "a certificate from an authority that nobody named is refused") {
        test::certificate_authority const stranger;
        tls_server server(loop, stranger.issue("DNS:localhost"));
        is_refused(server.url("localhost"), "ca_file");
        client = http::make_client(loop.get_executor());
        is_refused(server.url("localhost"), "ca_file");
        CHECK(server.requests() == 0);
    }

    TEST_CASE_FIXTURE(fixture, "a certificate that has expired, vouches for itself or names its host as a person would is refused") {
        tls_server expired(loop, authority.issue("DNS:localhost", "a test's server", -60));
        is_refused(expired.url("localhost"), "certificate has expired");
        tls_server lonely(loop, test::make_self_signed("DNS:localhost"));
        is_refused(lonely.url("localhost"), "self-signed certificate");
        tls_server old_fashioned(loop, authority.issue("", "localhost"));
        is_refused(old_fashioned.url("localhost"), "hostname mismatch");
        CHECK(expired.requests() + lonely.requests() + old_fashioned.requests() == 0);
    }

    TEST_CASE_FIXTURE(fixture, "a server that asks for a certificate gets ours") {
        client = http::make_client(loop.get_executor(), identified_by(authority.issue("", "the bot")));
        tls_server strict(loop, authority.issue("DNS:localhost"), authority.certificate());
        CHECK(get(strict.url("localhost")).value().body == "ok");
        CHECK(strict.client() == "the bot");
        tls_server indifferent(loop, authority.issue("DNS:localhost"));
        CHECK(get(indifferent.url("localhost")).value().body == "ok");
        CHECK(indifferent.client().empty());
    }

    TEST_CASE_FIXTURE(fixture, "without a certificate that the server accepts nothing was executed, and the error says what is missing") {
        for (bool const old_version : {false, true}) {
            CAPTURE(old_version);
            tls_server strict(loop, authority.issue("DNS:localhost"), authority.certificate());
            if (old_version) strict.speak_tls_1_2();
            client = trusting(authority);
            is_refused(strict.url("localhost"), "client certificate");
            test::certificate_authority const stranger;
            client = http::make_client(loop.get_executor(), identified_by(stranger.issue("", "an impostor")));
            is_refused(strict.url("localhost"), "client's certificate");
            CHECK(strict.requests() == 0);
        }
    }

    TEST_CASE_FIXTURE(fixture, "files of a client certificate that cannot be used are told by name") {
        auto const good = identified_by(authority.issue("", "the bot"));
        auto options = good;
        options.certificate_file = folder.path() + "/missing.pem";
        CHECK(unusable(options).message().find("missing.pem") != std::string::npos);
        options = good;
        options.key_file = folder.path() + "/missing.key";
        CHECK(unusable(options).message().find("missing.key") != std::string::npos);
        options.key_file.clear();
        CHECK(unusable(options).kind() == base::error_kind::invalid);
        options = good;
        options.certificate_file = file("text.pem", "hello");
        CHECK(unusable(options).message().find("text.pem") != std::string::npos);
        options = good;
        options.key_file = file("other.key", authority.issue("").key);
        CHECK(unusable(options).message().find("it is not the key of the certificate in " + good.certificate_file) != std::string::npos);
        options.key_file = file("locked.key", test::locked(base::read_file(good.key_file, 10000).value()));
        CHECK(unusable(options).describe().find("locked.key cannot be used: it is protected by a passphrase") != std::string::npos);
    }

    TEST_CASE_FIXTURE(fixture, "a key that others can read is noted in the log, one for us alone is not") {
        std::ostringstream written;
        base::virtual_clock const time;
        base::logger const log(base::make_text_sink(written), time, base::log_level::warning);
        auto const options = identified_by(authority.issue("", "the bot"));
        http::make_client(loop.get_executor(), options, log);
        CHECK(written.str().empty());
        std::filesystem::permissions(options.key_file, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
        http::make_client(loop.get_executor(), options, log);
        CHECK(written.str().find(options.key_file) != std::string::npos);
    }

    TEST_CASE_FIXTURE(fixture, "a server that does not speak TLS is unavailable, one that never answers the handshake too") {
        tcp::acceptor silent(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        auto r = http::request(http::method::get, "https://127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/");
        r.timeout = 50ms;
        auto const late = test::run_coroutine(loop, client->send(r));
        REQUIRE_FALSE(late.has_value());
        CHECK(late.error().kind() == base::error_kind::unavailable);

        auto answer_in_clear = [&]() -> asio::awaitable<void> {
            auto first = co_await silent.async_accept(asio::use_awaitable);
            auto second = co_await silent.async_accept(asio::use_awaitable);
            std::string const text = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
            co_await asio::async_write(second, asio::buffer(text), asio::use_awaitable);
        };
        asio::co_spawn(loop, answer_in_clear(), [](std::exception_ptr) {});
        r.timeout = 10s;
        auto const clear = test::run_coroutine(loop, client->send(r));
        REQUIRE_FALSE(clear.has_value());
        CHECK(clear.error().kind() == base::error_kind::unavailable);
        CHECK(clear.error().message().find("no TLS connection") != std::string::npos);
    }

    TEST_CASE_FIXTURE(fixture, "a CA file that cannot be read is a broken environment") {
        http::client_options options;
        options.ca_file = folder.path() + "/missing.pem";
        CHECK_THROWS_AS(http::make_client(loop.get_executor(), options), base::error_exception);
    }
}
