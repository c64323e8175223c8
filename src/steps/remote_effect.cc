#include "steps/remote_effect.h"

#include "steps/detail/remote_values.h"

namespace windlass::steps {

using data::Value;

namespace detail {

Value records_value(const std::vector<RecordWrite>& records) {
  auto out = Value::list();
  for (const auto& one : records) out.push(Value::list_of(one.kind, one.key, one.payload));
  return out;
}

std::vector<RecordWrite> read_records(const Value* value) {
  std::vector<RecordWrite> out;
  if (value == nullptr) return out;
  for (const auto& one : value->items()) {
    const auto& parts = one.items();
    if (parts.size() == 3) out.push_back({.kind = parts[0].text(), .key = parts[1].text(), .payload = parts[2]});
  }
  return out;
}

}  // namespace detail

namespace {

using detail::encode_value;
using detail::kMostDepth;
using detail::read_records;
using detail::records_value;

// ---- values
// ----------------------------------------------------------------------------------------------------------

Value texts_of(const std::map<std::string, std::string>& map) {
  auto out = Value::map();
  for (const auto& [name, value] : map) out.set(name, value);
  return out;
}

std::map<std::string, std::string> read_texts(const Value* value) {
  std::map<std::string, std::string> out;
  if (value == nullptr) return out;
  for (const auto& [name, text] : value->members()) out[name] = text.text();
  return out;
}

Value place_value(const Place& place) {
  return Value::map_of("has_node", place.has_node, "node", place.node, "node_root", place.node_root, "workspace",
                       place.workspace, "workspace_tmp", place.workspace_tmp, "cwd", place.cwd, "environment",
                       texts_of(place.environment));
}

Place read_place(const Value* value) {
  if (value == nullptr) return {};
  return {.has_node = value->get_bool("has_node"),
          .node = value->get_string("node"),
          .node_root = value->get_string("node_root"),
          .workspace = value->get_string("workspace"),
          .workspace_tmp = value->get_string("workspace_tmp"),
          .cwd = value->get_string("cwd"),
          .environment = read_texts(value->find("environment"))};
}

Value pairs_value(const auto& pairs) {
  auto out = Value::list();
  for (const auto& [name, value] : pairs) out.push(Value::list_of(name, value));
  return out;
}

Value run_value(const RemoteRun& one) {
  return Value::map_of("job", one.run.job, "number", static_cast<std::int64_t>(one.run.number), "result",
                       one.run.result, "has_content", one.has_content, "parameters", pairs_value(one.parameters),
                       "records", pairs_value(one.records));
}

RemoteRun read_run(const Value& value) {
  RemoteRun out{.run = {.job = value.get_string("job"),
                        .number = static_cast<std::uint64_t>(value.get_int("number")),
                        .result = value.get_string("result")},
                .has_content = value.get_bool("has_content")};
  const auto each = [&value](std::string_view name, auto take) {
    const auto* list = value.find(name);
    if (list == nullptr) return;
    for (const auto& pair : list->items()) {
      if (pair.items().size() == 2) take(pair.items()[0].text(), pair.items()[1]);
    }
  };
  each("parameters", [&out](const auto& name, const Value& text) { out.parameters.emplace_back(name, text.text()); });
  each("records", [&out](const auto& key, const Value& payload) { out.records.emplace_back(key, payload); });
  return out;
}

}  // namespace

// ---- the request
// -----------------------------------------------------------------------------------------------------

std::string encode_request_document(const RemoteRequest& request) {
  auto runs = Value::list();
  for (const auto& one : request.runs) runs.push(run_value(one));
  auto credentials = Value::list();
  for (const auto& one : request.credentials) credentials.push(one);
  return encode_value(Value::map_of("version", static_cast<std::int64_t>(kWorkerVersion), "effect", request.effect,
                                    "key", request.key, "step", request.step, "place", place_value(request.place),
                                    "arguments", request.arguments, "facts", texts_of(request.facts), "now",
                                    request.now_millis, "records", records_value(request.records), "credentials",
                                    std::move(credentials), "runs", std::move(runs), "scratch", request.scratch));
}

std::string encode_request(const RemoteRequest& request) {
  return "#!" + std::string(kWorkerProgram) + " perform\n" + encode_request_document(request);
}

Result<RemoteRequest> decode_request(std::string_view document) {
  const auto value = WL_TRY(data::decode_binary(document, {.max_bytes = 1U << 30U, .max_depth = kMostDepth}));
  const auto version = value.get_int("version");
  if (version != kWorkerVersion) {
    return fail(ErrorKind::unsupported, "this windlass-worker takes requests of version " +
                                            std::to_string(kWorkerVersion) + ", not " + std::to_string(version) +
                                            "; the agent image and the server must be of one release");
  }
  RemoteRequest out{.effect = value.get_string("effect"),
                    .key = value.get_string("key"),
                    .step = value.get_string("step"),
                    .place = read_place(value.find("place")),
                    .facts = read_texts(value.find("facts")),
                    .now_millis = value.get_int("now"),
                    .records = read_records(value.find("records")),
                    .scratch = value.get_string("scratch")};
  if (out.effect.empty()) return fail(ErrorKind::corrupt, "a request without the name of an effect");
  if (const auto* arguments = value.find("arguments")) out.arguments = *arguments;
  if (const auto* list = value.find("credentials")) out.credentials = list->items();
  if (const auto* list = value.find("runs")) {
    for (const auto& one : list->items()) out.runs.push_back(read_run(one));
  }
  return out;
}

}  // namespace windlass::steps
