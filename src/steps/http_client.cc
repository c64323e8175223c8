#include "steps/http_client.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <sys/stat.h>

#include "steps/detail/curl_session.h"

namespace windlass::steps {

namespace {

constexpr long kMostRedirects = 50;

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
           return lower(x) == lower(y);
         });
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

struct Receiver {
  const HttpRequest& request;
  HttpAnswer answer;
};

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* to) {
  auto& receiver = *static_cast<Receiver*>(to);
  const auto line = without_blanks(std::string_view(bytes, size * count));
  if (line.starts_with("HTTP/")) {  // of a redirect, a 100 or the answer itself: the last one counts
    receiver.answer.status_line = line;
    receiver.answer.headers.clear();
    receiver.answer.body.clear();
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    receiver.answer.headers.emplace_back(line.substr(0, colon), without_blanks(line.substr(colon + 1)));
  }
  return size * count;
}

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* to) {
  auto& receiver = *static_cast<Receiver*>(to);
  const std::string_view piece(bytes, size * count);
  const auto& line = receiver.answer.status_line;
  if (receiver.request.sink && line.size() > 9 && line[line.find(' ') + 1] == '2') {
    return receiver.request.sink(piece) ? piece.size() : 0;
  }
  if (receiver.answer.body.size() + piece.size() > receiver.request.max_body) return 0;
  receiver.answer.body += piece;
  return piece.size();
}

Result<std::vector<std::string>> header_lines(const HttpRequest& request) {
  std::vector<std::string> lines;
  bool has_type = false;
  for (const auto& [name, value] : request.headers) {
    if ((name + value).find_first_of("\r\n") != std::string::npos || name.find(':') != std::string::npos) {
      return fail(ErrorKind::invalid, "the header " + name.substr(0, name.find_first_of("\r\n:")) +
                                          " holds a character that headers cannot hold");
    }
    has_type = has_type || equal_ignoring_case(name, "Content-Type");
    lines.push_back(value.empty() ? name + ";" : name + ": " + value);  // libcurl's way of saying "empty value"
  }
  const bool sends_text = request.body || !request.upload_path.empty();
  if (!request.aws_signature.empty()) {  // libcurl signs a header even where it is told not to send it
    if (sends_text && !has_type) lines.emplace_back("Content-Type: application/octet-stream");
    return lines;
  }
  if (sends_text && !has_type) lines.emplace_back("Content-Type:");  // not libcurl's form type
  lines.emplace_back("Expect:");
  return lines;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// The form's parts; files are read by libcurl while it sends.
Result<void> add_parts(detail::CurlSession& session, const HttpRequest& request) {
  const auto& curl = session.library();
  auto* mime = session.make_mime();
  for (const auto& part : request.parts) {
    auto* made = curl.mime_addpart(mime);
    curl.mime_name(made, part.name.c_str());
    if (!part.path.empty()) {
      if (curl.mime_filedata(made, part.path.c_str()) != CURLE_OK) {
        return fail(ErrorKind::not_found, "cannot read " + part.path);
      }
    } else {
      curl.mime_data(made, part.body.data(), part.body.size());
    }
    curl.mime_filename(made, part.file_name.empty() ? nullptr : part.file_name.c_str());
    if (!part.content_type.empty()) curl.mime_type(made, part.content_type.c_str());
  }
  session.set(CURLOPT_MIMEPOST, mime);
  return {};
}

void set_login(detail::CurlSession& session, const HttpRequest& request) {
  if (!request.user.empty() || !request.password.empty()) {
    session.set(CURLOPT_USERNAME, request.user.c_str());
    session.set(CURLOPT_PASSWORD, request.password.c_str());
    if (!request.aws_signature.empty()) {
      session.set(CURLOPT_EXPECT_100_TIMEOUT_MS, 50L);
      session.set(CURLOPT_AWS_SIGV4, request.aws_signature.c_str());
    } else {
      session.set(CURLOPT_HTTPAUTH, static_cast<long>(request.use_ntlm ? CURLAUTH_NTLM : CURLAUTH_BASIC));
    }
  }
  if (!request.proxy.empty()) session.set(CURLOPT_PROXY, request.proxy.c_str());
  if (!request.proxy_user.empty()) {
    session.set(CURLOPT_PROXYUSERNAME, request.proxy_user.c_str());
    session.set(CURLOPT_PROXYPASSWORD, request.proxy_password.c_str());
  }
}

}  // namespace

std::string HttpAnswer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return {};
}

Result<HttpAnswer> http_send(const HttpRequest& request, const std::function<bool()>& cancelled) {
  if (request.url.find_first_of(std::string_view("\r\n\0 ", 4)) != std::string::npos) {
    return fail(ErrorKind::invalid, "the address holds a blank or a line break");
  }
  auto session = WL_TRY(detail::CurlSession::open());
  Receiver receiver{.request = request, .answer = {}};
  session->set(CURLOPT_URL, request.url.c_str());
  session->set(CURLOPT_PROTOCOLS_STR, "http,https");
  session->set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  session->set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  session->set(CURLOPT_USERAGENT, "windlass");
  session->set(CURLOPT_ACCEPT_ENCODING, "");
  session->set(CURLOPT_HEADERFUNCTION, take_header);
  if (!request.ca_file.empty()) session->set(CURLOPT_CAINFO, request.ca_file.c_str());
  session->set(CURLOPT_HEADERDATA, static_cast<void*>(&receiver));
  session->set(CURLOPT_WRITEFUNCTION, take_body);
  session->set(CURLOPT_WRITEDATA, static_cast<void*>(&receiver));
  const auto lines = WL_TRY(header_lines(request));
  session->set_list(CURLOPT_HTTPHEADER, lines);
  set_login(*session, request);
  if (request.ignore_tls_errors) {
    session->set(CURLOPT_SSL_VERIFYPEER, 0L);
    session->set(CURLOPT_SSL_VERIFYHOST, 0L);
  }
  if (request.timeout_millis > 0) {
    session->set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.timeout_millis));
    session->set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    session->set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(std::max<std::int64_t>(1, request.timeout_millis / 1000)));
  }
  std::unique_ptr<std::FILE, CloseFile> upload;
  if (!request.parts.empty()) {
    WL_CHECK_OK(add_parts(*session, request));
  } else if (!request.upload_path.empty()) {
    upload.reset(std::fopen(request.upload_path.c_str(), "rbe"));
    struct stat info = {};
    if (!upload || ::fstat(::fileno(upload.get()), &info) != 0 || !S_ISREG(info.st_mode)) {
      return fail(ErrorKind::not_found, "cannot read the file " + request.upload_path);
    }
    session->set(CURLOPT_UPLOAD, 1L);
    session->set(CURLOPT_READDATA, upload.get());
    session->set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(info.st_size));
  } else if (request.body) {
    session->set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
    session->set(CURLOPT_POSTFIELDS, request.body->data());
  }
  if (request.method == "HEAD") {
    session->set(CURLOPT_NOBODY, 1L);
  } else {
    session->set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  if (request.method == "GET" || request.method == "HEAD") {
    session->set(CURLOPT_FOLLOWLOCATION, 1L);
    session->set(CURLOPT_MAXREDIRS, kMostRedirects);
  }
  WL_CHECK_OK(session->perform(cancelled));
  receiver.answer.status = static_cast<int>(session->last_code());
  return std::move(receiver.answer);
}

}  // namespace windlass::steps
