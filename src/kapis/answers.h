// How answers look on the wire: success bodies, failures in KubeSphere's manners. Pure.
#pragma once

#include <string>
#include <string_view>

#include "data/value.h"
#include "kapis/route.h"
#include "net/http.h"
#include "objects/api_status.h"

namespace windlass::kapis {

net::Response json_answer(const data::Value& value);
/// {"message":"success"}: what deletions answer.
net::Response deleted_answer();
/// {"result":"success"}
net::Response changed_answer();

/// A failure as this route tells it: text, HTML-escaped, a newline at the end. The reason is in the header
/// X-Windlass-Reason, because texts are for people.
net::Response failure_answer(const objects::ApiStatus& status, Failures manner);
/// As the server in front of KubeSphere tells who may not: a Kubernetes `Status`.
net::Response status_answer(const objects::ApiStatus& status);

std::string escape_html(std::string_view text);

}  // namespace windlass::kapis
