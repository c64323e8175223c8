// POST /oauth/authenticate: whether a token is good, and whose it is; what KubeSphere's plugin in Jenkins asks. The one
// route without a token of the caller's own: the token in the body is what is asked about, and only who has it learns
// anything. Pure. Source: kubesphere API 7.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "net/http.h"
#include "rights/rights.h"

namespace windlass::server {

net::Response review_token(const net::Request& request,
                           const std::function<std::optional<rights::User>(std::string_view token)>& authenticate);

}  // namespace windlass::server
