// SPDX-License-Identifier: Apache-2.0
// Whatever is sent to the bot's listener leads to a task with numbers above zero, or to none; no signature is made up.
#include <cstdint>
#include <cstdlib>
#include <string>

#include <chatrixcd/base/webhook.hpp>
#include <chatrixcd/semaphore/push.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace chatrixcd;
    std::string const body(reinterpret_cast<char const*>(data), size);
    for (auto const& hint : {semaphore::read_alert(body), semaphore::read_webhook(body)}) {
        if (hint && (hint->project.value() <= 0 || hint->task.value() <= 0)) std::abort();
    }
    base::webhook_verifier verifier(base::webhook_key::parse(base::secret("0123456789abcdef0123456789abcdef")).value());
    base::http::fields headers;
    headers.set("webhook-id", body.substr(0, size / 3));
    headers.set("webhook-timestamp", body.substr(size / 3, size / 3));
    headers.set("webhook-signature", body.substr(2 * (size / 3)));
    if (verifier.verify(headers, body, base::time_point())) std::abort();
    (void)base::webhook_key::parse(base::secret("whsec_" + body));
    return 0;
}
