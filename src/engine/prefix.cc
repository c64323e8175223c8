#include "engine/prefix.h"

#include <algorithm>

#include "data/binary.h"

namespace windlass::engine {
namespace {

using data::Value;

constexpr std::string_view kRecord = "prefix";
constexpr std::size_t kPiece = std::size_t{16} << 20;  ///< a record holds 64 MiB; a prefix may be longer

std::string piece_key(std::size_t number) {
  auto digits = std::to_string(number);
  return std::string(6 - std::min<std::size_t>(6, digits.size()), '0') + digits;  // in order of key
}

Value to_value(const ToldItem& item) {
  Value out = Value::map_of("type", static_cast<std::int64_t>(item.type), "time", item.time_millis);
  if (!item.kind.empty()) {
    out.set("branch", item.key.branch);
    out.set("ordinal", static_cast<std::int64_t>(item.key.ordinal));
    out.set("kind", item.kind);
  }
  if (item.timeout != 0) out.set("timeout", static_cast<std::int64_t>(item.timeout));
  if (!item.payload.is_null()) out.set("payload", item.payload);
  return out;
}

Result<ToldItem> item_from(const Value& value) {
  ToldItem out;
  out.type = static_cast<journal::EntryType>(value.get_int("type"));
  switch (out.type) {
    case journal::EntryType::result:
    case journal::EntryType::abort:
    case journal::EntryType::timer:
    case journal::EntryType::limit:
    case journal::EntryType::restarted:
      break;
    default:
      return fail(ErrorKind::corrupt, {"the prefix of the run holds an item that is none", "该运行的前段含有无效的项"});
  }
  out.time_millis = value.get_int("time");
  out.key = {value.get_string("branch"), static_cast<std::uint64_t>(value.get_int("ordinal"))};
  out.kind = value.get_string("kind");
  out.timeout = static_cast<std::uint64_t>(value.get_int("timeout"));
  if (const auto* payload = value.find("payload")) out.payload = *payload;
  return out;
}

}  // namespace

Result<> keep_prefix(journal::RunJournal& run, const Prefix& prefix) {
  Value items = Value::list();
  for (const auto& item : prefix.items) items.push(to_value(item));
  Value live = Value::list();
  for (const auto& [branch, ordinal] : prefix.live) {
    live.push(Value::list_of(branch, static_cast<std::int64_t>(ordinal)));
  }
  auto whole = Value::map_of("inputs", to_value(prefix.inputs));
  whole.set("items", std::move(items));
  whole.set("live", std::move(live));
  auto bytes = WL_TRY(data::encode_binary(whole));
  for (std::size_t at = 0, number = 0; at < bytes.size(); at += kPiece, ++number) {
    WL_CHECK_OK(run.put_record({std::string(kRecord), piece_key(number), bytes.substr(at, kPiece)}, false));
  }
  return {};
}

Result<std::optional<Prefix>> kept_prefix(journal::RunReader& run) {
  std::string bytes;
  for (const auto& piece : WL_TRY(run.records(kRecord))) bytes += piece.payload;
  if (bytes.empty()) return std::optional<Prefix>();
  auto whole = WL_TRY(data::decode_binary(bytes));
  Prefix out;
  const auto* inputs = whole.find("inputs");
  const auto* items = whole.find("items");
  const auto* live = whole.find("live");
  if (inputs == nullptr || items == nullptr || live == nullptr) {
    return fail(ErrorKind::corrupt, {"the prefix of the run cannot be read", "无法读取该运行的前段"});
  }
  out.inputs = WL_TRY(run_inputs_from(*inputs));
  for (const auto& item : items->items()) out.items.push_back(WL_TRY(item_from(item)));
  for (const auto& key : live->items()) {
    if (key.size() != 2)
      return fail(ErrorKind::corrupt, {"the prefix of the run cannot be read", "无法读取该运行的前段"});
    out.live.emplace(key.items()[0].text(), static_cast<std::uint64_t>(key.items()[1].as_int()));
  }
  return std::optional(std::move(out));
}

}  // namespace windlass::engine
