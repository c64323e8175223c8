// The log of a run in our own API: as text that can be followed, by line, and searched. The older routes by offset are
// in builds.cc and stay as they are.
#include <algorithm>
#include <chrono>
#include <memory>

#include "data/json.h"
#include "kapis/answers.h"
#include "kapis/event_hub.h"
#include "kapis/run_access.h"

namespace windlass::kapis {

using data::Value;
using net::Response;
using objects::ApiTask;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kPart = 256u * 1024;
constexpr std::chrono::seconds kLook{15};
constexpr std::size_t kSearchedAtOnce = 8u << 20;  ///< bytes, before other readers have their turn
constexpr std::size_t kMostLines = 10'000;
constexpr std::size_t kMostMatches = 10'000;
constexpr std::chrono::seconds kLongestSearch{60};

Value line_of(const runs::LogLine& line) {
  auto out =
      Value::map_of("number", static_cast<std::int64_t>(line.number), "offset", static_cast<std::int64_t>(line.offset),
                    "node", static_cast<std::int64_t>(line.node), "time", line.time_millis, "text", line.text);
  if (!line.whole) out.set("unfinished", true);
  if (line.cut) out.set("cut", true);
  return out;
}

/// Bytes as they came: from `start`, from the beginning of `line`, or the last `tail` lines; of `node` only; with
/// `follow` until the run has ended.
ApiTask<Response> text(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  const auto start = WL_API_TRY(number(call, "start")), line = WL_API_TRY(number(call, "line")),
             tail = WL_API_TRY(number(call, "tail")), node = WL_API_TRY(number(call, "node"));
  if ((start ? 1 : 0) + (line ? 1 : 0) + (tail ? 1 : 0) > 1) {
    co_return objects::bad_request("of start=, line= and tail= a log takes one");
  }
  if (node && (line || tail)) co_return objects::bad_request("the text of one node begins at start=, a byte");
  auto& service = call.services.runs;
  std::uint64_t offset = start.value_or(0);
  if (line || tail) {
    runs::LinesWanted wanted{.first = line.value_or(1), .tail = tail.value_or(0), .most = 1, .node = {}};
    const auto lines = WL_API_TRY(to_outcome(co_await service.log_lines(run.uid, wanted)));
    offset = lines.lines.empty() || (tail && *tail == 0) ? lines.bytes : lines.lines.front().offset;
  }
  const bool follow = call.is_set("follow");
  Response out;
  out.headers.add("Content-Type", "text/plain; charset=utf-8");
  out.headers.add("X-Content-Type-Options", "nosniff");
  out.headers.add("X-Accel-Buffering", "no");
  out.stream = [&service, &hub = call.services.events, uid = run.uid, node, offset,
                follow](net::BodyWriter& writer) mutable -> rt::Task<> {
    const std::vector<std::uint64_t> nodes = node ? std::vector{*node} : std::vector<std::uint64_t>();
    std::optional<std::uint64_t> until;
    for (;;) {
      // What is known before the log is read: a change after it wakes the wait below.
      const auto now = WL_CO_TRY(co_await service.find(uid));
      const bool ended = !now || now->phase == runs::Phase::ended;
      auto part =
          WL_CO_TRY(co_await (node ? service.log_of(uid, nodes, offset, kPart) : service.log(uid, offset, kPart)));
      if (!follow) {
        if (!until) until = std::max(part.total, offset);
        if (part.next > *until) part.text.resize(part.text.size() - static_cast<std::size_t>(part.next - *until));
      }
      offset += part.text.size();
      WL_CO_TRY_VOID(co_await writer.write(part.text));
      if (writer.closed() || hub.stopped()) co_return Result<>();
      if (!part.text.empty()) continue;
      if (!follow || ended) co_return Result<>();
      WL_CO_TRY_VOID(co_await service.wait(uid, now->version, Clock::now() + kLook));
    }
  };
  co_return out;
}

ApiTask<Response> lines(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  runs::LinesWanted wanted;
  wanted.first = WL_API_TRY(number(call, "from")).value_or(1);
  wanted.tail = WL_API_TRY(number(call, "tail")).value_or(0);
  wanted.most = static_cast<std::size_t>(
      std::clamp<std::uint64_t>(WL_API_TRY(number(call, "count")).value_or(1000), 1, kMostLines));
  wanted.node = WL_API_TRY(number(call, "node"));
  const auto got = WL_API_TRY(to_outcome(co_await call.services.runs.log_lines(run.uid, wanted)));
  auto items = Value::list();
  for (const auto& line : got.lines) items.push(line_of(line));
  co_return json_answer(Value::map_of("lines", std::move(items), "total", static_cast<std::int64_t>(got.total), "bytes",
                                      static_cast<std::int64_t>(got.bytes), "next", static_cast<std::int64_t>(got.next),
                                      "ended", run.phase == runs::Phase::ended));
}

/// One JSON object a line: each match as it is found, what was looked at meanwhile, how it ended. Who goes away ends
/// the search.
ApiTask<Response> search(Call& call) {
  const auto run = WL_API_TRY(co_await run_by_number(call));
  const auto first = WL_API_TRY(number(call, "from")).value_or(1);
  const auto limit = static_cast<std::size_t>(
      std::clamp<std::uint64_t>(WL_API_TRY(number(call, "limit")).value_or(1000), 1, kMostMatches));
  auto made = runs::LogSearch::make(call.request.parameter("pattern").value_or(""), call.is_set("ignoreCase"), first);
  if (!made) {
    co_return objects::bad_request("the pattern cannot be used: " + made.error().message);
  }
  auto search = std::make_shared<runs::LogSearch>(std::move(*made));
  Response out;
  out.headers.add("Content-Type", "application/x-ndjson; charset=utf-8");
  out.headers.add("X-Content-Type-Options", "nosniff");
  out.headers.add("X-Accel-Buffering", "no");
  out.stream = [&service = call.services.runs, &hub = call.services.events, uid = run.uid, search,
                limit](net::BodyWriter& writer) -> rt::Task<> {
    const auto deadline = Clock::now() + kLongestSearch;
    std::size_t found = 0;
    for (;;) {
      const auto matches = std::make_shared<std::vector<runs::LogSearch::Match>>();
      const auto part = co_await service.look_into(uid, [search, matches](journal::RunReader& log) -> Result<> {
        *matches = WL_TRY(search->look(log, kSearchedAtOnce));
        return {};
      });
      std::string text;
      std::string why;
      std::int64_t next = static_cast<std::int64_t>(search->next_line());
      if (!part) {
        why = part.error().kind == ErrorKind::exhausted ? "pattern" : "error";
      } else {
        for (const auto& match : *matches) {
          if (found == limit) {
            why = "limit";
            next = static_cast<std::int64_t>(match.line.number);
            break;
          }
          ++found;
          auto one = line_of(match.line);
          one.set("start", match.start);
          one.set("end", match.end);
          text += data::format_json(one) + "\n";
        }
        if (why.empty() && (!*part || search->done())) why = "end";
        if (why.empty() && (Clock::now() >= deadline || hub.stopped())) why = "time";
      }
      auto state = Value::map_of("looked", next, "found", static_cast<std::int64_t>(found));
      if (!why.empty()) {
        state.set("done", why);
        state.set("next", next);
        if (!part) state.set("message", part.error().message);
      }
      text += data::format_json(state) + "\n";
      WL_CO_TRY_VOID(co_await writer.write(text));
      if (!why.empty() || writer.closed()) co_return Result<>();
    }
  };
  co_return out;
}

constexpr Route kRoutes[] = {
    {"GET",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs/{r}/log",
     {"get", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     text,
     "its log as text: start, line, tail, node, follow",
     "start line tail node follow",
     "text/plain"},
    {"GET",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs/{r}/log/lines",
     {"get", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     lines,
     "lines with number, time and step: from, count, tail, node",
     "from count tail node"},
    {"GET",
     "windlass",
     "/projects/{d}/pipelines/{p}/runs/{r}/log/search",
     {"get", kDevops, "pipelineruns", "d", ""},
     Failures::plain,
     search,
     "lines that a regular expression finds: pattern, ignoreCase, from, limit",
     "pattern ignoreCase from limit",
     "application/x-ndjson"},
};

}  // namespace

std::span<const Route> log_routes() { return kRoutes; }

}  // namespace windlass::kapis
