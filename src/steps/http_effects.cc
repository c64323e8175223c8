// httpRequest: the step's lines in the log, what counts as success, and where the answer goes. Source:
// pipeline-language 6.9. A request that may change something is sent once and never again; GET and HEAD are repeated
// after a crash.
#include <algorithm>
#include <array>

#include "steps/charset.h"
#include "steps/credential_store.h"
#include "steps/families.h"
#include "steps/http_client.h"
#include "steps/place_files.h"

namespace windlass::steps {

namespace {

using data::Value;

/// The names that contentType and acceptType take.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kTypes = {{
    {"NOT_SET", ""},
    {"TEXT_HTML", "text/html"},
    {"TEXT_PLAIN", "text/plain"},
    {"TEXT_XML", "text/xml"},
    {"APPLICATION_FORM", "application/x-www-form-urlencoded"},
    {"APPLICATION_FORM_DATA", "multipart/form-data"},
    {"APPLICATION_JSON", "application/json"},
    {"APPLICATION_JSON_UTF8", "application/json;charset=UTF-8"},
    {"APPLICATION_XML", "application/xml"},
    {"APPLICATION_TAR", "application/x-tar"},
    {"APPLICATION_ZIP", "application/zip"},
    {"APPLICATION_OCTETSTREAM", "application/octet-stream"},
}};

std::expected<std::string, StepError> media_type(const std::string& name) {
  if (name.empty()) return std::string();
  for (const auto& [known, type] : kTypes) {
    if (known == name) return std::string(type);
  }
  if (name.find('/') != std::string::npos) return name;
  std::string all;
  for (const auto& [known, type] : kTypes) all += (all.empty() ? "" : ", ") + std::string(known);
  return throw_with("java.lang.IllegalArgumentException",
                    "No enum constant jenkins.plugins.http_request.MimeType." + name + "; there are " + all);
}

struct CodeRange {
  int from = 0, to = 0;
};

/// "100:399", "200,404", "100:399, 500": Errors name the text.
std::expected<std::vector<CodeRange>, StepError> parse_ranges(const std::string& text) {
  std::vector<CodeRange> out;
  auto bad = [&text] {
    return throw_with("java.lang.IllegalArgumentException",
                      "Code range " + text + " should be numbers as 200, or ranges as 100:399, separated by commas");
  };
  auto number = [](std::string_view digits) -> std::optional<int> {
    while (digits.starts_with(' ')) digits.remove_prefix(1);
    while (digits.ends_with(' ')) digits.remove_suffix(1);
    if (digits.empty() || digits.size() > 4) return std::nullopt;
    int value = 0;
    for (char c : digits) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find(',', start), text.size());
    const auto piece = std::string_view(text).substr(start, end - start);
    const auto colon = piece.find(':');
    const auto from = number(piece.substr(0, colon));
    const auto to = colon == std::string_view::npos ? from : number(piece.substr(colon + 1));
    if (!from || !to || *from > *to) return bad();
    out.push_back({*from, *to});
    start = end + 1;
  }
  return out;
}

/// Log lines of the step, or nothing when it is quiet.
struct Log {
  EffectContext& context;
  bool quiet;
  void line(std::string_view text) const {
    if (!quiet) log_line(context, text);
  }
};

using Prepared = std::expected<void, StepError>;

Prepared add_headers(EffectContext& context, const Value& arguments, const Log& log, HttpRequest& request) {
  auto add = [&](std::string name, std::string value, bool hidden) {
    log.line(name + ": " + (hidden ? "*****" : value));
    if (hidden) context.run.mask(value);
    request.headers.emplace_back(std::move(name), std::move(value));
  };
  auto content = media_type(text_of(arguments, "contentType"));
  if (!content) return std::unexpected(std::move(content).error());
  auto accept = media_type(text_of(arguments, "acceptType"));
  if (!accept) return std::unexpected(std::move(accept).error());
  if (!content->empty()) add("Content-Type", *content, false);
  if (!accept->empty()) add("Accept", *accept, false);
  if (const auto* custom = arguments.find("customHeaders")) {
    for (const auto& header : custom->items()) {
      add(text_of(header, "name"), text_of(header, "value"), flag_of(header, "maskValue"));
    }
  }
  return {};
}

Prepared add_logins(EffectContext& context, const Value& arguments, const Log& log, HttpRequest& request) {
  request.proxy = text_of(arguments, "httpProxy");
  if (!request.proxy.empty()) log.line("Using proxy: " + request.proxy);
  auto login_of = [&context](const std::string& id) -> std::expected<Login, StepError> {
    if (!context.run.credential(id)) {
      return throw_with("java.lang.IllegalStateException", "Authentication '" + id + "' doesn't exist anymore");
    }
    return find_login(context, id);
  };
  if (const auto id = text_of(arguments, "proxyAuthentication"); !id.empty()) {
    auto login = login_of(id);
    if (!login) return std::unexpected(std::move(login).error());
    request.proxy_user = login->user;
    request.proxy_password = login->password;
  }
  if (const auto id = text_of(arguments, "authentication"); !id.empty()) {
    log.line("Using authentication: " + id);
    auto login = login_of(id);
    if (!login) return std::unexpected(std::move(login).error());
    request.user = login->user;
    request.password = login->password;
    request.use_ntlm = flag_of(arguments, "useNtlm");
  }
  return {};
}

std::string last_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Prepared add_content(EffectContext& context, const Value& arguments, HttpRequest& request) {
  if (const auto* body = arguments.find("requestBody"); body != nullptr && !body->is_null()) {
    request.body = text_of(arguments, "requestBody");
  }
  auto place_path = [&context](const std::string& path) -> std::expected<std::string, StepError> {
    if (context.place.has_node) return absolute_path(context.place, path);
    return throw_with("java.lang.IllegalStateException", "Could not find workspace to read file uploadFile: " + path);
  };
  if (const auto file = text_of(arguments, "uploadFile"); !file.empty()) {
    auto path = place_path(file);
    if (!path) return std::unexpected(std::move(path).error());
    if (flag_of(arguments, "wrapAsMultipart", true)) {
      request.parts.push_back({.name = text_of(arguments, "multipartName", "file"),
                               .content_type = {},
                               .file_name = last_name(*path),
                               .body = {},
                               .path = *path});
    } else {
      request.upload_path = *path;
    }
  }
  const auto* form = arguments.find("formData");
  if (form == nullptr) return {};
  for (const auto& part : form->items()) {
    HttpPart made{.name = text_of(part, "name"),
                  .content_type = text_of(part, "contentType"),
                  .file_name = text_of(part, "fileName"),
                  .body = text_of(part, "body"),
                  .path = {}};
    if (const auto file = text_of(part, "uploadFile"); !file.empty()) {
      auto path = place_path(file);
      if (!path) return std::unexpected(std::move(path).error());
      made.path = *path;
      if (made.file_name.empty()) made.file_name = last_name(*path);
    }
    request.parts.push_back(std::move(made));
  }
  return {};
}

/// A multipart body has a type of its own, with the boundary.
void drop_form_type(HttpRequest& request) {
  if (request.parts.empty()) return;
  std::erase_if(request.headers, [](const auto& header) { return header.first == "Content-Type"; });
}

/// The other side that cannot be reached is an answer too, as in Jenkins; other failures are exceptions.
std::expected<HttpAnswer, StepError> send(EffectContext& context, const HttpRequest& request, const Log& log) {
  log.line("Sending request to url: " + request.url);
  auto answer = http_send(request, [&context] { return context.run.cancelled(); });
  if (answer) {
    log.line("Response Code: " + answer->status_line);
    return std::move(*answer);
  }
  const auto& error = answer.error();
  HttpAnswer instead;
  switch (error.kind) {
    case ErrorKind::not_found:
      if (error.message.starts_with("cannot read")) return throw_with("java.io.FileNotFoundException", error.message);
      log.line("Treating UnknownHostException(" + error.message + ") as 404 Not Found");
      instead.status = 404;
      instead.body = "UnknownHostException as 404 Not Found";
      return instead;
    case ErrorKind::timeout:
      log.line("Treating class java.net.SocketTimeoutException(" + error.message + ") as 408 Request Timeout");
      instead.status = 408;
      instead.body = "class java.net.SocketTimeoutException(" + error.message + ") as 408 Request Timeout";
      return instead;
    case ErrorKind::unavailable:
      if (error.message.starts_with("Failed to connect")) {
        log.line("Treating class java.net.ConnectException(" + error.message + ") as 408 Request Timeout");
        instead.status = 408;
        instead.body = "class java.net.ConnectException(" + error.message + ") as 408 Request Timeout";
        return instead;
      }
      return throw_with("java.io.IOException", error.message);
    case ErrorKind::invalid:
      return throw_with("java.net.MalformedURLException", error.message);
    case ErrorKind::exhausted:
      return throw_with("java.io.IOException", "the answer cannot be kept: " + error.message);
    default:
      return throw_with("java.io.IOException", error.message);
  }
}

Value headers_of(const HttpAnswer& answer) {
  auto out = Value::map();
  for (const auto& [name, value] : answer.headers) {
    if (auto* list = out.find(name)) {
      list->push(value);
    } else {
      out.set(name, Value::list_of(value));
    }
  }
  return out;
}

/// The absolute path of `outputFile`; empty without one.
std::expected<std::string, StepError> output_path(EffectContext& context, const std::string& name) {
  if (name.empty()) return std::string();
  if (context.place.has_node) return absolute_path(context.place, name);
  return throw_with("java.lang.IllegalStateException", "Could not find workspace to save file outputFile: " + name);
}

std::expected<void, StepError> save(const std::string& path, std::string_view bytes) {
  auto root = machine_root();
  if (!root) return io_error(root.error());
  if (auto done = root->write(path, bytes); !done) return file_error(done.error(), path);
  return {};
}

/// The body as text, by the charset that its type names.
Value text_of_body(const HttpAnswer& answer) {
  const auto type = answer.header("Content-Type");
  const auto at = type.find("charset=");
  auto charset = at == std::string::npos ? std::string() : type.substr(at + 8);
  std::erase(charset, '"');
  auto decoded = decode_charset(answer.body, charset.substr(0, charset.find(';')));
  return decoded ? Value(std::move(*decoded)) : Value(*decode_charset(answer.body, ""));
}

Outcome http_request(EffectContext& context, const Value& arguments) {
  const Log log{.context = context, .quiet = flag_of(arguments, "quiet")};
  HttpRequest request;
  request.url = text_of(arguments, "url");
  request.method = text_of(arguments, "httpMode", "GET");
  request.timeout_millis = arguments.get_int("timeout") * 1000;
  request.ignore_tls_errors = flag_of(arguments, "ignoreSslErrors");
  const auto accepted_text = text_of(arguments, "validResponseCodes", "100:399");
  const auto accepted = parse_ranges(accepted_text);
  if (!accepted) return std::unexpected(accepted.error());
  const auto output = output_path(context, text_of(arguments, "outputFile"));
  if (!output) return std::unexpected(output.error());

  log.line("HttpMethod: " + request.method);
  log.line("URL: " + request.url);
  if (auto done = add_headers(context, arguments, log, request); !done) return std::unexpected(std::move(done).error());
  if (auto done = add_logins(context, arguments, log, request); !done) return std::unexpected(std::move(done).error());
  if (auto done = add_content(context, arguments, request); !done) return std::unexpected(std::move(done).error());
  drop_form_type(request);
  auto answer = send(context, request, log);
  if (!answer) return std::unexpected(std::move(answer).error());

  if (flag_of(arguments, "consoleLogResponseBody")) log.line("Response: \n" + answer->body);
  const bool is_accepted = std::any_of(accepted->begin(), accepted->end(), [&](const CodeRange& range) {
    return range.from <= answer->status && answer->status <= range.to;
  });
  const auto code = "Status code " + std::to_string(answer->status);
  if (!is_accepted) return abort_with("Fail: " + code + " is not in the accepted range: " + accepted_text);
  log.line("Success: " + code + " is in the accepted range: " + accepted_text);
  if (const auto wanted = text_of(arguments, "validResponseContent");
      !wanted.empty() && answer->body.find(wanted) == std::string::npos) {
    return abort_with("Fail: Response doesn't contain expected content '" + wanted + "'");
  }
  if (!output->empty()) {
    log.line("Saving response body to " + *output);
    if (auto done = save(*output, answer->body); !done) return std::unexpected(std::move(done).error());
  }
  const bool wants_text = text_of(arguments, "responseHandle", "STRING") != "NONE";
  Value content;
  if (wants_text) content = text_of_body(*answer);
  return Value::map_of("status", answer->status, "content", std::move(content), "headers", headers_of(*answer));
}

EffectKind kind_of_request(const Value& arguments) {
  const auto method = text_of(arguments, "httpMode", "GET");
  return method == "GET" || method == "HEAD" ? EffectKind::read : EffectKind::once;
}

constexpr EffectDescription kEffects[] = {
    {"httpRequest", EffectKind::once, false, http_request, kind_of_request},
};

}  // namespace

std::span<const EffectDescription> http_effects() { return kEffects; }

}  // namespace windlass::steps
