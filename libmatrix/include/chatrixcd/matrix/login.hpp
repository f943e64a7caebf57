// SPDX-License-Identifier: Apache-2.0
// The usual ways to log in (client-server API, "Login").
#pragma once

#include <memory>

#include <chatrixcd/matrix/token_source.hpp>

namespace chatrixcd::matrix::login {

// m.login.password. Used at the first start, and again if the homeserver forgets the token.
std::shared_ptr<token_source> password(user_id user, secret password);
// As above, with access tokens that expire where the homeserver offers them: they are refreshed ahead of their end, the new one committed
// before it is used.
std::shared_ptr<token_source> password_with_refresh(user_id user, secret password);

// A token made elsewhere. Used at the first start; once the homeserver refuses it, only a person can help (error `unauthorized`). With an
// `owner`, one that is of another account is refused (error `forbidden`); without, the client becomes whoever it belongs to.
std::shared_ptr<token_source> token(secret access_token, user_id owner = {});

}  // namespace chatrixcd::matrix::login
