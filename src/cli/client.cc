#include "cli/client.h"

#include <charconv>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files.h"
#include "cli/terminal_text.h"
#include "data/json.h"
#include "steps/http_client.h"
#include "text/codec.h"

namespace windlass::cli {

using data::Value;

namespace {

constexpr std::string_view kRoot = "/kapis/devops.kubesphere.io/v1alpha2/devops/";

/// The sentence in a refusal: a Kubernetes `Status`, or text.
std::string sentence_of(const std::string& body) {
  if (auto value = data::parse_json(body); value && value->is_map()) {
    if (const auto message = value->get_string("message"); !message.empty()) return message;
  }
  return without_controls(body.substr(0, std::min(body.find('\n'), body.size())));
}

ErrorKind kind_of(int status) {
  switch (status) {
    case 401:
    case 403:
      return ErrorKind::forbidden;
    case 404:
      return ErrorKind::not_found;
    case 409:
      return ErrorKind::conflict;
    default:
      return status < 500 ? ErrorKind::invalid : ErrorKind::unavailable;
  }
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || c == '-' ||
        c == '_' || c == '.' || c == '~') {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

std::string server_file(const Invocation& in) {
  auto base = in.env("XDG_CONFIG_HOME");
  if (base.empty() && !in.env("HOME").empty()) base = in.env("HOME") + "/.config";
  return base.empty() ? std::string() : base + "/windlass/server.json";
}

Result<ServerPlace> server_place(const Invocation& in) {
  ServerPlace out;
  if (const auto file = server_file(in); !file.empty() && ::access(file.c_str(), F_OK) == 0) {
    const auto text = WL_TRY(read_file(file, in.language));
    const auto value = data::parse_json(text);
    if (!value || !value->is_map()) {
      return fail(ErrorKind::invalid,
                  say(in.language,
                      {"{} is damaged; log in again: windlass login URL", "{} 已损坏；请重新登录：windlass login URL"},
                      {file}));
    }
    out.url = value->get_string("url");
    out.token = value->get_string("token");
    out.user = value->get_string("user");
    out.ca_file = value->get_string("ca");
  }
  if (const auto url = in.env("WINDLASS_SERVER"); !url.empty())
    out = {.url = url, .token = {}, .user = {}, .ca_file = {}};
  if (const auto token = in.env("WINDLASS_TOKEN"); !token.empty()) out.token = token;
  if (const auto ca = in.env("WINDLASS_CA"); !ca.empty()) out.ca_file = ca;
  while (out.url.ends_with('/')) out.url.pop_back();
  if (out.url.empty()) {
    return fail(ErrorKind::not_found, say(in.language, {"no server is known; log in first: windlass login URL",
                                                        "尚未指定服务器；请先登录：windlass login URL"}));
  }
  return out;
}

Result<> keep_server_place(const Invocation& in, const ServerPlace& place) {
  const auto file = server_file(in);
  if (file.empty()) {
    return fail(ErrorKind::unavailable,
                say(in.language, {"there is no home folder to keep the login in; set "
                                  "WINDLASS_SERVER and WINDLASS_TOKEN instead",
                                  "没有主目录可保存登录信息；请改设 WINDLASS_SERVER 与 WINDLASS_TOKEN"}));
  }
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(file).parent_path(), error);
  const auto text = data::format_json(Value::map_of("url", place.url, "token", place.token, "user", place.user, "ca",
                                                    place.ca_file)) +
                    "\n";
  const auto fresh = file + ".new";
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  bool good = fd >= 0 && ::fchmod(fd, 0600) == 0 &&
              ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  if (fd >= 0) good = ::close(fd) == 0 && good;
  if (!good || ::rename(fresh.c_str(), file.c_str()) != 0) {
    return fail(ErrorKind::unavailable, say(in.language, {"cannot write {}", "无法写入 {}"}, {file}));
  }
  return {};
}

Result<RunName> parse_run_name(const std::string& text, bool number_needed, Language language) {
  RunName out;
  const auto slash = text.find('/');
  auto hash = text.find('#');
  // PROJECT/PIPELINE/3 is what stands in addresses; a pipeline's name has no slash.
  if (hash == std::string::npos && slash != std::string::npos) hash = text.find('/', slash + 1);
  out.project = text.substr(0, std::min(slash, hash));
  if (slash != std::string::npos)
    out.pipeline = text.substr(slash + 1, hash == std::string::npos ? hash : hash - slash - 1);
  bool good = !out.project.empty() && !out.pipeline.empty() && out.pipeline.find('/') == std::string::npos;
  if (hash != std::string::npos) {
    const auto digits = std::string_view(text).substr(hash + 1);
    const auto done = std::from_chars(digits.data(), digits.data() + digits.size(), out.number);
    good = good && done.ec == std::errc() && done.ptr == digits.data() + digits.size() && out.number != 0;
  }
  if (good && (!number_needed || out.number != 0)) return out;
  if (text.empty()) {
    return fail(ErrorKind::invalid, say(language, {"which one? write PROJECT/PIPELINE", "请指定流水线：项目/流水线"}));
  }
  return fail(
      ErrorKind::invalid,
      number_needed
          ? say(language,
                {"‘{}’ names no run; write PROJECT/PIPELINE#NUMBER", "“{}”不是运行的名称；请写作 项目/流水线#编号"},
                {text})
          : say(language,
                {"‘{}’ names no pipeline; write PROJECT/PIPELINE", "“{}”不是流水线的名称；请写作 项目/流水线"},
                {text}));
}

Result<Client> Client::open(const Invocation& in) { return Client(WL_TRY(server_place(in)), in.language); }

Result<Client::Answer> Client::send(const std::string& method, const std::string& path, const Value* body,
                                    const std::function<bool(std::string_view)>& sink) const {
  steps::HttpRequest request;
  request.method = method;
  request.url = place_.url + path;
  request.timeout_millis = patience_;
  request.ca_file = place_.ca_file;
  request.sink = sink;
  if (!place_.token.empty()) request.headers.emplace_back("Authorization", "Bearer " + place_.token);
  request.headers.emplace_back("Accept", "application/json, text/plain");
  if (body != nullptr) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = data::format_json(*body);
  }
  auto answer = steps::http_send(request, {});
  if (!answer) {
    return fail(ErrorKind::unavailable, say(language_, {"the server at {} does not answer: {}", "服务器 {} 无响应：{}"},
                                            {place_.url, error_text(answer.error(), language_)}));
  }
  Answer out{
      .status = answer->status, .body = std::move(answer->body), .more = answer->header("X-More-Data") == "true"};
  const auto size = answer->header("X-Text-Size");
  std::from_chars(size.data(), size.data() + size.size(), out.size);
  return out;
}

Result<> Client::download(const std::string& method, const std::string& path,
                          const std::function<bool(std::string_view)>& take) const {
  const auto answer = WL_TRY(send(method, path, nullptr, take));
  if (answer.status < 300) return {};
  return fail(kind_of(answer.status), sentence_of(answer.body));
}

Result<Value> Client::json(const std::string& method, const std::string& path, const Value* body) const {
  auto answer = WL_TRY(send(method, path, body));
  if (answer.status >= 300) {
    if (answer.status == 401) {
      return fail(ErrorKind::forbidden, say(language_,
                                            {"{} does not know us; log in again: windlass login {}",
                                             "{} 不认识当前身份；请重新登录：windlass login {}"},
                                            {place_.url, place_.url}));
    }
    return fail(kind_of(answer.status), sentence_of(answer.body));
  }
  if (answer.body.empty()) return Value();
  auto value = data::parse_json(answer.body);
  if (!value) return fail(ErrorKind::corrupt, {"{} answered with what is no JSON", "{} 的回答不是 JSON"}, {place_.url});
  return std::move(*value);
}

std::string Client::pipeline_path(const RunName& run) {
  return std::string(kRoot) + percent_encoded(run.project) + "/pipelines/" + percent_encoded(run.pipeline);
}

std::string Client::view_path(const RunName& run) {
  return "/kapis/windlass.io/v1/projects/" + percent_encoded(run.project) + "/pipelines/" +
         percent_encoded(run.pipeline) + "/runs" + (run.number == 0 ? std::string() : "/" + std::to_string(run.number));
}

std::string Client::runs_path(const RunName& run) {
  return pipeline_path(run) + "/runs" + (run.number == 0 ? std::string() : "/" + std::to_string(run.number));
}

Result<Value> Client::pipeline(const RunName& run) const {
  return json("GET", "/kapis/devops.kubesphere.io/v1alpha3/devops/" + percent_encoded(run.project) + "/pipelines/" +
                         percent_encoded(run.pipeline));
}

Result<RunName> Client::resolve(RunName run) const {
  if (run.number != 0) return run;
  const auto list = WL_TRY(json("GET", runs_path(run) + "?start=0&limit=1"));
  const auto* items = list.find("items");
  if (items == nullptr || items->size() == 0) {
    (void)WL_TRY(pipeline(run));
    return fail(ErrorKind::not_found,
                say(language_, {"{}/{} has no run yet", "{}/{} 还没有运行"}, {run.project, run.pipeline}));
  }
  run.number = std::strtoull(items->items()[0].get_string("id").c_str(), nullptr, 10);
  return run;
}

Result<Value> follow_log(const Client& client, const RunName& run, std::uint64_t offset) {
  for (;;) {
    auto part =
        WL_TRY(client.send("GET", Client::runs_path(run) + "/log/?start=" + std::to_string(offset) + "&wait=50"));
    if (part.status != 200) return fail(kind_of(part.status), sentence_of(part.body));
    if (!print(part.body)) break;
    offset += part.body.size();
    if (!part.more && offset >= part.size) break;
  }
  return client.json("GET", Client::runs_path(run));
}

int exit_code_of_result(const std::string& result) {
  if (result == "SUCCESS") return kExitSuccess;
  if (result == "UNSTABLE") return kExitUnstable;
  if (result == "ABORTED") return kExitAborted;
  if (result == "NOT_BUILT") return kExitNotBuilt;
  return kExitFailure;
}

int complain_of(std::string_view command, const Error& error, Language language) {
  const bool usage = error.kind == ErrorKind::invalid || error.kind == ErrorKind::not_found ||
                     error.kind == ErrorKind::forbidden || error.kind == ErrorKind::conflict ||
                     error.kind == ErrorKind::already_exists;
  return complain(
      std::string(command) + ": " + (language == Language::chinese ? error.chinese_message() : error.message),
      usage ? kExitUsage : kExitInternal);
}

}  // namespace windlass::cli
