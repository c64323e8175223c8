// Requests that steps make: httpRequest, chat services, commit statuses, SonarQube, S3, STS. One blocking call for one
// request, on a thread of the pool; libcurl does protocol, proxies, TLS and signatures.
//
// Only http and https are spoken. Answers are bounded. No message that comes back holds a header or body we sent.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace windlass::steps {

struct HttpPart {
  std::string name;
  std::string content_type;  ///< empty: none is sent
  std::string file_name;     ///< empty: an ordinary field
  std::string body;          ///< or …
  std::string path;          ///< … the file of this absolute path
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;
  std::string upload_path;  ///< absolute; its content is the body
  std::vector<HttpPart> parts;
  std::string user, password;  ///< Basic authentication, sent at once; empty user and password: none
  bool use_ntlm = false;
  std::string proxy;  ///< empty: as the environment says
  std::string proxy_user, proxy_password;
  bool ignore_tls_errors = false;
  std::string ca_file;  ///< certificates of authorities to trust instead of the system's; empty: the system's
  std::int64_t timeout_millis = 0;  ///< without progress and for connecting; 0: none
  std::string aws_signature;        ///< "aws:amz:REGION:SERVICE"; user and password are the keys
  std::uint64_t max_body = 256U << 20U;
  /// Takes the body of a good answer (2xx) part by part instead of `body`; false ends the transfer.
  std::function<bool(std::string_view)> sink;
};

struct HttpAnswer {
  int status = 0;
  std::string status_line;                                   ///< "HTTP/1.1 200 OK"
  std::vector<std::pair<std::string, std::string>> headers;  ///< of the last answer, in order
  std::string body;

  /// The first header of that name, whatever its case; empty when there is none.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// Sends it and waits. GET and HEAD follow redirects (at most 50). Any status is an answer. Errors: those of the
/// transfer (detail/curl_session.h), invalid (address, header with a line break), not_found (host, file to send).
Result<HttpAnswer> http_send(const HttpRequest& request, const std::function<bool()>& cancelled);

}  // namespace windlass::steps
