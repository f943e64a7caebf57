// SPDX-License-Identifier: Apache-2.0
// The double beside a real server: both get the same requests, and their answers, freed of what each may choose, are held against each
// other (support/semaphore_answers.hpp).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include <chatrixcd/base/clock.hpp>
#include <chatrixcd/base/http.hpp>
#include <chatrixcd/semaphore/ids.hpp>

namespace chatrixcd::test {

// Where the real server is, and in it a project with a template that ends well after a second and one that fails.
struct real_semaphore {
    base::http::transport& network;
    base::clock& time;
    std::string url;
    std::string token;
    semaphore::project_id project;
    semaphore::template_id quick;
    semaphore::template_id failing;
};

struct comparison {
    std::size_t alike = 0;
    std::vector<std::string> differences;  // "GET …: lacks …"
};

boost::asio::awaitable<comparison> compare_with_double(real_semaphore const& real);

}  // namespace chatrixcd::test
