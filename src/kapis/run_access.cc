#include "kapis/run_access.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "controllers/names.h"
#include "controllers/pipeline_run_rules.h"
#include "controllers/run_once.h"
#include "data/json.h"
#include "kapis/answers.h"
#include "kapis/crud.h"
#include "objects/metadata.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
using objects::Outcome;
namespace names = controllers::names;

namespace {

constexpr std::size_t kLogPart = 256u * 1024;
constexpr std::uint64_t kLongestWait = 60;  ///< seconds
constexpr std::size_t kFilePart = 256u * 1024;
constexpr std::chrono::seconds kPatience{5};

std::string job_of(const Call& call) {
  auto out = call.at("d") + "/" + call.at("p");
  if (const auto branch = call.parameters.find("b"); branch != call.parameters.end()) out += "/" + branch->second;
  return out;
}

/// A file that closes itself.
struct File {
  int fd = -1;
  explicit File(int fd_) : fd(fd_) {}
  ~File() {
    if (fd >= 0) ::close(fd);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
};

struct Span {
  std::uint64_t first = 0, size = 0;
};

/// One range of RFC 9110; nothing for what is none or more than one, `bad` for one outside.
std::optional<Span> range_of(std::string_view header, std::uint64_t size, bool& bad) {
  constexpr std::string_view kBytes = "bytes=";
  if (!header.starts_with(kBytes) || header.find(',') != std::string_view::npos) return std::nullopt;
  header.remove_prefix(kBytes.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number_of(header.substr(0, dash)), last = number_of(header.substr(dash + 1));
  if (first) {
    if (*first >= size || (last && *last < *first)) {
      bad = true;
      return std::nullopt;
    }
    return Span{*first, std::min(last.value_or(size - 1), size - 1) - *first + 1};
  }
  if (!last || *last == 0) return std::nullopt;
  const auto count = std::min(*last, size);
  return Span{size - count, count};
}

}  // namespace

objects::ApiStatus status_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::not_found:
      return objects::not_found(resource("pipelineruns").subject(error.message)).error();
    case ErrorKind::conflict:
      return objects::conflict(resource("pipelineruns").subject(""), error.message).error();
    case ErrorKind::invalid:
      return objects::bad_request(error.message).error();
    default:
      return objects::store_failure(error).error();
  }
}

Outcome<std::optional<std::uint64_t>> number(const Call& call, std::string_view name) {
  constexpr std::size_t kMostDigits = 15;
  const auto text = call.request.parameter(name);
  if (!text) return std::optional<std::uint64_t>();
  if (text->empty() || text->size() > kMostDigits || text->find_first_not_of("0123456789") != std::string::npos) {
    return objects::bad_request(std::string(name) + "= is a number, not '" + text->substr(0, 40) + "'");
  }
  return std::optional<std::uint64_t>(std::stoull(*text));
}

ApiTask<runs::RunInfo> run_by_number(Call& call) {
  const auto number = number_of(call.at("r"));
  std::optional<runs::RunInfo> run;
  if (number) run = WL_API_TRY(to_outcome(co_await call.services.runs.find(job_of(call), *number)));
  if (!run) co_return objects::not_found(resource("pipelineruns").subject(call.at("p") + " #" + call.at("r")));
  co_return std::move(*run);
}

ApiTask<std::optional<runs::RunInfo>> run_by_object(Call& call, Value* object) {
  auto found = WL_API_TRY(co_await call.services.store.get(resource("pipelineruns"), call.at("ns"), call.at("pr")));
  auto run = WL_API_TRY(to_outcome(co_await call.services.runs.find(objects::meta_text(found, "uid"))));
  if (object != nullptr) *object = std::move(found);
  co_return run;
}

runs::BlueContext blue_context(const Call& call, const runs::RunInfo& run) {
  runs::BlueContext out;
  out.style = runs::BlueStyle::rest;
  out.now_millis = call.services.now_millis();
  out.path = "/blue/rest/organizations/jenkins/pipelines/";
  bool first = true;
  for (std::size_t at = 0; at <= run.job.size();) {
    const auto end = std::min(run.job.find('/', at), run.job.size());
    out.path += (first ? "" : "/pipelines/") + run.job.substr(at, end - at);
    first = false;
    at = end + 1;
  }
  out.path += "/runs/" + std::to_string(run.number) + "/";
  return out;
}

ApiTask<Value> create_run(Call& call, const Value* parameters, Value spec,
                          const std::vector<std::pair<std::string, std::string>>& annotations) {
  const auto& space = call.parameters.contains("ns") ? call.at("ns") : call.at("d");
  const auto& pipeline_name = call.at("p");
  auto pipeline = WL_API_TRY(co_await call.services.store.get(resource("pipelines"), space, pipeline_name));
  auto notes = annotations;
  notes.emplace_back(names::kRunCreator, call.user.name);
  auto list = Value::list();
  if (parameters != nullptr) {
    if (!parameters->is_list()) co_return objects::bad_request("parameters must be a list of {\"name\", \"value\"}");
    for (const auto& one : parameters->items()) {
      const auto* value = one.is_map() ? one.find("value") : nullptr;
      if (!one.is_map() || one.get_string("name").empty()) {
        co_return objects::bad_request("parameters must be a list of {\"name\", \"value\"}");
      }
      std::string text;
      if (value != nullptr && !value->is_null()) {
        text = value->is_bool()  ? (value->as_bool() ? "true" : "false")
               : value->is_int() ? std::to_string(value->as_int())
                                 : value->text();
      }
      list.push(Value::map_of("name", one.get_string("name"), "value", text));
    }
  }
  const auto key = std::string(call.request.headers.get("Idempotency-Key"));
  auto asked = data::format_json(list) + data::format_json(spec);
  for (const auto& [name, value] : annotations) asked += "\n" + name + "=" + value;
  auto run = controllers::new_run(pipeline, std::move(spec), std::move(list), notes);
  if (key.empty()) co_return co_await call.services.store.create(resource("pipelineruns"), space, std::move(run));
  co_return co_await controllers::create_run_once(call.services.store, space, call.at("p"), std::move(run),
                                                  {call.user.name, key, call.services.keyed_hash(asked)});
}

ApiTask<runs::RunInfo> accepted_run(Call& call, const Value& object) {
  const auto uid = objects::meta_text(object, "uid");
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  if (auto run = WL_API_TRY(to_outcome(co_await call.services.runs.find_accepted(uid, deadline)))) {
    co_return std::move(*run);
  }
  // Not accepted: the object's status says why.
  auto now = WL_API_TRY(co_await call.services.store.get(
      resource("pipelineruns"), objects::meta_text(object, "namespace"), objects::meta_text(object, "name")));
  std::string why = "the run " + objects::meta_text(object, "name") + " is not accepted yet; look at its status";
  if (const auto* status = now.find("status")) {
    if (const auto* conditions = status->find("conditions"); conditions != nullptr && conditions->size() != 0) {
      why = conditions->items()[0].get_string("message");
    }
  }
  co_return objects::bad_request(why);
}

ApiTask<Response> log_answer(Call& call, const runs::RunInfo& run, std::vector<std::uint64_t> nodes) {
  const auto given = call.request.parameter("start");
  std::uint64_t start = given ? number_of(*given).value_or(0) : 0;
  const bool whole = nodes.empty();
  auto& service = call.services.runs;
  auto part = WL_API_TRY(to_outcome(
      co_await (whole ? service.log(run.uid, start, kLogPart) : service.log_of(run.uid, nodes, start, kLogPart))));
  if (!given) {
    // Without a start, the last part only, where the caller says how much it wants.
    const auto threshold = number_of(call.request.parameter("thresholdInKB").value_or(""));
    if (threshold && part.total > *threshold * 1024) {
      start = part.total - *threshold * 1024;
      part = WL_API_TRY(to_outcome(
          co_await (whole ? service.log(run.uid, start, kLogPart) : service.log_of(run.uid, nodes, start, kLogPart))));
    }
  }
  // `wait=SECONDS`: ours; answers when there is something new, when the run ends, or after that time.
  bool ended = run.phase == runs::Phase::ended;
  const auto wait = number_of(call.request.parameter("wait").value_or("")).value_or(0);
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds(std::min<std::uint64_t>(wait, kLongestWait));
  while (wait != 0 && !ended && part.text.empty() && std::chrono::steady_clock::now() < deadline) {
    const auto now = WL_API_TRY(to_outcome(co_await service.find(run.uid)));
    const auto version = now ? now->version : 0;
    ended = !now || now->phase == runs::Phase::ended;
    part = WL_API_TRY(to_outcome(
        co_await (whole ? service.log(run.uid, start, kLogPart) : service.log_of(run.uid, nodes, start, kLogPart))));
    if (ended || !part.text.empty()) break;
    WL_API_TRY(to_outcome(co_await service.wait(run.uid, version, deadline)));
  }
  Response out;
  out.headers.add("Content-Type", "text/plain; charset=utf-8");
  out.headers.add("X-Text-Size", std::to_string(std::max(part.total, start)));
  if (!ended) out.headers.add("X-More-Data", "true");
  if (part.next >= part.total) {
    out.body = std::move(part.text);
    co_return out;
  }
  out.stream = [&service, uid = run.uid, nodes = std::move(nodes), whole, part = std::move(part),
                end = part.total](net::BodyWriter& writer) mutable -> rt::Task<> {
    for (;;) {
      if (part.next > end) part.text.resize(part.text.size() - static_cast<std::size_t>(part.next - end));
      WL_CO_TRY_VOID(co_await writer.write(part.text));
      if (part.next >= end || part.text.empty()) co_return Result<>();
      const auto from = part.next;
      part =
          WL_CO_TRY(co_await (whole ? service.log(uid, from, kLogPart) : service.log_of(uid, nodes, from, kLogPart)));
    }
  };
  co_return out;
}

bool may_answer(const rights::User& user, const runs::Waiting& input) {
  if (user.global == rights::GlobalRole::admin) return true;
  const auto submitter = input.input.get_string("submitter");
  if (submitter.empty()) return true;  // the route has asked for the right to change runs
  for (std::size_t at = 0; at <= submitter.size();) {
    const auto end = std::min(submitter.find(',', at), submitter.size());
    auto name = submitter.substr(at, end - at);
    name.erase(0, std::min(name.find_first_not_of(" \t"), name.size()));
    name.erase(name.find_last_not_of(" \t") + 1);
    if (!name.empty() &&
        (name == user.name || std::find(user.groups.begin(), user.groups.end(), name) != user.groups.end())) {
      return true;
    }
    at = end + 1;
  }
  return false;
}

Response file_answer(const Call& call, const std::string& path, std::string_view path_name,
                     const objects::ResourceType& of) {
  auto file = std::make_shared<File>(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat info{};
  if (file->fd < 0 || ::fstat(file->fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    return failure_answer(objects::not_found(of.subject(path_name)).error(), Failures::plain);
  }
  const auto size = static_cast<std::uint64_t>(info.st_size);
  Response out;
  bool bad = false;
  const auto range = range_of(call.request.headers.get("Range"), size, bad);
  out.headers.add("Content-Type", "application/octet-stream");
  out.headers.add("X-Content-Type-Options", "nosniff");
  out.headers.add("Content-Security-Policy", "sandbox; default-src 'none'");
  out.headers.add("Accept-Ranges", "bytes");
  std::string name;
  for (const char c : path_name.substr(path_name.rfind('/') + 1)) {
    name += c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 ? '_' : c;
  }
  out.headers.add("Content-Disposition", "attachment; filename=\"" + name + "\"");
  if (bad) {
    out.status = 416;
    out.headers.add("Content-Range", "bytes */" + std::to_string(size));
    return out;
  }
  const auto span = range.value_or(Span{0, size});
  if (range) {
    out.status = 206;
    out.headers.add("Content-Range", "bytes " + std::to_string(span.first) + "-" +
                                         std::to_string(span.first + span.size - 1) + "/" + std::to_string(size));
  }
  out.stream = [file, span](net::BodyWriter& writer) -> rt::Task<> {
    std::string part;
    for (std::uint64_t done = 0; done < span.size;) {
      part.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kFilePart, span.size - done)));
      const auto got = ::pread(file->fd, part.data(), part.size(), static_cast<off_t>(span.first + done));
      if (got <= 0) co_return fail(ErrorKind::unavailable, "the file cannot be read");
      part.resize(static_cast<std::size_t>(got));
      WL_CO_TRY_VOID(co_await writer.write(part));
      done += static_cast<std::uint64_t>(got);
    }
    co_return Result<>();
  };
  return out;
}

}  // namespace windlass::kapis
